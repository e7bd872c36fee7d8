"""How fields of records are checked: each function gives the attrs metadata that `Record` finds its check in.

A check notes what is wrong with a value, with the place in the user's spelling; it never raises, so that all mistakes come out at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import has

from constructs_dra.errors import Problems, did_you_mean, shown, unquoted
from constructs_dra.lexical.names import (
    dns_label_problem,
    dns_subdomain_problem,
    label_key_problem,
    label_value_problem,
    port_name_problem,
)
from constructs_dra.lexical.quantity import is_quantity, parse_quantity

__all__ = [
    "Check",
    "Metadata",
    "anything",
    "boolean",
    "check_quantity",
    "choice",
    "custom",
    "dns_label",
    "dns_subdomain",
    "image",
    "instance",
    "instances",
    "integer",
    "items_of",
    "label_key",
    "labels",
    "mapping",
    "optional",
    "part",
    "parts",
    "port",
    "port_name",
    "quantity",
    "text",
    "texts",
    "wrong",
]

Check: TypeAlias = Callable[[Any, str, Problems], None]
Metadata: TypeAlias = dict[str, Any]
"""What attrs keeps with a field: its check, and what else there is to know of it; see `constructs_dra.records.kubernetes`."""


def wrong(problems: Problems, path: str, value: object, wanted: str, hint: str = "") -> None:
    """Note a value of the wrong kind."""
    problems.add(path, f"must be {wanted}, not {shown(value)}", hint)


def custom(check: Check) -> Metadata:
    """A check that one field alone has."""
    return {"check": check}


def anything() -> Metadata:
    """Any value; what is wrong with it is found elsewhere."""
    return {"check": lambda _value, _path, _problems: None}


def optional(metadata: Metadata) -> Metadata:
    """The same check where `None` means something although it is not the default."""
    inner = metadata["check"]

    def check(value: Any, path: str, problems: Problems) -> None:
        if value is not None:
            inner(value, path, problems)

    return {**metadata, "check": check}


def text(*, empty: bool = False) -> Metadata:
    """Any text, by default not an empty one."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            wrong(problems, path, value, "a string", unquoted(value))
        elif not value and not empty:
            problems.add(path, "must not be empty")

    return {"check": check, "stand_in": "x"}


def _named(problem_of: Callable[[str], str], wanted: str) -> Metadata:
    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            wrong(problems, path, value, wanted, unquoted(value))
        elif problem := problem_of(value):
            problems.add(path, f"{shown(value)} {problem}")

    return {"check": check, "stand_in": "x"}


def dns_label() -> Metadata:
    """A DNS label: names of containers, volumes, claims inside a pod."""
    return _named(dns_label_problem, "a name")


def dns_subdomain() -> Metadata:
    """A DNS subdomain: names of most Kubernetes objects."""
    return _named(dns_subdomain_problem, "a name")


def port_name() -> Metadata:
    """The name of a container port: at most 15 characters."""
    return _named(port_name_problem, "a port name")


def label_key() -> Metadata:
    """The key of a label."""
    return _named(label_key_problem, "a label key")


_MOST = 2**31 - 1
"""The largest number that most numbers of Kubernetes can be (int32)."""


def integer(low: int = 0, high: int = _MOST) -> Metadata:
    """A whole number from `low` on."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            words = value.strip() if isinstance(value, str) else ""
            wrong(problems, path, value, "a whole number", f"write {words}" if words.lstrip("-").isdigit() else "")
        elif not low <= value <= high:
            wanted = f"at least {low}" if high == _MOST and value < low else f"{low} to {high}"
            problems.add(path, f"must be {wanted}, not {shown(value)}")

    return {"check": check, "stand_in": low}


def port() -> Metadata:
    """A port number."""
    return integer(1, 65535)


def boolean() -> Metadata:
    """`True` or `False`."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, bool):
            wrong(problems, path, value, "True or False")

    return {"check": check}


def choice(*known: str) -> Metadata:
    """One of a few words."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str) or value not in known:
            problems.add(path, f"{shown(value)} is unknown", did_you_mean(value, known))

    return {"check": check, "stand_in": known[0]}


def quantity() -> Metadata:
    """A Kubernetes quantity: `16Gi`, `500m`, 4."""

    def check(value: Any, path: str, problems: Problems) -> None:
        check_quantity(value, path, problems)

    return {"check": check}


def check_quantity(value: object, path: str, problems: Problems) -> None:
    """Note what is not a valid quantity."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not is_quantity(value):
        problems.add(path, f"{shown(value)} is not a valid quantity", "write a number with an optional suffix, such as '16Gi' or '500m'")
    elif parse_quantity(value) < 0:
        problems.add(path, f"{shown(value)} must not be negative")


