"""JSON-like values: copied, so that nobody holds a part of what somebody else may change."""

from collections.abc import Mapping
from typing import Any

__all__ = ["copied"]


def copied(value: Any) -> Any:
    """A deep copy of a JSON-like value with lists for sequences; other objects (records) are shared, as they cannot change."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [copied(item) for item in value]
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    return value
