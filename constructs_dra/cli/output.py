"""What every command shares: how problems are shown, in which format and colour, and which exit status they give.

A command with `@output_options` has `--format`, `--json` and `--color`, and says what it finds by `show`, `note` and `finish`; which of these prints
what, where, is decided here alone.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from functools import wraps
from typing import Any, Final, NoReturn, TypeVar

import attrs
import click

from constructs_dra.cli.github import annotation
from constructs_dra.cli.sarif import Finding, sarif_log
from constructs_dra.errors import Problem
from constructs_dra.words import printable

__all__ = ["FORMATS", "as_json", "chosen_format", "finish", "listing_options", "note", "output_options", "show"]

FORMATS: Final = ("text", "json", "github", "sarif")

_F = TypeVar("_F", bound=Callable[..., Any])
_FORMAT: Final = "constructs_dra.format"
_FOUND: Final = "constructs_dra.found"
_COLORS: Final = {"error": "red", "warning": "yellow"}


def output_options(json_help: str = "One JSON object on stdout.") -> Callable[[_F], _F]:
    """The options `--format`, `--json` and `--color`; the command gets the parameter `json_output`.

    With `sarif`, whatever the command prints on stdout goes to stderr, and the log of all it has shown is written in the end.

    Args:
        json_help: What `--json` gives.
    """

    def decorate(function: _F) -> _F:
        @click.option("--format", "format_", type=click.Choice(FORMATS), help="How findings are written.  [default: text]")
        @click.option("--json", "json_output", is_flag=True, help=f"{json_help} The same as --format json.")
        @click.option(
            "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colours; auto heeds NO_COLOR."
        )
        @click.pass_context
        @wraps(function)
        def run(context: click.Context, /, *arguments: Any, format_: str | None, json_output: bool, color: str, **options: Any) -> Any:
            if json_output and format_ not in {None, "json"}:
                raise click.UsageError(f"--json and --format {format_} exclude each other")
            chosen = "json" if json_output else format_ or "text"
            context.color = {"always": True, "never": False}.get(color, False if os.environ.get("NO_COLOR") else None)
            context.meta[_FORMAT] = chosen
            if chosen != "sarif":
                return function(*arguments, json_output=chosen == "json", **options)
            found: list[Finding] = context.meta.setdefault(_FOUND, [])
            try:
                with redirect_stdout(sys.stderr):
                    return function(*arguments, json_output=False, **options)
            finally:
                if not isinstance(sys.exception(), click.ClickException):
                    click.echo(json.dumps(sarif_log(found), indent=2))

        return run  # type: ignore[return-value]

    return decorate


def listing_options(json_help: str) -> Callable[[_F], _F]:
    """The options `--format text|json` and `--json` of commands that list facts and find nothing; the command gets the parameter `json_output`.

    Args:
        json_help: What `--json` gives.
    """

    def decorate(function: _F) -> _F:
        @click.option("--format", "format_", type=click.Choice(("text", "json")), help="How it is written.  [default: text]")
        @click.option("--json", "json_output", is_flag=True, help=f"{json_help} The same as --format json.")
        @wraps(function)
        def run(*arguments: Any, format_: str | None, json_output: bool, **options: Any) -> Any:
            if json_output and format_ == "text":
                raise click.UsageError("--json and --format text exclude each other")
            return function(*arguments, json_output=json_output or format_ == "json", **options)

        return run  # type: ignore[return-value]

    return decorate


def chosen_format() -> str:
    """The format of the command that runs."""
    context = click.get_current_context(silent=True)
    return str(context.meta.get(_FORMAT, "text")) if context else "text"


def as_json(problem: Problem) -> dict[str, Any]:
    """A problem for machines: its fields, the empty ones left out."""
    return {name: value for name, value in attrs.asdict(problem).items() if value not in ("", 0)}


def show(problems: Iterable[Problem]) -> None:
    """Write problems, one after the other, in the format asked for.

    As text they go to stderr, `error: place: fault [rule];` and the hint below it; for GitHub to stdout, as annotations of files.
    """
    chosen = chosen_format()
    for problem in problems:
        if chosen == "sarif":
            click.get_current_context().meta[_FOUND].append((problem.severity, problem))
        elif chosen == "github":
            click.echo(annotation(problem.severity, problem, title=problem.rule))
        else:
            click.echo(_as_text(problem), err=True)


def note(words: str, *, title: str = "", shown: bool = False) -> None:
    """Write something that is no problem: on stderr, for GitHub as a notice, in a SARIF log as a note.

    Args:
        words: What there is to say.
        title: What kind of thing it is, for GitHub.
        shown: Whether the command's own text says it already. Default no.
    """
    chosen = chosen_format()
    if chosen == "sarif":
        click.get_current_context().meta[_FOUND].append(("note", Problem("", words)))
    elif chosen == "github":
        click.echo(annotation("notice", Problem("", words), title=title))
    elif not shown:
        click.echo(f"note: {printable(words)}", err=True)


def _as_text(problem: Problem) -> str:
    safe = attrs.evolve(
        problem,
        source=printable(problem.source),
        path=printable(problem.path),
        message=printable(problem.message, lines=True),
        hint=printable(problem.hint, lines=True),
    )
    text = _indented(f"{problem.severity}: {_with_rule(safe)}")
    return click.style(problem.severity, fg=_COLORS[problem.severity], bold=True) + text.removeprefix(problem.severity)


def _indented(text: str) -> str:
    """A string of which no further line could be taken for the first line of another one."""
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


def finish(
    problems: Iterable[Problem], failed: bool = False, /, *, json_output: bool = False, summary: str = "", status: int = 1, **extra: Any
) -> NoReturn:
    """Show all problems and leave: exit 1 (or `status`) when one of them is an error, or it failed otherwise, else 0.

    With `json_output`, one JSON object on stdout instead.

    Args:
        problems: What was found.
        failed: Whether the command failed in another way.
        json_output: Whether JSON was asked for.
        summary: What stands last on stdout where JSON was not.
        status: The exit status of a failure.
        extra: Further keys of the JSON object.
    """
    found = list(problems)
    if json_output:
        click.echo(json.dumps({"problems": [as_json(problem) for problem in found], **extra}, indent=2))
    else:
        show(found)
        if summary:
            click.echo(summary)
    sys.exit(status if failed or any(problem.severity == "error" for problem in found) else 0)
