"""Python literals as ruff writes them."""

import re
import unicodedata
from typing import Any

__all__ = ["LONGEST_LINE", "WIDTH", "chunks", "literal", "text_literal", "triple_quoted"]

WIDTH = 88
"""Ruff's default line length; what is broken at it keeps its shape at longer ones, since every broken bracket ends with a comma."""

LONGEST_LINE = 150
"""No line is longer; a string that does not fit is written in parts, and ruff would join parts that fit."""

_LONGEST = 120
"""Longest part of a string."""

_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\"}


def literal(value: Any) -> str:
    """A JSON-like value on one line."""
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return repr(value)


def text_literal(text: str) -> str:
    """A string in double quotes, or in single ones where that saves escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_char(char, quote) for char in text) + quote


def _char(char: str, quote: str) -> str:
    if char == quote:
        return "\\" + char
    if char in _ESCAPES:
        return _ESCAPES[char]
    if " " <= char <= "~":
        return char
    if char.isprintable() and char.isalpha() and not unicodedata.name(char, "").startswith(("CYRILLIC", "GREEK", "FULLWIDTH")):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def triple_quoted(text: str) -> str:
    """A string over several lines as one triple-quoted literal; empty where it would not read well, or lose something."""
    lines = text.split("\n")
    if len(lines) < 3 or '"""' in text or text.endswith(('"', "\\")) or any(line != line.rstrip() for line in lines) or not lines[0]:
        return ""
    if not all(char == "\n" or " " <= char <= "~" for char in text) or any(len(line) > _LONGEST for line in lines):
        return ""
    return f'r"""{text}"""' if "\\" in text else f'"""{text}"""'


def chunks(text: str) -> list[str]:
    """A long text in parts, broken behind line ends, blanks or commas; one part where it is short."""
    if "\n" not in text.rstrip("\n") and len(text) <= _LONGEST:
        return [text]
    parts: list[str] = []
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        rest = line
        while len(rest) > _LONGEST:
            cut = max(rest.rfind(mark, _LONGEST // 3, _LONGEST) for mark in (" ", ",", "&", ";")) + 1 or _LONGEST
            parts.append(rest[:cut])
            rest = rest[cut:]
        parts.append(rest)
    return parts
