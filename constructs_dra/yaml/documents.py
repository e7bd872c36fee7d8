"""Read YAML and JSON files as Kubernetes' own tools read them, safely, with the line of every place in them.

Plain words mean what kubectl and Helm take them for (`yes` and `on` are booleans, `012` is eight-based, `1e3` is a number, dates stay texts), keys
that are numbers or booleans become texts, and a key written twice is a problem. Size, nesting and alias expansion are limited, so no input makes
the reader hang. Only what was asked for is read; nothing is written.
"""

import json
import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

import yaml
from attrs import evolve, field, frozen

from constructs_dra.errors import Problem, Severity
from constructs_dra.paths import child, split
from constructs_dra.yaml.block import OtherwiseError, Spots, read_blocks, spots_of
from constructs_dra.yaml.reader import Read, RefusedError, events, key_text, read_yaml
from constructs_dra.yaml.scalars import plain_value

__all__ = ["MAX_BYTES", "Document", "load_documents", "read_files"]

MAX_BYTES = 256_000_000
"""Largest file read, in bytes: the nodes and slices of some 10,000 nodes as kubectl prints them."""

_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""An escape that stands for half a character in JSON."""

_SUFFIXES = {".yaml", ".yml", ".json"}


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
    _places: list["_Place"] = field(factory=list, repr=False)

    def line_of(self, path: str) -> tuple[int, int]:
        """Line and column, from 1, of the place a problem names; of the nearest place around it when it does not exist; (0, 0) when unknown."""
        if not self._places:
            if not path:  # the whole document: its start is found without reading it all
                start = _start_of(self._text)
                return (self._first_line + start.line + 1, start.column + 1) if start.column >= 0 else (0, 0)
            self._places.append(_places_of(self._text) or _Place(0, -1))
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


_LITERAL = re.compile(r"(?:^|\s)\|[+-]?\d?[+-]?\s*(?:#.*)?\Z")
"""The start of a block whose lines are kept."""


class _Place:
    """Where a value starts (its key, if it has one), and its entries."""

    __slots__ = ("column", "entries", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.entries: dict[str | int, _Place] | None = None


def _duplicate(path: str, first: str, source: str, line: int = 0, column: int = 0) -> Problem:
    return Problem(
        path, f"this key is written twice in one mapping,{first or ' and readers keep one of them silently'}", "keep the one that is meant",
        rule="duplicate-key", source=source, line=line, column=column,
    )  # fmt: skip


def _start_of(text: str) -> _Place:
    """Where a document's value starts."""
    try:
        for event in events(text):
            if isinstance(event, yaml.NodeEvent) and event.start_mark:
                return _Place(event.start_mark.line, event.start_mark.column)
    except yaml.YAMLError:
        pass
    return _Place(0, -1)


def _places_of(text: str) -> _Place | None:
    """Where everything in one document starts; None when that is not known."""
    try:
        value, spots = spots_of(text)
    except OtherwiseError:
        return _parsed_places(text)
    start = _start_of(text)
    return _placed(value, spots, start.line, start.column)


def _placed(value: Any, spots: Spots, line: int, column: int) -> _Place:
    place = _Place(line, column)
    if entries := spots.get(id(value)):
        place.entries = {step: _placed(value[step], spots, *spot) for step, spot in entries.items()}
    return place


def _parsed_places(text: str) -> _Place | None:
    stack: list[tuple[_Place, bool]] = []
    pending: list[_Place | None] = []
    top: _Place | None = None
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
            place = _Place(mark.line, mark.column) if mark else _Place(0, -1)
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
        return top
    return top


def _load_json(text: str, source: str) -> tuple[list[Document], list[Problem]] | None:
    """Read JSON with its own, ten times faster reader; None when it is not plain JSON."""
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(items)
        if len(value) != len(items):
            names = sorted(name for name, _ in items)
            repeated.extend(one for one, other in pairwise(names) if one == other)
        return value

    def constant(name: str) -> float:
        raise ValueError(name)

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except (ValueError, RecursionError):
        return None
    problems = [_duplicate(child("", name), "", source) for name in repeated]
    if half := _HALF.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            line = text.count("\n", 0, half.start()) + 1
            problems.append(Problem("", f"has half of a surrogate pair, {half.group()}, without the other half", source=source, line=line))
            return [], problems
    return [Document(value=value, source=source, text=text)], problems


