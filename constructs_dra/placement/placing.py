"""Place pods one after the other, as the scheduler does: filter the nodes, allocate the claims, take the node it would rather have.

Unlike a scheduler, which draws lots among equal nodes, this takes the first of them in the order given, so the same input gives the same plan.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from attrs import evolve, field, frozen

from constructs_dra.placement.allocation import Allocation, ClaimAllocation
from constructs_dra.placement.devices import DeviceId
from constructs_dra.placement.features import Features
from constructs_dra.placement.fitting import NodeState, Room, static_reason
from constructs_dra.placement.holdings import Holdings
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.nodes import Node, matches_node_selector
from constructs_dra.placement.pools import SliceIndex
from constructs_dra.placement.requests import ClaimSpec
from constructs_dra.placement.search import search
from constructs_dra.placement.view import Views
from constructs_dra.placement.workloads import PodTemplate, WorkloadPod

__all__ = ["DEFAULT_POD_BUDGET", "GivenClaim", "PlacedPod", "Placer", "UnplacedPod"]

CANNOT_ALLOCATE = "cannot allocate all claims"
NOT_AVAILABLE = "resourceclaim not available on the node"
OUT_OF_STEPS = "search budget used up"
DEFAULT_POD_BUDGET = 300_000
"""Search steps for one pod over all nodes before it is given up: a few seconds."""


@frozen(kw_only=True)
class GivenClaim:
    """A claim of a placed pod.

    Attributes:
        name: Its name in the pod.
        allocation: The devices it has.
        shared: Whether other pods may use it too.
        before: Whether it had them before the pod came.
    """

    name: str
    allocation: ClaimAllocation
    shared: bool = False
    before: bool = False


@frozen(kw_only=True)
class PlacedPod:
    """A pod that found a place.

    Attributes:
        pod: Its name.
        replica: The replica it belongs to, from 0.
        node: The node.
        claims: Its claims with their devices.
    """

    pod: str
    replica: int
    node: str
    claims: tuple[GivenClaim, ...] = ()


@frozen(kw_only=True)
class UnplacedPod:
    """A pod that found none.

    Attributes:
        pod: Its name.
        replica: The replica it belongs to, from 0.
        kind: `refused`: no node takes it; `error`: Kubernetes stops with an error; `unknown`: the search budget ran out on a node.
        reasons: The scheduler's words, with the nodes each is said of.
        error: The error that stops it; empty for the other kinds.
        nodes: How many nodes were asked.
    """

    pod: str
    replica: int
    kind: Literal["refused", "error", "unknown"]
    reasons: Mapping[str, tuple[str, ...]] = field(factory=dict)
    error: str = ""
    nodes: int = 0

    @property
    def message(self) -> str:
        """The scheduler's message, e.g. `0/2 nodes are available: 2 cannot allocate all claims.`"""
        if self.error:
            return self.error
        said = sorted(f"{len(nodes)} {reason}" for reason, nodes in self.reasons.items())
        return f"0/{self.nodes} nodes are available: {', '.join(said)}." if said else "no nodes available to schedule pods"


