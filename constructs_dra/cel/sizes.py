"""Sizes as the cost estimate reckons with them: between how many and how many characters, elements or entries."""

from math import ceil
from typing import NamedTuple

__all__ = ["ONE", "PER_CHARACTER", "PER_REGEX_CHARACTER", "UNKNOWN", "UNLIMITED", "Entries", "Size", "scaled", "size_of_path"]

UNLIMITED = 2**64 - 1
PER_CHARACTER = 0.1
PER_REGEX_CHARACTER = 0.25


class Size(NamedTuple):
    """Between how many characters, elements or entries."""

    low: int
    high: int

    def plus(self, other: "Size") -> "Size":
        """Size of both together."""
        return Size(min(self.low + other.low, UNLIMITED), min(self.high + other.high, UNLIMITED))

    def times(self, other: "Size") -> "Size":
        """Size of so many of so large each."""
        return Size(min(self.low * other.low, UNLIMITED), min(self.high * other.high, UNLIMITED))

    def union(self, other: "Size") -> "Size":
        """Any size within one or the other."""
        return Size(min(self.low, other.low), max(self.high, other.high))

    def cost(self, factor: float = 1.0) -> int:
        """The most it costs to walk through, given the cost of one."""
        return scaled(self.high, factor)


def scaled(count: int, factor: float) -> int:
    """Cost of a count, rounded up, never past the largest number cel-go has."""
    if count < 2**50:
        return ceil(count * factor)
    return min(ceil(float(count) * factor), UNLIMITED)


UNKNOWN = Size(0, UNLIMITED)
ONE = Size(1, 1)


class Entries(NamedTuple):
    """Sizes of the keys and of the values of a list or map that the expression makes."""

    kind: str
    key: Size
    value: Size


_DEVICE: dict[str, int] = {"driver": 63, "allowMultipleAllocations": 1, "attributes": 32, "capacity": 32}


def size_of_path(path: tuple[str, ...]) -> Size | None:
    """The limit Kubernetes sets on what a path of `device` leads to; None where it sets none."""
    if not path or path[0] != "device":
        return None
    if len(path) == 1:
        return Size(0, 0)
    limit = _DEVICE.get(path[1])
    if limit is None:
        return None
    steps = path[2:]
    if not steps:
        return Size(0, limit)
    if path[1] not in {"attributes", "capacity"}:
        return None
    domain, *names = steps
    if domain == "@keys":
        return None if names else Size(0, 63)
    if domain not in {"@values", "@items"}:
        return None
    if not names:
        return Size(0, 32)
    name, *rest = names
    if rest:
        return None
    if name == "@keys":
        return Size(0, 32)
    if path[1] == "attributes":
        return None if name == "@indices" else Size(0, 64)
    return Size(0, 0) if name in {"@values", "@items"} else None
