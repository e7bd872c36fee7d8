"""What the functions of CEL's standard library do, by overload id; and equality and order, which several parts share."""

import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from constructs_dra.cel.metering import OVER_LIMIT
from constructs_dra.cel.time_functions import TIME, duration_text, parse_duration, parse_timestamp, timestamp_text
from constructs_dra.cel.values import (
    NAMES,
    CelEvaluationError,
    Cidr,
    Domains,
    Duration,
    EvaluationAbortedError,
    Format,
    Ip,
    Optional,
    Quantity,
    Timestamp,
    TypeValue,
    Uint,
    Url,
)  # fmt: skip
from constructs_dra.lexical.regex import Regex, RegexError, compile_regex
from constructs_dra.lexical.semver import Semver

__all__ = ["STANDARD", "Function", "equal", "no_overload", "ordered", "searched"]

Function = Callable[..., Any]

_NUMBERS = frozenset({int, Uint, float})
_STRICT = frozenset({Quantity, Semver, Ip, Cidr, Url, Format})
"""Kubernetes' own types refuse to be compared with any other, where CEL's would only be unequal."""
_ORDERED = frozenset({bool, str, bytes, Timestamp, Duration})

LONGEST_LIST = 1_000_000
"""More elements than a selector within its cost limit can make one by one."""


def no_overload() -> CelEvaluationError:
    """The error of a function or operator called on values it is not for."""
    return CelEvaluationError("no such overload")


def equal(one: Any, other: Any) -> bool:
    """CEL's `==`: numbers by value, everything else by type and value.

    Raises:
        CelEvaluationError: A quantity, version or address is compared with something else.
    """
    first, second = type(one), type(other)
    if first is second:
        if first is list:
            return len(one) == len(other) and all(map(equal, one, other))
        if first is dict or first is Domains:
            return _equal_maps(one, other)
        if first is Optional:
            return one.present == other.present and (not one.present or equal(one.value, other.value))
        return bool(one == other)
    if first in _NUMBERS and second in _NUMBERS:
        return bool(one == other)
    if first in _STRICT and other is not None:
        raise no_overload()
    if isinstance(one, dict) and isinstance(other, dict):
        return _equal_maps(one, other)
    return False


def _equal_maps(one: dict[Any, Any], other: dict[Any, Any]) -> bool:
    return len(one) == len(other) and all(key in other and equal(value, other[key]) for key, value in one.items())


def ordered(compare: Callable[[Any, Any], bool]) -> Function:
    """An order operator, for values of one ordered type or two numbers."""

    def order(one: Any, other: Any) -> bool:
        first, second = type(one), type(other)
        if (first is second and (first in _ORDERED or first in _NUMBERS)) or (first in _NUMBERS and second in _NUMBERS):
            return compare(one, other)
        raise no_overload()

    return order


