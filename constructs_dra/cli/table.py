"""Tables for people at a terminal."""

from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["print_table"]


def print_table(headings: Iterable[str], rows: Iterable[Sequence[str]], *, style: Callable[[Sequence[str]], str]) -> None:
    """Print rows under headings as wide as the terminal is; long cells are folded.

    Args:
        headings: The first line.
        rows: The cells of the others.
        style: The style of a row, as rich names it.
    """
    table = Table(box=None, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=style(row)) for cell in row))
    Console().print(table)
