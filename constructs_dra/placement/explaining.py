"""Why a pod found no place: the funnel of each request, what each node lacks, and the smallest change that would help.

A change is only named when the pod, changed like that, was placed on the same cluster by the same allocator.
"""

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from constructs_dra.errors import did_you_mean
from constructs_dra.placement.changes import Change, find_changes
from constructs_dra.placement.funnel import Funnel, Stage, funnel_of
from constructs_dra.placement.placing import CANNOT_ALLOCATE, OUT_OF_STEPS, Placer, UnplacedPod
from constructs_dra.placement.quantities import quantity_text
from constructs_dra.placement.workloads import WorkloadPod
from constructs_dra.words import counted

__all__ = ["Change", "Explanation", "NodeMiss", "explain"]


@frozen(kw_only=True)
class NodeMiss:
    """What keeps a pod from some nodes that are alike in this.

    Attributes:
        nodes: Their names.
        reason: What is missing, in words.
        missing: How many devices, or other obstacles, are missing: the nearest miss has the smallest number.
    """

    nodes: tuple[str, ...]
    reason: str
    missing: int


@frozen(kw_only=True)
class Explanation:
    """Why a pod found no place.

    Attributes:
        pod: The pod this was found out with; others with the same fate have the same reasons.
        message: The scheduler's message.
        funnels: For each request whose devices were looked for, how many were left after each step.
        nearest: What is missing, by groups of like nodes, the nearest miss first.
        changes: Single changes that would place this pod, smallest first; none when no single change does.
        hint: What else may help, e.g. the attribute that may have been meant.
    """

    pod: str
    message: str
    funnels: tuple[Funnel, ...] = ()
    nearest: tuple[NodeMiss, ...] = ()
    changes: tuple[Change, ...] = ()
    hint: str = field(default="")


def explain(placer: Placer, pod: WorkloadPod, namespace: str, outcome: UnplacedPod, *, changing: bool = True) -> Explanation:
    """Find out why a pod found no place. The cluster stays as it is.

    Args:
        placer: The cluster.
        pod: The pod.
        namespace: Its namespace.
        outcome: What became of it.
        changing: Whether to look for changes that help, which takes longest. Default yes.
    """
    asked = _nodes_asked(placer, pod, outcome)
    funnels, by_node = _funnels(placer, pod, asked)
    return Explanation(
        pod=pod.name,
        message=outcome.message,
        funnels=tuple(funnels),
        nearest=tuple(_nearest(placer, pod, outcome, by_node)),
        changes=find_changes(placer, pod, namespace, outcome, funnels) if changing else (),
        hint=_hint(placer, outcome),
    )


def _nodes_asked(placer: Placer, pod: WorkloadPod, outcome: UnplacedPod) -> list[str]:
    """Nodes whose devices decided."""
    if outcome.kind == "error":
        return [node for node, reason in placer.static_reasons(pod.template).items() if not reason]
    said = (CANNOT_ALLOCATE, OUT_OF_STEPS, "invalid resource pools were encountered")
    names = {node for reason in said for node in outcome.reasons.get(reason, ())}
    return [state.node.name for state in placer.room.states if state.node.name in names]


def _funnels(placer: Placer, pod: WorkloadPod, nodes: list[str]) -> tuple[list[Funnel], dict[str, list[Funnel]]]:
    views = [placer.views.of(placer.room.by_name[name].node) for name in nodes]
    funnels: list[Funnel] = []
    by_node: dict[str, list[Funnel]] = {name: [] for name in nodes}
    if not views:
        return funnels, by_node
    for claim in pod.template.claims:
        if claim.shared and claim.spec.label in placer.allocated:
            continue
        for request in claim.spec.requests:
            for option in request.options:
                funnel, single = funnel_of(placer.views, views, claim.spec, request, option, placer.holdings)
                funnels.append(funnel)
                for name, each in single.items():
                    by_node[name].append(each)
    return funnels, by_node


