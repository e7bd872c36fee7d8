"""Place pods one after the other, as the scheduler does: filter the nodes, allocate the claims, take the node it would rather have.

Unlike a scheduler, which draws lots among equal nodes, this takes the first of them in the order given, so the same input gives the same plan.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal

from attrs import evolve, field, frozen

from constructs_dra.placement.alike import Group, Grouping, Verdict
from constructs_dra.placement.allocation import AllocatedDevice, Allocation, ClaimAllocation
from constructs_dra.placement.devices import DeviceId
from constructs_dra.placement.features import Features
from constructs_dra.placement.fitting import CONFLICT, NodeState, StaticFit, named_nodes, node_rules_key, static_fits
from constructs_dra.placement.holdings import Holdings
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.looks import Looks
from constructs_dra.placement.neighbours import Neighbours, Room
from constructs_dra.placement.nodes import Node, matches_node_selector
from constructs_dra.placement.podrules import PodKind, kind_key, read_kind
from constructs_dra.placement.pools import SliceIndex
from constructs_dra.placement.ranking import Entry, score
from constructs_dra.placement.requests import ClaimSpec
from constructs_dra.placement.search import search
from constructs_dra.placement.view import Views
from constructs_dra.placement.volumes import UNBOUND
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
        looks: How they look to claims.
        holdings: Which of them are taken.
        allocated: What claims of their own were given, by `namespace/name`.
        room: Its nodes with what is on them.
        devices_alone: Whether nodes are not known, so that only devices decide.
        shared_version: A number that grows when a device is taken that no node has for itself.
    """

    def __init__(self, inventory: Inventory, features: Features, *, budget: int = DEFAULT_POD_BUDGET) -> None:
        self.inventory = inventory
        self.budget = budget
        self.devices_alone = not inventory.nodes
        self.views = Views(SliceIndex(inventory.slices), {each.name: each for each in inventory.classes}, features)
        self.holdings = Holdings(inventory.in_use())
        self.allocated = {claim.spec.label: claim.allocation for claim in inventory.claims if claim.allocation is not None}
        self.room = Room(inventory.nodes or _nodes_of(self.views.index))
        self.looks = Looks(self.views, [state.node for state in self.room.states])
        self.shared_version = 0
        self._leaders: dict[tuple[str, str], str] = {}
        self._kinds: dict[str, PodKind] = {}
        self._fits: dict[str, list[StaticFit]] = {}
        self._groupings: dict[str, Grouping] = {}
        self._failures: dict[str, tuple[int, UnplacedPod]] = {}
        self._trials = 0
        for pod in inventory.pods:
            if pod.node in self.room.by_name:
                kind = self._kind(pod.spec, pod.labels, pod.namespace, controlled=False, leaving=pod.leaving)
                self.room.add(self.room.by_name[pod.node], pod.resources, kind)
        self._note_held((*self.holdings.devices, *self.holdings.shared))

    def copy(self) -> "Placer":
        """The same cluster, to try something without changing this one."""
        twin = Placer.__new__(Placer)
        twin.inventory, twin.budget, twin.devices_alone, twin.views = self.inventory, self.budget, self.devices_alone, self.views
        twin.looks, twin.shared_version, twin._kinds, twin._fits = self.looks, self.shared_version, self._kinds, self._fits  # noqa: SLF001
        twin.holdings, twin.room, twin.allocated = self.holdings.copy(), self.room.copy(), dict(self.allocated)
        twin._groupings, twin._failures, twin._trials = {}, {}, self._trials  # noqa: SLF001
        twin._leaders = dict(self._leaders)  # noqa: SLF001
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
        failed = self._failures.get(pod.template.key)
        if failed is not None and failed[0] == len(self.room.changed):
            # nothing was placed since a pod of the same template found no place
            return evolve(failed[1], pod=pod.name, replica=pod.replica)
        outcome = _Attempt(self, pod, namespace).run()
        if pod.topology and not pod.beside and isinstance(outcome, PlacedPod):
            self._leaders[namespace, pod.name] = self.room.by_name[outcome.node].node.labels.get(pod.topology, "")
        if isinstance(outcome, UnplacedPod) and outcome.kind == "refused":
            self._failures[pod.template.key] = (len(self.room.changed), outcome)
        return outcome

    def tied(self, pod: WorkloadPod, namespace: str) -> WorkloadPod | None:
        """A pod as it is made once its leader has a place; None while that has none. Other pods are themselves."""
        if not pod.beside:
            return pod
        value = self._leaders.get((namespace, pod.beside))
        if value is None:
            return None
        spec = pod.template.spec
        bound = {**spec, "nodeSelector": {**(spec.get("nodeSelector") or {}), pod.topology: value}}
        return evolve(pod, template=evolve(pod.template, spec=bound, key=f"{pod.template.key} {value}"))

    def would_place(self, pod: WorkloadPod, namespace: str) -> PlacedPod | UnplacedPod:
        """Find a place for a pod without taking it, with a fiftieth of the search steps; the claims of the answer are left out."""
        attempt = _Attempt(self, pod, namespace, taking=False)
        try:
            return attempt.run()
        finally:
            self._groupings.pop(attempt.key, None)

    def next_trial(self) -> int:
        """A number no template has been tried under."""
        self._trials += 1
        return self._trials

    def kind(self, template: PodTemplate, namespace: str) -> PodKind:
        """What a template's pods are to other pods."""
        return self._kind(template.spec, template.labels, namespace, controlled=template.controlled)

    def _kind(self, spec: Mapping[str, Any], labels: Mapping[str, str], namespace: str, *, controlled: bool, leaving: bool = False) -> PodKind:
        key = kind_key(spec, labels, namespace, controlled=controlled, leaving=leaving)
        kind = self._kinds.get(key)
        if kind is None:
            names = self.inventory.namespaces.get(namespace, {})
            kind = self._kinds[key] = read_kind(spec, labels, namespace, namespace_labels=names, controlled=controlled, leaving=leaving)
        self.room.meet(kind)
        return kind

    def fits(self, template: PodTemplate) -> tuple[str, list[StaticFit]]:
        """How a template's pods and each node go together, whatever is on the node, with the same text for the same answers."""
        key = node_rules_key(template.spec)
        if template.volumes:
            key += "".join(f" {need.claim}" for need in template.volumes)
        known = self._fits.get(key)
        if known is None:
            nodes = [state.node for state in self.room.states]
            known = [StaticFit()] * len(nodes) if self.devices_alone else static_fits(template.spec, nodes)
            if template.volumes and not self.devices_alone:
                known = [evolve(fit, unreachable=_unreachable(template, node)) for fit, node in zip(known, nodes, strict=True)]
            self._fits[key] = known
        return key, known

    def static_reasons(self, template: PodTemplate) -> dict[str, str]:
        """Why nodes never take the template's pods, by node; empty reasons for those that may."""
        _, fits = self.fits(template)
        return {state.node.name: fit.reason for state, fit in zip(self.room.states, fits, strict=True)}

    def grouping(self, key: str, template: PodTemplate, kind: PodKind, claims: list[ClaimSpec]) -> Grouping:
        """The nodes, grouped by how they are to a template's pods with these claims left to allocate."""
        known = self._groupings.get(key)
        if known is None or not known.fresh:
            fits_key, fits = self.fits(template)

            number = self.looks.to(claims)

            def looks(index: int) -> Hashable:
                # devices of a node that is never taken do not matter
                return number(index) if claims and not fits[index].reason else None

            known = Grouping(
                self.room,
                kind=kind,
                resources=template.resources,
                fits=fits,
                fits_key=fits_key,
                looks=looks,
                devices_alone=self.devices_alone,
            )
            while len(self._groupings) >= _MOST_GROUPINGS:
                del self._groupings[next(iter(self._groupings))]
            self._groupings[key] = known
        return known

    def take(self, devices: Iterable[AllocatedDevice]) -> None:
        """Note what a claim was given."""
        given = list(devices)
        self.holdings.take(given)
        self._note_held(each.id for each in given if not each.admin_access)

    def _note_held(self, devices: Iterable[DeviceId]) -> None:
        touched: dict[int, None] = {}
        for device in devices:
            home = self.looks.homes.get((device.driver, device.pool))
            if home is None:
                self.shared_version += 1
            elif (place := self.looks.place(home, device)) is not None:
                self.room.states[home].held[place] = tuple(sorted(self.holdings.capacity.get(device, {}).items()))
                touched[home] = None
        for home in touched:
            self.room.touch(self.room.states[home])


