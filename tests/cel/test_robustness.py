"""No text crashes or hangs the checks, however broken."""

import sys
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.cel import CelEvaluationError, compile_selector
from constructs_dra.errors import SpecError
from constructs_dra.selectors import check_selector

DEVICE: dict[str, Any] = {
    "driver": "d",
    "attributes": {"s": {"string": "a" * 64}, "i": {"int": 5}, "b": {"bool": True}},
    "capacity": {"m": {"value": "1Gi"}},
}
SELECTORS = [
    'device.attributes["gpu.intel.com"].family == "Data Center Flex" && device.capacity["gpu.intel.com"].memory.compareTo(quantity("16Gi")) >= 0',
    'cel.bind(a, device.attributes["dra.net"], has(a.mtu) && a.mtu > 9000 && a.rdma) || device.driver in ["x", \'y\']',
    'device.attributes["d"].exists(k, k == "s") ? device.attributes["d"].?s.orValue("") != r"\\d" : !(1.5e3 < -2)',
]


def run(expression: str) -> None:
    """Check and, where it compiles, evaluate: any problem is fine, any other exception is not."""
    check_selector(expression)
    try:
        selector = compile_selector(expression, stored=True)
    except SpecError:
        return
    with suppress(CelEvaluationError):
        assert selector.matches(DEVICE) in {True, False}


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_checked(text: str) -> None:
    run(text)


@given(
    st.lists(
        st.sampled_from(
            [*"()[]{}.,?:!-+*/%<>=&|'\"\\ 019azrbuU_@#$`\n\0é\ud800", "device", "in", "true", "&&", "||", "has(", ".exists(x,", "cel.bind(a,"]
        ),
        max_size=25,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_row_of_tokens_is_checked(parts: list[str]) -> None:
    run("".join(parts))


@given(st.sampled_from(SELECTORS), st.data())
@settings(max_examples=300, deadline=None)
def test_selectors_with_slips_are_checked(selector: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(selector)))
        cut = data.draw(st.integers(0, 3))
        selector = selector[:at] + data.draw(st.text("()[]{}.?:!'\"\\&|=x1 ", max_size=2)) + selector[at + cut :]
    run(selector)


NESTED_BINDS = "".join(f"cel.bind(a{index + 1}, a{index} + a{index}, " for index in range(60))


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 249 + "true" + ")" * 249,
        "(" * 5000,
        "[" * 5000,
        "!" * 10000 + "true",
        "-" * 9999 + "1 == 1",
        " && ".join(["true"] * 1000),
        " || ".join(['device.attributes["d"].s == "x"'] * 280),
        " && ".join(['(device.attributes["d"].s == "x" || device.attributes["d"].s == "y")'] * 120),
        "+".join(["1"] * 240) + " == 240",
        'device.attributes["d"]' + ".a" * 240,
        "true ? true : " * 245 + "true",
        "true ? " * 1000,
        "[" * 200 + "]" * 200 + " == []",
        f"cel.bind(a0, [1, 2], {NESTED_BINDS}size(a60) > 0{')' * 61}",
        f"cel.bind(a0, 'ab', {NESTED_BINDS}size(a60) > 0{')' * 61}",
        "optional.of(1)" + ".optMap(x, x)" * 60 + ".hasValue()",
        "".join(f"[1,2,3,4,5,6,7,8,9,10].all(x{index}, " for index in range(12)) + "true" + ")" * 12,
        'device.attributes["d"].s.matches("(a*)*b")',
        'device.attributes["d"].s.matches("(a?){60}a{60}")',
        'device.attributes["d"].s.matches("((a{100}){100}){100}")',
        "'" + "(" * 3000 + "'.matches('" + "(" * 3000 + "')",
        "'a'" + ".replace('', 'bbbbbbbb')" * 30 + " == ''",
        "9" * 10000 + " == 1",
        "0x" + "f" * 5000 + " == 1",
        "1e" + "9" * 5000 + " == 1.0",
        'quantity("1e2147483647").add(quantity("1")).sub(quantity("1e-9")) == quantity("1")',
        'device.capacity["d"].m.isGreaterThan(quantity("1e2147483647")) && device.capacity["d"].m.isLessThan(quantity("1"))',
        '"%.99999999f".format([1.0]) == ""',
        'timestamp("2026-01-01T00:00:00Z").getHours("../../etc/passwd") == 1',
        '"' + "x" * 20000 + '" == ""',
        "\"'" * 5000,
        "\ud800",
        "'\udfff' == ''",
        "\0",
    ],
    ids=lambda expression: expression[:20].encode("ascii", "replace").decode() + str(len(expression)),
)
def test_hard_cases_end_soon(expression: str) -> None:
    start = time.process_time()
    run(expression)
    assert time.process_time() - start < 10  # the slowest measured 1 s: a selector stopped at the cost limit


def test_a_full_stack_is_not_an_obstacle() -> None:
    def deep(levels: int) -> list[Any]:
        return deep(levels - 1) if levels else list(check_selector("(" * 200 + "device.driver == 'x'" + ")" * 200))

    assert deep(sys.getrecursionlimit() - 300) == []


def test_the_stack_limit_is_as_before() -> None:
    before = sys.getrecursionlimit()
    check_selector("(" * 200 + "true" + ")" * 200)
    assert sys.getrecursionlimit() == before