def searched(search: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a string and a pattern; a pattern that is not one fails the evaluation."""

    def function(text: str, pattern: str, *more: Any) -> Any:
        try:
            return search(compile_regex(pattern), text, *more)
        except RegexError as error:
            raise CelEvaluationError(f"error parsing regexp: {error}") from None

    return function


def _int(value: int) -> int:
    if -(2**63) <= value < 2**63:
        return value
    raise CelEvaluationError("integer overflow")


def _uint(value: int) -> Uint:
    if 0 <= value < 2**64:
        return Uint(value)
    raise CelEvaluationError("unsigned integer overflow")


def _divided(one: int, other: int) -> int:
    if other == 0:
        raise CelEvaluationError("division by zero")
    return abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)


def _remainder(one: int, other: int) -> int:
    if other == 0:
        raise CelEvaluationError("modulus by zero")
    return abs(one) % abs(other) * (-1 if one < 0 else 1)


def _divided_float(one: float, other: float) -> float:
    if other == 0:
        return float("nan") if one == 0 or one != one else float("inf") if (one > 0) == (str(other)[0] != "-") else float("-inf")  # noqa: PLR0124
    return one / other


def _added_lists(one: list[Any], other: list[Any]) -> list[Any]:
    if len(one) + len(other) > LONGEST_LIST:
        raise EvaluationAbortedError(OVER_LIMIT)
    return one + other


def _float_to(value: float, low: float, high: float) -> int:
    if value != value or not low <= value < high:  # noqa: PLR0124
        raise CelEvaluationError("integer overflow")
    return int(value)


def _parsed(read: Callable[[str], Any], type_: str) -> Function:
    def parse(text: str) -> Any:
        try:
            return read(text)
        except ValueError:
            raise CelEvaluationError(f"type conversion error from 'string' to '{type_}'") from None

    return parse


def _read_int(text: str) -> int:
    if not text.isascii() or not text.lstrip("+-").isdigit() or len(text) > 40 or len(text.lstrip("+-")) < len(text) - 1:
        raise ValueError(text)
    return _int(int(text))


def _read_uint(text: str) -> Uint:
    if not text.isascii() or not text.isdigit() or len(text) > 40:
        raise ValueError(text)
    return _uint(int(text))


def _read_float(text: str) -> float:
    if "_" in text or text != text.strip():
        raise ValueError(text)
    return float(text)


def _read_bool(text: str) -> bool:
    if text in {"1", "t", "T", "true", "TRUE", "True"}:
        return True
    if text in {"0", "f", "F", "false", "FALSE", "False"}:
        return False
    raise ValueError(text)


def float_text(value: float) -> str:
    """A double as Go prints it: the shortest digits that read back, with an exponent below 1e-04 and from 1e+06 on."""
    if value != value:  # noqa: PLR0124
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "+Inf" if value > 0 else "-Inf"
    if value == 0:
        return "-0" if str(value).startswith("-") else "0"
    digits, _, power = f"{value:.16e}".partition("e")
    for precision in range(17):
        shorter = f"{value:.{precision}e}"
        if float(shorter) == value:
            digits, _, power = shorter.partition("e")
            break
    exponent = int(power)
    if exponent < -4 or exponent >= 6:
        return f"{digits}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    decimals = max(len(digits.partition(".")[2]) - exponent, 0)
    return f"{value:.{decimals}f}"


def _utf8(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise CelEvaluationError("invalid UTF-8 in bytes, cannot convert to string") from None


def _optional_value(optional: Optional) -> Any:
    if not optional.present:
        raise CelEvaluationError("optional.none() dereference")
    return optional.value


def _non_zero(value: Any) -> Optional:
    empty = value is None or (type(value) in {bool, int, Uint, float, str, bytes, list, dict, Domains} and not value)
    return Optional() if empty else Optional(value, present=True)


def _none() -> Optional:
    return Optional()


def _some(value: Any) -> Optional:
    return Optional(value, present=True)


def _type_of(value: Any) -> TypeValue:
    return TypeValue(NAMES[type(value)])


def _contains_all(one: list[Any], other: list[Any]) -> bool:
    return all(any(_same(item, candidate) for candidate in one) for item in other)


def _same(one: Any, other: Any) -> bool:
    try:
        return equal(one, other)
    except CelEvaluationError:
        return False


def _inserted(target: dict[Any, Any], key: Any, value: Any) -> dict[Any, Any]:
    if key in target:
        raise CelEvaluationError(f"insert failed: key {key} already exists")
    return {**target, key: value}


def _merged(target: dict[Any, Any], more: dict[Any, Any]) -> dict[Any, Any]:
    for key, value in more.items():
        target = _inserted(target, key, value)
    return target


def _sorted(values: list[Any]) -> bool:
    return all(left <= right for left, right in pairwise(values))


def _extreme(choose: Callable[[list[Any]], Any], name: str) -> Function:
    def extreme(values: list[Any]) -> Any:
        if not values:
            raise CelEvaluationError(f"{name} called on empty list")
        return choose(values)

    return extreme


def _summed(start: Any, limit: Function) -> Function:
    def total(values: list[Any]) -> Any:
        result = start
        for value in values:
            result = limit(result + value)
        return result

    return total


def _index_of(values: list[Any], wanted: Any) -> int:
    return next((index for index, value in enumerate(values) if _same(value, wanted)), -1)


def _last_index_of(values: list[Any], wanted: Any) -> int:
    return next((index for index in reversed(range(len(values))) if _same(values[index], wanted)), -1)


_KINDS: dict[str, Function] = {"int": _int, "uint": _uint, "double": float, "duration": lambda value: Duration(_int(value))}
_SORTABLE = ("bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration")
_STARTS: dict[str, Any] = {"int": 0, "uint": Uint(0), "double": 0.0, "duration": Duration(0)}

STANDARD: dict[str, Function] = {
    "add_bytes": operator.add, "add_double": operator.add, "add_int64": lambda a, b: _int(a + b), "add_uint64": lambda a, b: _uint(a + b),
    "add_list": _added_lists, "add_string": operator.add,
    "subtract_double": operator.sub, "subtract_int64": lambda a, b: _int(a - b), "subtract_uint64": lambda a, b: _uint(a - b),
    "multiply_double": operator.mul, "multiply_int64": lambda a, b: _int(a * b), "multiply_uint64": lambda a, b: _uint(a * b),
    "divide_double": _divided_float, "divide_int64": lambda a, b: _int(_divided(a, b)), "divide_uint64": lambda a, b: _uint(_divided(a, b)),
    "modulo_int64": _remainder, "modulo_uint64": lambda a, b: _uint(_remainder(a, b)),
    "negate_double": operator.neg, "negate_int64": lambda a: _int(-a), "logical_not": operator.not_,
    **dict.fromkeys(("bytes_size", "list_size", "map_size", "string_size", "size_bytes", "size_list", "size_map", "size_string"), len),
    "contains_string": lambda text, part: part in text, "ends_with_string": str.endswith, "starts_with_string": str.startswith,
    **dict.fromkeys(("matches", "matches_string"), searched(Regex.matches)),
    "type": _type_of, "to_dyn": lambda value: value,
    **dict.fromkeys((
        "bool_to_bool", "bytes_to_bytes", "double_to_double", "duration_to_duration", "int64_to_int64", "string_to_string",
        "timestamp_to_timestamp", "uint64_to_uint64",
    ), lambda value: value),
    "string_to_bool": _parsed(_read_bool, "bool"), "string_to_bytes": lambda text: text.encode(),
    "int64_to_double": float, "uint64_to_double": float, "string_to_double": _parsed(_read_float, "double"),
    "int64_to_duration": lambda value: Duration(_int(value * 10**9)), "string_to_duration": _parsed(parse_duration, "duration"),
    "double_to_int64": lambda value: _float_to(value, -(2.0**63), 2.0**63), "duration_to_int64": int,
    "string_to_int64": _parsed(_read_int, "int"),
    "timestamp_to_int64": lambda value: int(value) // 10**9, "uint64_to_int64": lambda value: _int(int(value)),
    "bool_to_string": lambda value: "true" if value else "false", "bytes_to_string": _utf8, "double_to_string": float_text,
    "duration_to_string": duration_text,
    "int64_to_string": str, "timestamp_to_string": timestamp_text, "uint64_to_string": lambda value: str(int(value)),
    "int64_to_timestamp": lambda value: Timestamp(value * 10**9), "string_to_timestamp": _parsed(parse_timestamp, "timestamp"),
    "double_to_uint64": lambda value: _uint(_float_to(value, 0.0, 2.0**64)), "int64_to_uint64": _uint,
    "string_to_uint64": _parsed(_read_uint, "uint"),
    "optional_none": _none, "optional_of": _some, "optional_ofNonZeroValue": _non_zero,
    **dict.fromkeys(("optional_unwrap", "optional_unwrapOpt"), lambda values: [value.value for value in values if value.present]),
    "optional_value": _optional_value, "optional_hasValue": lambda optional: optional.present,
    "optional_or_optional": lambda optional, other: optional if optional.present else other,
    "optional_orValue_value": lambda optional, other: optional.value if optional.present else other,
    "list_first": lambda values: _some(values[0]) if values else _none(), "list_last": lambda values: _some(values[-1]) if values else _none(),
    "list_sets_contains_list": _contains_all,
    "list_sets_equivalent_list": lambda one, other: _contains_all(one, other) and _contains_all(other, one),
    "list_sets_intersects_list": lambda one, other: any(_same(left, right) for left in one for right in other),
    "@mapInsert_map_key_value": _inserted, "@mapInsert_map_map": _merged,
    **{f"list_{kind}_isSorted": _sorted for kind in _SORTABLE},
    **{f"list_{kind}_max": _extreme(max, "max") for kind in _SORTABLE},
    **{f"list_{kind}_min": _extreme(min, "min") for kind in _SORTABLE},
    **{f"list_{kind}_sum": _summed(_STARTS[kind], limit) for kind, limit in _KINDS.items()},
    "list_a_index_of_int": _index_of, "list_a_last_index_of_int": _last_index_of,
    **TIME,
}  # fmt: skip
