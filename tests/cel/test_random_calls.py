"""Expressions made at random from the table of functions, values of the wrong type among them: always an answer, soon."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.cel import CelEvaluationError, compile_selector
from constructs_dra.cel.library import Overload, overloads
from constructs_dra.cel.types import Type
from constructs_dra.errors import SpecError
from constructs_dra.selectors import check_selector

DEVICE: dict[str, Any] = {
    "driver": "d",
    "attributes": {"s": {"string": "a" * 64}, "i": {"int": 5}, "b": {"bool": True}, "v": {"version": "1.2.3"}},
    "capacity": {"m": {"value": "1Gi"}},
}
_LITERALS = {
    "bool": ("true", "false", "device.allowMultipleAllocations", 'device.attributes["d"].b', 'has(device.attributes["d"].n)'),
    "int": ("0", "1", "-1", "9223372036854775807", "-9223372036854775808", 'device.attributes["d"].i', "'abc'.size()", "--5"),
    "uint": ("0u", "1u", "18446744073709551615u"),
    "double": ("0.0", "-1.5", "1e308", "-9223372036854775808.0", "0.0 / 0.0", "1.0 / 0.0"),
    "string": ("''", "'a'", "'é😀'", "'1.2.3'", "'1Gi'", "'10.0.0.1'", "'::1/64'", "'(a*)*b'", "'%s%d%f'", "'2026-01-01T00:00:00Z'", "'1h'",
               "device.driver", 'device.attributes["d"].s', 'device.attributes["d"].n', "'https://a.b:80/c?d=e'", "r'\\p{Greek}'", "'Europe/Berlin'"),
    "bytes": ("b''", "b'a'", "b'\\xff'"),
    "null": ("null",), "timestamp": ("timestamp('2026-01-31T12:00:00Z')", "timestamp(0)"), "duration": ("duration('90m')", "duration('-1ns')"),
    "type": ("type(1)", "int", "list", "net.IP"), "dyn": ("dyn(1)", "dyn('a')", "dyn([])", "dyn({})", "dyn(null)", "dyn(b'x')"),
    "kubernetes.Quantity": ("quantity('1Gi')", 'device.capacity["d"].m', "quantity('-1n')", "quantity('1e2147483647')"),
    "kubernetes.Semver": ("semver('1.2.3')", "semver('v1', true)", 'device.attributes["d"].v'), "net.IP": ("ip('10.0.0.1')", "ip('::1')"),
    "net.CIDR": ("cidr('10.0.0.0/8')", "cidr('::/0')"), "kubernetes.URL": ("url('https://a.b:80/c?d=e')",),
    "kubernetes.NamedFormat": ("format.uuid()", "format.date()", "format.byte()"),
}  # fmt: skip
_CONCRETE = ("bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration", "kubernetes.Quantity", "kubernetes.Semver", "net.IP")
_MACROS = (
    "{list}.all(x, {bool})", "{list}.exists(x, y, {bool})", "{list}.exists_one(x, {bool})", "{list}.map(x, {int})", "{list}.filter(x, {bool})",
    "{list}.sortBy(x, {int})",
    "{map}.transformMap(k, v, {int})", "{map}.transformList(k, v, {bool}, {int})", "cel.bind(x, {dyn}, {bool})",
    "optional.of({int}).optMap(x, {int})", "{map}.transformMapEntry(k, v, {map})", "has({map}.a)", "{map}[?{string}].orValue({int})",
    "{list}[?{int}]",
    "[?{dyn}, {int}]", "{{{string}: {int}, ?{string}: {dyn}}}", "{string}.format([{dyn}, {dyn}])", "{list}[{int}]", "{map}.a.b", "{int} in {list}",
    "{dyn} in {map}", "{bool} ? {dyn} : {int}", "{dyn} == {dyn}", "{dyn} < {dyn}", "type({dyn})", "{string}.matches({string})",
)  # fmt: skip


@cache
def _functions() -> tuple[tuple[str, Overload], ...]:
    return tuple((name, overload) for name, declared in overloads().items() for overload in declared if name[0].isalpha() and "@" not in name)


def _typed(random: Random, kind: Type, bound: dict[str, str], depth: int) -> str:
    """An expression for a parameter; now and then one of another type that the checker cannot see through."""
    if random.random() < 0.12:
        return f"dyn({_atom(random, random.choice(_CONCRETE))})"
    if kind.kind == "param":
        return _any(random, bound.setdefault(kind.name, random.choice(_CONCRETE)), depth)
    if kind.kind == "list":
        items = ", ".join(_typed(random, kind.parameters[0], bound, 0) for _ in range(random.randrange(4)))
        return f"dyn([{items}])" if random.random() < 0.3 else f"[{items}]"
    if kind.kind == "map":
        return f"{{{_typed(random, kind.parameters[0], bound, 0)}: {_typed(random, kind.parameters[1], bound, 0)}}}"
    if kind.name == "optional_type":
        return random.choice(("optional.none()", f"optional.of({_typed(random, kind.parameters[0], bound, 0)})"))
    return _any(random, {"google.protobuf.Timestamp": "timestamp", "google.protobuf.Duration": "duration"}.get(kind.name, kind.name), depth)


def _atom(random: Random, kind: str) -> str:
    return random.choice(_LITERALS.get(kind, _LITERALS["dyn"]))


def _any(random: Random, kind: str, depth: int) -> str:
    if depth > 0 and random.random() < 0.6:
        made = _call(random, depth - 1)
        return made if random.random() < 0.5 else f"dyn({made})"
    return _atom(random, kind)


def _call(random: Random, depth: int) -> str:
    if random.random() < 0.35:
        return _macro(random, depth)
    name, overload = random.choice(_functions())
    bound: dict[str, str] = {}
    arguments = [_typed(random, kind, bound, depth) for kind in overload.parameters]
    return f"{arguments[0]}.{name}({', '.join(arguments[1:])})" if overload.member else f"{name}({', '.join(arguments)})"


def _macro(random: Random, depth: int) -> str:
    holes: dict[str, Callable[[], str]] = {
        "list": lambda: f"[{', '.join(_any(random, 'int', depth) for _ in range(random.randrange(4)))}]",
        "map": lambda: random.choice((f"{{'a': {_any(random, 'int', depth)}}}", "{}", "{1: 2}", 'device.attributes["d"]', "device.capacity")),
        "x": lambda: "x",
    }
    text = random.choice(_MACROS).replace("{{", "\0").replace("}}", "\1")
    parts = text.split("{")
    made = parts[0]
    for part in parts[1:]:
        kind, _, rest = part.partition("}")
        made += holes[kind]() if kind in holes else _any(random, kind, depth)
        made += rest
    return made.replace("\0", "{").replace("\1", "}")


def run(expression: str) -> None:
    """Check and evaluate: a problem is fine, another exception or a long time is not."""
    start = time.process_time()
    check_selector(expression, kubernetes="1.36")
    with suppress(SpecError, CelEvaluationError):
        compile_selector(expression, stored=True).matches(DEVICE)
    assert time.process_time() - start < 2, expression


@given(st.randoms(use_true_random=False), st.integers(0, 3))
@settings(max_examples=1000, deadline=None)
def test_every_call_has_an_answer(random: Random, depth: int) -> None:
    expression = f"dyn({_call(random, depth)}) == {_call(random, depth)}"
    run(expression)


@given(st.randoms(use_true_random=False), st.integers(0, 2))
@settings(max_examples=300, deadline=None)
def test_every_slip_has_an_answer(random: Random, depth: int) -> None:
    expression = f"dyn({_call(random, depth)}) == {_call(random, depth)}"
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(expression) + 1)
        slip = random.choice(["", *"()[]{},?:!-+*/%<>='&|1az_@#.\"\\", "dyn(", "null", ".a"])
        expression = expression[:at] + slip + expression[at + random.randrange(3) :]
    run(expression)
