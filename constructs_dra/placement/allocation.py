"""What an allocation gives: which devices each claim gets, or why there are none."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, frozen

from constructs_dra.errors import Problems, shown
from constructs_dra.placement.devices import DeviceId
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["AllocatedDevice", "Allocation", "ClaimAllocation", "DevicesInUse"]


@frozen(kw_only=True)
class AllocatedDevice:
    """One device given to a request.

    Attributes:
        request: Name of the request, or `request/alternative`.
        id: Driver, pool and name of the device.
        admin_access: Whether it was given next to whoever else uses it.
        tolerations: Tolerations of the request, kept with the result.
        share_id: What tells this share of a shared device from others; empty for a device of one's own.
        consumed_capacity: Amounts taken of a shared device, by capacity, as quantities.
        binding_conditions: Conditions to wait for before the pod binds.
        binding_failure_conditions: Conditions that say it failed.
    """

    request: str
    id: DeviceId
    admin_access: bool = False
    tolerations: tuple[Mapping[str, Any], ...] = ()
    share_id: str = ""
    consumed_capacity: Mapping[str, str] = field(factory=dict)
    binding_conditions: tuple[str, ...] = ()
    binding_failure_conditions: tuple[str, ...] = ()

    def manifest(self) -> dict[str, Any]:
        """As `status.allocation.devices.results[]` has it."""
        entries: dict[str, Any] = {"request": self.request, "driver": self.id.driver, "pool": self.id.pool, "device": self.id.device}
        optional = {
            "adminAccess": self.admin_access,
            "tolerations": [dict(toleration) for toleration in self.tolerations],
            "bindingConditions": list(self.binding_conditions),
            "bindingFailureConditions": list(self.binding_failure_conditions),
            "shareID": self.share_id,
            "consumedCapacity": dict(self.consumed_capacity),
        }
        return entries | {name: value for name, value in optional.items() if value}


@frozen(kw_only=True)
class ClaimAllocation:
    """What one claim gets.

    Attributes:
        claim: `namespace/name` of the claim.
        devices: In the order of the requests.
        config: Configuration for the drivers: the classes' first, then the claim's, as manifests have it.
        node_selector: Nodes that can use the allocation; None: all.
    """

    claim: str
    devices: tuple[AllocatedDevice, ...]
    config: tuple[Mapping[str, Any], ...] = ()
    node_selector: Mapping[str, Any] | None = None

    def manifest(self) -> dict[str, Any]:
        """As `status.allocation` of a ResourceClaim has it."""
        devices: dict[str, Any] = {"results": [device.manifest() for device in self.devices]}
        if self.config:
            devices["config"] = [dict(entry) for entry in self.config]
        allocation: dict[str, Any] = {"devices": devices}
        if self.node_selector is not None:
            allocation["nodeSelector"] = dict(self.node_selector)
        return allocation


@frozen(kw_only=True)
class Allocation:
    """The answer for one set of claims on one node.

    Attributes:
        outcome: `allocated`; `refused`: the claims do not fit on this node; `error`: Kubernetes would report `reason` instead of trying other nodes;
            `unknown`: the search budget ran out before there was an answer.
        claims: What each claim gets, in the order given; empty unless allocated.
        reason: Why not, in Kubernetes' words where it has some; empty when allocated or plainly refused.
        steps: Search steps taken.
        node_only: Whether an error concerns this node alone, so that others are still tried.
    """

    outcome: Literal["allocated", "refused", "error", "unknown"]
    claims: tuple[ClaimAllocation, ...] = ()
    reason: str = ""
    steps: int = 0
    node_only: bool = False

    @property
    def fits(self) -> bool:
        """Whether every claim got its devices."""
        return self.outcome == "allocated"


def _check_devices(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, frozenset | set):
        valid.wrong(problems, path, value, "a set of DeviceId")
        return
    for item in value:
        if not isinstance(item, DeviceId):
            valid.wrong(problems, path, item, "a set of DeviceId")


def _check_capacity(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of amounts by DeviceId")
        return
    for device, amounts in value.items():
        place = f"{path}[{shown(device)}]"
        if not isinstance(device, DeviceId) or not isinstance(amounts, Mapping):
            problems.add(place, "must be a DeviceId with a mapping of quantities by capacity")
            continue
        for name, amount in amounts.items():
            valid.check_quantity(amount, f"{place}[{shown(name)}]", problems)


@frozen(kw_only=True, eq=False, repr=False)
class DevicesInUse(Record):
    """What allocated claims hold already.

    Attributes:
        devices: Devices held by one claim alone.
        shared: Devices of which at least one claim holds a share.
        capacity: Amounts taken of shared devices, by capacity, as quantities.
    """

    devices: frozenset[DeviceId] = field(default=frozenset(), metadata=valid.custom(_check_devices))
    shared: frozenset[DeviceId] = field(default=frozenset(), metadata=valid.custom(_check_devices))
    capacity: Mapping[DeviceId, Mapping[str, str]] = field(factory=dict, metadata=valid.custom(_check_capacity))
