"""What objects say about each other: claims of pods, things named twice, backends, accounts, volumes, selectors that fit nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from constructs_dra.checks.claimed import requests
from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.checks.mentions import is_everywhere, pod_mentions
from constructs_dra.errors import Problem, Severity, did_you_mean
from constructs_dra.kubernetes.kinds import container_ports
from constructs_dra.kubernetes.labels import MODEL, ROLE, SERVING
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text
from constructs_dra.paths import child

__all__ = ["duplicates", "references"]

_MOST_ALIKE = 1_000
"""Objects written twice that are reported; the others are the same mistake."""


def duplicates(objects: Iterable[Item]) -> Iterator[Problem]:
    """Two objects of one identity: an error when they differ, else a warning."""
    seen: dict[tuple[str, str, str, str], Item] = {}
    alike = 0
    for item in objects:
        if not item.kind or not item.name:
            continue
        identity = (item.group, item.kind, item.namespace, item.name)
        first = seen.setdefault(identity, item)
        if first is item:
            continue
        same = first.value == item.value
        alike += same
        if same and alike > _MOST_ALIKE:
            continue
        shown = f"{item.title} appears twice, first at {first.where}" + ("" if same else ", and the two differ")
        hint = "leave one of the two out" if same else "rename one of the two, or leave it out; only the last one applied counts"
        yield item.placed(Problem("metadata.name", shown, hint, rule="duplicate-object", severity="warning" if same else "error"))


def references(cluster: Cluster) -> Iterator[Problem]:
    """Every broken reference and every selector without a target."""
    used: set[tuple[str, int]] = set()
    for item, template, path in cluster.pods:
        spec_path = child(path, "spec")
        for problem in (*_claims(item, template, spec_path, cluster, used), *_pod_references(item, template, spec_path, cluster)):
            yield item.placed(problem)
    for item in cluster.objects:
        if check := _CHECKS.get(item.kind):
            yield from map(item.placed, check(item, cluster))
    if not cluster.partial and cluster.pods:
        yield from _unused(cluster, used)


def _channels(cluster: Cluster, user: Item) -> list[str]:
    """Claim templates that NVIDIA's controller makes for the ComputeDomains here."""
    return [text(at(domain.spec, "channel", "resourceClaimTemplate", "name")) for domain in cluster.near(user, "ComputeDomain")]


def _no_template(name: str, channels: Sequence[str], path: str, item: Item, cluster: Cluster) -> Iterator[Problem]:
    """A claim template that nobody makes here; a ComputeDomain whose template nobody names was probably meant."""
    named = cluster.once("claim templates that pods name", lambda: set(_named_templates(cluster)))
    idle = [channel for channel in channels if channel not in named]
    if not idle:
        yield from cluster.missing("ResourceClaimTemplate", name, path, item, always="warning")
        return
    hint = did_you_mean(name, idle, fallback=lambda left: f"a ComputeDomain here makes {left[0]!r}, which no pod names")
    severity: Severity = "error" if cluster.complete else "warning"
    yield Problem(path, f"there is no ResourceClaimTemplate {name!r} here", hint, rule="reference", severity=severity)


def _named_templates(cluster: Cluster) -> Iterator[str]:
    for _, template, _ in cluster.pods:
        yield from (text(claim.get("resourceClaimTemplateName")) for claim, _ in items(template.get("spec"), "resourceClaims", ""))


def _claims(item: Item, template: dict[str, Any], path: str, cluster: Cluster, used: set[tuple[str, int]]) -> Iterator[Problem]:
    spec = mapping(template.get("spec"))
    found: dict[str, Item] = {}
    for claim, place in items(spec, "resourceClaims", path):
        for key, kind, other in (
            ("resourceClaimTemplateName", "ResourceClaimTemplate", "ResourceClaim"),
            ("resourceClaimName", "ResourceClaim", "ResourceClaimTemplate"),
        ):
            name = text(claim.get(key))
            target = cluster.find(kind, name, item) if name else None
            if target is not None:
                found[text(claim.get("name"))] = target
                used.update((kind, id(same.value)) for same in cluster.all_of(kind, name, item))
            elif name and cluster.find(other, name, item) is not None:
                right = "resourceClaimName" if key == "resourceClaimTemplateName" else "resourceClaimTemplateName"
                yield Problem(child(place, key), f"{name!r} is a {other} here, not a {kind}", f"name it as {right}", rule="reference")
            elif kind != "ResourceClaimTemplate" or not name:
                yield from cluster.missing(kind, name, child(place, key), item, always="warning")
            elif name not in (channels := _channels(cluster, item)):
                yield from _no_template(name, channels, child(place, key), item, cluster)
    for key in ("initContainers", "containers"):
        for container, container_path in items(spec, key, path):
            for taken, place in items(container.get("resources"), "claims", f"{container_path}.resources"):
                target = found.get(text(taken.get("name")))
                request = text(taken.get("request"))
                if target is None or not request:
                    continue
                known = [text(each.get("name")) for each in requests(target)]
                if request not in known:
                    shown = f"{target.title} has no request {request!r}"
                    yield Problem(child(place, "request"), shown, did_you_mean(request, known), rule="reference")


