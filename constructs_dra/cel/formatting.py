"""`format`: its clauses, as version 2 of CEL's strings extension has them, checked beforehand where they are literals and when they run."""

import math
import re
from collections.abc import Callable
from typing import Any

from constructs_dra.cel.functions import float_text
from constructs_dra.cel.time_functions import duration_text, timestamp_text
from constructs_dra.cel.values import NAMES, CelEvaluationError, Duration, Timestamp, TypeValue, Uint

__all__ = ["CLAUSE", "KINDS", "format_string"]

CLAUSE = re.compile(r"%(?:%|(?:\.([0-9]*))?(.?))", re.DOTALL)
"""One clause: `%%`, or a precision and a letter."""

KINDS: dict[str, frozenset[str]] = {
    "s": frozenset(("list", "map", "int", "uint", "double", "bool", "string", "timestamp", "bytes", "duration", "type", "null")),
    "d": frozenset(("int", "uint")), "f": frozenset(("double", "string")), "e": frozenset(("double", "string")),
    "b": frozenset(("int", "uint", "bool")), "o": frozenset(("int", "uint")),
    "x": frozenset(("int", "uint", "string", "bytes")), "X": frozenset(("int", "uint", "string", "bytes")),
}  # fmt: skip
"""Types a clause takes. Strings stand for `NaN` and `Infinity` among the numbers."""

_MAX_PRECISION = 10_000
"""Digits written at most; Kubernetes sets no limit of its own."""

_WHOLE = frozenset((int, Uint))
_NOT_FINITE = frozenset(("NaN", "Infinity", "-Infinity"))
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\", '"': '\\"'}


def _wrong(clause: str, value: Any) -> CelEvaluationError:
    return CelEvaluationError(f"error during formatting: {clause} clause cannot be used on {NAMES.get(type(value), type(value).__name__)}")


def _string(value: Any) -> str:
    """`%s`."""
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "null"
    if kind is str:
        return str(value)
    if kind is bytes:
        return bytes(value).decode(errors="replace")
    if kind is Duration:
        return duration_text(value)
    if kind is Timestamp:
        return timestamp_text(value)
    if kind in _WHOLE:
        return str(int(value))
    if kind is float:
        return float_text(value)
    if kind is TypeValue:
        return str(value.name)
    if kind is list:
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(f'{_literal(key)}:{_literal(item)}' for key, item in value.items()))}}}"
    raise _wrong("string", value)


def _literal(value: Any) -> str:
    """A value inside of a list or map: as CEL writes it."""
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is bytes:
        return f"b{_quoted(bytes(value).decode(errors='replace'))}"
    if kind is Duration:
        return f'duration("{duration_text(value)}")'
    if kind is Timestamp:
        return f'timestamp("{timestamp_text(value)}")'
    if kind is float:
        return f"{value:.6f}" if math.isfinite(value) else f'"{float_text(value)}"'
    return _string(value)


def _quoted(text: str) -> str:
    """A string as Go quotes it."""
    return '"' + "".join(_ESCAPES.get(char) or (char if char.isprintable() else _escaped(ord(char))) for char in text) + '"'


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _decimal(value: Any) -> str:
    if type(value) not in _WHOLE:
        raise _wrong("decimal", value)
    return str(int(value))


def _number(value: Any, clause: str) -> float:
    if type(value) is str and value in _NOT_FINITE:
        return float(value)
    if type(value) is not float:
        raise _wrong(clause, value)
    return float(value)


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"


def _fixed(value: Any, precision: int) -> str:
    number = _number(value, "fixed-point")
    return f"{number:,.{precision}f}" if math.isfinite(number) else _not_finite(number)


def _scientific(value: Any) -> str:
    number = _number(value, "scientific")
    if not math.isfinite(number):
        return _not_finite(number)
    digits, _, power = f"{number:.6e}".partition("e")  # as English has it, whatever precision is asked for
    exponent = f"{int(power):+03d}".removeprefix("+").translate(_RAISED)
    return f"{digits}\u202f\u00d7\u202f10{exponent}"


def _binary(value: Any) -> str:
    if type(value) not in _WHOLE and type(value) is not bool:
        raise _wrong("binary", value)
    return f"{int(value):b}"


def _octal(value: Any) -> str:
    if type(value) not in _WHOLE:
        raise _wrong("octal", value)
    return f"{int(value):o}"


def _hexadecimal(value: Any) -> str:
    if type(value) in {str, bytes}:
        return (value.encode() if isinstance(value, str) else bytes(value)).hex()
    if type(value) not in _WHOLE:
        raise _wrong("hex", value)
    return f"{int(value):x}"


_CLAUSES: dict[str, Callable[[Any, int], str]] = {
    "s": lambda value, _: _string(value), "d": lambda value, _: _decimal(value), "f": _fixed, "e": lambda value, _: _scientific(value),
    "b": lambda value, _: _binary(value), "o": lambda value, _: _octal(value), "x": lambda value, _: _hexadecimal(value),
    "X": lambda value, _: _hexadecimal(value).upper(),
}  # fmt: skip


def format_string(text: str, values: list[Any]) -> str:
    """The string with its clauses replaced by values.

    Raises:
        CelEvaluationError: There are fewer values than clauses, or a clause is not for its value.
    """
    taken = iter(values)

    def clause(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        try:
            value = next(taken)
        except StopIteration:
            raise CelEvaluationError(f"index {len(values)} out of range") from None
        write = _CLAUSES.get(match[2])
        if write is None or match[1] == "":
            raise CelEvaluationError(f"could not parse formatting clause: {match[0]!r}")
        precision = int(match[1][:6]) if match[1] else 6
        if precision > _MAX_PRECISION:
            raise CelEvaluationError(f"a precision of {precision} is more than {_MAX_PRECISION}")
        return write(value, precision)

    return CLAUSE.sub(clause, text)
