"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from typing import Literal

from constructs_dra.errors import Problem
from constructs_dra.words import printable

__all__ = ["annotation"]


def annotation(level: Literal["error", "warning", "notice"], problem: Problem, *, title: str = "") -> str:
    """One line that GitHub takes for an annotation.

    Args:
        level: How it is shown.
        problem: What it says; its source is the file, where that is not standard input.
        title: What stands above it, e.g. the rule.
    """
    is_file = problem.source not in {"", "-"}
    properties = {
        "file": problem.source if is_file else "",
        "line": str(problem.line) if is_file and problem.line else "",
        "col": str(problem.column) if is_file and problem.line and problem.column else "",
        "title": title,
    }
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    message = f"{problem.path}: {problem.message}" if problem.path else problem.message
    text = f"{message}\n{problem.hint}" if problem.hint else message
    return f"::{level}{f' {given}' if given else ''}::{_data(printable(text, lines=True))}"


def _data(text: str) -> str:
    """Text as the runner reads it back: a line end would end the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
