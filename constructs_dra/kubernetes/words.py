"""Values and types in words, for messages about fields."""

import base64
import re
from typing import Any

from constructs_dra.errors import shown, unquoted
from constructs_dra.lazy import lazy_pattern

__all__ = ["TYPE_NAMES", "fits", "met", "too_many", "type_hint"]

TYPE_NAMES = {
    "s": "a string",
    "b": "true or false",
    "i": "a whole number",
    "l": "a whole number",
    "n": "a number",
    "q": "a quantity such as '500m' or '16Gi'",
    "x": "a whole number or a string",
    "t": "a time such as '2026-01-31T12:00:00Z'",
    "y": "a string in base64",
    "[": "a list",
    "{": "a mapping",
    "@": "a mapping",
}
"""What each type letter of the API tables asks for."""

_TIME = lazy_pattern(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d([.,]\d+)?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)


def met(value: Any) -> str:
    """A value as a message names it, e.g. `the string '2'`; long values are cut."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {shown(value)}"
    if isinstance(value, str):
        return f"the string {value if len(value) <= 60 else value[:57] + '…'!r}"
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else f"a value of type {type(value).__name__}"


def too_many(count: int, limit: int) -> str:
    """What is wrong with a list or mapping that is too long."""
    return f"has {count} entries; at most {limit} are allowed"


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        return False
    return True


def _is_quantity(value: Any) -> bool:
    from constructs_dra.lexical.quantity import is_quantity  # noqa: PLC0415  (few manifests of a fast path need Decimal)

    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return is_quantity(value.strip() if isinstance(value, str) else value)


def fits(value: Any, letter: str) -> bool:
    """Whether a value that is not a list or mapping fits a type letter; null fits everything, as it does in the API server."""
    if value is None:
        return True
    kind = type(value)
    if letter == "s":
        return kind is str
    if letter in "il":
        return kind is int and (-(2**31) <= value < 2**31 if letter == "i" else -(2**63) <= value < 2**63)
    if letter == "b":
        return kind is bool
    if letter == "q":
        return _is_quantity(value)
    if letter == "x":
        return kind is str or (kind is int and -(2**31) <= value < 2**31)
    if letter == "n":
        return kind is int or kind is float
    if letter == "t":
        return kind is str and (not value or _TIME.match(value) is not None)
    if letter == "y":
        # an API server takes a list of bytes too
        return (kind is str and _is_base64(value)) or (kind is list and all(type(byte) is int and 0 <= byte < 256 for byte in value))
    return True


def type_hint(value: Any, letter: str) -> str:
    """The hint for a value of the wrong type, where there is a usual one."""
    if letter in "sty" and isinstance(value, bool | int | float):
        return f"put it in quotes: {unquoted(value).removeprefix('write ')}"
    if letter in "il" and isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value, re.ASCII):
        return f"leave the quotes out: {value}"
    if letter == "b" and isinstance(value, str) and value.lower() in {"true", "false"}:
        return f"leave the quotes out: {value.lower()}"
    if letter in "il" and isinstance(value, int) and not isinstance(value, bool):
        return f"at most {2**31 - 1 if letter == 'i' else 2**63 - 1} fits"
    if letter == "[" and value is not None:
        return "write each entry with '- ' before it"
    if letter in "@{" and isinstance(value, list):
        return "leave the '- ' out"
    return ""
