"""Which nodes can take a pod, devices and other pods aside, in the scheduler's own words for why not.

The filters run in the scheduler's order, and the first that objects is the reason: node affinity by name, cordoned, node name, taints, selected,
ports, enough room.
"""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from constructs_dra.placement.nodes import Node, matches_node_selector, matches_term, tolerates
from constructs_dra.placement.podrules import PodKind
from constructs_dra.placement.quantities import NANO, nanos
from constructs_dra.placement.resources import PodResources

__all__ = ["BY_NAME", "CONFLICT", "NodeState", "StaticFit", "amounts", "named_nodes", "node_rules_key", "static_fits"]

BY_NAME = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
"""Said of nodes that a node affinity by name leaves out before any filter looks at them."""

CONFLICT = "pod affinity terms conflict"
"""Said when no node can have all the names that a node affinity asks for."""

_HARD = frozenset({"NoSchedule", "NoExecute"})


class NodeState:
    """A node while pods are placed on it.

    Attributes:
        node: The node.
        index: Its place among all nodes.
        room: Amounts it has, in nanos by resource; None: not known, so nothing limits pods.
        room_number: The same for nodes with the same room.
        used: Amounts taken, in nanos by resource.
        scored: CPU and memory taken, in nanos, as nodes are compared by it.
        count: Pods on it.
        pods: Pods on it, by kind.
        held: Devices of its own pools that are taken, by their place in the node's view, with what is taken of them.
        number: The same for nodes with the same room and the same contents.
    """

    __slots__ = ("count", "held", "index", "node", "number", "pods", "room", "room_number", "scored", "used")

    def __init__(self, node: Node, index: int, room: Mapping[str, int] | None, room_number: int) -> None:
        self.node = node
        self.index = index
        self.room = room
        self.room_number = room_number
        self.used: dict[str, int] = {}
        self.scored = {"cpu": 0, "memory": 0}
        self.count = 0
        self.pods: dict[PodKind, int] = {}
        self.held: dict[int, Hashable] = {}
        self.number = -1

    def copy(self) -> "NodeState":
        """The same state, to change without changing this."""
        twin = NodeState(self.node, self.index, self.room, self.room_number)
        twin.count, twin.number = self.count, self.number
        twin.used, twin.scored, twin.pods, twin.held = dict(self.used), dict(self.scored), dict(self.pods), dict(self.held)
        return twin

    @property
    def contents(self) -> Hashable:
        """What is on it, and what room it has: the same for nodes on which pods fare alike."""
        return (
            self.room_number,
            self.count,
            self.scored["cpu"],
            self.scored["memory"],
            frozenset(self.used.items()),
            frozenset(self.pods.items()),
            frozenset(self.held.items()) if self.held else None,
        )

    def add(self, resources: PodResources, kind: PodKind) -> None:
        """Put a pod on the node."""
        for name, amount in resources.requests.items():
            self.used[name] = self.used.get(name, 0) + amount
        self.scored["cpu"] += resources.scored_cpu
        self.scored["memory"] += resources.scored_memory
        self.count += 1
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


def amounts(node: Node) -> dict[str, int] | None:
    """What a node has, in nanos by resource."""
    return None if node.allocatable is None else {name: nanos(amount) for name, amount in node.allocatable.items()}


@frozen
class StaticFit:
    """How a node and a pod spec go together, whatever is on the node.

    Attributes:
        reason: Why the node never takes such pods; empty when it may.
        selected: Whether node selector and node affinity pick the node.
        tolerated: Whether the pod tolerates its taints.
        soft_taints: How many of its taints make it a second choice.
        wishes: Weight of the preferred node affinities it meets.
        unreachable: Why its volumes keep the pod away, which counts where there is room; empty when they do not.
    """

    reason: str = ""
    selected: bool = True
    tolerated: bool = True
    soft_taints: int = 0
    wishes: int = 0
    unreachable: str = ""


def node_rules_key(spec: Mapping[str, Any]) -> str:
    """The same text for specs that ask the same of nodes."""
    rules = [spec.get("nodeName"), spec.get("nodeSelector"), _node_affinity(spec) or None, spec.get("tolerations")]
    return json.dumps(rules, sort_keys=True, default=str)


def static_fits(spec: Mapping[str, Any], nodes: Iterable[Node]) -> list[StaticFit]:
    """How a pod spec goes together with each node."""
    names = named_nodes(spec)
    tolerations: Sequence[Mapping[str, Any]] = spec.get("tolerations") or ()
    preferred = _node_affinity(spec).get("preferredDuringSchedulingIgnoredDuringExecution") or ()
    plain = not preferred and not spec.get("nodeSelector") and not _required(spec)
    usual = StaticFit()
    fits = []
    for node in nodes:
        if plain and not node.taints and not node.unschedulable and not spec.get("nodeName"):
            fits.append(usual)
            continue
        selected = _selected(spec, node)
        tolerated = not any(taint.effect in _HARD and not tolerates(tolerations, taint.key, taint.value, taint.effect) for taint in node.taints)
        fits.append(
            StaticFit(
                _reason(spec, node, names, selected=selected, tolerated=tolerated),
                selected,
                tolerated,
                sum(taint.effect == "PreferNoSchedule" and not tolerates(tolerations, taint.key, taint.value, taint.effect) for taint in node.taints),
                sum(int(wish.get("weight") or 0) for wish in preferred if matches_term(wish.get("preference") or {}, node)),
            )
        )
    return fits


def _reason(spec: Mapping[str, Any], node: Node, names: frozenset[str] | None, *, selected: bool, tolerated: bool) -> str:
    if names is not None and node.name not in names:
        return BY_NAME
    if node.unschedulable and not tolerates(spec.get("tolerations") or (), "node.kubernetes.io/unschedulable", "", "NoSchedule"):
        return "node(s) were unschedulable"
    if spec.get("nodeName") and spec["nodeName"] != node.name:
        return "node(s) didn't match the requested node name"
    if not tolerated:
        return "node(s) had untolerated taint(s)"
    return "" if selected else "node(s) didn't match Pod's node affinity/selector"


def named_nodes(spec: Mapping[str, Any]) -> frozenset[str] | None:
    """The nodes that a required node affinity names, where every one of its terms names some; else None. None of them: the names conflict."""
    required = _required(spec)
    terms = required.get("nodeSelectorTerms") or () if required else ()
    named: set[str] = set()
    for term in terms:
        lists = [
            set(each.get("values") or ())
            for each in term.get("matchFields") or ()
            if each.get("key") == "metadata.name" and each.get("operator") == "In"
        ]
        if not lists:
            return None
        named |= set.intersection(*lists)
    return frozenset(named) if terms else None


def _selected(spec: Mapping[str, Any], node: Node) -> bool:
    if any(node.labels.get(key) != str(value) for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    required = _required(spec)
    return required is None or matches_node_selector(required, node)


def _required(spec: Mapping[str, Any]) -> Mapping[str, Any] | None:
    required: Mapping[str, Any] | None = _node_affinity(spec).get("requiredDuringSchedulingIgnoredDuringExecution")
    return required


def _node_affinity(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    return (spec.get("affinity") or {}).get("nodeAffinity") or {}
