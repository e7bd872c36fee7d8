"""A role of a model service: decode, prefill or encode."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from constructs_dra.errors import Problems, did_you_mean, shown
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment
from constructs_dra.serving import fragments
from constructs_dra.serving.accelerator import ACCELERATORS, Accelerator, AcceleratorType
from constructs_dra.serving.claims import ClaimUse
from constructs_dra.serving.leaderworkerset import LeaderWorkerSet
from constructs_dra.serving.monitoring import PodMonitor
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.part import RolePart
from constructs_dra.serving.pod import Pod

if TYPE_CHECKING:
    from constructs_dra.claims.extended import ExtendedResource

__all__ = ["Role"]


def _is_extended_resource(value: object) -> bool:
    from constructs_dra.claims.extended import ExtendedResource  # noqa: PLC0415 - claims load the catalogue of drivers

    return isinstance(value, ExtendedResource)


def _check_accelerator(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, Accelerator):
        return
    if not isinstance(value, str):
        if not _is_extended_resource(value):
            problems.add(path, f"must be an accelerator type, an Accelerator or an ExtendedResource, not {shown(value)}")
    elif value not in ACCELERATORS:
        hint = did_you_mean(value, ACCELERATORS) + "; others: Accelerator('my-type', resource='…')"
        problems.add(path, f"{shown(value)} is not an accelerator type", hint)
    elif value == "intel":
        problems.add(path, "'intel' has no device-plugin resource", "use claims, or 'intel-i915' or 'intel-xe' for a device plugin")


def _check_claims(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        problems.add(path, f"must be a list of claims, not {shown(value)}", "write [claim]")
        return
    for index, item in enumerate(value):
        spec = getattr(item, "spec", item)
        if not isinstance(getattr(spec, "name", None), str) or not callable(getattr(spec, "pod_claim", None)):
            problems.add(f"{path}[{index}]", f"must be a claim, not {shown(item)}", "see Claim, GaudiClaim, ExistingClaimTemplate")


@frozen(kw_only=True, eq=False, repr=False)
class Role(Pod):
    """The pods that play one role of a model service. All fields of `Pod` belong to it too.

    Attributes:
        replicas: Copies of the role. Default 1.
        autoscaling: Whether an autoscaler owns the number of copies; `replicas` is then left out of the manifest. Default no.
        parallelism: How the model is spread over devices and pods. Default: one device.
        claims: Devices from DRA: claims made here, existing claims and templates. Default: none.
        accelerator: Devices by number, without a claim: from a device plugin, a type of chart llm-d-modelservice or an `Accelerator`; from DRA,
            an `ExtendedResource`. Default: none.
        multinode: Groups of pods as a LeaderWorkerSet. Default: where the parallelism needs several pods.
        strategy: Update strategy of the Deployment, in Kubernetes' spelling. Default: Kubernetes' own (RollingUpdate).
        monitoring: A PodMonitor for the role. Default: none.
        parts: What else stands with the role: autoscalers, disruption budgets, …; see `constructs_dra.serving.part`. Default: none.
        labels: Further labels of the workload object. Default: none.
        annotations: Annotations of the workload object. Default: none.
    """

    replicas: int = field(default=1, metadata=valid.integer())
    autoscaling: bool = field(default=False, metadata=valid.boolean())
    parallelism: Parallelism = field(factory=Parallelism, metadata=valid.instance(Parallelism))
    claims: Sequence[ClaimUse] = field(default=(), metadata=valid.custom(_check_claims))
    accelerator: "Accelerator | AcceleratorType | ExtendedResource | None" = field(default=None, metadata=valid.custom(_check_accelerator))
    multinode: LeaderWorkerSet | None = field(default=None, metadata=valid.instance(LeaderWorkerSet))
    strategy: Fragment | None = field(default=None, metadata=fragments.fragment("DeploymentStrategy"))
    monitoring: PodMonitor | None = field(default=None, metadata=valid.instance(PodMonitor))
    parts: Sequence[RolePart] = field(default=(), metadata=valid.instances(RolePart))
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))

    @property
    def accelerator_record(self) -> Accelerator | None:
        """The accelerator, its type looked up in the table."""
        if isinstance(self.accelerator, str):
            return ACCELERATORS[self.accelerator]
        if self.accelerator is None or isinstance(self.accelerator, Accelerator):
            return self.accelerator
        given = self.accelerator
        return Accelerator(given.resource, resource=given.resource, device_class=given.device_class, count=given.count)

    @property
    def group_size(self) -> int:
        """Pods in one replica."""
        return (self.multinode and self.multinode.size) or self.parallelism.pods_per_replica

    @property
    def is_multinode(self) -> bool:
        """Whether a replica is a group of pods, made by a LeaderWorkerSet."""
        return self.multinode is not None or self.group_size > 1

    def standing(self) -> Iterator[tuple[str, RolePart]]:
        """Every part of the role and where it is: those with a field of their own, then those of `parts`."""
        if self.monitoring is not None:
            yield "monitoring", self.monitoring
        for index, part in enumerate(self.parts):
            yield f"parts[{index}]", part
