"""Comments of a values file: which line each one speaks of, and whether it speaks at all or is a value that was switched off."""

import re
from unicodedata import normalize

from attrs import field, frozen

from constructs_dra.yaml.reader import events

__all__ = ["Comment", "header", "line_comments"]

_SWITCHED_OFF = re.compile(r"-?\s*[\w./\"'-]+\s*:(\s|$)|-\s+\S|@schema|yaml-language-server")
"""A comment that looks like YAML is a value switched off, not a remark; in Python it would be neither."""

_CODE_MARKS = re.compile(r"[()\[\]{}:=%]|^(?:return|break|continue|import|pass)\b")

_TASKS = {"TODO": "To do", "FIXME": "To be fixed", "XXX": "Mind", "HACK": "Makeshift"}
"""What linters take for work that must be done first, in plain words."""

_TASK = re.compile(rf"^({'|'.join(_TASKS)})\b", re.IGNORECASE)

_TRAILING = re.compile(r"\s#\s*(.*)$")
_QUOTE = re.compile("[\"']")
_QUOTED = {'"': re.compile(r"\"(?:[^\"\\]|\\.)*\""), "'": re.compile(r"'[^']*'")}
_PLAIN_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "→": "->", "×": "x", "\u00a0": " ", "−": "-"})  # noqa: RUF001
"""Signs that linters take for a slip of the keyboard."""


@frozen
class Comment:
    """A remark.

    Attributes:
        line: The line it speaks of, from 1: its own, or the next one that says anything.
        text: Its words, without the mark.
        trailing: Whether it stands behind that line.
    """

    line: int
    text: str
    trailing: bool = field(default=False)


def line_comments(text: str) -> tuple[list[Comment], int]:
    """The remarks of a file in order, and how many commented-out values were passed over."""
    inside = _inside_texts(text)
    found: list[Comment] = []
    waiting: list[str] = []
    passed = 0
    for number, row in enumerate(text.split("\n"), 1):
        if number in inside:
            continue
        words = row.strip()
        if words.startswith("#"):
            remark = _words(words)
            if remark and not _is_code(remark):
                waiting.append(remark)
            elif remark:
                passed += 1
                # what stands above a value that was switched off speaks of that value
                waiting.clear()
            continue
        if not words:
            continue
        found += [Comment(number, remark) for remark in waiting]
        waiting = []
        if (match := _TRAILING.search(_without_texts(row))) and (remark := _words(row[match.start() :].strip())):
            if _is_code(remark):
                passed += 1
            else:
                found.append(Comment(number, remark, trailing=True))
    return found, passed


def _inside_texts(text: str) -> set[int]:
    """Lines, from 1, that belong to a string over several lines, in which `#` is not a comment."""
    inside: set[int] = set()
    for event in events(text):
        if getattr(event, "value", None) is not None:
            last = event.end_mark.line + (1 if event.end_mark.column else 0)
            inside.update(range(event.start_mark.line + 2, last + 1))
    return inside


def header(text: str) -> list[str]:
    """The remarks at the top of a file that a blank line sets apart from what follows."""
    rows = []
    for row in text.split("\n"):
        if not row.strip():
            break
        if not row.startswith("#"):
            return []
        rows.append(_words(row))
    return [row for row in rows if row and not _is_code(row)]


def _is_code(remark: str) -> bool:
    """Whether a remark is a value that was switched off, or would pass for Python that was."""
    if _SWITCHED_OFF.match(remark):
        return True
    if not _CODE_MARKS.search(remark):
        return False
    try:
        compile(remark, "remark", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def _words(comment: str) -> str:
    words = normalize("NFKC", comment.lstrip("# \t").rstrip().translate(_PLAIN_QUOTES))
    words = _TASK.sub(lambda match: _TASKS[match.group(1).upper()], words)
    return "" if not words.strip("-=#* ") else words.removeprefix("-- ")


def _without_texts(row: str) -> str:
    """The row with quoted strings blanked, so that a mark inside them is not met; a quotation mark without its partner is a plain letter."""
    out: list[str] = []
    position = 0
    lone: set[str] = set()
    while match := _QUOTE.search(row, position):
        mark = match.group()
        end = None if mark in lone else _QUOTED[mark].match(row, match.start())
        out.append(row[position : match.start()])
        if end is None:
            lone.add(mark)  # looked for once: the rest of a long row is not read again for each mark
            out.append(mark)
            position = match.end()
        else:
            out.append("_" * len(end.group()))
            position = end.end()
    return "".join([*out, row[position:]])
