"""Offline placement: will these pods get their devices on this cluster, where, and if not, why not.

    inventory = Inventory.from_files(["cluster.yaml"])
    plan(service.manifests(), inventory).fits

Names load on first use: reading an inventory needs no allocator.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_dra.placement.allocation import AllocatedDevice, Allocation, ClaimAllocation, DevicesInUse
    from constructs_dra.placement.allocator import allocate
    from constructs_dra.placement.changes import Change
    from constructs_dra.placement.devices import DeviceId
    from constructs_dra.placement.explaining import Explanation, NodeMiss
    from constructs_dra.placement.features import Features
    from constructs_dra.placement.fleet import Fleet, NodeDevices, devices_of
    from constructs_dra.placement.funnel import Funnel, Stage
    from constructs_dra.placement.inventory import Inventory
    from constructs_dra.placement.nodes import Node
    from constructs_dra.placement.placing import GivenClaim, PlacedPod, UnplacedPod
    from constructs_dra.placement.planning import Plan, WorkloadPlan, plan
    from constructs_dra.placement.remaining import FreeDevices, MoreReplicas, Remaining

__all__ = [
    "AllocatedDevice",
    "Allocation",
    "Change",
    "ClaimAllocation",
    "DeviceId",
    "DevicesInUse",
    "Explanation",
    "Features",
    "Fleet",
    "FreeDevices",
    "Funnel",
    "GivenClaim",
    "Inventory",
    "MoreReplicas",
    "Node",
    "NodeDevices",
    "NodeMiss",
    "PlacedPod",
    "Plan",
    "Remaining",
    "Stage",
    "UnplacedPod",
    "WorkloadPlan",
    "allocate",
    "devices_of",
    "plan",
]

_HOMES = {
    "AllocatedDevice": "allocation",
    "Allocation": "allocation",
    "Change": "changes",
    "ClaimAllocation": "allocation",
    "DeviceId": "devices",
    "DevicesInUse": "allocation",
    "Explanation": "explaining",
    "Features": "features",
    "Fleet": "fleet",
    "FreeDevices": "remaining",
    "Funnel": "funnel",
    "GivenClaim": "placing",
    "Inventory": "inventory",
    "MoreReplicas": "remaining",
    "Node": "nodes",
    "NodeDevices": "fleet",
    "NodeMiss": "explaining",
    "PlacedPod": "placing",
    "Plan": "planning",
    "Remaining": "remaining",
    "Stage": "funnel",
    "UnplacedPod": "placing",
    "WorkloadPlan": "planning",
    "allocate": "allocator",
    "devices_of": "fleet",
    "plan": "planning",
}
"""The module of each name."""


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
