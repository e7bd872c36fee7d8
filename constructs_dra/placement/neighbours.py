"""All nodes while pods are placed, with counts of the pods on them by topology domain, kept up to date pod by pod."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial

from constructs_dra.placement.fitting import NodeState, StaticFit, amounts
from constructs_dra.placement.nodes import Node
from constructs_dra.placement.podrules import HOSTNAME, PodKind, Spread, Term
from constructs_dra.placement.resources import PodResources

__all__ = ["Domains", "Neighbours", "Room", "Tally"]


class Domains:
    """The domain of each node for one topology key.

    Attributes:
        of: By the node's place; None where the node lacks the label.
        single: Whether no two nodes are of one domain, so that what a domain holds is what its node holds.
    """

    def __init__(self, key: str, nodes: Iterable[Node]) -> None:
        self.of = [node.labels.get(key, node.name) if key == HOSTNAME else node.labels.get(key) for node in nodes]
        known = [domain for domain in self.of if domain is not None]
        self.single = len(set(known)) == len(known)


class Tally:
    """Pods that count for one rule, by domain.

    Attributes:
        counts: How many there are in each domain that has some; with `eligible`, in each domain of an eligible node.
        total: How many there are in all domains.
    """

    __slots__ = ("_at_least", "_eligible", "_least", "counts", "domains", "total", "weigh")

    def __init__(self, domains: Domains, weigh: Callable[[PodKind], int], eligible: Sequence[bool] | None = None) -> None:
        self.domains = domains.of
        self.weigh = weigh
        self._eligible = eligible
        self.counts: dict[str, int] = {}
        if eligible is not None:
            self.counts = {domain: 0 for domain, counts in zip(domains.of, eligible, strict=True) if counts and domain is not None}
        self.total = 0
        self._least = self._at_least = -1

    def add(self, index: int, amount: int) -> None:
        """Count pods on a node."""
        domain = self.domains[index]
        if domain is None or (self._eligible is not None and not self._eligible[index]):
            return
        before = self.counts.get(domain, 0)
        self.counts[domain] = before + amount
        self.total += amount
        if before == self._least:
            self._at_least -= 1

    def at(self, index: int) -> int:
        """The pods in the domain of a node."""
        domain = self.domains[index]
        return 0 if domain is None else self.counts.get(domain, 0)

    def least(self) -> int:
        """The fewest pods in any domain; 0 where there is none."""
        if self._at_least <= 0:
            counts = self.counts.values()
            self._least = min(counts, default=0)
            self._at_least = sum(count == self._least for count in counts)
        return self._least


class Room:
    """All nodes while pods are placed.

    Attributes:
        states: The nodes, in the order given.
        by_name: The same by name.
        changed: The places of nodes that got a pod, in order: who remembers something about nodes looks only at what came since.
        keys: Topology keys of the rules of all pods seen so far.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        rooms: dict[Hashable, int] = {}
        self.states: list[NodeState] = []
        for index, node in enumerate(nodes):
            room = amounts(node)
            number = rooms.setdefault(None if room is None else frozenset(room.items()), len(rooms))
            self.states.append(NodeState(node, index, room, number))
        self.by_name = {state.node.name: state for state in self.states}
        self.changed: list[int] = []
        self.keys: dict[str, None] = {}
        self._guard_keys: dict[str, None] = {}
        self._pull_keys: dict[str, None] = {}
        self._kinds: dict[PodKind, None] = {}
        self._numbers: dict[Hashable, int] = {}
        self._domains: dict[str, Domains] = {}
        self._tallies: dict[Hashable, Tally] = {}
        self._watchers: dict[PodKind, list[tuple[Tally, int]]] = {}
        for state in self.states:
            self._number(state)

    def copy(self) -> "Room":
        """The same nodes, to place more pods without changing these."""
        twin = Room(())
        twin.states = [state.copy() for state in self.states]
        twin.by_name = {state.node.name: state for state in twin.states}
        for kind in self._kinds:
            twin.meet(kind)
        # numbers go on from the same table: equal contents have equal numbers in both
        twin._numbers, twin._domains = self._numbers, self._domains
        return twin

    def _number(self, state: NodeState) -> None:
        state.number = self._numbers.setdefault(state.contents, len(self._numbers))

    def meet(self, kind: PodKind) -> None:
        """Learn of a kind of pods, and of its rules."""
        if kind not in self._kinds:
            self._kinds[kind] = None
            self.keys.update(dict.fromkeys(kind.keys))
            self._guard_keys.update(dict.fromkeys(term.key for term in kind.anti_affinity))
            self._pull_keys.update(dict.fromkeys(term.key for term in (*kind.affinity, *(term for _, term in kind.wishes))))

    def add(self, state: NodeState, resources: PodResources, kind: PodKind) -> None:
        """Put a pod on a node."""
        self.meet(kind)
        state.add(resources, kind)
        watchers = self._watchers.get(kind)
        if watchers is None:
            found = ((tally, tally.weigh(kind)) for tally in self._tallies.values())
            watchers = self._watchers[kind] = [(tally, amount) for tally, amount in found if amount]
        for tally, amount in watchers:
            tally.add(state.index, amount)
        self.touch(state)

    def touch(self, state: NodeState) -> None:
        """Note that a node has other contents now."""
        self._number(state)
        self.changed.append(state.index)

    def domains(self, key: str) -> Domains:
        """The domains of a topology key."""
        found = self._domains.get(key)
        if found is None:
            found = self._domains[key] = Domains(key, (state.node for state in self.states))
        return found

    def tally(self, name: Hashable, key: str, weigh: Callable[[PodKind], int], eligible: Callable[[], Sequence[bool]] | None = None) -> Tally:
        """The count of that name; made from the pods on all nodes when it is asked for first."""
        found = self._tallies.get(name)
        if found is None:
            found = self._tallies[name] = Tally(self.domains(key), weigh, None if eligible is None else eligible())
            weights = {kind: weigh(kind) for kind in {*self._watchers, *(kind for state in self.states for kind in state.pods)}}
            for kind, amount in weights.items():
                if amount and kind in self._watchers:
                    self._watchers[kind].append((found, amount))
            for state in self.states:
                for kind, number in state.pods.items():
                    if weights[kind]:
                        found.add(state.index, number * weights[kind])
        return found

    def guards(self, kind: PodKind) -> Iterator[Tally]:
        """For each topology key, the pods whose required anti-affinity keeps pods of a kind away."""
        for key in self._guard_keys:
            yield self.tally(("guard", kind, key), key, partial(_guard, kind, key))

    def pulls(self, kind: PodKind) -> Iterator[Tally]:
        """For each topology key, the weights by which pods draw pods of a kind near, or push them away."""
        for key in self._pull_keys:
            yield self.tally(("pull", kind, key), key, partial(_pull, kind, key))

    def spread(self, kind: PodKind, constraint: Spread, fits: Sequence[StaticFit], fits_key: str, *, needed: Sequence[str]) -> Tally:
        """The pods that a spread constraint counts, on the nodes that count for it.

        Args:
            kind: The pods that have the constraint.
            constraint: The constraint.
            fits: How they go together with each node.
            fits_key: The same text for the same fits.
            needed: Topology keys that a node must have to count.
        """

        def eligible() -> list[bool]:
            others = [self.domains(key).of for key in needed]
            return [
                (fit.selected or not constraint.honor_affinity)
                and (fit.tolerated or not constraint.honor_taints)
                and all(of[index] is not None for of in others)
                for index, fit in enumerate(fits)
            ]

        return self.tally(("spread", kind, constraint, fits_key), constraint.key, partial(constraint.counts, kind), eligible)

    def alike(self, kind: PodKind, constraint: Spread) -> Tally:
        """The pods that a spread constraint counts, on every node by itself."""
        return self.tally(("host", kind, constraint), HOSTNAME, partial(constraint.counts, kind))

    def near(self, kind: PodKind) -> list[Tally]:
        """For each topology key of its affinity, the pods that meet all of its terms."""
        return [self.tally(("near", kind, key), key, partial(_meets_all, kind)) for key in dict.fromkeys(term.key for term in kind.affinity)]

    def apart(self, kind: PodKind) -> list[Tally]:
        """For each topology key of its anti-affinity, the pods it must keep away from."""
        keys = dict.fromkeys(term.key for term in kind.anti_affinity)
        return [self.tally(("apart", kind, key), key, partial(_picked, kind.anti_affinity, key)) for key in keys]


