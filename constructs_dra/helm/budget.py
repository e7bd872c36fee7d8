"""What evaluating a template may cost: values come from anywhere, and a loop in one must not take the machine's memory or the afternoon."""

from collections.abc import Mapping
from typing import Any

__all__ = ["MAX_LIST", "MAX_STEPS", "MAX_TEXT", "Budget", "TemplateError", "bounded", "measure"]

MAX_STEPS = 100_000
"""Most blocks that one evaluation carries out."""

MAX_TEXT = 1_048_576
"""Most characters of a string, and of what a template writes: a whole release has no more."""

MAX_LIST = 10_000
"""Most items of a list that a function makes."""

_MAX_WORK = 20_000_000
"""Most characters and values that all functions of one evaluation look at together: about a second."""

_MAX_VALUES = 100_000
"""Most values inside one value."""

_VALUE_WORK = 8
"""What looking at one value costs, in characters."""

_MAX_DEPTH = 100
"""Deepest nesting of a value."""


class TemplateError(Exception):
    """A template cannot be evaluated."""


class Budget:
    """What one evaluation has used of its limits."""

    def __init__(self) -> None:
        self._steps = 0
        self._work = 0
        self._written = 0

    def step(self) -> None:
        """Count a block.

        Raises:
            TemplateError: There were too many.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TemplateError(f"the template does not come to an end within {MAX_STEPS:,} steps")

    def spend(self, amount: int) -> None:
        """Count characters and values that are looked at.

        Raises:
            TemplateError: There were too many.
        """
        self._work += amount
        if self._work > _MAX_WORK:
            raise TemplateError("the template takes too much work; write its result instead")

    def write(self, text: str) -> None:
        """Count what the template writes.

        Raises:
            TemplateError: It is too long.
        """
        self._written += len(text)
        if self._written > MAX_TEXT:
            raise TemplateError(f"the template writes more than {MAX_TEXT:,} characters and does not come to an end")


def bounded(size: int) -> None:
    """Refuse a string before it is made.

    Raises:
        TemplateError: It would be too long.
    """
    if size > MAX_TEXT:
        raise TemplateError(f"the text would be longer than {MAX_TEXT:,} characters")


def measure(value: Any) -> int:
    """How large a value is, written out: its characters and values, those that stand in it several times as often as they do.

    Raises:
        TemplateError: It is too large, or nested too deep.
    """
    if isinstance(value, str):
        bounded(len(value))
        return len(value) + 1
    if not isinstance(value, list | Mapping):
        return 1
    values = characters = 0
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        values += 1
        if isinstance(one, str):
            characters += len(one)
        elif isinstance(one, list | Mapping):
            if depth >= _MAX_DEPTH:
                raise TemplateError(f"a value is nested more than {_MAX_DEPTH} deep")
            if isinstance(one, Mapping):
                characters += sum(map(len, one))
            waiting += ((item, depth + 1) for item in (one.values() if isinstance(one, Mapping) else one))
        if values + len(waiting) > _MAX_VALUES or characters > 4 * MAX_TEXT:
            raise TemplateError("a value is larger than what a release may hold")
    return _VALUE_WORK * values + characters
