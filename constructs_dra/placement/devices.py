"""What a cluster publishes about devices: slices, devices, counters, classes.

The records follow `resource.k8s.io/v1`; `constructs_dra.placement.reading` makes them from manifests of any served version, and they can be
written by hand for tests and what-ifs.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from attrs import Factory, field, frozen
from attrs.validators import deep_iterable

from constructs_dra.placement.quantities import are_quantities, is_amount

__all__ = [
    "AttributeValue",
    "Capacity",
    "CounterConsumption",
    "CounterSet",
    "DeviceId",
    "DeviceTaint",
    "InventoryClass",
    "InventoryDevice",
    "InventorySlice",
    "RequestPolicy",
    "to_attributes",
    "to_capacities",
]

AttributeValue = Mapping[str, Any]
"""One attribute as the API has it: `{"string": …}`, `{"int": …}`, `{"bool": …}`, `{"version": …}`, or a list form (`{"strings": […]}`)."""


class DeviceId(NamedTuple):
    """What makes a device one of its kind in a cluster.

    Attributes:
        driver: The driver that publishes it.
        pool: The driver's pool it belongs to, often the node's name.
        device: Its name, unique in the pool.
    """

    driver: str
    pool: str
    device: str

    def __str__(self) -> str:
        """`driver/pool/device`, as Kubernetes prints it."""
        return f"{self.driver}/{self.pool}/{self.device}"


@frozen(kw_only=True)
class DeviceTaint:
    """A mark on a device that keeps requests without a toleration away.

    Attributes:
        key: Its name.
        value: Its value. Default empty.
        effect: `NoSchedule` and `NoExecute` keep allocations away; `None` only informs. Default `NoSchedule`.
    """

    key: str
    value: str = ""
    effect: str = "NoSchedule"


@frozen(kw_only=True)
class RequestPolicy:
    """How much of a capacity one request of a shared device may take; amounts are quantities.

    Attributes:
        default: What a request that names no amount takes; none: everything.
        valid_values: The amounts that can be taken; a request is rounded up to the next.
        minimum: Least amount; a smaller request is rounded up to it.
        maximum: Largest amount.
        step: Amounts are the minimum plus a multiple of it; a request is rounded up.
    """

    default: str | None = field(default=None, validator=is_amount)
    valid_values: tuple[str, ...] = field(default=(), validator=deep_iterable(is_amount))
    minimum: str | None = field(default=None, validator=is_amount)
    maximum: str | None = field(default=None, validator=is_amount)
    step: str | None = field(default=None, validator=is_amount)


@frozen(kw_only=True)
class Capacity:
    """An amount a device has.

    Attributes:
        value: The amount, a quantity.
        policy: How a shared device hands it out. Default: as asked.
    """

    value: str = field(validator=is_amount)
    policy: RequestPolicy | None = None


@frozen(kw_only=True)
class CounterSet:
    """Counters which the devices of a pool share, e.g. the memory of a GPU that can be partitioned.

    Attributes:
        name: Name, unique in the pool.
        counters: Amounts by counter, as quantities.
    """

    name: str
    counters: Mapping[str, str] = field(validator=are_quantities)


@frozen(kw_only=True)
class CounterConsumption:
    """What a device takes from a counter set while it is allocated.

    Attributes:
        counter_set: Name of the set.
        counters: Amounts by counter, as quantities.
    """

    counter_set: str
    counters: Mapping[str, str] = field(validator=are_quantities)


def to_attributes(values: Mapping[str, Any]) -> dict[str, AttributeValue]:
    """Attributes from plain Python values: text, whole numbers, booleans and lists of them; API-shaped values stay as they are."""
    return {name: value if isinstance(value, Mapping) else {_kind(value): value} for name, value in values.items()}


def _kind(value: object) -> str:
    if isinstance(value, list | tuple) and value:
        return f"{_kind(value[0])}s"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, str):
        return "string"
    raise TypeError(f"{value!r} is not an attribute value: a string, a whole number, a boolean, or {{'version': '1.2.3'}}")


def to_capacities(values: Mapping[str, "str | int | Capacity"]) -> dict[str, Capacity]:
    """Capacities from plain quantities; `Capacity` records stay as they are."""
    return {name: value if isinstance(value, Capacity) else Capacity(value=str(value)) for name, value in values.items()}


@frozen(kw_only=True)
class InventoryDevice:
    """One device of a slice.

    Attributes:
        name: Name, unique in its pool.
        attributes: Attributes by name, with a domain (`resource.kubernetes.io/pcieRoot`) or without (then the driver's); plain values or as the API
            has them. Default none.
        capacity: Amounts by name; quantities or `Capacity`. Default none.
        taints: Marks that keep requests away. Default none.
        consumes_counters: What it takes from counter sets of its pool. Default nothing.
        allow_multiple_allocations: Whether claims share it, each taking part of its capacity. Default false.
        node_name: The node it is on, where its slice leaves that to the devices. Default: see the slice.
        node_selector: The nodes it can be used from, likewise.
        all_nodes: Whether every node can use it, likewise.
        binding_conditions: Conditions a driver sets before a pod may bind. Default none.
        binding_failure_conditions: Conditions that say it failed. Default none.
        binds_to_node: Whether an allocation ties the claim to the node chosen. Default false.
    """

    name: str
    attributes: Mapping[str, AttributeValue] = field(factory=dict, converter=to_attributes)
    capacity: Mapping[str, Capacity] = field(factory=dict, converter=to_capacities)
    taints: tuple[DeviceTaint, ...] = ()
    consumes_counters: tuple[CounterConsumption, ...] = ()
    allow_multiple_allocations: bool = False
    node_name: str = ""
    node_selector: Mapping[str, Any] | None = None
    all_nodes: bool = False
    binding_conditions: tuple[str, ...] = ()
    binding_failure_conditions: tuple[str, ...] = ()
    binds_to_node: bool = False


def _devices(devices: Iterable[InventoryDevice]) -> tuple[InventoryDevice, ...]:
    return tuple(devices)


@frozen(kw_only=True)
class InventorySlice:
    """Some devices of a pool, as one ResourceSlice object publishes them.

    Attributes:
        name: The object's name.
        driver: The driver that publishes it.
        node_name: The node all devices are on. Exactly one of this, `node_selector`, `all_nodes` and `per_device_node_selection` is given.
        pool: Name of the pool. Default: the node's name.
        generation: Version of the pool's contents; older slices are outdated. Default 1.
        slice_count: Slices that make the pool complete at this generation. Default 1.
        node_selector: The nodes all devices can be used from.
        all_nodes: Every node can use the devices.
        per_device_node_selection: Each device says where it is.
        devices: The devices. Default none.
        shared_counters: Counter sets of the pool; slices with these have no devices. Default none.
    """

    name: str
    driver: str
    node_name: str = ""
    pool: str = Factory(lambda self: self.node_name, takes_self=True)
    generation: int = 1
    slice_count: int = 1
    node_selector: Mapping[str, Any] | None = None
    all_nodes: bool = False
    per_device_node_selection: bool = False
    devices: tuple[InventoryDevice, ...] = field(default=(), converter=_devices)
    shared_counters: tuple[CounterSet, ...] = ()


@frozen(kw_only=True)
class InventoryClass:
    """A kind of devices that claims ask for by name.

    Attributes:
        name: The object's name.
        selectors: CEL expressions; a device of the class meets all. Default none: every device.
        config: Configuration for the driver, as manifests have it. Default none.
        extended_resource_name: Resource name by which containers get devices of the class without a claim. Default none.
    """

    name: str
    selectors: tuple[str, ...] = ()
    config: tuple[Mapping[str, Any], ...] = ()
    extended_resource_name: str = ""
