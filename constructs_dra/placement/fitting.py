"""Which nodes can take a pod, devices aside, in the scheduler's own words for why not; and which it would rather have.

The filters run in the scheduler's order, and the first that objects is the reason: cordoned, not tolerated, not selected, not enough room, rules
about other pods. Ranking follows the default weights, so replicas spread as they do in a cluster; equal nodes are taken in the order given.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import Any

from constructs_dra.placement.nodes import Node, matches_labels, matches_node_selector, matches_term, tolerates
from constructs_dra.placement.quantities import NANO, nanos
from constructs_dra.placement.resources import PodResources
from constructs_dra.placement.workloads import PodTemplate

__all__ = ["NodeState", "Room", "static_reason"]

_HARD = frozenset({"NoSchedule", "NoExecute"})


_Kind = tuple[str, tuple[tuple[str, str], ...]]
"""Pods that look alike to other pods: their namespace and labels."""


def _kind(namespace: str, labels: Mapping[str, str]) -> _Kind:
    return namespace, tuple(sorted(labels.items()))


class NodeState:
    """A node while pods are placed on it.

    Attributes:
        node: The node.
        used: Amounts taken, in nanos by resource.
        pods: Pods on it, counted by namespace and labels.
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        self.room = None if node.allocatable is None else {name: nanos(amount) for name, amount in node.allocatable.items()}
        self.used: dict[str, int] = {}
        self.scored = {"cpu": 0, "memory": 0}
        self.count = 0
        self.pods: dict[_Kind, int] = {}

    def copy(self) -> "NodeState":
        """The same state, to change without changing this."""
        twin = NodeState.__new__(NodeState)
        twin.node, twin.room, twin.count = self.node, self.room, self.count
        twin.used, twin.scored, twin.pods = dict(self.used), dict(self.scored), dict(self.pods)
        return twin

    def add(self, resources: PodResources, namespace: str = "", labels: Mapping[str, str] | None = None) -> None:
        """Put a pod on the node."""
        for name, amount in resources.requests.items():
            self.used[name] = self.used.get(name, 0) + amount
        self.scored["cpu"] += resources.scored_cpu
        self.scored["memory"] += resources.scored_memory
        self.count += 1
        kind = _kind(namespace, labels or {})
        self.pods[kind] = self.pods.get(kind, 0) + 1

    def shortages(self, resources: PodResources) -> list[str]:
        """What is missing for a pod, as the scheduler says it; none when the node's amounts are not known."""
        if self.room is None:
            return []
        short = ["Too many pods"] if "pods" in self.room and self.count + 1 > self.room["pods"] // NANO else []
        for name, amount in resources.requests.items():
            if amount and amount > self.room.get(name, 0) - self.used.get(name, 0):
                short.append(f"Insufficient {name}")
        return short

    def free(self, name: str) -> int:
        """What is left of a resource, in nanos."""
        return (self.room or {}).get(name, 0) - self.used.get(name, 0)


def static_reason(spec: Mapping[str, Any], node: Node) -> str:
    """Why a node never takes pods of a spec, whatever is on it; empty when it may."""
    tolerations = spec.get("tolerations") or ()
    if node.unschedulable and not tolerates(tolerations, "node.kubernetes.io/unschedulable", "", "NoSchedule"):
        return "node(s) were unschedulable"
    if spec.get("nodeName") and spec["nodeName"] != node.name:
        return "node(s) didn't match the requested node name"
    if any(taint.effect in _HARD and not tolerates(tolerations, taint.key, taint.value, taint.effect) for taint in node.taints):
        return "node(s) had untolerated taint(s)"
    if not _selected(spec, node):
        return "node(s) didn't match Pod's node affinity/selector"
    return ""


