"""Rules of the other objects around workloads: services, configuration, storage, scaling, access, routes."""

from collections.abc import Callable
from typing import Any

from constructs_dra.kubernetes.metadata import check_labels
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_MAX_DATA = 1024 * 1024
_ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_SECRET_KEYS = {
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


def _service(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    kind = text(spec.get("type")) or "ClusterIP"
    rules.word(spec, "type", ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"), "spec")
    rules.word(spec, "sessionAffinity", ("None", "ClientIP"), "spec")
    check_labels(spec, "spec", rules.problems, key="selector")
    ports = sequence(spec.get("ports"))
    if kind == "ExternalName":
        rules.missing(spec, "spec", "externalName")
    elif not ports and spec.get("clusterIP") != "None":
        rules.missing(spec, "spec", "ports")
    seen: set[tuple[int | None, str]] = set()
    for port, place in items(spec, "ports", "spec"):
        if len(ports) > 1 and not port.get("name"):
            rules.problems.add(child(place, "name"), "is missing", "name each port where there are several", rule="required")
        rules.name(port, "name", names.dns_label_problem, place)
        rules.number(port, "port", place, low=1, high=65535)
        rules.number(port, "nodePort", place, low=0, high=65535)
        rules.port(port, "targetPort", place)
        rules.word(port, "protocol", ("TCP", "UDP", "SCTP"), place)
        entry = (whole(port.get("port")), text(port.get("protocol")) or "TCP")
        if entry in seen and entry[0] is not None:
            rules.problems.add(place, f"repeats port {entry[0]}/{entry[1]}", "leave one of the two out", rule="duplicate")
        seen.add(entry)
    rules.unique(spec, "ports", "spec")


def _check_data(manifest: dict[str, Any], rules: Rules, keys: tuple[str, ...]) -> None:
    size, seen = 0, set[str]()
    for key in keys:
        for name, value, place in pairs(manifest, key, ""):
            if fault := names.config_key_problem(name):
                rules.problems.add(place, f"the key {name!r} {fault}", rule="name")
            if name in seen and keys == ("data", "binaryData"):
                rules.problems.add(place, f"{name!r} is in data too", rule="duplicate")
            seen.add(name)
            size += len(text(value).encode(errors="replace"))
    if size > _MAX_DATA:
        rules.problems.add(keys[0], f"holds {size:,} bytes; at most {_MAX_DATA:,} are allowed", rule="too-long")


def _config_map(manifest: dict[str, Any], rules: Rules) -> None:
    _check_data(manifest, rules, ("data", "binaryData"))


def _secret(manifest: dict[str, Any], rules: Rules) -> None:
    _check_data(manifest, rules, ("data", "stringData"))
    given = {*mapping(manifest.get("data")), *mapping(manifest.get("stringData"))}
    for key in _SECRET_KEYS.get(text(manifest.get("type")), ()):
        if key not in given:
            rules.problems.add(f"data['{key}']", "is missing", f"a secret of type {manifest['type']} needs it", rule="required")


def _volume_claim(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.missing(spec, "spec", "accessModes")
    rules.words(spec, "accessModes", _ACCESS_MODES, "spec")
    rules.word(spec, "volumeMode", ("Filesystem", "Block"), "spec")
    storage = at(spec, "resources", "requests", "storage")
    if storage is None:
        rules.problems.add("spec.resources.requests.storage", "is missing", "say how much storage is needed", rule="required")
    elif isinstance(storage, str | int) and is_quantity(storage) and parse_quantity(storage) <= 0:
        rules.problems.add("spec.resources.requests.storage", f"{storage} must be greater than zero", rule="value")


def _autoscaler(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.number(spec, "maxReplicas", "spec", low=1)
    rules.number(spec, "minReplicas", "spec", low=0)
    low, high = whole(spec.get("minReplicas")), whole(spec.get("maxReplicas"))
    if low is not None and high is not None and high < low:
        rules.problems.add("spec.maxReplicas", f"{high} is less than minReplicas {low}", rule="value")
    rules.needed(mapping(spec.get("scaleTargetRef")), "spec.scaleTargetRef", "kind", "name")
    sources = {"Resource": "resource", "Pods": "pods", "Object": "object", "External": "external", "ContainerResource": "containerResource"}
    for metric, place in items(spec, "metrics", "spec"):
        rules.word(metric, "type", sources, place)
        wanted = sources.get(text(metric.get("type")))
        if wanted and metric.get(wanted) is None:
            rules.problems.add(child(place, wanted), "is missing", rule="required")


def _disruption_budget(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.one_of(spec, ("minAvailable", "maxUnavailable"), "spec", "limit", required=False)
    rules.label_selector(spec.get("selector"), "spec.selector")


def _role(manifest: dict[str, Any], rules: Rules) -> None:
    for rule, place in items(manifest, "rules", ""):
        if rule.get("verbs") == []:
            rules.problems.add(child(place, "verbs"), "must hold at least one verb", rule="required")
        if rule.get("nonResourceURLs"):
            continue
        for key in ("apiGroups", "resources"):
            if not rule.get(key):
                rules.problems.add(child(place, key), "is missing", rule="required")


def _role_binding(manifest: dict[str, Any], rules: Rules) -> None:
    rules.word(mapping(manifest.get("roleRef")), "kind", ("Role", "ClusterRole"), "roleRef")
    rules.needed(mapping(manifest.get("roleRef")), "roleRef", "name")
    for subject, place in items(manifest, "subjects", ""):
        rules.word(subject, "kind", ("ServiceAccount", "User", "Group"), place)
        rules.needed(subject, place, "name")
        if subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
            if manifest.get("kind") == "ClusterRoleBinding":
                rules.problems.add(child(place, "namespace"), "is missing", "a service account lives in a namespace", rule="required")
        elif text(subject.get("kind")) in {"User", "Group"} and subject.get("namespace"):
            rules.problems.add(child(place, "namespace"), f"a {subject['kind']} has none", rule="value")


def _ingress(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    if not spec.get("rules") and not spec.get("defaultBackend"):
        rules.problems.add("spec", "has neither rules nor a defaultBackend", rule="required")
    for rule, place in items(spec, "rules", "spec"):
        for route, where in items(rule.get("http"), "paths", child(place, "http")):
            rules.word(route, "pathType", ("Exact", "Prefix", "ImplementationSpecific"), where)
            path = text(route.get("path"))
            if text(route.get("pathType")) in {"Exact", "Prefix"} and not path.startswith("/"):
                rules.problems.add(child(where, "path"), f"{path!r} must start with '/'", rule="value")
            backend = mapping(route.get("backend"))
            rules.one_of(backend, ("service", "resource"), child(where, "backend"), "backend")
            if isinstance(service := backend.get("service"), dict):
                rules.one_of(mapping(service.get("port")), ("name", "number"), f"{where}.backend.service.port", "port")


def _network_policy(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.label_selector(spec.get("podSelector"), "spec.podSelector")
    rules.words(spec, "policyTypes", ("Ingress", "Egress"), "spec")


def _monitor(manifest: dict[str, Any], rules: Rules) -> None:
    rules.label_selector(at(manifest, "spec", "selector"), "spec.selector")


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {
    "Service": _service,
    "ConfigMap": _config_map,
    "Secret": _secret,
    "PersistentVolumeClaim": _volume_claim,
    "HorizontalPodAutoscaler": _autoscaler,
    "PodDisruptionBudget": _disruption_budget,
    "Role": _role,
    "ClusterRole": _role,
    "RoleBinding": _role_binding,
    "ClusterRoleBinding": _role_binding,
    "Ingress": _ingress,
    "NetworkPolicy": _network_policy,
    "PodMonitor": _monitor,
    "ServiceMonitor": _monitor,
}
"""The check of each kind beyond its schema and its metadata."""
