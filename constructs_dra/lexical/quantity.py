"""Kubernetes quantities (`16Gi`, `500m`, `1e3`): exact values, comparison and the canonical spelling.

The rules are those of `ParseQuantity` in k8s.io/apimachinery, its oddities included: `.5`, `5.` and a lone sign are numbers, values finer than
10⁻⁹ are rounded away from zero, and a value with a binary suffix stops at 2⁶³ - 1.
"""

import re
from decimal import MAX_EMAX, MIN_EMIN, ROUND_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

__all__ = ["canonical", "compare_quantities", "is_quantity", "parse_quantity"]

_Format = Literal["decimal", "binary", "exponent"]

_SHAPE = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d+)|([KMGTPE]i|[numkMGTPE])?)\Z", re.ASCII)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_BINARY_SUFFIX = ("", *_BINARY)
_MAX_BINARY = Decimal(2**63 - 1)
_NANO = Decimal("1e-9")
_MAX_EXPONENT = 2**31 - 1  # Kubernetes keeps exponents as 32-bit numbers


def _context(digits: int) -> Context:
    return Context(prec=digits, rounding=ROUND_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[Decimal, _Format]:
    match = _SHAPE.match(text) if text else None
    if match is None:
        raise ValueError(
            f"{text!r} is not a valid quantity: a number with one of the suffixes n u m k M G T P E Ki Mi Gi Ti Pi Ei or an exponent, like '16Gi'"
        )
    sign, whole, fraction, _mark, exponent, suffix = match.groups(default="")
    if len(exponent) > 12 or abs(int(exponent or 0)) > _MAX_EXPONENT:
        raise ValueError(f"{text!r} is not a valid quantity: its exponent is out of range")
    digits = f"{whole}{fraction}" or "0"
    context = _context(len(digits) + 40)
    power = int(exponent) if exponent else _DECIMAL.get(suffix, 0)
    value = Decimal(f"{digits}e{power - len(fraction)}", context)
    binary = suffix in _BINARY
    if binary:
        value = context.multiply(value, Decimal(2 ** _BINARY[suffix]))
    if value and value.adjusted() < -9:
        value = _NANO
    elif value and isinstance(lowest := value.as_tuple().exponent, int) and lowest < -9:
        value = value.quantize(_NANO, context=context)
    if binary:
        value = min(value, _MAX_BINARY)
    # a binary value between 0 and 1 is spelled decimally from then on
    spelling: _Format = "exponent" if exponent else "binary" if binary and (value >= 1 or not value) else "decimal"
    return (-value if sign == "-" else value), spelling


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else repr(value)


def parse_quantity(text: str | float) -> Decimal:
    """The exact value of a quantity, e.g. `Decimal(17179869184)` for `16Gi`.

    Args:
        text: The quantity as a manifest has it; bare numbers are quantities too.

    Raises:
        ValueError: Kubernetes would refuse it.
    """
    return _parse(_text(text))[0]


def is_quantity(text: str | float) -> bool:
    """Whether Kubernetes accepts the text as a quantity."""
    try:
        _parse(_text(text))
    except ValueError:
        return False
    return True


def compare_quantities(a: str | float, b: str | float) -> int:
    """-1, 0 or 1 as `a` is less than, equal to or greater than `b`.

    Raises:
        ValueError: One of them is not a valid quantity.
    """
    left, right = parse_quantity(a), parse_quantity(b)
    return (left > right) - (left < right)


def canonical(text: str | float) -> str:
    """Kubernetes' own spelling of a quantity, e.g. `1536Mi` for `1.5Gi` and `1` for `1000m`.

    No fraction, the largest suffix that needs none, in the family (decimal, binary, exponent) it was written in; binary values under 1024 or
    with a fraction become decimal.

    Raises:
        ValueError: It is not a valid quantity.
    """
    return _canonical(_text(text))


@lru_cache(maxsize=1024)
def _canonical(text: str) -> str:
    value, spelling = _parse(text)
    if not value:
        return "0"
    if spelling == "binary" and abs(value) >= 1024 and value == int(value):
        number, power = int(value), 0
        while number % 1024 == 0 and power < len(_BINARY_SUFFIX) - 1:
            number, power = number // 1024, power + 1
        return f"{number}{_BINARY_SUFFIX[power]}"
    sign, digits, scale = value.as_tuple()
    if not isinstance(scale, int):  # parsed quantities are finite
        raise TypeError(text)
    stripped = "".join(map(str, digits)).rstrip("0")
    scale += len(digits) - len(stripped)
    excess = scale % 3
    number_text, scale = f"{'-' if sign else ''}{stripped}{'0' * excess}", scale - excess
    if spelling == "exponent" or scale not in _DECIMAL_SUFFIX:
        return f"{number_text}e{scale}" if scale else number_text
    return f"{number_text}{_DECIMAL_SUFFIX[scale]}"
