"""Nodes that are alike to the pods of one template: judged once for all of them, and looked at again only when a pod came.

Two nodes are alike when they go together with the pod's spec in the same way, offer the same devices to its claims, have the same room and the same
contents, and lie in the same topology domains, a domain of a single node counting as its contents do.
"""

from collections.abc import Callable, Hashable, Sequence
from heapq import heappop, heappush

from attrs import define

from constructs_dra.placement.fitting import StaticFit
from constructs_dra.placement.neighbours import Room
from constructs_dra.placement.podrules import PodKind, clash
from constructs_dra.placement.ranking import balance
from constructs_dra.placement.resources import PodResources

__all__ = ["Group", "Grouping", "Verdict"]


@define(eq=False)
class Verdict:
    """Whether claims get their devices on nodes that are alike.

    Attributes:
        fits: Whether they do.
        reason: Why not.
        error: Whether the reason is an error that stops the pod.
        bonus: Points for the alternatives they get.
        version: The state of the devices that no node has for itself, with which this was found out; a refusal holds on, as devices only get fewer.
    """

    fits: bool
    reason: str = ""
    error: bool = False
    bonus: int = 0
    version: int = 0


class Group:
    """Nodes that are alike.

    Attributes:
        size: How many they are.
        fit: How they go together with the pod's spec.
        lacking: What they lack, other pods and devices aside.
        balance: Points for what is left of them.
        verdict: What is known of their devices.
    """

    __slots__ = ("balance", "fit", "heap", "lacking", "size", "verdict")

    def __init__(self, fit: StaticFit, lacking: list[str], points: int) -> None:
        self.fit = fit
        self.lacking = lacking
        self.balance = points
        self.size = 0
        self.heap: list[int] = []
        self.verdict: Verdict | None = None


class Grouping:
    """The groups of all nodes for one template.

    Attributes:
        fits: How the template's spec goes together with each node.
        fits_key: The same text for the same fits.
        of: The group of each node.
    """

    def __init__(
        self,
        room: Room,
        *,
        kind: PodKind,
        resources: PodResources,
        fits: Sequence[StaticFit],
        fits_key: str,
        looks: Callable[[int], Hashable],
        devices_alone: bool,
    ) -> None:
        self.fits = fits
        self.fits_key = fits_key
        self._room, self._kind, self._resources = room, kind, resources
        self._devices_alone = devices_alone
        self._seen = len(room.changed)
        self._keys = tuple(room.keys)
        domains = [room.domains(key) for key in self._keys]
        self._fixed = [
            (
                fits[index],
                looks(index),
                tuple((of.of[index] is not None) if of.single else of.of[index] for of in domains),
            )
            for index in range(len(room.states))
        ]
        self._known: dict[Hashable, Group] = {}
        self._active: dict[Group, None] = {}
        self.of: list[Group] = []
        for state in room.states:
            group = self._find(state.index)
            group.heap.append(state.index)
            group.size += 1
            self._active[group] = None
            self.of.append(group)

    @property
    def fresh(self) -> bool:
        """Whether it knows all topology keys that matter by now."""
        return len(self._keys) == len(self._room.keys)

    def groups(self) -> list[Group]:
        """The groups that have nodes, as the nodes are now."""
        changed = self._room.changed
        for index in dict.fromkeys(changed[self._seen :]):
            before = self.of[index]
            group = self._find(index)
            if group is not before:
                before.size -= 1
                if not before.size:
                    del self._active[before]
                group.size += 1
                heappush(group.heap, index)
                self._active[group] = None
                self.of[index] = group
        self._seen = len(changed)
        return list(self._active)

    def first(self, group: Group) -> int:
        """The first node of a group."""
        heap = group.heap
        while self.of[heap[0]] is not group:
            heappop(heap)
        return heap[0]

    def _find(self, index: int) -> Group:
        state = self._room.states[index]
        key = (self._fixed[index], state.number)
        group = self._known.get(key)
        if group is None:
            group = self._known[key] = Group(self.fits[index], self._lacking(index), balance(state, self._resources))
        return group

    def _lacking(self, index: int) -> list[str]:
        if self._devices_alone:
            return []
        if reason := self.fits[index].reason:
            return [reason]
        state = self._room.states[index]
        if self._kind.ports and any(clash(self._kind.ports, other.ports) for other in state.pods if other.ports):
            return ["node(s) didn't have free ports for the requested pod ports"]
        unreachable = self.fits[index].unreachable
        return state.shortages(self._resources) or ([unreachable] if unreachable else [])
