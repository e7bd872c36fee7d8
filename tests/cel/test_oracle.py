"""What one CEL implementation accepts and finds, the other does too: ours beside Google's in C++ (cel-expr-python).

Kubernetes' own functions and rules are left out here; the recorded answers of Kubernetes cover them.
"""

import re
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.cel import CelEvaluationError, compile_selector
from constructs_dra.errors import SpecError

cel = pytest.importorskip("cel_expr_python.cel")

_DATA = {"s": "abc", "i": 5, "b": True}
_DEVICE = {"driver": "d", "attributes": {"s": {"string": "abc"}, "i": {"int": 5}, "b": {"bool": True}}}
_KUBERNETES_ONLY = ("one type", "fails on this literal", "is not a valid", "must give a bool")
"""Refusals of Kubernetes' that CEL itself does not have."""

_ATOMS = {
    "bool": (
        "true", "false",
        "device.allowMultipleAllocations", 'device.attributes["d"].b', 'has(device.attributes["d"].n)', 'device.attributes["d"].n == 1',
    ),
    "int": ("0", "1", "-1", "7", "9223372036854775807", 'size("ab")', 'int(device.attributes["d"].i)'),
    "text": ('""', '"a"', '"abc"', "'Gaudi2'", "device.driver", 'string(device.attributes["d"].s)', '"é"', 'r"\\d"', '"a\\n"'),
    "list": ("[1, 2, 3]", "[0]", "[-1, 5, 5]"),
    "texts": ('["a", "b"]', '["abc"]', '"a,b".split(",")'),
    "double": ("1.5", "0.0", "-2.0", "1e3"),
    "uint": ("0u", "7u", "18446744073709551615u"), "bytes": ("b''", "b'abc'", "b'\\xff'"),
    "duration": ("duration('90m')", "duration('-1s')", "duration('1.5s')"),
    "time": ("timestamp('2026-01-31T23:59:59Z')", "timestamp('1970-01-01T00:00:00Z')", "timestamp(86400)"),
    "opt": ("optional.ofNonZeroValue(0)", "optional.of(5)", 'optional.of(int(device.attributes["d"].i))'),
    "map": ("{'a': 1}", "{'a': 5, 'abc': 7}"),
}  # fmt: skip
_FORMS = {
    "bool": (
        "({bool} && {bool})", "({bool} || {bool})", "!{bool}", "{int} < {int}", "{text} >= {text}", "({text} == {text})", "({int} != {int})",
        "{text}.startsWith({text})", "{text}.endsWith({text})", "{text}.contains({text})", "{list}.exists($, {bool:int})",
        "{list}.all($, {bool:int})",
        "{list}.exists_one($, {bool:int})", "{texts}.exists($, {bool:text})", "{int} in {list}", "{text} in {texts}", "({bool} ? {bool} : {bool})",
        "cel.bind($, {text}, {bool:text})", "{list} == {list}", "{double} < {double}", "{double} == {double}", "type({int}) == int",
        '{text} in device.attributes["d"]', 'device.attributes["d"][?{text}].hasValue()', '{text}.matches("^[a-c]+$")',
        "optional.of({int}).orValue(3) == {int}",
        "{opt}.hasValue()", "{opt} == {opt}", "{opt}.optMap($, {bool:int}).orValue({bool})", "{map}[?{text}].hasValue()", "{map}.?a.hasValue()",
        "{text} in {map}", "has({map}.abc)", "{map}.all($, {bool:text})", "{map}.exists($, {bool:text})", "{map}.exists_one($, {bool:text})",
        "{map} == {map}", "{texts}.all($, {bool:text})", "{texts}.exists_one($, {bool:text})", "{uint} < {uint}", "{uint} == {uint}",
        "{bytes} == {bytes}", "{bytes} < {bytes}", "{duration} < {duration}", "{duration} == {duration}", "{time} < {time}", "{time} == {time}",
        "dyn({int}) == dyn({double})", "dyn({uint}) == dyn({int})", "dyn({bool}) == dyn({int})", "dyn({text}) == dyn({bytes})",
    ),
    "uint": ("({uint} + {uint})", "({uint} - {uint})", "({uint} * {uint})", "({uint} / {uint})", "({uint} % {uint})", "uint({int})",
        "uint({double})"),
    "bytes": ("({bytes} + {bytes})", "bytes({text})", "({bool} ? {bytes} : {bytes})"),
    "duration": ("({duration} + {duration})", "({duration} - {duration})", "({time} - {time})"),
    "time": ("({time} + {duration})", "({time} - {duration})"),
    "opt": (
        "optional.of({int})", "optional.ofNonZeroValue({int})", "{map}[?{text}]", "{map}.?abc", "{list}[?{int}]", "{opt}.or({opt})",
        "{opt}.optMap($, {int:int})", "{opt}.optFlatMap($, {opt:int})", "({bool} ? {opt} : {opt})",
    ),
    "map": ("{{text}: {int}}", "{?{text}: {opt}}", "({bool} ? {map} : {map})"),
    "int": (
        "({int} + {int})", "({int} - {int})", "({int} * {int})", "({int} / {int})", "({int} % {int})", "size({text})", "{list}.size()", "-({int})",
        "{text}.indexOf({text})", "{text}.lastIndexOf({text})", "{list}[{int}]", "int({double})", "({bool} ? {int} : {int})",
        "{opt}.value()", "{opt}.orValue({int})", "{map}[{text}]", "{map}.a", "size({map})", "size({bytes})", "int({uint})",
        "{time}.getHours()", "{time}.getDayOfWeek()", "{time}.getFullYear()",
        "{time}.getDayOfYear()", "{time}.getMonth()", "{duration}.getMinutes()", "{duration}.getSeconds()", "int({time})",
    ),
    "text": (
        "({text} + {text})", "{text}.lowerAscii()", "{text}.upperAscii()", "{text}.substring({int})", "{text}.replace({text}, {text})",
        "string({int})", "{texts}.join({text})", "{text}.trim()", "{text}.charAt({int})", "({bool} ? {text} : {text})", "string({bool})",
        "{text}.replace({text}, {text}, {int})", "cel.bind($, {text}, {text:text})",
        "{texts}.join()", "string({uint})", "string({time})", "string({bytes})",
    ),
    "list": ("({list} + {list})", "{list}.map($, {int:int})", "{list}.filter($, {bool:int})", "{list}.map($, {bool:int}, {int:int})",
        "[{int}, {int}]", "[{int}, ?{opt}]", "{texts}.map($, {int:text})", "cel.bind($, {list}, {list:list})"),
    # left out, as the two differ: splitting an empty text by an empty one (Go: into nothing), keys written twice (Go: the last counts), an empty
    # text looked for from an index (Go: there), values of open type (`optional.none()`), `substring` up to the end, durations as text
    "texts": ('{text}.split("b")', "[{text}]", "{texts}.map($, {text:text})", "{texts}.filter($, {bool:text})", "{map}.map($, {text:text})",
        '{text}.split("b", {int})'),
    "double": ("({double} + {double})", "double({int})", "({double} / {double})"),
}  # fmt: skip
"""Expressions by type; `{bool:int}` is a bool that may use the variable `$`, an int."""


