"""Equality and order of CEL's values, which operators and functions share."""

import operator
from collections.abc import Callable
from typing import Any

from constructs_dra.cel.values import CelEvaluationError, Cidr, Domains, Duration, Format, Ip, MadeMap, Optional, Quantity, Timestamp, Uint, Url
from constructs_dra.lexical.semver import Semver

__all__ = ["compared", "equal", "no_overload", "ordered", "same"]

_NUMBERS = frozenset({int, Uint, float})
_STRICT = frozenset({Quantity, Semver, Ip, Cidr, Url, Format})
"""Kubernetes' own types refuse to be compared with any other, where CEL's would only be unequal."""
_ORDERED = frozenset({bool, str, bytes, Timestamp, Duration})
_MAPS: frozenset[type] = frozenset((dict, Domains, MadeMap))


def no_overload() -> CelEvaluationError:
    """The error of a function or operator called on values it is not for."""
    return CelEvaluationError("no such overload")


def equal(one: Any, other: Any) -> bool:
    """CEL's `==`: numbers by value, everything else by type and value.

    Raises:
        CelEvaluationError: A quantity, version or address is compared with something else.
    """
    first, second = type(one), type(other)
    if first is second and first not in _MAPS:
        if first is list:
            return len(one) == len(other) and all(map(equal, one, other))
        if first is Optional:
            return one.present == other.present and (not one.present or equal(one.value, other.value))
        return bool(one == other)
    if first in _NUMBERS and second in _NUMBERS:
        return bool(float(one) == float(other)) if first is float or second is float else bool(one == other)
    if first in _STRICT and second is not type(None):
        raise no_overload()
    if first in _MAPS and second in _MAPS:
        return len(one) == len(other) and all(key in other and equal(value, other[key]) for key, value in one.items())
    return False


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; values that cannot be compared are not."""
    try:
        return equal(one, other)
    except CelEvaluationError:
        return False


def compared(one: Any, other: Any) -> int:
    """-1, 0 or 1, for two values of one ordered type or two numbers.

    Raises:
        CelEvaluationError: They have no order.
    """
    return int(_greater(one, other)) - int(_less(one, other))


def ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """An order operator, for values of one ordered type or two numbers."""

    def order(one: Any, other: Any) -> bool:
        first, second = type(one), type(other)
        if first is second and (first in _ORDERED or first in _NUMBERS):
            return compare(one, other)
        if first in _NUMBERS and second in _NUMBERS:
            # a double and a whole number compare as doubles, however large
            return compare(float(one), float(other)) if first is float or second is float else compare(one, other)
        raise no_overload()

    return order


_less, _greater = ordered(operator.lt), ordered(operator.gt)
