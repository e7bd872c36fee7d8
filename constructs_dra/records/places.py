"""From a manifest back to the record it was made from: the record's places and the record's words."""

import re
from collections.abc import Mapping

from attrs import evolve

from constructs_dra.errors import Problem
from constructs_dra.lazy import lazy_pattern
from constructs_dra.paths import child, split

__all__ = ["Places", "in_python"]

_SETTING = lazy_pattern(r"\b([a-z][A-Za-z]*): ([A-Za-z0-9./-]+)")
_LONG = lazy_pattern(r"'([^'\n]{101,})'")
_WORD = lazy_pattern(r"\b[a-z]+(?:[A-Z][a-z0-9]*)+\b")


def in_python(text: str, names: Mapping[str, str]) -> str:
    """Words about a manifest as words about Python: `allocationMode: All` becomes `allocation_mode="All"`.

    Args:
        text: A message or a hint.
        names: Python's name for each field of Kubernetes that can be meant.
    """

    def setting(match: re.Match[str]) -> str:
        name, value = match.groups()
        if name not in names:
            return match.group()
        return f"{names[name]}={value if value.isdigit() else value.capitalize() if value in {'true', 'false'} else chr(34) + value + chr(34)}"

    text = _LONG.sub(lambda match: f"'{match[1][:70]}…{match[1][-20:]}'", text)
    return _WORD.sub(lambda match: names.get(match.group(), match.group()), _SETTING.sub(setting, text))


class Places:
    """Where in a record each part of its manifest came from; asked only when something is wrong."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Start with nothing but Python's names for Kubernetes' fields."""
        self._names = names
        self._known: dict[tuple[str | int, ...], tuple[str, str]] = {}

    def add(self, manifest: str, record: str, inside: str = "fields") -> None:
        """Say where the part at a place came from.

        Args:
            manifest: Place in the manifest.
            record: The same place as the user wrote it.
            inside: What lies inside it: `fields` of records, `keys` of a mapping, `same` where the user wrote Kubernetes' spelling, or `whole`:
                nothing that has a place of its own.
        """
        self._known[tuple(split(manifest))] = record, inside

    def place(self, path: str) -> str | None:
        """The place in the record that a place in the manifest came from; None where nothing is known of it."""
        steps = split(path)
        for size in range(len(steps), -1, -1):
            found = self._known.get(tuple(steps[:size]))
            if found is not None:
                place, inside = found
                for step in steps[size:] if inside != "whole" else ():
                    if isinstance(step, int):
                        place += f"[{step}]"
                    elif inside == "keys":
                        place += f"[{step!r}]"
                    else:
                        place = child(place, self._names.get(step, step) if inside == "fields" else step)
                return place
        return None

    def reported(self, problem: Problem) -> Problem:
        """A problem of the manifest as one of the record."""
        path = self.place(problem.path)
        if path is None:
            return problem
        return evolve(problem, path=path, message=in_python(problem.message, self._names), hint=in_python(problem.hint, self._names))