_HOLE = re.compile(r"(.*?)(?:\{([a-z]+(?::[a-z]+)?)\}|\Z)", re.DOTALL)


def _expression(random: Random, kind: str, depth: int, variables: tuple[tuple[str, str], ...] = ()) -> str:
    known = [name for name, type_ in variables if type_ == kind]
    if depth <= 0:
        return random.choice(known) if known and random.random() < 0.5 else random.choice(_ATOMS[kind])
    parts: list[str] = []
    variable = f"v{len(variables)}"
    form = random.choice(_FORMS[kind]).replace("$", variable)
    for plain, hole in _HOLE.findall(form):
        parts.append(plain)
        if hole:
            inner, _, bound = hole.partition(":")
            parts.append(_expression(random, inner, depth - 1, (*variables, (variable, bound)) if bound else variables))
    return "".join(parts)


@pytest.fixture(scope="module")
def google() -> Any:
    from cel_expr_python.ext import ext_bindings, ext_optional, ext_strings  # noqa: PLC0415

    kinds = cel.Type
    return cel.NewEnv(
        variables={
            "device.driver": kinds.STRING,
            "device.attributes": kinds.Map(kinds.STRING, kinds.Map(kinds.STRING, kinds.DYN)),
            "device.allowMultipleAllocations": kinds.BOOL,
        },
        extensions=[ext_strings.ExtStrings(), ext_bindings.ExtBindings(), ext_optional.ExtOptional()],
    )


def _googles(environment: Any, expression: str) -> str:
    try:
        compiled = environment.compile(expression)
    except Exception:  # noqa: BLE001  (the library raises plain exceptions)
        return "refused"
    data = {"device.driver": "d", "device.attributes": {"d": _DATA}, "device.allowMultipleAllocations": False}
    try:
        value = compiled.eval(data=data).value()
    except Exception:  # noqa: BLE001
        return "error"
    return str(value) if isinstance(value, bool) else "error"


_WHOLE_DEVICE = re.compile(r"device(?!\.(?:attributes|capacity|driver|allowMultipleAllocations)\b)")


def _ours(expression: str) -> str:
    try:
        selector = compile_selector(expression, stored=True)
    except SpecError as error:
        return "skip" if any(word in str(error) for word in _KUBERNETES_ONLY) else "refused"
    try:
        return str(selector.matches(_DEVICE))
    except CelEvaluationError:
        return "error"


@given(st.randoms(use_true_random=False), st.integers(1, 4))
@settings(max_examples=400, deadline=None)
def test_both_find_the_same(google: Any, random: Random, depth: int) -> None:
    expression = _expression(random, "bool", depth)
    ours = _ours(expression)
    assert ours in {"skip", _googles(google, expression)}, expression


@given(st.randoms(use_true_random=False), st.integers(0, 2))
@settings(max_examples=400, deadline=None)
def test_both_refuse_the_same_slips(google: Any, random: Random, depth: int) -> None:
    expression = _expression(random, "bool", depth)
    at = random.randrange(len(expression) + 1)
    slip = random.choice(["", *"()[]{},?:!-+*/%<>='&|1az_@#"])
    broken = expression[:at] + slip + expression[at + (not slip) :]
    # kept apart: strings ended early by a backslash, doubles compared with ints, and names after a bare dot differ between the two
    if "\\" in broken or "<" in broken or ">" in broken or "[." in broken or "(." in broken:
        return
    if _WHOLE_DEVICE.search(broken):  # the other one knows `device.attributes` and the like only as names with a dot
        return
    ours = _ours(broken)
    theirs = _googles(google, broken)
    assert ours == "skip" or (ours == "refused") == (theirs == "refused"), broken
