"""Tables of a fleet: rows of a file as records of the user's own, and a JSON schema for the editor that the file is written in."""

import csv
import io
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, is_dataclass
from dataclasses import fields as dataclass_fields
from os import PathLike
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from constructs_dra.errors import Problem, SpecError, did_you_mean, shown
from constructs_dra.yaml.document import Document
from constructs_dra.yaml.documents import load_documents, read_files

__all__ = ["read_table", "table_schema"]

_R = TypeVar("_R")
_NAMES: Final[Mapping[type, tuple[str, str]]] = {
    str: ("string", "a string"),
    bool: ("boolean", "true or false"),
    int: ("integer", "a whole number"),
    float: ("number", "a number"),
}
"""What a column's type is called in JSON schemas, and in messages."""


_NO_DEFAULT: Final = object()
_FACTORY: Final[Any] = type(attrs.Factory(list))


@frozen
class _Column:
    """One column: its name, its type, and whether a row may leave it out."""

    name: str
    kind: Any
    required: bool
    default: Any = None


def read_table(path: str | PathLike[str], row: Callable[..., _R]) -> list[_R]:
    """The rows of a table, each as a record.

    A table is a list of mappings in YAML or JSON, or CSV with a line of column names; in CSV an empty cell is a column left out, and the cells of a
    list are parted by blanks.

    Args:
        path: The file: `.csv`, else YAML or JSON.
        row: A dataclass or attrs class. Its fields are the columns; their types may be `str`, `int`, `float`, `bool`, a `Literal`, a list or tuple of
            these, or one of them `| None`. A field with a default may be left out.

    Returns:
        One record for each row, in the order of the file.

    Raises:
        SpecError: The file cannot be read, or rows are wrong: all of it at once, with the line of each. Errors that a record raises itself are among
            them, at the line of its row.
        TypeError: `row` is no such class, or a field's type is none of these.
    """
    columns = _columns(row)
    file = Path(path)
    document = _read_csv(file, columns) if file.suffix.lower() == ".csv" else _read(file)
    problems: list[Problem] = []
    made: list[_R] = []
    rows = document.value
    if not isinstance(rows, list):
        raise SpecError([_placed(document, Problem("", f"must be a list of rows, not {shown(rows)}", "write one row after each dash"))])
    for index, cells in enumerate(rows):
        found = [*_faults(cells, columns, f"[{index}]")]
        if not found:
            try:
                made.append(row(**{name: tuple(value) if isinstance(value, list) else value for name, value in cells.items()}))
            except SpecError as error:
                found += [
                    attrs.evolve(problem, path=f"[{index}]", message=f"{problem.path}: {problem.message}".removeprefix(": "))
                    for problem in error.problems
                ]
            except (TypeError, ValueError) as error:
                found.append(Problem(f"[{index}]", str(error)))
        problems += [_placed(document, problem) for problem in found]
    if problems:
        raise SpecError(problems)
    return made


def table_schema(row: Callable[..., Any]) -> dict[str, Any]:
    """A JSON schema (draft 2020-12) of a table in YAML or JSON, for editors and other tools.

    Args:
        row: The class of a row; see `read_table`.

    Raises:
        TypeError: It is no such class, or a field's type is none of those a table can have.
    """
    columns = _columns(row)
    words = (row.__doc__ or "").strip().partition("\n")[0]
    item: dict[str, Any] = {
        "type": "object",
        "properties": {column.name: _schema(column.kind) | ({} if column.required else {"default": _plain(column.default)}) for column in columns},
        "required": [column.name for column in columns if column.required],
        "additionalProperties": False,
    }
    if words and not words.startswith(f"{row.__name__}("):  # what a dataclass says of itself
        item["description"] = words
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array", "items": item}


def _columns(row: Any) -> list[_Column]:
    if not isinstance(row, type) or not (is_dataclass(row) or attrs.has(row)):
        raise TypeError(f"the class of a row must be a dataclass or an attrs class, not {shown(row)}")
    hints = get_type_hints(row)
    columns = [_Column(name, hints[field], default is _NO_DEFAULT, default) for name, field, default in _fields(row)]
    for column in columns:
        _schema(column.kind, column.name)
    return columns


def _fields(row: Any) -> Iterator[tuple[str, str, Any]]:
    """Argument, field and default of each field that a row can give."""
    if attrs.has(row):
        for each in attrs.fields(row):
            default: Any = each.default
            if each.init:
                made = isinstance(default, _FACTORY) and not default.takes_self
                yield each.alias or each.name, each.name, _NO_DEFAULT if default is attrs.NOTHING else default.factory() if made else default
        return
    for one in dataclass_fields(row):
        if one.init:
            given = one.default_factory() if one.default_factory is not MISSING else one.default
            yield one.name, one.name, _NO_DEFAULT if given is MISSING else given


