"""CEL's tokens, by the grammar of cel-go (the implementation inside Kubernetes)."""

import re
from typing import NamedTuple

from constructs_dra.cel.values import Uint

__all__ = ["CelSyntaxError", "Token", "tokenize"]


class CelSyntaxError(Exception):
    """The text is not CEL.

    Attributes:
        message: What is wrong.
        position: Offset of the place.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: `name`, `literal`, `end`, or the operator itself.
        value: The name, or the literal's value.
        position: Offset of its first character.
    """

    kind: str
    value: object
    position: int


_ESCAPE = r"\\(?:[abfnrtv\"'\\?`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})"
_STRING = "|".join((
    r'[rR]"""(?:[^"]|"(?!""))*"""', r"[rR]'''(?:[^']|'(?!''))*'''", rf'"""(?:[^"\\]|"(?!"")|{_ESCAPE})*"""', rf"'''(?:[^'\\]|'(?!'')|{_ESCAPE})*'''",
    r'[rR]"[^"\n\r]*"', r"[rR]'[^'\n\r]*'", rf'"(?:[^"\\\n\r]|{_ESCAPE})*"', rf"'(?:[^'\\\n\r]|{_ESCAPE})*'",
))  # fmt: skip
_TOKEN = re.compile(
    "|".join((
        r"(?P<space>[\t \r\n\f]+|//[^\n]*)",
        rf"(?P<string>[bB]?(?:{_STRING}))",
        r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)",
        r"(?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)",
        r"(?P<int>(?:0x[0-9a-fA-F]+|[0-9]+)[uU]?)",
        r"(?P<operator>==|!=|<=|>=|&&|\|\||[\[\]{}().,\-!?:+*/%<>])",
        r"(?P<quoted>`[A-Za-z0-9_./ -]+`)",
    )),
    re.ASCII,
)  # fmt: skip

_WORDS = {"true": True, "false": False, "null": None}
_PLAIN_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "'": "'", "\\": "\\", "?": "?", "`": "`",
}  # fmt: skip
_ANY_ESCAPE = re.compile(_ESCAPE)
_SURROGATE = re.compile("[\ud800-\udfff]")


def tokenize(text: str) -> list[Token]:
    """Split an expression; the last token is of kind `end`.

    Raises:
        CelSyntaxError: Something in it is not a token.
    """
    if (lone := _SURROGATE.search(text)) is not None:
        raise CelSyntaxError("the text is not valid Unicode: a lone surrogate", lone.start())
    tokens: list[Token] = []
    position, end = 0, len(text)
    match_at = _TOKEN.match
    while position < end:
        match = match_at(text, position)
        if match is None:
            raise CelSyntaxError(_unrecognized(text, position), position)
        kind, found = match.lastgroup, match.group()
        if kind == "operator":
            tokens.append(Token(found, found, position))
        elif kind == "name":
            if found in _WORDS:
                tokens.append(Token("literal", _WORDS[found], position))
            else:
                tokens.append(Token("in" if found == "in" else "name", found, position))
        elif kind == "string":
            tokens.append(Token("literal", _string(found, position), position))
        elif kind in {"int", "float"}:
            tokens.append(Token("number", found, position))
        elif kind == "quoted":
            raise CelSyntaxError("names in backquotes are not supported", position)
        position = match.end()
    tokens.append(Token("end", "", end))
    return tokens


def _unrecognized(text: str, position: int) -> str:
    char = text[position]
    if char in "\"'":
        return f"a string that starts with {char} has no end, or an unknown escape sequence inside"
    hint = {"=": "; comparison is ==", "&": "; logical and is &&", "|": "; logical or is ||"}.get(char, "")
    return f"{char!r} has no meaning here{hint}"


def _string(source: str, position: int) -> str | bytes:
    is_bytes = source[0] in "bB"
    if is_bytes:
        source = source[1:]
    raw = source[0] in "rR"
    if raw:
        source = source[1:]
    quotes = 3 if source[:3] in {'"""', "'''"} and len(source) >= 6 else 1
    body = source[quotes:-quotes].replace("\r\n", "\n").replace("\r", "\n")
    if is_bytes:
        return _bytes(body, position, raw=raw)
    return body if raw or "\\" not in body else _ANY_ESCAPE.sub(lambda match: _unescape(match.group(), position), body)


def _unescape(escape: str, position: int) -> str:
    mark = escape[1]
    plain = _PLAIN_ESCAPES.get(mark)
    if plain is not None:
        return plain
    code = int(f"0x{escape[2:]}", 0) if mark in "xXuU" else int(escape[1:], 8)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise CelSyntaxError(f"{escape} is not a Unicode character", position)
    return chr(code)


def _bytes(body: str, position: int, *, raw: bool) -> bytes:
    if raw:
        return body.encode()
    parts: list[bytes] = []
    last = 0
    for match in _ANY_ESCAPE.finditer(body):
        parts.append(body[last : match.start()].encode())
        escape = match.group()
        if escape[1] in "uU":
            raise CelSyntaxError(f"{escape} cannot stand in bytes", position)
        char = _unescape(escape, position)
        # \x and octal escapes are bytes here, not characters
        parts.append(bytes((ord(char),)) if ord(char) < 256 else char.encode())
        last = match.end()
    parts.append(body[last:].encode())
    return b"".join(parts)


def number(source: str, position: int, *, negative: bool) -> int | float | Uint:
    """The value of a number's token.

    Raises:
        CelSyntaxError: It does not fit 64 bits.
    """
    shown = source if len(source) < 40 else f"{source[:40]}…"
    if source[-1] in "uU":
        value = int(source[:-1], 0 if source.startswith("0x") else 10)
        if value >= 2**64 or negative:
            raise CelSyntaxError(f"{shown} does not fit an unsigned integer of 64 bits", position)
        return Uint(value)
    if not source.startswith("0x") and any(mark in source for mark in ".eE"):
        float_value = float(source)
        if float_value == float("inf"):
            raise CelSyntaxError(f"{shown} is too large for a double", position)
        return -float_value if negative else float_value
    value = int(source, 0) if source.startswith("0x") else int(source[:30]) if len(source.lstrip("0")) < 30 else 2**64
    value = -value if negative else value
    if not -(2**63) <= value < 2**63:
        raise CelSyntaxError(f"{shown} does not fit an integer of 64 bits", position)
    return value
