"""What is concluded about a selector without a device holds on every device."""

from itertools import product
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.cel import CelEvaluationError, Selector, compile_selector
from constructs_dra.selectors import readings
from constructs_dra.selectors.satisfy import contradiction

A = 'device.attributes["d"]'
C = 'device.capacity["d"]'
_TERMS = (
    f'{A}.s == "a"', f'{A}.s != "a"', f'{A}.s in ["a", "b"]', f'!({A}.s in ["a", "b"])', f'{A}.s.startsWith("a")', f'"b" == {A}.s',
    f'{A}.s.contains("c")', f'{A}.s.matches("^[ab]$")', f"{A}.i > 1", f"{A}.i <= 1", f"2 > {A}.i", f"{A}.i == 2", f"{A}.i != 2", f"{A}.i == 2.0",
    f"{A}.i in [1, 3]", f"{A}.b", f"!{A}.b", f"{A}.b == true", f"{A}.b != true", f"has({A}.s)", f"!has({A}.s)", f'"i" in {A}', f'!("i" in {A})',
    f'{C}.m.isGreaterThan(quantity("2"))', f'{C}.m.isLessThan(quantity("2"))', f'{C}.m.compareTo(quantity("2")) >= 0', f"{A}.?i.hasValue()",
    f'{C}.m.compareTo(quantity("2")) == 0', f'{C}.m == quantity("2")', f'{A}.v.compareTo(semver("1.0.0")) > 0', f'{A}.v.isLessThan(semver("1.0.0"))',
    f'{A}.?s.orValue("a") == "a"', f'{A}.exists(k, k == "i")', f'{A}.all(k, k != "s")', 'device.driver == "d"', 'device.driver == "e"', "true",
)  # fmt: skip
_FORMS = ("({} && {})", "({} && {})", "({} || {})", "!({})", "({} ? {} : {})", "cel.bind(x, " + A + ", {})")


def _selector(random: Random, depth: int) -> str:
    if depth == 0:
        return random.choice(_TERMS)
    form = random.choice(_FORMS)
    text = form.format(*(_selector(random, depth - 1) for _ in range(form.count("{}"))))
    return text.replace(A, "x") if form.startswith("cel.bind") and random.random() < 0.5 and "cel.bind(x, x" not in text.replace(A, "x") else text


def _devices() -> list[dict[str, Any]]:
    """Every combination of a few values and of absence."""
    strings = [None, {"string": "a"}, {"string": "b"}, {"string": "ac"}]
    numbers = [None, {"int": 1}, {"int": 2}, {"int": 3}]
    flags = [None, {"bool": True}, {"bool": False}]
    versions = [None, {"version": "1.0.0"}, {"version": "2.0.0"}]
    amounts = [None, {"value": "1"}, {"value": "2"}, {"value": "3"}]
    devices = []
    for s, i, b, v, m in product(strings, numbers, flags, versions, amounts):
        attributes = {name: box for name, box in (("s", s), ("i", i), ("b", b), ("v", v)) if box is not None}
        devices.append({"driver": "d", "attributes": attributes, "capacity": {"m": m} if m is not None else {}})
    return devices


_DEVICES = _devices()


def _outcome(selector: Selector, device: dict[str, Any]) -> str:
    try:
        return str(selector.matches(device))
    except CelEvaluationError as error:
        return str(error)


@given(st.randoms(use_true_random=False), st.integers(0, 4))
@settings(max_examples=300, deadline=None)
def test_no_device_matches_what_is_called_a_contradiction(random: Random, depth: int) -> None:
    selector = compile_selector(_selector(random, depth))
    if contradiction(selector.tree, {}) is not None:
        assert not any(_outcome(selector, device) == "True" for device in _DEVICES), selector.expression


@given(st.randoms(use_true_random=False), st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_what_is_called_guarded_never_misses_a_key(random: Random, depth: int) -> None:
    selector = compile_selector(_selector(random, depth))
    if all(reading.guarded for reading in readings(selector.tree)):
        assert not any(_outcome(selector, device).startswith("no such key") for device in _DEVICES[::7]), selector.expression
