"""Rules that many kinds share: words, numbers, names, label selectors."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from constructs_dra.errors import Problems, did_you_mean, shown
from constructs_dra.kubernetes.gates import enabled
from constructs_dra.kubernetes.metadata import check_labels
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text, whole
from constructs_dra.kubernetes.words import too_many
from constructs_dra.lazy import lazy_pattern
from constructs_dra.lexical import names
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.paths import child
from constructs_dra.records.valued import Valued

__all__ = ["LARGEST_ID", "NODE_OPERATORS", "Rules", "amount_of"]

NODE_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
"""Operators of node selectors."""

LARGEST_ID = 2**31 - 1
"""Largest id of a user or group."""

_PERCENT = lazy_pattern(r"[0-9]+%\Z")
_SET_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_FIELD_OPERATORS = ("In", "NotIn")


def amount_of(value: Any) -> Decimal | None:
    """The value of a quantity; None for anything that is not one, which the schema check reports."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    value = value.strip() if isinstance(value, str) else value
    return parse_quantity(value) if is_quantity(value) else None


@frozen(kw_only=True, eq=False, repr=False)
class Rules(Valued):
    """One check of one object.

    Attributes:
        problems: Where findings go.
        version: Kubernetes version whose rules count. Default 1.36.
        api_version: API version of the object, where rules differ by it. Default none.
        namespace_labels: Labels of the object's namespace. Default None: they are not known.
        gates: Feature gates turned on or off in the cluster, beyond the version's defaults. Default none.
        expressions: Whether CEL expressions are checked; no, where the caller does so with more knowledge. Default yes.
    """

    problems: Problems = field(factory=Problems)
    version: KubernetesVersion = DEFAULT_VERSION
    api_version: str = ""
    namespace_labels: Mapping[str, str] | None = None
    gates: Mapping[str, bool] = field(factory=dict)
    expressions: bool = True

    def on(self, gate: str) -> bool:
        """Whether a feature gate is on in the cluster."""
        return self.gates.get(gate, enabled(gate, self.version))

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
            self.problems.add(path, too_many(len(value), limit), rule=rule)
            return False
        return True

    def value(self, path: str, message: str, hint: str = "") -> None:
        """A value that the API server refuses."""
        self.problems.add(path, message, hint, rule="value")

    def word(
        self, owner: dict[str, Any], key: str, allowed: Iterable[str], path: str, *, empty: bool = True, required: bool = False, rule: str = "value"
    ) -> None:
        """One of a few words, where the field is set.

        Args:
            owner: What holds the field.
            key: The field.
            allowed: The words.
            path: Place of the owner.
            empty: Whether an empty text counts as not set: yes where the API server fills in a default, no for optional fields. Default yes.
            required: Whether the field must be set. Default no.
            rule: The rule reported.
        """
        value, known = owner.get(key), tuple(allowed)
        if required and value in (None, ""):
            self.problems.add(child(path, key), "is missing", f"one of {', '.join(known)}", rule="required")
        elif isinstance(value, str) and (value or not empty) and value not in known:
            self.problems.add(child(path, key), f"{value!r} is not one of {', '.join(known)}", did_you_mean(value, known), rule=rule)

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

    def number(
        self, owner: dict[str, Any], key: str, path: str, *, low: int = 0, high: int | None = None, required: bool = False, rule: str = "value"
    ) -> None:
        """A whole number in a range, where the field is set; `required`: one that is not set counts as 0."""
        value = whole(owner.get(key))
        if value is None and required and owner.get(key) is None:
            value = 0
        if value is None or (low <= value and (high is None or value <= high)):
            return
        limit = f"must be at least {low}" if high is None else f"must lie between {low} and {high}"
        self.problems.add(child(path, key), f"{value} {limit}", rule=rule)

    def identifier(self, owner: dict[str, Any], key: str, path: str) -> None:
        """A user or group id, where the field is set."""
        self.number(owner, key, path, high=LARGEST_ID)

    def share(self, owner: dict[str, Any], key: str, path: str, *, limit: int | None = None) -> None:
        """A whole number that is not negative or a percentage (of at most `limit`), where the field is set."""
        value, place = owner.get(key), child(path, key)
        if isinstance(value, str):
            if not _PERCENT.match(value):
                self.value(place, f"{value!r} is neither a whole number nor a percentage like '25%'")
            elif limit is not None and int(value[:-1]) > limit:
                self.value(place, f"{value} is more than {limit}%")
        else:
            self.number(owner, key, path)

    def texts(self, owner: dict[str, Any], key: str, path: str, rule: Callable[[str], str]) -> None:
        """A list of strings that each have a certain form."""
        for index, item in enumerate(sequence(owner.get(key))):
            if isinstance(item, str) and (fault := rule(item)):
                self.problems.add(child(child(path, key), index), f"{item!r} {fault}", rule="value")

    def distinct(self, owner: dict[str, Any], key: str, path: str) -> None:
        """A list of plain values in which each occurs once."""
        seen: set[Any] = set()
        for index, item in enumerate(sequence(owner.get(key))):
            if isinstance(item, str | int):
                if item in seen:
                    self.problems.add(child(child(path, key), index), f"{item!r} appears twice", "leave one out", rule="duplicate")
                seen.add(item)

    def relative(self, value: Any, path: str, *, reserved: bool = False) -> None:
        """A path inside something: neither absolute nor with `..`; `reserved`: nor starting with two dots."""
        text_ = text(value)
        if text_.startswith("/") or ".." in text_.split("/"):
            self.value(path, f"{text_!r} must be a relative path without '..'")
        elif reserved and text_.startswith(".."):
            self.value(path, f"{text_!r} must not start with '..'")

    def quantity(self, owner: dict[str, Any], key: str, path: str, *, positive: bool = False) -> None:
        """An amount that must not be negative (or, `positive`, must be greater than zero), where the field is set."""
        amount = amount_of(owner.get(key))
        if amount is not None and (amount < 0 or (positive and not amount)):
            self.value(child(path, key), f"{owner[key]} must {'be greater than zero' if positive else 'not be negative'}")

    def port(self, owner: dict[str, Any], key: str, path: str, *, required: bool = False) -> None:
        """A port by number or name."""
        self.number(owner, key, path, low=1, high=65535, required=required)
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
                self.problems.add(child(place, name), f"{value!r} appears twice", "rename one of the two", rule="duplicate")
            seen.add(value)

    def label_selector(self, selector: Any, path: str) -> None:
        """A label selector with matchLabels and matchExpressions."""
        if not isinstance(selector, dict):
            return
        check_labels(selector, path, self.problems, key="matchLabels")
        for expression, place in items(selector, "matchExpressions", path):
            self.expression(expression, place, _SET_OPERATORS)

    def unread_selector(self, selector: Any, path: str) -> None:
        """A label selector that no API server looks at: what is wrong with it makes it fit nothing."""
        inner = Rules(version=self.version)
        inner.label_selector(selector, path)
        for problem in inner.problems:
            self.problems.add(problem.path, problem.message, problem.hint, rule="strict-selector")

    def expression(self, expression: dict[str, Any], path: str, operators: tuple[str, ...], *, values_judged: bool = True) -> None:
        """One requirement of a label or node selector.

        Args:
            expression: Its key, operator and values.
            path: Its place.
            operators: Those it may use.
            values_judged: Whether the API server looks at the form of the values. Default yes.
        """
        form = "label" if values_judged else "strict-selector"
        if fault := names.label_key_problem(text(expression.get("key"))):
            self.problems.add(child(path, "key"), f"{text(expression.get('key'))!r} {fault}", rule="label")
        self.word(expression, "operator", operators, path, required=True)
        operator, values = text(expression.get("operator")), sequence(expression.get("values"))
        place = child(path, "values")
        if operator in {"In", "NotIn"}:
            if not values:
                self.problems.add(place, f"is needed with operator {operator!r}", rule="required")
            for index, value in enumerate(values):
                if isinstance(value, str) and (fault := names.label_value_problem(value)):
                    self.problems.add(f"{place}[{index}]", f"{value!r} {fault}", rule=form)
        elif operator in {"Exists", "DoesNotExist"} and values:
            self.problems.add(place, f"must be absent with operator {operator!r}", rule="value")
        elif operator in {"Gt", "Lt"} and operator in operators:
            if len(values) != 1:
                self.problems.add(place, f"must hold one whole number in quotes with operator {operator!r}", rule="value")
            elif not text(values[0]).lstrip("-").isdigit():
                # the API server takes any text here; the scheduler then finds no node
                self.problems.add(place, f"must hold one whole number in quotes with operator {operator!r}", rule="strict-selector")

    def node_term(self, term: dict[str, Any], path: str, *, values_judged: bool = True) -> None:
        """One term of a node selector.

        Args:
            term: Its expressions and fields.
            path: Its place.
            values_judged: Whether the API server looks at the form of the expressions' values. Default yes.
        """
        for expression, place in items(term, "matchExpressions", path):
            self.expression(expression, place, NODE_OPERATORS, values_judged=values_judged)
        for entry, place in items(term, "matchFields", path):
            if entry.get("key") not in (None, "metadata.name"):
                self.value(child(place, "key"), f"{entry['key']!r} is not a field of a node that can be selected by", "only metadata.name is")
            self.word(entry, "operator", _FIELD_OPERATORS, place, required=True)
            if text(entry.get("operator")) in _FIELD_OPERATORS and len(sequence(entry.get("values"))) != 1:
                self.problems.add(child(place, "values"), "must hold one name", rule="required")
            self.texts(entry, "values", place, names.dns_subdomain_problem)

    @staticmethod
    def selects(selector: Any, labels: Any) -> bool:
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
