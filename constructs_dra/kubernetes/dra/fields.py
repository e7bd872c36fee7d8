"""What the objects of `resource.k8s.io` have in common: names of drivers, pools and attributes, selectors, configurations, taints."""

import json
from typing import Any

from constructs_dra.kubernetes.dra.limits import (
    ATTRIBUTE_NAME_MAX,
    BINDING_CONDITIONS_MAX,
    DRIVER_NAME_MAX,
    EXPRESSION_MAX,
    PARAMETERS_MAX,
    POOL_NAME_MAX,
    SELECTORS_MAX,
)
from constructs_dra.kubernetes.gates import enabled
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = [
    "EFFECTS",
    "binding_conditions",
    "configuration",
    "driver_name",
    "label_name",
    "pool_name",
    "qualified_name",
    "selectors",
    "taint",
]

EFFECTS = ("NoExecute", "NoSchedule", "None")


def driver_name(value: Any, path: str, rules: Rules) -> None:
    """A driver's name: a DNS subdomain in any case, at most 63 bytes."""
    if not isinstance(value, str):
        return
    if not value:
        rules.required(path)
        return
    if (size := len(value.encode(errors="replace"))) > DRIVER_NAME_MAX:
        rules.problems.add(path, f"is {size} bytes long; at most {DRIVER_NAME_MAX} are allowed", rule="name")
    rules.named(value, names.dns_subdomain_problem(value.lower()), path)


def pool_name(value: Any, path: str, rules: Rules) -> None:
    """A pool's name: DNS subdomains separated by `/`, at most 253 bytes."""
    if not isinstance(value, str):
        return
    if not value:
        rules.required(path)
        return
    if len(value) > POOL_NAME_MAX:
        rules.problems.add(path, f"is {len(value)} bytes long; at most {POOL_NAME_MAX} are allowed", rule="name")
    for part in value.split("/"):
        rules.named(part, names.dns_subdomain_problem(part), path)


def qualified_name(value: str, path: str, rules: Rules, *, full: bool) -> None:
    """Name of an attribute or capacity: a C identifier of at most 32 bytes, with a driver's name and `/` before it (`full`: always)."""
    domain, slash, name = value.partition("/")
    if "/" in name:
        # Kubernetes up to 1.37 lets such names pass unread
        rules.problems.add(path, f"{value!r} has more than one '/'", "write DRIVER/NAME", rule="strict-attribute-name")
        return
    identifier = name if slash else domain
    if slash and not domain:
        rules.problems.add(path, f"{value!r} has no domain before '/'", rule="name")
    elif slash:
        driver_name(domain, path, rules)
    if len(identifier) > ATTRIBUTE_NAME_MAX:
        rules.problems.add(path, f"{identifier!r} is {len(identifier)} bytes long; at most {ATTRIBUTE_NAME_MAX} are allowed", rule="name")
    rules.named(identifier, names.c_identifier_problem(identifier), path)
    if full and not slash:
        rules.problems.add(path, f"{value!r} has no domain", f"write it as 'DRIVER/{value}', like 'resource.kubernetes.io/pcieRoot'", rule="name")


def label_name(value: Any, path: str, rules: Rules) -> None:
    """A label key, which must not be empty."""
    if isinstance(value, str):
        rules.named(value, names.label_key_problem(value), path)


def selectors(owner: Any, path: str, rules: Rules) -> None:
    """Selectors: a few of them, each with a CEL expression."""
    place = child(path, "selectors")
    if not rules.at_most(mapping(owner).get("selectors"), SELECTORS_MAX, place):
        return
    for selector, selector_path in items(owner, "selectors", path):
        cel = selector.get("cel")
        if cel is None:
            rules.problems.add(child(selector_path, "cel"), "is missing", "write the expression under 'cel.expression'", rule="required")
        elif isinstance(expression := mapping(cel).get("expression"), str):
            _expression(expression, f"{selector_path}.cel.expression", rules)


def _expression(expression: str, path: str, rules: Rules) -> None:
    """A CEL expression over a device."""
    size = len(expression.encode(errors="replace"))
    if size > EXPRESSION_MAX:
        rules.problems.add(
            path, f"is {size:,} bytes long; at most {EXPRESSION_MAX:,} are allowed", "split it into several selectors", rule="cel-length"
        )
        return
    if rules.expressions:
        from constructs_dra.cel import compile_selector  # noqa: PLC0415  (needed only where there are expressions)

        with rules.problems.gather(path):
            compile_selector(
                expression,
                consumable_capacity=enabled("DRAConsumableCapacity", rules.version),
                list_type_attributes=enabled("DRAListTypeAttributes", rules.version),
                kubernetes=rules.version,
            )


def configuration(owner: Any, path: str, rules: Rules) -> None:
    """An opaque configuration of a claim or class."""
    opaque = mapping(owner).get("opaque")
    place = child(path, "opaque")
    if opaque is None:
        rules.problems.add(place, "is missing", rule="required")
        return
    if not isinstance(opaque, dict):
        return
    driver_name(opaque.get("driver"), child(place, "driver"), rules)
    _parameters(opaque.get("parameters"), child(place, "parameters"), rules)


def _parameters(value: Any, path: str, rules: Rules) -> None:
    """Parameters for a driver: any JSON object of limited size."""
    if value is None:
        return
    try:
        size = len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="replace"))
    except (TypeError, ValueError, RecursionError):
        rules.problems.add(path, "cannot be written as JSON", rule="value")
        return
    if size > PARAMETERS_MAX:
        rules.problems.add(path, f"are {size:,} bytes long as JSON; at most {PARAMETERS_MAX:,} are allowed", rule="too-long")
    elif not isinstance(value, dict):
        rules.problems.add(path, "must be a mapping", "give the driver's parameters with their apiVersion and kind", rule="wrong-type")


def taint(taint: Any, path: str, rules: Rules) -> None:
    """A device taint: key, value, effect."""
    if not isinstance(taint, dict):
        return
    label_name(taint.get("key"), child(path, "key"), rules)
    if value := text(taint.get("value")):
        rules.named(value, names.label_value_problem(value), child(path, "value"))
    if taint.get("effect") == "":
        rules.required(child(path, "effect"))
    else:
        rules.word(taint, "effect", EFFECTS, path)


def binding_conditions(owner: dict[str, Any], path: str, rules: Rules) -> None:
    """Binding conditions and their failures: both or none, label names, no name twice."""
    seen: set[str] = set()
    lists = [sequence(owner.get(key)) for key in ("bindingConditions", "bindingFailureConditions")]
    for key, conditions in zip(("bindingConditions", "bindingFailureConditions"), lists, strict=True):
        place = child(path, key)
        if not rules.at_most(conditions, BINDING_CONDITIONS_MAX, place):
            continue
        for index, condition in enumerate(conditions):
            label_name(condition, f"{place}[{index}]", rules)
            if isinstance(condition, str) and condition in seen:
                rules.problems.add(f"{place}[{index}]", f"{condition!r} appears twice", rule="duplicate")
            seen.add(text(condition))
    if bool(lists[0]) != bool(lists[1]):
        missing = "bindingFailureConditions" if lists[0] else "bindingConditions"
        rules.problems.add(child(path, missing), "is needed, since the two lists go together", rule="required")
