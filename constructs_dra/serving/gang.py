"""Pods that are placed together or not at all: Kubernetes' own PodGroup."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from attrs import field, frozen

from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.lexical import names
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, PodView, RoleView, ServiceView

__all__ = ["PodGroup"]


@frozen(kw_only=True, eq=False, repr=False)
class PodGroup(Part):
    """Pods of a service that the scheduler places together or not at all: `parts=[PodGroup()]`.

    Half a service holds devices and serves nobody: decode without prefill, a leader without its workers. This makes a PodGroup of
    `scheduling.k8s.io/v1beta1` and has the pods name it (`schedulingGroup`). Kubernetes 1.37 or newer, with the feature gate GenericWorkload and the
    API turned on (`constructs-dra kubeadm` prints how). Groups of a LeaderWorkerSet that may start one by one: `LeaderWorkerSet(gang=True)`.

    Attributes:
        name: Name of the PodGroup. Default: the service's.
        roles: Roles whose pods belong to it. Default: all.
        min_count: Pods that have to be placed together; further ones follow as they can. Default: all of them. Needed where an autoscaler owns the
            number of a role's copies.
        priority_class: Name of the PriorityClass of the group. Default: none.
        topology_key: Node label, e.g. of a rack; all pods go to nodes with one value of it (feature gate TopologyAwareWorkloadScheduling).
            Default: anywhere.
        disruption: What preemption takes away: a `single` pod, or `all` of the group. Default: the API's (`single`).
    """

    BEFORE_WORKLOADS: ClassVar = True

    name: str | None = field(default=None, metadata=valid.dns_subdomain())
    roles: Sequence[str] = field(default=(), metadata=valid.texts(names.dns_label_problem))
    min_count: int | None = field(default=None, metadata=valid.integer(1))
    priority_class: str | None = field(default=None, metadata=valid.dns_subdomain())
    topology_key: str | None = field(default=None, metadata=valid.label_key())
    disruption: Literal["single", "all"] | None = field(default=None, metadata=valid.choice("single", "all"))

    def _name(self, service: ServiceView) -> str:
        return self.name or service.name

    def _members(self, service: ServiceView) -> list[RoleView]:
        return [role for name, role in service.roles.items() if not self.roles or name in self.roles]

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        """The PodGroup."""
        least = self.min_count or sum(role.pod_count for role in self._members(service))
        spec: dict[str, Any] = {"schedulingPolicy": {"gang": {"minCount": least}}}
        if self.priority_class is not None:
            spec["priorityClassName"] = self.priority_class
        if self.topology_key is not None:
            spec["schedulingConstraints"] = {"topology": [{"key": self.topology_key}]}
        if self.disruption is not None:
            spec["disruptionMode"] = {self.disruption: {}}
        metadata = service.metadata(self._name(service), kind="PodGroup")
        yield {"apiVersion": "scheduling.k8s.io/v1beta1", "kind": "PodGroup", "metadata": metadata, "spec": spec}

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """Its roles are there, their pods are counted, and each pod is in one group."""
        for index, name in enumerate(self.roles):
            if name not in service.roles:
                yield Problem(f"roles[{index}]", f"the service has no role {shown(name)}", did_you_mean(name, service.roles))
        for role in self._members(service):
            if role.is_scaled and self.min_count is None:
                message = f"an autoscaler owns the number of {role.name} pods, so not all of them can be waited for"
                yield Problem("min_count", message, "say how many have to be placed together")
            if role.is_requested:
                yield Problem("roles", f"requesters stand in for the {role.name} pods, and they are placed one by one", "leave the role out")
            if getattr(getattr(role.pod, "multinode", None), "gang", False):
                yield Problem("roles", f"the groups of {role.name} are placed one by one (gang=True)", "leave one of the two out")

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Put the pod into the group."""
        if not self.roles or role.name in self.roles:
            pod.spec["schedulingGroup"] = {"podGroupName": self._name(role.service)}
