"""What every rule of `resource.k8s.io` shares: where problems go, and how names, lists and expressions are checked."""

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from constructs_dra.errors import Problems, did_you_mean
from constructs_dra.kubernetes.gates import enabled
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text
from constructs_dra.lexical import names
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.paths import child

__all__ = ["EFFECTS", "Context"]

EFFECTS = ("NoExecute", "NoSchedule", "None")

_MAX_EXPRESSION = 10_240
_MAX_PARAMETERS = 10_240


@frozen(kw_only=True)
class Context:
    """One check of one object.

    Attributes:
        problems: Where findings go.
        version: Kubernetes version whose rules count.
        flat: Whether requests have the shape of v1beta1, without `exactly`.
        namespace_labels: Labels of the object's namespace; None when unknown.
        expressions: Whether CEL expressions are checked.
    """

    problems: Problems
    version: KubernetesVersion
    flat: bool = False
    namespace_labels: Mapping[str, str] | None = None
    expressions: bool = True

    def required(self, path: str) -> None:
        """A field that is there and empty (a missing one is the schema's business)."""
        self.problems.add(path, "must not be empty", rule="required")

    def named(self, value: Any, fault: str, path: str, rule: str = "name") -> None:
        """Report a fault of a name, if there is one."""
        if fault:
            self.problems.add(path, f"{value!r} {fault}", rule=rule)

    def driver_name(self, value: Any, path: str) -> None:
        """A driver's name: a DNS subdomain in any case, at most 63 bytes."""
        if not isinstance(value, str):
            return
        if not value:
            self.required(path)
            return
        if len(value.encode(errors="replace")) > 63:
            self.problems.add(path, f"is {len(value)} bytes long; at most 63 are allowed", rule="name")
        self.named(value, names.dns_subdomain_problem(value.lower()), path)

    def pool_name(self, value: Any, path: str) -> None:
        """A pool's name: DNS subdomains separated by `/`, at most 253 bytes."""
        if not isinstance(value, str):
            return
        if not value:
            self.required(path)
            return
        if len(value) > 253:
            self.problems.add(path, f"is {len(value)} bytes long; at most 253 are allowed", rule="name")
        for part in value.split("/"):
            self.named(part, names.dns_subdomain_problem(part), path)

    def qualified_name(self, value: str, path: str, *, full: bool) -> None:
        """Name of an attribute or capacity: a C identifier of at most 32 bytes, with a driver's name and `/` before it (`full`: always)."""
        domain, slash, name = value.partition("/")
        if "/" in name:
            # Kubernetes up to 1.37 lets such names pass unread
            self.problems.add(path, f"{value!r} has more than one '/'", "write DRIVER/NAME", rule="strict-attribute-name")
            return
        identifier = name if slash else domain
        if slash and not domain:
            self.problems.add(path, f"{value!r} has no domain before '/'", rule="name")
        elif slash:
            self.driver_name(domain, path)
        if len(identifier) > 32:
            self.problems.add(path, f"{identifier!r} is {len(identifier)} bytes long; at most 32 are allowed", rule="name")
        self.named(identifier, names.c_identifier_problem(identifier), path)
        if full and not slash:
            self.problems.add(path, f"{value!r} has no domain", f"write it as 'DRIVER/{value}', like 'resource.kubernetes.io/pcieRoot'", rule="name")

    def label_name(self, value: Any, path: str) -> None:
        """A label key, which must not be empty."""
        if isinstance(value, str):
            self.named(value, names.label_key_problem(value), path)

    def one_of(self, value: Any, allowed: tuple[str, ...], path: str) -> None:
        """One of a few words."""
        if isinstance(value, str) and value not in allowed:
            self.problems.add(path, f"{value!r} is not one of {', '.join(allowed)}", did_you_mean(value, allowed), rule="value")

    def at_most(self, value: Any, limit: int, path: str, rule: str = "too-many") -> bool:
        """Whether a list or mapping keeps its limit."""
        if isinstance(value, list | dict) and len(value) > limit:
            self.problems.add(path, f"has {len(value)} entries; at most {limit} are allowed", rule=rule)
            return False
        return True

    def unique(self, owner: Any, key: str, path: str, name: str = "name", what: str = "name") -> None:
        """Names in a list of mappings occur once."""
        seen: set[str] = set()
        for item, place in items(owner, key, path):
            value = item.get(name)
            if isinstance(value, str) and value in seen:
                self.problems.add(place, f"the {what} {value!r} is there twice", "rename one of the two", rule="duplicate")
            seen.add(text(value))

    def selectors(self, owner: Any, path: str) -> None:
        """Selectors: a few of them, each with a CEL expression."""
        place = child(path, "selectors")
        if not self.at_most(mapping(owner).get("selectors"), 32, place):
            return
        for selector, selector_path in items(owner, "selectors", path):
            cel = selector.get("cel")
            if cel is None:
                self.problems.add(child(selector_path, "cel"), "is missing", "write the expression under 'cel.expression'", rule="required")
            elif isinstance(expression := mapping(cel).get("expression"), str):
                self.expression(expression, f"{selector_path}.cel.expression")

    def expression(self, expression: str, path: str) -> None:
        """A CEL expression over a device."""
        size = len(expression.encode(errors="replace"))
        if size > _MAX_EXPRESSION:
            self.problems.add(
                path, f"is {size:,} bytes long; at most {_MAX_EXPRESSION:,} are allowed", "split it into several selectors", rule="cel-length"
            )
            return
        if self.expressions:
            from constructs_dra.cel import compile_selector  # noqa: PLC0415  (needed only where there are expressions)

            with self.problems.gather(path):
                compile_selector(
                    expression,
                    consumable_capacity=enabled("DRAConsumableCapacity", self.version),
                    list_type_attributes=enabled("DRAListTypeAttributes", self.version),
                )

    def configuration(self, owner: Any, path: str) -> None:
        """An opaque configuration of a claim or class."""
        opaque = mapping(owner).get("opaque")
        place = child(path, "opaque")
        if opaque is None:
            self.problems.add(place, "is missing", rule="required")
            return
        if not isinstance(opaque, dict):
            return
        self.driver_name(opaque.get("driver"), child(place, "driver"))
        self.parameters(opaque.get("parameters"), child(place, "parameters"))

    def parameters(self, value: Any, path: str) -> None:
        """Parameters for a driver: any JSON object of limited size."""
        if value is None:
            return
        try:
            size = len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="replace"))
        except (TypeError, ValueError, RecursionError):
            self.problems.add(path, "cannot be written as JSON", rule="value")
            return
        if size > _MAX_PARAMETERS:
            self.problems.add(path, f"are {size:,} bytes long as JSON; at most {_MAX_PARAMETERS:,} are allowed", rule="too-long")
        elif not isinstance(value, dict):
            self.problems.add(path, "must be a mapping", "give the driver's parameters with their apiVersion and kind", rule="wrong-type")

    def taint(self, taint: Any, path: str) -> None:
        """A device taint: key, value, effect."""
        if not isinstance(taint, dict):
            return
        self.label_name(taint.get("key"), child(path, "key"))
        if value := text(taint.get("value")):
            self.named(value, names.label_value_problem(value), child(path, "value"))
        if taint.get("effect") == "":
            self.required(child(path, "effect"))
        else:
            self.one_of(taint.get("effect"), EFFECTS, child(path, "effect"))

    def binding_conditions(self, owner: dict[str, Any], path: str) -> None:
        """Binding conditions and their failures: both or none, label names, no name twice."""
        seen: set[str] = set()
        lists = [sequence(owner.get(key)) for key in ("bindingConditions", "bindingFailureConditions")]
        for key, conditions in zip(("bindingConditions", "bindingFailureConditions"), lists, strict=True):
            place = child(path, key)
            if not self.at_most(conditions, 4, place):
                continue
            for index, condition in enumerate(conditions):
                self.label_name(condition, f"{place}[{index}]")
                if isinstance(condition, str) and condition in seen:
                    self.problems.add(f"{place}[{index}]", f"{condition!r} is there twice", rule="duplicate")
                seen.add(text(condition))
        if bool(lists[0]) != bool(lists[1]):
            missing = "bindingFailureConditions" if lists[0] else "bindingConditions"
            self.problems.add(child(path, missing), "is needed, since the two lists go together", rule="required")
