"""Values that no field wants, for tests that put them into every one."""

from collections import OrderedDict, UserDict
from typing import Any

from constructs_dra import Claim, Problem
from constructs_dra.drivers import intel

__all__ = ["JUNK", "assert_legible"]


class Unprintable:
    """What fails to be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


class Incomparable:
    """What fails to be compared and to be true or false."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError


def endless(kind: type) -> Any:
    """A mapping or list that contains itself."""
    value: Any = kind()
    if kind is dict:
        value["a"] = value
    else:
        value.append(value)
    return value


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


NUMBERS: list[Any] = [True, 0, -1, 5, 10**30, 10**5000, 1.5, float("nan"), float("inf"), 1 + 2j]
TEXTS: list[Any] = ["", "x", "X Y", "--x", "é😀", "a\nb", "a\0b", "\ud800", "x" * 100_000]
BYTES: list[Any] = [b"x", bytearray(b"x"), memoryview(b"x")]
LISTS: list[Any] = [[], [None], [5], ["x"], ["\ud800"], [[]], [{}], [b"x"], (), ("x",), [Unprintable()], [Incomparable()], range(3), endless(list)]
MAPPINGS: list[Any] = [
    {},
    {"a": 5},
    {5: "a"},
    {None: None},
    {"a": None},
    {"a": {"b": []}},
    {"\ud800": "x"},
    {"a": "\ud800"},
    {"a": float("nan")},
    {"a": 10**5000},
    {"a": Unprintable()},
    {("a",): 1},
    OrderedDict(a=1),
    UserDict(a=1),
    endless(dict),
    deep(3000),
]
OTHERS: list[Any] = [
    None,
    set(),
    {"x"},
    frozenset(),
    object(),
    Unprintable(),
    Incomparable(),
    (item for item in "ab"),
    int,
    abs,
    ...,
    NotImplemented,
    ValueError("x"),
    intel.gpu,
    intel.gpu.family,
    intel.gpu.family == "x",
    Claim,
]
JUNK = NUMBERS + TEXTS + BYTES + LISTS + MAPPINGS + OTHERS


def assert_legible(problems: tuple[Problem, ...]) -> None:
    assert problems
    for problem in problems:
        assert problem.message
        assert problem.path or problem.source
        assert len(str(problem)) < 2000
        assert str(problem).encode()
