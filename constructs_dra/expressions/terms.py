"""What an expression compares: texts, whole numbers and booleans that a device publishes; `ordered` has versions and quantities.

Every operator checks its value when the expression is built: its type and spelling, and (where the catalogue knows them all) the values a driver
publishes. What is wrong is kept in `Expression.problems`.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NoReturn

from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.expressions.build import Expression, Reference, atom, present, quoted

__all__ = ["OPPOSITE", "BoolTerm", "IntTerm", "StringTerm", "Term", "device", "one_of"]

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_INT64 = 2**63
_VALUE_BYTES = 64
"""Longest text or version a device may publish (Kubernetes API, `resource.k8s.io/v1` DeviceAttribute)."""


class Term:
    """Something an expression reads.

    Attributes:
        text: The CEL text that reads it.
        reads: What the text reads, for guards and checks.
        name: What messages call it, e.g. `gpu.intel.com/family`.
        known: What is wrong with reading it at all (never published, deprecated); every expression made of it carries this.
    """

    __slots__ = ("known", "name", "reads", "text")

    def __init__(self, text: str, reads: tuple[Reference, ...] = (), *, name: str = "", known: tuple[Problem, ...] = ()) -> None:
        self.text = text
        self.reads = reads
        self.name = name or text
        self.known = known

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self.name} has no value before it meets a device; compare it (==, <, .in_(…)) and join comparisons with &, | and ~")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.text}>"

    @property
    def present(self) -> Expression:
        """Whether the device publishes it at all."""
        return Expression(present(self.reads[0])._node, self.known)  # noqa: SLF001

    def _compare(self, operator: str, other: object, literal: str, problems: Iterable[Problem]) -> Expression:
        right = other.text if isinstance(other, Term) else literal
        reads = (*self.reads, *(other.reads if isinstance(other, Term) else ()))
        known = (*self.known, *(other.known if isinstance(other, Term) else ()), *problems)
        return atom(f"{self.text} {operator} {right}", f"{self.text} {OPPOSITE[operator]} {right}", reads, known)

    def _call(self, call: str, problems: Iterable[Problem] = ()) -> Expression:
        return atom(f"{self.text}.{call}", f"!{self.text}.{call}", self.reads, (*self.known, *problems), relation=False)

    def _wrong_type(self, value: object, wanted: str) -> Problem:
        return Problem("", f"{self.name} is {wanted}, but is compared with {shown(value)} ({type(value).__name__})", rule="value-type")


class StringTerm(Term):
    """A string. `==`, `!=`, `in_`, `starts_with`, `ends_with`, `contains`, `matches`, `lower`; strings have no order here: "10" < "9".

    Attributes:
        allowed: Every value it can have; empty when that is not known.
        judge: Says why it never has a value, and what was meant; two empty strings where it may. Default: nothing is known.
    """

    __slots__ = ("allowed", "judge")

    def __init__(
        self,
        text: str,
        reads: tuple[Reference, ...] = (),
        *,
        name: str = "",
        known: tuple[Problem, ...] = (),
        allowed: tuple[str, ...] = (),
        judge: Callable[[str], tuple[str, str]] | None = None,
    ) -> None:
        super().__init__(text, reads, name=name, known=known)
        self.allowed = allowed
        self.judge = judge

    __hash__ = Term.__hash__

    def __eq__(self, value: "str | StringTerm") -> Expression:  # type: ignore[override]
        return self._compare("==", value, *self._literal(value))

    def __ne__(self, value: "str | StringTerm") -> Expression:  # type: ignore[override]
        return self._compare("!=", value, *self._literal(value))

    def in_(self, values: Iterable[str]) -> Expression:
        """Whether it is one of these."""
        return one_of(self, values, self._literal)

    def starts_with(self, text: str) -> Expression:
        """Whether it starts with `text`; case matters."""
        return self._text_call("startsWith", "starts with", text, str.startswith)

    def ends_with(self, text: str) -> Expression:
        """Whether it ends with `text`; case matters."""
        return self._text_call("endsWith", "ends with", text, str.endswith)

    def contains(self, text: str) -> Expression:
        """Whether `text` occurs in it; case matters."""
        return self._text_call("contains", "contains", text, str.__contains__)

    def matches(self, pattern: str) -> Expression:
        """Whether the RE2 regular expression matches anywhere in it; anchor with `^` and `$` for the whole."""
        if not isinstance(pattern, str):
            return self._call(f"matches({quoted(str(pattern))})", [self._wrong_type(pattern, "a string")])
        problems = []
        try:
            re.compile(pattern)
        except re.error as error:
            if not re.search(r"\\[pPzQEC]|\[\[:", pattern):  # RE2 knows these, Python's re does not
                fault = f"{pattern!r} is not a regular expression: {error}"
                problems.append(Problem("", fault, "escape the characters meant literally with \\", rule="value-literal"))
        return self._call(f"matches({quoted(pattern)})", problems)

    def includes(self, value: "str | StringTerm") -> Expression:
        """Whether it is `value` or, where drivers publish a list (feature gate DRAListTypeAttributes), has it among its values."""
        literal, problems = self._literal(value)
        return self._call(f"includes({literal})", problems)

    def lower(self) -> "StringTerm":
        """The text with A-Z in lower case, to compare without regard to case."""
        return StringTerm(
            f"{self.text}.lowerAscii()",
            self.reads,
            name=f"{self.name} in lower case",
            known=self.known,
            allowed=tuple(value.lower() for value in self.allowed),
        )

    def _literal(self, value: object) -> tuple[str, list[Problem]]:
        if isinstance(value, StringTerm):
            return value.text, []
        if not isinstance(value, str):
            return '""', [self._wrong_type(value, "a string")]
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            return '""', [Problem("", f"{shown(value)} is not valid Unicode: it has half of a surrogate pair", "leave it out", rule="value-literal")]
        if self.allowed and value not in self.allowed:
            hint = did_you_mean(value, self.allowed)
            return quoted(value), [Problem("", f"{self.name} never has the value {shown(value)}", hint, rule="strict-value")]
        fault, hint = self.judge(value) if self.judge is not None else ("", "")
        if fault:
            return quoted(value), [Problem("", f"{self.name} {fault}: {shown(value)}", hint, rule="strict-value")]
        if len(value.encode()) > _VALUE_BYTES:
            fault = f"{self.name} can never equal a string of {len(value.encode())} bytes: devices publish at most {_VALUE_BYTES}"
            return quoted(value), [Problem("", fault, "compare with a part of it: .starts_with(…)", rule="strict-value")]
        return quoted(value), []

    def _text_call(self, function: str, words: str, text: object, test: Callable[[str, str], bool]) -> Expression:
        if not isinstance(text, str):
            return self._call(f"{function}({quoted(str(text))})", [self._wrong_type(text, "a string")])
        problems = []
        if self.allowed and not any(test(value, text) for value in self.allowed):
            fault = f"no value of {self.name} {words} {text!r}"
            problems.append(Problem("", fault, _near(text, self.allowed, test), rule="strict-value"))
        return self._call(f"{function}({quoted(text)})", problems)

    if not TYPE_CHECKING:  # type checkers say it before; this is for those who run without

        def __lt__(self, value: object) -> NoReturn:
            raise TypeError(f"{self.name} is a string, and strings have no useful order ('10' < '9'); compare with == or .in_([…])")

        __le__ = __gt__ = __ge__ = __lt__


def _near(text: str, allowed: tuple[str, ...], test: Callable[[str, str], bool]) -> str:
    """A hint: the values that fit but for their case, else all of them."""
    fitting = [value for value in allowed if test(value.lower(), text.lower())]
    return f"case matters: it would fit {', '.join(map(repr, fitting))}" if fitting else did_you_mean(text, allowed)


class IntTerm(Term):
    """A whole number. All comparisons, and `in_`."""

    __slots__ = ()

    __hash__ = Term.__hash__

    def __eq__(self, value: "int | IntTerm") -> Expression:  # type: ignore[override]
        return self._compare("==", value, *self._literal(value))

    def __ne__(self, value: "int | IntTerm") -> Expression:  # type: ignore[override]
        return self._compare("!=", value, *self._literal(value))

    def __lt__(self, value: "int | IntTerm") -> Expression:
        return self._compare("<", value, *self._literal(value))

    def __le__(self, value: "int | IntTerm") -> Expression:
        return self._compare("<=", value, *self._literal(value))

    def __gt__(self, value: "int | IntTerm") -> Expression:
        return self._compare(">", value, *self._literal(value))

    def __ge__(self, value: "int | IntTerm") -> Expression:
        return self._compare(">=", value, *self._literal(value))

    def in_(self, values: Iterable[int]) -> Expression:
        """Whether it is one of these."""
        return one_of(self, values, self._literal)

    def includes(self, value: int) -> Expression:
        """Whether it is `value` or, where drivers publish a list (feature gate DRAListTypeAttributes), has it among its values."""
        literal, problems = self._literal(value)
        return self._call(f"includes({literal})", problems)

    def _literal(self, value: object) -> tuple[str, list[Problem]]:
        if isinstance(value, IntTerm):
            return value.text, []
        if not isinstance(value, int) or isinstance(value, bool):
            return "0", [self._wrong_type(value, "a whole number")]
        if not -_INT64 <= value < _INT64:
            return "0", [Problem("", f"{value} does not fit into 64 bits, which is all {self.name} has", rule="value-literal")]
        return str(value), []


class BoolTerm(Expression):
    """Yes or no: an expression by itself. Join it with `&`, `|`, `~`, or compare it with `True` or `False`.

    Attributes:
        text: The CEL text that reads it.
        name: What messages call it.
    """

    __slots__ = ("name", "text")

    def __init__(self, text: str, reads: tuple[Reference, ...] = (), *, name: str = "", known: tuple[Problem, ...] = ()) -> None:
        plain = atom(text, f"!{text}", reads, known, relation=False)
        super().__init__(plain._node, plain.problems)  # noqa: SLF001
        self.text = text
        self.name = name or text

    __hash__ = object.__hash__

    @property
    def present(self) -> Expression:
        """Whether the device publishes it at all."""
        return Expression(present(self.reads[0])._node, self.problems)  # noqa: SLF001

    def __eq__(self, value: bool) -> Expression:  # type: ignore[override]
        return self._compare("==", value)

    def __ne__(self, value: bool) -> Expression:  # type: ignore[override]
        return self._compare("!=", value)

    def _compare(self, operator: str, value: object) -> Expression:
        problems = list(self.problems)
        if not isinstance(value, bool):
            fault = f"{self.name} is true or false, but is compared with {shown(value)} ({type(value).__name__})"
            problems.append(Problem("", fault, "use it by itself, or negated: ~", rule="value-type"))
        literal = "true" if value is True else "false"
        return atom(f"{self.text} {operator} {literal}", f"{self.text} {OPPOSITE[operator]} {literal}", self.reads, problems)


def one_of(term: Term, values: Iterable[Any], literal: Callable[[object], tuple[str, list[Problem]]]) -> Expression:
    """Whether a term is in a list of values, each written by `literal`."""
    texts: list[str] = []
    problems = list(term.known)
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        problems.append(
            Problem("", f"{term.name}.in_ takes a list of values, got {shown(values)}", f"write .in_([{shown(values)}])", rule="value-type")
        )
        values = ()
    elif not (values := list(values)):
        problems.append(Problem("", f"{term.name}.in_ got no values, so nothing can match", "give at least one", rule="strict-value"))
    for value in values:
        text, found = literal(value)
        texts.append(text)
        problems.extend(found)
    inside = f"{term.text} in [{', '.join(texts)}]"
    return atom(inside, f"!({inside})", term.reads, problems)


class _Device:
    """What every device has, whatever its driver."""

    __slots__ = ()

    @property
    def driver(self) -> StringTerm:
        """Name of the driver that published the device."""
        return StringTerm("device.driver")

    @property
    def allow_multiple_allocations(self) -> BoolTerm:
        """Whether several claims can share the device (feature gate DRAConsumableCapacity)."""
        return BoolTerm("device.allowMultipleAllocations")


device: Final = _Device()
"""The device an expression looks at: `device.driver == "gpu.intel.com"`."""
