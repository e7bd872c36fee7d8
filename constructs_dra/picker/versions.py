"""Versions of llm-d's router as columns of the catalogue."""

import re
from functools import cache, lru_cache
from typing import Final

from constructs_dra.lazy import lazy_pattern
from constructs_dra.picker.data import facts
from constructs_dra.words import did_you_mean

__all__ = ["DEFAULT_ROUTER", "column", "router_of_image", "router_version", "versions"]

DEFAULT_ROUTER: Final = "v0.10"
"""The router that checks assume where nothing says which one it is: the newest release in the catalogue."""

_SHAPE = lazy_pattern(r"v?(0\.\d{1,3})(?:\.\d{1,6})?(?:[-+][0-9A-Za-z.+-]*)?\Z", re.ASCII)
_PICKER = lazy_pattern(r"(?:^|/)(?:llm-d-router-endpoint-picker|llm-d-inference-scheduler|epp)(?:-dev)?\Z")


@cache
def versions() -> tuple[str, ...]:
    """Every version in the catalogue, oldest first. `main` is its development of 2026-08-22, `newer` what followed until November 2026."""
    return tuple(facts("picker")["versions"])


def router_version(text: str) -> str:
    """A version as the catalogue spells it: `v0.10.0`, `0.10` and `v0.10.0-rc.1` are `v0.10`.

    Raises:
        ValueError: The catalogue does not hold it.
    """
    if text in versions():
        return text
    match = _SHAPE.match(text)
    if match is not None and f"v{match[1]}" in versions():
        return f"v{match[1]}"
    hint = did_you_mean(text, versions(), fallback=lambda names: f"known: {', '.join(names)}")
    raise ValueError(f"{text!r} is not a version of the router known here; {hint}")


def column(version: str) -> int:
    """The number of a version, oldest first from 0.

    Raises:
        ValueError: The catalogue does not hold it.
    """
    return versions().index(router_version(version))


@lru_cache(maxsize=512)
def router_of_image(image: str) -> str | None:
    """The version that the tag of a picker's image names; None for another image, or a tag that names no version known here."""
    repository, _, tag = image.partition("@")[0].rpartition(":")
    if "/" in tag or not _PICKER.search(repository):
        return None
    try:
        return router_version(tag)
    except ValueError:
        return None
