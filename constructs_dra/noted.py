"""Warnings that were found while a program made its objects, kept until somebody at the edge shows them.

The core never prints. What it finds on the way and what stops nothing is noted here, with the line of the program it came from; `App.synth` and
`write_files` show it.
"""

import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from site import getsitepackages

from attrs import evolve, frozen

from constructs_dra.errors import Problem
from constructs_dra.paths import split
from constructs_dra.suppression import SUPPRESSES_NOTHING

__all__ = ["Noted", "is_users", "note", "note_at", "noted", "take", "users_place"]

_MOST = 10_000
"""Most warnings kept: a process that never shows them must not grow without end."""


@frozen(eq=False, repr=False)
class Noted:
    """One warning.

    Attributes:
        problem: The warning.
        place: File and line of the program, and the calls of the user's own functions that led there.
    """

    problem: Problem
    place: tuple[tuple[str, int], ...]


_noted: dict[tuple[str, str, str, str], Noted] = {}
_accepted: set[str] = set()
"""Rules that a reason suppressed since the last `take`."""


def note(problems: Iterable[Problem], *, source: str = "") -> None:
    """Keep the warnings among problems that nobody accepted; each once, however often it is found.

    Args:
        problems: What was found.
        source: What the paths start in, for problems that do not say it.
    """
    place: tuple[tuple[str, int], ...] | None = None
    for problem in problems:
        if problem.accepted:
            _accepted.add(problem.rule)
        if problem.severity != "warning" or problem.accepted:
            continue
        named = problem if problem.source else evolve(problem, source=source)
        key = (named.source, named.path, named.rule, named.message)
        if key in _noted or len(_noted) >= _MOST:
            continue
        place = users_place() if place is None else place
        _noted[key] = Noted(named, place)


def note_at(problem: Problem, place: tuple[tuple[str, int], ...]) -> None:
    """Keep a warning that nobody accepted, of something that was made at a place known already."""
    key = (problem.source, problem.path, problem.rule, problem.message)
    if problem.severity == "warning" and not problem.accepted and len(_noted) < _MOST:
        _noted.setdefault(key, Noted(problem, place))


def noted() -> list[Noted]:
    """Everything noted since the last call of `take`, which still gives it."""
    return list(_noted.values())


def take() -> list[Noted]:
    """Everything noted since the last call, by file and line.

    A reason that suppresses nothing in one service is not said where it suppresses something in another: the two share their code.
    """
    found = [one for one in _noted.values() if one.problem.rule != SUPPRESSES_NOTHING or split(one.problem.path)[-1] not in _accepted]
    _noted.clear()
    _accepted.clear()
    return sorted(found, key=lambda one: one.place[0] if one.place else ("", 0))


def users_place() -> tuple[tuple[str, int], ...]:
    """File and line of the innermost call that is neither ours nor a library's, then of the user's calls around it."""
    found: list[tuple[str, int]] = []
    frame = sys._getframe(1)  # noqa: SLF001 - the stack is what is asked for; inspect.stack reads every source file on the way
    while frame is not None and len(found) < 8:
        if is_users(frame.f_code.co_filename):
            found.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back  # type: ignore[assignment]  # None at the end
    return tuple(found)


@cache
def is_users(filename: str) -> bool:
    """Whether somebody wrote the file for this program: it is neither ours nor a library's."""
    path = Path(filename)
    return path.is_file() and not str(path.resolve()).startswith(_others())


@cache
def _others() -> tuple[str, ...]:
    return str(Path(__file__).resolve().parent), str(Path(os.__file__).parent), *getsitepackages()  # sysconfig says it too, and loads for 2 ms
