"""What every record of a model service has in common: checked when it is made, all mistakes at once, unchangeable from then on.

A field says how it is checked in its attrs metadata (`metadata=valid.port()`, see `constructs_dra.records.valid`); `Record` runs those checks
and then the record's own `cross_check`.
A value that is the field's default is not looked at, so that records with many fields cost what their author wrote.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeAlias

from attrs import NOTHING, Attribute, evolve, fields

from constructs_dra.errors import Problem, Problems, SpecError, shown
from constructs_dra.records.valid import Check
from constructs_dra.records.valued import Valued
from constructs_dra.records.values import copied

__all__ = ["Fragment", "Record"]

Fragment: TypeAlias = Mapping[str, Any]
"""A piece of a Kubernetes object in Kubernetes' own spelling, checked against its schema with the path of the mistake."""


class Record(Valued):
    """Base of the frozen records: an instance that exists is valid."""

    __slots__ = ()

    CROSS_CHECKED: ClassVar[frozenset[str]] = frozenset()
    """Fields that `cross_check` cannot do without: where one of them is wrong, it does not run."""

    def __attrs_post_init__(self) -> None:
        """Check every field, take copies of lists and mappings, raise one `SpecError` with all mistakes."""
        problems = Problems()
        wrong: list[str] = []
        for name, default, check in _plan(type(self)):
            value = getattr(self, name)
            if value is default or (default is _EMPTY and type(value) is dict and not value):
                continue
            before = len(problems)
            if isinstance(value, list | dict | tuple):
                try:
                    value = copied(value)
                except RecursionError:
                    problems.add(name, "contains itself, or is nested deeper than anything in Kubernetes")
                else:
                    object.__setattr__(self, name, tuple(value) if isinstance(value, list) else value)
            if check is not None and len(problems) == before:
                check(value, name, problems)
            if len(problems) > before:
                wrong.append(name)
        if not wrong:
            self.cross_check(problems)
        elif not self.CROSS_CHECKED & set(wrong):
            problems.extend(self._cross_problems(wrong))
        if errors := problems.errors:
            raise SpecError(found if found.source else evolve(found, source=self.title()) for found in errors)

    def _cross_problems(self, wrong: list[str]) -> list[Problem]:
        """What the record's own rules say where the wrong fields do not matter to them; stand-ins take the place of those."""
        kind: type[Any] = type(self)
        stand_in = object.__new__(kind)
        for item in fields(kind):
            value = self._stand_in(item) if item.name in wrong else getattr(self, item.name)
            object.__setattr__(stand_in, item.name, value)
        found = Problems()
        stand_in.cross_check(found)
        return [problem for problem in found if not problem.path.startswith(tuple(wrong))]

    def cross_check(self, problems: Problems) -> None:
        """Rules over several fields; the fields themselves are right when this runs."""

    @staticmethod
    def _stand_in(item: "Attribute[Any]") -> Any:
        """The default of a field; a name stands in for what has none, as nothing else is left without."""
        make = getattr(item.default, "factory", None)
        return make() if make is not None else "x" if item.default is NOTHING else item.default

    def title(self) -> str:
        """What to call this record in an error: its type, and its name where it has one."""
        name = getattr(self, "name", None)
        return f"{type(self).__name__} {shown(name)}" if isinstance(name, str) and name else type(self).__name__


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
