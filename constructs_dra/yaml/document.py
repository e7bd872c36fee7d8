"""A document that was read, and the line of every place in it: found when somebody asks, so that whoever only meets documents needs no reader."""

from typing import Any

from attrs import field, frozen

from constructs_dra import yaml as reading
from constructs_dra.lazy import lazy_pattern
from constructs_dra.paths import split

__all__ = ["Document"]

_LITERAL = lazy_pattern(r"(?:^|\s)\|[+-]?\d?[+-]?\s*(?:#.*)?\Z")
"""The start of a block whose lines are kept."""


@frozen(kw_only=True, eq=False)
class Document:
    """One document of a file.

    Attributes:
        value: What it holds: JSON-like values only.
        source: The file it came from, `-` for stdin.
    """

    value: Any
    source: str
    _text: str = field(repr=False, alias="text")
    _first_line: int = field(default=0, repr=False, alias="first_line")
    _places: list["reading.Place"] = field(factory=list, repr=False)

    def line_of(self, path: str) -> tuple[int, int]:
        """Line and column, from 1, of the place a problem names; of the nearest place around it when it does not exist; (0, 0) when unknown."""
        if not self._places:
            if not path:  # the whole document: its start is found without reading it all
                start = reading.start_of(self._text)
                return (self._first_line + start.line + 1, start.column + 1) if start.column >= 0 else (0, 0)
            self._places.append(reading.places_of(self._text))
        place = self._places[0]
        for step in split(path):
            inner = (place.entries or {}).get(step)
            if inner is None:
                break
            place = inner
        if place.column < 0:
            return (0, 0)
        return (self._first_line + place.line + 1, place.column + 1)

    def line_inside(self, path: str, line: int, column: int) -> tuple[int, int]:
        """Line and column, from 1, of a place inside the text at `path`.

        Only a string written as a block with `|` has its lines as they are; of others the start of the value is given.

        Args:
            path: The text.
            line: The line inside it, from 1.
            column: The column in that line, from 1.
        """
        start, first = self.line_of(path)
        lines = self._text.splitlines()
        index = start - self._first_line - 1
        if not 0 <= index < len(lines) or not _LITERAL.search(lines[index]) or index + line >= len(lines):
            return start, first
        content = lines[index + 1 : index + 1 + line]
        indent = min((len(each) - len(each.lstrip(" ")) for each in content if each.strip()), default=0)
        return start + line, indent + column
