"""A plan in words and for machines: rows for a table, paragraphs for what does not fit, JSON."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from constructs_dra.placement.explaining import Explanation
from constructs_dra.placement.funnel import Funnel, Stage
from constructs_dra.placement.placing import GivenClaim, PlacedPod
from constructs_dra.placement.planning import Plan, WorkloadPlan
from constructs_dra.placement.remaining import FreeDevices
from constructs_dra.words import printable

__all__ = ["HEADINGS", "free_lines", "plan_as_json", "plan_rows", "shortfall_lines", "summary_line"]

HEADINGS = ("workload", "replica", "pod", "node", "devices")
"""What the columns of `plan_rows` are."""

_NAMES_SHOWN = 6
_FATES = {"refused": "no place", "error": "stopped by an error", "unknown": "not known: search budget used up"}


def plan_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """One row per pod, placed or not, in the order of `HEADINGS`."""
    for workload in plan.workloads:
        placed = ((pod.replica, (workload.label, str(pod.replica), pod.pod, pod.node, devices_text(pod))) for pod in workload.placed)
        missed = ((pod.replica, (workload.label, str(pod.replica), pod.pod, "-", _FATES[pod.kind])) for pod in workload.unplaced)
        yield from (row for _, row in sorted([*placed, *missed], key=lambda entry: entry[0]))


def devices_text(pod: PlacedPod) -> str:
    """The devices of a pod: `request=device,device …`, with their pool before them where it is not named after the node."""
    return "; ".join(_claim_text(claim, pod.node) for claim in pod.claims)


def _claim_text(claim: GivenClaim, node: str) -> str:
    by_request: dict[str, list[str]] = {}
    for device in claim.allocation.devices:
        taken = ", ".join(f"{amount} {capacity}" for capacity, amount in device.consumed_capacity.items())
        name = device.id.device if device.id.pool == node else f"{device.id.pool}/{device.id.device}"
        by_request.setdefault(device.request, []).append(f"{name}{f' ({taken})' if taken else ''}")
    text = " ".join(f"{request}={','.join(devices)}" for request, devices in by_request.items())
    return f"{text} (claim {claim.allocation.claim})" if claim.shared else text


def summary_line(workload: WorkloadPlan) -> str:
    """How many replicas of a workload found a place."""
    return f"{workload.label}: {workload.replicas_placed} of {workload.replicas} replicas placed"


def shortfall_lines(workload: WorkloadPlan) -> Iterator[str]:
    """Why pods of a workload found no place; nothing when all did."""
    for explanation in workload.explanations:
        yield f"{explanation.pod}: {explanation.message}"
        yield from (f"  {line}" for line in _explanation_lines(explanation))


def _explanation_lines(explanation: Explanation) -> Iterator[str]:
    for funnel in explanation.funnels:
        wanted = f"{funnel.wanted} wanted" if funnel.wanted else "all wanted"
        yield f"claim {funnel.claim}, request {funnel.request}, {wanted}:"
        yield from (f"  {_stage_text(stage)}" for stage in funnel.stages)
    for miss in explanation.nearest[:5]:
        yield f"{_names(miss.nodes)}: {miss.reason}"
    if len(explanation.nearest) > 5:
        rest = sum(len(miss.nodes) for miss in explanation.nearest[5:])
        yield f"and {rest} more nodes that miss more"
    for change in explanation.changes:
        yield f"would fit{f' on {change.node}' if change.node else ''}: {change.what}"
    if not explanation.changes:
        yield "no single change to the pod, its claims or a node was found that places it"
    if explanation.hint:
        yield explanation.hint


def _stage_text(stage: Stage) -> str:
    detail = f" ({stage.detail})" if stage.detail else ""
    text = f"{stage.left:>5} {stage.name}{detail}"
    if stage.removed and stage.name != "constraints":
        text += f": {stage.removed} dropped out"
    if not stage.seen:
        return text
    return f"{text}: {', '.join(f'{_first_line(value)} ({count})' for value, count in stage.seen)}"


def _first_line(text: str) -> str:
    """Messages about selectors go on with a caret under the place, which is shown once, above."""
    return text.partition("\n")[0]


def _names(names: Sequence[str]) -> str:
    nodes = [printable(name) for name in names]
    if len(nodes) <= _NAMES_SHOWN:
        return ", ".join(nodes)
    return f"{', '.join(nodes[: _NAMES_SHOWN - 1])} and {len(nodes) - _NAMES_SHOWN + 1} more nodes"


def free_lines(plan: Plan) -> Iterator[str]:
    """What is left: free devices by class, with the nodes that have some, and how many more replicas would fit."""
    by_class: dict[str, list[FreeDevices]] = {}
    for each in plan.remaining.free:
        by_class.setdefault(each.device_class, []).append(each)
    for name, found in by_class.items():
        free, total = sum(len(each.devices) for each in found), sum(each.total for each in found)
        where = [f"{each.node or 'any node'} {len(each.devices)}" for each in found if each.devices]
        shown = ", ".join(where[:8]) + (f" and {len(where) - 8} more nodes" if len(where) > 8 else "")
        yield f"{name}: {free} of {total} devices free{f' ({shown})' if where else ''}"
    for more in plan.remaining.more:
        yield f"{more.workload}: {'at least ' if more.at_least else ''}{more.count} more replicas would fit"


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """A plan for machines. Keys stay as they are from release to release."""
    return {
        "fits": plan.fits,
        "workloads": [_workload_json(workload) for workload in plan.workloads],
        "free": [
            {"class": each.device_class, "node": each.node, "free": list(each.devices), "total": each.total, "left": dict(each.shares)}
            for each in plan.remaining.free
        ],
        "more": [
            {"workload": each.workload, "namespace": each.namespace, "replicas": each.count, "atLeast": each.at_least} for each in plan.remaining.more
        ],
        "notes": list(plan.notes),
    }


def _workload_json(workload: WorkloadPlan) -> dict[str, Any]:
    return {
        "kind": workload.kind,
        "name": workload.name,
        "namespace": workload.namespace,
        "replicas": workload.replicas,
        "placed": workload.replicas_placed,
        "pods": [_pod_json(pod) for pod in workload.placed],
        "unplaced": [
            {
                "name": pod.pod,
                "replica": pod.replica,
                "kind": pod.kind,
                "message": pod.message,
                "reasons": {reason: list(nodes) for reason, nodes in pod.reasons.items()},
            }
            for pod in workload.unplaced
        ],
        "explanations": [_explanation_json(each) for each in workload.explanations],
    }


def _pod_json(pod: PlacedPod) -> dict[str, Any]:
    claims = [
        {
            "name": claim.name,
            "claim": claim.allocation.claim,
            "shared": claim.shared,
            "before": claim.before,
            "allocation": claim.allocation.manifest(),
        }
        for claim in pod.claims
    ]
    return {"name": pod.pod, "replica": pod.replica, "node": pod.node, "claims": claims}


def _explanation_json(explanation: Explanation) -> dict[str, Any]:
    return {
        "pod": explanation.pod,
        "message": explanation.message,
        "funnels": list(map(_funnel_json, explanation.funnels)),
        "nearest": [{"nodes": list(miss.nodes), "reason": miss.reason, "missing": miss.missing} for miss in explanation.nearest],
        "changes": [{"what": change.what, "node": change.node} for change in explanation.changes],
        "hint": explanation.hint,
    }


def _funnel_json(funnel: Funnel) -> dict[str, Any]:
    return {"claim": funnel.claim, "request": funnel.request, "wanted": funnel.wanted, "stages": list(_stages_json(funnel.stages))}


def _stages_json(stages: Iterable[Stage]) -> Iterator[dict[str, Any]]:
    for stage in stages:
        yield {"name": stage.name, "detail": stage.detail, "left": stage.left, "removed": stage.removed, "seen": dict(stage.seen)}
