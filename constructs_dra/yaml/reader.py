"""Read YAML as Go's reader does, the one inside kubectl and Helm: values of every document of one text, within limits."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

import yaml
from attrs import frozen

from constructs_dra.errors import Problem
from constructs_dra.paths import child
from constructs_dra.yaml.scalars import plain_value

__all__ = ["MAX_DEPTH", "MAX_DOCUMENTS", "MAX_EXPANDED", "Read", "RefusedError", "events", "key_text", "read_yaml"]

MAX_DEPTH = 100
"""Deepest nesting of mappings and sequences."""

MAX_DOCUMENTS = 100_000
"""Most documents in one file, empty ones included."""

MAX_EXPANDED = 200_000
"""Most values that aliases may stand for in one file."""

_TAG = "tag:yaml.org,2002:"


class RefusedError(Exception):
    """The text cannot be read on; carries the problem."""

    def __init__(self, message: str, hint: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.problem = Problem("", message, hint, line=line, column=column)


def events(text: str) -> Iterator[Any]:
    """What PyYAML's parser, written in C where that is installed, finds in a string."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        event = loader.get_event()
        while event is not None:
            yield event
            event = loader.get_event() if type(event) is not yaml.StreamEndEvent else None
    finally:
        loader.dispose()


def _tagged(tag: str, text: str, event: Any) -> Any:
    """What a scalar with an explicit tag stands for."""
    name = tag.removeprefix(_TAG)
    if name in {"str", "timestamp", "!"}:
        return text
    value = plain_value(text) if name in {"int", "float", "bool", "null"} else None
    kinds: dict[str, Any] = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}
    if name in kinds and isinstance(value, kinds[name]) and isinstance(value, bool) == (name == "bool"):
        return _finite(value, event)
    if name == "binary":
        try:
            return b64decode("".join(text.split()), validate=True).decode("latin-1")
        except (Base64Error, ValueError):
            pass
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    if name in {*kinds, "binary"}:
        raise RefusedError(f"{text!r} is tagged !!{name} and is not one", line=line, column=column)
    raise RefusedError(f"the tag {tag!r} means nothing to Kubernetes", "leave the tag out", line=line, column=column)


def key_text(key: Any, event: Any) -> str:
    """A key as text: numbers and booleans turn into their JSON spelling, as they do in kubectl."""
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int | float):
        return str(key)
    raise RefusedError(
        "a key is " + ("empty" if key is None else "no text"), "write the key as a string", event.start_mark.line + 1, event.start_mark.column + 1
    )


@frozen
class Read:
    """One document as it was read.

    Attributes:
        value: What it holds; None when it is empty.
        start: Offset of its first character.
        end: Offset behind its last character.
        line: Line it starts on, from 0.
        duplicates: Path, line and column (from 1) of each key that repeats an earlier one of its mapping.
        expanded: How many values the aliases of the text have stood for so far.
    """

    value: Any
    start: int
    end: int
    line: int
    duplicates: Sequence[tuple[str, int, int]] = ()
    expanded: int = 0


class _Frame:
    """A mapping or sequence under construction."""

    __slots__ = ("anchor", "items", "key", "mapping", "merges", "started")

    def __init__(self, mapping: dict[str, Any] | None, items: list[Any], anchor: str | None, started: int) -> None:
        self.mapping = mapping
        self.items = items
        self.anchor = anchor
        self.started = started
        self.key: str | None = None
        self.merges: list[Any] | None = None

    @property
    def wants_key(self) -> bool:
        """Whether the next value is a key of this mapping."""
        return self.mapping is not None and self.key is None

    def add(self, value: Any) -> None:
        """Take one item, or the value of the key read last."""
        if self.mapping is None:
            self.items.append(value)
            return
        if self.merges is not None and self.key == "<<":
            self.merges.append(value)
        else:
            self.mapping[self.key or ""] = value
        self.key = None


def _merged(frame: _Frame, event: Any) -> dict[str, Any]:
    """A mapping with `<<`: what is written in it wins over what is merged, and the first merged mapping over later ones."""
    sources: list[Any] = []
    for merge in frame.merges or ():
        sources.extend(merge if isinstance(merge, list) else [merge])
    result: dict[str, Any] = {}
    for source in reversed(sources):
        if not isinstance(source, dict):
            raise RefusedError("'<<' merges something that is not a mapping", line=event.start_mark.line + 1, column=event.start_mark.column + 1)
        result.update(source)
    result.update(frame.mapping or {})
    return result


