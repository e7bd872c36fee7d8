"""Go templates inside values: `{{ … }}` in the fields that the chart evaluates.

Paths, pipelines, variables, `if`, `with`, `range` and the functions of `constructs_dra.helm.functions` are evaluated. Everything else (`define`,
`lookup`, the time, chance) is an error that names it: a result that changes from run to run cannot be carried over.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from constructs_dra.errors import did_you_mean, shown
from constructs_dra.helm.budget import MAX_STEPS, Budget, TemplateError, measure
from constructs_dra.helm.functions import FUNCTIONS, UNSTABLE, is_true, printed

__all__ = ["evaluate"]

_MAX_DEPTH = 40
"""Deepest nesting of templates evaluated inside templates."""

_MAX_NESTING = 100
"""Deepest nesting of brackets in an action, and of blocks in each other."""

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?P<number>-?(?:0x[0-9a-fA-F]+|[0-9]+\.[0-9]*(?:e[-+]?[0-9]+)?|[0-9]+))(?![\w.])
    |(?P<variable>\$\w*)|(?P<path>(?:\.\w+)+|\.)|(?P<word>[A-Za-z_]\w*)|(?P<mark>:=|[=|(),])""",
    re.VERBOSE,
)
_BLANKS = " \t\r\n"
_WORDS = {"true": True, "false": False, "nil": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
_INT64 = 2**63


def evaluate(text: str, context: Mapping[str, Any], *, includes: Mapping[str, Callable[[], str]] | None = None) -> str:
    """The text with every `{{ … }}` in it evaluated.

    Args:
        text: The template.
        context: What `.` and `$` are: `Values`, `Release`, `Chart`.
        includes: Named templates of the chart that `include` may call.

    Raises:
        TemplateError: It cannot be evaluated; the message names what is at fault.
    """
    return _Run(context, includes or {}).template(text, context)


@frozen
class _Token:
    kind: str
    text: str


@frozen
class _Block:
    """A part of a template: `text`, `pipe`, or a block with its branches."""

    kind: str
    tokens: list[_Token] = field(factory=list)
    text: str = ""
    branches: list[tuple[list[_Token] | None, list["_Block"]]] = field(factory=list)


def _action(text: str, position: int) -> tuple[list[_Token], int, bool]:
    """The tokens of the action that starts at a position, where it ends, and whether it trims what follows; read once, from left to right."""
    found: list[_Token] = []
    start = position
    while True:
        if text.startswith("}}", position):
            return found, position + 2, False
        if text.startswith("-}}", position) and text[position - 1] in _BLANKS:
            return found, position + 3, True
        if position >= len(text):
            raise TemplateError("{{ is not closed with }}")
        if text[position] in _BLANKS:
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            if text[position] in '"`':
                raise TemplateError(f"a quotation mark in {{{{ {_excerpt(text, start)} is not closed")
            raise TemplateError(f"cannot read {text[position : position + 20].strip()!r} in {{{{ {_excerpt(text, start)}")
        # `.a` after a word or a bracket is a field of what stands before it
        glued = match.lastgroup == "path" and found and not text[position - 1].isspace() and text[position - 1] not in "(|,="
        found.append(_Token("field" if glued else str(match.lastgroup), match.group()))
        position = match.end()


def _excerpt(text: str, start: int) -> str:
    words = text[start : start + 60].strip()
    return words if len(text) <= start + 60 else f"{words}…"


def _pieces(text: str) -> Iterator[str | list[_Token]]:
    """A template cut into plain text and actions, in order; trim marks are carried out, comments left out."""
    position = 0
    trim = False
    while True:
        start = text.find("{{", position)
        plain = text[position:] if start < 0 else text[position:start]
        if trim:
            plain = plain.lstrip(_BLANKS)
        inner = start + 2
        if start >= 0 and text.startswith("-", inner) and text[inner + 1 : inner + 2] in tuple(_BLANKS):
            plain, inner = plain.rstrip(_BLANKS), inner + 2
        if plain:
            yield plain
        if start < 0:
            return
        if text.startswith("/*", inner):
            end = text.find("*/", inner)
            closing = re.compile(r"( -)?\}\}|[\t\r\n]-\}\}").match(text, end + 2) if end >= 0 else None
            if closing is None:
                raise TemplateError("a comment {{/* is not closed with */}}")
            position, trim = closing.end(), "-" in closing.group()
            continue
        tokens, position, trim = _action(text, inner)
        yield tokens


def _parse(text: str) -> list[_Block]:
    """Cut a template into blocks."""
    top: list[_Block] = []
    stack: list[tuple[_Block, list[_Block]]] = []
    current = top
    for piece in _pieces(text):
        if isinstance(piece, str):
            current.append(_Block("text", text=piece))
            continue
        word = piece[0].text if piece and piece[0].kind == "word" else ""
        if word in {"if", "with", "range"}:
            block = _Block(word, branches=[(piece[1:], [])])
            current.append(block)
            stack.append((block, current))
            if len(stack) > _MAX_NESTING:
                raise TemplateError(f"blocks are nested more than {_MAX_NESTING} deep")
            current = block.branches[0][1]
        elif word == "else":
            if not stack:
                raise TemplateError("{{ else }} without {{ if }}")
            again = piece[1].text if len(piece) > 1 else ""
            stack[-1][0].branches.append((piece[2:] if again in {"if", "with"} else None, []))
            current = stack[-1][0].branches[-1][1]
        elif word == "end":
            if not stack:
                raise TemplateError("{{ end }} without {{ if }}")
            current = stack.pop()[1]
        elif word in {"define", "template", "block", "break", "continue"}:
            raise TemplateError(f"{{{{ {word} }}}} is not evaluated inside values")
        elif piece:
            current.append(_Block("pipe", tokens=piece))
    if stack:
        raise TemplateError(f"{{{{ {stack[-1][0].kind} }}}} is not closed with {{{{ end }}}}")
    return top


class _Run:
    """One evaluation: variables, and limits against templates that grow without end."""

    def __init__(self, root: Mapping[str, Any], includes: Mapping[str, Callable[[], str]]) -> None:
        self.root = root
        self.includes = includes
        self.variables: dict[str, Any] = {}
        self.budget = Budget()
        self.depth = 0
        self.nesting = 0

    def template(self, text: str, dot: Any) -> str:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise TemplateError("the template calls itself without end")
        self.budget.spend(len(text))
        out: list[str] = []
        self.blocks(_parse(text), dot, out)
        self.depth -= 1
        return "".join(out)

    def blocks(self, blocks: list[_Block], dot: Any, out: list[str]) -> None:
        for block in blocks:
            self.budget.step()
            if block.kind == "text":
                self.budget.write(block.text)
                out.append(block.text)
            elif block.kind == "pipe":
                written = self.statement(block.tokens, dot)
                if written is not None:
                    self.budget.write(written)
                    out.append(written)
            elif block.kind == "range":
                self.repeat(block, dot, out)
            else:
                self.choose(block, dot, out)

    def choose(self, block: _Block, dot: Any, out: list[str]) -> None:
        for condition, body in block.branches:
            value = None if condition is None else self.assigned(condition, dot)
            if condition is None or is_true(value):
                self.blocks(body, dot if condition is None or block.kind == "if" else value, out)
                return

    def repeat(self, block: _Block, dot: Any, out: list[str]) -> None:
        tokens, body = block.branches[0]
        names, rest = _range_names(tokens or [])
        items = self.pipeline(rest, dot)
        if isinstance(items, Mapping):
            pairs: list[tuple[Any, Any]] = sorted(items.items())
        elif isinstance(items, int) and not isinstance(items, bool):
            pairs = [(number, number) for number in range(min(items, MAX_STEPS))]
        elif isinstance(items, list) or items is None:
            pairs = list(enumerate(items or []))
        else:
            raise TemplateError(f"range cannot go over {printed(items)!r}")
        for key, value in pairs:
            if names:
                self.variables[names[-1]] = value
                self.variables[names[0]] = key if len(names) > 1 else value
            self.blocks(body, value, out)
        if not pairs and len(block.branches) > 1:
            self.blocks(block.branches[1][1], dot, out)

    def statement(self, tokens: list[_Token], dot: Any) -> str | None:
        if len(tokens) > 1 and tokens[0].kind == "variable" and tokens[1].text in {":=", "="}:
            self.variables[tokens[0].text] = self.pipeline(tokens[2:], dot)
            return None
        return printed(self.pipeline(tokens, dot))

    def assigned(self, tokens: list[_Token], dot: Any) -> Any:
        """The value of a condition, which may name a variable first."""
        if len(tokens) > 1 and tokens[0].kind == "variable" and tokens[1].text == ":=":
            value = self.variables[tokens[0].text] = self.pipeline(tokens[2:], dot)
            return value
        return self.pipeline(tokens, dot)

    def pipeline(self, tokens: list[_Token], dot: Any) -> Any:
        self.budget.spend(len(tokens))
        value, position = self.piped(tokens, 0, dot)
        if position < len(tokens):
            raise TemplateError(f"cannot read {tokens[position].text!r}")
        return value

    def piped(self, tokens: list[_Token], position: int, dot: Any) -> tuple[Any, int]:
        value, position = self.command(tokens, position, dot, [])
        while position < len(tokens) and tokens[position].text == "|":
            value, position = self.command(tokens, position + 1, dot, [value])
        return value, position

    def command(self, tokens: list[_Token], position: int, dot: Any, last: list[Any]) -> tuple[Any, int]:
        if position >= len(tokens):
            raise TemplateError("a value is missing")
        token = tokens[position]
        if token.kind == "word" and token.text not in _WORDS:
            operands: list[Any] = []
            position += 1
            while position < len(tokens) and tokens[position].text not in {"|", ")", ","}:
                operand, position = self.operand(tokens, position, dot)
                operands.append(operand)
            return self.call(token.text, operands + last, dot), position
        value, position = self.operand(tokens, position, dot)
        if last or (position < len(tokens) and tokens[position].text not in {"|", ")"}):
            raise TemplateError(f"{token.text!r} is not a function")
        return value, position

    def operand(self, tokens: list[_Token], position: int, dot: Any) -> tuple[Any, int]:
        token = tokens[position]
        position += 1
        if token.text == "(":
            self.nesting += 1
            if self.nesting > _MAX_NESTING:
                raise TemplateError(f"brackets are nested more than {_MAX_NESTING} deep")
            value, position = self.piped(tokens, position, dot)
            if position >= len(tokens) or tokens[position].text != ")":
                raise TemplateError("( is not closed with )")
            self.nesting -= 1
            position += 1
        elif token.kind == "text":
            value = token.text[1:-1] if token.text[0] == "`" else _unescaped(token.text[1:-1])
        elif token.kind == "number":
            value = _literal(token.text)
        elif token.kind == "path":
            value = self.fields(dot, token.text)
        elif token.kind == "variable":
            if token.text != "$" and token.text not in self.variables:
                raise TemplateError(f"the variable {token.text} is not set")
            value = self.root if token.text == "$" else self.variables[token.text]
        elif token.kind == "word":
            value = _WORDS[token.text] if token.text in _WORDS else self.call(token.text, [], dot)
        else:
            raise TemplateError(f"cannot read {token.text!r}")
        while position < len(tokens) and tokens[position].kind == "field":
            value = self.fields(value, tokens[position].text)
            position += 1
        return value, position

    def fields(self, value: Any, path: str) -> Any:
        for name in path.split(".")[1:] if path != "." else []:
            if value is self.root and isinstance(value, Mapping) and name not in value:
                raise TemplateError(f".{name} is not evaluated inside values; known: {', '.join('.' + known for known in self.root)}")
            if not isinstance(value, Mapping):
                what = "nothing is" if value is None else f"{printed(value)!r} is"
                raise TemplateError(f"cannot read {path}: {what} where .{name} is looked for")
            value = value.get(name)
        return value

    def call(self, name: str, operands: list[Any], dot: Any) -> Any:
        if name in {"and", "or"}:
            stop = name == "or"
            return next((operand for operand in operands[:-1] if is_true(operand) is stop), operands[-1] if operands else None)
        if name == "include":
            wanted = printed(operands[0]) if operands else ""
            if wanted not in self.includes:
                raise TemplateError(f"the named template {wanted!r} is not known here; {did_you_mean(wanted, self.includes)}")
            return self.includes[wanted]()
        if name == "tpl":
            return self.template(printed(operands[0]) if operands else "", operands[1] if len(operands) > 1 else dot)
        function = FUNCTIONS.get(name)
        if function is None:
            if name in UNSTABLE:
                raise TemplateError(f"the function {name!r} gives another result in each run or cluster; write its result instead")
            raise TemplateError(
                f"the function {name!r} is not known here; {did_you_mean(name, FUNCTIONS, fallback=lambda _: 'write its result instead')}"
            )
        for operand in operands:
            self.budget.spend(measure(operand))
        try:
            value = function(*operands)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, RecursionError, OverflowError) as error:
            raise TemplateError(f"{name} cannot be called with {', '.join(map(shown, operands)) or 'nothing'}: {error}") from None
        self.budget.spend(measure(value))
        return value


def _range_names(tokens: list[_Token]) -> tuple[list[str], list[_Token]]:
    marks = [number for number, token in enumerate(tokens) if token.text == ":="]
    if not marks:
        return [], tokens
    return [token.text for token in tokens[: marks[0]] if token.kind == "variable"], tokens[marks[0] + 1 :]


def _literal(text: str) -> int | float:
    """A number as Go reads it: decimal, hexadecimal, eight-based behind a zero, or with a fraction."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if "." in digits:
        return float(text)
    base = 16 if digits.startswith("0x") else 8 if digits.startswith("0") else 10
    try:
        number = int(sign + digits.removeprefix("0x"), base) if len(digits) <= 70 else _INT64
    except ValueError:
        raise TemplateError(f"{shown(text)} is not a valid number") from None
    if not -_INT64 <= number < _INT64:
        raise TemplateError(f"{shown(text)} does not fit into 64 bits")
    return number


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    two, four, eight, octal, plain = match.groups()
    if plain is not None:
        return _ESCAPES.get(plain, match.group())
    code = int(octal, 8) if octal else int(two or four or eight, 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise TemplateError(f"{match.group()} is not a valid character")
    return chr(code)
