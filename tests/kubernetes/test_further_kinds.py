"""Sound objects of kinds beyond the recordings, each with the changes that an API server refuses (`further_kinds.yaml`)."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.validation import refusals

CASES = yaml.safe_load(Path(__file__).with_name("further_kinds.yaml").read_text(encoding="utf-8"))


def changes() -> Iterator[Any]:
    for case in CASES:
        for change in case["wrong"]:
            ((path, value),) = change.items()
            yield pytest.param(case["object"], path, value, id=f"{case['object']['kind']}-{path}-{value}"[:80])


def changed(manifest: Any, path: str, value: Any) -> Any:
    result = copy.deepcopy(manifest)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    owner = result
    for step in way:
        owner = owner[step]
    owner[last] = value
    return result


@pytest.mark.parametrize("manifest", [case["object"] for case in CASES], ids=lambda manifest: manifest["kind"])
def test_a_sound_object_is_taken(manifest: Any) -> None:
    assert refusals(manifest) == []


@pytest.mark.parametrize(("manifest", "path", "value"), list(changes()))
def test_a_wrong_value_is_refused(manifest: Any, path: str, value: Any) -> None:
    found = refusals(changed(manifest, path, value))
    assert found
    assert all(str(problem) for problem in found)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, step)
        yield from places(value[step], (*path, step))


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 2**70, 1.5, "", "A b", "\n", "x" * 300, "50%", "https://[", [], [None], ["a"], [[]], {}, {"a": None}]
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_change_ends_in_a_traceback(data: st.DataObject) -> None:
    manifest = copy.deepcopy(data.draw(st.sampled_from([case["object"] for case in CASES])))
    *way, last = data.draw(st.sampled_from(list(places(manifest))))
    owner: Any = manifest
    for step in way:
        owner = owner[step]
    owner[last] = copy.deepcopy(data.draw(JUNK))
    assert all(str(problem) for problem in refusals(manifest))