def _schema(kind: Any, name: str = "") -> dict[str, Any]:
    """The JSON schema of a column's type."""
    if kind in _NAMES:
        return {"type": _NAMES[kind][0]}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in {list, tuple} and arguments and (len(arguments) == 1 or arguments[1:] == (...,)):
        return {"type": "array", "items": _schema(arguments[0], name)}
    if origin in {Union, types.UnionType}:
        return {"anyOf": [{"type": "null"} if each is types.NoneType else _schema(each, name) for each in arguments]}
    raise TypeError(f"the type of field {name!r} must be str, int, float, bool, a Literal, or a list or tuple of these, not {kind}")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _faults(cells: Any, columns: list[_Column], place: str) -> Iterator[Problem]:
    if not isinstance(cells, Mapping):
        yield Problem(place, f"must be a mapping of columns to values, not {shown(cells)}")
        return
    known = {column.name: column for column in columns}
    for name, value in cells.items():
        if name not in known:
            yield Problem(f"{place}.{name}", "there is no such column", did_you_mean(name, known))
        elif not _is(value, known[name].kind):
            yield Problem(f"{place}.{name}", f"must be {_words(known[name].kind)}, not {shown(value)}", _near(value, known[name].kind))
    for column in columns:
        if column.required and column.name not in cells:
            yield Problem(place, f"has no {column.name!r}", f"write {column.name}: …")


def _is(value: Any, kind: Any) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind in _NAMES:
        return type(value) is kind
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return any(type(value) is type(each) and value == each for each in arguments)
    if origin in {list, tuple}:
        return isinstance(value, list) and all(_is(each, arguments[0]) for each in value)
    return any(value is None if each is types.NoneType else _is(value, each) for each in arguments)


def _words(kind: Any) -> str:
    if kind in _NAMES:
        return _NAMES[kind][1]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return f"one of {', '.join(map(repr, arguments))}"
    if origin in {list, tuple}:
        return f"a list, each {_words(arguments[0])}"
    return " or ".join("empty" if each is types.NoneType else _words(each) for each in arguments)


def _near(value: Any, kind: Any) -> str:
    named = [each for each in get_args(kind) if isinstance(each, str)] if get_origin(kind) is Literal else []
    return did_you_mean(value, named, fallback=lambda _: "") if named else ""


def _of_row(problem: Problem, place: str) -> Problem:
    """What a record says of itself, at its row."""
    return attrs.evolve(problem, path=place, message=f"{problem.path}: {problem.message}" if problem.path else problem.message)


def _placed(document: Document, problem: Problem) -> Problem:
    line, column = document.line_of(problem.path)
    return attrs.evolve(problem, source=document.source, line=line, column=column)


def _read(file: Path) -> Document:
    documents, problems = read_files([file])
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors and len(documents) != 1:
        errors = [Problem("", f"must hold one table, not {len(documents)} documents", source=str(file))]
    if errors:
        raise SpecError(errors)
    return documents[0]


def _read_csv(file: Path, columns: list[_Column]) -> Document:
    """A table in CSV as the YAML it stands for, so that lines are found alike: every row is one line of it."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SpecError([Problem("", f"cannot be read: {error.strerror or error}", source=str(file))]) from None
    except UnicodeDecodeError:
        raise SpecError([Problem("", "is not UTF-8", "save it as UTF-8", source=str(file))]) from None
    kinds = {column.name: column.kind for column in columns}
    reader = csv.DictReader(io.StringIO(text), restkey="", skipinitialspace=True)
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for cells in reader:
        lines.append(reader.line_num)
        if "" in cells:
            problems.append(Problem(f"[{len(rows)}]", "has more cells than there are columns", source=str(file), line=reader.line_num, column=1))
            cells.pop("")
        rows.append({name: _cell(value, kinds.get(name)) for name, value in cells.items() if value not in {None, ""}})
    if problems:
        raise SpecError(problems)
    return _Lines(rows, str(file), lines)


def _cell(text: str, kind: Any) -> Any:
    """A cell in the type of its column; as it stands where it is not one, which is reported then."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {list, tuple}:
        return [_cell(part, arguments[0]) for part in text.split()]
    if origin in {Union, types.UnionType}:
        kind = next((each for each in arguments if each is not types.NoneType and _is(_cell(text, each), each)), str)
        return _cell(text, kind)
    if origin is Literal:
        return next((each for each in arguments if str(each) == text), text)
    if kind is bool:
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if kind in {int, float}:
        documents, _ = load_documents(text, "")
        value = documents[0].value if documents else text
        return value if _is(value, kind) else text
    return text


class _Lines(Document):
    """Rows of CSV, which know the line each of them ends on."""

    def __init__(self, rows: list[dict[str, Any]], source: str, lines: list[int]) -> None:
        super().__init__(value=rows, source=source, text="")
        object.__setattr__(self, "_lines", lines)

    def line_of(self, path: str) -> tuple[int, int]:
        index = path.partition("]")[0].removeprefix("[")
        lines: list[int] = getattr(self, "_lines", [])
        return (lines[int(index)], 1) if index.isdigit() and int(index) < len(lines) else (0, 0)