def _path_of(stack: Sequence[_Frame], key: str) -> str:
    path = ""
    for frame in stack[:-1]:
        path = child(path, len(frame.items) if frame.mapping is None else frame.key or "")
    return child(path, key)


def _scalar(event: Any, known: dict[str, Any]) -> Any:
    """What a scalar stands for; `known` remembers the plain ones."""
    text: str = event.value
    if event.tag is not None:
        return _tagged(event.tag, text, event)
    if event.style:
        return text
    value = known.get(text, known)
    if value is known:
        value = known[text] = _finite(plain_value(text), event)
    return value


def _finite(value: Any, event: Any) -> Any:
    """The value, unless it is infinite or not a number: JSON, which it becomes on its way to Kubernetes, cannot hold it."""
    if isinstance(value, float) and not isfinite(value):
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        raise RefusedError(f"{event.value} is not a number that JSON can hold", "write a finite number, or a string in quotes", line, column)
    return value


def _alias(event: Any, anchors: dict[str, tuple[Any, int]], stack: Sequence[_Frame]) -> tuple[Any, int]:
    """What an alias stands for, and how many values that is."""
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    if any(frame.anchor == event.anchor for frame in stack):
        raise RefusedError(f"the alias *{event.anchor} contains itself", line=line, column=column)
    if event.anchor not in anchors:
        raise RefusedError(f"the alias *{event.anchor} has no anchor before it", f"write &{event.anchor} where it is meant", line, column)
    return anchors[event.anchor]


def read_yaml(text: str) -> Iterator[Read]:
    """Read the documents of a string one after the other.

    Raises:
        RefusedError: A limit is passed, or a tag, a key or an alias is used as Kubernetes' reader does not allow.
        yaml.YAMLError: It is not YAML.
    """
    known: dict[str, Any] = {}
    anchors: dict[str, tuple[Any, int]] = {}
    stack: list[_Frame] = []
    duplicates: list[tuple[str, int, int]] = []
    top: Any = None
    start: Any = None
    expanded = count = ended = 0
    for event in events(text):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            count += 1
            value = _scalar(event, known)
            if event.anchor is not None:
                anchors[event.anchor] = (value, 1)
            if stack and (frame := stack[-1]).key is None and frame.mapping is not None:
                frame.key = value if type(value) is str else key_text(value, event)
                if frame.key == "<<" and not event.style:
                    frame.merges = frame.merges or []
                elif frame.mapping and frame.key in frame.mapping:
                    duplicates.append((_path_of(stack, frame.key), event.start_mark.line + 1, event.start_mark.column + 1))
                continue
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            count += 1
            if stack and stack[-1].wants_key:
                raise RefusedError("a key is not a string", "write the key as a string", event.start_mark.line + 1, event.start_mark.column + 1)
            if len(stack) >= MAX_DEPTH:
                raise RefusedError(f"is nested more than {MAX_DEPTH} levels deep", line=event.start_mark.line + 1)
            stack.append(_Frame({} if kind is yaml.MappingStartEvent else None, [], event.anchor, count))
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            frame = stack.pop()
            value = frame.items if frame.mapping is None else _merged(frame, event) if frame.merges is not None else frame.mapping
            if frame.anchor is not None:
                anchors[frame.anchor] = (value, count - frame.started + 1)
        elif kind is yaml.AliasEvent:
            value, size = _alias(event, anchors, stack)
            count += size
            expanded += size
            if expanded > MAX_EXPANDED:
                mark = event.start_mark
                raise RefusedError(f"its aliases stand for more than {MAX_EXPANDED} values", "write the values out", mark.line + 1, mark.column + 1)
            if stack and stack[-1].wants_key:
                stack[-1].key = value if type(value) is str else key_text(value, event)
                continue
        elif kind is yaml.DocumentStartEvent:
            top, start, duplicates = None, event.start_mark, []
            anchors.clear()
            continue
        elif kind is yaml.DocumentEndEvent:
            ended += 1
            if ended > MAX_DOCUMENTS:
                raise RefusedError(f"holds more than {MAX_DOCUMENTS:,} documents", "split it", start.line + 1)
            yield Read(top, start.index, event.end_mark.index, start.line, duplicates, expanded)
            continue
        else:
            continue
        if stack:
            if (frame := stack[-1]).mapping is None:
                frame.items.append(value)
            else:
                frame.add(value)
        else:
            top = value
