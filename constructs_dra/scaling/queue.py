"""Kueue: workloads that wait in a queue until there is quota for them."""

from collections.abc import Iterator

from attrs import field, frozen

from constructs_dra.claims.request import FirstAvailable
from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.claims import role_claim
from constructs_dra.serving.part import Part, PodView, RoleView, ServiceView

__all__ = ["KueueQueue"]

_QUEUE = "kueue.x-k8s.io/queue-name"
_PRIORITY = "kueue.x-k8s.io/priority-class"


@frozen(eq=False, repr=False)
class KueueQueue(Part):
    """The LocalQueue of Kueue that the workloads of a service wait in.

    Attributes:
        name: Name of the LocalQueue.
        priority_class: WorkloadPriorityClass. Default: none.
    """

    name: str = field(metadata=valid.dns_subdomain())
    priority_class: str | None = field(default=None, kw_only=True, metadata=valid.dns_subdomain())

    def _labels(self) -> dict[str, str]:
        return {_QUEUE: self.name} if self.priority_class is None else {_QUEUE: self.name, _PRIORITY: self.priority_class}

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Kueue knows no ReplicaSets: the pods of requesters queue by themselves."""
        if role.workload.kind == "ReplicaSet":
            pod.template["metadata"].setdefault("labels", {}).update(self._labels())

    def adjust_workload(self, role: RoleView, workload: Manifest) -> None:  # noqa: ARG002 - alike for all roles
        """Say the queue."""
        if workload["kind"] != "ReplicaSet":
            workload["metadata"].setdefault("labels", {}).update(self._labels())
        else:
            workload["spec"]["template"]["metadata"].setdefault("labels", {}).update(self._labels())

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """Kueue knows beforehand what a workload will take."""
        for role in service.roles.values():
            for index, item in enumerate(role.pod.claims if hasattr(role.pod, "claims") else ()):
                if any(isinstance(request, FirstAvailable) for request in getattr(role_claim(item).spec, "requests", ())):
                    shown = f"{role.name}.claims[{index}] leaves open which devices it gets (firstAvailable), which Kueue refuses"
                    yield Problem("", shown, "ask for one kind of device, or leave the queue out", rule="queue-first-available")
