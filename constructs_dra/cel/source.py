"""Where in an expression a fault is, and how that is shown: line and column, the line itself and a caret."""

from constructs_dra.errors import Problem

__all__ = ["problem_at", "quoted"]

_SHOWN = 100
"""Characters of a long line shown around the place."""


def quoted(text: str) -> str:
    """A string in quotes, cut where it is too long to read."""
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}…"


def problem_at(expression: str, position: int, message: str, hint: str = "", *, path: str = "", rule: str = "", warning: bool = False) -> Problem:
    """A problem whose message ends with the line and a caret under the place.

    Args:
        expression: The whole text.
        position: Offset of the place.
        message: What is wrong.
        hint: What to do about it.
        path: Where the expression itself stands.
        rule: Name of the check.
        warning: Reported without refusing the expression. Default off.
    """
    position = max(0, min(position, len(expression)))
    start = expression.rfind("\n", 0, position) + 1
    end = expression.find("\n", position)
    line, column = expression[start : end if end >= 0 else None], position - start
    number = expression.count("\n", 0, start) + 1
    cut = max(0, min(column - _SHOWN // 2, len(line) - _SHOWN)) if len(line) > _SHOWN else 0
    shown = line[cut : cut + _SHOWN]
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)
    before, after = "…" if cut else "", "…" if cut + _SHOWN < len(line) else ""
    caret = " " * (len(before) + column - cut)
    place = f"line {number}, column {column + 1}" if "\n" in expression.strip() else f"column {column + 1}"
    return Problem(
        path, f"{message} ({place})\n    {before}{shown}{after}\n    {caret}^", hint, rule=rule, severity="warning" if warning else "error"
    )
