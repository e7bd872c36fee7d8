"""Rules of roles and their bindings."""

from collections.abc import Callable
from typing import Any

from constructs_dra.kubernetes.metadata import path_segment_problem
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_GROUP = "rbac.authorization.k8s.io"


def _role(manifest: dict[str, Any], rules: Rules) -> None:
    wide = manifest.get("kind") == "ClusterRole"
    for rule, place in items(manifest, "rules", ""):
        if not rule.get("verbs"):
            rules.problems.add(child(place, "verbs"), "must hold at least one verb", rule="required")
        resources = [key for key in ("apiGroups", "resources", "resourceNames") if rule.get(key)]
        if rule.get("nonResourceURLs"):
            if not wide:
                rules.value(child(place, "nonResourceURLs"), "must be absent in a Role", "only a ClusterRole grants them")
            if resources:
                rules.value(child(place, "nonResourceURLs"), f"must be absent beside {' and '.join(resources)}", "make two rules of it")
            continue
        for key in ("apiGroups", "resources"):
            if not rule.get(key):
                rules.problems.add(child(place, key), "is missing", rule="required")
    if isinstance(manifest.get("aggregationRule"), dict):
        rules.missing(manifest["aggregationRule"], "aggregationRule", "clusterRoleSelectors")
    for index, selector in enumerate(mapping(manifest.get("aggregationRule")).get("clusterRoleSelectors") or ()):
        rules.label_selector(selector, f"aggregationRule.clusterRoleSelectors[{index}]")


def _role_binding(manifest: dict[str, Any], rules: Rules) -> None:
    wide = manifest.get("kind") == "ClusterRoleBinding"
    reference = mapping(manifest.get("roleRef"))
    if "roleRef" in manifest:
        rules.word(reference, "apiGroup", (_GROUP,), "roleRef")
        rules.word(reference, "kind", ("ClusterRole",) if wide else ("Role", "ClusterRole"), "roleRef", empty=False)
        rules.needed(reference, "roleRef", "name")
        if (name := text(reference.get("name"))) and (fault := path_segment_problem(name)):
            rules.problems.add("roleRef.name", f"{name!r} {fault}", rule="name")
    for subject, place in items(manifest, "subjects", ""):
        rules.word(subject, "kind", ("ServiceAccount", "User", "Group"), place, empty=False)
        rules.needed(subject, place, "name")
        if subject.get("kind") == "ServiceAccount":
            rules.name(subject, "name", names.dns_subdomain_problem, place)
            rules.word(subject, "apiGroup", ("",), place)
            if not subject.get("namespace") and wide:
                rules.problems.add(child(place, "namespace"), "is missing", "a service account lives in a namespace", rule="required")
        elif text(subject.get("kind")) in {"User", "Group"}:
            rules.word(subject, "apiGroup", (_GROUP,), place)
            if subject.get("namespace"):
                rules.problems.add(child(place, "namespace"), f"a {subject['kind']} has none", rule="value")


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {
    "Role": _role,
    "ClusterRole": _role,
    "RoleBinding": _role_binding,
    "ClusterRoleBinding": _role_binding,
}
"""The check of each kind of this file."""
