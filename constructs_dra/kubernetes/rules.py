"""Rules that many kinds share: words, numbers, names, label selectors."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from constructs_dra.errors import Problems, did_you_mean, shown
from constructs_dra.kubernetes.metadata import check_labels
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.lexical.versions import OLDEST_VERSION, KubernetesVersion
from constructs_dra.paths import child

__all__ = ["NODE_OPERATORS", "Rules"]

NODE_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
"""Operators of node selectors."""

_SET_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


@frozen(kw_only=True)
class Rules:
    """One check of one object.

    Attributes:
        problems: Where findings go.
        version: Kubernetes version whose rules count. Default 1.34.
        api_version: API version of the object, where rules differ by it. Default none.
        namespace_labels: Labels of the object's namespace. Default None: they are not known.
        expressions: Whether CEL expressions are checked; no, where the caller does so with more knowledge. Default yes.
    """

    problems: Problems = field(factory=Problems)
    version: KubernetesVersion = OLDEST_VERSION
    api_version: str = ""
    namespace_labels: Mapping[str, str] | None = None
    expressions: bool = True

    def required(self, path: str) -> None:
        """A field that is there and empty (a missing one is the schema's business)."""
        self.problems.add(path, "must not be empty", rule="required")

    def named(self, value: Any, fault: str, path: str, rule: str = "name") -> None:
        """Report a fault of a name, if there is one."""
        if fault:
            self.problems.add(path, f"{shown(value)} {fault}", rule=rule)

    def at_most(self, value: Any, limit: int, path: str, rule: str = "too-many") -> bool:
        """Whether a list or mapping keeps its limit; what does not is reported."""
        if isinstance(value, list | dict) and len(value) > limit:
            self.problems.add(path, f"has {len(value)} entries; at most {limit} are allowed", rule=rule)
            return False
        return True

    def word(self, owner: dict[str, Any], key: str, allowed: Iterable[str], path: str) -> None:
        """One of a few words, where the field is set."""
        value = owner.get(key)
        if isinstance(value, str) and value and value not in (known := tuple(allowed)):
            self.problems.add(child(path, key), f"{value!r} is not one of {', '.join(known)}", did_you_mean(value, known), rule="value")

    def words(self, owner: dict[str, Any], key: str, allowed: Iterable[str], path: str) -> None:
        """A list of words, each one of a few."""
        known = tuple(allowed)
        for index, value in enumerate(sequence(owner.get(key))):
            if isinstance(value, str) and value not in known:
                place = f"{child(path, key)}[{index}]"
                self.problems.add(place, f"{value!r} is not one of {', '.join(known)}", did_you_mean(value, known), rule="value")

    def name(self, owner: dict[str, Any], key: str, rule: Callable[[str], str], path: str, *, required: bool = False) -> None:
        """A name of a certain form, where the field is set; `required`: an empty one is a problem too."""
        value = owner.get(key)
        if isinstance(value, str) and (value or required) and (fault := rule(value)):
            self.problems.add(child(path, key), f"{value!r} {fault}" if value else fault, rule="name")

    def needed(self, owner: dict[str, Any], path: str, *keys: str) -> None:
        """Texts that must not be empty (missing ones are the schema's business where it requires them)."""
        for key in keys:
            if owner.get(key) == "":
                self.problems.add(child(path, key), "must not be empty", rule="required")

    def missing(self, owner: dict[str, Any], path: str, *keys: str) -> None:
        """Fields that must be there although the schema does not require them."""
        for key in keys:
            if owner.get(key) in (None, "", [], {}):
                self.problems.add(child(path, key), "is missing", rule="required")

    def number(self, owner: dict[str, Any], key: str, path: str, *, low: int = 0, high: int | None = None) -> None:
        """A whole number in a range, where the field is set."""
        value = whole(owner.get(key))
        if value is None or (low <= value and (high is None or value <= high)):
            return
        limit = f"must be at least {low}" if high is None else f"must lie between {low} and {high}"
        self.problems.add(child(path, key), f"{value} {limit}", rule="value")

    def port(self, owner: dict[str, Any], key: str, path: str) -> None:
        """A port by number or name."""
        self.number(owner, key, path, low=1, high=65535)
        self.name(owner, key, names.port_name_problem, path, required=True)

    def one_of(self, owner: dict[str, Any], keys: Iterable[str], path: str, what: str, *, required: bool = True) -> str:
        """Exactly one of some fields (or at most one); gives its name when there is just one."""
        known = tuple(keys)
        found = [key for key in known if owner.get(key) is not None]
        if len(found) > 1:
            self.problems.add(path, f"has {' and '.join(found)}, and only one {what} is allowed", "keep one of them", rule="one-of")
        elif not found and required:
            listed = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")
            self.problems.add(path, f"has no {what}", f"give one of {listed}", rule="one-of")
        return found[0] if len(found) == 1 else ""

    def unique(self, owner: dict[str, Any], key: str, path: str, name: str = "name", seen: set[str] | None = None) -> None:
        """Names in a list occur once; `seen` carries names over from other lists."""
        seen = set() if seen is None else seen
        for item, place in items(owner, key, path):
            value = text(item.get(name))
            if value and value in seen:
                self.problems.add(child(place, name), f"{value!r} is there twice", "rename one of the two", rule="duplicate")
            seen.add(value)

    def label_selector(self, selector: Any, path: str) -> None:
        """A label selector with matchLabels and matchExpressions."""
        if not isinstance(selector, dict):
            return
        check_labels(selector, path, self.problems, key="matchLabels")
        for expression, place in items(selector, "matchExpressions", path):
            self.expression(expression, place, _SET_OPERATORS)

    def expression(self, expression: dict[str, Any], path: str, operators: tuple[str, ...]) -> None:
        """One requirement of a label or node selector."""
        self.name(expression, "key", names.label_key_problem, path, required=True)
        self.word(expression, "operator", operators, path)
        operator, values = text(expression.get("operator")), sequence(expression.get("values"))
        place = child(path, "values")
        if operator in {"In", "NotIn"}:
            if not values:
                self.problems.add(place, f"is needed with operator {operator!r}", rule="required")
            for index, value in enumerate(values):
                if isinstance(value, str) and (fault := names.label_value_problem(value)):
                    self.problems.add(f"{place}[{index}]", f"{value!r} {fault}", rule="label")
        elif operator in {"Exists", "DoesNotExist"} and values:
            self.problems.add(place, f"must be absent with operator {operator!r}", rule="value")
        elif operator in {"Gt", "Lt"} and (len(values) != 1 or not text(values[0]).lstrip("-").isdigit()):
            self.problems.add(place, f"must hold one whole number (as text) with operator {operator!r}", rule="value")

    def selects(self, selector: Any, labels: Any) -> bool:
        """Whether a label selector fits labels; what cannot be judged counts as fitting."""
        labels = mapping(labels)
        if any(labels.get(key) != value for key, value in mapping(mapping(selector).get("matchLabels")).items()):
            return False
        for expression in map(mapping, sequence(mapping(selector).get("matchExpressions"))):
            key, values = text(expression.get("key")), sequence(expression.get("values"))
            fits = {
                "In": labels.get(key) in values,
                "NotIn": labels.get(key) not in values,
                "Exists": key in labels,
                "DoesNotExist": key not in labels,
            }
            if not fits.get(text(expression.get("operator")), True):
                return False
        return True
