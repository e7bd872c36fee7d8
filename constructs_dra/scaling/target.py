"""What an autoscaler scales."""

from collections.abc import Iterator, Sequence

from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.scaling.triggers import Trigger
from constructs_dra.serving.part import RoleView

__all__ = ["scale_target", "scaler_problems"]


def scale_target(role: RoleView) -> Manifest:
    """The workload of a role; a role of a DisaggregatedSet is scaled through the scaler that its controller makes for it."""
    workload = role.workload
    if workload.kind == "DisaggregatedSet":
        return {"apiVersion": workload.api_version, "kind": "DisaggregatedSetRoleScaler", "name": f"{workload.name}-{role.name}"}
    return workload.reference()


def scaler_problems(role: RoleView, triggers: Sequence[tuple[str, Trigger]], *, by_pod: bool = False) -> Iterator[Problem]:
    """What the triggers of a scaler, each with its place, lack in the service.

    Args:
        role: The role that is scaled.
        triggers: The triggers and where they are.
        by_pod: Whether what pods report themselves is looked up by pod, which needs no namespace.
    """
    for place, trigger in triggers:
        for problem in trigger.problems(role):
            yield problem.under(place)
        if trigger.METRIC and not (by_pod and trigger.PER_POD) and not role.service.namespace:
            shown = f"asks for {trigger.METRIC} of every namespace, as that of the service is not known"
            yield Problem(place, shown, "write namespace=… at the service or its chart", rule="scaler-namespace")
