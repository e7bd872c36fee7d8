"""Workloads in queues of Kueue: the queue, its quota, and what Kueue refuses.

Kueue counts the devices of a claim template by their class: its configuration maps classes to names of resources (`deviceClassMappings`), of which
ClusterQueues have quota. It admits nothing whose devices it cannot count (kubernetes-sigs/kueue, `pkg/dra`).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from constructs_dra import yaml as reading
from constructs_dra.checks.claimed import has_alternatives, requests, target
from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.labels import QUEUE, QUEUE_PRIORITY
from constructs_dra.kubernetes.rules import amount_of
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.paths import child

__all__ = ["queues"]

_CONFIGURATION: Final = "config.kueue.x-k8s.io/"


def queues(cluster: Cluster) -> Iterator[Problem]:
    """What is wrong with the queues of a cluster and what waits in them."""
    for item in cluster.of("LocalQueue"):
        yield from map(item.placed, _known(cluster, "ClusterQueue", text(item.spec.get("clusterQueue")), "spec.clusterQueue"))
    for item in cluster.of("ClusterQueue"):
        for flavor, _, place in _flavors(item):
            yield from map(item.placed, _known(cluster, "ResourceFlavor", text(flavor.get("name")), child(place, "name")))
        if item.spec.get("namespaceSelector") is None:
            shown = "lets no namespace use it"
            yield item.placed(Problem("spec.namespaceSelector", shown, "write {} for all namespaces, or a selector", rule="queue-namespace"))
    for item in cluster.objects:
        queue = text(item.labels.get(QUEUE))
        if queue:
            yield from map(item.placed, _waiting(item, queue, cluster))


def _known(cluster: Cluster, kind: str, name: str, path: str) -> Iterator[Problem]:
    """A name of something without a namespace; where none of its kind is here, the cluster may have it."""
    names = cluster.once(("names without a namespace", kind), lambda: dict.fromkeys(each.name for each in cluster.of(kind)))
    if name and name not in names and (names or cluster.complete):
        hint = did_you_mean(name, names, fallback=lambda known: f"there is {', '.join(known)}") if names else ""
        yield Problem(path, f"there is no {kind} {name!r} here", hint, rule="reference", severity="error" if cluster.complete else "warning")


def _waiting(item: Item, queue: str, cluster: Cluster) -> Iterator[Problem]:
    yield from cluster.missing("LocalQueue", queue, f"metadata.labels['{QUEUE}']", item)
    if priority := text(item.labels.get(QUEUE_PRIORITY)):
        yield from _known(cluster, "WorkloadPriorityClass", priority, f"metadata.labels['{QUEUE_PRIORITY}']")
    quota, resources = _quota(queue, item, cluster), _mapped(cluster)
    for template, path in pod_templates(item.value):
        spec, spec_path = mapping(template.get("spec")), child(path, "spec")
        asked: dict[str, tuple[Decimal, str]] = {}
        for claim, place in items(spec, "resourceClaims", spec_path):
            found = target(claim, item, cluster)
            if found is not None:
                key = next(key for key in ("resourceClaimTemplateName", "resourceClaimName") if claim.get(key))
                yield from _counted(found, child(place, key), resources, asked)
        for key in ("initContainers", "containers"):
            for container, place in items(spec, key, spec_path):
                _add(container, child(place, "resources"), asked, together=key == "containers")
        if quota is not None:
            for resource, (amount, place) in asked.items():
                yield from _covered(resource, amount, place, queue, quota)


def _counted(claim: Item, place: str, resources: Mapping[str, str] | None, asked: dict[str, tuple[Decimal, str]]) -> Iterator[Problem]:
    """What of a claim cannot be counted; what can is added to what the pod asks for."""
    if has_alternatives(claim):
        shown = f"{claim.title} leaves open which devices it gets (firstAvailable), which Kueue refuses"
        yield Problem(place, shown, "ask for one kind of device, or leave the queue out", rule="queue-first-available")
        return
    for request in requests(claim):
        body = mapping(request.get("exactly"))
        name, device_class = text(request.get("name")), text(body.get("deviceClassName"))
        if body.get("adminAccess") is True:
            yield Problem(place, f"{claim.title} has admin access ({name}), which Kueue refuses", "leave the queue out", rule="queue-claim")
        elif body.get("allocationMode") == "All":
            shown = f"{claim.title} asks for all devices ({name}), and Kueue counts only those with a number"
            yield Problem(place, shown, "ask for a number of devices, or leave the queue out", rule="queue-claim")
        elif resources is not None and device_class:
            resource = resources.get(device_class)
            if resource is None:
                hint = did_you_mean(device_class, resources, fallback=lambda _: "add it to resources.deviceClassMappings of Kueue's configuration")
                yield Problem(
                    place, f"{claim.title} asks for {device_class}, which Kueue's configuration does not map to a resource", hint, rule="queue-claim"
                )
            else:
                before, _ = asked.get(resource, (Decimal(0), ""))
                asked[resource] = (before + (whole(body.get("count", 1)) or 0), place)


def _add(container: dict[str, Any], place: str, asked: dict[str, tuple[Decimal, str]], *, together: bool) -> None:
    """What a container asks for: beside the others, or, where it runs before them, at most as much."""
    given = mapping(container.get("resources"))
    for resource, value in {**mapping(given.get("limits")), **mapping(given.get("requests"))}.items():
        amount = amount_of(value) or Decimal(0)
        before, where = asked.get(resource, (Decimal(0), place))
        asked[resource] = (before + amount if together else max(before, amount), where)


def _covered(resource: str, amount: Decimal, place: str, queue: str, quota: Mapping[str, Decimal | None]) -> Iterator[Problem]:
    if resource not in quota:
        listed = ", ".join(sorted(quota)) or "nothing"
        shown = f"asks for {resource}, of which the queue {queue!r} has no quota"
        yield Problem(place, shown, f"its ClusterQueue covers {listed}", rule="queue-quota")
    elif (most := quota[resource]) is not None and amount > most:
        shown = f"one pod asks for {_plain(amount)} of {resource}, and no flavor of the queue {queue!r} has more than {_plain(most)}"
        yield Problem(place, shown, "raise nominalQuota, or ask for less", rule="queue-quota")


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _flavors(queue: Item) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """Each flavor of a ClusterQueue, with its group and its place."""
    for group, path in items(queue.spec, "resourceGroups", "spec"):
        for flavor, place in items(group, "flavors", path):
            yield flavor, group, place


def _quota(queue: str, item: Item, cluster: Cluster) -> dict[str, Decimal | None] | None:
    """The most of each resource that a flavor of a queue has, None where it may borrow; None where the quota is not known here."""
    local = cluster.find("LocalQueue", queue, item)
    wanted = text(local.spec.get("clusterQueue")) if local is not None else ""
    found = cluster.find("ClusterQueue", wanted, item)
    if found is None:
        return None
    groups = (group for group, _ in items(found.spec, "resourceGroups", "spec"))
    most: dict[str, Decimal | None] = {text(name): None for group in groups for name in sequence(group.get("coveredResources"))}
    if found.spec.get("cohort") or found.spec.get("cohortName"):
        return most
    for flavor, _, place in _flavors(found):
        for resource, _ in items(flavor, "resources", place):
            name, amount = text(resource.get("name")), amount_of(resource.get("nominalQuota"))
            if name in most and amount is not None:
                most[name] = max(most[name] or Decimal(0), amount)
    return most


def _mapped(cluster: Cluster) -> Mapping[str, str] | None:
    """Resources by device class as Kueue's configuration maps them; None where none is here."""
    return cluster.once(_mapped, lambda: _read(cluster))


def _read(cluster: Cluster) -> Mapping[str, str] | None:
    found = [item.value for item in cluster.of("Configuration") if text(item.value.get("apiVersion")).startswith(_CONFIGURATION)]
    for item in cluster.of("ConfigMap"):
        for value in mapping(item.value.get("data")).values():
            if isinstance(value, str) and _CONFIGURATION in value:
                documents, _ = reading.load_documents(value, item.where)
                found += [mapping(document.value) for document in documents if text(at(document.value, "kind")) == "Configuration"]
    if not found:
        return None
    entries = (mapping(entry) for value in found for entry in sequence(at(value, "resources", "deviceClassMappings")))
    return {text(name): text(entry.get("name")) for entry in entries for name in sequence(entry.get("deviceClassNames"))}
