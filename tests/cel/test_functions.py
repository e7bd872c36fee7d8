"""Functions of Kubernetes' CEL: what they give, what they refuse, and which version brought them."""

from typing import Any

import pytest

from constructs_dra.cel import CelEvaluationError, compile_selector
from constructs_dra.errors import SpecError
from constructs_dra.lexical.versions import KubernetesVersion

DEVICE: dict[str, Any] = {
    "driver": "d",
    "attributes": {"s": {"string": "abc"}, "i": {"int": 5}, "v": {"version": "1.2.3"}, "b": {"bool": True}},
    "capacity": {"m": {"value": "1Gi"}},
}
A = 'device.attributes["d"]'


@pytest.mark.parametrize(
    "expression",
    [
        "[3, 1, 2].sort() == [1, 2, 3] && ['b', 'a'].sort() == ['a', 'b'] && [].sort() == []",
        "[3, 1, 2].sortBy(x, -x) == [3, 2, 1] && ['bb', 'a'].sortBy(x, x.size()) == ['a', 'bb']",
        "lists.range(3) == [0, 1, 2] && lists.range(0) == [] && lists.range(-1) == []",
        "[[1], [2, 3]].flatten() == [1, 2, 3] && [[[1]], [[2]]].flatten(2) == [1, 2] && [[[1]], [[2]]].flatten() == [[1], [2]]",
        "[1, 2, 3].reverse() == [3, 2, 1] && [1, 1, 2].distinct() == [1, 2] && [1, 2, 3].slice(1, 2) == [2]",
        "[2, 1].min() == 1 && ['a', 'b'].max() == 'b' && [1.5, 2.5].sum() == 4.0 && [false, true].isSorted()",
        "sign(quantity('1')) == 1 && sign(quantity('-1').add(1)) == 0 && sign(device.capacity['d'].m.sub(quantity('2Gi'))) == -1",
        "1.0 in {1.0: 2} && !has({1: 'x'}.a) && {'a': 1, 'a': 2}.a == 2 && {'a': 1, ?'a': optional.none()} == {}",
        "has(device.driver) && has(device.attributes) && has(device.capacity) && has(device.allowMultipleAllocations)",
        "optional.of(1).orValue(1 / 0) == 1 && optional.of(1).or(optional.of(1 / 0)).value() == 1",
        f"{A}.?i.orValue(1 / 0) == 5",
        "dyn(9223372036854775800) == 9223372036854775807.0 && !(9223372036854775800 < 9223372036854775807.0)",
        "'abc'.indexOf('b', 3) == -1 && 'abc'.indexOf('', 9) == 9 && ''.lastIndexOf('a') == -1 && 'abcab'.lastIndexOf('b', 3) == 1",
        "'abc'.lastIndexOf('a', 3) == -1 && 'abc'.lastIndexOf('a', 2) == 0",
        "--5 == 5 && ---5 == -5 && !!true && -9223372036854775808 < 0",
        f"({A}.b ? 1 : 2) == 1 && {{1: 'a'}}[1] == 'a' && !({A}.v in {{}})",
    ],
)
def test_what_they_give(expression: str) -> None:
    assert compile_selector(expression, stored=True).matches(DEVICE)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"%s %d".format(["a", 1])', "a 1"),
        ('"%s".format([1.5])', "1.5"),
        ('"%.2f".format([1234.5])', "1,234.50"),
        ('"%f".format(["NaN"])', "NaN"),
        ('"%e".format([1052.032911275])', "1.052033\N{NARROW NO-BREAK SPACE}\N{MULTIPLICATION SIGN}\N{NARROW NO-BREAK SPACE}10⁰³"),
        ('"%x %X %o %b %b".format([255, 255u, 8, -5, true])', "ff FF 10 -101 1"),
        ('"%x".format([b"hi"])', "6869"),
        ('"%s".format([["a", 1.5, b"x", null]])', '["a", 1.500000, b"x", null]'),
        ('"%s".format([{"b": 1, "a": 2}])', '{"a":2, "b":1}'),
        ('"%s %s".format([duration("1h"), [duration("1h")]])', '3600s [duration("3600s")]'),
        ('"100%% of %s".format([type(1)])', "100% of int"),
    ],
)
def test_values_are_formatted(expression: str, text: str) -> None:
    # an exact comparison would be over the cost limit: nothing limits how long a formatted string is
    selector = compile_selector(f"{expression} == {text!r}", stored=True)
    assert selector.matches(DEVICE), expression


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("null.ip() == ip('::1')", "no such overload"),
        ("dyn([dyn(1), dyn('a')]).max() == 1", "no such overload"),
        ("dyn([dyn('a'), dyn(1)]).sort() == []", "same type"),
        ("[[1]].sortBy(x, dyn(x)) == []", "comparable"),
        ("dyn([1]).unwrapOpt() == [1]", "no such overload"),
        ("[1, 2].slice(1, 3) == [2]", "list is length 2"),
        ("[1].slice(-1, 1) == []", "negative"),
        ("dyn([[1]]).flatten(-1) == []", "non-negative"),
        (f"{A}.i.sort() == [1]", "no such overload"),
        (f"{A}.v in {{'a': 1}}", "unhashable"),
        ("dyn(7).orValue(true)", "no such overload"),
        ("'a'.indexOf('a', -1) == 0", "out of range"),
        ("{1: 2}.a == 1", "no such key: a"),
    ],
)
def test_what_they_are_not_for_fails(expression: str, error: str) -> None:
    with pytest.raises(CelEvaluationError, match=error):
        compile_selector(expression, stored=True).matches(DEVICE)


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("quantity('1').sign() == 1", "call it as a function: sign(…)"),
        ("lowerAscii('A') == 'a'", "call it on the value: ….lowerAscii()"),
        ("[1].existsOne(x, x == 1)", "undeclared function 'existsOne'"),
        ("type(1) == dyn", "undeclared name 'dyn'"),
        ("type(1) == int", "may cost"),
        ("isSemver(string(1u))", "may cost"),
        ("isIP(device.driver.charAt(0))", "may cost"),
        ("ip.isCanonical(device.driver.charAt(0))", "may cost"),
        ("lists.range(1000000) == []", "may cost"),
        ("device.driver.reverse() == ''", "reverse() does not exist for string"),
        ("--9223372036854775808 == 1", "does not fit"),
        ("timestamp(253402300800) > timestamp(0)", "timestamp overflow"),
        ("bool(string(double(-0.0)))", "fails on this literal"),
        ("int(-9223372036854775808.0) == 0", "integer overflow"),
        ("uint(double(-1)) == 1u", "unsigned integer overflow"),
        (f"'%s'.format([{A}.i]) == ''", "a value of unknown type"),
        ("'%d'.format([1.5]) == ''", "cannot show"),
        ("'%f'.format([1]) == ''", "cannot show"),
        ("'%s'.format([[ip('::1')]]) == ''", "net.IP"),
        ("'%y'.format([1]) == ''", "not a clause"),
        ("'%.f'.format([1.0]) == ''", "not a clause"),
        ("'%s'.format([]) == ''", "1 clauses for 0 values"),
        ("[1, 'a'] == []", "one type"),
        (f"(device.driver == 'x' ? true : dyn({A}.b))", "this gives dyn"),
        ("1 in {1.0: 2}", "in does not exist"),
    ],
)
def test_what_the_api_server_refuses_is_refused(expression: str, complaint: str) -> None:
    with pytest.raises(SpecError) as error:
        compile_selector(expression)
    assert complaint in str(error.value)


