"""Resource pools as one node sees them: outdated slices gone, incomplete and invalid pools marked, in the order devices are tried.

The rules follow `GatherPools` of k8s.io/dynamic-resource-allocation/structured, Kubernetes 1.36.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from attrs import define, field

from constructs_dra.placement.devices import CounterSet, InventoryDevice, InventorySlice
from constructs_dra.placement.features import Features
from constructs_dra.placement.nodes import Node, matches_node_selector

__all__ = ["Pool", "SliceIndex", "gather_pools", "selects_node"]


@define(kw_only=True)
class Pool:
    """One pool, for one node.

    Attributes:
        driver: The driver that publishes it.
        name: Its name.
        slices: Slices with devices the node may use, by name. Empty for a pool that is incomplete or invalid.
        other_slices: The rest of the pool: their devices count when counters are shared out.
        counter_sets: Counter sets of the pool by name.
        incomplete: Whether the driver is still publishing slices.
        invalid: Why no device can be taken from it; empty for a sound pool.
    """

    driver: str
    name: str
    slices: tuple[InventorySlice, ...] = ()
    other_slices: tuple[InventorySlice, ...] = ()
    counter_sets: dict[str, CounterSet] = field(factory=dict)
    incomplete: bool = False
    invalid: str = ""

    def __str__(self) -> str:
        """`driver/pool`."""
        return f"{self.driver}/{self.name}"

    @property
    def usable(self) -> bool:
        """Whether devices can be taken from it."""
        return not self.incomplete and not self.invalid

    @property
    def waits_for_binding(self) -> bool:
        """Whether one of its devices has binding conditions: such pools are tried last."""
        return any(device.binding_conditions for each in self.slices for device in each.devices)


class SliceIndex:
    """A cluster's slices, found by node and by pool."""

    def __init__(self, slices: Iterable[InventorySlice]) -> None:
        self.slices = tuple(slices)
        self.by_pool: dict[tuple[str, str], list[InventorySlice]] = {}
        self._on_node: dict[str, list[InventorySlice]] = {}
        self._elsewhere: list[InventorySlice] = []
        for each in self.slices:
            self.by_pool.setdefault((each.driver, each.pool), []).append(each)
            (self._on_node.setdefault(each.node_name, []) if each.node_name else self._elsewhere).append(each)

    @property
    def node_names(self) -> tuple[str, ...]:
        """Nodes that slices or devices name, in order of appearance."""
        names = dict.fromkeys(self._on_node)
        names.update(dict.fromkeys(device.node_name for each in self._elsewhere for device in each.devices if device.node_name))
        return tuple(names)

    @property
    def shared(self) -> Sequence[InventorySlice]:
        """Slices whose devices are not tied to one node."""
        return self._elsewhere

    def candidates(self, node: Node) -> list[InventorySlice]:
        """Slices which may concern the node."""
        return self._on_node.get(node.name, []) + self._elsewhere


def selects_node(place: InventorySlice | InventoryDevice, node: Node) -> bool:
    """Whether the devices of a slice, or one device, can be used from the node."""
    if place.node_name:
        return place.node_name == node.name
    if place.all_nodes:
        return True
    return place.node_selector is not None and matches_node_selector(place.node_selector, node)


def gather_pools(index: SliceIndex, node: Node, features: Features) -> list[Pool]:
    """The pools with devices for the node, in the order they are tried: by driver and name, those with binding conditions last.

    Raises:
        ValueError: A node selector cannot be read.
    """
    newest: dict[tuple[str, str], list[InventorySlice]] = {}
    for each in index.candidates(node):
        if not _concerns(each, node, features):
            continue
        known = newest.setdefault((each.driver, each.pool), [])
        if not known or each.generation == known[0].generation:
            known.append(each)
        elif each.generation > known[0].generation:
            known[:] = [each]
    pools = [_pool(key, slices, index.by_pool[key], features) for key, slices in newest.items()]
    pools.sort(key=lambda pool: (pool.waits_for_binding, pool.driver, pool.name))
    return pools


def _concerns(each: InventorySlice, node: Node, features: Features) -> bool:
    if not features.partitionable_devices and (each.per_device_node_selection or each.shared_counters):
        return False
    if each.shared_counters:
        return True  # needed whatever the node: without them the pool's devices cannot be used
    if each.per_device_node_selection:
        return any(selects_node(device, node) for device in each.devices)
    return selects_node(each, node)


def _pool(key: tuple[str, str], slices: list[InventorySlice], everywhere: Sequence[InventorySlice], features: Features) -> Pool:
    driver, name = key
    others: list[InventorySlice] = []
    if len(slices) != slices[0].slice_count:
        # the rest of the pool may be for other nodes only
        generation = slices[0].generation
        current = [each for each in everywhere if each.generation == generation]
        # with newer slices elsewhere the driver is replacing the pool, and what is here is out of date
        if len(current) != slices[0].slice_count or any(each.generation > generation for each in everywhere):
            return Pool(driver=driver, name=name, incomplete=True)
        seen = {each.name for each in slices}
        others = [each for each in current if each.name not in seen]
    slices = sorted(slices, key=attrgetter("name"))
    partitions = features.partitionable_devices
    with_devices = [each for each in slices if not (partitions and each.shared_counters)]
    problem = _duplicate_device(with_devices)
    counter_sets: dict[str, CounterSet] = {}
    if partitions and not problem:
        for counter_set in (counter_set for each in slices for counter_set in each.shared_counters):
            if counter_set.name in counter_sets and not problem:
                problem = f"duplicate counter set name {counter_set.name}"
            counter_sets[counter_set.name] = counter_set
        problem = problem or _missing_counter(counter_sets, [*slices, *others])
    if problem:
        return Pool(driver=driver, name=name, invalid=problem)
    return Pool(driver=driver, name=name, slices=tuple(with_devices), other_slices=tuple(others), counter_sets=counter_sets)


def _duplicate_device(slices: Iterable[InventorySlice]) -> str:
    seen: set[str] = set()
    for device in (device for each in slices for device in each.devices):
        if device.name in seen:
            return f"duplicate device name {device.name}"
        seen.add(device.name)
    return ""


def _missing_counter(counter_sets: dict[str, CounterSet], slices: Iterable[InventorySlice]) -> str:
    for consumption in (entry for each in slices for device in each.devices for entry in device.consumes_counters):
        counter_set = counter_sets.get(consumption.counter_set)
        if counter_set is None:
            return f"counter set {consumption.counter_set} not found"
        for counter in consumption.counters:
            if counter not in counter_set.counters:
                return f"counter {counter} not found in counter set {consumption.counter_set}"
    return ""
