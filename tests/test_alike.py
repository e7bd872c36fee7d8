"""Records of one content are checked once, and nobody can tell."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra import Claim, Container, Gaudi, Parallelism, Port, Role, SpecError
from constructs_dra.catalogue import registry
from constructs_dra.catalogue.model import Driver, PublishedClass
from constructs_dra.claims import IntelGpu
from constructs_dra.drivers import register
from constructs_dra.records import alike
from tests.junk import JUNK

_SCALARS = st.sampled_from([None, True, False, 0, 1, 2, 1.0, -0.0, 0.0, "", "1", "a", "http", "vllm/vllm-openai:v0.11.0", "4Gi", "\ud800", "é"])


def _can_be_shown(value: object) -> bool:
    try:
        return bool(repr(value))
    except Exception:  # noqa: BLE001 - that is its point
        return False


_SHOWN = [value for value in JUNK if _can_be_shown(value)]  # hypothesis shows what it tries
_PLAIN: Any = st.recursive(
    _SCALARS | st.sampled_from(_SHOWN),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "limits", "name", "httpGet"]), inner, max_size=2),
    max_leaves=4,
)
_MAKERS: dict[str, Callable[[Any, Any], Any]] = {
    "port": lambda one, other: Port(one, name=other),
    "parallelism": lambda one, other: Parallelism(tensor=one, data=other),
    "container": lambda one, other: Container.custom("image:1", args=one, env=other),
    "resources": lambda one, other: Container.custom("image:1", resources=one, liveness_probe=other),
    "role": lambda one, other: Role(containers=[Container.custom("image:1", env={"A": one})], node_selector=other),
    "ports": lambda one, other: Container.custom("image:1", ports=[Port(one), other]),
    "claim": lambda one, other: Claim("gpu", IntelGpu(count=one), labels=other),
    "gaudi": lambda one, other: Claim("gpu", Gaudi(model=one, tolerations=other)),
}


def _outcome(make: Callable[[], Any]) -> object:
    try:
        made = make()
    except SpecError as error:
        return [str(problem) for problem in error.problems]
    return type(made), [repr(getattr(made, item.name)) for item in type(made).__attrs_attrs__], made.found().errors


@given(st.sampled_from(sorted(_MAKERS)), _PLAIN, _PLAIN)
def test_what_was_seen_before_is_judged_as_if_it_were_new(kind: str, one: Any, other: Any) -> None:
    def make() -> Any:
        return _MAKERS[kind](one, other)

    try:
        alike.forget()
        fresh = _outcome(make)
    except Exception as error:  # noqa: BLE001 - junk may fail to be shown; it does so each time
        with pytest.raises(type(error)):
            _outcome(make)
        return
    assert _outcome(make) == fresh
    assert _outcome(make) == fresh


@given(_PLAIN, _PLAIN)
def test_values_that_are_equal_without_being_the_same_are_told_apart(one: Any, other: Any) -> None:
    alike.forget()
    fresh = _outcome(lambda: Parallelism(tensor=other))
    alike.forget()
    _outcome(lambda: Parallelism(tensor=one))
    assert _outcome(lambda: Parallelism(tensor=other)) == fresh


def test_true_is_not_one() -> None:
    assert Parallelism(tensor=1) == Parallelism(tensor=1)
    wrong: Any = True
    with pytest.raises(SpecError):
        Parallelism(tensor=wrong)


def test_records_alike_share_nothing_that_can_change() -> None:
    given = {"A": "x"}
    one, other = (Container.custom("image:1", env=given, resources={"limits": {"memory": "4Gi"}}) for _ in range(2))
    given["A"] = "y"
    assert one.env == other.env == {"A": "x"}
    assert one.env is not other.env
    assert one.resources is not None
    assert other.resources is not None
    assert one.resources["limits"] is not other.resources["limits"]


def test_a_driver_that_becomes_known_is_asked_about_claims_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def claim() -> Claim:
        return Claim("one", IntelGpu(device_class="made-up.example.com"))

    monkeypatch.setattr(registry, "_registered", {})
    claim()
    register(Driver(name="made-up.example.com", vendor="We", classes=(PublishedClass(name="made-up.example.com"),)))
    with pytest.raises(SpecError, match="selects devices of made-up"):
        claim()


def test_what_is_kept_has_a_bound() -> None:
    for number in range(3000):
        Port(8000, name=f"p{number}")
    kept = alike.kept(Port)
    assert 0 < kept <= 1024
