"""What every record of a model service has in common: checked when it is made, all mistakes at once, unchangeable from then on.

A field says how it is checked in its attrs metadata (`metadata=valid.port()`, see `constructs_dra.records.valid`); `Record` runs those checks
and then the record's own `cross_check`.
A value that is the field's default is not looked at, so that records with many fields cost what their author wrote.
"""

from collections.abc import Callable, Container, Mapping
from operator import attrgetter
from typing import Any, ClassVar, Final, Self, TypeAlias, cast

from attrs import NOTHING, Attribute, Factory, evolve, fields, has

from constructs_dra.errors import Problem, Problems, SpecError, shown
from constructs_dra.paths import is_under, split
from constructs_dra.records.alike import Key, recall, remember
from constructs_dra.records.valid import Check
from constructs_dra.records.valued import Valued
from constructs_dra.records.values import SCALARS, copied, is_writable, text_problem, unwritable

__all__ = ["Fragment", "Record"]

Fragment: TypeAlias = Mapping[str, Any]
"""A piece of a Kubernetes object in Kubernetes' own spelling, checked against its schema with the path of the mistake."""


class Record(Valued):
    """Base of the frozen records: an instance that exists is valid."""

    __slots__ = ("_likeness",)

    ALIKE: ClassVar[bool] = True
    """Whether records of one content are checked once (`constructs_dra.records.alike`); no for those of which each is another."""

    CROSS_CHECKED: ClassVar[frozenset[str]] = frozenset()
    """Fields that `cross_check` cannot do without: where one of them is wrong, it does not run."""

    SORTED: ClassVar[bool] = False
    """Whether problems are reported in the order of the fields; otherwise those of single fields come first."""

    TOLERANT: ClassVar[bool] = False
    """Whether `cross_check` can be asked about wrong fields too; otherwise stand-ins take their place."""

    DEFERRED: ClassVar[bool] = False
    """Whether nothing is raised until the record is part of another one, which reports what is wrong with all its parts at once."""

    def __attrs_post_init__(self) -> None:
        """Check every field, take copies of lists and mappings, raise one `SpecError` with all mistakes."""
        key, number = self._recalled() if self.ALIKE else (None, 0)
        if number:
            object.__setattr__(self, "_likeness", number)
            return
        if self.DEFERRED and key is None:
            self._settle(Problems())
            return
        found = self.found()
        if key is not None and not found:
            object.__setattr__(self, "_likeness", remember(type(self), key))
        if self.DEFERRED:
            return
        if errors := found.errors:
            raise SpecError(map(self.reported, sorted(errors, key=self.rank) if self.SORTED else errors), record=self)

    @property
    def likeness(self) -> int:
        """Records of one class with the same number have the same content, in which nothing was found; 0 where that is not known."""
        return getattr(self, "_likeness", 0)

    def _recalled(self) -> tuple[Key | None, int]:
        """The key of its content and its number; where it has one, copies of lists and mappings are taken here."""
        kind: type[Any] = type(self)
        plan, values_of = _plan(kind)
        values: list[Any] = []
        records: list[Any] = []
        copies: list[tuple[str, Any]] = []
        for (name, default, _), value in zip(plan, values_of(self), strict=True):
            if value is default:
                continue
            held = type(value)
            if held in SCALARS:
                values += (name, value)
            elif held is dict:
                if value:
                    values += (name, value)
                    copies.append((name, value))
                elif default is not _EMPTY:
                    values += (name, value)
            elif held is tuple or held is list:
                if value and isinstance(value[0], Record):
                    numbers = tuple([getattr(item, "_likeness", 0) for item in value])
                    if 0 in numbers:
                        return None, 0
                    records += (name, numbers)
                    if held is list:
                        copies.append((name, value))
                else:
                    values += (name, value)
                    copies.append((name, value))
            elif number := getattr(value, "_likeness", 0) if isinstance(value, Record) else 0:
                records += (name, number)
            else:
                return None, 0
        key, number = recall(kind, values, records)
        if number:
            for name, value in copies:
                copy = copied(value)
                object.__setattr__(self, name, tuple(copy) if type(copy) is list else copy)
        return key, number

    def rank(self, problem: Problem) -> tuple[int, int]:
        """Where a problem stands among the others: in the order of the fields, and of the items of a list."""
        head, *rest = split(problem.path) or [""]
        kind: type[Any] = type(self)
        names = [item.name for item in fields(kind)]
        return names.index(head) if head in names else len(names), rest[0] if rest and isinstance(rest[0], int) else -1

    def found(self) -> Problems:
        """What is wrong with it, the fields first; on a record that exists nothing but warnings, unless its checks are deferred."""
        problems = Problems()
        if self.likeness:
            return problems
        wrong = self._settle(problems)
        if not wrong or self.TOLERANT:
            self.cross_check(problems)
        elif not self.CROSS_CHECKED & set(wrong) and (stand_in := self.repaired(wrong)) is not None:
            found = Problems()
            stand_in.cross_check(found)
            problems.extend(problem for problem in found if not is_under(problem.path, wrong))
        return problems

    def reported(self, problem: Problem) -> Problem:
        """A problem as the record's error reports it: with the record it is about."""
        return problem if problem.source else evolve(problem, source=self.title())

    def _settle(self, problems: Problems) -> list[str]:
        """Check every field and take copies of lists and mappings; gives the names of the wrong fields."""
        wrong: list[str] = []
        before = len(problems)
        plan, values_of = _plan(type(self))
        for (name, default, check), given in zip(plan, values_of(self), strict=True):
            value = given
            if value is default or (default is _EMPTY and type(value) is dict and not value):
                continue
            clean = True
            if isinstance(value, str):
                if (not value.isascii() or "\0" in value) and (fault := text_problem(value)):
                    problems.add(name, fault)
                    clean = False
            elif isinstance(value, list | dict | tuple):
                try:
                    value = copied(value)
                except RecursionError:
                    problems.add(name, "contains itself, or is nested deeper than anything in Kubernetes")
                    clean = False
                else:
                    object.__setattr__(self, name, tuple(value) if isinstance(value, list) else value)
                    if value and not is_writable(value):
                        for place, fault in unwritable(value, name):
                            problems.add(place, fault)
                            clean = False
            if clean and check is not None:
                check(value, name, problems)
                clean = len(problems) == before
            if not clean:
                wrong.append(name)
                before = len(problems)
        return wrong

    def repaired(self, wrong: Container[str]) -> Self | None:
        """The record with stand-ins for its wrong fields, to ask the rules about the others; None where nothing can stand in."""
        kind: type[Any] = type(self)
        stand_in = object.__new__(kind)
        for item in fields(kind):
            value = getattr(self, item.name)
            if item.name in wrong:
                make = _factory(item)
                value = make() if make is not None else item.metadata.get("stand_in", NOTHING) if item.default is NOTHING else item.default
                if value is NOTHING:
                    return None
            object.__setattr__(stand_in, item.name, value)
        return cast("Self", stand_in)

    def cross_check(self, problems: Problems) -> None:
        """Rules over several fields; the fields themselves are right when this runs."""

    def title(self) -> str:
        """What to call this record in an error: its type, and its name where it has one."""
        name = getattr(self, "name", None)
        return f"{type(self).__name__} {shown(name)}" if isinstance(name, str) and name else type(self).__name__


