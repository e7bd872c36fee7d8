"""Rules of storage: claims to volumes, wherever they are written, and classes."""

from collections.abc import Callable
from typing import Any

from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, sequence, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS", "VOLUME_MODES", "check_access_modes", "check_claim_spec"]

_ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
VOLUME_MODES = ("Filesystem", "Block")
"""How a volume appears in a container."""

_SNAPSHOT = ("snapshot.storage.k8s.io", "VolumeSnapshot")
_CLAIM = ("", "PersistentVolumeClaim")


def check_access_modes(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """How many nodes or pods may use a volume at once."""
    rules.missing(spec, path, "accessModes")
    rules.words(spec, "accessModes", _ACCESS_MODES, path)
    modes = sequence(spec.get("accessModes"))
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        rules.value(child(path, "accessModes"), "ReadWriteOncePod allows no other mode beside it")


def check_claim_spec(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """The spec of a PersistentVolumeClaim, or of a template of one.

    Args:
        spec: The spec.
        path: Its place.
        rules: Takes the problems.
    """
    check_access_modes(spec, path, rules)
    rules.word(spec, "volumeMode", VOLUME_MODES, path, empty=False)
    rules.name(spec, "storageClassName", names.dns_subdomain_problem, path)
    rules.name(spec, "volumeAttributesClassName", names.dns_subdomain_problem, path)
    rules.label_selector(spec.get("selector"), child(path, "selector"))
    storage, place = at(spec, "resources", "requests", "storage"), f"{path}.resources.requests"
    if storage is None:
        rules.problems.add(child(place, "storage"), "is missing", "say how much storage is needed", rule="required")
    else:
        rules.quantity(mapping(at(spec, "resources", "requests")), "storage", place, positive=True)
    _check_source(spec, path, rules)


def _check_source(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """`dataSource`, of which the API server drops what is neither a claim nor a snapshot, and `dataSourceRef`, which may be anything."""
    old = mapping(spec.get("dataSource"))
    if (text(old.get("apiGroup")), text(old.get("kind"))) in {_CLAIM, _SNAPSHOT}:
        rules.missing(old, child(path, "dataSource"), "name")
    elif old and spec.get("dataSourceRef") is None:
        kind = text(old.get("kind")) or "nothing"
        shown = f"names {kind}, which the API server drops"
        rules.problems.add(child(path, "dataSource"), shown, "sources of other kinds belong into dataSourceRef", rule="strict-data-source")
    new = spec.get("dataSourceRef")
    if isinstance(new, dict):
        place = child(path, "dataSourceRef")
        rules.missing(new, place, "kind", "name")
        if not new.get("apiGroup") and text(new.get("kind")) not in {"", "PersistentVolumeClaim"}:
            rules.value(child(place, "kind"), "must be PersistentVolumeClaim where no apiGroup is given")
        rules.name(new, "namespace", names.dns_label_problem, place)
        if old and {key: old.get(key) or None for key in ("apiGroup", "kind", "name")} != {
            key: new.get(key) or None for key in ("apiGroup", "kind", "name")
        }:
            rules.value(child(path, "dataSource"), "must be the same as dataSourceRef where both are given")


def _claim(manifest: dict[str, Any], rules: Rules) -> None:
    check_claim_spec(mapping(manifest.get("spec")), "spec", rules)


def _class(manifest: dict[str, Any], rules: Rules) -> None:
    rules.missing(manifest, "", "provisioner")
    provisioner = text(manifest.get("provisioner"))
    if provisioner and (fault := names.qualified_name_problem(provisioner.lower())):
        rules.problems.add("provisioner", f"{provisioner!r} {fault}", rule="name")
    rules.word(manifest, "reclaimPolicy", ("Delete", "Retain"), "", empty=False)
    rules.word(manifest, "volumeBindingMode", ("Immediate", "WaitForFirstConsumer"), "", empty=False)
    size = 0
    for name, value, place in pairs(manifest, "parameters", ""):
        if not name:
            rules.value(place, "must not have an empty name")
        size += len(name) + len(text(value))
    if size > 256 * 1024:
        rules.problems.add("parameters", f"hold {size:,} bytes; at most {256 * 1024:,} are allowed", rule="too-long")
    rules.at_most(manifest.get("parameters"), 512, "parameters")
    terms = sequence(manifest.get("allowedTopologies"))
    for index, (term, place) in enumerate(items(manifest, "allowedTopologies", "")):
        if term in terms[:index]:
            rules.problems.add(place, "repeats an earlier one", "leave one out", rule="duplicate")
        rules.unique(term, "matchLabelExpressions", place, "key")
        for expression, where in items(term, "matchLabelExpressions", place):
            rules.name(expression, "key", names.label_key_problem, where, required=True)
            rules.missing(expression, where, "values")
            rules.distinct(expression, "values", where)


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {
    "PersistentVolumeClaim": _claim,
    "StorageClass": _class,
}
"""The check of each kind of this file."""
