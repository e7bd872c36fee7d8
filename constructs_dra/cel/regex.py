"""RE2 regular expressions, the kind CEL's `matches`, `find` and `findAll` take: leftmost-first matching in linear time.

Patterns run on Python's `re`, translated, unless repetition could make that slow; then on a simulation of the automaton.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from constructs_dra.cel.regex_syntax import Ranges, RegexError, Tree, parse_regex

__all__ = ["Regex", "RegexError", "compile_regex"]

_MAX_SIZE = 20_000
"""Largest automaton, counted in states: bounded repetition is spelt out, as RE2 does."""


def _python(tree: Tree) -> str:
    """The tree in the syntax of Python's `re`."""
    kind = tree[0]
    if kind == "set":
        return _python_set(tree[1])
    if kind == "cat":
        return "".join(map(_python, tree[1]))
    if kind == "alt":
        return f"(?:{'|'.join(map(_python, tree[1]))})"
    if kind == "repeat":
        _kind, inner, low, high, greedy = tree
        bounds = f"{{{low},{'' if high is None else high}}}"
        return f"(?:{_python(inner)}){bounds}{'' if greedy else '?'}"
    return _PYTHON_ASSERTS[tree[1]]


_PYTHON_ASSERTS = {
    "start": r"\A", "end": r"\Z", "line start": r"(?m:^)", "line end": r"(?m:$)", "boundary": r"(?a:\b)", "inside": r"(?a:\B)",
}  # fmt: skip


def _python_set(ranges: Ranges) -> str:
    if not ranges:
        return r"(?!)"
    return "[" + "".join(f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges) + "]"


class _Shape(NamedTuple):
    """What decides how a pattern is run.

    Attributes:
        size: States of its automaton.
        loops: Repetitions without an upper bound.
        choices: Places where a backtracking matcher has a choice, the loops among them.
        nested: Whether such a place is inside a repetition.
    """

    size: int
    loops: int
    choices: int
    nested: bool


def _shape(tree: Tree) -> _Shape:
    kind = tree[0]
    if kind in {"cat", "alt"}:
        parts = [_shape(part) for part in tree[1]]
        return _Shape(
            sum(part.size + 1 for part in parts),
            sum(part.loops for part in parts),
            sum(part.choices for part in parts) + (kind == "alt"),
            any(part.nested for part in parts),
        )
    if kind == "repeat":
        _kind, inner, low, high, _greedy = tree
        below = _shape(inner)
        times = max(low, high if high is not None else low + 1, 1)
        repeated = high is None or high > 1
        return _Shape(
            below.size * times + times, below.loops + (high is None), below.choices + (low != high), below.nested or (repeated and below.choices > 0)
        )
    return _Shape(1, 0, 0, nested=False)


_Program = list[tuple[Any, ...]]
"""Instructions: `(set, ranges)`, `(split, first, second)`, `(jump, to)`, `(assert, name)`, `(match,)`."""


def _assemble(tree: Tree, program: _Program) -> None:
    kind = tree[0]
    if kind in {"set", "assert"}:
        program.append(tree)
    elif kind == "cat":
        for part in tree[1]:
            _assemble(part, program)
    elif kind == "alt":
        _assemble_alternatives(tree[1], program)
    else:
        _kind, inner, low, high, greedy = tree
        for _ in range(low):
            _assemble(inner, program)
        if high is None:
            start = len(program)
            program.append(())
            _assemble(inner, program)
            program.append(("jump", start))
            program[start] = _split(start + 1, len(program), greedy=greedy)
        else:
            starts = []
            for _ in range(high - low):
                starts.append(len(program))
                program.append(())
                _assemble(inner, program)
            for start in starts:
                program[start] = _split(start + 1, len(program), greedy=greedy)


def _assemble_alternatives(branches: list[Tree], program: _Program) -> None:
    jumps = []
    for branch in branches[:-1]:
        start = len(program)
        program.append(())
        _assemble(branch, program)
        jumps.append(len(program))
        program.append(())
        program[start] = ("split", start + 1, len(program))
    _assemble(branches[-1], program)
    for jump in jumps:
        program[jump] = ("jump", len(program))


