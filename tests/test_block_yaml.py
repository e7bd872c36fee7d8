"""The quick way through plain block YAML gives what the parser gives: values, problems, and the line and column of every place."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constructs_dra.errors import Problem
from constructs_dra.paths import child
from constructs_dra.yaml import block, documents, places
from constructs_dra.yaml.document import Document
from constructs_dra.yaml.documents import load_documents

ROOT = Path(__file__).parent.parent
REAL = [
    path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("tests/**/*.yaml"), *ROOT.parent.glob("shared/guides/*/*.yaml"), *ROOT.parent.glob("shared/parity/*/*.yaml")])
    if path.stat().st_size < 60_000
]


def _paths(value: Any, path: str = "") -> Iterator[str]:
    yield path
    steps: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from _paths(inner, child(path, step))


def _told(document: Document) -> tuple[Any, ...]:
    paths = list(_paths(document.value))
    inside = [document.line_inside(path, 2, 3) for path in paths[:40]]
    return repr(document.value), document.source, [(path, document.line_of(path)) for path in paths], inside


Told = tuple[list[tuple[Any, ...]], list[Problem]]


def _read(text: str) -> Told:
    found, problems = load_documents(text, "f.yaml")
    return list(map(_told, found)), problems


def _otherwise(*_: object) -> Any:
    raise block.OtherwiseError


def _parsed(text: str) -> Told:
    with patch.object(documents, "read_blocks", _otherwise), patch.object(places, "spots_of", _otherwise):
        return _read(text)


def _is_quick(text: str) -> bool:
    """Whether every document is read line by line."""
    with patch.object(block, "_parsed", _otherwise):
        try:
            list(block.read_blocks(text))
        except block.OtherwiseError:
            return False
    return True


words = st.sampled_from([
    "a", "b", "name", "x y", "8000", "1e3", "012", "0x1F", "1_000", "~", "null", "yes", "on", "true", ".inf", "-.INF", ".nan", "1.0", "-1", "-",
    "--flag",
    "- x", "a:b", "a: b", "a:", ":a", "a #b", "a#b", "#b", "http://x:80/y", "$(X)", "{{ x }}", "[a, b]", "[]", "{}", "{a: b}", "'q'", "'it''s'",
    "'a", '"q"',
    r'"a\n\"b\" \/"', r'"\u00e9"', r'"\x41"', '"', "''", '""', "|", "|-", "|+", "|2", ">", ">-", "| #c", "&x", "*x", "!!str 1", "!x", "@a", "`a",
    "%a", "?", "? a",
    "<<", "é", "日本", "\u00a0x", "a\tb", "\t", "a  ", "  ", "", "---", "...", "--- a", "=", "=x", ",a", "a,", "}", "2024-01-01", "x" * 1100, "\x07",
    "\x85", "\u2028",
])  # fmt: skip
keys = st.one_of(st.sampled_from(["a", "b", "c.d/e", "'q k'", '"d"', "8", "yes", "<<", "- a", "a b", "", ".", "$x"]), words)
lines = st.builds(
    lambda indent, dash, key, value: " " * indent + dash + key + value,
    st.integers(0, 6), st.sampled_from(["", "", "- ", "-   ", "-", "- - "]), st.one_of(st.just(""), keys.map("{}: ".format),
    keys.map("{}:".format)), words,
)  # fmt: skip


@st.composite
def documents_as_written(draw: st.DrawFn, depth: int = 3, indent: int = 0) -> list[str]:
    """Lines of a block collection as tools write it, more often right than wrong."""
    found: list[str] = []
    margin = " " * indent
    is_list = draw(st.booleans())
    for number in range(draw(st.integers(1, 3))):
        key = "" if is_list else draw(st.sampled_from([f"k{number}", f"'k {number}'", "a.b/c", "same"]))
        form = draw(st.integers(0, 5))
        if form <= 1 and depth:
            step = draw(st.sampled_from([0, 1, 2, 2, 4]))
            inner = draw(documents_as_written(depth=depth - 1, indent=indent + (max(step, 2) if is_list else step)))
            if is_list and (pad := len(inner[0]) - len(inner[0].lstrip())) >= indent + 2:
                inner[0] = f"{margin}-{inner[0][indent + 1 :]}" if pad else inner[0]
                found += inner
            else:
                found += [f"{margin}{'-' if is_list else f'{key}:'}", *inner]
        elif form == 2:
            own = indent + draw(st.integers(0, 3))
            content = draw(st.lists(st.sampled_from(["x", "# y", " z", "", "   ", "- a", "k: v", "\t", "é"]), max_size=4))
            found += [f"{margin}{'- ' if is_list else f'{key}: '}{draw(st.sampled_from(['|', '|-', '|+', '>', '|1']))}"]
            found += [" " * own + line if line.strip() or draw(st.booleans()) else line for line in content]
        elif form == 3 and not is_list:
            found.append(f"{margin}{key}:")
        else:
            found.append(f"{margin}{'- ' if is_list else f'{key}: '}{draw(words)}")
        if draw(st.integers(0, 9)) == 0:
            found.append(draw(st.sampled_from(["", "# note", "   # note", "    ", "\t"])))
    return found


parted = st.sampled_from(["---", "---", "--- ", "--- # x", "--- a", "---a", "...", "%YAML 1.1", "", "# x", "\ufeff"])
files = st.builds(
    lambda parts, end: "\n".join(chain.from_iterable(parts)) + end,
    st.lists(st.one_of(parted.map(lambda line: [line]), documents_as_written(), st.lists(lines, max_size=4)), max_size=5), st.sampled_from(["\n",
    "", "\n\n"]),
)  # fmt: skip


@given(files)
@example("a: |\n  x")
@example("a: x\n  y\n---\nb: 1\n")
@example("- a: 1\n  b:\n  - c\n- a: 1\n  a: 2\n---\n- a:\n- b\n")
@example("---\n---\n\n--- \n---")
@example("a: 1\n---x: 1\n")
@settings(max_examples=400)
def test_lines_that_were_made_up_are_read_as_the_parser_reads_them(text: str) -> None:
    assert _read(text) == _parsed(text)


@given(st.data())
@settings(max_examples=60)
def test_real_files_with_a_slip_are_read_as_the_parser_reads_them(data: st.DataObject) -> None:
    rows = data.draw(st.sampled_from(REAL)).split("\n")
    start = data.draw(st.integers(0, max(0, len(rows) - 60)))
    rows = rows[start : start + 60]
    for _ in range(data.draw(st.integers(0, 3))):
        number = data.draw(st.integers(0, len(rows) - 1))
        row = rows[number]
        column = data.draw(st.integers(0, len(row)))
        change = data.draw(st.integers(0, 4))
        if change == 0:
            rows[number] = row[:column] + data.draw(st.sampled_from(list(" :-#'\"|>[]{}&*!\\\t,0a"))) + row[column:]
        elif change == 1:
            rows[number] = row[:column] + row[column + 1 :]
        elif change == 2:
            del rows[number : number + 1]
            rows = rows or [""]
        elif change == 3:
            rows.insert(number, rows[data.draw(st.integers(0, len(rows) - 1))])
        else:
            rows[number] = data.draw(lines)
    text = "\n".join(rows)
    assert _read(text) == _parsed(text)


@pytest.mark.slow
def test_real_files_are_read_as_the_parser_reads_them() -> None:
    for text in REAL:
        assert _read(text) == _parsed(text)


def test_what_tools_write_is_read_line_by_line() -> None:
    written = r"""---
# Source: a/b.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  labels: {}
  name: 'it''s'
data:
  a: |
    x: 1

      y
  b: "\"q\"\n"
list:
- --flag=1
- name: $(X)
  items: []
"""
    assert _is_quick(written)
    for other in ("a: &x 1", "a: [1]", "a: >\n  x", "a: 1\na: 2", "a: x\n  y", "a: !!str 1", "a: .inf", "\ta: 1", "{a: 1}", "a:\n- b\n-x: 1"):
        assert not _is_quick(f"{written}---\n{other}\n")
    assert sum(map(_is_quick, REAL)) > 0.6 * len(REAL)
