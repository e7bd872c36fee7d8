"""Which of the nodes that can take a pod the scheduler would rather have: its default scores with their default weights."""

from collections.abc import Iterable, Sequence
from math import log

from attrs import define

from constructs_dra.placement.fitting import NodeState, StaticFit
from constructs_dra.placement.neighbours import Room
from constructs_dra.placement.podrules import HOSTNAME, PodKind
from constructs_dra.placement.resources import PodResources

__all__ = ["Entry", "balance", "score"]


@define(eq=False)
class Entry:
    """Some nodes that are alike and can take the pod.

    Attributes:
        index: The first of them.
        size: How many they are.
        fit: How they go together with the pod's spec.
        balance: Points for what is left of them.
        bonus: Points for the alternatives the pod's claims would get.
    """

    index: int
    size: int
    fit: StaticFit
    balance: int
    bonus: int = 0


def score(room: Room, kind: PodKind, fits: Sequence[StaticFit], fits_key: str, entries: Sequence[Entry]) -> list[int]:
    """The points of each entry.

    Args:
        room: All nodes.
        kind: The pod.
        fits: How it goes together with each node.
        fits_key: The same text for the same fits.
        entries: All nodes that can take it.
    """
    if len(entries) == 1:
        return [0]
    spread = _spread(room, kind, fits, fits_key, entries)
    taints = [100 - value for value in _normalized([entry.fit.soft_taints for entry in entries])]
    wishes = _normalized([entry.fit.wishes for entry in entries])
    bonus = _normalized([entry.bonus for entry in entries])
    pulls = _pulls(room, kind, entries)
    return [
        entry.balance + 3 * taint + 2 * (apart + wish + extra + pull)
        for entry, apart, taint, wish, extra, pull in zip(entries, spread, taints, wishes, bonus, pulls, strict=True)
    ]


def _spread(room: Room, kind: PodKind, fits: Sequence[StaticFit], fits_key: str, entries: Sequence[Entry]) -> list[int]:
    """PodTopologySpread: pods are kept apart over the domains of the constraints that only prefer."""
    constraints = [constraint for constraint in kind.spread if not constraint.hard]
    if not constraints:
        return [0] * len(entries)
    # the scheduler's own constraints also rank nodes that lack one of the labels
    needed = [] if constraints[0].own else list(dict.fromkeys(constraint.key for constraint in constraints))
    labels = [room.domains(key).of for key in needed]
    ranked = [all(of[entry.index] is not None for of in labels) for entry in entries]
    totals = [0.0] * len(entries)
    for constraint in constraints:
        domains = room.domains(constraint.key)
        tally = room.spread(kind, constraint, fits, fits_key, needed=needed)
        if constraint.key == HOSTNAME:
            size = sum(entry.size for entry, counts in zip(entries, ranked, strict=True) if counts)
            tally = room.alike(kind, constraint)
        elif domains.single:
            lacking = any(domains.of[entry.index] is None for entry in entries)
            size = lacking + sum(entry.size for entry, counts in zip(entries, ranked, strict=True) if counts and domains.of[entry.index] is not None)
        else:
            size = len({domains.of[entry.index] for entry, counts in zip(entries, ranked, strict=True) if counts})
        weight = log(size + 2)
        for number, entry in enumerate(entries):
            if ranked[number] and domains.of[entry.index] is not None:
                totals[number] += tally.at(entry.index) * weight + (constraint.skew - 1)
    points = [_rounded(total) for total in totals]
    counted = [value for value, counts in zip(points, ranked, strict=True) if counts]
    most = max(counted, default=0)
    least = min(counted, default=0)
    return [0 if not counts else 100 * (most + least - value) // most if most else 100 for value, counts in zip(points, ranked, strict=True)]


def _rounded(value: float) -> int:
    """Rounded half away from zero, as Go does."""
    return int(value + 0.5)


def _pulls(room: Room, kind: PodKind, entries: Sequence[Entry]) -> list[int]:
    """InterPodAffinity: preferred affinity of the pod and of those that are there."""
    tallies = [tally for tally in room.pulls(kind) if tally.counts]
    if not tallies:
        return [0] * len(entries)
    totals = [sum(tally.at(entry.index) for tally in tallies) for entry in entries]
    least, most = min(totals), max(totals)
    return [int(100 * ((total - least) / (most - least))) if most > least else 0 for total in totals]


def balance(state: NodeState, resources: PodResources) -> int:
    """Points for emptier nodes (LeastAllocated), and for CPU and memory filling up alike (BalancedAllocation, if the pod asks for either)."""
    if state.room is None:
        return 0
    scored = {"cpu": resources.scored_cpu, "memory": resources.scored_memory}
    rooms = {name: state.room[name] for name in scored if state.room.get(name)}
    if not rooms:
        return 0
    emptiness = sum(max(0, 100 * (room - state.scored[name] - scored[name]) // room) for name, room in rooms.items()) // len(rooms)
    if not any(resources.requests.get(name) for name in scored):
        return emptiness
    fractions = [min(1.0, (state.used.get(name, 0) + resources.requests.get(name, 0)) / room) for name, room in rooms.items()]
    return emptiness + int(100 * (1 - (max(fractions) - min(fractions)) / 2))


def _normalized(values: Iterable[int]) -> list[int]:
    listed = list(values)
    most = max(listed)
    return [100 * value // most if most else 0 for value in listed]
