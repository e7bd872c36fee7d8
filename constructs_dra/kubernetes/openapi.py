"""Check values against the OpenAPI v3 schemas of CustomResourceDefinitions: unknown fields, types, limits, patterns, alternatives, CEL rules.

As in the API server, rules (`x-kubernetes-validations`) are looked at once everything else is right, with the schema's defaults in place.
"""

from collections.abc import Iterator
from typing import Any

from constructs_dra.errors import Problem, Problems, did_you_mean
from constructs_dra.kubernetes.words import TYPE_NAMES, fits, met, too_many, type_hint
from constructs_dra.lexical.regex import RegexError, compile_regex
from constructs_dra.paths import child

__all__ = ["check_openapi", "has_keyword", "with_defaults"]

_LIMITS = frozenset({
    "enum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum",
})  # fmt: skip
_ALTERNATIVES = frozenset({"allOf", "anyOf", "oneOf", "not"})
_LETTERS = {"string": "s", "boolean": "b", "integer": "l", "number": "n", "array": "[", "object": "{"}


def check_openapi(value: Any, schema: dict[str, Any], path: str = "") -> list[Problem]:
    """All that is wrong with a value, by one structural schema.

    Args:
        value: JSON-like.
        schema: As a CustomResourceDefinition has it under `openAPIV3Schema`.
        path: Place of the value.
    """
    problems = Problems()
    _check(value, schema, path, problems)
    if not problems and has_keyword(schema, "x-kubernetes-validations"):
        _check_rules(with_defaults(value, schema), schema, path, problems)
    return list(problems)


def with_defaults(value: Any, schema: dict[str, Any], *, but: frozenset[str] = frozenset()) -> Any:
    """A value with what its schema gives to fields that are left out, those named in `but` excepted; nulls are left out too."""
    if isinstance(value, list):
        items = schema.get("items", {})
        return [with_defaults(item, items, but=but) for item in value]
    if not isinstance(value, dict):
        return value
    properties: dict[str, Any] = schema.get("properties", {})
    additional = schema.get("additionalProperties")
    other = additional if isinstance(additional, dict) else {}
    result = {key: with_defaults(item, properties.get(key, other), but=but) for key, item in value.items() if item is not None}
    for key, inner in properties.items():
        if key not in result and "default" in inner and key not in but:
            result[key] = with_defaults(inner["default"], inner, but=but)
    return result


_having: dict[tuple[int, str], tuple[dict[str, Any], bool]] = {}
"""Schemas that were looked through for a keyword, by identity, each kept here so that no other takes its place."""

_MOST_KEPT = 20_000


def has_keyword(schema: dict[str, Any], keyword: str) -> bool:
    """Whether a keyword stands in a schema, or deeper in it."""
    if not schema:
        return False
    known = _having.get((id(schema), keyword))
    if known is not None:
        return known[1]
    inner = [*schema.get("properties", {}).values(), schema.get("additionalProperties"), schema.get("items")]
    found = schema.get(keyword) not in (None, []) or any(has_keyword(each, keyword) for each in inner if isinstance(each, dict))
    if len(_having) > _MOST_KEPT:
        _having.clear()
    _having[id(schema), keyword] = (schema, found)
    return found


def _check_rules(value: Any, schema: dict[str, Any], path: str, problems: Problems) -> None:
    rules = schema.get("x-kubernetes-validations", ())
    if rules:
        from constructs_dra.cel.custom_rules import breaks_rule  # noqa: PLC0415  (few kinds have rules)

        for rule in rules:
            if breaks_rule(rule["rule"], value):
                message = rule.get("message") or f"does not hold: {rule['rule'].strip()}"
                problems.add(f"{path}{rule.get('fieldPath', '')}" if path else rule.get("fieldPath", "").lstrip("."), message, rule="schema-rule")
    if isinstance(value, dict):
        properties: dict[str, Any] = schema.get("properties", {})
        additional = schema.get("additionalProperties")
        for key, item in value.items():
            inner = properties.get(key, additional)
            if isinstance(inner, dict) and has_keyword(inner, "x-kubernetes-validations"):
                _check_rules(item, inner, child(path, key), problems)
    elif isinstance(value, list) and has_keyword(schema.get("items", {}), "x-kubernetes-validations"):
        for index, item in enumerate(value):
            _check_rules(item, schema.get("items", {}), child(path, index), problems)


def _letter(schema: dict[str, Any]) -> str:
    if schema.get("x-kubernetes-int-or-string"):
        return "x"
    letter = _LETTERS.get(schema.get("type", ""), "*")
    if "format" not in schema:
        return letter
    if schema["format"] == "int32":
        return "i"
    return {"date-time": "t", "byte": "y"}.get(schema.get("format", ""), letter) if letter == "s" else letter


def _check(value: Any, schema: dict[str, Any], path: str, problems: Problems) -> None:
    if value is None:
        return
    letter = _letter(schema)
    if letter in "[{":
        if not isinstance(value, list if letter == "[" else dict):
            problems.add(path, f"must be {TYPE_NAMES[letter]}, not {met(value)}", type_hint(value, letter), rule="wrong-type")
            return
    elif not (fits(value, letter) or (letter == "x" and type(value) is int)):  # unlike built-in kinds, custom resources hold any whole number there
        problems.add(path, f"must be {TYPE_NAMES[letter]}, not {met(value)}", type_hint(value, letter), rule="wrong-type")
        return
    if not _LIMITS.isdisjoint(schema):
        for fault, hint in _limits(value, schema):
            problems.add(path, fault, hint, rule="schema")
    if isinstance(value, dict):
        _check_mapping(value, schema, path, problems)
    elif isinstance(value, list):
        items = schema.get("items", {})
        for index, item in enumerate(value):
            if item is None and "type" in items and not items.get("nullable"):
                # nulls of fields are dropped; those of lists stay
                problems.add(child(path, index), f"must be {TYPE_NAMES[_letter(items)]}, not {met(None)}", rule="wrong-type")
            _check(item, items, child(path, index), problems)
        _check_unique(value, schema, path, problems)
    if not _ALTERNATIVES.isdisjoint(schema):
        _check_alternatives(value, schema, path, problems)


