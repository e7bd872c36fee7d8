"""Rules of what extends the API: CustomResourceDefinitions and APIServices."""

from collections.abc import Callable
from typing import Any

from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, sequence, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_PROTECTED = ("k8s.io", "kubernetes.io")
_APPROVED = "api-approved.kubernetes.io"
_COLUMN_TYPES = ("integer", "number", "string", "boolean", "date")
_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_DEEPEST = 80


def _definition(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    group, plural, name = text(spec.get("group")), text(at(spec, "names", "plural")), text(at(manifest, "metadata", "name"))
    if fault := names.dns_subdomain_problem(group) or ("" if "." in group else "must be a domain of two parts at least"):
        rules.problems.add("spec.group", f"{group!r} {fault}", rule="name")
    if group and plural and name and name != f"{plural}.{group}":
        rules.problems.add("metadata.name", f"{name!r} must be '{plural}.{group}'", "spec.names.plural and spec.group make the name", rule="name")
    protected = group in _PROTECTED or group.endswith(tuple(f".{domain}" for domain in _PROTECTED))
    if protected and not at(manifest, "metadata", "annotations", _APPROVED):
        place = f"metadata.annotations['{_APPROVED}']"
        rules.problems.add(place, "is missing", f"groups of {' and '.join(_PROTECTED)} need the address of their approval", rule="required")
    rules.word(spec, "scope", ("Cluster", "Namespaced"), "spec", required=True)
    _check_names(mapping(spec.get("names")), rules)
    _check_versions(spec, rules)


def _check_names(given: dict[str, Any], rules: Rules) -> None:
    place = "spec.names"
    for key in ("plural", "singular"):
        rules.name(given, key, names.dns1035_label_problem, place, required=key == "plural")
    for key in ("kind", "listKind"):
        value = text(given.get(key))
        if (value or key == "kind") and (fault := names.dns1035_label_problem(value.lower())):
            rules.problems.add(child(place, key), f"{value!r} {fault}", rule="name")
    if given.get("kind") and given.get("kind") == given.get("listKind"):
        rules.value(child(place, "listKind"), "must not be the same as kind")
    for key in ("shortNames", "categories"):
        rules.texts(given, key, place, names.dns1035_label_problem)


def _check_versions(spec: dict[str, Any], rules: Rules) -> None:
    rules.unique(spec, "versions", "spec")
    stored = [version for version, _ in items(spec, "versions", "spec") if version.get("storage") is True]
    if len(stored) != 1:
        rules.value("spec.versions", "must have exactly one version with storage: true")
    for version, place in items(spec, "versions", "spec"):
        rules.name(version, "name", names.dns1035_label_problem, place, required=True)
        schema, where = at(version, "schema", "openAPIV3Schema"), f"{place}.schema.openAPIV3Schema"
        if schema is None:
            rules.problems.add(where, "is missing", "each version says what its objects look like", rule="required")
        elif isinstance(schema, dict):
            if schema.get("type") != "object":
                rules.value(child(where, "type"), "must be object at the root")
            _check_schema(schema, where, rules, 0)
        for column, column_place in items(version, "additionalPrinterColumns", place):
            rules.needed(column, column_place, "name", "jsonPath")
            rules.word(column, "type", _COLUMN_TYPES, column_place, required=True)
            if text(column.get("jsonPath")) and not column["jsonPath"].startswith("."):
                rules.value(child(column_place, "jsonPath"), "must begin with '.'")
        scale, scale_place = at(version, "subresources", "scale"), f"{place}.subresources.scale"
        if isinstance(scale, dict):
            for key, under in (
                ("specReplicasPath", (".spec.",)),
                ("statusReplicasPath", (".status.",)),
                ("labelSelectorPath", (".spec.", ".status.")),
            ):
                value = text(scale.get(key))
                if not value.startswith(under) and (value or key != "labelSelectorPath"):
                    rules.value(child(scale_place, key), f"{value!r} must begin with {' or '.join(under)}")


def _check_schema(schema: dict[str, Any], path: str, rules: Rules, depth: int) -> None:
    """A structural schema: every field says its type."""
    free = schema.get("x-kubernetes-int-or-string") is True or schema.get("x-kubernetes-preserve-unknown-fields") is True
    if "type" in schema:
        rules.word(schema, "type", _TYPES, path, empty=False)
    elif not free:
        rules.problems.add(child(path, "type"), "is missing", "a structural schema names the type of every field", rule="required")
    if schema.get("type") == "array" and schema.get("items") is None:
        rules.problems.add(child(path, "items"), "is missing", "an array says what its entries are", rule="required")
    if sequence(schema.get("x-kubernetes-list-map-keys")) and schema.get("x-kubernetes-list-type") != "map":
        rules.value(child(path, "x-kubernetes-list-map-keys"), "needs x-kubernetes-list-type: map")
    if depth > _DEEPEST:
        return
    for _, inner, place in pairs(schema, "properties", path):
        if isinstance(inner, dict):
            _check_schema(inner, place, rules, depth + 1)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            _check_schema(schema[key], child(path, key), rules, depth + 1)


def _api_service(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    group, version, name = text(spec.get("group")), text(spec.get("version")), text(at(manifest, "metadata", "name"))
    if name and name != f"{version}.{group}":
        rules.problems.add("metadata.name", f"{name!r} must be '{version}.{group}'", "spec.version and spec.group make the name", rule="name")
    rules.name(spec, "group", names.dns_subdomain_problem, "spec")
    if fault := names.dns1035_label_problem(version):
        rules.problems.add("spec.version", f"{version!r} {fault}", rule="name")
    rules.number(spec, "groupPriorityMinimum", "spec", low=1, high=20_000)
    rules.number(spec, "versionPriority", "spec", low=1, high=1_000)
    service = spec.get("service")
    if isinstance(service, dict):
        rules.missing(service, "spec.service", "namespace", "name")
        rules.number(service, "port", "spec.service", low=1, high=65535)
        if spec.get("insecureSkipTLSVerify") is True and spec.get("caBundle"):
            rules.value("spec.insecureSkipTLSVerify", "must not be true beside a caBundle")
    else:
        for key in ("caBundle", "insecureSkipTLSVerify"):
            if spec.get(key):
                rules.value(f"spec.{key}", "must be absent where there is no service")


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {"APIService": _api_service, "CustomResourceDefinition": _definition}
"""The check of each kind of this file."""
