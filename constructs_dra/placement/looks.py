"""How a node's devices look to claims: the same number for nodes on which the same claims find the same devices.

What no selector reads and no constraint compares, such as serial numbers, makes no difference. Devices that more than one node can use are told
apart by identity.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence

from constructs_dra.placement.constraints import attribute_of
from constructs_dra.placement.devices import DeviceId
from constructs_dra.placement.nodes import Node
from constructs_dra.placement.pools import Pool, SliceIndex, selects_node
from constructs_dra.placement.requests import ClaimSpec, RequestOption
from constructs_dra.placement.view import NodeView, Views

__all__ = ["Looks"]


class Looks:
    """Numbers for how devices look, node by node.

    Attributes:
        homes: For each pool that one node has for itself, the place of the node.
    """

    def __init__(self, views: Views, nodes: Sequence[Node]) -> None:
        self._views = views
        self._nodes = nodes
        self.homes = _homes(views.index, {node.name: index for index, node in enumerate(nodes)})
        self._numbers: dict[Hashable, int] = {}
        self._shapes: dict[int, int] = {}
        self._parts: dict[tuple[int, Hashable], int] = {}
        self._to: dict[Hashable, dict[int, int]] = {}
        self._places: dict[int, dict[DeviceId, int]] = {}

    def place(self, index: int, device: DeviceId) -> int | None:
        """The place of a device in a node's view; None where the view does not have it."""
        places = self._places.get(index)
        if places is None:
            view = self._views.of(self._nodes[index])
            places = self._places[index] = {candidate.id: place for place, candidate in enumerate(view.candidates)}
        return places.get(device)

    def to(self, claims: Sequence[ClaimSpec]) -> Callable[[int], int]:
        """The numbers of nodes for claims, node by node; claims that ask for the same kinds of devices share theirs."""
        asked = tuple(
            (tuple((option.device_class, option.selectors) for each in claim.requests for option in each.options), _attributes(claim))
            for claim in claims
        )
        known = self._to.setdefault(asked, {})

        def number(index: int) -> int:
            found = known.get(index)
            if found is None:
                found = known[index] = self._of(index, claims)
            return found

        return number

    def _of(self, index: int, claims: Iterable[ClaimSpec]) -> int:
        view = self._views.of(self._nodes[index])
        parts = [self._shape(index, view)]
        for claim in claims:
            parts += [self._verdicts(index, view, option) for request in claim.requests for option in request.options]
            parts += [self._values(index, view, attribute) for attribute in _attributes(claim)]
        return self._number(tuple(parts))

    def _number(self, content: Hashable) -> int:
        return self._numbers.setdefault(content, len(self._numbers))

    def _shape(self, index: int, view: NodeView) -> int:
        """Everything about the devices but their names and attributes."""
        found = self._shapes.get(index)
        if found is None:
            shape = tuple(self._pool(pool, view.node) for pool in view.pools)
            found = self._shapes[index] = self._number(shape)
        return found

    def _pool(self, pool: Pool, node: Node) -> Hashable:
        head = (pool.driver, pool.incomplete, bool(pool.invalid))
        if (pool.driver, pool.name) not in self.homes:
            picked = tuple(selects_node(device, node) for each in pool.slices if each.per_device_node_selection for device in each.devices)
            return (*head, pool.name, tuple(id(each) for each in pool.slices), picked)
        counters = tuple((name, tuple(sorted(each.counters.items()))) for name, each in sorted(pool.counter_sets.items()))
        devices = tuple(
            (
                device.allow_multiple_allocations,
                tuple(sorted((name, capacity.value, capacity.policy) for name, capacity in device.capacity.items())),
                device.taints,
                tuple((each.counter_set, tuple(sorted(each.counters.items()))) for each in device.consumes_counters),
            )
            for each in pool.slices
            for device in each.devices
        )
        return (*head, counters, devices)

    def _verdicts(self, index: int, view: NodeView, option: RequestOption) -> int:
        key = (index, (option.device_class, option.selectors))
        found = self._parts.get(key)
        if found is None:
            device_class = self._views.classes.get(option.device_class)
            verdicts = () if device_class is None else tuple(view.verdict(candidate, option, device_class) for candidate in view.candidates)
            found = self._parts[key] = self._number(("verdicts", verdicts))
        return found

    def _values(self, index: int, view: NodeView, attribute: str) -> int:
        """Which devices agree in an attribute, whatever its values are."""
        key = (index, attribute)
        found = self._parts.get(key)
        if found is None:
            seen: dict[str, int] = {}
            pattern: list[Hashable] = []
            for candidate in view.candidates:
                value = attribute_of(candidate.device, candidate.id.driver, attribute)
                if value is None:
                    pattern.append(None)
                    continue
                listed = [(kind, each) for kind, content in value.items() for each in _items(content)]
                pattern.append(tuple((kind, seen.setdefault(repr(each), len(seen))) for kind, each in listed))
            found = self._parts[key] = self._number(("values", tuple(pattern)))
        return found


def _attributes(claim: ClaimSpec) -> tuple[str, ...]:
    """The attributes that a claim's constraints compare."""
    return tuple(constraint.attribute for constraint in claim.constraints)


def _items(content: object) -> Iterable[object]:
    return content if isinstance(content, list | tuple) else (content,)


def _homes(index: SliceIndex, places: dict[str, int]) -> dict[tuple[str, str], int]:
    homes = {}
    for key, slices in index.by_pool.items():
        names = {each.node_name for each in slices}
        if len(names) == 1 and (name := names.pop()) in places:
            homes[key] = places[name]
    return homes
