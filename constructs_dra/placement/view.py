"""A node's devices in the order they are tried, and which of them each request may have: made once, used for every pod."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define

from constructs_dra.placement.devices import DeviceId, InventoryClass, InventoryDevice, InventorySlice
from constructs_dra.placement.eligibility import Eligibility, Fault, Verdict
from constructs_dra.placement.features import Features
from constructs_dra.placement.nodes import Node
from constructs_dra.placement.pools import Pool, SliceIndex, gather_pools, selects_node
from constructs_dra.placement.requests import RequestOption

__all__ = ["Candidate", "NodeView", "Views"]


@define(eq=False, kw_only=True)
class Candidate:
    """One device a node may use.

    Attributes:
        id: Driver, pool and name.
        device: The device.
        slice: The slice it is published in.
        pool: The pool it belongs to.
        pool_index: Place of the pool in the order they are tried.
        look: The same number for devices with the same driver, attributes and capacities.
    """

    id: DeviceId
    device: InventoryDevice
    slice: InventorySlice
    pool: Pool
    pool_index: int
    look: int


class NodeView:
    """What one node can use.

    Attributes:
        node: The node.
        pools: Its pools in the order they are tried, incomplete and invalid ones included.
        candidates: Devices of the sound pools, in the order they are tried.
    """

    def __init__(self, node: Node, pools: list[Pool], views: "Views") -> None:
        self.node = node
        self.pools = pools
        self._views = views
        self._choices: dict[tuple[str, tuple[str, ...]], list[tuple[Candidate, Fault | None]]] = {}
        self.candidates = [
            Candidate(
                id=DeviceId(pool.driver, pool.name, device.name),
                device=device,
                slice=each,
                pool=pool,
                pool_index=index,
                look=views.look(device, pool.driver),
            )
            for index, pool in enumerate(pools)
            for each in pool.slices
            for device in each.devices
        ]

    def choices(self, option: RequestOption, device_class: InventoryClass) -> list[tuple[Candidate, Fault | None]]:
        """Devices the request may have, in order; one whose selector fails stands there with its fault, to be met only when it is reached."""
        key = (device_class.name, option.selectors)
        found = self._choices.get(key)
        if found is None:
            found = self._choices[key] = [
                (candidate, verdict if isinstance(verdict, Fault) else None)
                for candidate in self.candidates
                if (verdict := self.verdict(candidate, option, device_class))
            ]
        return found

    def verdict(self, candidate: Candidate, option: RequestOption, device_class: InventoryClass) -> Verdict:
        """Whether one device may serve the request."""
        device = candidate.device
        if device.binding_conditions and not self._views.features.binding_conditions:
            return False
        verdict = self._views.eligibility.verdict(option, device_class, device, candidate.id.driver, candidate.look)
        if verdict is True and candidate.slice.per_device_node_selection:
            return selects_node(device, self.node)
        return verdict


class Views:
    """The views of all nodes of a cluster.

    Attributes:
        index: The cluster's slices.
        classes: Its device classes by name.
        features: Its DRA features.
        eligibility: Remembers what selectors said.
    """

    def __init__(self, index: SliceIndex, classes: Mapping[str, InventoryClass], features: Features) -> None:
        self.index = index
        self.classes = classes
        self.features = features
        self.eligibility = Eligibility(list_type_attributes=features.list_type_attributes)
        self._views: dict[str, NodeView] = {}
        self._looks: dict[Any, int] = {}

    def of(self, node: Node) -> NodeView:
        """The view of a node.

        Raises:
            ValueError: A node selector of a slice cannot be read.
        """
        view = self._views.get(node.name)
        if view is None:
            view = self._views[node.name] = NodeView(node, gather_pools(self.index, node, self.features), self)
        return view

    def selects(self, device_class: InventoryClass, view: NodeView, candidate: Candidate) -> bool:
        """Whether a device is of a class; a class that cannot be evaluated has none."""
        return view.verdict(candidate, RequestOption(name="", device_class=device_class.name), device_class) is True

    def look(self, device: InventoryDevice, driver: str) -> int:
        """A number for how a device looks to selectors: its name, taints and counters left aside."""
        content = (
            driver,
            device.allow_multiple_allocations,
            tuple(sorted((name, *_flat(value)) for name, value in device.attributes.items())),
            tuple(sorted((name, capacity.value) for name, capacity in device.capacity.items())),
        )
        return self._looks.setdefault(content, len(self._looks))


def _flat(value: Mapping[str, Any]) -> Iterator[Any]:
    for kind, content in value.items():
        yield kind
        yield repr(content)
