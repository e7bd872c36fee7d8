"""What the functions of CEL's standard library do, by overload id."""

import math
import operator
from collections.abc import Callable
from typing import Any

from constructs_dra.cel.list_functions import LONGEST_LIST, lists_of
from constructs_dra.cel.metering import OVER_LIMIT
from constructs_dra.cel.time_functions import TIME, duration_text, parse_duration, parse_timestamp, timestamp_of, timestamp_text
from constructs_dra.cel.values import (
    NAMES,
    CelEvaluationError,
    Domains,
    Duration,
    EvaluationAbortedError,
    MadeMap,
    Optional,
    TypeValue,
    Uint,
)
from constructs_dra.lexical.regex import Regex, RegexError, compile_regex

__all__ = ["STANDARD", "Function", "searched"]

Function = Callable[..., Any]


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


def _float_to(value: float, low: float, high: float, fault: str = "integer overflow") -> int:
    if value != value or not low <= value < high:  # noqa: PLR0124
        raise CelEvaluationError(fault)
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
    empty = value is None or (type(value) in {bool, int, Uint, float, str, bytes, list, dict, Domains, MadeMap} and not value)
    return Optional() if empty else Optional(value, present=True)


def _none() -> Optional:
    return Optional()


def _some(value: Any) -> Optional:
    return Optional(value, present=True)


def _type_of(value: Any) -> TypeValue:
    return TypeValue(NAMES[type(value)])


def _inserted(target: dict[Any, Any], key: Any, value: Any) -> dict[Any, Any]:
    if key in target:
        raise CelEvaluationError(f"insert failed: key {key} already exists")
    return MadeMap({**target, key: value})


def _merged(target: dict[Any, Any], more: dict[Any, Any]) -> dict[Any, Any]:
    for key, value in more.items():
        target = _inserted(target, key, value)
    return target


_SUMS: dict[str, tuple[Any, Function]] = {
    "int": (0, _int), "uint": (Uint(0), _uint), "double": (0.0, float), "duration": (Duration(0), lambda value: Duration(_int(value))),
}  # fmt: skip

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
    "double_to_int64": lambda value: _float_to(value, math.nextafter(-(2.0**63), 0.0), 2.0**63), "duration_to_int64": int,
    "string_to_int64": _parsed(_read_int, "int"),
    "timestamp_to_int64": lambda value: int(value) // 10**9, "uint64_to_int64": lambda value: _int(int(value)),
    "bool_to_string": lambda value: "true" if value else "false", "bytes_to_string": _utf8, "double_to_string": float_text,
    "duration_to_string": duration_text,
    "int64_to_string": str, "timestamp_to_string": timestamp_text, "uint64_to_string": lambda value: str(int(value)),
    "int64_to_timestamp": timestamp_of, "string_to_timestamp": _parsed(parse_timestamp, "timestamp"),
    "double_to_uint64": lambda value: _uint(_float_to(value, 0.0, 2.0**64, "unsigned integer overflow")), "int64_to_uint64": _uint,
    "string_to_uint64": _parsed(_read_uint, "uint"),
    "optional_none": _none, "optional_of": _some, "optional_ofNonZeroValue": _non_zero,
    "optional_value": _optional_value, "optional_hasValue": lambda optional: optional.present,
    "@mapInsert_map_key_value": _inserted, "@mapInsert_map_map": _merged,
    **lists_of(_SUMS),
    **TIME,
}  # fmt: skip