def _picked(terms: Iterable[Term], key: str, kind: PodKind) -> int:
    return sum(term.key == key and term.picks(kind) for term in terms)


def _guard(kind: PodKind, key: str, other: PodKind) -> int:
    return _picked(other.anti_affinity, key, kind)


def _meets_all(kind: PodKind, other: PodKind) -> int:
    return int(all(term.picks(other) for term in kind.affinity))


def _pull(kind: PodKind, key: str, other: PodKind) -> int:
    own = sum(weight for weight, term in kind.wishes if term.key == key and term.picks(other))
    theirs = sum(weight for weight, term in other.wishes if term.key == key and term.picks(kind))
    # the scheduler counts each required affinity of pods that are there as a wish of weight 1
    return own + theirs + _picked(other.affinity, key, kind)


class Neighbours:
    """The required rules between one kind of pods and those on the nodes, in the scheduler's order: spreading, affinity, anti-affinity."""

    def __init__(self, room: Room, kind: PodKind, fits: Sequence[StaticFit], fits_key: str) -> None:
        self._kind = kind
        hard = [constraint for constraint in kind.spread if constraint.hard]
        needed = list(dict.fromkeys(constraint.key for constraint in hard))
        self._spread = [
            (constraint, room.spread(kind, constraint, fits, fits_key, needed=needed), int(constraint.counts(kind, kind))) for constraint in hard
        ]
        self._affinity = room.near(kind)
        # the first pod of a group that wants its own kind may start anywhere
        self._first = not any(tally.total for tally in self._affinity) and all(term.picks(kind) for term in kind.affinity)
        self._apart = room.apart(kind)
        self._guards = [tally for tally in room.guards(kind) if tally.total]
        self.none = not (self._spread or self._affinity or self._apart or self._guards)

    def reason(self, index: int) -> str:
        """The reason against a node, or nothing."""
        for constraint, tally, own in self._spread:
            if tally.domains[index] is None:
                return "node(s) didn't match pod topology spread constraints (missing required label)"
            least = tally.least() if len(tally.counts) >= constraint.least_domains else 0
            if tally.at(index) + own - least > constraint.skew:
                return "node(s) didn't match pod topology spread constraints"
        if self._affinity and not self._near(index):
            return "node(s) didn't match pod affinity rules"
        if any(tally.at(index) for tally in self._apart):
            return "node(s) didn't match pod anti-affinity rules"
        if any(tally.at(index) for tally in self._guards):
            return "node(s) didn't satisfy existing pods anti-affinity rules"
        return ""

    def _near(self, index: int) -> bool:
        if any(tally.domains[index] is None for tally in self._affinity):
            return False
        return self._first or all(tally.at(index) for tally in self._affinity)
