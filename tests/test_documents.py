import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_dra.errors import Problem
from constructs_dra.yaml.documents import MAX_BYTES, load_documents, read_files


def value(text: str) -> Any:
    documents, problems = load_documents(text, "a")
    assert problems == []
    return documents[0].value


def only(text: str | bytes) -> Problem:
    documents, problems = load_documents(text, "a")
    assert len(problems) == 1, (documents, problems)
    return problems[0]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yes", True), ("on", True), ("y", True), ("Off", False), ("n", False), ("~", None), ("null", None), ("012", 10), ("0o12", 10),
        ("0x1F", 31), ("0b11", 3), ("08", 8), ("1_000", 1000), ("1e3", 1000), ("1.0", 1), ("1.5", 1.5), ("+1", 1), ("-.5", -0.5),
        ("2024-01-01", "2024-01-01"), ("12:30:45", "12:30:45"), ("1.2.3", "1.2.3"), ('"yes"', "yes"), ("'012'", "012"), ("!!str 12", "12"),
        ("!!int 12", 12), ("!!float 1.5", 1.5), ("!!binary aGk=", "hi"), ("18446744073709551615", 2**64 - 1),
        ("99999999999999999999", 10**20), ("1Gi", "1Gi"), ("=", "="), ("{}", {}), ("[]", []), ("", None),
    ],
)  # fmt: skip
def test_plain_words_mean_what_kubectl_takes_them_for(text: str, meant: Any) -> None:
    found = value(f"a: {text}")["a"]
    assert found == meant
    assert type(found) is type(meant)


def test_keys_are_text() -> None:
    assert value("1: a\ntrue: b\n1.5: c\n") == {"1": "a", "true": "b", "1.5": "c"}


def test_anchors_and_merges_are_resolved() -> None:
    assert value("a: &a {x: 1, z: 2}\nb: {<<: *a, z: 3}\nc: *a\nd: {<<: [{x: 7}, *a]}\n") == {
        "a": {"x": 1, "z": 2}, "b": {"x": 1, "z": 3}, "c": {"x": 1, "z": 2}, "d": {"x": 7, "z": 2},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "written twice in one mapping, first on line 1", 3),
        ("a:\n  - b: 1\n    b: 2\n", "written twice", 3),
        ("a: b\n\tc: d\n", "is not YAML", 2),
        ("a: [1\n", "is not YAML", 2),
        ("a: *b\n", "no anchor before it", 1),
        ("a: &a [*a]\n", "contains itself", 1),
        ("? {a: b}\n: c\n", "a key is not a string", 1),
        ("~: a\n", "a key is empty", 1),
        ("a: !x b\n", "means nothing to Kubernetes", 1),
        ("a: !!int b\n", "is tagged !!int and is not one", 1),
        ("x: 1\na: {<<: 3}\n", "merges something that is not a mapping", 2),
        ("a: b\nc: \x07\n", "U+0007", 2),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_line(text: str, words: str, line: int) -> None:
    problem = only(text)
    assert words in problem.message
    assert (problem.line, problem.source) == (line, "a")


def test_a_repeated_key_of_json_is_found_too() -> None:
    assert only('{"a": 1, "b": {"c": 1, "c": 2}}').path == "b.c"


def test_a_broken_document_does_not_hide_those_before_it() -> None:
    documents, problems = load_documents("a: 1\n---\nb: 2\n---\nc: [\n", "a")
    assert [document.value for document in documents] == [{"a": 1}, {"b": 2}]
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [("a", 2, 1), ("a.b[1]", 5, 5), ("a.b[1].c", 5, 5), ("d['e.f/g']", 7, 3), ("a.missing.x", 2, 1), ("", 2, 1), ("a.b[9]", 3, 3), ("h.i", 8, 5)],
)
def test_every_place_has_its_line(path: str, line: int, column: int) -> None:
    text = "# head\na:\n  b:\n  - x\n  - c: 1\nd:\n  e.f/g: 1\nh: {i: 2}\n"
    documents, _ = load_documents(text, "a")
    assert documents[0].line_of(path) == (line, column)


