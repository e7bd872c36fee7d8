"""What attrs writes anew for every class, written once: records of this library compare, hash and show themselves through it.

attrs compiles these methods class by class, a quarter of a millisecond each time (0.50 ms for a class with them, 0.25 ms without); with some sixty
records that is 15 ms of every start. Classes that use it say `frozen(eq=False, repr=False)`.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import fields

__all__ = ["Valued"]

_Compared: TypeAlias = tuple[tuple[str, Callable[[Any], Any] | None], ...]
_Names: TypeAlias = tuple[_Compared, _Compared, tuple[str, ...]]

_NAMES: dict[type, _Names] = {}
"""Per class, looked up once: the fields that count for equality and for the hash, with how they are compared, and those that are shown."""


def _names(kind: type) -> _Names:
    known = _NAMES.get(kind)
    if known is None:
        each: Any = fields(kind)
        compared = tuple((one.name, one.eq_key) for one in each if one.eq)
        hashed = tuple((one.name, one.eq_key) for one in each if (one.eq if one.hash is None else one.hash))
        known = _NAMES[kind] = compared, hashed, tuple(one.name for one in each if one.repr)
    return known


class Valued:
    """A record that is its values: two of one class with the same values are equal."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(
            getattr(self, name) == getattr(other, name) if key is None else key(getattr(self, name)) == key(getattr(other, name))
            for name, key in _names(type(self))[0]
        )

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) if key is None else key(getattr(self, name)) for name, key in _names(type(self))[1])))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _names(type(self))[2])
        return f"{type(self).__qualname__.rpartition('>.')[2]}({shown})"
