"""Literals that Kubernetes checks before it accepts an expression: patterns, durations, timestamps and the clauses of `format`."""

from collections.abc import Callable
from typing import Any

from constructs_dra.cel.checker import Environment, Fault
from constructs_dra.cel.dispatch import function_for
from constructs_dra.cel.formatting import CLAUSE, KINDS
from constructs_dra.cel.source import quoted
from constructs_dra.cel.syntax import Call, Const, CreateList, CreateMap, Node, walk
from constructs_dra.cel.time_functions import parse_duration, parse_timestamp
from constructs_dra.cel.types import Type
from constructs_dra.cel.values import CelEvaluationError
from constructs_dra.lexical.regex import RegexError, compile_regex

__all__ = ["CONVERSIONS", "check_literals"]

CONVERSIONS = frozenset(("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"))
"""Functions that Kubernetes works out beforehand where they are given a literal; if that fails, so does the expression."""

_READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "matches": (compile_regex, "is not a valid regular expression (RE2 syntax)"),
    "find": (compile_regex, "is not a valid regular expression (RE2 syntax)"),
    "findAll": (compile_regex, "is not a valid regular expression (RE2 syntax)"),
    "duration": (parse_duration, "is not a valid duration; write one like '1h30m'"),
    "timestamp": (parse_timestamp, "is not a valid RFC 3339 timestamp; write one like '2026-01-31T12:00:00Z'"),
}
_NOT_CONSTANT = object()


def check_literals(tree: Node, environment: Environment) -> list[Fault]:
    """The faults of literals in a checked tree."""
    return _Literals(environment).faults(tree)


class _Literals:
    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._values: dict[int, Any] = {}
        self._faults: list[Fault] = []

    def faults(self, tree: Node) -> list[Fault]:
        for node in walk(tree):
            if isinstance(node, Call):
                self._call(node)
        return self._faults

    def _call(self, node: Call) -> None:
        # matches(text, pattern) has its pattern second, every other form has its literal first
        literal = node.args[node.function == "matches" and node.target is None] if node.args else node
        if node.function in _READERS and isinstance(literal, Const) and isinstance(literal.value, str):
            read, complaint = _READERS[node.function]
            try:
                read(literal.value)
            except RegexError as error:
                self._faults.append(Fault(f"{quoted(literal.value)} {complaint}: {error}", literal.position))
            except ValueError:
                self._faults.append(Fault(f"{quoted(literal.value)} {complaint}", literal.position))
        elif node.function in CONVERSIONS:
            self._value(node)
        if node.function == "format" and isinstance(text := node.target, Const) and isinstance(values := node.args[0], CreateList):
            self._faults += _check_format(str(text.value), values, text.position)

    def _value(self, node: Node) -> Any:
        """The value Kubernetes works out beforehand: of literals, lists of them, and conversions of such values."""
        if isinstance(node, Const):
            return node.value
        if id(node) not in self._values:
            self._values[id(node)] = self._converted(node)
        return self._values[id(node)]

    def _converted(self, node: Node) -> Any:
        if isinstance(node, CreateList) and not node.optional:
            items = [self._value(element) for element in node.elements]
            return _NOT_CONSTANT if _NOT_CONSTANT in items else items
        if not isinstance(node, Call) or node.function not in CONVERSIONS or len(node.args) != 1 or node.target is not None:
            return _NOT_CONSTANT
        value = self._value(node.args[0])
        if value is _NOT_CONSTANT:
            return value
        try:
            return function_for(node, self._environment)(value)
        except CelEvaluationError as error:
            self._faults.append(Fault(f"{node.function}() fails on this literal: {error}", node.args[0].position))
            return _NOT_CONSTANT


def _check_format(text: str, values: CreateList, position: int) -> list[Fault]:
    clauses = [match for match in CLAUSE.finditer(text) if match[0] != "%%"]
    for match, value in zip(clauses, values.elements, strict=False):
        kinds = KINDS.get(match[2])
        if kinds is None or match[1] == "":
            return [Fault(f"{match[0]!r} is not a clause of format()", position)]
        wrong = _unformatted(value) if match[2] == "s" else value if value.type.kind not in kinds | {"dyn"} else None
        if wrong is not None:
            return [Fault(f"{match[0]} cannot show {_a(wrong.type)}", wrong.position, _HINT if wrong.type.kind == "any" else "")]
    if len(clauses) != len(values.elements):
        return [Fault(f"the format has {len(clauses)} clauses for {len(values.elements)} values", position)]
    return []


_HINT = "the type of an attribute is not known before a device is seen: convert it, like string(device.attributes[…].x)"


def _a(type_: Type) -> str:
    return "a value of unknown type" if type_.kind == "any" else f"a value of type {type_}"


def _unformatted(node: Node) -> Node | None:
    """The first part of a value that `%s` does not show; it looks into lists and maps that are written out."""
    if node.type.kind not in KINDS["s"] | {"dyn"}:
        return node
    parts = node.children() if isinstance(node, CreateList | CreateMap) else ()
    return next((found for part in parts if (found := _unformatted(part)) is not None), None)
