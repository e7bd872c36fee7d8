"""How a Deployment on devices is updated."""

from typing import Literal

from attrs import field, frozen

from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, RoleView

__all__ = ["Rollout"]


@frozen(kw_only=True, eq=False, repr=False)
class Rollout(Part):
    """Updates that need no second set of devices: where devices are scarce, a new pod can only start once an old one gave its devices back.

    Attributes:
        type: `in-place` ends a pod before it starts the next one; `surge` starts the next one first, for which devices must be free. Default
            `in-place`. A role's own `strategy` wins.
    """

    type: Literal["in-place", "surge"] = field(default="in-place", metadata=valid.choice("in-place", "surge"))

    def adjust_workload(self, role: RoleView, workload: Manifest) -> None:
        """Set the update strategy of a Deployment whose pods hold devices."""
        if workload["kind"] != "Deployment" or not role.has_devices or "strategy" in workload["spec"]:
            return
        spec = workload["spec"]
        if self.type == "surge":
            strategy: Manifest = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
        elif spec.get("replicas") == 1:
            strategy = {"type": "Recreate"}
        else:
            strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
        workload["spec"] = {key: value for key, value in spec.items() if key == "replicas"} | {"strategy": strategy} | spec
