"""CustomResourceDefinitions as schemas: what a definition says about each of its versions, without what no check reads."""

from collections.abc import Iterable, Mapping
from typing import Any

from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text

__all__ = ["CustomSchemas", "custom_schemas", "trimmed"]

CustomSchemas = Mapping[str, dict[str, Any]]
"""OpenAPI schemas of custom resources by `group/version Kind`, each with the `scope` of its kind."""

_KEPT = {
    "type": str, "format": str, "pattern": str, "enum": list, "required": list, "minimum": int | float, "maximum": int | float, "minLength": int,
    "maxLength": int, "minItems": int, "maxItems": int, "minProperties": int, "maxProperties": int, "nullable": bool,
    "x-kubernetes-int-or-string": bool, "x-kubernetes-preserve-unknown-fields": bool, "x-kubernetes-embedded-resource": bool,
    "x-kubernetes-list-type": str, "x-kubernetes-list-map-keys": list, "default": object,
}  # fmt: skip
"""Keywords that checks read, by the type their values must have; others are dropped, and so are values of other types."""

_LISTS = ("allOf", "anyOf", "oneOf")
_RULE_KEPT = ("rule", "message", "fieldPath")
_DEEPEST = 80


def trimmed(schema: Any, depth: int = 0) -> dict[str, Any]:
    """An OpenAPI schema without what no check reads, and without what is not a schema."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return {}
    result = {key: value for key, value in schema.items() if key in _KEPT and isinstance(value, _KEPT[key])}
    for key in _LISTS:
        if parts := sequence(schema.get(key)):
            result[key] = [trimmed(part, depth + 1) for part in parts]
    for key in ("items", "not"):
        if isinstance(schema.get(key), dict):
            result[key] = trimmed(schema[key], depth + 1)
    additional = schema.get("additionalProperties")
    if isinstance(additional, bool | dict):
        result["additionalProperties"] = additional if isinstance(additional, bool) else trimmed(additional, depth + 1)
    rules = [
        {key: rule[key] for key in _RULE_KEPT if isinstance(rule.get(key), str)}
        for rule in map(mapping, sequence(schema.get("x-kubernetes-validations")))
        if isinstance(rule.get("rule"), str) and "oldSelf" not in rule["rule"]
    ]
    if rules:
        result["x-kubernetes-validations"] = rules
    if result.get("x-kubernetes-list-type") == "atomic":
        del result["x-kubernetes-list-type"]
    if isinstance(schema.get("properties"), dict):
        result["properties"] = {name: trimmed(inner, depth + 1) for name, inner in schema["properties"].items()}
    return result


def custom_schemas(definitions: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The schemas of CustomResourceDefinitions.

    Args:
        definitions: Objects; what is not a CustomResourceDefinition of `apiextensions.k8s.io/v1` is passed over.
    """
    found: dict[str, dict[str, Any]] = {}
    for definition in definitions:
        if at(definition, "kind") != "CustomResourceDefinition" or at(definition, "apiVersion") != "apiextensions.k8s.io/v1":
            continue
        spec = mapping(definition.get("spec"))
        group, kind = text(spec.get("group")), text(at(spec, "names", "kind"))
        for version, _ in items(spec, "versions", ""):
            schema = at(version, "schema", "openAPIV3Schema")
            if group and kind and version.get("served") is not False and isinstance(schema, dict):
                found[f"{group}/{text(version.get('name'))} {kind}"] = {**trimmed(schema), "scope": text(spec.get("scope"))}
    return found
