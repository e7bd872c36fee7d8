"""What the objects of a scaler are called."""

from constructs_dra.serving.part import RoleView

__all__ = ["scaler_name"]


def scaler_name(role: RoleView) -> str:
    """Name of the autoscaler of a role, and of what belongs to it."""
    return str(role.metadata()["name"])
