"""Reading and merging values files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.helm.rendering import render
from constructs_dra.helm.values import MAX_BYTES, load_values, merge, with_defaults

_TREE = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        st.none() | st.integers(0, 3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
        max_leaves=4,
    ),
    max_size=3,
)


def _says(merged: Any, said: Any) -> bool:
    if isinstance(said, dict) and isinstance(merged, dict):
        return all(key in merged and _says(merged[key], value) for key, value in said.items())
    return bool(merged == said)


@settings(deadline=None)
@given(_TREE, _TREE)
def test_the_merge_says_what_the_second_file_says_and_no_new_keys(one: Any, two: Any) -> None:
    merged = merge(one, two)
    assert _says(merged, two)
    assert merged.keys() == one.keys() | two.keys()
    assert all(merged[key] == one[key] for key in one.keys() - two.keys())


@settings(deadline=None)
@given(_TREE, _TREE)
def test_merging_a_file_twice_changes_nothing_more(one: Any, two: Any) -> None:
    assert merge(merge(one, two), two) == merge(one, two)
    assert merge(one, {}) == merge({}, one) == one


@settings(deadline=None)
@given(_TREE, _TREE)
def test_no_default_survives_its_null(values: Any, defaults: Any) -> None:
    merged = with_defaults(values, defaults)
    assert all(key not in merged for key, value in values.items() if value is None and key in defaults)
    assert all(merged[key] == value for key, value in values.items() if value is not None and not isinstance(value, dict))


def test_later_files_win_and_lists_are_replaced(tmp_path: Path) -> None:
    for number, text in enumerate(("a: {b: 1, c: [1, 2]}\nd: 1\n", "a: {c: [3]}\nd: null\n")):
        (tmp_path / f"{number}.yaml").write_text(text)
    values = load_values([tmp_path / "0.yaml", tmp_path / "1.yaml"], sets=["a.b=5,e[0]=x"], set_strings=["f=5"])
    assert values.data == {"a": {"b": 5, "c": [3]}, "d": None, "e": ["x"], "f": "5"}


def test_options_do_not_change_what_the_files_say(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("a:\n  b: [1]\n")
    values = load_values([file], sets=["a.b[0]=2"])
    assert values.data == {"a": {"b": [2]}}
    assert values.line_of("a.b[0]") == (str(file), 2)


def test_yaml_words_mean_what_helm_takes_them_for(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("a: yes\nb: 012\nc: 1e3\nd: 12:30:45\ne: 2024-01-01\n1: x\n")
    assert load_values([file]).data == {"a": True, "b": 10, "c": 1000, "d": "12:30:45", "e": "2024-01-01", "1": "x"}


def _bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 12)]
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no values"),
        (b"# nothing but a remark\n", "holds no values"),
        (b"- a\n- b\n", "is not a mapping but a list"),
        (b"just a text\n", "is not a mapping but the value"),
        (b"a: [1,\n", "is not YAML"),
        (b"a:\n\tb: 1\n", "is not YAML"),
        (b"\x00\x01\x02\xff\xfe\x00", "is not text"),
        (b"\x89PNG\r\n\x1a\n", "is not text"),
        (b"a: " + b"[" * 5000 + b"]" * 5000, "nest"),
        (b"\n".join(b"  " * n + b"a:" for n in range(600)), "nest"),
        (_bomb().encode(), "alias"),
        (b"a: &a\n  b: *a\n", "a"),
        (b"a: 1\n---\nb: 2\n", "holds 2 documents"),
        (b"apiVersion: v1\nkind: Service\nmetadata: {}\n", "is a Kubernetes object (Service)"),
        (b"image:\n  tag: x\nservice: {}\n", "these are not values of chart llm-d-modelservice"),
        (b"a" * (MAX_BYTES + 1), "bytes long"),
    ],
    ids=range(16),
)
def test_what_is_not_a_values_file_is_refused_in_words(content: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_bytes(content)
    imported = render([file])
    assert imported.refused
    assert imported.manifests == []
    assert any(words in str(problem) for problem in imported.problems), [str(problem) for problem in imported.problems]
    assert all(problem.source == str(file) for problem in imported.problems)


def test_a_missing_file_a_folder_and_an_unreadable_one_are_said_so(tmp_path: Path) -> None:
    locked = tmp_path / "locked.yaml"
    locked.write_text("decode: {}")
    locked.chmod(0)
    problems = [str(problem) for problem in load_values([tmp_path / "none.yaml", tmp_path, locked]).problems]
    assert "No such file" in problems[0]
    assert "is a folder" in problems[1]
    assert len(problems) == 3 or locked.read_text()  # root reads everything


def test_every_duplicate_key_is_found_with_both_lines(errors: Callable[..., Any], plain: str) -> None:
    found = errors(plain + "multinode: false\nmultinode: true\n")
    assert "first on line 17" in found["multinode"].message
    assert found["multinode"].line == 18


def test_a_problem_is_placed_in_the_file_that_has_the_last_word(errors: Callable[..., Any], plain: str) -> None:
    found = errors(plain, "decode:\n  replicas: many\n")
    assert found["decode.replicas"].source.endswith("values-1.yaml")
    assert found["decode.replicas"].line == 2


def test_a_problem_of_an_option_is_placed_there(errors: Callable[..., Any], plain: str) -> None:
    assert errors(plain, sets=["decode.replicas=many"])["decode.replicas"].source == "--set"
