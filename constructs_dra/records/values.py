"""JSON-like values: copied, so that nobody holds a part of what somebody else may change."""

from collections.abc import Mapping
from typing import Any

__all__ = ["copied"]

_MAX_DEPTH = 100
"""How deep values may be nested; nothing in Kubernetes is a third as deep, and what contains itself would have no end."""

_SCALARS = frozenset((str, int, float, bool, type(None)))


def copied(value: Any, depth: int = _MAX_DEPTH) -> Any:
    """A deep copy of a JSON-like value with lists for sequences; other objects (records) are shared, as they cannot change.

    Args:
        value: What to copy.
        depth: How deep it may be nested.

    Raises:
        RecursionError: It is nested deeper.
    """
    if not depth:
        raise RecursionError
    kind = type(value)
    if kind in _SCALARS:
        return value
    # leaves are looked at here, as a call for each of them would be most of the work
    if kind is dict:
        return {key: item if type(item) in _SCALARS else copied(item, depth - 1) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [item if type(item) in _SCALARS else copied(item, depth - 1) for item in value]
    return {key: copied(item, depth - 1) for key, item in value.items()} if isinstance(value, Mapping) else value
