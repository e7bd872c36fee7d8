"""What attrs writes anew for every class, written once: records of this library compare, hash and show themselves through it.

attrs compiles these methods class by class, a third of a millisecond each time; with some sixty records that is what a small program would mostly
wait for. Classes that use it say `frozen(eq=False, repr=False)`.
"""

from typing import Any

from attrs import fields

__all__ = ["Valued"]


_NAMES: dict[type, tuple[tuple[str, ...], tuple[str, ...]]] = {}
"""Per class, looked up once: the fields that count for equality, and those that are shown."""


def _names(kind: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = _NAMES.get(kind)
    if known is None:
        each: Any = fields(kind)
        known = _NAMES[kind] = tuple(one.name for one in each if one.eq), tuple(one.name for one in each if one.repr)
    return known


class Valued:
    """A record that is its values: two of one class with the same values are equal."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _names(type(self))[0])

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in _names(type(self))[0])))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _names(type(self))[1])
        return f"{type(self).__qualname__.rpartition('>.')[2]}({shown})"