def _split(inside: int, outside: int, *, greedy: bool) -> tuple[str, int, int]:
    return ("split", inside, outside) if greedy else ("split", outside, inside)


def _holds(name: str, text: str, at: int) -> bool:
    if name == "start":
        return at == 0
    if name == "end":
        return at == len(text)
    if name == "line start":
        return at == 0 or text[at - 1] == "\n"
    if name == "line end":
        return at == len(text) or text[at] == "\n"
    before = at > 0 and text[at - 1].isascii() and (text[at - 1].isalnum() or text[at - 1] == "_")
    after = at < len(text) and text[at].isascii() and (text[at].isalnum() or text[at] == "_")
    return (before != after) == (name == "boundary")


class _Automaton:
    """Runs all ways through a pattern side by side, the preferred first."""

    def __init__(self, tree: Tree) -> None:
        self._program: _Program = []
        _assemble(tree, self._program)
        self._program.append(("match",))

    def search(self, text: str, start: int) -> tuple[int, int] | None:
        threads: list[tuple[int, int]] = []  # instruction and where its match began, the preferred first
        best: tuple[int, int] | None = None
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            current: list[tuple[int, int]] = []
            for thread in threads:
                self._follow(thread, text, at, (seen, current))
            if best is None:
                self._follow((0, at), text, at, (seen, current))
            elif not current:
                break
            threads = []
            code = ord(text[at]) if at < len(text) else -1
            for instruction, began in current:
                step = self._program[instruction]
                if step[0] == "match":
                    best = (began, at)
                    break  # what comes after is less preferred
                if any(low <= code <= high for low, high in step[1]):
                    threads.append((instruction + 1, began))
        return best

    def _follow(self, thread: tuple[int, int], text: str, at: int, found: tuple[set[int], list[tuple[int, int]]]) -> None:
        (instruction, began), (seen, current) = thread, found
        pending = [instruction]
        while pending:
            where = pending.pop()
            if where in seen:
                continue
            seen.add(where)
            step = self._program[where]
            if step[0] == "split":
                pending += [step[2], step[1]]
            elif step[0] == "jump":
                pending.append(step[1])
            elif step[0] != "assert":
                current.append((where, began))
            elif _holds(step[1], text, at):
                pending.append(where + 1)


class Regex:
    """A compiled pattern.

    Raises:
        RegexError: The pattern is not RE2 syntax or too large.
    """

    def __init__(self, pattern: str) -> None:
        tree = parse_regex(pattern)
        shape = _shape(tree)
        if shape.size > _MAX_SIZE:
            raise RegexError("too large once its repetitions are spelt out")
        self._search: Callable[[str, int], tuple[int, int] | None]
        if shape.nested or shape.loops > 2 or shape.choices > 8:
            self._search = _Automaton(tree).search
        else:
            compiled = re.compile(_python(tree))
            self._search = lambda text, start: found.span() if (found := compiled.search(text, start)) is not None else None
        self.matches = lru_cache(maxsize=1024)(self._matches)

    def _matches(self, text: str) -> bool:
        return self._search(text, 0) is not None

    def find(self, text: str) -> str:
        """The first match, or an empty text."""
        span = self._search(text, 0)
        return "" if span is None else text[span[0] : span[1]]

    def find_all(self, text: str) -> Iterator[str]:
        """All matches, from left to right; an empty one never right after another."""
        at, last = 0, -1
        while at <= len(text):
            span = self._search(text, at)
            if span is None:
                return
            begin, end = span
            if begin != end or begin != last:
                yield text[begin:end]
            last = end
            at = end if end > begin else end + 1


@lru_cache(maxsize=512)
def compile_regex(pattern: str) -> Regex:
    """Compile a pattern, once.

    Raises:
        RegexError: The pattern is not RE2 syntax or too large.
    """
    return Regex(pattern)
