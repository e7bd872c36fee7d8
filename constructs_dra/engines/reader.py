"""A command line as the engine's parser reads it, by argparse's rules.

argparse stops at the first mistake; this reader notes it and goes on, so that all are reported at once. Every flag keeps the number of the word it
was written in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from constructs_dra.engines.catalogue import Dialect, Flag
from constructs_dra.engines.preparation import NEGATIVE, Fault, Preparation, Stop, Word
from constructs_dra.engines.shell import OPAQUE
from constructs_dra.engines.values import UNKNOWN, Bad, read_value
from constructs_dra.errors import shown
from constructs_dra.records.valued import Valued

__all__ = ["Fault", "Given", "Reading", "read"]


@frozen(kw_only=True, eq=False, repr=False)
class Given(Valued):
    """One flag as it was given.

    Attributes:
        flag: The flag.
        written: The spelling that was written, without its value, as argparse saw it: `--tensor-parallel`.
        spelling: The whole spelling it stands for: `--tensor-parallel-size`.
        value: What the parser makes of it: for a flag with several values a list. None where it is refused or takes none.
        words: Its arguments as written.
        index: The number of the argument it was written in; -1: in a configuration file.
        refused: Whether the parser refuses its value.
    """

    flag: Flag
    written: str
    spelling: str
    value: Any
    words: tuple[str, ...]
    index: int
    refused: bool = False

    @property
    def abbreviated(self) -> bool:
        """Whether the parser had to complete it."""
        return self.written != self.spelling


@frozen(kw_only=True, eq=False, repr=False)
class Reading(Valued):
    """What the parser makes of a command line.

    Attributes:
        given: Every flag, in the order the parser meets them.
        model: The positional argument, or what `--model` says of `vllm serve`. Default: none.
        faults: Why it would stop; empty: it does not.
        values: Engine's name of each value to the value: of a flag given twice the last one.
        unread: Configuration files that were not there to be read.
        opaque: Numbers of the arguments that stand alone and are known only when the container runs.
    """

    given: tuple[Given, ...]
    model: str | None
    faults: tuple[Fault, ...]
    values: Mapping[str, Any]
    unread: tuple[str, ...] = ()
    opaque: tuple[int, ...] = ()


def read(arguments: Sequence[str], dialect: Dialect, *, files: Callable[[str], Any] | None = None) -> Reading:
    """Read the arguments that follow `vllm serve`, or the module's name, in one version's dialect.

    Args:
        arguments: As the process gets them, after any shell.
        dialect: The version and entry point.
        files: Gives the content (read YAML) of the file `--config` names, or None where it is not there. Default: none is.
    """
    words = [Word(text, index) for index, text in enumerate(arguments)]
    preparation = Preparation(dialect, files)
    try:
        words = preparation.prepare(words)
    except Stop as stop:
        return Reading(given=(), model=None, faults=(stop.fault,), values={}, unread=tuple(preparation.unread))
    return _Reader(dialect, preparation).parse(words)


class _Reader:
    """One reading."""

    def __init__(self, dialect: Dialect, preparation: Preparation) -> None:
        self.dialect = dialect
        self.faults: list[Fault] = list(preparation.faults)
        self.given: list[Given] = []
        self.unread = preparation.unread
        self.opaque: list[int] = []
        self.model: str | None = None
        self.positionals = 1 if dialect.entry == "serve" or dialect.trait("positional") else 0
        self.extras: list[Word] = []

    def parse(self, words: list[Word]) -> Reading:
        """Flags and positional arguments in order."""
        kinds = self.classified(words)
        ambiguous = [fault for fault in self.faults if fault.kind == "ambiguous"]
        position = 0
        while position < len(words):
            kind = kinds[position]
            if kind == "A":
                position = self.positional(words, kinds, position)
            elif kind == "-":
                position += 1
            else:
                position = self.optional(words, kinds, position, kind)
        for word in self.extras:
            self.faults.append(Fault(kind="extra", words=f"unrecognized arguments: {_short(word.text)}", index=word.index, value=word.text))
        order = {"unknown": 1, "extra": 1}
        faults = [*ambiguous, *sorted((fault for fault in self.faults if fault.kind != "ambiguous"), key=lambda fault: order.get(fault.kind, 0))]
        return Reading(
            given=tuple(self.given),
            model=self.model,
            faults=tuple(faults),
            values=self.values(),
            unread=tuple(self.unread),
            opaque=tuple(self.opaque),
        )

    def values(self) -> dict[str, Any]:
        """The last value of each flag; those that add up are added."""
        made: dict[str, Any] = {}
        for each in self.given:
            if each.refused:
                continue
            if each.flag.kind == "append":
                made.setdefault(each.flag.dest, []).append(each.value)
            else:
                made[each.flag.dest] = each.value
        return made

    def classified(self, words: list[Word]) -> list[Any]:
        """Each word as `A` (an argument), `-` (the end of flags) or what kind of flag: (flag, spelling, explicit value) or None for none."""
        made: list[Any] = []
        ended = False
        for word in words:
            if ended:
                made.append("A")
            elif word.text == "--":
                made.append("-")
                ended = True
            else:
                made.append(self.option(word))
        return made

    def option(self, word: Word) -> Any:
        """One word by argparse's rules."""
        text = word.text
        get = self.dialect.get
        if not text or text[0] != "-" or OPAQUE in text.partition("=")[0]:
            return "A"
        if (flag := get(text)) is not None:
            return flag, text, None, text
        if len(text) == 1:
            return "A"
        name, equals, value = text.partition("=")
        if equals and (flag := get(name)) is not None:
            return flag, name, value, name
        found = self.completions(text, name, value if equals else None)
        if len(found) > 1:
            spellings = [spelling for _, spelling, _, _ in found]
            text = f"ambiguous option: {_short(name)} could match {', '.join(spellings)}"
            self.faults.append(Fault(kind="ambiguous", words=text, index=word.index, hint="write the whole name", flag=name))
            return ("ambiguous", name, value if equals else None)
        if found:
            return found[0]
        if NEGATIVE.match(text) or " " in text:
            return "A"
        return None

    def completions(self, text: str, name: str, value: str | None) -> list[tuple[Flag, str, str | None, str]]:
        """The flags a word may abbreviate."""
        get = self.dialect.get
        long = text.startswith("--")
        made: list[tuple[Flag, str, str | None, str]] = [
            (flag, spelling, value, name) if long else (flag, spelling, None, text)
            for spelling in self.dialect.starting(name if long else text)
            if (flag := get(spelling)) is not None
        ]
        if not long and len(text) > 2 and (flag := get(text[:2])) is not None:
            made.append((flag, text[:2], text[2:], text[:2]))
        return made

    def positional(self, words: list[Word], kinds: list[Any], position: int) -> int:
        """An argument that belongs to no flag: the model once, then too many."""
        text = words[position].text
        if text == OPAQUE and self.positionals:
            # perhaps the model, perhaps flags: what follows tells
            self.opaque.append(words[position].index)
            self.model = self.model or text
        elif self.positionals:
            self.positionals -= 1
            self.model = text
        elif OPAQUE in text:
            self.opaque.append(words[position].index)
        else:
            self.extras.append(words[position])
        del kinds
        return position + 1

    def optional(self, words: list[Word], kinds: list[Any], position: int, kind: Any) -> int:
        """A flag and its values; the position after them."""
        word = words[position]
        if kind is None:
            text = f"unrecognized arguments: {_short(word.text)}"
            self.faults.append(Fault(kind="unknown", words=text, index=word.index, flag=word.text.partition("=")[0]))
            return position + 1
        if kind[0] == "ambiguous":
            return position + 1
        flag, spelling, explicit, written = kind
        label = "/".join(_labelled(flag))
        if not flag.takes_value:
            if explicit is not None:
                text = f"argument {label}: ignored explicit argument {shown(explicit)}"
                hint = f"write {flag.name} alone" if flag.kind != "help" else ""
                self.faults.append(Fault(kind="explicit", words=text, index=word.index, hint=hint, flag=written, value=explicit))
            elif flag.kind == "help":
                self.faults.append(Fault(kind="help", words="prints its help and exits", index=word.index, flag=written))
            self.given.append(
                Given(
                    flag=flag,
                    written=written,
                    spelling=spelling,
                    value=_switched(flag, spelling),
                    words=(),
                    index=word.index,
                    refused=explicit is not None,
                )
            )
            return position + 1
        if explicit is not None:
            arguments, after = [Word(explicit, word.index)], position + 1
        else:
            after = position + 1
            limit = after + 1 if flag.nargs != "+" else len(words)
            while after < limit and after < len(words) and kinds[after] == "A":
                after += 1
            arguments = words[position + 1 : after]
            if not arguments and flag.nargs != "?":
                text = f"argument {label}: expected {'at least one argument' if flag.nargs == '+' else 'one argument'}"
                self.faults.append(Fault(kind="missing", words=text, index=word.index, flag=written))
                return after
        self.given.append(self.valued(flag, (spelling, written), arguments, word.index))
        return after

    def valued(self, flag: Flag, names: tuple[str, str], arguments: list[Word], index: int) -> Given:
        """A flag (its whole spelling and what was written) with its values read."""
        spelling, written = names
        label = "/".join(_labelled(flag))
        read_values: list[Any] = []
        refused = False
        for argument in arguments:
            if flag.const == "True":
                value = UNKNOWN if OPAQUE in argument.text else _store_boolean(argument.text)
            else:
                value = read_value(flag, argument.text, self.dialect)
            if isinstance(value, Bad):
                refused = True
                self.faults.append(
                    Fault(
                        kind=value.kind,
                        words=f"argument {label}: {value.words}",
                        index=argument.index,
                        hint=value.hint,
                        flag=spelling,
                        value=argument.text,
                    )
                )
            else:
                read_values.append(value)
        several = flag.nargs == "+"
        alone = flag.const != "False" if flag.const in {"True", "False", True} else flag.const
        value = read_values if several else read_values[0] if read_values else alone
        words = tuple(argument.text for argument in arguments)
        return Given(flag=flag, written=written, spelling=spelling, value=None if refused else value, words=words, index=index, refused=refused)


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:97]}…"


def _store_boolean(text: str) -> Any:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return Bad(kind="value", words=f"Invalid boolean value: {shown(text)}. Expected 'true' or 'false'.")


def _labelled(flag: Flag) -> Iterable[str]:
    """The spellings as argparse names them in messages."""
    return flag.names or (flag.name,)


def _switched(flag: Flag, spelling: str) -> bool | None:
    """The value of a flag without arguments: `--no-x`, and the opposite name newer versions have, mean the opposite."""
    if flag.kind == "help":
        return None
    if spelling.startswith("--no-") and not flag.name.startswith("--no-"):
        return False
    if spelling == flag.name or flag.kind == "switch" or not spelling.startswith("--"):
        return True
    # --disable-x of --enable-x, and the other way round
    return {spelling[:5], flag.name[:5]} != {"--ena", "--dis"}
