"""A plugin of the endpoint picker as a record; the types this library knows are in `constructs_dra.picker.plugins`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, fields, frozen

from constructs_dra.errors import Problems
from constructs_dra.records import valid
from constructs_dra.records.record import Record
from constructs_dra.records.values import copied

__all__ = ["Plugin", "TypedPlugin", "parameter"]


def _number(value: Any, path: str, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        valid.wrong(problems, path, value, "a number")


def _mapping(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping")


def _list(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, list | tuple):
        valid.wrong(problems, path, value, "a list")


class Named(Record):
    """What plugins have in common; the base of both kinds."""

    __slots__ = ()

    type: str
    name: str | None
    weight: float | None

    def given(self) -> dict[str, Any]:
        """Its parameters in the picker's own spelling; those that say nothing are left out."""
        raise NotImplementedError

    @property
    def reference(self) -> str:
        """The name that profiles and other sections refer to it by."""
        return self.name or self.type

    def entry(self) -> dict[str, Any]:
        """Its entry in the list of plugins."""
        made: dict[str, Any] = {"name": self.name} if self.name is not None else {}
        made["type"] = self.type
        if given := self.given():
            made["parameters"] = given
        return made


@frozen(eq=False, repr=False)
class Plugin(Named):
    """A plugin of any type, its parameters in the picker's own spelling.

    Attributes:
        type: Its type, e.g. `queue-scorer`.
        name: Its name, by which others refer to it. Default: its type.
        weight: What its scores count in a profile; of scorers only. Default 1.
        parameters: Its parameters. Default: none.
    """

    type: str = field(metadata=valid.text())
    name: str | None = field(default=None, kw_only=True, metadata=valid.optional(valid.text()))
    weight: float | None = field(default=None, kw_only=True, metadata=valid.optional(valid.custom(_number)))
    parameters: Mapping[str, Any] = field(factory=dict, kw_only=True, metadata=valid.custom(_mapping))

    def given(self) -> dict[str, Any]:
        """Its parameters."""
        return dict(copied(self.parameters))


@frozen(kw_only=True, eq=False, repr=False)
class TypedPlugin(Named):
    """A plugin of one type, each parameter a field; the base of those in `constructs_dra.picker.plugins`.

    Attributes:
        name: Its name, by which others refer to it. Default: its type.
        weight: What its scores count in a profile; of scorers only. Default 1.
    """

    TYPE: ClassVar[str] = ""

    name: str | None = field(default=None, metadata=valid.optional(valid.text()))
    weight: float | None = field(default=None, metadata=valid.optional(valid.custom(_number)))

    @property
    def type(self) -> str:  # type: ignore[override]  # fixed by the class
        """Its type."""
        return self.TYPE

    def given(self) -> dict[str, Any]:
        """Its parameters."""
        kind: type[Any] = type(self)
        values = ((item.metadata.get("parameter"), getattr(self, item.name)) for item in fields(kind))
        return {name: copied(value) for name, value in values if name and value is not None}


def parameter(name: str, kind: str) -> Any:
    """A field that is a parameter of a plugin; None leaves it to the picker.

    Args:
        name: What the picker calls it.
        kind: What it is: `str`, `int`, `float`, `bool`, `list` or `mapping`.
    """
    checks = {
        "str": valid.text(empty=True),
        "int": valid.integer(-(2**63), 2**63 - 1),
        "float": valid.custom(_number),
        "bool": valid.boolean(),
        "list": valid.custom(_list),
        "mapping": valid.custom(_mapping),
    }
    return field(default=None, metadata={**valid.optional(checks[kind]), "parameter": name})
