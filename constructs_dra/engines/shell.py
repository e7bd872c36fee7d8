"""Shell scripts as far as they can be read without running them: simple commands, their words, and variables whose value is written down.

What only a run would tell (the output of a command, a variable from elsewhere, a value set under a condition) is kept as `OPAQUE` inside the word it
stands in, so that everything around it can still be judged.
"""

import re
from collections.abc import Mapping

from attrs import field, frozen

from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["OPAQUE", "Command", "Script", "ShellWord", "read_script"]

OPAQUE = "\ue000"
"""Stands for text that is not known before the script runs."""

_NAME = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNMENT = lazy_pattern(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_WHOLE_ARRAY = lazy_pattern(r'"?\$\{([A-Za-z_][A-Za-z0-9_]*)\[[@*]\]\}"?(?=[\s;&|)]|\Z)')
_OPENING = {"if", "while", "until", "for", "case", "select", "{"}
_CLOSING = {"fi", "done", "esac", "}"}
_BETWEEN = {"then", "else", "elif", "do", "in", "!", "time"}
_ENDS = {"\n", ";", "&", "|", "(", ")"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "?": "?"}
_ARITHMETIC = lazy_pattern(r"[\d\s+*/%()<>-]+\Z")


@frozen(eq=False, repr=False)
class ShellWord(Valued):
    """One word after expansion.

    Attributes:
        text: Its text; `OPAQUE` where something is not known.
        line: Line in the script, from 1.
        column: Column in that line, from 1.
        quoted: Whether any of it was quoted.
        opaque: What in it could not be read, as written, e.g. `$TP_SIZE`.
    """

    text: str
    line: int = field(default=1, kw_only=True)
    column: int = field(default=1, kw_only=True)
    quoted: bool = field(default=False, kw_only=True)
    opaque: tuple[str, ...] = field(default=(), kw_only=True)


@frozen(kw_only=True, eq=False, repr=False)
class Command(Valued):
    """One simple command.

    Attributes:
        words: Its words, after the variables it is given.
        environment: Variables set for it, `A=b command`, and those exported or set before it.
        conditional: Whether it may not run: it stands under `if`, in a loop, or after `&&` or `||`.
    """

    words: tuple[ShellWord, ...]
    environment: Mapping[str, str | None]
    conditional: bool = False


@frozen(kw_only=True, eq=False, repr=False)
class Script(Valued):
    """What could be read.

    Attributes:
        commands: The simple commands in order.
        fault: Why reading ended before the end, in words; empty: it did not.
        line: Line of the fault, from 1.
        column: Column of the fault, from 1.
    """

    commands: tuple[Command, ...]
    fault: str = ""
    line: int = 0
    column: int = 0


class _Unreadable(Exception):  # noqa: N818 - the script's fault, not ours
    """Something in the script has no end."""

    def __init__(self, words: str, position: int) -> None:
        super().__init__(words)
        self.position = position


def read_script(text: str, environment: Mapping[str, str | None], arguments: tuple[str, ...] = ()) -> Script:
    """Read a script that `bash -c` runs.

    Args:
        text: The script.
        environment: Variables of the container; None where the value is not known before it runs (a reference).
        arguments: What follows the script: `$0`, `$1`, … .
    """
    reader = _Shell(text, environment, arguments)
    try:
        reader.run()
    except _Unreadable as error:
        line, column = reader.place(error.position)
        return Script(commands=tuple(reader.commands), fault=str(error), line=line, column=column)
    return Script(commands=tuple(reader.commands))


class _Shell:
    """One script being read."""

    def __init__(self, text: str, environment: Mapping[str, str | None], arguments: tuple[str, ...]) -> None:
        self.text = text
        self.position = 0
        self.variables: dict[str, str | None] = dict(environment)
        self.arguments = arguments
        self.arrays: dict[str, list[ShellWord] | None] = {}
        self.commands: list[Command] = []
        self.depth = 0
        self.chained = False
        self.patterns = 0  # `case` statements whose pattern comes next

    def place(self, position: int) -> tuple[int, int]:
        """Line and column of a position."""
        start = self.text.rfind("\n", 0, position) + 1
        return self.text.count("\n", 0, position) + 1, position - start + 1

    def run(self) -> None:
        """Read to the end."""
        words: list[ShellWord] = []
        while True:
            self.blanks()
            if self.position >= len(self.text):
                self.command(words)
                return
            letter = self.text[self.position]
            if letter == "(" and words and self.text[self.position - 1] == "=" and _ASSIGNMENT.fullmatch(words[-1].text):
                self.array(words)
            elif letter in _ENDS:
                self.command(words)
                words = []
                self.separator(letter)
            elif letter in "<>":
                self.redirection(words)
            else:
                words += self.word()

    def array(self, words: list[ShellWord]) -> None:
        """`NAME=(…)` and `NAME+=(…)`: its words are kept, where the assignment is certain."""
        start = self.position
        match = _ASSIGNMENT.fullmatch(words.pop().text)
        assert match is not None  # noqa: S101 - the caller looked
        self.position += 1
        held: list[ShellWord] = []
        while True:
            self.blanks()
            if self.position >= len(self.text):
                raise _Unreadable("( is never closed", start)
            letter = self.text[self.position]
            if letter == ")":
                self.position += 1
                break
            if letter in _ENDS or letter in "<>":
                self.position += 1
            else:
                held += self.word()
        before = self.arrays.get(match[1]) if match[2] else []
        certain = before is not None and not self.depth and not self.chained
        self.arrays[match[1]] = [*(before or []), *held] if certain else None

    def separator(self, letter: str) -> None:
        """What stands between commands."""
        double = self.text[self.position : self.position + 2]
        if double in {"&&", "||"}:
            self.chained = True
            self.position += 2
        elif double == ";;":
            self.patterns = 1
            self.position += 2
        else:
            self.chained = letter == "|"
            self.position += 1

    def blanks(self) -> None:
        """Spaces, line continuations and comments."""
        text = self.text
        while self.position < len(text):
            letter = text[self.position]
            if letter in " \t\r":
                self.position += 1
            elif text.startswith("\\\n", self.position):
                self.position += 2
            elif text.startswith("\\\r\n", self.position):
                self.position += 3
            elif letter == "#":
                end = text.find("\n", self.position)
                self.position = len(text) if end < 0 else end
            else:
                return

    def redirection(self, words: list[ShellWord]) -> None:
        """`> file`, `2>&1`; a here document's text is left out."""
        match = re.compile(r"<<-?\s*(['\"]?)(\w+)\1|<<<|[<>]+[&|]?").match(self.text, self.position)
        if match is None:
            self.position += 1
            return
        if words and words[-1].text.isdigit() and not words[-1].quoted and self.text[self.position - 1].isdigit():
            words.pop()
        self.position = match.end()
        if match[2]:
            end = re.compile(rf"\n\s*{re.escape(match[2])}[ \t]*(?=\n|\Z)").search(self.text, self.position)
            if end is None:
                raise _Unreadable(f"the here document {match[2]} has no end", match.start())
            rest = self.text.find("\n", self.position)
            # its lines stay, empty, so that places after it are right
            self.text = self.text[:rest] + re.sub(r"[^\n]", " ", self.text[rest : end.end()]) + self.text[end.end() :]
            return
        self.blanks()
        if self.position < len(self.text) and self.text[self.position] not in _ENDS:
            self.word()

    # --- words -------------------------------------------------------------------------------------------------------------------------------

    def word(self) -> list[ShellWord]:
        """One word as written; after expansion none, one or several."""
        text = self.text
        start = self.position
        line, column = self.place(start)
        whole = _WHOLE_ARRAY.match(text, start)
        if whole and (held := self.arrays.get(whole[1])) is not None:
            self.position = whole.end()
            return list(held)
        done: list[str] = []
        current = ""
        quoted = False
        opaque: list[str] = []
        while self.position < len(text):
            letter = text[self.position]
            if letter in " \t\r\n;&|()<>":
                break
            if letter == "'":
                end = text.find("'", self.position + 1)
                if end < 0:
                    raise _Unreadable("a single quote (') is never closed", self.position)
                current += text[self.position + 1 : end]
                self.position = end + 1
                quoted = True
            elif letter == '"':
                current += self.double_quoted(opaque)
                quoted = True
            elif letter == "\\":
                if text.startswith("\\\n", self.position):
                    self.position += 2
                    continue
                current += text[self.position + 1 : self.position + 2]
                self.position += 2
                quoted = True
            elif text.startswith("$'", self.position):
                current += self.escaped()
                quoted = True
            elif text.startswith('$"', self.position):
                self.position += 1
            elif letter in "$`":
                value, raw = self.expansion()
                if raw in {"$@", "$*"}:
                    done += list(self.arguments[1:])
                    continue
                if value is None:
                    opaque.append(raw)
                    current += OPAQUE
                else:
                    parts = value.split()
                    if not parts:
                        continue
                    if value[0].isspace() and current:
                        done.append(current)
                        current = ""
                    current += parts[0]
                    for part in parts[1:]:
                        done.append(current)
                        current = part
            else:
                current += letter
                self.position += 1
        if current or quoted:
            done.append(current)
        if quoted and self.text[start : self.position] in {'"$@"', '"${@}"'}:
            done = list(self.arguments[1:])
        return [ShellWord(each, line=line, column=column, quoted=quoted, opaque=tuple(opaque)) for each in done]

    def escaped(self) -> str:
        """The text between `$'` and `'`, whose escapes are those of C."""
        start = self.position
        self.position += 2
        made = ""
        while self.position < len(self.text):
            letter = self.text[self.position]
            if letter == "'":
                self.position += 1
                return made
            if letter == "\\":
                following = self.text[self.position + 1 : self.position + 2]
                made += _ESCAPES.get(following, f"\\{following}")
                self.position += 2
            else:
                made += letter
                self.position += 1
        raise _Unreadable("a single quote (') is never closed", start)

    def double_quoted(self, opaque: list[str]) -> str:
        """The text between double quotes."""
        text = self.text
        start = self.position
        self.position += 1
        made = ""
        while self.position < len(text):
            letter = text[self.position]
            if letter == '"':
                self.position += 1
                return made
            if letter == "\\":
                following = text[self.position + 1 : self.position + 2]
                made += "" if following == "\n" else following if following in '"\\$`' else f"\\{following}"
                self.position += 2
            elif letter in "$`":
                value, raw = self.expansion()
                if raw in {"$@", "$*"}:
                    made += " ".join(self.arguments[1:])
                elif value is None:
                    opaque.append(raw)
                    made += OPAQUE
                else:
                    made += value
            else:
                made += letter
                self.position += 1
        raise _Unreadable('a double quote (") is never closed', start)

    def expansion(self) -> tuple[str | None, str]:
        """The value of what starts with `$` or a backquote, None where it is not known; and its text."""
        text = self.text
        start = self.position
        if text[start] == "`":
            end = text.find("`", start + 1)
            if end < 0:
                raise _Unreadable("a backquote (`) is never closed", start)
            self.position = end + 1
            return None, text[start : end + 1]
        if text.startswith("$((", start):
            end = self.closing(start + 1)
            self.position = end
            return self.arithmetic(text[start + 3 : end - 2]), text[start:end]
        if text.startswith("$(", start):
            end = self.closing(start + 1)
            self.position = end
            return None, text[start:end]
        if text.startswith("${", start):
            end = text.find("}", start)
            if end < 0:
                raise _Unreadable("${ is never closed", start)
            nested = text.count("{", start + 2, end)
            while nested and end >= 0:
                end = text.find("}", end + 1)
                nested -= 1
            if end < 0:
                raise _Unreadable("${ is never closed", start)
            self.position = end + 1
            return self.parameter(text[start + 2 : end]), text[start : end + 1]
        if match := _NAME.match(text, start + 1):
            self.position = match.end()
            return self.variables.get(match[0]), match[0].join(("$", ""))
        following = text[start + 1 : start + 2]
        if following in "@*#?$!-0123456789" and following:
            self.position = start + 2
            if following.isdigit():
                index = int(following)
                return (self.arguments[index] if index < len(self.arguments) else ""), f"${following}"
            return None, f"${following}"
        self.position = start + 1
        return "$", "$"

    def closing(self, opened: int) -> int:
        """The position after the bracket that closes the one at `opened`; quotes are looked into."""
        text = self.text
        depth = 0
        position = opened
        while position < len(text):
            letter = text[position]
            if letter == "'":
                position = text.find("'", position + 1)
                if position < 0:
                    break
            elif letter == '"':
                position += 1
                while position < len(text) and text[position] != '"':
                    position += 2 if text[position] == "\\" else 1
            elif letter == "\\":
                position += 1
            elif letter == "(":
                depth += 1
            elif letter == ")":
                depth -= 1
                if depth == 0:
                    return position + 1
            position += 1
        raise _Unreadable("$( is never closed", opened - 1)

    def parameter(self, inside: str) -> str | None:
        """`${NAME}` and `${NAME:-default}` where the variable's value is written down; None otherwise."""
        match = _NAME.match(inside)
        if match is None:
            return None
        known = match[0] in self.variables
        value = self.variables.get(match[0])
        rest = inside[match.end() :]
        if not rest:
            return value
        if known and value is not None and rest[:2] in {":-", ":="}:
            return value or (rest[2:] if "$" not in rest else None)
        if known and value is not None and rest[:1] == "-":
            return value
        return None

    def arithmetic(self, inside: str) -> str | None:
        """`$(( … ))` over whole numbers that are known."""
        names = _NAME.findall(inside)
        for name in names:
            value = self.variables.get(name)
            if value is None or not value.strip().lstrip("-").isdigit():
                return None
            inside = re.sub(rf"\$?\{{?\b{name}\b\}}?", value, inside)
        if not _ARITHMETIC.match(inside) or len(inside) > 100 or "**" in inside:
            return None
        try:
            result = eval(inside.replace("/", "//"), {"__builtins__": {}}, {})  # noqa: S307 - digits, operators and brackets only
        except (SyntaxError, ZeroDivisionError, TypeError, ValueError):
            return None
        return str(int(result))

    # --- commands ----------------------------------------------------------------------------------------------------------------------------

    def command(self, words: list[ShellWord]) -> None:
        """Take a list of words for a command; keywords go, variables are set."""
        words = list(words)
        if self.patterns and words:
            # the pattern of a `case`, up to its bracket
            self.patterns = 0
            if words[0].text != "esac":
                return
        while words and not words[0].quoted and words[0].text in _OPENING | _CLOSING | _BETWEEN:
            keyword = words.pop(0).text
            if keyword in _OPENING:
                self.depth += 1
            elif keyword in _CLOSING:
                self.depth = max(0, self.depth - 1)
            if keyword in {"for", "select"} and words:
                self.variables[words[0].text] = None
                words = []
            elif keyword == "case":
                self.patterns = 1
                words = []
        conditional = self.depth > 0 or self.chained
        given: dict[str, str | None] = {}
        exported = bool(words) and words[0].text in {"export", "declare", "readonly", "local", "typeset"}
        if exported:
            words.pop(0)
        while words and (match := _ASSIGNMENT.match(words[0].text)):
            value: str | None = words[0].text[match.end() :]
            if match[2]:  # NAME+=more
                before = given.get(match[1], self.variables.get(match[1]))
                value = None if before is None or conditional else before + (value or "")
            given[match[1]] = None if OPAQUE in words[0].text else value
            words.pop(0)
        if exported or not words:
            for name, each in given.items():
                same = self.variables.get(name) == each
                self.variables[name] = each if not conditional or same else None
            return
        self.commands.append(Command(words=tuple(words), environment={**self.variables, **given}, conditional=conditional))
