"""The cost of an evaluation while it runs, by the rules of cel-go's runtime cost and Kubernetes' functions."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from constructs_dra.cel.values import Domains, EvaluationAbortedError, MadeMap

__all__ = ["OVER_LIMIT", "Meter", "call_cost"]

OVER_LIMIT = "operation cancelled: actual cost limit exceeded"

_MAPS: frozenset[type] = frozenset((dict, Domains, MadeMap))
_SIZED: frozenset[type] = frozenset({str, bytes, list}) | _MAPS
_PER_CHARACTER = 0.1
_PER_REGEX_CHARACTER = 0.25


class Meter:
    """Counts up to a limit.

    Attributes:
        spent: Cost so far.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.spent = 0

    def spend(self, cost: int) -> None:
        """Add a cost.

        Raises:
            EvaluationAbortedError: The limit is passed.
        """
        self.spent += cost
        if self.spent > self._limit:
            raise EvaluationAbortedError(OVER_LIMIT)


def _size(value: Any) -> int:
    return len(value) if type(value) in _SIZED else 1


def _characters(size: int, factor: float = _PER_CHARACTER) -> int:
    return ceil(size * factor)


def _traversal(value: Any) -> int:
    """Cost of walking through a value."""
    if type(value) in {str, bytes}:
        return int(len(value) * _PER_CHARACTER)
    if type(value) is list:
        return sum(map(_traversal, value))
    if type(value) in _MAPS:
        return sum(_traversal(key) + _traversal(item) for key, item in value.items())
    return 1


_WALKED = frozenset(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"))
_READ = frozenset(
    ("url", "lowerAscii", "upperAscii", "substring", "trim", "cidr", "isIP", "isCIDR", "ip", "quantity", "isQuantity", "semver", "isSemver")
)
_REBUILT = frozenset(("replace", "split", "ip.isCanonical"))
_COMPARED = frozenset(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"))
_SETS = {"sets.contains": 1, "sets.intersects": 1, "sets.equivalent": 2}


def _pairwise(values: list[Any]) -> int:
    """Cost of comparing all elements with each other."""
    factor = 2 + _PER_CHARACTER * (bool(values) and type(values[0]) in {str, bytes})
    return int(len(values) ** 2 * factor)


_CALL_WITH_LIST = 11
"""A call, and the list it makes."""

_MADE_LISTS: dict[str, Callable[[Sequence[Any], Any], int]] = {
    **dict.fromkeys(("slice", "lists.range", "reverse"), lambda _values, result: len(result)),
    "flatten": lambda values, _result: len(values[0]) * (values[1] if len(values) > 1 else 1),
    **dict.fromkeys(("distinct", "sort"), lambda values, _result: _pairwise(values[0])),
    "@sortByAssociatedKeys": lambda values, _result: _pairwise(values[1]),
}  # fmt: skip


def call_cost(function: str, values: Sequence[Any], result: Any) -> int:
    """What one call costs, given the values it was called with."""
    if function in _COMPARED:
        return _characters(min(_size(values[0]), _size(values[1])))
    if function in _WALKED:
        return _traversal(values[0])
    if function in _READ:
        return _characters(_size(values[0]))
    if function in _REBUILT:
        return _characters(_size(values[0]), 2 * _PER_CHARACTER)
    if function == "join":
        return _characters(_size(result), 2 * _PER_CHARACTER)
    if function in {"matches", "find", "findAll"}:
        return _characters(1 + _size(values[0])) * _characters(_size(values[1]), _PER_REGEX_CHARACTER)
    if function == "contains":
        return _characters(_size(values[0])) * _characters(_size(values[1]))
    if function in {"startsWith", "endsWith"}:
        return _characters(_size(values[1]))
    if function in _SETS:
        return 1 + _size(values[0]) * _size(values[1]) * _SETS[function]
    if function in _MADE_LISTS:
        return _MADE_LISTS[function](values, result) + _CALL_WITH_LIST
    if function == "@in" and type(values[1]) is list:
        return len(values[1])
    if function == "_+_" and type(result) in {str, bytes}:
        return _characters(len(result))
    return 1