def _unused(cluster: Cluster, used: set[tuple[str, int]]) -> Iterator[Problem]:
    for item in cluster.of("ResourceClaimTemplate", "ResourceClaim"):
        if item.group == "resource.k8s.io" and item.name and (item.kind, id(item.value)) not in used and not item.value.get("status"):
            owned = at(item.value, "metadata", "ownerReferences")
            if not owned:
                hint = "name it under a pod's resourceClaims, or leave it out"
                yield item.placed(Problem("metadata.name", "no pod here uses it", hint, rule="claim-unused", severity="warning"))


_HELD: Final = frozenset({"ServiceAccount", "PersistentVolumeClaim", "ConfigMap", "PodGroup", "Secret"})
"""Kinds that pods name and that stand among the objects of a service."""


def _pod_references(item: Item, template: dict[str, Any], path: str, cluster: Cluster) -> Iterator[Problem]:
    for named in pod_mentions(mapping(template.get("spec")), path):
        if named.kind in _HELD and not named.optional and not is_everywhere(named):
            # a group that is not there is waited for without a word; everything else is named in the pod's events
            always: Severity | None = "warning" if named.kind == "PodGroup" else None
            yield from cluster.missing(named.kind, named.name, named.path, item, always=always)


def _ports_of(chosen: list[dict[str, Any]], cluster: Cluster) -> tuple[set[str], set[int]]:
    """Names and numbers of the ports of the pods that a selector chose; many selectors may choose the same ones."""
    # the list is kept beside its answer, so that no other has its identity
    return cluster.once(("ports", id(chosen)), lambda: (chosen, _ports(chosen)))[1]


def _ports(pods: Iterable[dict[str, Any]]) -> tuple[set[str], set[int]]:
    """Names and numbers of the ports of pod templates."""
    ports = [port for pod in pods for port in container_ports(pod)]
    return {name for name, _ in ports if name}, {number for _, number in ports}


def _nothing(path: str, what: str, severity: Severity) -> Problem:
    return Problem(path, f"selects no {what} here", "compare its labels with those of the pods", rule="selects-nothing", severity=severity)


def _port_names(wanted: str, names: set[str], path: str) -> Iterator[Problem]:
    if wanted and wanted not in names:
        yield Problem(path, f"no selected pod has a port named {wanted!r}", did_you_mean(wanted, sorted(names)), rule="port-unknown")


def _service(item: Item, cluster: Cluster) -> Iterator[Problem]:
    selector = mapping(item.spec.get("selector"))
    if not selector or not cluster.has_pods(item):
        return
    chosen = cluster.selected({"matchLabels": selector}, item)
    if not chosen:
        if not cluster.is_elsewhere({"matchLabels": selector}):
            yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    names, _ = _ports_of(chosen, cluster)
    for port, place in items(item.spec, "ports", "spec"):
        if isinstance(port.get("targetPort"), str):
            yield from _port_names(port["targetPort"], names, child(place, "targetPort"))


_SERVING: Final = (ROLE, MODEL, SERVING)
"""Labels of pods that serve models."""


