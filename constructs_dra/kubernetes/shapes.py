"""Look into objects of any shape: what is not of the expected type counts as absent, since the schema check reports it."""

from collections.abc import Iterator
from typing import Any

from constructs_dra.paths import child

__all__ = ["at", "items", "mapping", "pairs", "sequence", "text", "whole"]


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """The value if it is text, else an empty one."""
    return value if isinstance(value, str) else ""


def whole(value: Any) -> int | None:
    """The value if it is a whole number, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def at(value: Any, *keys: str) -> Any:
    """What mappings in mappings hold under these keys; None where one is absent."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def items(owner: Any, key: str, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The mappings in the list `owner[key]`, each with its place; `path` is that of `owner`."""
    found = owner.get(key) if isinstance(owner, dict) else None
    if found and isinstance(found, list):  # most are not there, and places cost more than looking
        base = child(path, key)
        for index, item in enumerate(found):
            if isinstance(item, dict):
                yield item, f"{base}[{index}]"


def pairs(owner: Any, key: str, path: str) -> Iterator[tuple[str, Any, str]]:
    """The entries of the mapping `owner[key]`, each with its place."""
    found = owner.get(key) if isinstance(owner, dict) else None
    if found and isinstance(found, dict):
        base = child(path, key)
        for name, value in found.items():
            yield name, value, child(base, name)
