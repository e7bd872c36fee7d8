"""Rules of ConfigMaps, Secrets and small objects around them."""

import base64
import json
from collections.abc import Callable
from typing import Any

from constructs_dra.kubernetes.metadata import check_labels
from constructs_dra.kubernetes.objects.resources import check_overhead
from constructs_dra.kubernetes.objects.scheduling import check_toleration
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_MAX_DATA = 1024 * 1024
_SECRET_KEYS = {
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_JSON_KEYS = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
_ACCOUNT_ANNOTATION = "kubernetes.io/service-account.name"
_HIGHEST_PRIORITY = 1_000_000_000


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
    kind = text(manifest.get("type"))
    for key in _SECRET_KEYS.get(kind, ()):
        if key not in given:
            rules.problems.add(f"data['{key}']", "is missing", f"a secret of type {kind} needs it", rule="required")
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & given:
        rules.problems.add("data", "holds neither username nor password", f"a secret of type {kind} needs one of them", rule="required")
    if kind == "kubernetes.io/service-account-token" and not at(manifest, "metadata", "annotations", _ACCOUNT_ANNOTATION):
        rules.problems.add(f"metadata.annotations[{_ACCOUNT_ANNOTATION!r}]", "is missing", f"a secret of type {kind} needs it", rule="required")
    file = _JSON_KEYS.get(kind)
    if file in given and not _holds_json(manifest, file):
        home = "stringData" if file in mapping(manifest.get("stringData")) else "data"
        rules.value(f"{home}['{file}']", "is not a JSON object")


def _holds_json(manifest: dict[str, Any], key: str) -> bool:
    plain = mapping(manifest.get("stringData")).get(key)
    value = mapping(manifest.get("data")).get(key) if plain is None else plain
    if not isinstance(value, str):
        return True  # the schema check reports it
    try:
        content = json.loads(value if plain is not None else base64.b64decode(value))
    except (ValueError, RecursionError):
        return False
    return content is None or isinstance(content, dict)


def _priority_class(manifest: dict[str, Any], rules: Rules) -> None:
    rules.word(manifest, "preemptionPolicy", ("PreemptLowerPriority", "Never"), "", empty=False)
    name, value = text(at(manifest, "metadata", "name")), whole(manifest.get("value"))
    if name.startswith("system-") and name not in {"system-node-critical", "system-cluster-critical"}:
        rules.problems.add("metadata.name", f"{name!r} must not start with 'system-'", "such classes are Kubernetes' own", rule="name")
    if value is not None and value > _HIGHEST_PRIORITY and not name.startswith("system-"):
        rules.value("value", f"{value:,} must be at most {_HIGHEST_PRIORITY:,}; more is for Kubernetes' own classes")


def _runtime_class(manifest: dict[str, Any], rules: Rules) -> None:
    rules.name(manifest, "handler", names.dns_label_problem, "", required=True)
    scheduling, place = mapping(manifest.get("scheduling")), "scheduling"
    check_labels(scheduling, place, rules.problems, key="nodeSelector")
    tolerations = sequence(scheduling.get("tolerations"))
    for index, (toleration, where) in enumerate(items(scheduling, "tolerations", place)):
        check_toleration(toleration, where, rules)
        if toleration in tolerations[:index]:
            rules.problems.add(where, "repeats an earlier one", "leave one out", rule="duplicate")
    check_overhead(mapping(manifest.get("overhead")), "overhead", rules, "podFixed")


def _lease(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.number(spec, "leaseDurationSeconds", "spec", low=1)
    rules.number(spec, "leaseTransitions", "spec")


def _namespace(manifest: dict[str, Any], rules: Rules) -> None:
    for index, finalizer in enumerate(mapping(manifest.get("spec")).get("finalizers") or ()):
        name = text(finalizer)
        if fault := names.qualified_name_problem(name) or ("" if "/" in name or name == "kubernetes" else "needs a domain, like 'example.com/name'"):
            rules.problems.add(child("spec.finalizers", index), f"{name!r} {fault}", rule="name")


def _monitor(manifest: dict[str, Any], rules: Rules) -> None:
    rules.unread_selector(at(manifest, "spec", "selector"), "spec.selector")


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {
    "ConfigMap": _config_map,
    "Secret": _secret,
    "PriorityClass": _priority_class,
    "Namespace": _namespace,
    "RuntimeClass": _runtime_class,
    "Lease": _lease,
    "PodMonitor": _monitor,
    "ServiceMonitor": _monitor,
}
"""The check of each kind of this file."""