def _decoded(raw: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise RefusedError(
                    f"is not text: byte {raw[error.start]:#04x} at offset {error.start} is not {encoding[:6].rstrip('-').upper()}"
                ) from None
    raise AssertionError  # the last mark is empty and fits anything


def _hint_for(text: str, line: int) -> str:
    """A hint for the usual reasons why something is not valid YAML."""
    lines = text.split("\n")
    row = lines[line - 1] if 0 < line <= len(lines) else ""
    if "{{" in row or (line > 1 and "{{" in lines[min(line, len(lines)) - 2]):
        return "this looks like a Helm template: render it first, e.g. helm template … | constructs-dra check -"
    if row[: len(row) - len(row.lstrip())].count("\t"):
        return "indent with spaces: YAML takes no tabs there"
    return ""


def load_documents(text: str | bytes, source: str, *, watch: Callable[[int, int], object] | None = None) -> tuple[list[Document], list[Problem]]:
    """Read all documents of one YAML or JSON text; empty ones are left out.

    Args:
        text: The text, or its bytes (UTF-8 or UTF-16).
        source: What problems call it, usually the file's name.
        watch: Told, after each document, how many characters were read, and how many there are.

    Returns:
        The documents that could be read, and what is wrong with the text: a syntax error ends the reading, a key written twice does not.
    """
    if len(text) > MAX_BYTES:
        return [], [Problem("", f"is {len(text):,} bytes long; at most {MAX_BYTES:,} are read", "split it", source=source)]
    try:
        content = _decoded(text) if isinstance(text, bytes) else text
    except RefusedError as refusal:
        return [], [evolve(refusal.problem, source=source)]
    if content.lstrip()[:1] in {"{", "["} and (loaded := _load_json(content, source)) is not None and (loaded[0] == [] or not loaded[1]):
        return loaded
    documents: list[Document] = []
    problems: list[Problem] = []

    def take(reads: Iterable[Read]) -> None:
        documents.clear()
        problems.clear()
        for read in reads:
            if watch is not None:
                watch(read.end, len(content))
            if read.value is None:
                continue
            document = Document(value=read.value, source=source, text=content[read.start : read.end], first_line=read.line)
            documents.append(document)
            for path, line, column in read.duplicates:
                problems.append(_duplicate(path, f" first on line {document.line_of(path)[0]}", source, line, column))

    try:
        try:
            take(read_blocks(content))
        except OtherwiseError:
            take(read_yaml(content))
    except RefusedError as refusal:
        problems.append(evolve(refusal.problem, source=source, hint=_hint_for(content, refusal.problem.line) or refusal.problem.hint))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        what = ", ".join(str(part) for part in (error.context, error.problem) if part)
        problems.append(Problem("", f"is not YAML: {what}", _hint_for(content, line), source=source, line=line, column=column))
    except yaml.reader.ReaderError as error:
        code = error.character if isinstance(error.character, int) else ord(error.character)
        line = content.count("\n", 0, error.position) + 1
        problems.append(Problem("", f"is not text: it holds the character U+{code:04X}", source=source, line=line))
    except UnicodeEncodeError as error:
        problems.append(Problem("", f"is not text: {error.reason}", source=source, line=content.count("\n", 0, error.start) + 1))
    return documents, problems


def _files(folder: Path) -> tuple[list[Path], list[Path]]:
    """The manifests below a folder, in a stable order, and what is named like one and is not a file (a pipe, a device).

    Hidden files and folders are left out, and links to folders are not followed.
    """
    files: list[Path] = []
    others: list[Path] = []
    waiting = [folder]
    while waiting:
        entry = waiting.pop()
        if entry.is_dir():
            waiting += sorted((inner for inner in entry.iterdir() if not _passed_over(inner)), reverse=True)
        elif entry.is_file():
            files.append(entry)
        else:
            others.append(entry)
    return files, others


def _passed_over(entry: Path) -> bool:
    if entry.name.startswith("."):
        return True
    if entry.is_dir():
        return entry.is_symlink()
    return entry.suffix.lower() not in _SUFFIXES


def _read_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def read_files(
    paths: Iterable[str | Path], *, stdin: Callable[[], bytes] | None = None, watch: Callable[[int, int], object] | None = None
) -> tuple[list[Document], list[Problem]]:
    """Read files, folders (recursively `.yaml`, `.yml`, `.json`) and, for `-`, what `stdin` returns.

    A missing, unreadable, empty or broken file is a problem and the others are read all the same. An empty file inside a folder is a warning.

    Args:
        paths: What to read, in this order.
        stdin: Gives the bytes of standard input; needed only where `-` may be among the paths.
        watch: Told, after each document, how many characters of its file were read, and how many it has.
    """
    documents: list[Document] = []
    problems: list[Problem] = []
    for given in paths:
        name = str(given)
        if not name:  # a variable of a shell that is not set; Path("") would be the folder one is in
            problems.append(Problem("", "a file name is empty", "name a file or a folder, '.' for the one you are in"))
            continue
        try:
            contents, passed = ([(name, stdin())], []) if name == "-" and stdin else _contents(Path(given))
            problems += passed
            in_folder = len(contents) != 1 or contents[0][0] != name
            for source, raw in contents:
                found, wrong = load_documents(raw, source, watch=watch)
                documents += found
                problems += wrong
                if not found and not wrong:
                    problems.append(_empty(source, "warning" if in_folder else "error"))
        except RefusedError as refusal:
            problems.append(evolve(refusal.problem, source=name))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            where = str(error.filename) if isinstance(error, OSError) and error.filename else name
            problems.append(Problem("", f"cannot be read: {reason}", source=where))
    return documents, problems


def _contents(path: Path) -> tuple[list[tuple[str, bytes]], list[Problem]]:
    """Name and bytes of a file, or of every manifest below a folder; and what cannot be read there."""
    mode = path.stat().st_mode
    if S_ISDIR(mode):
        files, others = _files(path)
        if not files and not others:
            raise RefusedError("this folder holds no .yaml, .yml or .json file")
        return [(str(file), _read_bytes(file)) for file in files], [_not_a_file(str(other)) for other in others]
    if S_ISREG(mode):
        return [(str(path), _read_bytes(path))], []
    raise RefusedError("is neither a file nor a folder", "pipe it in and name it '-'")


def _not_a_file(source: str) -> Problem:
    return Problem("", "is named like a manifest and is not a file; it is not read", source=source, severity="warning")


def _empty(source: str, severity: Severity) -> Problem:
    return Problem("", "holds no object", "name a file with at least one Kubernetes object", source=source, severity=severity)