def _check_mapping(value: dict[str, Any], schema: dict[str, Any], path: str, problems: Problems) -> None:
    properties: dict[str, Any] = schema.get("properties", {})
    additional = schema.get("additionalProperties")
    embedded = ("apiVersion", "kind", "metadata") if schema.get("x-kubernetes-embedded-resource") else ()
    # a schema without a type only adds limits to one that has the fields
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or additional is True or "type" not in schema
    for key, item in value.items():
        if key in properties:
            _check(item, properties[key], child(path, key), problems)
        elif isinstance(additional, dict):
            _check(item, additional, child(path, key), problems)
        elif not open_ended and key not in embedded:
            problems.add(child(path, key), f"there is no field {key!r} here", did_you_mean(key, properties), rule="unknown-field")
    for key in schema.get("required", ()):
        if value.get(key) is None and "default" not in properties.get(key, {}):
            problems.add(child(path, key), "is missing", rule="required")


def _check_unique(value: list[Any], schema: dict[str, Any], path: str, problems: Problems) -> None:
    kind = schema.get("x-kubernetes-list-type")
    if kind not in {"map", "set"}:
        return
    keys = schema.get("x-kubernetes-list-map-keys", ())
    defaults = schema.get("items", {}).get("properties", {})
    seen: set[str] = set()
    for index, item in enumerate(value):
        if kind == "map" and not isinstance(item, dict):
            continue
        identity = repr([item.get(key, defaults.get(key, {}).get("default")) for key in keys]) if kind == "map" else repr(item)
        if identity in seen:
            same = " and ".join(f"{key} {item.get(key)!r}" for key in keys) if kind == "map" else repr(item)
            problems.add(child(path, index), f"repeats {same} of an earlier entry", "leave one of the two out", rule="duplicate")
        seen.add(identity)


def _matches(pattern: str, value: str) -> bool:
    """Whether a value has a pattern, as Go reads it; yes, where that is not known."""
    try:
        return compile_regex(pattern).matches(value)
    except RegexError:
        return True


def _limits(value: Any, schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is not one of the allowed values", did_you_mean(value, map(str, schema["enum"]))
    if isinstance(value, str):
        size = len(value)
        if size < schema.get("minLength", 0):
            yield ("must not be empty" if not size else f"is {size} characters long; at least {schema['minLength']} are needed"), ""
        if size > schema.get("maxLength", size):
            yield f"is {size} characters long; at most {schema['maxLength']} are allowed", ""
        if (text := schema.get("pattern")) and not _matches(text, value):
            yield f"{value!r} does not match {text}", ""
    elif isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"has {len(value)} entries; at least {schema['minItems']} are needed", ""
        if len(value) > schema.get("maxItems", len(value)):
            yield too_many(len(value), schema["maxItems"]), ""
    elif isinstance(value, dict):
        if len(value) < schema.get("minProperties", 0):
            yield f"has {len(value)} entries; at least {schema['minProperties']} are needed", ""
        if len(value) > schema.get("maxProperties", len(value)):
            yield too_many(len(value), schema["maxProperties"]), ""
    elif not isinstance(value, bool):
        if value < schema.get("minimum", value):
            yield f"{value} is too small; at least {schema['minimum']} is needed", ""
        if value > schema.get("maximum", value):
            yield f"{value} is too large; at most {schema['maximum']} is allowed", ""


def _fails(value: Any, schema: dict[str, Any]) -> bool:
    return bool(check_openapi(value, schema))


def _check_alternatives(value: Any, schema: dict[str, Any], path: str, problems: Problems) -> None:
    for inner in schema.get("allOf", ()):
        _check(value, inner, path, problems)
    if schema.get("x-kubernetes-int-or-string"):
        return  # its anyOf only repeats that
    if "anyOf" in schema and all(_fails(value, inner) for inner in schema["anyOf"]):
        problems.add(path, f"fits none of what is allowed here: {_alternatives(schema['anyOf'])}", rule="schema")
    if "oneOf" in schema and (matching := sum(not _fails(value, inner) for inner in schema["oneOf"])) != 1:
        count = "none" if not matching else "more than one"
        problems.add(path, f"fits {count} of the alternatives, and exactly one is needed: {_alternatives(schema['oneOf'])}", rule="schema")
    if "not" in schema and not _fails(value, schema["not"]):
        problems.add(path, "has a value or a combination of fields that is not allowed", rule="schema")


def _alternatives(schemas: list[dict[str, Any]]) -> str:
    def words(schema: dict[str, Any]) -> str:
        if "required" in schema:
            return " with ".join(map(repr, schema["required"]))
        if "enum" in schema:
            return " or ".join(map(repr, schema["enum"]))
        return str(schema.get("type") or schema.get("format") or schema.get("pattern") or "another form")

    return "; ".join(map(words, schemas))
