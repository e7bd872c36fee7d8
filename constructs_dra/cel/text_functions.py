"""CEL's strings extension (version 2, as Kubernetes has it) and Kubernetes' `find` and `findAll`."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from constructs_dra.cel.equality import no_overload
from constructs_dra.cel.formatting import format_string
from constructs_dra.cel.functions import searched
from constructs_dra.cel.values import CelEvaluationError
from constructs_dra.lexical.regex import Regex

__all__ = ["TEXT"]

_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(65, 91)})
_UPPER = str.maketrans({chr(code + 32): chr(code) for code in range(65, 91)})
_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def _out_of_range(index: int) -> CelEvaluationError:
    return CelEvaluationError(f"index out of range: {index}")


def _char_at(text: str, index: int) -> str:
    if not 0 <= index <= len(text):
        raise _out_of_range(index)
    return text[index : index + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    if not part:
        return start
    if start < 0:
        raise _out_of_range(start)
    return text.find(part, start) if start < len(text) else -1


def _last_index_of(text: str, part: str, end: int | None = None) -> int:
    if not part:
        return len(text) if end is None else end
    if end is None:
        return text.rfind(part)
    if end < 0:
        raise _out_of_range(end)
    return text.rfind(part, 0, end + len(part)) if end < len(text) else -1


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


def _join(texts: list[Any], separator: str = "") -> str:
    if any(type(text) is not str for text in texts):
        raise no_overload()
    return separator.join(texts)


def _find_all(regex: Regex, text: str, limit: int = -1) -> list[str]:
    found = regex.find_all(text)
    return list(found) if limit < 0 else list(islice(found, limit))


TEXT: dict[str, Callable[..., Any]] = {
    "string_char_at_int": _char_at, "string_format": format_string, "string_index_of_string": _index_of, "string_index_of_string_int": _index_of,
    "string_last_index_of_string": _last_index_of, "string_last_index_of_string_int": _last_index_of,
    **dict.fromkeys(("list_join", "list_join_string"), _join),
    "string_lower_ascii": lambda text: text.translate(_LOWER), "string_upper_ascii": lambda text: text.translate(_UPPER),
    "string_replace_string_string": str.replace, "string_replace_string_string_int": lambda text, old, new, count: text.replace(old, new, count),
    "string_split_string": _split, "string_split_string_int": _split, "string_substring_int": _substring, "string_substring_int_int": _substring,
    "string_trim": lambda text: text.strip(_BLANKS), "strings_quote": _quote,
    "string_find_string": searched(Regex.find),
    **dict.fromkeys(("string_find_all_string", "string_find_all_string_int"), searched(_find_all)),
}  # fmt: skip
"""Implementations by overload id."""