class Placer:
    """A cluster on which pods are placed.

    Attributes:
        inventory: What it has.
        views: Its devices.
        holdings: Which of them are taken.
        room: Its nodes with what is on them.
        devices_alone: Whether nodes are not known, so that only devices decide.
    """

    def __init__(self, inventory: Inventory, features: Features, *, budget: int = DEFAULT_POD_BUDGET) -> None:
        self.inventory = inventory
        self.budget = budget
        self.devices_alone = not inventory.nodes
        self.views = Views(SliceIndex(inventory.slices), {each.name: each for each in inventory.classes}, features)
        self.holdings = Holdings(inventory.in_use())
        self.allocated = {claim.spec.label: claim.allocation for claim in inventory.claims if claim.allocation is not None}
        self.room = Room(inventory.nodes or _nodes_of(self.views.index))
        for pod in inventory.pods:
            if pod.node in self.room.by_name:
                self.room.by_name[pod.node].add(pod.resources)
        self._refused: dict[tuple[str, str], str] = {}
        self._static: dict[str, dict[str, str]] = {}
        self._risky: dict[str, frozenset[str]] = {}
        self._trials = 0

    def copy(self) -> "Placer":
        """The same cluster, to try something without changing this one."""
        twin = Placer.__new__(Placer)
        twin.inventory, twin.budget, twin.devices_alone, twin.views = self.inventory, self.budget, self.devices_alone, self.views
        twin.holdings, twin.room, twin.allocated = self.holdings.copy(), self.room.copy(), dict(self.allocated)
        # devices only get fewer: what was refused stays refused
        twin._refused, twin._static, twin._risky = dict(self._refused), self._static, self._risky  # noqa: SLF001
        twin._trials = self._trials  # noqa: SLF001
        return twin

    def alone(self, node: Node) -> "Placer":
        """One node of this cluster by itself, with nothing on it; devices that other nodes can use too stay as they are."""
        local = tuple(each for each in self.inventory.slices if each.node_name == node.name)
        shared = tuple(each for each in self.inventory.slices if not each.node_name)
        inventory = evolve(self.inventory, slices=(*local, *shared), nodes=() if self.devices_alone else (node,), claims=(), pods=())
        placer = Placer(inventory, self.views.features, budget=self.budget)
        devices = {DeviceId(each.driver, each.pool, device.name) for each in local for device in each.devices}
        placer.holdings.devices |= self.holdings.devices - devices
        return placer

    def place(self, pod: WorkloadPod, namespace: str) -> PlacedPod | UnplacedPod:
        """Find a place for a pod, and take it."""
        return _Attempt(self, pod, namespace).run()

    def would_place(self, pod: WorkloadPod, namespace: str) -> PlacedPod | UnplacedPod:
        """Find a place for a pod without taking it, with a fiftieth of the search steps; the claims of the answer are left out."""
        return _Attempt(self, pod, namespace, taking=False).run()

    def next_trial(self) -> int:
        """A number no template has been tried under."""
        self._trials += 1
        return self._trials

    def static_reasons(self, template: PodTemplate) -> dict[str, str]:
        """Why nodes never take the template's pods, by node; empty reasons for those that may."""
        known = self._static.get(template.key)
        if known is None:
            known = self._static[template.key] = {
                state.node.name: "" if self.devices_alone else static_reason(template.spec, state.node) for state in self.room.states
            }
        return known

    def risky_nodes(self, template: PodTemplate, claims: Iterable[ClaimSpec]) -> frozenset[str]:
        """Nodes on which the template's claims could end in an error, which stops the pod even where another node would do."""
        known = self._risky.get(template.key)
        if known is None:
            reasons = self.static_reasons(template)
            specs = list(claims)
            known = self._risky[template.key] = frozenset(
                state.node.name for state in self.room.states if not reasons[state.node.name] and self._could_fail(state.node, specs)
            )
        return known

    def _could_fail(self, node: Node, claims: Iterable[ClaimSpec]) -> bool:
        view = self.views.of(node)
        for claim in claims:
            for option in (option for request in claim.requests for option in request.options):
                device_class = self.views.classes.get(option.device_class)
                if device_class is None or any(fault is not None for _, fault in view.choices(option, device_class)):
                    return True
                if option.mode != "ExactCount" and (claim.constraints or not all(pool.usable for pool in view.pools)):
                    return True
        return False

    def refusal(self, key: str, node: str) -> str:
        """The reason remembered for claims on a node; empty when there is none."""
        return self._refused.get((key, node), "")

    def remember(self, key: str, node: str, reason: str) -> None:
        """Remember that claims do not fit on a node: devices only get fewer."""
        self._refused[key, node] = reason


def _nodes_of(index: SliceIndex) -> list[Node]:
    """Nodes made up from what slices say, where none are given."""
    names = index.node_names
    return [Node(name=name, labels={"kubernetes.io/hostname": name}) for name in names] or [Node(name="any-node")]


