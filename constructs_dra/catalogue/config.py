"""Opaque configuration: what a claim or a device class tells a driver about the devices it gets.

Each kind that a driver reads is a record of its own in the driver's module (`nvidia.GpuConfig`, `dranet.NetworkConfig`); the driver's rules are
checked when the record is made. `RawConfig` is for drivers this library does not know.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeAlias

from attrs import field, fields, frozen, has

from constructs_dra.errors import Problem
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes
from constructs_dra.records.record import Record

__all__ = ["Interval", "OpaqueConfig", "Part", "RawConfig", "camel", "key", "shared"]

Interval: TypeAlias = Literal["Default", "Short", "Medium", "Long"]
"""How long a turn is where containers take turns on a device."""


def key(name: str, metadata: valid.Metadata) -> valid.Metadata:
    """Metadata of a field that the driver spells otherwise than in the camel case of its Python name."""
    return kubernetes(name, metadata)


class Part(Record):
    """A block inside a configuration; what is wrong with it is reported by the configuration."""

    __slots__ = ()

    DEFERRED = TOLERANT = True

    def manifest(self) -> Any:
        """The block as the driver reads it."""
        return _fields_of(self)


class OpaqueConfig(Record):
    """Configuration that one driver reads. Subclasses are frozen attrs records whose fields are the configuration's own.

    Attributes:
        driver: Name of the driver that reads it.
        api_version: Its API version; empty when it has none.
        kind: Its kind; empty when it has none.
    """

    __slots__ = ()

    TOLERANT = True

    driver: ClassVar[str]
    api_version: ClassVar[str] = ""
    kind: ClassVar[str] = ""

    def reported(self, problem: Problem) -> Problem:
        """A problem as its error reports it: under the kind of the configuration."""
        return problem.under(self.kind or type(self).__name__)

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it: type first where it has one, then the fields that were set."""
        head = {name: value for name, value in (("apiVersion", self.api_version), ("kind", self.kind)) if value}
        return {**head, **_fields_of(self)}


@frozen(eq=False, repr=False)
class RawConfig(OpaqueConfig):
    """Configuration for a driver this library does not know.

    Attributes:
        driver: Name of the driver that reads it.
        content: The whole configuration, `apiVersion` and `kind` included where it has them.
    """

    driver: str = field(metadata=valid.text())  # type: ignore[misc]
    content: Mapping[str, Any] = field(metadata=valid.mapping(valid.anything(), "values"))

    def parameters(self) -> dict[str, Any]:
        """The configuration as it was given."""
        return dict(self.content)


def camel(name: str) -> str:
    """Kubernetes' spelling of a Python name: `time_slicing_config` gives `timeSlicingConfig`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _fields_of(record: Any) -> dict[str, Any]:
    """The fields that were set, as JSON."""
    items = ((spot.metadata.get("kubernetes") or camel(spot.name), getattr(record, spot.name)) for spot in fields(type(record)))
    return {name: _plain(item) for name, item in items if item is not None and item != ()}


def _plain(value: Any) -> Any:
    """A value, or a record in one, as JSON."""
    if isinstance(value, Part):
        return value.manifest()
    if has(type(value)):
        return _fields_of(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def shared(interval: str | None, partition_count: int | None) -> dict[str, Any]:
    """A device shared in time or in space, as the drivers that follow Kubernetes' example read it."""
    if interval is not None:
        return {"sharing": {"strategy": "TimeSlicing", "timeSlicingConfig": {"interval": interval}}}
    if partition_count is not None:
        return {"sharing": {"strategy": "SpacePartitioning", "spacePartitioningConfig": {"partitionCount": partition_count}}}
    return {}
