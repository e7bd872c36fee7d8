"""What vLLM does to the arguments before argparse sees them.

The model goes first and a configuration file in between; names get dashes, and dotted keys become JSON.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from attrs import frozen

from constructs_dra.engines.catalogue import Dialect
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["NEGATIVE", "Fault", "Preparation", "Stop", "Word"]

NEGATIVE = lazy_pattern(r"-\d+\Z|-\d*\.\d+\Z")
"""What argparse takes for a negative number, and not for a flag."""

_MODEL = lazy_pattern(r"--model(=.+)?\Z", re.DOTALL)
_SERVED_NAME = lazy_pattern(r"--served[-_]model[-_]name(=.+)?\Z", re.DOTALL)
_CONFIG = lazy_pattern(r"--config(=.+)?\Z", re.DOTALL)


@frozen(eq=False, repr=False)
class Word(Valued):
    """One argument, and which of the written ones it comes from (-1: from a configuration file)."""

    text: str
    index: int


@frozen(kw_only=True, eq=False, repr=False)
class Fault(Valued):
    """Why the parser would stop.

    Attributes:
        kind: `unknown`, `ambiguous`, `missing`, `explicit`, `extra`, `model`, `config`, or the kind of a refused value.
        words: What vLLM's parser says, or the like.
        index: The number of the argument; -1: in a configuration file.
        hint: What to do about it. Default: nothing.
        flag: The spelling it is about, as written. Default: none.
        value: The refused value. Default: none.
    """

    kind: str
    words: str
    index: int
    hint: str = ""
    flag: str = ""
    value: str = ""


class Stop(Exception):  # noqa: N818 - not a failure of ours: the parser gives up here
    """The parser stops before it looks at flags."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.words)
        self.fault = fault


