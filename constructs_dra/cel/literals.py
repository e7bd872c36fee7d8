"""Literals that Kubernetes checks before it accepts an expression: patterns, durations, timestamps and the clauses of `format`."""

from collections.abc import Callable

from constructs_dra.cel.checker import Environment, Fault
from constructs_dra.cel.dispatch import function_for
from constructs_dra.cel.source import quoted
from constructs_dra.cel.syntax import Call, Const, CreateList, Node, walk
from constructs_dra.cel.text_functions import VERB
from constructs_dra.cel.time_functions import parse_duration, parse_timestamp
from constructs_dra.cel.values import CelEvaluationError
from constructs_dra.lexical.regex import RegexError, compile_regex

__all__ = ["CONVERSIONS", "check_literals"]

CONVERSIONS = frozenset(("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"))
"""Functions that Kubernetes works out beforehand where they are given a literal; if that fails, so does the expression."""

_READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "matches": (compile_regex, "is no regular expression (RE2 syntax)"),
    "find": (compile_regex, "is no regular expression (RE2 syntax)"),
    "findAll": (compile_regex, "is no regular expression (RE2 syntax)"),
    "duration": (parse_duration, "is no duration; write one like '1h30m'"),
    "timestamp": (parse_timestamp, "is no RFC 3339 timestamp; write one like '2026-01-31T12:00:00Z'"),
}
_VERB_KINDS: dict[str, frozenset[str]] = {
    "s": frozenset(), "d": frozenset(("int", "uint", "double")), "f": frozenset(("int", "uint", "double")),
    "e": frozenset(("int", "uint", "double")), "b": frozenset(("int", "uint", "bool")), "o": frozenset(("int", "uint")),
    "x": frozenset(("int", "uint", "string", "bytes")), "X": frozenset(("int", "uint", "string", "bytes")),
}  # fmt: skip
_UNKNOWN = frozenset(("dyn", "any", "param", "error"))


def check_literals(tree: Node, environment: Environment) -> list[Fault]:
    """The faults of literals in a checked tree."""
    faults: list[Fault] = []
    for node in walk(tree):
        if not isinstance(node, Call):
            continue
        # matches(text, pattern) has its pattern second, every other form has its literal first
        literal = node.args[node.function == "matches" and node.target is None] if node.args else node
        if node.function in _READERS and isinstance(literal, Const) and isinstance(literal.value, str):
            read, complaint = _READERS[node.function]
            try:
                read(literal.value)
            except RegexError as error:
                faults.append(Fault(f"{quoted(literal.value)} {complaint}: {error}", literal.position))
            except ValueError:
                faults.append(Fault(f"{quoted(literal.value)} {complaint}", literal.position))
        elif node.function in CONVERSIONS and len(node.args) == 1 and isinstance(literal, Const):
            try:
                function_for(node, environment)(literal.value)
            except CelEvaluationError as error:
                faults.append(Fault(f"{node.function}() fails on this literal: {error}", literal.position))
        if node.function == "format" and isinstance(text := node.target, Const) and isinstance(values := node.args[0], CreateList):
            faults += _check_format(str(text.value), values, text.position)
    return faults


def _check_format(text: str, values: CreateList, position: int) -> list[Fault]:
    clauses = [match for match in VERB.finditer(text) if match[0] != "%%"]
    for match, value in zip(clauses, values.elements, strict=False):
        kinds = _VERB_KINDS.get(match[2] or "")
        if kinds is None:
            return [Fault(f"{match[0]!r} is no clause of format()", position)]
        if kinds and value.type.kind not in kinds | _UNKNOWN:
            return [Fault(f"{match[0]} cannot show a {value.type}", value.position)]
    if len(clauses) != len(values.elements):
        return [Fault(f"the format has {len(clauses)} clauses for {len(values.elements)} values", position)]
    return []