def instance(kind: type, *others: type) -> Metadata:
    """A record of one kind."""
    kinds = (kind, *others)

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, kinds):
            words = " or ".join(f"{'an' if item.__name__[0] in 'AEIO' else 'a'} {item.__name__}" for item in kinds)
            wrong(problems, path, value, words, f"write {kind.__name__}(…)")

    return {"check": check}


def part(kind: type, *others: type) -> Metadata:
    """A record of one kind whose checks are deferred to the record it is part of."""
    inner = instance(kind, *others)["check"]

    def check(value: Any, path: str, problems: Problems) -> None:
        before = len(problems)
        inner(value, path, problems)
        if len(problems) == before:
            problems.extend(value.found(), under=path)

    return {"check": check}


def parts(*kinds: type[Any]) -> Metadata:
    """A list of such records."""
    wanted = " or ".join(kind.__name__ for kind in kinds)

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in items_of(value, path, problems, f"{wanted} records"):
            if isinstance(item, kinds):
                problems.extend(item.found(), under=place)
            else:
                wrong(problems, place, item, f"a {wanted}")

    return {"check": check}


def mapping(of: Metadata, wanted: str) -> Metadata:
    """A mapping of strings to values of one kind; `wanted` names them in messages."""
    inner = of["check"]

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, Mapping):
            wrong(problems, path, value, f"a mapping of names to {wanted}")
            return
        for key, item in value.items():
            place = f"{path}[{shown(key)}]"
            if isinstance(key, str):
                inner(item, place, problems)
            else:
                wrong(problems, place, key, "a string as key")

    return {"check": check}


def items_of(value: object, path: str, problems: Problems, wanted: str) -> Iterator[tuple[str, Any]]:
    """The items of a list with their places; what is not a list is noted."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, item in enumerate(value):
            yield f"{path}[{index}]", item
    else:
        wrong(problems, path, value, f"a list of {wanted}", _in_a_list(value))


def _in_a_list(value: object) -> str:
    """The hint where one thing stands for a list of it."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return f"write [{shown(value)}]"
    return "put it into a list: […]" if isinstance(value, Mapping) or has(type(value)) else ""


def texts(problem_of: Callable[[str], str] | None = None) -> Metadata:
    """A list of strings, of names where `problem_of` says what is wrong with one."""

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in items_of(value, path, problems, "strings"):
            if not isinstance(item, str):
                wrong(problems, place, item, "a string", unquoted(item))
            elif problem_of is not None and (problem := problem_of(item)):
                problems.add(place, f"{shown(item)} {problem}")

    return {"check": check}


def image() -> Metadata:
    """The reference of an image: not empty, and no blanks in it."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            wrong(problems, path, value, "a string", unquoted(value))
        elif not value or any(char.isspace() for char in value):
            problems.add(path, f"{shown(value)} is not a valid image: it is empty or has a blank", "write registry/name:tag")

    return {"check": check, "stand_in": "x"}


def instances(*kinds: type) -> Metadata:
    """A list of records."""
    wanted = " or ".join(kind.__name__ for kind in kinds)

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in items_of(value, path, problems, f"{wanted} records"):
            if not isinstance(item, kinds):
                wrong(problems, place, item, f"a {wanted}")

    return {"check": check}


def labels(*, annotations: bool = False) -> Metadata:
    """Labels (or annotations): valid keys, text values, label values within their limits."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, Mapping):
            wrong(problems, path, value, "a mapping of strings")
            return
        for key, item in value.items():
            place = f"{path}[{shown(key)}]"
            if not isinstance(key, str):
                wrong(problems, place, key, "a string as key")
            elif problem := label_key_problem(key.lower() if annotations else key):  # upper case is allowed in the prefix of an annotation
                problems.add(place, f"the key {problem}")
            if not isinstance(item, str):
                wrong(problems, place, item, "a string", unquoted(item))
            elif not annotations and (problem := label_value_problem(item)):
                problems.add(place, f"{shown(item)} {problem}")

    return {"check": check}
