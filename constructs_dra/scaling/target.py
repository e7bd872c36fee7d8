"""What an autoscaler scales."""

from constructs_dra.manifest import Manifest
from constructs_dra.serving.part import RoleView

__all__ = ["scale_target", "scaler_name"]


def scale_target(role: RoleView) -> Manifest:
    """The workload of a role; a role of a DisaggregatedSet is scaled through the scaler that its controller makes for it."""
    workload = role.workload
    if workload.kind == "DisaggregatedSet":
        return {"apiVersion": workload.api_version, "kind": "DisaggregatedSetRoleScaler", "name": f"{workload.name}-{role.name}"}
    return workload.reference()


def scaler_name(role: RoleView) -> str:
    """Name of the autoscaler of a role, and of what belongs to it."""
    return str(role.metadata()["name"])
