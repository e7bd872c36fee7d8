"""Single changes that would give a pod its place, each tried on the cluster before it is named."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from attrs import evolve, frozen

from constructs_dra.placement.funnel import Funnel
from constructs_dra.placement.placing import PlacedPod, Placer, UnplacedPod
from constructs_dra.placement.quantities import nanos, quantity_text
from constructs_dra.placement.requests import ClaimSpec, DeviceRequest, RequestOption
from constructs_dra.placement.resources import PodResources
from constructs_dra.placement.workloads import PodClaim, PodTemplate, WorkloadPod

__all__ = ["Change", "find_changes"]

MOST = 4
"""Changes named at most."""

MOST_TRIED = 60
"""Changes tried at most: claims with very many requests are not taken apart to the last."""


@frozen(kw_only=True)
class Change:
    """A change that gives the pod a place.

    Attributes:
        what: The change, as something to do.
        node: The node the pod would then get; empty for one that is not there yet.
    """

    what: str
    node: str


def find_changes(placer: Placer, pod: WorkloadPod, namespace: str, outcome: UnplacedPod, funnels: Iterable[Funnel]) -> tuple[Change, ...]:
    """Changes to the pod, its claims or a node that would place it, smallest first."""
    finder = _Finder(placer, pod, namespace)
    found: list[Change] = []
    tried = 0
    for what, templates in (*_spelling_changes(finder, outcome), *_pod_changes(finder, outcome), *_claim_changes(finder, funnels)):
        for template, words in templates:
            tried += 1
            if tried > MOST_TRIED:
                return tuple(found)
            node = finder.node_for(template)
            if node:
                found.append(Change(what=what.format(node=node, value=words), node=node))
                break
        if len(found) == MOST:
            break
    return tuple(found) or tuple(_more_nodes(finder, outcome))


_Attempt = tuple[str, Iterable[tuple[PodTemplate, str]]]
"""Words for a change, and the pods to try, each with the value it stands for; the first that fits is named."""


class _Finder:
    def __init__(self, placer: Placer, pod: WorkloadPod, namespace: str) -> None:
        self.placer = placer
        self.pod = pod
        self.template = pod.template
        self.namespace = namespace

    def node_for(self, template: PodTemplate) -> str:
        """The node a changed pod would get; empty when it still gets none."""
        outcome = self.placer.would_place(evolve(self.pod, template=template), self.namespace)
        return outcome.node if isinstance(outcome, PlacedPod) else ""

    def with_claims(self, claims: Iterable[PodClaim]) -> PodTemplate:
        return self._changed(claims=tuple(claims))

    def with_spec(self, **fields: Any) -> PodTemplate:
        return self._changed(spec={**self.template.spec, **fields})

    def with_request(self, resource: str, amount: int) -> PodTemplate:
        known = self.template.resources
        return self._changed(
            resources=PodResources(requests={**known.requests, resource: amount}, scored_cpu=known.scored_cpu, scored_memory=known.scored_memory)
        )

    def _changed(self, **fields: Any) -> PodTemplate:
        return evolve(self.template, key=f"{self.template.key}/{self.placer.next_trial()}", **fields)


def _spelling_changes(finder: _Finder, outcome: UnplacedPod) -> Iterator[_Attempt]:
    """Another name where a selector reads what no device has."""
    _, mark, key = outcome.error.partition("no such key: ")
    if not mark:
        return
    slices = finder.placer.inventory.slices
    known = {name.rpartition("/")[2] for each in slices for device in each.devices for name in (*device.attributes, *device.capacity)}
    for name in get_close_matches(key, sorted(known - {key}), n=2):
        claims = [
            evolve(claim, spec=evolve(claim.spec, requests=tuple(_renamed(request, key, name) for request in claim.spec.requests)))
            for claim in finder.template.claims
        ]
        yield f"write {name!r} instead of {key!r} in the selector", [(finder.with_claims(claims), "")]


def _renamed(request: DeviceRequest, key: str, name: str) -> DeviceRequest:
    word = re.compile(rf"\b{re.escape(key)}\b")
    options = (evolve(option, selectors=tuple(word.sub(name, selector) for selector in option.selectors)) for option in request.options)
    return evolve(request, options=tuple(options))


def _more_nodes(finder: _Finder, outcome: UnplacedPod) -> Iterator[Change]:
    """A further node, empty, like one there is: what helps a full cluster."""
    placer = finder.placer
    named = {name for nodes in outcome.reasons.values() for name in nodes}
    reasons = placer.static_reasons(finder.template)
    kinds: set[tuple[Any, ...]] = set()
    for state in placer.room.states:
        name = state.node.name
        if name not in named or reasons[name]:
            continue
        view = placer.views.of(state.node)
        kind = (*sorted((state.node.allocatable or {}).items()), *(candidate.look for candidate in view.candidates))
        if kind in kinds or len(kinds) > 8:
            continue
        kinds.add(kind)
        if isinstance(placer.alone(state.node).would_place(finder.pod, finder.namespace), PlacedPod):
            yield Change(what=f"add a node like {name}", node="")
            return


def _pod_changes(finder: _Finder, outcome: UnplacedPod) -> Iterator[_Attempt]:
    states = finder.placer.room.by_name
    for reason, nodes in outcome.reasons.items():
        resource = reason.removeprefix("Insufficient ")
        if resource != reason:
            asked = finder.template.resources.requests[resource]
            amounts = sorted({states[name].free(resource) for name in nodes if states[name].free(resource) > 0}, reverse=True)[:3]
            if amounts:
                less = ((finder.with_request(resource, amount), quantity_text(amount)) for amount in amounts)
                yield f"ask for {{value}} {resource} instead of {quantity_text(asked)}", less
        elif reason == "node(s) didn't match Pod's node affinity/selector":
            yield (
                _label_text(finder.template.spec),
                [(finder.with_spec(nodeSelector=None, affinity=_without_node_affinity(finder.template.spec)), "")],
            )
        elif reason == "node(s) had untolerated taint(s)":
            for taints in dict.fromkeys(states[name].node.taints for name in nodes):
                wanted = [{"key": taint.key, "operator": "Exists", "effect": taint.effect} for taint in taints]
                named = ", ".join(f"{taint.key}:{taint.effect}" for taint in taints)
                tolerations = [*(finder.template.spec.get("tolerations") or ()), *wanted]
                yield f"tolerate the node taint {named}", [(finder.with_spec(tolerations=tolerations), "")]
        elif reason == "node(s) were unschedulable":
            toleration = {"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}
            tolerations = [*(finder.template.spec.get("tolerations") or ()), toleration]
            yield "uncordon node {node}", [(finder.with_spec(tolerations=tolerations), "")]


def _label_text(spec: Mapping[str, Any]) -> str:
    labels = ", ".join(f"{key}={value}" for key, value in (spec.get("nodeSelector") or {}).items())
    return f"label node {{node}} with {labels}, or drop the nodeSelector" if labels else "drop the node affinity"


def _without_node_affinity(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: value for kind, value in (spec.get("affinity") or {}).items() if kind != "nodeAffinity"}


def _claim_changes(finder: _Finder, funnels: Iterable[Funnel]) -> Iterator[_Attempt]:
    by_request = {(funnel.claim, funnel.request): funnel for funnel in funnels}
    for claim in finder.template.claims:
        if claim.shared and claim.spec.label in finder.placer.allocated:
            continue
        for request in claim.spec.requests:
            for option in request.options:
                name = f"{request.name}/{option.name}" if request.prioritized else request.name
                funnel = by_request.get((claim.spec.name, name))
                if funnel is not None:
                    yield from _option_changes(_OptionChanger(finder, claim, request, option), name, funnel)
        for number, constraint in enumerate(claim.spec.constraints):
            rest = (*claim.spec.constraints[:number], *claim.spec.constraints[number + 1 :])
            kind = "distinctAttribute" if constraint.distinct else "matchAttribute"
            spec = evolve(claim.spec, constraints=rest)
            yield f"drop {kind} {constraint.attribute} of claim {claim.name}", [(_with_claim(finder, claim, spec), "")]


class _OptionChanger:
    """Makes pods in which one option of one request is different."""

    def __init__(self, finder: _Finder, claim: PodClaim, request: DeviceRequest, option: RequestOption) -> None:
        self.finder, self.claim, self.request, self.option = finder, claim, request, option

    def with_option(self, **fields: Any) -> PodTemplate:
        option = evolve(self.option, **fields)
        options = tuple(option if each is self.option else each for each in self.request.options)
        requests = tuple(evolve(each, options=options) if each is self.request else each for each in self.claim.spec.requests)
        return _with_claim(self.finder, self.claim, evolve(self.claim.spec, requests=requests))


def _with_claim(finder: _Finder, claim: PodClaim, spec: ClaimSpec) -> PodTemplate:
    return finder.with_claims(evolve(each, spec=spec) if each is claim else each for each in finder.template.claims)


def _option_changes(changer: _OptionChanger, name: str, funnel: Funnel) -> Iterator[_Attempt]:
    option = changer.option
    if option.mode == "ExactCount" and option.count > 1:
        fewer = ((changer.with_option(count=count), str(count)) for count in _smaller(option.count))
        yield f"ask for {{value}} instead of {option.count} devices in request {name}", fewer
    elif option.mode == "All":
        yield f"ask for one device instead of all in request {name}", [(changer.with_option(mode="ExactCount", count=1), "")]
    taints = next((stage.seen for stage in funnel.stages if stage.name == "taints"), ())
    if taints:
        tolerant = ((changer.with_option(tolerations=(*option.tolerations, *map(_toleration, named.split(", ")))), named) for named, _ in taints)
        yield f"tolerate the device taint {{value}} in request {name}", tolerant
    for index, expression in enumerate(option.selectors):
        rest = (*option.selectors[:index], *option.selectors[index + 1 :])
        text = _escaped(expression)
        yield f"drop selector #{index} of request {name} ({text})", [(changer.with_option(selectors=rest), "")]
    for capacity, amount in (option.capacity or {}).items():
        less = (
            (changer.with_option(capacity={**(option.capacity or {}), capacity: each}), each) for each in _amounts_left(changer, capacity, amount)
        )
        yield f"ask for {{value}} instead of {amount} of {capacity} in request {name}", less


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _toleration(taint: str) -> dict[str, str]:
    key, _, effect = taint.rpartition(":")
    return {"key": key.partition("=")[0], "operator": "Exists", "effect": effect}


def _smaller(count: int) -> Iterator[int]:
    """Smaller numbers of devices, largest first."""
    lower = count - 1
    while lower >= 1:
        yield lower
        lower = lower - 1 if lower <= 32 else lower * 3 // 4


def _amounts_left(changer: _OptionChanger, capacity: str, amount: str) -> list[str]:
    placer = changer.finder.placer
    left = set()
    for state in placer.room.states:
        for candidate in placer.views.of(state.node).candidates:
            found = candidate.device.capacity.get(capacity)
            if found is not None:
                free = nanos(found.value) - placer.holdings.capacity.get(candidate.id, {}).get(capacity, 0)
                if 0 < free < nanos(amount):
                    left.add(free)
    return [quantity_text(each) for each in sorted(left, reverse=True)[:3]]
