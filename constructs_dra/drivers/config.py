"""Opaque configuration: what a claim or a device class tells a driver about the devices it gets.

Each kind that a driver reads is a record of its own in the driver's module (`nvidia.GpuConfig`, `dranet.NetworkConfig`); the driver's rules are
checked when the record is made. `RawConfig` is for drivers this library does not know.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from attrs import AttrsInstance, fields, frozen, has

from constructs_dra.errors import Problem, SpecError

__all__ = ["OpaqueConfig", "RawConfig", "key"]


def key(name: str) -> dict[str, str]:
    """Field metadata: the field's name in Kubernetes' spelling, where it is not the camel case of the Python name."""
    return {"key": name}


class OpaqueConfig:
    """Configuration that one driver reads. Subclasses are frozen attrs records whose fields are the configuration's own.

    Attributes:
        driver: Name of the driver that reads it.
        api_version: Its API version; empty when it has none.
        kind: Its kind; empty when it has none.
        kinds: Kinds of device it is for, as values of the driver's `kind_attribute`; empty for all.
    """

    driver: ClassVar[str]
    api_version: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    kinds: ClassVar[tuple[str, ...]] = ()

    def __attrs_post_init__(self) -> None:
        found = [*_wrong_shapes(self), *self.problems()]
        if found:
            raise SpecError(problem.under(self.kind or type(self).__name__) for problem in found)

    def problems(self) -> Iterator[Problem]:
        """What breaks the driver's rules, beyond types."""
        yield from ()

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it: type first where it has one, then the fields that were set."""
        head = {name: value for name, value in (("apiVersion", self.api_version), ("kind", self.kind)) if value}
        return {**head, **_plain(self)}


@frozen
class RawConfig(OpaqueConfig):
    """Configuration for a driver this library does not know.

    Attributes:
        driver: Name of the driver that reads it.
        content: The whole configuration, `apiVersion` and `kind` included where it has them.
    """

    driver: str  # type: ignore[misc]
    content: Mapping[str, Any]

    def parameters(self) -> dict[str, Any]:
        """The configuration as it was given."""
        return dict(self.content)


def camel(name: str) -> str:
    """Kubernetes' spelling of a Python name: `time_slicing_config` gives `timeSlicingConfig`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _plain(value: Any) -> Any:
    """A record, or what is inside one, as JSON; what is None is left out."""
    if has(type(value)):
        items = ((spot.metadata.get("key") or camel(spot.name), getattr(value, spot.name)) for spot in fields(type(value)))
        return {name: _plain(item) for name, item in items if item is not None and item != ()}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _wrong_shapes(record: AttrsInstance | Any) -> Iterator[Problem]:
    """Values of a type their field does not take; fields say so in their metadata through `of`."""
    for spot in fields(type(record)):
        wanted: tuple[type, ...] = spot.metadata.get("of", ())
        value = getattr(record, spot.name)
        if wanted and value is not None and (not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted)):
            names = " or ".join(kind.__name__ for kind in wanted)
            yield Problem(spot.name, f"must be {names}, got {value!r} ({type(value).__name__})")
