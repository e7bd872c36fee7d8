"""NVLink over several nodes."""

from collections.abc import Iterator
from typing import Literal

from attrs import field, frozen

from constructs_dra.claims.nvidia import ComputeDomain
from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import PodView, RolePart, RoleView

__all__ = ["MultiNodeNvlink"]

_CLAIM = "compute-domain"


@frozen(kw_only=True, eq=False, repr=False)
class MultiNodeNvlink(RolePart):
    """A ComputeDomain of NVIDIA's driver for the pods of a role, and a channel of it in each: their GPUs reach each other over NVLink across nodes.

    The driver's controller makes the claim template that the pods name.

    Attributes:
        allocation_mode: `Single` channel per pod or `All` of them. Default `Single`.
    """

    allocation_mode: Literal["Single", "All"] = field(default="Single", metadata=valid.choice("Single", "All"))

    def domain(self, role: RoleView) -> ComputeDomain:
        """The domain: named after the workload."""
        return ComputeDomain(role.metadata()["name"], allocation_mode=self.allocation_mode)

    def manifests(self, role: RoleView) -> Iterator[Manifest]:
        """The ComputeDomain."""
        yield {**self.domain(role).manifest(), "metadata": role.metadata(kind="ComputeDomain")}

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Claim a channel for the model server."""
        claims = pod.spec.setdefault("resourceClaims", [])
        claims.append({"name": _CLAIM, "resourceClaimTemplateName": self.domain(role).template_name})
        for _, record, made in pod.containers():
            if record is pod.pod.model_container:
                made.setdefault("resources", {}).setdefault("claims", []).append({"name": _CLAIM})

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """There are pods to connect, and their channel is not claimed twice."""
        pods = role.replicas * role.parallelism.pods_per_replica
        if pods < 2 and not role.is_scaled:
            shown = f"connects pods, and {role.name} has only one"
            yield Problem("", shown, "spread the role over nodes: Parallelism(tensor=…, nodes=2)", rule="nvlink-alone")
        names = [claim.get("name") for claim in role.pods[0].spec.get("resourceClaims", ())]
        if names.count(_CLAIM) > 1:
            yield Problem("", f"the role has a claim named {_CLAIM!r} of its own", "leave that one out", rule="duplicate")
