"""What objects say about each other: claims of pods, things named twice, backends, accounts, volumes, selectors that fit nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from constructs_dra.checks.collect import Item
from constructs_dra.checks.lookup import Cluster
from constructs_dra.errors import Problem, Severity, did_you_mean
from constructs_dra.kubernetes.kinds import pod_templates
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
    for item in cluster.objects:
        for template, path in pod_templates(item.value):
            spec_path = f"{path}.spec" if path else "spec"
            for problem in (*_claims(item, template, spec_path, cluster, used), *_pod_references(item, template, spec_path, cluster)):
                yield item.placed(problem)
        if check := _CHECKS.get(item.kind):
            yield from map(item.placed, check(item, cluster))
    if any(True for item in cluster.objects for _ in pod_templates(item.value)):
        yield from _unused(cluster, used)


def _channels(cluster: Cluster, user: Item) -> list[str]:
    """Claim templates that NVIDIA's controller makes for the ComputeDomains here."""
    near = cluster.near("ComputeDomain", user)
    return cluster.once(user, "channels", lambda: [text(at(domain.spec, "channel", "resourceClaimTemplate", "name")) for domain in near])


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
            elif kind != "ResourceClaimTemplate" or name not in _channels(cluster, item):
                yield from cluster.missing(kind, name, child(place, key), item, always="warning")
    for key in ("initContainers", "containers"):
        for container, container_path in items(spec, key, path):
            for taken, place in items(container.get("resources"), "claims", f"{container_path}.resources"):
                target = found.get(text(taken.get("name")))
                request = text(taken.get("request"))
                if target is None or not request:
                    continue
                known = _request_names(target)
                if request not in known:
                    shown = f"{target.title} has no request {request!r}"
                    yield Problem(child(place, "request"), shown, did_you_mean(request, known), rule="reference")


def _request_names(claim: Item) -> list[str]:
    inner = mapping(claim.spec.get("spec")) if claim.kind == "ResourceClaimTemplate" else claim.spec
    return [text(mapping(request).get("name")) for request in sequence(at(inner, "devices", "requests"))]


def _unused(cluster: Cluster, used: set[tuple[str, int]]) -> Iterator[Problem]:
    for item in cluster.of("ResourceClaimTemplate", "ResourceClaim"):
        if item.group == "resource.k8s.io" and item.name and (item.kind, id(item.value)) not in used and not item.value.get("status"):
            owned = at(item.value, "metadata", "ownerReferences")
            if not owned:
                hint = "name it under a pod's resourceClaims, or leave it out"
                yield item.placed(Problem("metadata.name", "no pod here uses it", hint, rule="claim-unused", severity="warning"))


_VOLUME_REFERENCES = (
    ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
    ("configMap", "name", "ConfigMap"),
    ("secret", "secretName", "Secret"),
)
_ENV_REFERENCES = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))
_ENV_FROM_REFERENCES = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))


def _pod_references(item: Item, template: dict[str, Any], path: str, cluster: Cluster) -> Iterator[Problem]:
    spec = mapping(template.get("spec"))
    account = text(spec.get("serviceAccountName"))
    if account != "default":
        yield from cluster.missing("ServiceAccount", account, child(path, "serviceAccountName"), item)
    for volume, place in items(spec, "volumes", path):
        for key, name, kind in _VOLUME_REFERENCES:
            source = mapping(volume.get(key))
            if source.get("optional") is not True:
                yield from cluster.missing(kind, text(source.get(name)), f"{place}.{key}.{name}", item)
    for container_key in ("initContainers", "containers"):
        for container, place in items(spec, container_key, path):
            for variable, where in items(container, "env", place):
                for key, kind in _ENV_REFERENCES:
                    source = mapping(at(variable, "valueFrom", key))
                    if source.get("optional") is not True:
                        yield from cluster.missing(kind, text(source.get("name")), f"{where}.valueFrom.{key}.name", item)
            for source_from, where in items(container, "envFrom", place):
                for key, kind in _ENV_FROM_REFERENCES:
                    source = mapping(source_from.get(key))
                    if source.get("optional") is not True:
                        yield from cluster.missing(kind, text(source.get("name")), f"{where}.{key}.name", item)


def _nothing(path: str, what: str, severity: Severity) -> Problem:
    return Problem(path, f"selects no {what} here", "compare its labels with those of the pods", rule="selects-nothing", severity=severity)


def _port_names(wanted: str, names: Collection[str], path: str) -> Iterator[Problem]:
    if wanted and wanted not in names:
        yield Problem(path, f"no selected pod has a port named {wanted!r}", did_you_mean(wanted, sorted(names)), rule="port-unknown")


def _service(item: Item, cluster: Cluster) -> Iterator[Problem]:
    selector = mapping(item.spec.get("selector"))
    if not selector or not cluster.has_pods(item):
        return
    if not cluster.selected({"matchLabels": selector}, item):
        yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    names, _ = cluster.ports({"matchLabels": selector}, item)
    for port, place in items(item.spec, "ports", "spec"):
        if isinstance(port.get("targetPort"), str):
            yield from _port_names(port["targetPort"], names, child(place, "targetPort"))


def _pool(item: Item, cluster: Cluster) -> Iterator[Problem]:
    yield from cluster.missing("Service", text(at(item.spec, "endpointPickerRef", "name")), "spec.endpointPickerRef.name", item)
    selector = mapping(item.spec.get("selector"))
    if not selector or not cluster.has_pods(item):
        return
    if not cluster.selected(selector, item):
        yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    _, numbers = cluster.ports(selector, item)
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
    if not cluster.selected(selector, item):
        yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    names, _ = cluster.ports(selector, item)
    for endpoint, place in items(item.spec, "podMetricsEndpoints", "spec"):
        yield from _port_names(text(endpoint.get("port")), names, child(place, "port"))


def _service_monitor(item: Item, cluster: Cluster) -> Iterator[Problem]:
    services = cluster.near("Service", item)
    selector = mapping(item.spec.get("selector"))
    elsewhere = at(item.spec, "namespaceSelector") and at(item.spec, "namespaceSelector", "matchNames") != [item.namespace]
    if not services or elsewhere or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        return
    if not cluster.labelled("Service", selector, item):
        yield _nothing("spec.selector", "Service", "error" if cluster.complete else "warning")
        return
    names = cluster.service_ports(selector, item)
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