def test_lines_count_from_the_start_of_the_file() -> None:
    documents, _ = load_documents('a: 1\n---\n# two\nb:\n  c: 1\n---\n{"d":\n 1}\n', "a")
    assert documents[1].line_of("b.c") == (5, 3)
    assert documents[2].line_of("d") == (7, 2)


def test_json_has_lines_too() -> None:
    documents, _ = load_documents(json.dumps({"a": [{"b": 1}]}, indent=2), "a")
    assert documents[0].line_of("a[0].b") == (4, 7)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_yaml_are_read(encoding: str) -> None:
    documents, problems = load_documents("a: é\n".encode(encoding), "a")
    assert (problems, documents[0].value) == ([], {"a": "é"})


def test_limits_are_reported() -> None:
    assert "levels deep" in only("a: " + "[" * 200 + "]" * 200).message
    assert "levels deep" in only("[" * 3000).message


def test_files_have_a_limit_that_the_nodes_of_a_large_cluster_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_BYTES >= 200_000_000  # the nodes and slices of a large cluster
    monkeypatch.setattr("constructs_dra.yaml.documents.MAX_BYTES", 1000)
    assert "is 1,001 bytes long; at most 1,000 are read" in only(b" " * 1001).message


def test_files_folders_and_standard_input_are_read(tmp_path: Path) -> None:
    (tmp_path / "x" / ".hidden").mkdir(parents=True)
    (tmp_path / "x" / ".hidden" / "a.yaml").write_text("a: 1")
    (tmp_path / "x" / "b.yaml").write_text("b: 1\n---\nb: 2\n")
    (tmp_path / "x" / "a.json").write_text('{"a": 1}')
    (tmp_path / "x" / "c.yml").write_text("# nothing\n")
    documents, problems = read_files([tmp_path / "x", "-"], stdin=lambda: b"s: 1")
    assert [document.value for document in documents] == [{"a": 1}, {"b": 1}, {"b": 2}, {"s": 1}]
    assert [document.source for document in documents] == [str(tmp_path / "x" / "a.json"), *[str(tmp_path / "x" / "b.yaml")] * 2, "-"]
    assert [(problem.severity, problem.message) for problem in problems] == [("warning", "holds no object")]


def test_an_empty_file_name_is_not_the_folder_one_is_in() -> None:
    documents, problems = read_files([""])
    assert (documents, [problem.message for problem in problems]) == ([], ["a file name is empty"])


def test_what_cannot_be_opened_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    (tmp_path / "empty.yaml").write_text("")
    documents, problems = read_files([tmp_path / "none.yaml", tmp_path / "empty.yaml", tmp_path / "a.yaml", "-", "x\0y"])
    assert len(documents) == 1
    assert [problem.severity for problem in problems] == ["error"] * 4


@given(st.text(max_size=60) | st.text("a:-[]{}&*!#|>'\"%@`,? \n\t01.~<", max_size=40))
@example("!!binary a")
@example("? ")
@example("--- !")
@example("\ud800")
def test_any_text_is_read_or_refused(text: str) -> None:
    documents, problems = load_documents(text, "a")
    for document in documents:
        json.dumps(document.value)
        assert document.line_of("a.b")
    assert all(problem.message for problem in problems)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    _, problems = load_documents(raw, "a")
    assert all(problem.message for problem in problems)


@given(
    st.recursive(
        st.booleans() | st.integers(-9, 9) | st.text("abc", max_size=3),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("xz", min_size=1), inner),
    )
)
def test_what_other_writers_write_is_read(content: Any) -> None:
    documents, problems = load_documents(yaml.safe_dump({"a": content}) + "---\n" + json.dumps({"a": content}), "a")
    assert problems == []
    assert [document.value for document in documents] == [{"a": content}] * 2
