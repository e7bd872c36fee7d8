"""A tree of calls as lines of Python, as ruff lays them out: on one line where it fits, else one entry a line with a comma behind each."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from attrs import field, frozen

from constructs_dra.helm.calls import Call, Listed, Named, Tree
from constructs_dra.helm.source.literals import LONGEST_LINE, WIDTH, chunks, literal, text_literal
from constructs_dra.paths import child

__all__ = ["Name", "Remarks", "Writer", "entries_of", "flat", "places"]


_ADDRESS = "  # noqa: S104"
"""Behind an address that means all interfaces: inside a pod that is right."""


@frozen
class Name(Call):
    """A name that stands for a value written elsewhere."""


@frozen
class Remarks:
    """The comments of one place.

    Attributes:
        above: Lines above it.
        behind: What stands behind its line.
    """

    above: list[str] = field(factory=list)
    behind: list[str] = field(factory=list)


@frozen
class Entry:
    """One thing inside brackets: what stands before its value, the value, and its place."""

    prefix: str
    value: Tree
    path: str


def entries_of(tree: Tree, path: str) -> tuple[str, list[Entry], str] | None:
    """The brackets of a tree and what is in them; None where it has none."""
    if isinstance(tree, Name):
        return None
    if isinstance(tree, Call):
        positional = [Entry("", argument.value, argument.path) for argument in tree.positional]
        keywords = [Entry(f"{name}=", argument.value, argument.path) for name, argument in tree.keywords.items()]
        return f"{tree.function}(", positional + keywords, ")"
    if isinstance(tree, Listed):
        return "[", [Entry("", item.value, item.path) for item in tree.items], "]"
    if isinstance(tree, Named):
        return "{", [Entry(f"{text_literal(name)}: ", item.value, item.path) for name, item in tree.items.items()], "}"
    if isinstance(tree, list):
        return "[", [Entry("", item, child(path, index)) for index, item in enumerate(tree)], "]"
    if isinstance(tree, dict):
        return "{", [Entry(f"{text_literal(str(name))}: ", item, child(path, name)) for name, item in tree.items()], "}"
    return None


def flat(tree: Tree) -> str:
    """The tree on one line."""
    if isinstance(tree, Name):
        return tree.function
    brackets = entries_of(tree, "")
    if brackets is None:
        return literal(tree)
    opening, entries, closing = brackets
    return opening + ", ".join(entry.prefix + flat(entry.value) for entry in entries) + closing


class Writer:
    """Lays trees out and puts each remark to its place, once."""

    def __init__(self, remarks: Mapping[str, Remarks]) -> None:
        self.remarks = dict(remarks)
        self.lines: list[str] = []

    def write(self, tree: Tree, *, prefix: str = "", path: str = "", depth: int = 0, suffix: str = "") -> None:
        """Append one tree."""
        indent = "    " * depth
        remarks = self.remarks.pop(path, None) if path else None
        if remarks is None:
            remarks = Remarks()
        self.lines += [f"{indent}# {line}" for text in remarks.above for line in _wrapped(text, WIDTH - len(indent) - 2)]
        line = f"{indent}{prefix}{flat(tree)}{suffix}"
        brackets = entries_of(tree, path)
        if brackets is not None and len(brackets[1]) == 1:
            remarks.behind.extend(self._only_remark(brackets[1][0], line))
        one_line = len(line) <= WIDTH and not self._remarked(tree, path)
        first = len(self.lines)
        if brackets is None or not brackets[1]:
            self._scalar(tree, line, prefix=prefix, suffix=suffix, depth=depth)
        elif one_line:
            self.lines.append(line)
        else:
            opening, entries, closing = brackets
            self.lines.append(f"{indent}{prefix}{opening}")
            for entry in entries:
                self.write(entry.value, prefix=entry.prefix, path=entry.path, depth=depth + 1, suffix=",")
            self.lines.append(f"{indent}{closing}{suffix}")
        self.lines[first:] = [row + _ADDRESS if '"0.0.0.0"' in row and "#" not in row else row for row in self.lines[first:]]
        if remarks.behind:
            self._behind(" ".join(remarks.behind), first, indent)

    def _scalar(self, tree: Tree, line: str, *, prefix: str, suffix: str, depth: int) -> None:
        indent = "    " * depth
        parts = chunks(tree) if isinstance(tree, str) else []
        if len(parts) < 2 or len(line) <= LONGEST_LINE:
            self.lines.append(line)
            return
        self.lines.append(f"{indent}{prefix}(")
        self.lines += [f"{'    ' * (depth + 1)}{text_literal(part)}" for part in parts]
        self.lines.append(f"{indent}){suffix}")

    def _only_remark(self, entry: Entry, line: str) -> list[str]:
        """The remark behind the only thing in brackets, taken to stand behind the brackets where they fit on a line with it."""
        inner = self.remarks.get(entry.path)
        if inner is None or inner.above or self._remarked(entry.value, entry.path) or len(f"{line}  # {' '.join(inner.behind)}") > WIDTH:
            return []
        del self.remarks[entry.path]
        return inner.behind

    def _behind(self, text: str, first: int, indent: str) -> None:
        line = f"{self.lines[first]}  # {text}"
        if len(line) <= WIDTH:
            self.lines[first] = line
        else:
            self.lines[first:first] = [f"{indent}# {part}" for part in _wrapped(text, WIDTH - len(indent) - 2)]

    def _remarked(self, tree: Tree, path: str) -> bool:
        """Whether a remark belongs inside."""
        brackets = entries_of(tree, path)
        return brackets is not None and any(entry.path in self.remarks or self._remarked(entry.value, entry.path) for entry in brackets[1])


def places(tree: Tree, path: str) -> Iterator[str]:
    """Every place that can take a remark, in the order of the source."""
    if path:
        yield path
    brackets = entries_of(tree, path)
    for entry in brackets[1] if brackets else ():
        yield from places(entry.value, entry.path)


def _wrapped(text: str, width: int) -> Sequence[str]:
    """A remark in lines that fit."""
    return wrap(text, max(width, 30), break_long_words=False, break_on_hyphens=False) or [text]