_MOST_GROUPINGS = 64
"""Templates whose groups of nodes are remembered; the oldest are made anew when they are needed again."""


def _unreachable(template: PodTemplate, node: Node) -> str:
    return next(filter(None, (need.refusal(node) for need in template.volumes)), "")


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
        self.kind = placer.kind(pod.template, namespace)
        self.left = placer.budget if taking else max(1, placer.budget // 50)
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
        self.specs = [spec for _, spec, _ in self.pending]
        self.prioritized = any(request.prioritized for spec in self.specs for request in spec.requests)
        self.key = f"{len(self.fixed)}/{self.template.key}"
        self.grouping = placer.grouping(self.key, self.template, self.kind, self.specs)
        self.found: dict[int, Allocation] = {}
        self.tied: set[int] | None = None

    def run(self) -> PlacedPod | UnplacedPod:
        """Place the pod: filters first, devices last, then the best of what is left."""
        before = self._before_filters()
        if before:
            return self._stopped(f"0/{len(self.placer.room.states)} nodes are available: {before}.")
        room, grouping = self.placer.room, self.grouping
        neighbours = Neighbours(room, self.kind, grouping.fits, grouping.fits_key)
        allowed = self._allowed()
        refused: dict[Group, list[str]] = {}
        without: dict[Group, str] = {}
        errors: list[tuple[int, str]] = []
        entries: list[tuple[Entry, Group]] = []
        for group in grouping.groups():
            if group.lacking:
                refused[group] = group.lacking
                continue
            index, size = grouping.first(group), group.size
            if not neighbours.none and not self.placer.devices_alone and (reason := neighbours.reason(index)):
                refused[group] = [reason]
                continue
            if allowed is not None:
                if group not in allowed:
                    continue
                index, size = allowed[group]
            verdict = self._judge(group, index)
            if verdict.error:
                errors.append((index, verdict.reason))
            elif verdict.fits:
                entries.append((Entry(index, size, group.fit, group.balance, verdict.bonus), group))
            else:
                without[group] = verdict.reason
        if errors:
            return self._stopped(f'running "DynamicResources" filter plugin: {min(errors)[1]}')
        while entries:
            best = self._best(entries)
            index = entries[best][0].index
            answer = (self.found.get(index) or self._allocate(index)) if self.pending and self.taking else None
            if answer is None or answer.fits:
                return self._settle(room.states[index], answer)
            # only the budget tells an answer from an earlier one about the same devices
            without[entries.pop(best)[1]] = OUT_OF_STEPS
        return self._unplaced(refused, without)

    def _before_filters(self) -> str:
        """What stops the pod before any node is looked at."""
        if not self.placer.devices_alone and named_nodes(self.template.spec) == frozenset():
            return CONFLICT
        if any(need.waits for need in self.template.volumes):
            return UNBOUND
        for _, spec, _ in self.pending:
            for request in spec.requests:
                for option in request.options:
                    if option.device_class not in self.placer.views.classes:
                        name = f"{request.name}/{option.name}" if request.prioritized else request.name
                        return f"request {name}: device class {option.device_class} does not exist"
        return ""

    def _allowed(self) -> dict[Group, tuple[int, int]] | None:
        """Where claims with devices already tie the pod to nodes: those nodes by group, as the first and how many; None: anywhere."""
        selectors = [each.node_selector for each in self.fixed if each.node_selector is not None]
        if not selectors:
            return None
        allowed: dict[Group, tuple[int, int]] = {}
        self.grouping.groups()
        self.tied = set()
        for state in self.placer.room.states:
            if all(matches_node_selector(selector, state.node) for selector in selectors):
                self.tied.add(state.index)
                group = self.grouping.of[state.index]
                first, size = allowed.get(group, (state.index, 0))
                allowed[group] = (first, size + 1)
        return allowed

    def _judge(self, group: Group, index: int) -> Verdict:
        """Whether the claims get their devices on the nodes of a group."""
        known = group.verdict
        version = self.placer.shared_version
        if known is not None and not known.error and (not known.fits or known.version == version):
            return known
        if not self.pending:
            group.verdict = Verdict(fits=True, version=version)
            return group.verdict
        answer = self.found[index] = self._allocate(index)
        if answer.fits:
            verdict = Verdict(fits=True, bonus=_bonus(self.specs, answer) if self.prioritized else 0, version=version)
        elif answer.outcome == "error" and not answer.node_only:
            verdict = Verdict(fits=False, reason=answer.reason, error=True, version=version)
        else:
            reason = {"refused": CANNOT_ALLOCATE, "unknown": OUT_OF_STEPS, "error": answer.reason}[answer.outcome]
            verdict = Verdict(fits=False, reason=reason, version=version)
        group.verdict = verdict
        return verdict

    def _allocate(self, index: int) -> Allocation:
        views = self.placer.views
        answer = search(views, views.of(self.placer.room.states[index].node), self.specs, self.placer.holdings, budget=max(self.left, 1))
        self.left -= answer.steps
        return answer

    def _best(self, entries: list[tuple[Entry, Group]]) -> int:
        """The best of the entries; of equal ones the one whose node comes first."""
        found = [entry for entry, _ in entries]
        scores = score(self.placer.room, self.kind, self.grouping.fits, self.grouping.fits_key, found)
        return max(range(len(found)), key=lambda number: (scores[number], -found[number].index))

    def _settle(self, state: NodeState, answer: Allocation | None) -> PlacedPod:
        if not self.taking:
            return PlacedPod(pod=self.pod.name, replica=self.pod.replica, node=state.node.name)
        claims = {}
        for (name, spec, shared), allocation in zip(self.pending, answer.claims if answer else (), strict=True):
            self.placer.take(allocation.devices)
            claims[name] = GivenClaim(name=name, allocation=allocation, shared=shared)
            if shared:
                self.placer.allocated[spec.label] = allocation
        self.placer.room.add(state, self.template.resources, self.kind)
        for claim in self.template.claims:
            if claim.name not in claims:
                claims[claim.name] = GivenClaim(name=claim.name, allocation=self.placer.allocated[claim.spec.label], shared=True, before=True)
        given = tuple(claims[claim.name] for claim in self.template.claims)
        return PlacedPod(pod=self.pod.name, replica=self.pod.replica, node=state.node.name, claims=given)

    def _stopped(self, error: str) -> UnplacedPod:
        return UnplacedPod(pod=self.pod.name, replica=self.pod.replica, kind="error", error=error, nodes=len(self.placer.room.states))

    def _unplaced(self, refused: Mapping[Group, list[str]], without: Mapping[Group, str]) -> UnplacedPod:
        """Why not, node by node.

        Args:
            refused: What keeps the pod from nodes before their devices are looked at.
            without: What became of its claims on the others.
        """
        reasons: dict[str, list[str]] = {}
        for state in self.placer.room.states:
            group = self.grouping.of[state.index]
            said = refused.get(group)
            if said is None:
                said = [without[group] if self.tied is None or state.index in self.tied else NOT_AVAILABLE]
            for reason in said:
                reasons.setdefault(reason, []).append(state.node.name)
        kind: Literal["refused", "unknown"] = "unknown" if OUT_OF_STEPS in reasons else "refused"
        return UnplacedPod(
            pod=self.pod.name,
            replica=self.pod.replica,
            kind=kind,
            reasons={reason: tuple(nodes) for reason, nodes in reasons.items()},
            nodes=len(self.placer.room.states),
        )


def _bonus(specs: Iterable[ClaimSpec], answer: Allocation) -> int:
    """Points for better alternatives: eight for the first of each request, one less for each further one."""
    points = 0
    for spec, claim in zip(specs, answer.claims, strict=True):
        chosen = {device.request for device in claim.devices}
        for request in spec.requests:
            ranks = [rank for rank, option in enumerate(request.options) if f"{request.name}/{option.name}" in chosen]
            points += 8 - min(ranks, default=8)
    return points
