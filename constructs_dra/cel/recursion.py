"""Python's limit on recursion, raised while expressions are walked."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["deep_recursion"]

_FRAMES = 12_000
"""Python frames enough for any expression within the limits on length and nesting."""


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Expressions nest deeper than Python's default limit allows. Frames live on the heap, so nothing can overflow."""
    before = sys.getrecursionlimit()
    if before >= _FRAMES:
        yield
        return
    sys.setrecursionlimit(_FRAMES)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