def _nearest(placer: Placer, pod: WorkloadPod, outcome: UnplacedPod, by_node: Mapping[str, list[Funnel]]) -> Iterator[NodeMiss]:
    groups: dict[tuple[str, int], list[str]] = {}
    if outcome.kind == "error":
        return
    for reason, nodes in outcome.reasons.items():
        for name in nodes:
            key = _device_miss(by_node[name]) if by_node.get(name) else _other_miss(placer, pod, name, reason)
            groups.setdefault(key, []).append(name)
    for (reason, missing), alike in sorted(groups.items(), key=lambda group: group[0][1]):
        yield NodeMiss(nodes=tuple(alike), reason=reason, missing=missing)


def _device_miss(funnels: list[Funnel]) -> tuple[str, int]:
    """What the requests of a pod lack on one node; of alternatives, the one that lacks least."""
    texts: list[str] = []
    total = 0
    requests: dict[tuple[str, str], list[Funnel]] = {}
    for funnel in funnels:
        requests.setdefault((funnel.claim, funnel.request.partition("/")[0]), []).append(funnel)
    for alternatives in requests.values():
        nearest = min(alternatives, key=lambda funnel: (_missing(funnel), -_in_class(funnel)))
        if missing := _missing(nearest):
            total += missing
            texts.append(_miss_text(nearest))
    if not texts:
        return "each request alone would find devices here, but not all of them together", 1
    return "; ".join(texts), total


def _in_class(funnel: Funnel) -> int:
    return next((stage.left for stage in funnel.stages if stage.name == "class"), 0)


def _missing(funnel: Funnel) -> int:
    return max(0, max(funnel.wanted, 1) - funnel.left)


def _miss_text(funnel: Funnel) -> str:
    """Where the devices for one request went, e.g. `request g wants 4 devices: 8 in the class, 2 free`."""
    wanted = counted(funnel.wanted, "device") if funnel.wanted else "all devices"
    steps = [_stage_text(stage) for stage in funnel.stages if stage.name == "class" or stage.removed]
    return f"request {funnel.request} wants {wanted}: {', '.join(dict.fromkeys(steps)) or 'no device is published here'}"


def _stage_text(stage: Stage) -> str:
    match stage.name:
        case "class":
            return f"{stage.left} in the class"
        case "taints":
            return f"{stage.left} without a taint in the way"
        case "free":
            return f"{stage.left} free"
        case "capacity":
            return f"{stage.left} with enough capacity"
        case "counters":
            return f"{stage.left} whose counters are free"
        case "constraints":
            return f"{stage.left} that agree in {stage.detail.partition(' ')[2]}" if "match" in stage.detail else f"{stage.left} that differ"
    return f"{stage.left} after {stage.name}"


def _other_miss(placer: Placer, pod: WorkloadPod, name: str, reason: str) -> tuple[str, int]:
    """A reason other than devices, with numbers where there are some."""
    state = placer.room.by_name[name]
    resource = reason.removeprefix("Insufficient ")
    if resource != reason:
        asked, free = pod.template.resources.requests.get(resource, 0), state.free(resource)
        if resource not in (state.room or {}):
            return f"{reason}: {quantity_text(asked)} asked, the node has no such resource", 1
        return f"{reason}: {quantity_text(asked)} asked, {quantity_text(free) if free > 0 else 0} free", 1
    if "taint" in reason:
        taints = ", ".join(f"{taint.key}{f'={taint.value}' if taint.value else ''}:{taint.effect}" for taint in state.node.taints)
        return f"{reason}: {taints}", 1
    if "affinity/selector" in reason:
        labels = [
            f"{key}={value} wanted, the node has {f'{key}={state.node.labels[key]}' if key in state.node.labels else f'no {key}'}"
            for key, value in (pod.template.spec.get("nodeSelector") or {}).items()
            if state.node.labels.get(key) != value
        ]
        return f"{reason}: {', '.join(labels)}" if labels else reason, 1
    return reason, 1


def _hint(placer: Placer, outcome: UnplacedPod) -> str:
    _, mark, key = outcome.error.partition("no such key: ")
    if not mark:
        return ""
    known = {
        name.rpartition("/")[2] for each in placer.inventory.slices for device in each.devices for name in (*device.attributes, *device.capacity)
    }
    meant = did_you_mean(key, known) if key not in known else ""
    guard = "a selector that reads what a device lacks stops the whole pod: test with has(…) first"
    return f"{meant} {guard}" if meant else guard
