"""Why a request got no devices: how many are left after each thing it asks for, and what was seen on those that dropped out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from constructs_dra.placement.capacity import fits_capacity
from constructs_dra.placement.constraints import attribute_of, values_of
from constructs_dra.placement.devices import InventoryClass, InventoryDevice
from constructs_dra.placement.holdings import Counters, Holdings, free_counters
from constructs_dra.placement.quantities import nanos, quantity_text
from constructs_dra.placement.requests import ClaimSpec, Constraint, DeviceRequest, RequestOption
from constructs_dra.placement.search import untolerated_taints
from constructs_dra.placement.view import Candidate, NodeView, Views

__all__ = ["Funnel", "Stage", "funnel_of"]


@frozen(kw_only=True)
class Stage:
    """One step of a funnel.

    Attributes:
        name: What is asked, e.g. `selector #0` or `free`.
        detail: More about it, e.g. the expression.
        left: Devices left after it.
        removed: Devices it took out.
        seen: What was seen on those it took out, with how often; the commonest first, at most eight.
    """

    name: str
    left: int
    removed: int
    detail: str = ""
    seen: tuple[tuple[str, int], ...] = ()


@frozen(kw_only=True)
class Funnel:
    """The way from all devices to those a request could have had.

    Attributes:
        claim: Name of the claim in the pod.
        request: Name of the request, or `request/alternative`.
        wanted: Devices it wants; 0 for all.
        stages: The steps, in the order the allocator takes them.
    """

    claim: str
    request: str
    wanted: int
    stages: tuple[Stage, ...]

    @property
    def left(self) -> int:
        """Devices left at the end."""
        return self.stages[-1].left if self.stages else 0


class _Stages:
    def __init__(self, candidates: list[Candidate]) -> None:
        self.left = candidates
        self.stages: list[Stage] = []

    def step(self, name: str, verdicts: Iterable[tuple[Candidate, str | None]], detail: str = "", *, always: bool = False) -> None:
        """Keep the candidates whose second part is None; the others drop out for that text. Nothing is asked of nothing."""
        if not self.left:
            return
        kept: list[Candidate] = []
        seen: Counter[str] = Counter()
        removed = 0
        for candidate, reason in verdicts:
            if reason is None:
                kept.append(candidate)
            else:
                removed += 1
                if reason:
                    seen[reason] += 1
        self.left = kept
        if removed or always:
            self.stages.append(Stage(name=name, detail=detail, left=len(kept), removed=removed, seen=tuple(seen.most_common(8))))


def funnel_of(  # noqa: PLR0917  (cluster, nodes, then the request from outside in)
    views: Views, nodes: Sequence[NodeView], claim: ClaimSpec, request: DeviceRequest, option: RequestOption, holdings: Holdings
) -> tuple[Funnel, dict[str, Funnel]]:
    """The funnel of one option of a request over all nodes together, and for each node by itself.

    Args:
        views: The cluster.
        nodes: The nodes that were asked for devices.
        claim: The claim.
        request: Its request.
        option: The option of the request.
        holdings: What is taken.
    """
    name = f"{request.name}/{option.name}" if request.prioritized else request.name
    device_class = views.classes.get(option.device_class) or InventoryClass(name=option.device_class)
    constraints = [each for each in claim.constraints if _concerns(each, request, option)]
    by_node = {}
    best = 0
    for view in nodes:
        stages = _narrow(views, list(view.candidates), option, device_class, holdings)
        together = _together(stages.left, constraints)
        if together is not None:
            stages.stages.append(together)
        by_node[view.node.name] = Funnel(claim=claim.name, request=name, wanted=_wanted(option), stages=tuple(stages.stages))
        best = max(best, by_node[view.node.name].left)
    everywhere = _narrow(views, list({id(each.device): each for view in nodes for each in view.candidates}.values()), option, device_class, holdings)
    if constraints:
        named = ", ".join(_constraint_text(each) for each in constraints)
        everywhere.stages.append(
            Stage(name="constraints", detail=f"{named}: most on one node", left=best, removed=max(0, len(everywhere.left) - best))
        )
    return Funnel(claim=claim.name, request=name, wanted=_wanted(option), stages=tuple(everywhere.stages)), by_node


def _wanted(option: RequestOption) -> int:
    return option.count if option.mode == "ExactCount" else 0


def _concerns(constraint: Constraint, request: DeviceRequest, option: RequestOption) -> bool:
    return not constraint.requests or request.name in constraint.requests or f"{request.name}/{option.name}" in constraint.requests


def _constraint_text(constraint: Constraint) -> str:
    return f"{'distinctAttribute' if constraint.distinct else 'matchAttribute'} {constraint.attribute}"


def _narrow(views: Views, candidates: list[Candidate], option: RequestOption, device_class: InventoryClass, holdings: Holdings) -> _Stages:
    stages = _Stages(candidates)
    stages.stages.append(Stage(name="published", left=len(candidates), removed=0))
    for index, expression in enumerate(device_class.selectors or ("",)):
        detail = f"{device_class.name}: {expression}" if expression else device_class.name
        several = len(device_class.selectors) > 1
        stages.step(f"class selector #{index}" if several else "class", _selected(views, stages.left, expression), detail, always=True)
    for index, expression in enumerate(option.selectors):
        stages.step(f"selector #{index}", _selected(views, stages.left, expression), expression, always=True)
    if views.features.device_taints:
        stages.step("taints", ((each, ", ".join(untolerated_taints(each.device, option.tolerations)) or None) for each in stages.left))
    if not option.admin_access:
        stages.step("free", ((each, "in use" if each.id in holdings.devices else None) for each in stages.left), always=True)
    if views.features.consumable_capacity:
        stages.step("capacity", _with_capacity(stages.left, option, holdings), _capacity_text(option))
    stages.step("counters", _with_counters(stages.left, holdings), "what partitions in use leave of the device")
    return stages


def _selected(views: Views, candidates: Iterable[Candidate], expression: str) -> Iterator[tuple[Candidate, str | None]]:
    for candidate in candidates:
        if not expression:
            yield candidate, None
            continue
        answer = views.eligibility.matches(expression, candidate.device, candidate.id.driver, candidate.look)
        if answer is True:
            yield candidate, None
        elif isinstance(answer, str):
            yield candidate, answer
        else:
            yield candidate, ", ".join(views.eligibility.read_values(expression, candidate.device, candidate.id.driver))


def _with_capacity(candidates: Iterable[Candidate], option: RequestOption, holdings: Holdings) -> Iterator[tuple[Candidate, str | None]]:
    for candidate in candidates:
        taken = holdings.capacity.get(candidate.id, {})
        enough = fits_capacity(candidate.device, option.capacity, taken)
        yield candidate, None if enough else _left_text(candidate.device, taken)


def _left_text(device: InventoryDevice, taken: dict[str, int]) -> str:
    if not device.capacity:
        return "has no such capacity"
    return ", ".join(f"{name} {quantity_text(nanos(each.value) - taken.get(name, 0))} left" for name, each in device.capacity.items())


def _capacity_text(option: RequestOption) -> str:
    return ", ".join(f"{name} {amount}" for name, amount in (option.capacity or {}).items())


def _with_counters(candidates: Iterable[Candidate], holdings: Holdings) -> Iterator[tuple[Candidate, str | None]]:
    left: dict[str, Counters] = {}
    for candidate in candidates:
        if not candidate.device.consumes_counters or candidate.id in holdings.shared:
            yield candidate, None
            continue
        counters = left.setdefault(str(candidate.pool), free_counters(candidate.pool, holdings))
        short = [
            counter
            for each in candidate.device.consumes_counters
            for counter, amount in each.counters.items()
            if nanos(amount) > counters.get((each.counter_set, counter), 0)
        ]
        yield candidate, f"too little {short[0]} left" if short else None


def _together(candidates: list[Candidate], constraints: Sequence[Constraint]) -> Stage | None:
    """How many of the devices left could be given together, taking each constraint by itself."""
    smallest: Stage | None = None
    for constraint in constraints:
        values: Counter[Any] = Counter()
        for candidate in candidates:
            value = attribute_of(candidate.device, candidate.id.driver, constraint.attribute)
            found = None if value is None else values_of(value)
            for each in sorted(found[1], key=str) if found else ():
                values[each] += 1
        most = len(values) if constraint.distinct else max(values.values(), default=0)
        stage = Stage(
            name="constraints",
            detail=_constraint_text(constraint),
            left=most,
            removed=len(candidates) - most,
            seen=tuple((str(value) or "''", number) for value, number in values.most_common(8)),
        )
        if smallest is None or stage.left < smallest.left:
            smallest = stage
    return smallest
