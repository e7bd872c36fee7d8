"""JSON-like values: copied, so that nobody holds a part of what somebody else may change, and free of text that no file can hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_dra.lazy import lazy_pattern
from constructs_dra.paths import child

__all__ = ["SCALARS", "copied", "is_writable", "text_problem", "unwritable"]

_MAX_DEPTH = 100
"""How deep values may be nested; nothing in Kubernetes is a third as deep, and what contains itself would have no end."""

SCALARS = frozenset((str, int, float, bool, type(None)))


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
    if kind in SCALARS:
        return value
    # leaves are looked at here, as a call for each of them would be most of the work
    if kind is dict:
        return {key: item if type(item) in SCALARS else copied(item, depth - 1) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [item if type(item) in SCALARS else copied(item, depth - 1) for item in value]
    return {key: copied(item, depth - 1) for key, item in value.items()} if isinstance(value, Mapping) else value


_SURROGATE = lazy_pattern("[\ud800-\udfff]")


def text_problem(text: str) -> str:
    """What keeps a string out of YAML and of Kubernetes; empty when nothing does."""
    if "\0" in text:
        return "must not have a NUL character: no manifest can carry it"
    if not text.isascii() and _SURROGATE.search(text) is not None:
        return "has half of a surrogate pair, which is not a character: no manifest can carry it"
    return ""


def is_writable(value: Any) -> bool:
    """Whether every string in a JSON-like value is plain; one that is not ASCII has to be looked at by `unwritable`."""
    if type(value) is dict:
        for key, item in value.items():
            kind = type(item)
            if type(key) is str and (not key.isascii() or "\0" in key):
                return False
            if kind is str:
                if not item.isascii() or "\0" in item:
                    return False
            elif (kind is dict or kind is list) and item and not is_writable(item):
                return False
        return True
    for item in value:
        kind = type(item)
        if kind is str:
            if not item.isascii() or "\0" in item:
                return False
        elif (kind is dict or kind is list) and item and not is_writable(item):
            return False
    return True


def unwritable(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The strings in a JSON-like value that no manifest can carry, each with its place and what is wrong."""
    if isinstance(value, str):
        if fault := text_problem(value):
            yield path, fault
    elif type(value) is dict:
        for key, item in value.items():
            if isinstance(key, str) and (fault := text_problem(key)):
                yield child(path, key), f"the key {fault}"
            elif type(item) is not str or "\0" in item or not item.isascii():
                yield from unwritable(item, child(path, key) if isinstance(key, str) else f"{path}[…]")
    elif type(value) is list:
        for index, item in enumerate(value):
            if type(item) is not str or "\0" in item or not item.isascii():
                yield from unwritable(item, f"{path}[{index}]")
