"""CEL's strings extension (version 2, as Kubernetes has it) and Kubernetes' `find` and `findAll`."""

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from constructs_dra.cel.functions import float_text, searched
from constructs_dra.cel.time_functions import duration_text, timestamp_text
from constructs_dra.cel.values import CelEvaluationError, Duration, Timestamp, TypeValue, Uint
from constructs_dra.lexical.regex import Regex

__all__ = ["TEXT", "VERB"]

_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(65, 91)})
_UPPER = str.maketrans({chr(code + 32): chr(code) for code in range(65, 91)})
_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
VERB = re.compile(r"%(?:%|(?:\.([0-9]*))?(.?))", re.DOTALL)
"""One clause of `format`."""


def _out_of_range(index: int) -> CelEvaluationError:
    return CelEvaluationError(f"index out of range: {index}")


def _char_at(text: str, index: int) -> str:
    if not 0 <= index <= len(text):
        raise _out_of_range(index)
    return text[index : index + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    if not part:
        return start
    if not 0 <= start <= len(text):
        raise _out_of_range(start)
    return text.find(part, start)


def _last_index_of(text: str, part: str, end: int | None = None) -> int:
    if not part:
        return len(text) if end is None else end
    if end is None:
        return text.rfind(part)
    if not 0 <= end <= len(text):
        raise _out_of_range(end)
    return text.rfind(part, 0, end + len(part))


def _substring(text: str, start: int, end: int | None = None) -> str:
    stop = len(text) if end is None else end
    if not 0 <= start <= len(text):
        raise _out_of_range(start)
    if not 0 <= stop <= len(text):
        raise _out_of_range(stop)
    if start > stop:
        raise CelEvaluationError(f"invalid substring range. start: {start}, end: {stop}")
    return text[start:stop]


def _split(text: str, separator: str, limit: int = -1) -> list[str]:
    if limit == 0:
        return []
    if separator:
        return text.split(separator, -1 if limit < 0 else limit - 1)
    if limit < 0 or limit >= len(text):
        return list(text)
    return [*text[: limit - 1], text[limit - 1 :]]


def _quote(text: str) -> str:
    marks = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\", '"': '\\"'}
    return '"' + "".join(marks.get(char, char) for char in text) + '"'


def _find_all(regex: Regex, text: str, limit: int = -1) -> list[str]:
    found = regex.find_all(text)
    return list(found) if limit < 0 else list(islice(found, limit))


def _shown(value: Any) -> str:
    """The `%s` of a value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, Duration):
        return duration_text(value)
    if isinstance(value, Timestamp):
        return timestamp_text(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return float_text(value).replace("+Inf", "Infinity").replace("-Inf", "-Infinity")
    if isinstance(value, TypeValue):
        return value.name
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(f'{_shown(key)}: {_shown(item)}' for key, item in value.items()))}}}"
    raise _bad("string", value)


def _bad(verb: str, value: Any) -> CelEvaluationError:
    return CelEvaluationError(f"error during formatting: {verb} clause cannot be used on {type(value).__name__}")


def _decimal(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _bad("decimal", value)
    return str(int(value)) if isinstance(value, int) else float_text(value)


def _fixed(value: Any, precision: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _bad("fixed-point", value)
    return f"{float(value):.{precision}f}"


def _scientific(value: Any, precision: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _bad("scientific", value)
    return f"{float(value):.{precision}e}"


def _binary(value: Any) -> str:
    if not isinstance(value, int):
        raise _bad("binary", value)
    return f"{int(value):b}"


def _octal(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _bad("octal", value)
    return f"{int(value):o}"


def _hexadecimal(value: Any) -> str:
    if isinstance(value, str | bytes):
        return (value.encode() if isinstance(value, str) else value).hex()
    if isinstance(value, bool) or not isinstance(value, int | Uint):
        raise _bad("hex", value)
    return f"{int(value):x}"


_VERBS: dict[str, Callable[[Any, int], str]] = {
    "s": lambda value, _: _shown(value), "d": lambda value, _: _decimal(value), "f": _fixed, "e": _scientific, "b": lambda value, _: _binary(value),
    "o": lambda value, _: _octal(value), "x": lambda value, _: _hexadecimal(value), "X": lambda value, _: _hexadecimal(value).upper(),
}  # fmt: skip


def _format(text: str, values: list[Any]) -> str:
    taken = iter(values)

    def clause(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        verb = _VERBS.get(match[2] or "")
        if verb is None:
            raise CelEvaluationError(f'could not parse formatting clause: unrecognized formatting clause "{match[2]}"')
        precision = int(match[1][:6]) if match[1] else 6
        if precision > 100:
            raise CelEvaluationError(f"precision {precision} exceeds the maximum of 100")
        try:
            value = next(taken)
        except StopIteration:
            raise CelEvaluationError(f"index {len(values)} out of range") from None
        return verb(value, precision)

    return VERB.sub(clause, text)


TEXT: dict[str, Callable[..., Any]] = {
    "string_char_at_int": _char_at, "string_format": _format, "string_index_of_string": _index_of, "string_index_of_string_int": _index_of,
    "string_last_index_of_string": _last_index_of, "string_last_index_of_string_int": _last_index_of,
    "list_join": "".join, "list_join_string": lambda texts, separator: separator.join(texts),
    "string_lower_ascii": lambda text: text.translate(_LOWER), "string_upper_ascii": lambda text: text.translate(_UPPER),
    "string_replace_string_string": str.replace, "string_replace_string_string_int": lambda text, old, new, count: text.replace(old, new, count),
    "string_split_string": _split, "string_split_string_int": _split, "string_substring_int": _substring, "string_substring_int_int": _substring,
    "string_trim": lambda text: text.strip(_BLANKS), "strings_quote": _quote,
    "string_find_string": searched(Regex.find),
    **dict.fromkeys(("string_find_all_string", "string_find_all_string_int"), searched(_find_all)),
}  # fmt: skip
"""Implementations by overload id."""
