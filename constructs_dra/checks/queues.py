"""Workloads in queues of Kueue: the queue, its quota, and what Kueue refuses."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem, Severity
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text
from constructs_dra.paths import child

__all__ = ["queues"]

_LABEL: Final = "kueue.x-k8s.io/queue-name"
_PLACE: Final = f"metadata.labels['{_LABEL}']"


def queues(cluster: Cluster) -> Iterator[Problem]:
    """What is wrong with the queues of a cluster and what waits in them."""
    for item in cluster.of("LocalQueue"):
        name = text(item.spec.get("clusterQueue"))
        known = cluster.has("ClusterQueue")
        if name and cluster.find("ClusterQueue", name, item) is None and (known or cluster.complete):
            hint = f"there is {', '.join(each.name for each in cluster.of('ClusterQueue'))}" if known else ""
            severity: Severity = "error" if cluster.complete else "warning"
            yield item.placed(Problem("spec.clusterQueue", f"there is no ClusterQueue {name!r} here", hint, rule="reference", severity=severity))
    for item in cluster.objects:
        queue = text(item.labels.get(_LABEL))
        if queue:
            yield from map(item.placed, _waiting(item, queue, cluster))


def _waiting(item: Item, queue: str, cluster: Cluster) -> Iterator[Problem]:
    yield from cluster.missing("LocalQueue", queue, _PLACE, item)
    for template, path in pod_templates(item.value):
        spec_path = f"{path}.spec" if path else "spec"
        for claim, place in items(mapping(template.get("spec")), "resourceClaims", spec_path):
            for kind, key in (("ResourceClaimTemplate", "resourceClaimTemplateName"), ("ResourceClaim", "resourceClaimName")):
                target = cluster.find(kind, text(claim.get(key)), item) if claim.get(key) else None
                if target is not None and _is_open(target):
                    shown = f"{target.title} leaves open which devices it gets (firstAvailable), which Kueue refuses"
                    yield Problem(child(place, key), shown, "ask for one kind of device, or leave the queue out", rule="queue-first-available")
        covered = _covered(queue, item, cluster)
        if covered is None:
            continue
        for key in ("initContainers", "containers"):
            for container, place in items(mapping(template.get("spec")), key, spec_path):
                for resource in _requested(container):
                    if resource not in covered:
                        listed = ", ".join(sorted(covered)) or "nothing"
                        shown = f"asks for {resource}, of which the queue {queue!r} has no quota"
                        yield Problem(child(place, "resources"), shown, f"its ClusterQueue covers {listed}", rule="queue-quota")


def _is_open(claim: Item) -> bool:
    spec: dict[str, Any] = mapping(at(claim.spec, "spec")) if claim.kind == "ResourceClaimTemplate" else claim.spec
    return any(mapping(request).get("firstAvailable") for request in sequence(at(spec, "devices", "requests")))


def _covered(queue: str, item: Item, cluster: Cluster) -> set[str] | None:
    """Resources that a queue has quota of; None where that cannot be known here."""
    local = cluster.find("LocalQueue", queue, item)
    wanted = text(local.spec.get("clusterQueue")) if local is not None else ""
    found = cluster.find("ClusterQueue", wanted, item)
    if found is None:
        return None
    groups = (group for group, _ in items(found.spec, "resourceGroups", "spec"))
    return {text(name) for group in groups for name in sequence(group.get("coveredResources"))}


def _requested(container: dict[str, Any]) -> list[str]:
    resources = mapping(container.get("resources"))
    return sorted({*mapping(resources.get("requests")), *mapping(resources.get("limits"))})
