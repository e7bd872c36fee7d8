import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.errors import Problem, Problems, SpecError, did_you_mean, join_path
from constructs_dra.paths import child, split
from constructs_dra.words import nearest


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.b", "is wrong"), "a.b: is wrong"),
        (Problem("a.b", "is wrong", "mend it"), "a.b: is wrong;\n  mend it"),
        (Problem("", "is wrong"), "is wrong"),
        (Problem("a", "is wrong", source="f.yaml", line=3, column=5), "f.yaml:3:5: a: is wrong"),
        (Problem("", "is wrong", source="f.yaml", line=3), "f.yaml:3: is wrong"),
    ],
)
def test_a_problem_reads_place_fault_hint(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_a_spec_error_carries_all_problems() -> None:
    error = SpecError([Problem("a", "is wrong"), Problem("b", "is too")])
    assert str(error) == "a: is wrong\nb: is too"
    assert [problem.path for problem in error.problems] == ["a", "b"]
    assert isinstance(error, ValueError)
    with pytest.raises(RuntimeError):
        SpecError([])


def test_a_collector_gathers_moves_and_raises_everything_at_once() -> None:
    problems = Problems()
    problems.add("a", "is odd", severity="warning")
    problems.raise_errors()
    problems.extend([Problem("b", "is wrong"), Problem("[0]", "is wrong")], under="spec")
    with problems.gather("c"):
        raise SpecError([Problem("d", "is wrong")])
    assert [problem.path for problem in problems] == ["a", "spec.b", "spec[0]", "c.d"]
    assert [problem.path for problem in problems.warnings] == ["a"]
    with pytest.raises(SpecError) as caught:
        problems.raise_errors()
    assert len(caught.value.problems) == 3
    assert len(problems) == 4


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("gaudi2", ["Gaudi", "Gaudi2"], "did you mean 'Gaudi2'?"),
        ("cont", ["count", "name"], "did you mean 'count'?"),
        ("zzz", ["a", "b"], "known: 'a', 'b'"),
        ("zzz", [], ""),
        ("zzz", [f"name-{number}" for number in range(14)], "and 2 more"),
        (3, ["3"], "did you mean '3'?"),
    ],
)
def test_the_nearest_known_name_is_offered(word: object, known: list[str], hint: str) -> None:
    assert hint in did_you_mean(word, known)


def test_paths_join() -> None:
    assert join_path("a", "b") == "a.b"
    assert join_path("a", "[0].b") == "a[0].b"
    assert join_path("", "b") == "b"
    assert join_path("a", "") == "a"


def test_what_only_shares_letters_is_not_near() -> None:
    assert nearest("tolerations", ["trace-ratio", "rule"]) is None
    assert nearest("toleration", ["tolerations"]) == "tolerations"
    assert nearest("gup", ["gpu"]) == "gpu"


@given(st.lists(st.text(max_size=8) | st.integers(0, 10**6), max_size=5))
def test_every_place_reads_back(steps: list[str | int]) -> None:
    path = ""
    for step in steps:
        path = child(path, step)
    assert split(path) == steps


@given(st.text(max_size=30), st.lists(st.text(max_size=10), max_size=5))
def test_any_text_has_a_hint_or_none(word: str, known: list[str]) -> None:
    assert isinstance(did_you_mean(word, known), str)
    assert isinstance(split(word), list)
