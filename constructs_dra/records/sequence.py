"""The type of lists of texts: to a type checker a single text is a list of texts too, and that is never what is meant here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, SupportsIndex, TypeVar, overload

__all__ = ["SequenceNotStr", "as_tuple"]

Item_co = TypeVar("Item_co", covariant=True)


class SequenceNotStr(Protocol[Item_co]):
    """What lists and tuples can do and a string cannot: `in` with anything at all on its left."""

    def __contains__(self, value: object, /) -> bool:
        """Whether it holds a value."""
        ...

    def __iter__(self) -> Iterator[Item_co]:
        """One by one."""
        ...

    def __len__(self) -> int:
        """How many."""
        ...

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Item_co: ...

    @overload
    def __getitem__(self, index: slice, /) -> Sequence[Item_co]: ...

    def __getitem__(self, index: Any, /) -> Any:
        """One of them, or some."""
        ...


def as_tuple(value: Any) -> tuple[Any, ...]:
    """One thing or several, as a tuple. What is neither stays one thing, for the checks to refuse."""
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    return tuple(value) if several else (value,)
