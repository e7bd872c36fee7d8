"""A quick way through plain block YAML, which kubectl, Helm and cdk8s write: document by document, line by line.

It knows scalars on one line, block mappings and lists, and literal blocks. A document that holds anything else, however right, is left to the parser;
a text with anything wrong is left to it whole. Large sets repeat their lines thousands of times, so each different line is looked at once.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, Final, NamedTuple, TypeAlias

import yaml
from attrs import evolve

from constructs_dra.yaml.reader import MAX_DOCUMENTS, MAX_EXPANDED, Read, RefusedError, read_yaml
from constructs_dra.yaml.scalars import plain_value

__all__ = ["OtherwiseError", "Spots", "read_blocks", "spots_of"]

_LINE: Final = re.compile(
    r"""(?P<indent>[ ]*)(?P<dash>-[ ]+)?
    (?:(?:(?P<key>[A-Za-z0-9_./$][A-Za-z0-9_./$()-]{0,199})|'(?P<single_key>[^']{0,200})'|"(?P<double_key>[^"\\]{0,200})"):(?:[ ]+|(?=\Z)))?
    (?:(?P<plain>(?:[A-Za-z0-9_./$(+^;=~<\\]|-(?=[^ ]))(?:[^:# ]|:(?=[^ ])|(?<=[^ ])\#|[ ]+(?=[^ #]))*)
      |'(?P<single>[^']*(?:''[^']*)*)'|(?P<double>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<empty>\{\}|\[\])|\|(?P<chomp>-?))?
    [ ]*""",
    re.VERBOSE,
)
"""A line: its indentation, perhaps a dash, perhaps a key, perhaps a value."""

_SHORT: Final = 200
"""Characters of the longest line that is remembered."""

_LONGEST: Final = 10_000
"""Characters of the longest line that is looked at."""

_DEEPEST: Final = 50
_SCALAR, _OPEN, _EMPTY, _LITERAL = range(4)


Spots: TypeAlias = dict[int, dict[str | int, tuple[int, int]]]
"""Line and column, from 0, where each entry of each collection starts (its key, if it has one), by the collection's identity."""


class OtherwiseError(Exception):
    """The text is not plain block YAML, or wrong; the parser says which."""


class _Line(NamedTuple):
    """What stands in a line.

    Attributes:
        column: Where its dash or key starts, from 0; -1 where nothing stands in it.
        inner: Where what follows its dash starts; -1 where it has no dash.
        key: Its key.
        form: What its value is: a scalar, on the following lines, an empty collection, or a literal block.
        value: The scalar; what makes the empty collection; how the end of the literal block is kept.
    """

    column: int
    inner: int = -1
    key: str | None = None
    form: int = _SCALAR
    value: Any = None


_NOTHING: Final = _Line(-1)


def _value(lines: Sequence[str], spots: Spots | None = None) -> dict[str, Any] | list[Any] | None:
    """What a document holds; None when it is empty.

    Args:
        lines: Its lines; the last one is empty where a line break ends the document.
        spots: Takes the places of the entries. Default: they are not wanted.

    Raises:
        OtherwiseError: It is not plain block YAML.
    """
    current: Any = None
    root: Any = None
    indent = 0
    last = ""
    opened = False
    around: list[tuple[Any, int]] = []
    index = 0
    for index_of_next, line in enumerate(lines, 1):
        if index_of_next <= index:  # inside a literal block
            continue
        column, inner, key, form, value = _seen(line) if len(line) < _SHORT else _see(line)
        if column < 0:
            continue
        if opened:
            # a list may stand under its key without being indented
            if column > indent or (column == indent and inner >= 0):
                around.append((current, indent))
                if len(around) > _DEEPEST:
                    raise OtherwiseError
                value_of_last: Any = {} if inner < 0 else []
                current[last] = current = value_of_last
                indent = column
            opened = False
        elif current is None:
            if column:
                raise OtherwiseError
            current = root = {} if inner < 0 else []
        while indent > column:
            current, indent = around.pop()
        if inner < 0:
            if type(current) is list and around:
                current, indent = around.pop()
            if indent != column or type(current) is not dict:
                raise OtherwiseError
        else:
            if indent != column or type(current) is not list:
                raise OtherwiseError
            if key is not None:
                around.append((current, indent))
                if len(around) > _DEEPEST:
                    raise OtherwiseError
                if spots is not None:
                    spots.setdefault(id(current), {})[len(current)] = (index_of_next - 1, inner)
                entry: dict[str, Any] = {}
                current.append(entry)
                current, indent = entry, inner
        if form == _OPEN:
            opened, last = True, key or ""
        elif form == _EMPTY:
            value = value()
        elif form == _LITERAL:
            value, index = _literal(lines, index_of_next, indent, value)
        if spots is not None:
            spots.setdefault(id(current), {})[len(current) if key is None else key] = (index_of_next - 1, max(column, inner))
        if key is None:
            current.append(value)
        elif key in current:
            raise OtherwiseError
        else:
            current[key] = value
    return root  # type: ignore[no-any-return]


def _see(line: str) -> _Line:
    bare = line.lstrip(" ")
    if not bare or (bare[0] == "#" and bare.isprintable()):
        return _NOTHING
    match = _LINE.fullmatch(line) if len(line) < _LONGEST and line.isprintable() else None
    if match is None:
        raise OtherwiseError
    column = match.end("indent")
    key = match["key"]
    if key is not None:
        if plain_value(key) != key:
            raise OtherwiseError
    elif (key := match["single_key"]) is None:
        key = match["double_key"]
    inner = -1 if match["dash"] is None else match.end("dash")
    if inner < 0 and key is None:
        raise OtherwiseError
    if (text := match["plain"]) is not None:
        value = plain_value(text)
        if isinstance(value, float) and not isfinite(value):
            raise OtherwiseError
        return _Line(column, inner, key, _SCALAR, value)
    if (text := match["single"]) is not None:
        return _Line(column, inner, key, _SCALAR, text.replace("''", "'"))
    if (text := match["double"]) is not None:
        return _Line(column, inner, key, _SCALAR, _unescaped(text))
    if (text := match["empty"]) is not None:
        return _Line(column, inner, key, _EMPTY, dict if text == "{}" else list)
    if (text := match["chomp"]) is not None:
        return _Line(column, inner, key, _LITERAL, text)
    if key is None:
        raise OtherwiseError
    return _Line(column, inner, key, _OPEN)


_seen: Final = lru_cache(maxsize=16_384)(_see)
"""Large sets repeat their lines."""


def _unescaped(quoted: str) -> str:
    """What a string in double quotes stands for: its escapes are those of JSON, halves of characters aside."""
    if "\\" not in quoted:
        return quoted[1:-1]
    if "\\u" in quoted:
        raise OtherwiseError
    try:
        return str(json.loads(quoted))
    except ValueError:
        raise OtherwiseError from None


def _literal(lines: Sequence[str], start: int, parent: int, chomp: str) -> tuple[str, int]:
    """The text of a literal block, and how many lines of the document end with it.

    Args:
        lines: The lines of the document.
        start: The first line of the block.
        parent: The indentation of what the block belongs to.
        chomp: What is done with the line breaks at its end.
    """
    indent = -1
    end = start
    for end in range(start, len(lines)):
        line = lines[end]
        own = len(line) - len(line.lstrip(" "))
        if own == len(line):
            if indent < 0 and line:
                raise OtherwiseError
        elif indent < 0:
            if own <= parent:
                raise OtherwiseError
            indent = own
        elif own < indent:
            if own > parent:
                raise OtherwiseError
            break
    else:
        end = len(lines)
    if indent < 0 or (end == len(lines) and lines[-1]):  # nothing in it, or no line break at its end
        raise OtherwiseError
    content = [line[indent:] for line in lines[start:end]]
    if not "".join(content).isprintable():
        raise OtherwiseError
    kept = len(content)
    while not content[kept - 1]:
        kept -= 1
    text = "\n".join(content[:kept])
    return (text if chomp else f"{text}\n"), end


_PARTING: Final = re.compile(r"---[ ]*\n")
_BEHIND: Final = ("", " ", "\t", "\n")
_ELSEWHERE: Final = ("\n...", "\n%", "\r", "\ufeff", "\x85", "\u2028", "\u2029")
"""What documents end with, or lines, or what concerns several documents: rare, and the parser's business."""


def read_blocks(text: str) -> Iterator[Read]:
    """Read the documents of a string one after the other, as `read_yaml` does; only where they start and end is a few characters off.

    Raises:
        OtherwiseError: It may be wrong, or cannot be read document by document. `read_yaml` says so.
    """
    if text.startswith(("...", "%")) or (text.startswith("---") and text[3:4] not in _BEHIND) or any(mark in text for mark in _ELSEWHERE):
        raise OtherwiseError
    start = line = count = expanded = 0
    while start < len(text):
        end = text.find("\n---", start) + 1 or len(text)
        if text[end + 3 : end + 4] not in _BEHIND:
            raise OtherwiseError
        own = text[start:end]
        try:
            value = _value(_lines_of(own))
            reads = [Read(value, start, end, line)] if value is not None or own.startswith("---") else []
        except OtherwiseError:
            reads = [_shifted(read, start, line) for read in _parsed(own)]
        count += len(reads)
        expanded += sum(read.expanded for read in reads[-1:])
        if count > MAX_DOCUMENTS or expanded > MAX_EXPANDED:
            raise OtherwiseError
        yield from reads
        line += own.count("\n")
        start = end


def _lines_of(text: str) -> list[str]:
    """The lines of one document, what parts it from the one before made empty."""
    if text.startswith("---"):
        if not (match := _PARTING.match(text)):
            raise OtherwiseError
        return ["", *text[match.end() :].split("\n")]
    return text.split("\n")


def _parsed(text: str) -> list[Read]:
    try:
        return list(read_yaml(text))
    except (RefusedError, yaml.YAMLError, UnicodeEncodeError):
        raise OtherwiseError from None


def _shifted(read: Read, start: int, line: int) -> Read:
    duplicates = [(path, line + own, column) for path, own, column in read.duplicates]
    return evolve(read, start=start + read.start, end=start + read.end, line=line + read.line, duplicates=duplicates)


def spots_of(text: str) -> tuple[Any, Spots]:
    """What one document holds, and where everything in it starts.

    Raises:
        OtherwiseError: It is not plain block YAML.
    """
    spots: Spots = {}
    return _value(_lines_of(text), spots), spots
