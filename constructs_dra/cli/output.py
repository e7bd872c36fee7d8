"""What every command shares: how problems are shown and which exit status they give."""

import json
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import attrs
import click

from constructs_dra.errors import Problem
from constructs_dra.words import printable

__all__ = ["as_json", "finish", "show"]


def as_json(problem: Problem) -> dict[str, Any]:
    """A problem for machines: its fields, the empty ones left out."""
    return {name: value for name, value in attrs.asdict(problem).items() if value not in ("", 0)}


def show(problems: Iterable[Problem]) -> None:
    """Write problems to stderr, one after the other: `error: place: fault [rule];` and the hint below it."""
    for problem in problems:
        safe = attrs.evolve(
            problem,
            source=printable(problem.source),
            path=printable(problem.path),
            message=printable(problem.message, lines=True),
            hint=printable(problem.hint, lines=True),
        )
        click.echo(_indented(f"{problem.severity}: {_with_rule(safe)}"), err=True)


def _indented(text: str) -> str:
    """A text of which no further line could be taken for the first line of another one."""
    first, *rest = text.split("\n")
    if all(line.startswith("  ") for line in rest if line):
        return text
    return "\n".join([first, *(f"  {line}" for line in rest)])


def _with_rule(problem: Problem) -> Problem:
    """A problem whose first line ends with its rule, since that is what `--accept` and `explain` take."""
    if not problem.rule:
        return problem
    first, newline, rest = problem.message.partition("\n")
    return attrs.evolve(problem, message=f"{first} [{problem.rule}]{newline}{rest}")


def finish(problems: Iterable[Problem], failed: bool = False, /, *, json_output: bool = False, **extra: Any) -> NoReturn:
    """Show all problems and leave: exit 1 when one of them is an error, or it failed otherwise, else 0.

    With `json_output`, one JSON object on stdout instead.
    """
    found = list(problems)
    if json_output:
        click.echo(json.dumps({"problems": [as_json(problem) for problem in found], **extra}, indent=2))
    else:
        show(found)
    sys.exit(1 if failed or any(problem.severity == "error" for problem in found) else 0)
