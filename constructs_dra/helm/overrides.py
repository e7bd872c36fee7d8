r"""What `--set` and `--set-string` mean: paths and values in one text, as Helm reads them.

`a.b=1,c[0].d=x` sets two places; `{x,y}` is a list; `\,` and `\.` are plain characters; `true`, `false`, `null` and whole numbers have their own
types unless texts are forced; everything else is a string.
"""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from constructs_dra.errors import Problem, SpecError
from constructs_dra.paths import child

__all__ = ["Override", "apply", "parse"]

Override: TypeAlias = tuple[tuple[str | int, ...], Any]
"""One place and what it is set to."""

_MAX_INDEX = 65536
"""Helm's own limit: a mistyped index shall not fill the memory."""

_KEY = re.compile(r"((?:\\.|[^\\.,=\[])*)", re.DOTALL)
_INDEX = re.compile(r"\[(\d{1,9})\]")
_VALUE = re.compile(r"((?:\\.|[^\\,])*)", re.DOTALL)
_ITEM = re.compile(r"((?:\\.|[^\\,}])*)", re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None}


def parse(text: str, *, as_text: bool = False) -> list[Override]:
    """Read one `--set` text.

    Args:
        text: What follows the option.
        as_text: Keep every value a string, as `--set-string` does.

    Raises:
        SpecError: The text is not a list of `path=value`.
    """
    position = 0
    found: list[Override] = []
    while position < len(text):
        path, position = _path(text, position)
        value, position = _value(text, position, as_text=as_text)
        found.append((path, value))
        if position < len(text) and text[position] != ",":
            raise _refusal(text, f"cannot read on at {text[position:]!r}")
        position += 1
    return found


def _path(text: str, position: int) -> tuple[tuple[str | int, ...], int]:
    steps: list[str | int] = []
    while True:
        match = _KEY.match(text, position)
        name = _plain(match.group(1)) if match else ""
        position = match.end() if match else position
        if not name:
            raise _refusal(text, "a key is missing")
        steps.append(name)
        while index := _INDEX.match(text, position):
            number = int(index.group(1))
            if number > _MAX_INDEX:
                raise _refusal(text, f"the index {number} is larger than {_MAX_INDEX}")
            steps.append(number)
            position = index.end()
        mark = text[position : position + 1]
        position += 1
        if mark == "=":
            return tuple(steps), position
        if mark != ".":
            raise _refusal(text, f"{child('', name) if mark != '[' else text[position - 1 :]!r} has no value")


def _value(text: str, position: int, *, as_text: bool) -> tuple[Any, int]:
    if text[position : position + 1] != "{":
        match = _VALUE.match(text, position)
        raw = match.group(1) if match else ""
        return _typed(_plain(raw), as_text=as_text), position + len(raw)
    position += 1
    items: list[Any] = []
    if text[position : position + 1] == "}":
        return items, position + 1
    while True:
        match = _ITEM.match(text, position)
        raw = match.group(1) if match else ""
        items.append(_typed(_plain(raw), as_text=as_text))
        position += len(raw)
        mark = text[position : position + 1]
        position += 1
        if mark == "}":
            return items, position
        if not mark:
            raise _refusal(text, "a list is not closed with }")


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _typed(text: str, *, as_text: bool) -> Any:
    if as_text:
        return text
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    # a leading zero keeps a string: it is more likely a name than a number
    if re.fullmatch(r"0|-?[1-9]\d{0,17}", text):
        return int(text)
    return text


def _refusal(text: str, why: str) -> SpecError:
    return SpecError([Problem("", f"cannot read {text!r}: {why}", "write key.path[index]=value", source="--set")])


def apply(values: dict[str, Any], override: Override) -> None:
    """Set one place, making what lies on the way; lists grow with empty entries up to the index.

    Raises:
        SpecError: Something on the way is neither a mapping nor a list.
    """
    path, value = override
    holder: Any = values
    for depth, step in enumerate(path):
        _make_room(holder, path, depth)
        if depth == len(path) - 1:
            holder[step] = value
        else:
            inner = holder.get(step) if isinstance(step, str) else holder[step]
            if inner is None:
                holder[step] = inner = [] if isinstance(path[depth + 1], int) else {}
            holder = inner


def _make_room(holder: object, path: Sequence[str | int], depth: int) -> None:
    """Check that a step fits what it goes into, and make a list long enough for it."""
    step = path[depth]
    if isinstance(step, str):
        if not isinstance(holder, dict):
            raise _misfit(path, depth, "a mapping")
    elif isinstance(holder, list):
        holder.extend([None] * (step + 1 - len(holder)))
    else:
        raise _misfit(path, depth, "a list")


def _misfit(path: Sequence[str | int], depth: int, what: str) -> SpecError:
    place = ""
    for step in path[:depth]:
        place = child(place, step)
    return SpecError([Problem(place, f"is not {what}, so {path[depth]!r} cannot be set in it", source="--set")])
