"""Disruption budgets: whether one ever lets a pod go."""

from collections.abc import Iterator
from typing import Any

from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.counts import pods_made
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.shapes import mapping

__all__ = ["blocking", "budgets"]


def budgets(cluster: Cluster) -> Iterator[Problem]:
    """Budgets that no pod of the cluster gets past."""
    made: dict[int, int | None] = {}
    for item in cluster.of("PodDisruptionBudget"):
        selector = mapping(item.spec.get("selector"))
        chosen = cluster.selected(selector, item) if selector else []
        made = made or {id(template): pods_made(owner, path, cluster) for owner, template, path in cluster.pods}
        counts = [made[id(template)] for template in chosen]
        known = [count for count in counts if count is not None]
        pods = sum(known) if counts and len(known) == len(counts) and not cluster.partial else None
        if key := blocking(item.spec, pods):
            number = "" if pods is None else f" of {pods}"
            shown = f"no pod{number} may ever be taken away"
            yield item.placed(Problem(f"spec.{key}", shown, "let one go: maxUnavailable: 1", rule="budget-blocks"))


def blocking(spec: dict[str, Any], pods: int | None) -> str:
    """The field of a budget by which no pod may ever go; empty where one may.

    Args:
        spec: The budget's spec.
        pods: How many pods it is about; None where that changes.
    """
    least, away = spec.get("minAvailable"), spec.get("maxUnavailable")
    if away in (0, "0%"):
        return "maxUnavailable"
    percent = least.removesuffix("%") if isinstance(least, str) and least.endswith("%") else ""
    if percent.isdecimal():
        return "minAvailable" if int(percent) >= 100 or (pods and -(-int(percent) * pods // 100) >= pods) else ""  # rounded up
    return "minAvailable" if isinstance(least, int) and pods and least >= pods else ""
