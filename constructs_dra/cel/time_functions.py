"""Durations and timestamps: reading, writing, arithmetic and their parts."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from constructs_dra.cel.values import CelEvaluationError, Duration, Timestamp

__all__ = ["TIME", "duration_text", "parse_duration", "parse_timestamp", "timestamp_of", "timestamp_text"]

_SECOND = 10**9
_UNITS = {"h": 3600 * _SECOND, "m": 60 * _SECOND, "s": _SECOND, "ms": 10**6, "us": 1000, "µs": 1000, "μs": 1000, "ns": 1}
_DURATION = re.compile(r"[+-]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:h|ms|m|s|us|µs|μs|ns))+)\Z")
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(h|ms|m|s|us|µs|μs|ns)")
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = -62135596800 * _SECOND, 253402300799 * _SECOND + 999_999_999


def parse_duration(text: str) -> Duration:
    """Read Go's spelling of a duration, e.g. `1h30m`.

    Raises:
        ValueError: It is not a duration, or longer than 292 years.
    """
    if len(text) > 200 or _DURATION.match(text) is None:
        raise ValueError(text)
    total = 0
    for whole, fraction, unit in _PART.findall(text):
        scale = _UNITS[unit]
        total += int(whole or "0") * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0)
    total = -total if text.startswith("-") else total
    if not -(2**63) <= total < 2**63:
        raise ValueError(text)
    return Duration(total)


def duration_text(value: Duration) -> str:
    """A duration in seconds, e.g. `5400s`."""
    seconds, rest = divmod(abs(value), _SECOND)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{seconds}{fraction}s"


def _bounded(value: int) -> Timestamp:
    if not _EARLIEST <= value <= _LATEST:
        raise CelEvaluationError("timestamp overflow")
    return Timestamp(value)


def timestamp_of(seconds: int) -> Timestamp:
    """The point in time so many seconds after 1970 began.

    Raises:
        CelEvaluationError: It is outside of the years 1 to 9999.
    """
    return _bounded(seconds * _SECOND)


def parse_timestamp(text: str) -> Timestamp:
    """Read an RFC 3339 timestamp.

    Raises:
        ValueError: It is none.
    """
    match = _TIMESTAMP.match(text)
    if match is None:
        raise ValueError(text)
    moment = datetime.fromisoformat(match[1] + ("+00:00" if match[3] == "Z" else match[3]))
    nanoseconds = int(match[2][:9].ljust(9, "0")) if match[2] else 0
    return Timestamp((moment - _EPOCH) // timedelta(seconds=1) * _SECOND + nanoseconds)


def timestamp_text(value: Timestamp) -> str:
    """A timestamp as RFC 3339."""
    seconds, rest = divmod(int(value), _SECOND)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S").zfill(19) + fraction + "Z"


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  (nearly no selector asks for a time zone)

    offset = re.fullmatch(r"([+-]?)(\d\d):(\d\d)", name, re.ASCII)
    if offset is not None:
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-shift if offset[1] == "-" else shift)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CelEvaluationError(f"unknown time zone {name}") from None


def _moment(value: Timestamp, zone: str = "UTC") -> datetime:
    try:
        return (_EPOCH + timedelta(seconds=int(value) // _SECOND)).astimezone(_zone(zone))
    except (OverflowError, ValueError):
        raise CelEvaluationError("timestamp overflow") from None


_PARTS: dict[str, Callable[[datetime], int]] = {
    "FullYear": lambda moment: moment.year, "Month": lambda moment: moment.month - 1, "DayOfYear": lambda moment: moment.timetuple().tm_yday - 1,
    "DayOfMonth": lambda moment: moment.day - 1, "Date": lambda moment: moment.day, "DayOfWeek": lambda moment: moment.isoweekday() % 7,
    "Hours": lambda moment: moment.hour, "Minutes": lambda moment: moment.minute, "Seconds": lambda moment: moment.second,
}  # fmt: skip


def _part(name: str) -> Callable[..., int]:
    def part(value: Timestamp, zone: str = "UTC") -> int:
        return _PARTS[name](_moment(value, zone))

    return part


def _milliseconds(value: Timestamp, _zone_name: str = "UTC") -> int:
    return int(value) % _SECOND // 10**6


def _duration(value: int) -> Duration:
    if not -(2**63) <= value < 2**63:
        raise CelEvaluationError("integer overflow")
    return Duration(value)


def _whole(value: int, unit: int) -> int:
    return abs(value) // unit * (-1 if value < 0 else 1)


TIME: dict[str, Callable[..., Any]] = {
    "add_duration_duration": lambda a, b: _duration(int(a) + int(b)), "subtract_duration_duration": lambda a, b: _duration(int(a) - int(b)),
    "add_duration_timestamp": lambda a, b: _bounded(int(a) + int(b)), "add_timestamp_duration": lambda a, b: _bounded(int(a) + int(b)),
    "subtract_timestamp_duration": lambda a, b: _bounded(int(a) - int(b)), "subtract_timestamp_timestamp": lambda a, b: _duration(int(a) - int(b)),
    "duration_to_hours": lambda value: _whole(value, 3600 * _SECOND), "duration_to_minutes": lambda value: _whole(value, 60 * _SECOND),
    "duration_to_seconds": lambda value: _whole(value, _SECOND), "duration_to_milliseconds": lambda value: _whole(value, 10**6),
    "timestamp_to_Milliseconds": _milliseconds, "timestamp_to_Milliseconds_with_tz": _milliseconds,
    **{f"timestamp_to_{name}{suffix}": _part(name) for name in _PARTS for suffix in ("", "_with_tz")},
}  # fmt: skip
"""Implementations by overload id."""
