"""Terms with an order of their own, versions and quantities: CEL compares them through `compareTo`."""

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from constructs_dra.errors import Problem, shown
from constructs_dra.expressions.build import Expression, Reference, atom, quoted
from constructs_dra.expressions.terms import OPPOSITE, IntTerm, Term, one_of
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.lexical.semver import is_semver

__all__ = ["QuantityTerm", "VersionTerm"]


class _OrderedTerm(Term):
    """Something with an order of its own, which CEL reaches through `compareTo`."""

    __slots__ = ()

    __hash__ = Term.__hash__

    def __eq__(self, value: object) -> Expression:  # type: ignore[override]
        return self._ordered("==", value)

    def __ne__(self, value: object) -> Expression:  # type: ignore[override]
        return self._ordered("!=", value)

    def __lt__(self, value: Any) -> Expression:
        return self._ordered("<", value)

    def __le__(self, value: Any) -> Expression:
        return self._ordered("<=", value)

    def __gt__(self, value: Any) -> Expression:
        return self._ordered(">", value)

    def __ge__(self, value: Any) -> Expression:
        return self._ordered(">=", value)

    def _ordered(self, operator: str, value: object) -> Expression:
        literal, problems = self._literal(value)
        text = f"{self.text}.compareTo({literal})"
        reads = (*self.reads, *(value.reads if isinstance(value, Term) else ()))
        known = (*self.known, *(value.known if isinstance(value, Term) else ()), *problems)
        return atom(f"{text} {operator} 0", f"{text} {OPPOSITE[operator]} 0", reads, known)

    def _literal(self, value: object) -> tuple[str, list[Problem]]:
        raise NotImplementedError


class VersionTerm(_OrderedTerm):
    """A semantic version, compared with one written as text, e.g. `"9.0.0"`; the order is that of semver 2.0, so `10.0.0` is after `9.0.0`."""

    __slots__ = ()

    __hash__ = Term.__hash__

    if TYPE_CHECKING:

        def __eq__(self, value: "str | VersionTerm") -> Expression: ...  # type: ignore[override]
        def __ne__(self, value: "str | VersionTerm") -> Expression: ...  # type: ignore[override]
        def __lt__(self, value: "str | VersionTerm") -> Expression: ...
        def __le__(self, value: "str | VersionTerm") -> Expression: ...
        def __gt__(self, value: "str | VersionTerm") -> Expression: ...
        def __ge__(self, value: "str | VersionTerm") -> Expression: ...

    @property
    def major(self) -> IntTerm:
        """Its first number."""
        return self._part("major")

    @property
    def minor(self) -> IntTerm:
        """Its second number."""
        return self._part("minor")

    @property
    def patch(self) -> IntTerm:
        """Its third number."""
        return self._part("patch")

    def in_(self, values: Iterable[str]) -> Expression:
        """Whether it is one of these versions."""
        return _any_of(self, values)

    def _part(self, part: str) -> IntTerm:
        return IntTerm(f"{self.text}.{part}()", self.reads, name=f"{self.name} {part}", known=self.known)

    def _literal(self, value: object) -> tuple[str, list[Problem]]:
        if isinstance(value, VersionTerm):
            return value.text, []
        if not isinstance(value, str):
            return 'semver("0.0.0")', [self._wrong_type(value, "a version, written as a string such as '9.0.0',")]
        if not is_semver(value):
            return 'semver("0.0.0")', [Problem("", f"{shown(value)} is not a valid semantic version", _repaired(value), rule="value-literal")]
        return f"semver({quoted(value)})", []


def _repaired(value: str) -> str:
    """A hint for what is nearly a version: `9`, `9.0`, `v9.0.0`, `09.0.0`."""
    numbers = re.fullmatch(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?", value.strip(), re.ASCII)
    if numbers is None:
        return "write three numbers: major.minor.patch"
    return f"did you mean {'.'.join(str(int(number or 0)) for number in numbers.groups())!r}?"


class QuantityTerm(_OrderedTerm):
    """An amount, compared with one written as Kubernetes writes them (`"16Gi"`, `"500m"`) or with a whole number.

    Attributes:
        least: The least amount that can be meant, besides nothing at all, where amounts always have a unit; empty for any.
    """

    __slots__ = ("least",)

    def __init__(self, text: str, reads: tuple[Reference, ...] = (), *, name: str = "", known: tuple[Problem, ...] = (), least: str = "") -> None:
        super().__init__(text, reads, name=name, known=known)
        self.least = least

    __hash__ = Term.__hash__

    if TYPE_CHECKING:

        def __eq__(self, value: "str | int | QuantityTerm") -> Expression: ...  # type: ignore[override]
        def __ne__(self, value: "str | int | QuantityTerm") -> Expression: ...  # type: ignore[override]
        def __lt__(self, value: "str | int | QuantityTerm") -> Expression: ...
        def __le__(self, value: "str | int | QuantityTerm") -> Expression: ...
        def __gt__(self, value: "str | int | QuantityTerm") -> Expression: ...
        def __ge__(self, value: "str | int | QuantityTerm") -> Expression: ...

    def in_(self, values: Iterable[str | int]) -> Expression:
        """Whether it is one of these amounts."""
        return _any_of(self, values)

    def _literal(self, value: object) -> tuple[str, list[Problem]]:
        if isinstance(value, QuantityTerm):
            return value.text, []
        if isinstance(value, bool) or not isinstance(value, str | int):
            return 'quantity("0")', [self._wrong_type(value, "an amount, written as a string such as '16Gi' or as a whole number,")]
        if not is_quantity(value):
            return 'quantity("0")', [
                Problem("", f"{shown(value)} is not a valid quantity", _suffixed(value if isinstance(value, str) else ""), rule="value-literal")
            ]
        return f"quantity({quoted(str(value))})", list(self._too_little(value)) if self.least else []

    def _too_little(self, value: str | int) -> Iterator[Problem]:
        """A number without a unit, or an amount so small that its unit must be wrong."""
        amount = parse_quantity(value)
        if isinstance(value, int):
            hint = f"write a unit: '{value}Gi'" if 0 < value < 2**20 else "write a string with a unit, such as '16Gi'"
            yield Problem("", f"{self.name} is in bytes, and {shown(value)} has no unit", hint, rule="value-type")
        elif 0 < amount < parse_quantity(self.least):
            number = re.match(r"[0-9.]+", value)
            hint = f"did you mean '{number.group()}Gi'?" if number else "write a larger unit"
            yield Problem("", f"{self.name} is in bytes, and no device has as little as {shown(value)}", hint, rule="strict-value")


def _suffixed(value: str) -> str:
    """A hint for what is nearly a quantity: `16GiB`, `16 gb`."""
    match = re.fullmatch(r"\s*([0-9.]+)\s*([kKmMgGtTpPeE])(i?)[bB]?\s*", value)
    if match is None:
        return "write a number and one of the suffixes Ki Mi Gi Ti Pi Ei (1024) or k M G T P E (1000)"
    number, letter, binary = match.groups()
    unit = letter.upper() if binary or letter not in "kK" else "k"
    return f"did you mean {number + unit + binary!r}?"


def _any_of(term: _OrderedTerm, values: Iterable[Any]) -> Expression:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable) or not (listed := list(values)):
        return one_of(term, values, term._literal)  # noqa: SLF001
    return reduce(or_, (term._ordered("==", value) for value in listed))  # noqa: SLF001
