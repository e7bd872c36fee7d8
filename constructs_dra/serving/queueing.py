"""Waiting for a share of the cluster: Kueue."""

from collections.abc import Iterator

from attrs import field, frozen

from constructs_dra.errors import Problem, shown
from constructs_dra.kubernetes.labels import QUEUE, QUEUE_PRIORITY
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, RoleView, ServiceView

__all__ = ["Kueue"]


@frozen(eq=False, repr=False)
class Kueue(Part):
    """Workloads that Kueue admits once their queue has quota for them: `parts=[Kueue("inference")]`.

    Attributes:
        queue: Name of the LocalQueue in the namespace of the service.
        priority_class: Name of the WorkloadPriorityClass, which orders the queue. Default: none.
    """

    queue: str = field(metadata=valid.dns_subdomain())
    priority_class: str | None = field(default=None, kw_only=True, metadata=valid.dns_subdomain())

    def adjust_workload(self, role: RoleView, workload: Manifest) -> None:  # noqa: ARG002 - alike for all roles
        """Label the object that Kueue watches."""
        labels = workload["metadata"].setdefault("labels", {})
        labels[QUEUE] = self.queue
        if self.priority_class is not None:
            labels[QUEUE_PRIORITY] = self.priority_class

    def problems_around(self, service: ServiceView) -> Iterator[Problem]:
        """Kueue counts devices before they are chosen, so it refuses requests that leave the choice open (kubernetes-sigs/kueue#13599)."""
        for role in service.roles.values():
            for index, claim in enumerate(role.claim_specs):
                if any(hasattr(request, "alternatives") for request in getattr(claim, "requests", ())):
                    message = f"claim {shown(claim.name)} has alternatives (firstAvailable), which Kueue does not admit"
                    yield Problem(
                        f"{role.name}.claims[{index}]", message, "ask for one kind of device, or leave the queue out", rule="queue-first-available"
                    )
