"""Records that stand for a piece of a Kubernetes object: the editor completes their fields, and whatever takes the piece as a mapping takes them."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from constructs_dra.records.record import Record

__all__ = ["Piece"]


class Piece(Record, Mapping[str, Any]):
    """Base of the records that are read as the mapping they stand for, in Kubernetes' spelling."""

    __slots__ = ()

    @abstractmethod
    def manifest(self) -> dict[str, Any]:
        """The piece as Kubernetes writes it; what says nothing is left out."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Mapping) and other.__class__ is not self.__class__:
            return self.manifest() == dict(other)
        return Record.__eq__(self, other)

    def __hash__(self) -> int:
        return Record.__hash__(self)

    def __getitem__(self, key: str) -> Any:
        return self.manifest()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.manifest())

    def __len__(self) -> int:
        return len(self.manifest())
