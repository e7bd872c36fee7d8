"""What happens when a role changes."""

from collections.abc import Iterator

from constructs_dra.errors import Problem
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.findings import finding
from constructs_dra.serving.production.rollout import Rollout

__all__ = ["update_problems"]


def update_problems(view: CheckedPod) -> Iterator[Problem]:
    """A rolling update starts a new pod first; with one replica on scarce devices there may be no place for it.

    Only Deployments roll: neither groups nor the ReplicaSet of requesters does.
    """
    role = view.context.role
    if role.replicas != 1 or role.strategy is not None or view.pod is not role or view.context.is_requested or view.context.is_multinode:
        return
    rollout = view.context.service.part(Rollout)
    if rollout is not None and rollout.type == "in-place":
        return
    if view.context.has_devices:
        message = "a rolling update starts a second pod, with devices of its own, before the first one ends"
        hint = 'where devices are scarce write strategy={"type": "Recreate"}'
        yield finding(f"{view.path}.strategy", "rolling-update", message, hint)
