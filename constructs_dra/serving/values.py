"""JSON-like values: copied, so that nobody holds a part of what somebody else may change."""

from collections.abc import Mapping
from typing import Any

__all__ = ["copied"]


def copied(value: Any) -> Any:
    """A deep copy of a JSON-like value with lists for sequences; other objects (records) are shared, as they cannot change."""
    kind = type(value)
    # texts are looked at here, as a call for each of them would be most of the work
    if kind is dict:
        return {key: item if type(item) is str else copied(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [item if type(item) is str else copied(item) for item in value]
    return {key: copied(item) for key, item in value.items()} if isinstance(value, Mapping) else value