def _pool(item: Item, cluster: Cluster) -> Iterator[Problem]:
    yield from cluster.missing("Service", text(at(item.spec, "endpointPickerRef", "name")), "spec.endpointPickerRef.name", item)
    selector = mapping(item.spec.get("selector"))
    if not selector or not cluster.has_pods(item):
        return
    chosen = cluster.selected(selector, item)
    if not chosen:
        # a router may be written without the servers it is for, but not with servers of models and for others
        if not cluster.is_elsewhere(selector) or cluster.has_labels(_SERVING):
            yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    _, numbers = _ports_of(chosen, cluster)
    for port, place in items(item.spec, "targetPorts", "spec"):
        number = port.get("number")
        if isinstance(number, int) and numbers and number not in numbers:
            listed = ", ".join(map(str, sorted(numbers)))
            shown = f"no selected pod has the port {number}"
            yield Problem(child(place, "number"), shown, f"their ports are {listed}", rule="port-unknown", severity="warning")


def _pod_monitor(item: Item, cluster: Cluster) -> Iterator[Problem]:
    selector = mapping(item.spec.get("selector"))
    if at(item.spec, "namespaceSelector") or not (selector.get("matchLabels") or selector.get("matchExpressions")) or not cluster.has_pods(item):
        return
    chosen = cluster.selected(selector, item)
    if not chosen:
        if not cluster.is_elsewhere(selector):
            yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    names, _ = _ports_of(chosen, cluster)
    for endpoint, place in items(item.spec, "podMetricsEndpoints", "spec"):
        yield from _port_names(text(endpoint.get("port")), names, child(place, "port"))


def _service_monitor(item: Item, cluster: Cluster) -> Iterator[Problem]:
    selector = mapping(item.spec.get("selector"))
    elsewhere = at(item.spec, "namespaceSelector") and at(item.spec, "namespaceSelector", "matchNames") != [item.namespace]
    if elsewhere or not cluster.has("Service", item) or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        return
    chosen = cluster.services(selector, item)
    if not chosen:
        if not cluster.is_elsewhere(selector, services=True):
            yield _nothing("spec.selector", "Service", "error" if cluster.complete else "warning")
        return
    names = {text(mapping(port).get("name")) for service in chosen for port in sequence(service.spec.get("ports"))}
    for endpoint, place in items(item.spec, "endpoints", "spec"):
        wanted = text(endpoint.get("port"))
        if wanted and wanted not in names:
            shown = f"no selected Service has a port named {wanted!r}"
            yield Problem(child(place, "port"), shown, did_you_mean(wanted, sorted(names)), rule="port-unknown")


def _route(item: Item, cluster: Cluster) -> Iterator[Problem]:
    for rule, rule_path in items(item.spec, "rules", "spec"):
        for backend, place in items(rule, "backendRefs", rule_path):
            kind = text(backend.get("kind")) or "Service"
            if kind in {"Service", "InferencePool"} and not backend.get("namespace"):
                yield from cluster.missing(kind, text(backend.get("name")), child(place, "name"), item)
    for parent, place in items(item.spec, "parentRefs", "spec"):
        if not parent.get("namespace"):
            yield from cluster.missing("Gateway", text(parent.get("name")), child(place, "name"), item)


def _scaler(item: Item, cluster: Cluster) -> Iterator[Problem]:
    target = mapping(item.spec.get("scaleTargetRef"))
    kind = text(target.get("kind")) or "Deployment"
    if kind != "DisaggregatedSetRoleScaler":  # the controller of the set makes it; see `constructs_dra.checks.scalers`
        yield from cluster.missing(kind, text(target.get("name")), "spec.scaleTargetRef.name", item)


def _binding(item: Item, cluster: Cluster) -> Iterator[Problem]:
    role = mapping(item.value.get("roleRef"))
    if role.get("kind") == "Role":
        yield from cluster.missing("Role", text(role.get("name")), "roleRef.name", item)
    for subject, place in items(item.value, "subjects", ""):
        if subject.get("kind") == "ServiceAccount" and text(subject.get("namespace")) in {"", item.namespace}:
            yield from cluster.missing("ServiceAccount", text(subject.get("name")), child(place, "name"), item)


_CHECKS: dict[str, Callable[[Item, Cluster], Iterator[Problem]]] = {
    "Service": _service,
    "InferencePool": _pool,
    "PodMonitor": _pod_monitor,
    "ServiceMonitor": _service_monitor,
    "HTTPRoute": _route,
    "HorizontalPodAutoscaler": _scaler,
    "ScaledObject": _scaler,
    "RoleBinding": _binding,
}
