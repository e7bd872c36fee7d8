"""Values files: read, merged in order as Helm merges them, every place with its file and line.

Mappings are merged key by key, lists and everything else are replaced, an explicit null takes a default away.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from constructs_dra.errors import Problem, SpecError
from constructs_dra.helm.overrides import Override, apply, parse
from constructs_dra.paths import child, split
from constructs_dra.yaml.document import Document
from constructs_dra.yaml.documents import read_files

__all__ = ["MAX_BYTES", "Values", "load_values", "merge", "with_defaults"]

MAX_BYTES = 1_048_576
"""Largest values file read, in bytes: Helm keeps a release in a Secret, and those hold at most 1 MiB."""


@frozen(kw_only=True, eq=False)
class Values:
    """What the files and options say together.

    Attributes:
        data: The merged values, the chart's defaults not among them.
        sources: The names of the files, in order.
        problems: What is wrong with the files themselves: not readable, not YAML, a key written twice.
    """

    data: dict[str, Any]
    sources: tuple[str, ...]
    problems: tuple[Problem, ...]
    _documents: tuple[Document, ...] = field(default=(), alias="documents")
    _overrides: tuple[Override, ...] = field(default=(), alias="overrides")

    def placed(self, problem: Problem) -> Problem:
        """The same problem with the file and line its path is written at; the last file that says anything about it counts."""
        if problem.source:
            return problem
        steps = split(problem.path)
        if any(path == tuple(steps[: len(path)]) for path, _ in self._overrides):
            return evolve(problem, source="--set")
        document, known = self._home(steps)
        if document is None:
            return problem
        line, column = document.line_of(known) if known else (0, 0)
        return evolve(problem, source=document.source, line=line, column=column)

    def line_of(self, path: str) -> tuple[str, int]:
        """File and line of a place; ("", 0) when no file has it."""
        steps = split(path)
        document, known = self._home(steps)
        if document is None or split(known) != steps:
            return "", 0
        return document.source, document.line_of(known)[0]

    def _home(self, steps: Sequence[str | int]) -> tuple[Document | None, str]:
        """The last file that has most of a place, and that part of it."""
        best: Document | None = None
        depth = -1
        for document in self._documents:
            if (found := _depth(document.value, steps)) >= depth:
                best, depth = document, found
        known = ""
        for step in steps[:depth]:
            known = child(known, step)
        return best, known

    def texts(self) -> list[tuple[str, str]]:
        """Name and text of each file, comments and all; standard input is gone once it was read."""
        found = []
        for document in self._documents:
            if document.source != "-":
                with suppress(OSError, UnicodeDecodeError):
                    found.append((document.source, Path(document.source).read_text(encoding="utf-8-sig")))
        return found


def _depth(value: Any, steps: Sequence[str | int]) -> int:
    """How many of the steps exist below the value."""
    for depth, step in enumerate(steps):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return depth
    return len(steps)


def load_values(
    files: Iterable[str | Path],
    *,
    sets: Iterable[str] = (),
    set_strings: Iterable[str] = (),
    stdin: Any = None,
) -> Values:
    """Read values files and options, later ones over earlier ones.

    Args:
        files: The files, in order; `-` is standard input.
        sets: `path=value` strings, as `--set` takes them; they go over all files.
        set_strings: The same with every value a string.
        stdin: Gives the bytes of standard input; needed only where `-` is among the files.
    """
    problems: list[Problem] = []
    documents: list[Document] = []
    sources: list[str] = []
    for file in files:
        name = str(file)
        sources.append(name)
        found, wrong = _read(file, stdin)
        problems += wrong
        documents += found
    data: dict[str, Any] = {}
    for document in documents:
        data = merge(data, document.value)
    overrides: list[Override] = []
    for texts, as_text in ((sets, False), (set_strings, True)):
        for text in texts:
            try:
                for override in parse(text, as_text=as_text):
                    # values read from files are shared with their documents: the copy is what options may change
                    data = _copied(data) if not overrides else data
                    apply(data, override)
                    overrides.append(override)
            except SpecError as error:
                problems += error.problems
    return Values(data=data, sources=tuple(sources), problems=tuple(problems), documents=tuple(documents), overrides=tuple(overrides))


def _read(file: str | Path, stdin: Any) -> tuple[list[Document], list[Problem]]:
    name = str(file)
    size = 0
    raw = b""
    if name == "-" and stdin is not None:
        raw = stdin()
        size = len(raw)
    elif name != "-":
        path = Path(file)
        try:
            if path.is_dir():
                return [], [Problem("", "is a folder", "name the values files in it", source=name)]
            size = path.stat().st_size if path.is_file() else 0
        except (OSError, ValueError):
            size = 0  # reading says why
    if size > MAX_BYTES:
        return [], [Problem("", f"is {size:,} bytes long; values of a release have at most {MAX_BYTES:,}", "is this a values file?", source=name)]
    documents, problems = read_files([name], stdin=None if stdin is None else lambda: raw)
    problems = [
        evolve(problem, message="holds no values", hint="write at least one key, or leave the file out")
        if problem.message == "holds no object"
        else problem
        for problem in problems
    ]
    if len(documents) > 1:
        line, column = documents[1].line_of("")
        problems.append(
            Problem(
                "", f"holds {len(documents)} documents; Helm reads the first and ignores the others", "put each release into a file of its own",
                rule="ignored", source=name, line=line, column=column,
            )
        )  # fmt: skip
    documents = documents[:1]
    for document in documents:
        if not isinstance(document.value, dict):
            kind = "a list" if isinstance(document.value, list) else f"the value {document.value!r:.60}"
            problems.append(Problem("", f"is not a mapping but {kind}", "values are keys with values, e.g. modelArtifacts:", source=name, line=1))
        elif {"apiVersion", "kind"} <= document.value.keys():
            kind = document.value["kind"]
            problems.append(
                Problem("", f"is a Kubernetes object ({kind}), not a values file", "check it with: constructs-dra check", source=name, line=1)
            )
            return [], problems
    return [document for document in documents if isinstance(document.value, dict)], problems


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two values files, the second over the first: mappings key by key, everything else replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def with_defaults(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Values over a chart's defaults: mappings key by key; a null takes the default of its key away."""
    merged = dict(defaults)
    for key, value in values.items():
        default = merged.get(key)
        if value is None and key in merged:
            del merged[key]
        elif isinstance(default, Mapping) and isinstance(value, Mapping):
            merged[key] = with_defaults(value, default)
        else:
            merged[key] = value
    return merged


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
