"""Versions of vLLM as columns of the catalogue, and words for ranges of them."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

from constructs_dra.engines.data import facts
from constructs_dra.errors import did_you_mean
from constructs_dra.lazy import lazy_pattern

__all__ = ["Standing", "columns", "known", "number", "span_words", "standing", "unknown_version", "variants", "versions"]

Standing = Literal["known", "older", "newer", "never", "unreadable"]
"""How a version stands to those of the catalogue, which has every release between its first and its last."""

_SHAPE = lazy_pattern(r"v?(\d+(?:\.\d+)*(?:\.post\d+)?)(?:\.?(?:rc|dev|a|b)\d+)?(?:[-+][0-9A-Za-z.]+)?\Z", re.ASCII)


@cache
def versions() -> tuple[str, ...]:
    """Every version whose flags are known, oldest first."""
    return tuple(facts("vllm")["versions"])


@cache
def columns() -> dict[str, int]:
    """The number of each version, oldest first from 0."""
    return {version: index for index, version in enumerate(versions())}


def variants() -> tuple[str, ...]:
    """Forks whose flags are known besides, e.g. `gaudi-0.9.0.1`."""
    return tuple(facts("vllm")["variants"])


def number(version: str) -> int:
    """The column of a version, or of the one a fork was made from.

    Raises:
        KeyError: The version is not known.
    """
    fork = facts("vllm")["variants"].get(version)
    return columns()[fork["base"] if fork else version]


def known(version: str) -> str | None:
    """The version as the catalogue spells it, or None: `v0.11.0`, `0.11.0+cu129` and `0.18.0rc2` count as their release."""
    if version in columns() or version in variants():
        return version
    match = _SHAPE.match(version)
    return match[1] if match and match[1] in columns() else None


def standing(version: str) -> Standing:
    """Whether a version is known, older or newer than all that are, or none that was ever released (`never`); `unreadable`: not a version."""
    if known(version) is not None:
        return "known"
    match = _SHAPE.match(version)
    if match is None:
        return "unreadable"
    asked, names = _ordered(match[1]), versions()
    return "older" if asked < _ordered(names[0]) else "newer" if asked > _ordered(names[-1]) else "never"


def _ordered(version: str) -> tuple[int, ...]:
    """A version in a form that sorts; what it leaves out is 0."""
    numbers, _, post = version.partition(".post")
    parts = [int(part) for part in numbers.split(".")]
    return (*parts, *[0] * (4 - len(parts)), int(post or 0))


def unknown_version(version: str) -> str:
    """The hint for a version nobody knows: the nearest one, and which are known."""
    names = versions()
    match = _SHAPE.match(version)
    plain = match[1] if match else version.removeprefix("v")
    return did_you_mean(plain, [*names, *variants()], fallback=lambda _: f"known: {names[0]} to {names[-1]}")


def span_words(spans: Iterable[Sequence[int]]) -> str:
    """Ranges of columns in words: `0.8.4 to 0.16.0, and 0.33.0`."""
    names = versions()
    parts = []
    for first, last, *_ in _merged(spans):
        if last == len(names) - 1 and first != last:
            parts.append(f"{names[first]} and later" if first else "every version")
        elif first == last:
            parts.append(names[first])
        else:
            parts.append(f"{names[first]} to {names[last]}" if first else f"{names[last]} and earlier")
    return ", ".join(parts)


def _merged(spans: Iterable[Sequence[int]]) -> list[list[int]]:
    """Ranges in order, neighbours put together."""
    made: list[list[int]] = []
    for first, last in sorted((span[0], span[1]) for span in spans):
        if made and first <= made[-1][1] + 1:
            made[-1][1] = max(made[-1][1], last)
        else:
            made.append([first, last])
    return made


def spans_of(numbers: Iterable[int]) -> list[list[int]]:
    """Columns as ranges."""
    return _merged([one, one] for one in numbers)
