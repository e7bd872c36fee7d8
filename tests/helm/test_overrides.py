"""What `--set` texts mean, as Helm reads them."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.errors import SpecError
from constructs_dra.helm.overrides import apply, parse


def _set(text: str, values: dict[str, Any] | None = None, *, as_text: bool = False) -> dict[str, Any]:
    made = values if values is not None else {}
    for override in parse(text, as_text=as_text):
        apply(made, override)
    return made


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1", {"a": 1}),
        ("a.b=x,c=y", {"a": {"b": "x"}, "c": "y"}),
        ("a[1]=x", {"a": [None, "x"]}),
        ("a[0].b=true", {"a": [{"b": True}]}),
        ("a={x,y}", {"a": ["x", "y"]}),
        ("a={}", {"a": []}),
        ("a=null", {"a": None}),
        ("a=", {"a": ""}),
        (r"a=x\,y", {"a": "x,y"}),
        (r"a.b\.c/d=x", {"a": {"b.c/d": "x"}}),
        ("a=007", {"a": "007"}),
        ("a=0", {"a": 0}),
        ("a=1.5", {"a": "1.5"}),
        ("a=FALSE", {"a": False}),
    ],
)
def test_a_text_sets_what_helm_sets(text: str, values: dict[str, Any]) -> None:
    assert _set(text) == values


def test_set_string_keeps_texts() -> None:
    assert _set("a=1,b=true", as_text=True) == {"a": "1", "b": "true"}


def test_a_list_entry_is_changed_in_place() -> None:
    assert _set("c[1].image=new", {"c": [{"image": "a"}, {"image": "b"}]}) == {"c": [{"image": "a"}, {"image": "new"}]}


@pytest.mark.parametrize("text", ["a", "=x", "a[b]=1", "a.=1", "a={x", "a[99999999]=1", "a[0]b=1", "a={x}y"])
def test_what_is_not_an_assignment_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="--set"):
        parse(text)


def test_a_key_below_a_plain_value_is_refused() -> None:
    with pytest.raises(SpecError, match="is not a mapping"):
        _set("a.b=1", {"a": "text"})


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(SpecError):
        _set(text)
