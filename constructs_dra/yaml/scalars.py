"""What an unquoted word stands for in Go's reader of YAML, the one inside kubectl and Helm."""

import re
from typing import Any

__all__ = ["plain_value"]

_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(_TRUE, True),
    **dict.fromkeys(_FALSE, False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
"""Plain words with a meaning in Go's YAML reader, the one that kubectl and Helm use."""

_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")


def plain_value(text: str) -> Any:
    """What an unquoted scalar stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    bare = text.replace("_", "")
    if match := _INTEGER.match(bare):
        sign, *forms = match.groups()
        digits, base = next((form, base) for form, base in zip(forms, (16, 2, 8, 10), strict=True) if form)
        if len(digits) < 80:
            value = int(digits, base)
            value = -value if sign == "-" else value
            if -(2**63) <= value < 2**64:
                return value
    if not _FLOAT.match(bare):
        return text
    number = float(bare)
    # on its way to the API server `1.0` becomes the JSON number 1
    return int(number) if number.is_integer() and abs(number) < 1e21 else number
