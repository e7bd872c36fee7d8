"""Where everything in the text of a document starts."""

from typing import Any

import yaml

from constructs_dra.yaml.block import OtherwiseError, Spots, spots_of
from constructs_dra.yaml.reader import RefusedError, events, key_text
from constructs_dra.yaml.scalars import plain_value

__all__ = ["Place", "places_of", "start_of"]


class Place:
    """Where a value starts (its key, if it has one), and its entries; a column below 0 where that is not known."""

    __slots__ = ("column", "entries", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.entries: dict[str | int, Place] | None = None


def start_of(text: str) -> Place:
    """Where a document's value starts."""
    try:
        for event in events(text):
            if isinstance(event, yaml.NodeEvent) and event.start_mark:
                return Place(event.start_mark.line, event.start_mark.column)
    except yaml.YAMLError:
        pass
    return Place(0, -1)


def places_of(text: str) -> Place:
    """Where everything in one document starts; as far as that is known, where the document cannot be read to its end."""
    try:
        value, spots = spots_of(text)
    except OtherwiseError:
        return _parsed_places(text)
    start = start_of(text)
    return _placed(value, spots, start.line, start.column)


def _placed(value: Any, spots: Spots, line: int, column: int) -> Place:
    place = Place(line, column)
    if entries := spots.get(id(value)):
        place.entries = {step: _placed(value[step], spots, *spot) for step, spot in entries.items()}
    return place


def _parsed_places(text: str) -> Place:
    stack: list[tuple[Place, bool]] = []
    pending: list[Place | None] = []
    top: Place | None = None
    nodes = {yaml.ScalarEvent, yaml.AliasEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent}
    try:
        for event in events(text):
            kind = type(event)
            if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                stack.pop()
                pending.pop()
                continue
            if kind not in nodes:
                continue
            mark = event.start_mark
            place = Place(mark.line, mark.column) if mark else Place(0, -1)
            if not stack:
                top = top or place
            else:
                parent, is_mapping = stack[-1]
                entries = parent.entries = {} if parent.entries is None else parent.entries
                if not is_mapping:
                    entries[len(entries)] = place
                elif pending[-1] is None and kind is yaml.ScalarEvent:
                    key = event.value if event.style else plain_value(event.value)
                    entries.setdefault(key if isinstance(key, str) else key_text(key, event), place)
                    pending[-1] = place
                    continue
                else:
                    place, pending[-1] = pending[-1] or place, None
            if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                stack.append((place, kind is yaml.MappingStartEvent))
                pending.append(None)
    except (yaml.YAMLError, RefusedError):
        pass
    return top or Place(0, -1)
