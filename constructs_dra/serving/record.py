"""What every record of a model service has in common: checked when it is made, all mistakes at once, unchangeable from then on.

A field says how it is checked in its attrs metadata (`metadata=valid.port()`, see `constructs_dra.serving.valid`); `Record` runs those checks
and then the record's own `cross_check`.
A value that is the field's default is not looked at, so that records with many fields cost what their author wrote.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from attrs import evolve, fields

from constructs_dra.errors import Problems, SpecError
from constructs_dra.serving.valid import Check
from constructs_dra.serving.values import copied

__all__ = ["Fragment", "Record"]

Fragment: TypeAlias = Mapping[str, Any]
"""A piece of a Kubernetes object in Kubernetes' own spelling, checked against its schema with the path of the mistake."""


class Record:
    """Base of the frozen records: an instance that exists is valid."""

    __slots__ = ()

    def __attrs_post_init__(self) -> None:
        """Check every field, take copies of lists and mappings, raise one `SpecError` with all mistakes."""
        problems = Problems()
        for name, default, check in _plan(type(self)):
            value = getattr(self, name)
            if value is default or (default is _EMPTY and value == {}):
                continue
            if isinstance(value, list | dict | tuple):
                value = copied(value)
                object.__setattr__(self, name, tuple(value) if isinstance(value, list) else value)
            if check is not None:
                check(value, name, problems)
        if not problems.errors:  # fields of the wrong type would make the record's own rules stumble
            self.cross_check(problems)
        if errors := problems.errors:
            raise SpecError(found if found.source else evolve(found, source=self.title()) for found in errors)

    def cross_check(self, problems: Problems) -> None:
        """Rules over several fields; the fields themselves are right when this runs."""

    def title(self) -> str:
        """What to call this record in an error: its type, and its name where it has one."""
        name = getattr(self, "name", None)
        return f"{type(self).__name__} {name!r}" if isinstance(name, str) and name else type(self).__name__


_EMPTY: Final = object()
"""Stands for the default of fields that start as a mapping of their own."""

_PLANS: dict[type, tuple[tuple[str, object, Check | None], ...]] = {}


def _plan(kind: type[Any]) -> tuple[tuple[str, object, Check | None], ...]:
    """Name, default and check of every field of a record class, worked out once."""
    plan = _PLANS.get(kind)
    if plan is None:
        plan = tuple(
            (item.name, _EMPTY if getattr(item.default, "factory", None) is dict else item.default, item.metadata.get("check"))
            for item in fields(kind)
        )
        _PLANS[kind] = plan
    return plan