def _selected(spec: Mapping[str, Any], node: Node) -> bool:
    if any(node.labels.get(key) != str(value) for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    required = _affinity(spec, "nodeAffinity").get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or matches_node_selector(required, node)


def _affinity(spec: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    return (spec.get("affinity") or {}).get(kind) or {}


class Room:
    """All nodes while pods are placed.

    Attributes:
        states: The nodes, in the order given.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.states = [NodeState(node) for node in nodes]
        self.by_name = {state.node.name: state for state in self.states}

    def copy(self) -> "Room":
        """The same nodes, to place more pods without changing these."""
        twin = Room(())
        twin.states = [state.copy() for state in self.states]
        twin.by_name = {state.node.name: state for state in twin.states}
        return twin

    def social_reasons(self, template: PodTemplate, namespace: str) -> Callable[[NodeState], str]:
        """A test of the rules about other pods: required spreading, affinity and anti-affinity. It gives the reason against a node, or nothing."""
        spec = template.spec
        tests = [
            self._spread_test(constraint, template, namespace)
            for constraint in spec.get("topologySpreadConstraints") or ()
            if constraint.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
        ]
        for kind, wanted in (("podAffinity", True), ("podAntiAffinity", False)):
            terms = _affinity(spec, kind).get("requiredDuringSchedulingIgnoredDuringExecution") or ()
            tests.extend(self._affinity_test(term, template, namespace, wanted=wanted) for term in terms)
        return lambda state: next((reason for test in tests if (reason := test(state))), "")

    def _matching(self, selector: Mapping[str, Any] | None, namespaces: Sequence[str], key: str) -> dict[str, int]:
        """Pods a selector picks, counted by topology domain."""
        return self._count(key, lambda kind: kind[0] in namespaces and selector is not None and matches_labels(selector, dict(kind[1])))

    def _count(self, key: str, picks: Callable[[_Kind], bool]) -> dict[str, int]:
        counts: dict[str, int] = {}
        picked: dict[_Kind, bool] = {}
        for state in self.states:
            domain = _domain(state.node, key)
            if domain is None:
                continue
            found = 0
            for kind, number in state.pods.items():
                if kind not in picked:
                    picked[kind] = picks(kind)
                if picked[kind]:
                    found += number
            counts[domain] = counts.get(domain, 0) + found
        return counts

    def _spread_test(self, constraint: Mapping[str, Any], template: PodTemplate, namespace: str) -> Callable[[NodeState], str]:
        key, skew = str(constraint.get("topologyKey") or ""), int(constraint.get("maxSkew") or 1)
        selector = constraint.get("labelSelector")
        counts = self._matching(selector, [namespace], key)
        # only nodes the pod could go to make a domain count
        domains = {_domain(state.node, key) for state in self.states if _selected(template.spec, state.node)}
        least = min((count for domain, count in counts.items() if domain in domains), default=0)
        if len(domains) < int(constraint.get("minDomains") or 0):
            least = 0
        own = 1 if selector is not None and matches_labels(selector, template.labels) else 0

        def test(state: NodeState) -> str:
            domain = _domain(state.node, key)
            if domain is None:
                return "node(s) didn't match pod topology spread constraints (missing required label)"
            return "node(s) didn't match pod topology spread constraints" if counts.get(domain, 0) + own - least > skew else ""

        return test

    def _affinity_test(self, term: Mapping[str, Any], template: PodTemplate, namespace: str, *, wanted: bool) -> Callable[[NodeState], str]:
        key = str(term.get("topologyKey") or "")
        namespaces = list(term.get("namespaces") or [namespace])
        selector = term.get("labelSelector")
        counts = self._matching(selector, namespaces, key)
        # the first pod of a group that wants its own kind may start anywhere
        first = wanted and not any(counts.values()) and selector is not None and namespace in namespaces and matches_labels(selector, template.labels)

        def test(state: NodeState) -> str:
            domain = _domain(state.node, key)
            found = domain is not None and counts.get(domain, 0) > 0
            if wanted:
                return "" if found or (first and domain is not None) else "node(s) didn't match pod affinity rules"
            return "node(s) didn't match pod anti-affinity rules" if found else ""

        return test

    def rank(self, states: Sequence[NodeState], template: PodTemplate, namespace: str, bonus: Mapping[str, int] | None = None) -> list[NodeState]:
        """Nodes, the one the scheduler would rather have first.

        Args:
            states: The nodes that can take the pod.
            template: The pod.
            namespace: Its namespace.
            bonus: Points by node for the alternatives its claims would get.
        """
        if len(states) < 2:
            return list(states)
        spread = self._spread_scores(states, template, namespace)
        taints = _reversed([_soft_taints(template.spec, state.node) for state in states])
        wishes = _normalized([_wishes(template.spec, state.node) for state in states])
        choices = _normalized([(bonus or {}).get(state.node.name, 0) for state in states])
        scores = []
        for number, state in enumerate(states):
            score = _balance(state, template.resources) + 2 * spread[number] + 3 * taints[number]
            scores.append(score + 2 * wishes[number] + 2 * choices[number])
        order = sorted(range(len(states)), key=lambda number: -scores[number])
        return [states[number] for number in order]

    def _spread_scores(self, states: Sequence[NodeState], template: PodTemplate, namespace: str) -> list[int]:
        """Pods with the same labels are kept apart: over hosts, and more loosely over zones (the scheduler's default constraints)."""
        labels = template.labels
        constraints = [
            (str(each.get("topologyKey") or ""), int(each.get("maxSkew") or 1), each.get("labelSelector"))
            for each in template.spec.get("topologySpreadConstraints") or ()
            if each.get("whenUnsatisfiable") == "ScheduleAnyway"
        ]
        if not template.spec.get("topologySpreadConstraints") and labels:
            constraints = [("kubernetes.io/hostname", 3, None), ("topology.kubernetes.io/zone", 5, None)]
        totals = [0.0] * len(states)
        for key, skew, selector in constraints:
            own = _kind(namespace, labels)
            counts = self._count(key, own.__eq__) if selector is None else self._matching(selector, [namespace], key)
            domains = {_domain(state.node, key) for state in states} - {None}
            weight = log((len(states) if key == "kubernetes.io/hostname" else len(domains)) + 2)
            for number, state in enumerate(states):
                domain = _domain(state.node, key)
                if domain is not None:
                    totals[number] += counts.get(domain, 0) * weight + (skew - 1)
        rounded = [round(total) for total in totals]
        least, most = min(rounded), max(rounded)
        return [100 * (most + least - total) // most if most else 100 for total in rounded]


def _domain(node: Node, key: str) -> str | None:
    if key == "kubernetes.io/hostname":
        return node.labels.get(key, node.name)
    return node.labels.get(key)


def _balance(state: NodeState, resources: PodResources) -> int:
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


def _soft_taints(spec: Mapping[str, Any], node: Node) -> int:
    tolerations = spec.get("tolerations") or ()
    return sum(taint.effect == "PreferNoSchedule" and not tolerates(tolerations, taint.key, taint.value, taint.effect) for taint in node.taints)


def _wishes(spec: Mapping[str, Any], node: Node) -> int:
    preferred = _affinity(spec, "nodeAffinity").get("preferredDuringSchedulingIgnoredDuringExecution") or ()
    return sum(int(wish.get("weight") or 0) for wish in preferred if matches_term(wish.get("preference") or {}, node))


def _normalized(values: list[int]) -> list[int]:
    most = max(values)
    return [100 * value // most if most else 0 for value in values]


def _reversed(values: list[int]) -> list[int]:
    return [100 - value for value in _normalized(values)]
