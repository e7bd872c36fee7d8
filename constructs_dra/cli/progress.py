"""How far a command is: one line on stderr that is written over and wiped away, for people who wait at a terminal."""

import sys
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

__all__ = ["Progress", "progress_option"]

_F = TypeVar("_F", bound=Callable[..., Any])

_SILENT: Final = 1.0
"""Seconds before the first word: what is done by then needs none."""

_BETWEEN: Final = (0.2, 5.0)
"""Seconds between two lines: on a terminal, and elsewhere, where each stays."""


class Progress:
    """Says how far the work is, now and then.

    Args:
        shown: Whether anything is said.
    """

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._terminal = shown and sys.stderr.isatty()
        self._next = time.monotonic() + _SILENT
        self._written = False

    def watch(self, words: str) -> Callable[[int, int], None]:
        """Takes what is done and how much there is, as often as the work likes.

        Args:
            words: What is said, with `{done}` and `{total}` in it.
        """

        def see(done: int, total: int) -> None:
            if self._shown and (now := time.monotonic()) >= self._next:
                self._next = now + _BETWEEN[not self._terminal]
                self._written = True
                text = words.format(done=done, total=total)
                click.echo(f"\r{text}\x1b[K" if self._terminal else text, err=True, nl=not self._terminal, color=True)

        return see

    def done(self) -> None:
        """Wipe the line away."""
        if self._written and self._terminal:
            click.echo("\r\x1b[K", err=True, nl=False, color=True)


def progress_option(function: _F) -> _F:
    """The option `--progress`, which gives the parameter `progress`: yes, no, or None where nothing was said."""
    words = "Say on stderr how far the work is.  [default: at a terminal; never with --format json or sarif]"
    return click.option("--progress/--no-progress", default=None, help=words)(function)
