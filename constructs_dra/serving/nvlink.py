"""GPUs of several nodes that reach each other over NVLink."""

from collections.abc import Iterator
from typing import Literal

from attrs import field, frozen

from constructs_dra.drivers.nvidia import ComputeDomain
from constructs_dra.errors import Problem, shown
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import PodView, RolePart, RoleView

__all__ = ["NvlinkDomain"]

_CHANNEL = "compute-domain-channel"
"""Name of the claim inside the pods, as the guides of llm-d call it."""


@frozen(kw_only=True, eq=False, repr=False)
class NvlinkDomain(RolePart):
    """An NVIDIA ComputeDomain for the pods of a role, and its channel in each of their model servers: `Role(…, parts=[NvlinkDomain()])`.

    The domain belongs to the role as a whole; NVIDIA's driver makes the claim template that the pods name. Roles whose records say the same `name`
    share one, as those have to that hand KV caches to each other over NVLink.

    Attributes:
        name: Name of the ComputeDomain and of that template. Default: the workload's.
        allocation_mode: `Single` channel for each pod, or `All` of them. Default `Single`.
    """

    name: str | None = field(default=None, metadata=valid.dns_subdomain())
    allocation_mode: Literal["Single", "All"] = field(default="Single", metadata=valid.choice("Single", "All"))

    def _domain(self, role: RoleView) -> ComputeDomain:
        name = self.name or role.workload_name
        return ComputeDomain(name, template_name=name, allocation_mode=self.allocation_mode)

    def manifests(self, role: RoleView) -> Iterator[Manifest]:
        """The ComputeDomain, with the first of the roles that share it."""
        domain, sharing = self._domain(role), list(self._sharing(role))
        if sharing[0].name == role.name:
            yield {**domain.manifest(), "metadata": (role if len(sharing) == 1 else role.service).metadata(domain.name)}

    def _sharing(self, role: RoleView) -> Iterator[RoleView]:
        """The roles that share its domain, the role itself among them."""
        for other in role.service.roles.values():
            theirs = other.part(NvlinkDomain)
            if other.name == role.name or (theirs is not None and self.name is not None and theirs.name == self.name):
                yield other

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """A domain is for groups of pods, and one that is shared is the same for all."""
        for other in self._sharing(role):
            theirs = other.part(NvlinkDomain)
            if theirs is not None and theirs.allocation_mode != self.allocation_mode:
                message = f"{shown(self.allocation_mode)} here, {shown(theirs.allocation_mode)} for {other.name}, which shares {shown(self.name)}"
                yield Problem("allocation_mode", message, "say the same, or give each role a name of its own")
        if role.workload.kind != "LeaderWorkerSet" and role.parallelism.pods_per_replica == 1:
            yield Problem(
                "", "a ComputeDomain joins GPUs of several nodes, but each replica is one pod", "write Parallelism(…, nodes=2), or leave it out"
            )

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Give the model server its channel."""
        entry = {"name": _CHANNEL, "resourceClaimTemplateName": self._domain(role).template_name}
        pod.spec.setdefault("resourceClaims", []).append(entry)
        for _, record, made in pod.containers():
            if record is pod.pod.model_container:
                made.setdefault("resources", {}).setdefault("claims", []).append({"name": _CHANNEL})
