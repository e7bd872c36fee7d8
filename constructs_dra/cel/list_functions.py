"""What the functions of lists do, by overload id: Kubernetes' own and those of CEL's lists extension (version 3)."""

from collections.abc import Callable
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from constructs_dra.cel.equality import compared, no_overload, same
from constructs_dra.cel.metering import OVER_LIMIT
from constructs_dra.cel.values import CelEvaluationError, Duration, EvaluationAbortedError, Optional, Timestamp, Uint

__all__ = ["LONGEST_LIST", "lists_of"]

LONGEST_LIST = 1_000_000
"""More elements than a selector within its cost limit can make one by one."""

_COMPARABLE: dict[type, str] = {
    int: "int", Uint: "uint", float: "double", bool: "bool", Duration: "duration", Timestamp: "timestamp", str: "string", bytes: "bytes",
}  # fmt: skip


def _is_sorted(values: list[Any]) -> bool:
    return all(compared(left, right) <= 0 for left, right in pairwise(values))


def _extreme(name: str, sign: int) -> Callable[[list[Any]], Any]:
    def extreme(values: list[Any]) -> Any:
        if not values:
            raise CelEvaluationError(f"{name} called on empty list")
        found = values[0]
        for value in values[1:]:
            if compared(value, found) == sign:
                found = value
        return found

    return extreme


def _summed(start: Any, limit: Callable[[Any], Any]) -> Callable[[list[Any]], Any]:
    def total(values: list[Any]) -> Any:
        result = start
        for value in values:
            if type(value) is not type(start):
                raise no_overload()
            result = limit(result + value)
        return result

    return total


def _index_of(values: list[Any], wanted: Any) -> int:
    return next((index for index, value in enumerate(values) if same(value, wanted)), -1)


def _last_index_of(values: list[Any], wanted: Any) -> int:
    return next((index for index in reversed(range(len(values))) if same(values[index], wanted)), -1)


def _slice(values: list[Any], start: int, end: int) -> list[Any]:
    call = f"cannot slice({start}, {end})"
    if start < 0 or end < 0:
        raise CelEvaluationError(f"{call}, negative indexes not supported")
    if start > end:
        raise CelEvaluationError(f"{call}, start index must be less than or equal to end index")
    if len(values) < end:
        raise CelEvaluationError(f"{call}, list is length {len(values)}")
    return values[start:end]


def _flatten(values: list[Any], depth: int = 1) -> list[Any]:
    if depth < 0:
        raise CelEvaluationError("level must be non-negative")
    flat: list[Any] = []
    for value in values:
        if type(value) is list and depth:
            flat += _flatten(value, depth - 1)
        else:
            flat.append(value)
    return flat


def _range(count: int) -> list[int]:
    if count > LONGEST_LIST:
        raise EvaluationAbortedError(OVER_LIMIT)
    return list(range(count))


def _distinct(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if not any(same(value, other) for other in found):
            found.append(value)
    return found


def _sort(values: list[Any]) -> list[Any]:
    return _sort_by(values, values)


def _sort_by(values: list[Any], keys: list[Any]) -> list[Any]:
    if not values:
        return values
    if type(keys[0]) not in _COMPARABLE:
        raise CelEvaluationError("list elements must be comparable")
    if any(type(key) is not type(keys[0]) for key in keys):
        raise CelEvaluationError("list elements must have the same type")
    order = cmp_to_key(compared)
    return [values[index] for index in sorted(range(len(values)), key=lambda index: order(keys[index]))]


def _first(values: list[Any], *, index: int = 0) -> Optional:
    return Optional(values[index], present=True) if values else Optional()


def _unwrapped(values: list[Any]) -> list[Any]:
    if any(type(value) is not Optional for value in values):
        raise no_overload()
    return [value.value for value in values if value.present]


def _contains_all(one: list[Any], other: list[Any]) -> bool:
    return all(any(same(item, candidate) for candidate in one) for item in other)


def lists_of(sums: dict[str, tuple[Any, Callable[[Any], Any]]]) -> dict[str, Callable[..., Any]]:
    """Implementations by overload id.

    Args:
        sums: By type of element, what an empty list sums up to, and what brings a sum back into the type's range.
    """
    found: dict[str, Callable[..., Any]] = {
        "list_a_index_of_int": _index_of, "list_a_last_index_of_int": _last_index_of,
        "list_first": _first, "list_last": lambda values: _first(values, index=-1),
        **dict.fromkeys(("optional_unwrap", "optional_unwrapOpt"), _unwrapped),
        "list_sets_contains_list": _contains_all,
        "list_sets_equivalent_list": lambda one, other: _contains_all(one, other) and _contains_all(other, one),
        "list_sets_intersects_list": lambda one, other: any(same(left, right) for left in one for right in other),
        "list_slice": _slice, "list_flatten": _flatten, "list_flatten_int": _flatten, "lists_range": _range,
        "list_reverse": lambda values: values[::-1],
        "list_distinct": _distinct,
    }  # fmt: skip
    for kind in _COMPARABLE.values():
        found |= {
            f"list_{kind}_isSorted": _is_sorted, f"list_{kind}_max": _extreme("max", 1), f"list_{kind}_min": _extreme("min", -1),
            f"list_{kind}_sort": _sort, f"list_{kind}_sortByAssociatedKeys": _sort_by,
        }  # fmt: skip
    return found | {f"list_{kind}_sum": _summed(start, limit) for kind, (start, limit) in sums.items()}
