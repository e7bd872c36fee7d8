"""RE2's syntax: from the text of a pattern to a tree."""

import re
import unicodedata
from functools import cache
from typing import Any, TypeAlias

__all__ = ["Ranges", "RegexError", "Tree", "parse_regex"]

_MAX_REPEAT = 1000
_TOP = 0x10FFFF

Ranges: TypeAlias = tuple[tuple[int, int], ...]
Tree: TypeAlias = tuple[Any, ...]
"""`(kind, …)`: set, cat, alt, repeat, group, assert, empty."""


class RegexError(ValueError):
    """The text is not an RE2 regular expression."""


_DIGIT: Ranges = ((48, 57),)
_SPACE: Ranges = ((9, 10), (12, 13), (32, 32))
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_PERL = {"d": _DIGIT, "s": _SPACE, "w": _WORD}
_POSIX: dict[str, Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)), "alpha": ((65, 90), (97, 122)), "ascii": ((0, 127),), "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)), "digit": _DIGIT, "graph": ((33, 126),), "lower": ((97, 122),), "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)), "space": ((9, 13), (32, 32)), "upper": ((65, 90),), "word": _WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}  # fmt: skip
_ESCAPES = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_ASSERTS = {"A": "start", "z": "end", "b": "boundary", "B": "inside"}
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def _merged(ranges: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def _negated(ranges: Ranges) -> Ranges:
    gaps: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if start < low:
            gaps.append((start, low - 1))
        start = high + 1
    if start <= _TOP:
        gaps.append((start, _TOP))
    return tuple(gaps)


def _folded(ranges: Ranges) -> Ranges:
    """The ranges with the other case of each letter. Wide ranges are folded for ASCII only."""
    more = list(ranges)
    for low, high in ranges:
        span = range(low, high + 1) if high - low < 600 else range(max(low, 65), min(high, 122) + 1)
        others = (other for code in span for other in (chr(code).lower(), chr(code).upper()) if len(other) == 1)
        more.extend((ord(other), ord(other)) for other in others)
    return _merged(more)


@cache
def _category(name: str) -> Ranges:
    """Characters of a Unicode general category (`L`, `Lu`)."""
    found: list[tuple[int, int]] = []
    for code in range(_TOP + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if found and found[-1][1] == code - 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    return tuple(found)


_CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cs".split()  # noqa: SIM905
)


class _Parser:
    """Reads a pattern; `flags` are the letters switched on (i, m, s, U)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._names: set[str] = set()

    def parse(self) -> Tree:
        tree = self._alternatives(frozenset())
        if self._at < len(self._text):
            raise RegexError("an unexpected )")
        return tree

    def _peek(self, ahead: int = 0) -> str:
        return self._text[self._at + ahead : self._at + ahead + 1]

    def _alternatives(self, flags: frozenset[str]) -> Tree:
        self._depth += 1
        if self._depth > 100:
            raise RegexError("nested too deep")
        branches: list[Tree] = []
        sequence: list[Tree] = []
        while (char := self._peek()) and char != ")":
            if char == "|":
                self._at += 1
                branches.append(("cat", sequence))
                sequence = []
            elif char == "(" and self._peek(1) == "?" and self._peek(2) not in {"P", "<"}:
                flags, group = self._flagged(flags)
                if group is not None:
                    sequence.append(self._repeated(group, flags))
            else:
                sequence.append(self._repeated(self._atom(flags), flags))
        branches.append(("cat", sequence))
        self._depth -= 1
        return branches[0] if len(branches) == 1 else ("alt", branches)

    def _flagged(self, flags: frozenset[str]) -> tuple[frozenset[str], Tree | None]:
        """`(?flags)` changes the flags from here on; `(?flags:…)` those of a group."""
        match = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])").match(self._text, self._at)
        if match is None or (match[3] == ")" and not match[1] and not match[2]):
            raise RegexError(f"{self._text[self._at : self._at + 4]!r} is no group RE2 knows")
        self._at = match.end()
        changed = (flags | frozenset(match[1])) - frozenset((match[2] or "")[1:])
        if match[3] == ")":
            return changed, None
        return flags, self._closed(self._alternatives(changed))

    def _closed(self, tree: Tree) -> Tree:
        if self._peek() != ")":
            raise RegexError("a ( is not closed")
        self._at += 1
        return tree

    def _repeated(self, atom: Tree, flags: frozenset[str]) -> Tree:
        repeats = 0
        while True:
            bounds = self._bounds()
            if bounds is None:
                return atom
            repeats += 1
            if repeats > 1 and atom[0] == "repeat":
                raise RegexError("two repetitions in a row")
            greedy = "U" not in flags
            if self._peek() == "?":
                self._at += 1
                greedy = not greedy
            atom = ("repeat", atom, *bounds, greedy)

    def _bounds(self) -> tuple[int, int | None] | None:
        char = self._peek()
        if char and char in "*+?":
            self._at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        match = re.compile(r"\{([0-9]+)(,([0-9]*))?\}").match(self._text, self._at)
        if match is None:
            return None
        low = int(match[1]) if len(match[1]) < 6 else _MAX_REPEAT + 1
        high = low if not match[2] else None if not match[3] else int(match[3]) if len(match[3]) < 6 else _MAX_REPEAT + 1
        if low > _MAX_REPEAT or (high is not None and (high > _MAX_REPEAT or high < low)):
            raise RegexError(f"{match[0]} is no repetition RE2 allows")
        self._at = match.end()
        return low, high

    def _atom(self, flags: frozenset[str]) -> Tree:
        char = self._peek()
        if char in "*+?":
            raise RegexError(f"{char} has nothing to repeat")
        if char == "(":
            named = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>").match(self._text, self._at)
            if named is None and self._peek(1) == "?":
                raise RegexError("a group that RE2 does not know")
            if named is not None:
                if named[1] in self._names:
                    raise RegexError(f"two groups are called {named[1]}")
                self._names.add(named[1])
            self._at = named.end() if named else self._at + 1
            return self._closed(self._alternatives(flags))
        if char == "[":
            return ("set", self._class(flags))
        if char == "\\":
            return self._escape(flags)
        self._at += 1
        if char == ".":
            return ("set", ((0, _TOP),) if "s" in flags else ((0, 9), (11, _TOP)))
        if char == "^":
            return ("assert", "line start" if "m" in flags else "start")
        if char == "$":
            return ("assert", "line end" if "m" in flags else "end")
        return self._literal(ord(char), flags)

    def _literal(self, code: int, flags: frozenset[str]) -> Tree:
        ranges: Ranges = ((code, code),)
        return ("set", _folded(ranges) if "i" in flags else ranges)

    def _escape(self, flags: frozenset[str]) -> Tree:
        letter = self._peek(1)
        if letter in _ASSERTS and letter:
            self._at += 2
            return ("assert", _ASSERTS[letter])
        if letter == "Q":
            end = self._text.find("\\E", self._at + 2)
            quoted = self._text[self._at + 2 : end if end >= 0 else None]
            self._at = end + 2 if end >= 0 else len(self._text)
            return ("cat", [self._literal(ord(char), flags) for char in quoted])
        ranges = self._class_escape(flags)
        return ("set", ranges) if ranges is not None else self._literal(self._character(), flags)

    def _class_escape(self, flags: frozenset[str]) -> Ranges | None:
        r"""`\d`, `\W`, `\pL`, `\P{Lu}`: a whole class, or None."""
        letter = self._peek(1)
        if letter and letter.lower() in _PERL:
            self._at += 2
            ranges = _PERL[letter.lower()]
            return _negated(ranges) if letter.isupper() else ranges
        if letter not in {"p", "P"}:
            return None
        match = re.compile(r"\\[pP](?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))").match(self._text, self._at)
        name = (match[2] or match[3]) if match else ""
        if match is None or (name not in _CATEGORIES and name != "Any"):
            raise RegexError(f"{self._text[self._at : self._at + 6]!r} names no class of characters known here")
        self._at = match.end()
        ranges = ((0, _TOP),) if name == "Any" else _category(name)
        ranges = _folded(ranges) if "i" in flags else ranges
        return _negated(ranges) if (letter == "P") != bool(match[1]) else ranges

    def _character(self) -> int:
        """The character an escape sequence means."""
        match = re.compile(r"\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([1-7][0-7]{1,2}|0[0-7]{0,2})|(.))", re.DOTALL).match(self._text, self._at)
        if match is None:
            raise RegexError("a \\ at the end")
        self._at = match.end()
        if match[1] or match[2]:
            code = int((match[1] or match[2])[-7:], 16)
            if code > _TOP:
                raise RegexError(f"{match[0]} is no character")
            return code
        if match[3]:
            return int(match[3], 8)
        letter = match[4]
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        if letter in _PUNCTUATION:
            return ord(letter)
        raise RegexError(f"\\{letter} means nothing to RE2")

    def _class(self, flags: frozenset[str]) -> Ranges:
        self._at += 1
        negated = self._peek() == "^"
        if negated:
            self._at += 1
        ranges: list[tuple[int, int]] = []
        first = True
        while (char := self._peek()) != "]" or first:
            if not char:
                raise RegexError("a [ is not closed")
            first = False
            ranges.extend(self._class_item(flags))
        self._at += 1
        merged = _merged(ranges)
        merged = _folded(merged) if "i" in flags else merged
        return _negated(merged) if negated else merged

    def _class_item(self, flags: frozenset[str]) -> Ranges:
        posix = re.compile(r"\[:(\^?)([a-z]+):\]").match(self._text, self._at)
        if posix is not None:
            if posix[2] not in _POSIX:
                raise RegexError(f"{posix[0]} names no class of characters")
            self._at = posix.end()
            return _negated(_POSIX[posix[2]]) if posix[1] else _POSIX[posix[2]]
        if self._peek() == "\\" and (found := self._class_escape(flags)) is not None:
            return found
        low = self._class_character()
        if self._peek() != "-" or self._peek(1) in {"]", ""}:
            return ((low, low),)
        self._at += 1
        high = self._class_character()
        if high < low:
            raise RegexError("a range of characters runs backwards")
        return ((low, high),)

    def _class_character(self) -> int:
        if self._peek() == "\\":
            return self._character()
        if not self._peek():
            raise RegexError("a [ is not closed")
        self._at += 1
        return ord(self._text[self._at - 1])


def parse_regex(text: str) -> Tree:
    """Read a pattern.

    Raises:
        RegexError: It is not RE2 syntax.
    """
    return _Parser(text).parse()
