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
from attrs import evolve

from constructs_dra.errors import Problem, Severity
from constructs_dra.paths import child
from constructs_dra.yaml.block import OtherwiseError, read_blocks
from constructs_dra.yaml.document import Document
from constructs_dra.yaml.reader import Read, RefusedError, read_yaml

__all__ = ["MAX_BYTES", "load_documents", "read_files"]

MAX_BYTES = 256_000_000
"""Largest file read, in bytes: the nodes and slices of some 10,000 nodes as kubectl prints them."""

_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""An escape that stands for half a character in JSON."""

_SUFFIXES = {".yaml", ".yml", ".json"}


def _duplicate(path: str, first: str, source: str, line: int = 0, column: int = 0) -> Problem:
    return Problem(
        path, f"this key is written twice in one mapping,{first or ' and readers keep one of them silently'}", "keep the one that is meant",
        rule="duplicate-key", source=source, line=line, column=column,
    )  # fmt: skip


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