_EMPTY: Final = object()
"""Stands for the default of fields that start as a mapping of their own."""

_Plan: TypeAlias = tuple[tuple[tuple[str, object, Check | None], ...], Callable[[Any], tuple[Any, ...]]]

_PLANS: dict[type, _Plan] = {}


def _plan(kind: type[Any]) -> _Plan:
    """Name, default and check of every field of a record class, and what gives their values; worked out once."""
    plan = _PLANS.get(kind)
    if plan is None:
        each = tuple((item.name, _EMPTY if _factory(item) is dict else item.default, _metadata(kind, item).get("check")) for item in fields(kind))
        names = [name for name, _, _ in each]
        values_of: Callable[[Any], tuple[Any, ...]] = (
            attrgetter(*names) if len(names) > 1 else lambda record: tuple([getattr(record, name) for name in names])
        )
        plan = _PLANS[kind] = each, values_of
    return plan


def _factory(item: "Attribute[Any]") -> Callable[[], Any] | None:
    """What makes a field's default; None where the default is one value. A value is not asked for attributes: it may be a driver's namespace."""
    default: Any = item.default
    return default.factory if isinstance(default, Factory) else None  # type: ignore[arg-type]  # stubs show the class as a function


def _metadata(kind: type[Any], item: "Attribute[Any]") -> Mapping[str, Any]:
    """What is known of a field: a class that only gives it another default need not say it again."""
    if item.metadata:
        return item.metadata
    above = (each for base in kind.__mro__[1:] if has(base) for each in fields(base) if each.name == item.name and each.metadata)
    return next((each.metadata for each in above), item.metadata)