@pytest.mark.parametrize("call", ["reverse()", "distinct()", "flatten()", "slice(0, 1)", "sort()", "sortBy(e, e)"])
def test_functions_of_lists_come_with_1_35(call: str) -> None:
    expression = f"size({'[[1]]' if call == 'flatten()' else '[1]'}.{call} + lists.range(1)) == 2"
    with pytest.raises(SpecError, match=r"comes with Kubernetes 1\.35"):
        compile_selector(expression, kubernetes=KubernetesVersion(1, 34))
    assert compile_selector(expression, kubernetes=KubernetesVersion(1, 35)).matches(DEVICE)
    assert compile_selector(expression, kubernetes=KubernetesVersion(1, 34), stored=True).matches(DEVICE)


@pytest.mark.parametrize(
    ("expression", "cost"),
    [
        # 2 for the arguments' lists, then a call that makes a list: 11 and what it walks through
        ("[1, 2, 3].reverse().size() == 3", 10 + 11 + 3 + 1 + 1),
        ("lists.range(5).size() == 5", 11 + 5 + 1 + 1),
        ("[3, 1, 2].sort().size() == 3", 10 + 11 + 2 * 9 + 1 + 1),
        ("['b', 'a'].sort().size() == 2", 10 + 11 + 9 + 1 + 1),
        ("isQuantity('0123456789a')", 2),
        ("format.uuid().validate('0123456789a').hasValue()", 1 + 2 * 32 + 1),
    ],
)
def test_they_cost_what_cel_counts(expression: str, cost: int) -> None:
    assert compile_selector(expression).max_cost == cost
