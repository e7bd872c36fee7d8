"""What every command shares: how problems are shown and which exit status they give."""

import json
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import attrs
import click

from constructs_dra.errors import Problem

__all__ = ["as_json", "finish", "show"]


def as_json(problem: Problem) -> dict[str, Any]:
    """A problem for machines: its fields, the empty ones left out."""
    return {name: value for name, value in attrs.asdict(problem).items() if value not in ("", 0)}


def show(problems: Iterable[Problem]) -> None:
    """Write problems to stderr, one after the other: `error: place: fault;` and the cure below it."""
    for problem in problems:
        click.echo(f"{problem.severity}: {problem}", err=True)


def finish(problems: Iterable[Problem], *, json_output: bool = False, **extra: Any) -> NoReturn:
    """Show all problems and leave: exit 1 when one of them is an error, else 0. With `json_output`, one JSON object on stdout instead."""
    found = list(problems)
    if json_output:
        click.echo(json.dumps({"problems": [as_json(problem) for problem in found], **extra}, indent=2))
    else:
        show(found)
    sys.exit(1 if any(problem.severity == "error" for problem in found) else 0)
