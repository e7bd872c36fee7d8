"""What every command shares: how problems are shown and which exit status they give."""

import json
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import attrs
import click

from constructs_dra.errors import Problem

__all__ = ["as_json", "finish", "legible", "show"]

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves or colours a terminal, or turns the direction of a text; line breaks are looked at apart."""


def as_json(problem: Problem) -> dict[str, Any]:
    """A problem for machines: its fields, the empty ones left out."""
    return {name: value for name, value in attrs.asdict(problem).items() if value not in ("", 0)}


def show(problems: Iterable[Problem]) -> None:
    """Write problems to stderr, one after the other: `error: place: fault [rule];` and the hint below it."""
    for problem in problems:
        click.echo(f"{problem.severity}: {legible(str(_with_rule(_on_one_line(problem))))}", err=True)


def legible(text: str) -> str:
    """A text that a terminal shows as it is: control characters of other people's names are written out, further lines are indented.

    So no name can colour the screen, move the cursor, or look like a line of ours.
    """
    first, *rest = _CONTROL.sub(_written_out, text.replace("\t", " ")).split("\n")
    if all(line.startswith("  ") for line in rest if line):
        return "\n".join([first, *rest])
    return "\n".join([first, *(f"  {line}" for line in rest)])


def _written_out(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")


def _on_one_line(problem: Problem) -> Problem:
    """A problem whose place has no line breaks: they come from file names and keys."""
    if "\n" not in problem.source and "\n" not in problem.path:
        return problem
    return attrs.evolve(problem, source=problem.source.replace("\n", "\\n"), path=problem.path.replace("\n", "\\n"))


def _with_rule(problem: Problem) -> Problem:
    """A problem whose first line ends with its rule, since that is what `--accept` and `explain` take."""
    if not problem.rule:
        return problem
    first, newline, rest = problem.message.partition("\n")
    return attrs.evolve(problem, message=f"{first} [{problem.rule}]{newline}{rest}")


def finish(problems: Iterable[Problem], *, json_output: bool = False, **extra: Any) -> NoReturn:
    """Show all problems and leave: exit 1 when one of them is an error, else 0. With `json_output`, one JSON object on stdout instead."""
    found = list(problems)
    if json_output:
        click.echo(json.dumps({"problems": [as_json(problem) for problem in found], **extra}, indent=2))
    else:
        show(found)
    sys.exit(1 if any(problem.severity == "error" for problem in found) else 0)