class Preparation:
    """One command line on its way to argparse.

    Attributes:
        faults: What is wrong so far.
        unread: Configuration files that were not there to be read.
    """

    def __init__(self, dialect: Dialect, files: Callable[[str], Any] | None) -> None:
        self.dialect = dialect
        self.files = files
        self.faults: list[Fault] = []
        self.unread: list[str] = []
        self.serve = dialect.entry == "serve"

    def prepare(self, words: list[Word]) -> list[Word]:
        """Every step, in the order vLLM takes them.

        Raises:
            Stop: The parser gives up here.
        """
        if self.serve:
            words = self.moved_model(words)
        if any(word.text == "--config" for word in words):
            words = self.with_config(words)
        return self.nested(self.dashed(words))

    def moved_model(self, words: list[Word]) -> list[Word]:
        """`vllm serve --model m`: refused by old versions, put first by newer ones."""
        index = next((index for index, word in enumerate(words) if _MODEL.match(word.text)), None)
        trait = self.dialect.trait("model-flag")
        if index is not None and trait == "refused":
            if words[index].text == "--model":
                text = "you should provide the model as a positional argument or in a config file instead of via the `--model` option."
                text = f"With `vllm serve`, {text}"
                raise Stop(Fault(kind="model", words=text, index=words[index].index, hint="write the model right after `serve`", flag="--model"))
        elif index is not None and trait == "moved":
            word = words[index]
            if word.text != "--model":
                words = [Word(word.text.removeprefix("--model="), word.index), *words[:index], *words[index + 1 :]]
            elif index + 1 < len(words):
                words = [words[index + 1], *words[:index], *words[index + 2 :]]
            else:
                raise Stop(Fault(kind="missing", words="argument --model: expected one argument", index=word.index, flag="--model"))
        if (
            self.dialect.trait("model-first")
            and words
            and words[0].text.startswith("-")
            and not any(_CONFIG.match(word.text) for word in words)
            and (served := next((word for word in words if _SERVED_NAME.match(word.text)), None))
        ):
            text = "`model` should be provided as the first positional argument when using `vllm serve`. i.e. `vllm serve <model> --<arg> <value>`."
            raise Stop(Fault(kind="model", words=text, index=served.index, hint="write the model right after `serve`", flag=served.text))
        return words

    def with_config(self, words: list[Word]) -> list[Word]:
        """The words of a configuration file between the subcommand and the flags, which win."""
        places = [index for index, word in enumerate(words) if word.text == "--config"]
        if len(places) > 1:
            raise Stop(Fault(kind="config", words="More than one config file specified!", index=words[places[1]].index, flag="--config"))
        index = places[0]
        if index == len(words) - 1:
            text = "No config file specified! Please check your command-line arguments."
            raise Stop(Fault(kind="config", words=text, index=words[index].index, flag="--config"))
        name = words[index + 1]
        rest = words[index + 2 :]
        if name.text.rpartition(".")[2] not in {"yaml", "yml"}:
            text = f"Config file must be of a yaml/yml type. {name.text.rpartition('.')[2]} supplied"
            raise Stop(Fault(kind="config", words=text, index=name.index, flag="--config"))
        content = self.files(name.text) if self.files else None
        if content is None:
            self.unread.append(name.text)
        inserted = self.config_words(content, name)
        before = words[:index]
        if self.serve:
            given = bool(words) and not words[0].text.startswith("-")
            if not given and content is not None and not any(word.text == "--model" for word in inserted):
                text = "No model specified! Please specify model either as a positional argument or in a config file."
                raise Stop(Fault(kind="model", words=text, index=name.index, flag="--config"))
            return [*before[:1], *inserted, *before[1:], *rest] if given else [*inserted, *before, *rest]
        if self.dialect.trait("config-first") or not before:
            return [*inserted, *before, *rest]
        # before 0.10.2 the first word was taken for a subcommand, even where it is a flag of the module
        return [*before[:1], *inserted, *before[1:], *rest]

    def config_words(self, content: Any, name: Word) -> list[Word]:
        """The entries of a configuration file as flags."""
        if content is None:
            return []
        if not isinstance(content, dict):
            raise Stop(Fault(kind="config", words=f"{name.text[:100]} must hold a mapping of flags to values", index=name.index, flag="--config"))
        made: list[str] = []
        lists, mappings = self.dialect.trait("config-list"), self.dialect.trait("config-mapping")
        for key, value in content.items():
            if isinstance(value, bool):
                made += [f"--{key}"] if value else []
            elif isinstance(value, list) and lists:
                made += [f"--{key}", *map(str, value)] if value else []
            elif isinstance(value, dict) and mappings:
                made += [f"--{key}", json.dumps(value)]
            else:
                made += [f"--{key}", str(value)]
        return [Word(text, -1) for text in made]

    def dashed(self, words: list[Word]) -> list[Word]:
        """Underscores in names become dashes, and `-O3` what the version makes of it."""
        style = self.dialect.trait("dotted")
        short, keyed = self.dialect.trait("short-o"), self.dialect.trait("short-o-key")
        made: list[Word] = []
        for position, word in enumerate(words):
            text = word.text
            if text.startswith("--"):
                name, equals, value = text.partition("=")
                head, dot, tail = name.partition(".") if style in {"text", "json"} else (name, "", "")
                made.append(Word(f"--{head[2:].replace('_', '-')}{dot}{tail}{equals}{value}", word.index))
            elif short and text.startswith("-O") and text != "-O" and (short.endswith(" always") or text[2] != "."):
                level = text[3:] if text[2] == "=" else text[2:]
                if short.startswith("--"):
                    made += [Word("--optimization-level", word.index), Word(level, word.index)]
                else:
                    made.append(Word(f"{short}={level}", word.index))
            elif short and text == "-O" and position + 1 < len(words) and words[position + 1].text in {"0", "1", "2", "3"}:
                made.append(Word(short.removesuffix(" always"), word.index))
            elif keyed and text.startswith("-O."):
                made.append(Word(f"{keyed}{text[2:]}", word.index))
            else:
                made.append(word)
        return made

    def nested(self, words: list[Word]) -> list[Word]:
        """`--config.key value` gathered into `--config '{"key": …}'`, which goes last."""
        style = self.dialect.trait("dotted")
        if style is None:
            return words
        kept: list[Word] = []
        gathered: dict[str, tuple[dict[str, Any], int]] = {}
        position = 0
        while position < len(words):
            word = words[position]
            position += 1
            name, equals, value = word.text.partition("=")
            if not word.text.startswith("-" if style == "json" else "--") or "." not in name or NEGATIVE.match(word.text):
                kept.append(word)
                continue
            if not equals:
                if position == len(words):
                    self.faults.append(Fault(kind="missing", words=f"argument {name[:100]}: expected one argument", index=word.index, flag=name))
                    continue
                value = words[position].text
                position += 1
            if style == "json" and name.endswith("+"):
                name, value = name[:-1], json.dumps(value.split(","))
            key, *path = name.split(".")
            content, _ = gathered.setdefault(key, ({}, word.index))
            _merge(content, path, _decoded(value) if style == "json" else value)
        for key, (content, index) in gathered.items():
            kept += [Word(key, index), Word(json.dumps(content), index)]
        return kept


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _merge(content: dict[str, Any], path: list[str], value: Any) -> None:
    """Put a value at the end of a path; lists add up."""
    for step in path[:-1]:
        inner = content.get(step)
        if not isinstance(inner, dict):
            inner = content[step] = {}
        content = inner
    last = path[-1]
    if isinstance(value, list) and isinstance(content.get(last), list):
        content[last] += value
    elif isinstance(value, dict) and isinstance(content.get(last), dict):
        content[last].update(value)
    else:
        content[last] = value
