"""Read ResourceSlices, DeviceClasses and Nodes from manifests, in the shapes of every served version of `resource.k8s.io`."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from constructs_dra.placement.devices import (
    Capacity,
    CounterConsumption,
    CounterSet,
    DeviceTaint,
    InventoryClass,
    InventoryDevice,
    InventorySlice,
    RequestPolicy,
)
from constructs_dra.placement.nodes import Node, NodeTaint

__all__ = ["TaintRule", "read_class", "read_device", "read_node", "read_slice", "read_taint_rule", "with_taints"]


def read_slice(manifest: Mapping[str, Any]) -> InventorySlice:
    """The slice of a ResourceSlice manifest.

    Raises:
        ValueError: A quantity is none.
    """
    spec = manifest.get("spec") or {}
    pool = spec.get("pool") or {}
    return InventorySlice(
        name=_name(manifest),
        driver=str(spec.get("driver") or ""),
        pool=str(pool.get("name") or ""),
        generation=int(pool.get("generation") or 0),
        slice_count=int(pool.get("resourceSliceCount") or 0),
        node_name=str(spec.get("nodeName") or ""),
        node_selector=spec.get("nodeSelector"),
        all_nodes=bool(spec.get("allNodes")),
        per_device_node_selection=bool(spec.get("perDeviceNodeSelection")),
        devices=tuple(read_device(device) for device in spec.get("devices") or ()),
        shared_counters=tuple(
            CounterSet(name=str(entry.get("name") or ""), counters=_counters(entry.get("counters"))) for entry in spec.get("sharedCounters") or ()
        ),
    )


def read_device(entry: Mapping[str, Any]) -> InventoryDevice:
    """One device of a slice; v1beta1 wraps its fields in `basic`.

    Raises:
        ValueError: A quantity is none.
    """
    body = entry.get("basic") or entry
    return InventoryDevice(
        name=str(entry.get("name") or ""),
        attributes=body.get("attributes") or {},
        capacity={name: _capacity(value) for name, value in (body.get("capacity") or {}).items()},
        taints=tuple(map(_taint, body.get("taints") or ())),
        consumes_counters=tuple(
            CounterConsumption(counter_set=str(each.get("counterSet") or ""), counters=_counters(each.get("counters")))
            for each in body.get("consumesCounters") or ()
        ),
        allow_multiple_allocations=bool(body.get("allowMultipleAllocations")),
        node_name=str(body.get("nodeName") or ""),
        node_selector=body.get("nodeSelector"),
        all_nodes=bool(body.get("allNodes")),
        binding_conditions=tuple(body.get("bindingConditions") or ()),
        binding_failure_conditions=tuple(body.get("bindingFailureConditions") or ()),
        binds_to_node=bool(body.get("bindsToNode")),
    )


@frozen(kw_only=True)
class TaintRule:
    """A taint for devices that a DeviceTaintRule names; empty names stand for all.

    Attributes:
        taint: The taint.
        driver: Driver of the devices.
        pool: Their pool.
        device: Their name.
    """

    taint: DeviceTaint
    driver: str = ""
    pool: str = ""
    device: str = ""

    def concerns(self, each: InventorySlice, device: InventoryDevice) -> bool:
        """Whether a device of a slice gets the taint."""
        return self.driver in {"", each.driver} and self.pool in {"", each.pool} and self.device in {"", device.name}


def read_taint_rule(manifest: Mapping[str, Any]) -> TaintRule:
    """The rule of a DeviceTaintRule manifest."""
    spec = manifest.get("spec") or {}
    selector = spec.get("deviceSelector") or {}
    return TaintRule(
        taint=_taint(spec.get("taint") or {}),
        driver=str(selector.get("driver") or ""),
        pool=str(selector.get("pool") or ""),
        device=str(selector.get("device") or ""),
    )


def with_taints(each: InventorySlice, rules: Sequence[TaintRule]) -> InventorySlice:
    """The slice with the taints that rules put on its devices."""
    if not rules:
        return each
    devices = (evolve(device, taints=(*device.taints, *(rule.taint for rule in rules if rule.concerns(each, device)))) for device in each.devices)
    return evolve(each, devices=tuple(devices))


def _taint(entry: Mapping[str, Any]) -> DeviceTaint:
    return DeviceTaint(key=str(entry.get("key") or ""), value=str(entry.get("value") or ""), effect=str(entry.get("effect") or ""))


def read_class(manifest: Mapping[str, Any]) -> InventoryClass:
    """The class of a DeviceClass manifest."""
    spec = manifest.get("spec") or {}
    return InventoryClass(
        name=_name(manifest),
        selectors=tuple(str((selector.get("cel") or {}).get("expression") or "") for selector in spec.get("selectors") or ()),
        config=tuple(spec.get("config") or ()),
        extended_resource_name=str(spec.get("extendedResourceName") or ""),
    )


def read_node(manifest: Mapping[str, Any]) -> Node:
    """The node of a Node manifest."""
    metadata = manifest.get("metadata") or {}
    spec = manifest.get("spec") or {}
    status = manifest.get("status") or {}
    amounts = status.get("allocatable") or status.get("capacity")
    return Node(
        name=_name(manifest),
        labels={key: str(value) for key, value in (metadata.get("labels") or {}).items()},
        taints=tuple(
            NodeTaint(key=str(taint.get("key") or ""), value=str(taint.get("value") or ""), effect=str(taint.get("effect") or ""))
            for taint in spec.get("taints") or ()
        ),
        unschedulable=bool(spec.get("unschedulable")),
        allocatable=None if amounts is None else {name: str(value) for name, value in amounts.items()},
    )


def _name(manifest: Mapping[str, Any]) -> str:
    return str((manifest.get("metadata") or {}).get("name") or "")


def _counters(entries: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: str(entry.get("value") if isinstance(entry, Mapping) else entry) for name, entry in (entries or {}).items()}


def _capacity(entry: Any) -> Capacity:
    if not isinstance(entry, Mapping):
        return Capacity(value=str(entry))  # v1alpha3
    policy = entry.get("requestPolicy")
    if not policy:
        return Capacity(value=str(entry.get("value")))
    allowed = policy.get("validRange") or {}
    return Capacity(
        value=str(entry.get("value")),
        policy=RequestPolicy(
            default=_amount(policy.get("default")),
            valid_values=tuple(str(value) for value in policy.get("validValues") or ()),
            minimum=_amount(allowed.get("min")),
            maximum=_amount(allowed.get("max")),
            step=_amount(allowed.get("step")),
        ),
    )


def _amount(value: Any) -> str | None:
    return None if value is None else str(value)
