"""Warnings on stderr, once, by file and line of the program, when its output is written.

stderr, because `cdk8s synth` swallows an app's stdout.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from attrs import evolve

from constructs_dra.errors import Problem, SpecError, shown
from constructs_dra.noted import Noted, take
from constructs_dra.suppression import ACCEPT_ANNOTATION, how_to_accept, unsuppressible
from constructs_dra.words import alternative, counted, printable

__all__ = ["WARNINGS", "Warnings", "called_from", "show_warnings"]

Warnings: TypeAlias = Literal["show", "error", "ignore"]
"""What becomes of warnings when output is written: they are shown, they are errors and nothing is written, or nothing is said."""

WARNINGS = "CONSTRUCTS_DRA_WARNINGS"
"""The variable that says so for programs that do not."""


def show_warnings(warnings: Warnings | None = None) -> None:
    """Show what was noted since the last time.

    Args:
        warnings: What becomes of it. Default: what `CONSTRUCTS_DRA_WARNINGS` says, else `show`.

    Raises:
        SpecError: Warnings are errors here, and there are some; or the variable has another value.
    """
    mode = warnings or os.environ.get(WARNINGS) or "show"
    if mode not in get_args(Warnings):
        name = "warnings" if warnings else WARNINGS
        raise SpecError([Problem(name, f"{shown(mode)} is unknown", f"write one of {', '.join(get_args(Warnings))}")])
    found = take()
    if not found or mode == "ignore":
        return
    if mode == "error":
        raise SpecError(evolve(one.problem, severity="error", hint=_hint(one.problem), source=_source(one)) for one in found)
    for one, more in _grouped(found):
        print(_line(one, more), file=sys.stderr)  # noqa: T201
    rules = sorted({one.problem.rule for one in found if one.problem.rule})
    count = counted(len(found), "warning")
    print(f"{count}; `constructs-dra explain {rules[0] if len(rules) == 1 else 'RULE'}` says more" if rules else count, file=sys.stderr)  # noqa: T201


def _grouped(found: Sequence[Noted]) -> list[tuple[Noted, int]]:
    """The first of those that one line of the program gives for one rule, and how many more there are: a loop over a fleet says it once."""
    groups: dict[object, list[Noted]] = {}
    for one in found:
        groups.setdefault((one.place, one.problem.rule) if one.place and one.problem.rule else id(one), []).append(one)
    return [(group[0], len(group) - 1) for group in groups.values()]


def _source(one: Noted) -> str:
    return ": ".join(part for part in (called_from(one.place), one.problem.source) if part)


def _line(one: Noted, more: int) -> str:
    problem = one.problem
    rule = f" [{problem.rule}]" if problem.rule else ""
    first, newline, rest = problem.message.partition("\n")
    text = str(evolve(problem, message=f"{first}{rule}{newline}{rest}", hint=_hint(problem)))
    place = f"{called_from(one.place)}: " if one.place else ""
    others = f"\n  and {more} more of this rule from the same line" if more else ""
    word = "\033[33mwarning\033[0m" if sys.stderr.isatty() and not os.environ.get("NO_COLOR") else "warning"
    return f"{printable(place)}{word}: {printable(text + others, lines=True)}"


def _hint(problem: Problem) -> str:
    """The hint, and how to suppress the rule where that is possible and not said already."""
    if not problem.rule or "accept=" in problem.hint or ACCEPT_ANNOTATION in problem.hint or unsuppressible(problem.rule)[0]:
        return problem.hint
    return alternative(problem.hint, how_to_accept(problem.rule))


def called_from(place: Sequence[tuple[str, int]]) -> str:
    """File and line as the user would name them; the calls of the user's own helpers behind it, up to the program."""
    spots = list(dict.fromkeys(f"{_name(file)}:{line}" for file, line in place))
    return spots[0] + (f" (called from {', '.join(spots[1:])})" if len(spots) > 1 else "") if spots else ""


def _name(file: str) -> str:
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