class _Attempt:
    """One pod being placed."""

    def __init__(self, placer: Placer, pod: WorkloadPod, namespace: str, *, taking: bool = True) -> None:
        self.placer = placer
        self.taking = taking
        self.pod = pod
        self.template = pod.template
        self.namespace = namespace
        self.left = placer.budget if taking else max(1, placer.budget // 50)
        self.reasons: dict[str, list[str]] = {}
        self.fixed: list[ClaimAllocation] = []
        self.pending: list[tuple[str, ClaimSpec, bool]] = []
        for claim in self.template.claims:
            if claim.shared and claim.spec.label in placer.allocated:
                self.fixed.append(placer.allocated[claim.spec.label])
            elif claim.shared:
                if all(spec.label != claim.spec.label for _, spec, _ in self.pending):
                    self.pending.append((claim.name, claim.spec, True))
            else:
                self.pending.append((claim.name, evolve(claim.spec, name=f"{pod.name}-{claim.name}"), False))
        self.key = f"{len(self.fixed)}/{self.template.key}"

    def run(self) -> PlacedPod | UnplacedPod:
        social = self.placer.room.social_reasons(self.template, self.namespace)
        states = [state for state in self.placer.room.states if self._passes(state, social)]
        missing = self._missing_class()
        if missing:
            return self._stopped(f"0/{len(self.placer.room.states)} nodes are available: {missing}.")
        if not self.pending:
            ranked = self.placer.room.rank(states, self.template, self.namespace)
            return self._settle(ranked[0], None) if ranked else self._unplaced()
        specs = [spec for _, spec, _ in self.pending]
        risky = self.placer.risky_nodes(self.template, specs)
        tried: dict[str, Allocation | None] = {}
        ranked_by_choice = any(request.prioritized for spec in specs for request in spec.requests)
        for state in states:
            if ranked_by_choice or state.node.name in risky:
                answer = tried[state.node.name] = self._allocate(state.node, specs)
                if answer is not None and answer.outcome == "error" and not answer.node_only:
                    return self._stopped(f'running "DynamicResources" filter plugin: {answer.reason}')
        bonus = {name: _bonus(specs, answer) for name, answer in tried.items() if answer and answer.fits} if ranked_by_choice else None
        for state in self.placer.room.rank(states, self.template, self.namespace, bonus):
            answer = tried[state.node.name] if state.node.name in tried else self._allocate(state.node, specs)
            if answer is not None and self._accept(state, answer):
                return self._settle(state, answer)
        return self._unplaced()

    def _passes(self, state: NodeState, social: Callable[[NodeState], str]) -> bool:
        """Whether devices decide about a node; else its reasons are noted."""
        name = state.node.name
        reason = self.placer.static_reasons(self.template)[name]
        reasons = [reason] if reason else []
        if not self.placer.devices_alone and not reasons:
            reasons = state.shortages(self.template.resources)
            if not reasons and (reason := social(state)):
                reasons = [reason]
        if not reasons:
            nodes = [each.node_selector for each in self.fixed if each.node_selector is not None]
            if not all(matches_node_selector(selector, state.node) for selector in nodes):
                reasons = [NOT_AVAILABLE]
        for reason in reasons:
            self.reasons.setdefault(reason, []).append(name)
        return not reasons

    def _missing_class(self) -> str:
        for _, spec, _ in self.pending:
            for request in spec.requests:
                for option in request.options:
                    if option.device_class not in self.placer.views.classes:
                        name = f"{request.name}/{option.name}" if request.prioritized else request.name
                        return f"request {name}: device class {option.device_class} does not exist"
        return ""

    def _allocate(self, node: Node, specs: list[ClaimSpec]) -> Allocation | None:
        """Try the claims on a node; None when they are known not to fit."""
        known = self.placer.refusal(self.key, node.name)
        if known:
            self.reasons.setdefault(known, []).append(node.name)
            return None
        views = self.placer.views
        answer = search(views, views.of(node), specs, self.placer.holdings, budget=max(self.left, 1))
        self.left -= answer.steps
        return answer

    def _accept(self, state: NodeState, answer: Allocation) -> bool:
        if answer.fits:
            return True
        reason = {"refused": CANNOT_ALLOCATE, "unknown": OUT_OF_STEPS, "error": answer.reason}[answer.outcome]
        self.placer.remember(self.key, state.node.name, reason)
        self.reasons.setdefault(reason, []).append(state.node.name)
        return False

    def _settle(self, state: NodeState, answer: Allocation | None) -> PlacedPod:
        if not self.taking:
            return PlacedPod(pod=self.pod.name, replica=self.pod.replica, node=state.node.name)
        state.add(self.template.resources, self.namespace, self.template.labels)
        claims = {}
        for (name, spec, shared), allocation in zip(self.pending, answer.claims if answer else (), strict=True):
            self.placer.holdings.take(allocation.devices)
            claims[name] = GivenClaim(name=name, allocation=allocation, shared=shared)
            if shared:
                self.placer.allocated[spec.label] = allocation
        for claim in self.template.claims:
            if claim.name not in claims:
                claims[claim.name] = GivenClaim(name=claim.name, allocation=self.placer.allocated[claim.spec.label], shared=True, before=True)
        given = tuple(claims[claim.name] for claim in self.template.claims)
        return PlacedPod(pod=self.pod.name, replica=self.pod.replica, node=state.node.name, claims=given)

    def _stopped(self, error: str) -> UnplacedPod:
        return UnplacedPod(pod=self.pod.name, replica=self.pod.replica, kind="error", error=error, nodes=len(self.placer.room.states))

    def _unplaced(self) -> UnplacedPod:
        kind: Literal["refused", "unknown"] = "unknown" if OUT_OF_STEPS in self.reasons else "refused"
        order = {state.node.name: number for number, state in enumerate(self.placer.room.states)}
        reasons = {reason: tuple(sorted(nodes, key=order.__getitem__)) for reason, nodes in self.reasons.items()}
        return UnplacedPod(pod=self.pod.name, replica=self.pod.replica, kind=kind, reasons=reasons, nodes=len(self.placer.room.states))


def _bonus(specs: Iterable[ClaimSpec], answer: Allocation) -> int:
    """Points for better alternatives: eight for the first of each request, one less for each further one."""
    points = 0
    for spec, claim in zip(specs, answer.claims, strict=True):
        chosen = {device.request for device in claim.devices}
        for request in spec.requests:
            ranks = [rank for rank, option in enumerate(request.options) if f"{request.name}/{option.name}" in chosen]
            points += 8 - min(ranks, default=8)
    return points
