"""How many pods objects make."""

from typing import Any

from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.kubernetes.shapes import items, mapping, text, whole

__all__ = ["pods_made"]

_WITH_REPLICAS = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "LeaderWorkerSet"})


def pods_made(item: Item, path: str, cluster: Cluster) -> int | None:
    """Pods that an object makes from one of its templates; None where an autoscaler or another controller says how many.

    Args:
        item: The object.
        path: Place of the template in it.
        cluster: All objects, among them the autoscalers.
    """
    if item.kind == "Pod":
        return 1
    if item.kind == "Job":
        wanted = [whole(item.spec.get(key)) for key in ("parallelism", "completions")]
        return min((number for number in wanted if number is not None), default=1)
    if item.kind == "DisaggregatedSet":
        role = next((role for role, place in items(item.spec, "roles", "spec") if path.startswith(f"{place}.")), {})
        sets, slices = mapping(role.get("spec")), whole(item.spec.get("slices", 1))
        return _copies(sets, path, slices) if slices is not None and "replicas" in sets else None
    known = item.kind in _WITH_REPLICAS and ("replicas" in item.spec or not _is_scaled(item, cluster))
    return _copies(item.spec, path, 1) if known else None


def _copies(spec: dict[str, Any], path: str, times: int) -> int | None:
    copies, group = whole(spec.get("replicas", 1)), mapping(spec.get("leaderWorkerTemplate"))
    size = whole(group.get("size", 1))
    if copies is None or size is None:
        return None
    if group.get("leaderTemplate"):
        size = 1 if ".leaderTemplate." in f"{path}." else size - 1
    return copies * size * times


def _is_scaled(item: Item, cluster: Cluster) -> bool:
    scalers = cluster.once(_is_scaled, lambda: _scalers(cluster)).get((item.kind, item.name), ())
    return any(scaler.near(item) for scaler in scalers)


def _scalers(cluster: Cluster) -> dict[tuple[str, str], list[Item]]:
    """The autoscalers here by kind and name of what they scale."""
    found: dict[tuple[str, str], list[Item]] = {}
    for scaler in cluster.of("HorizontalPodAutoscaler", "ScaledObject"):
        named = mapping(scaler.spec.get("scaleTargetRef"))
        found.setdefault((text(named.get("kind")) or "Deployment", text(named.get("name"))), []).append(scaler)
    return found
