"""The preset: pods that are right without being told."""

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen

from constructs_dra.records import valid
from constructs_dra.records.record import Record
from constructs_dra.serving.part import Part
from constructs_dra.serving.production.drain import Drain
from constructs_dra.serving.production.folders import SharedMemory, WritableFolders
from constructs_dra.serving.production.network_policy import NetworkPolicy
from constructs_dra.serving.production.probes import Probes
from constructs_dra.serving.production.requests import ComputeRequests
from constructs_dra.serving.production.rollout import Rollout
from constructs_dra.serving.production.security import PodSecurity

__all__ = ["Production"]


def _part(kind: type[Part]) -> valid.Metadata:
    return valid.optional(valid.instance(kind))


@frozen(kw_only=True, eq=False, repr=False)
class Production(Record):
    """What every service gets by default; `None` turns a part off, and a record of one's own sets it.

    `ModelService(…, production=Production(network=None))` has all but the NetworkPolicy; `production=Production.off()` has the bare pods, to which
    each part can be added alone: `parts=[Probes()]`. Whatever a role or a container states itself stays.

    Attributes:
        probes: Startup, readiness and liveness probes.
        shared_memory: `/dev/shm` for servers on several devices.
        folders: Writable folders beside the read-only root file system.
        requests: CPU and memory requests.
        drain: Running requests end before a pod does.
        rollout: Updates that need no second set of devices.
        security: Security settings of Pod Security level `restricted`, and no token of the service account.
        network: A NetworkPolicy.
    """

    probes: Probes | None = field(factory=Probes, metadata=_part(Probes))
    shared_memory: SharedMemory | None = field(factory=SharedMemory, metadata=_part(SharedMemory))
    folders: WritableFolders | None = field(factory=WritableFolders, metadata=_part(WritableFolders))
    requests: ComputeRequests | None = field(factory=ComputeRequests, metadata=_part(ComputeRequests))
    drain: Drain | None = field(factory=Drain, metadata=_part(Drain))
    rollout: Rollout | None = field(factory=Rollout, metadata=_part(Rollout))
    security: PodSecurity | None = field(factory=PodSecurity, metadata=_part(PodSecurity))
    network: NetworkPolicy | None = field(factory=NetworkPolicy, metadata=_part(NetworkPolicy))

    @classmethod
    def off(cls) -> "Production":
        """None of the parts."""
        return cls(**dict.fromkeys(_PARTS))

    def parts(self) -> Iterator[tuple[str, Part]]:
        """The parts that are on, and their names."""
        for name in _PARTS:
            part = getattr(self, name)
            if part is not None:
                yield name, part


_PARTS: Final = ("probes", "shared_memory", "folders", "requests", "drain", "rollout", "security", "network")
