"""Where a container starts an engine: the command line, found in `command` and `args` or inside a shell script.

Kubernetes puts `$(NAME)` in place before anything starts; a shell, where there is one, does the rest. Each argument keeps its place.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, Literal

from attrs import field, frozen

from constructs_dra.engines.catalogue import Entry
from constructs_dra.engines.flags import flags_of
from constructs_dra.engines.images import Image, image
from constructs_dra.engines.shell import OPAQUE, Command, ShellWord, read_script
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["SHELLS", "Argument", "Engine", "Key", "Launch", "container_key", "launches", "launches_of", "starts_engine"]

Engine = Literal["vllm", "sglang", "tensorrt-llm"]

_REFERENCE = lazy_pattern(r"\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)")
_PLACEHOLDER = lazy_pattern(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::?[-=+?][^}]*)?\}")
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
"""Programs that may be given a script."""

_MODULES: dict[str, tuple[Engine, Entry]] = {
    "vllm.entrypoints.openai.api_server": ("vllm", "api_server"),
    "vllm.entrypoints.api_server": ("vllm", "api_server"),
    "sglang.launch_server": ("sglang", "serve"),
}
_PROGRAMS: dict[tuple[str, str], tuple[Engine, Entry]] = {
    ("vllm", "serve"): ("vllm", "serve"),
    ("sglang", "serve"): ("sglang", "serve"),
    ("trtllm-serve", "serve"): ("tensorrt-llm", "serve"),
}


@frozen(eq=False, repr=False)
class Argument(Valued):
    """One argument of the engine.

    Attributes:
        text: Its text; `OPAQUE` stands where something is known only when the container runs.
        path: Its place in the container, e.g. `args[3]`; of a script the script's place.
        line: Its line inside the script, from 1; 0: it is not a script's.
        column: Its column in that line, from 1.
        opaque: What in it could not be read, as written.
    """

    text: str
    path: str
    line: int = 0
    column: int = 0
    opaque: tuple[str, ...] = ()


@frozen(kw_only=True, eq=False, repr=False)
class Launch(Valued):
    """A container's start of an engine.

    Attributes:
        engine: Which one.
        entry: Its entry point; None: the image's own, which is either.
        arguments: What follows `vllm serve` or the module's name.
        environment: Variables and their values; None: known only when the container runs.
        image: What is known of the image.
        path: The place of the program's name, or of the first argument.
        conditional: Whether a script may start it or not.
        fault: Why its script could not be read to the end; empty: it was.
        fault_place: Line and column of that, inside the script.
        wrappers: Programs before the engine's own, by name: `exec`, `mpirun`, and their arguments.
        stray: The flag that a script has right after it as a command of its own, and its line: a backslash is missing. Default: none.
    """

    engine: Engine
    entry: Entry | None
    arguments: tuple[Argument, ...]
    environment: Mapping[str, str | None]
    image: Image
    path: str
    conditional: bool = False
    fault: str = ""
    fault_place: tuple[int, int] = field(default=(0, 0))
    wrappers: tuple[str, ...] = ()
    stray: tuple[str, int] = field(default=("", 0))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The arguments' texts."""
        return tuple([each.text for each in self.arguments])

    @cached_property
    def flags(self) -> Mapping[str, Sequence[str]]:
        """The values of its flags; see `flags_of`."""
        return flags_of(self.texts)


Key = tuple[str, tuple[str, ...], tuple[str, ...], tuple[tuple[str, str | None], ...]]
"""What decides about the program of a container: its image, command, arguments, and variables; None: a value known only when the container runs."""

_STRING: Final = frozenset({str})


def container_key(container: Mapping[str, Any]) -> Key:
    """What decides about the program of a container; what is not of the type Kubernetes wants is passed over, others report it."""
    reference = container.get("image")
    env = container.get("env")
    variables = [
        (name, value if isinstance(value := each.get("value"), str) else "" if value is None and "valueFrom" not in each else None)
        for each in (env if isinstance(env, list) else ())
        if isinstance(each, dict) and isinstance(name := each.get("name"), str)
    ]
    return reference if isinstance(reference, str) else "", _texts(container.get("command")), _texts(container.get("args")), tuple(variables)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(value) if {*map(type, value)} <= _STRING or all(isinstance(each, str) for each in value) else ()


def launches(container: Mapping[str, Any], *, about: Image | None = None) -> tuple[Launch, ...]:
    """The engines a container starts: usually one, none where it runs something else.

    Args:
        container: As in a manifest.
        about: What is known of its image. Default: what the table says.
    """
    key = container_key(container)
    return launches_of(key, about or image(key[0]))


@lru_cache(maxsize=256)
def launches_of(key: Key, about: Image) -> tuple[Launch, ...]:
    """The engines that containers of one key start; several checks ask for the same ones."""
    _, command, args, variables = key
    environment = _environment(variables)
    given = [*_words(command, "command", environment), *_words(args, "args", environment)]
    if command:
        return tuple(_found(given, environment, about))
    return tuple(_from_image(given, environment, about)) if about.engine == "vllm" and given else ()


def _from_image(given: list[Argument], environment: Mapping[str, str | None], about: Image) -> Iterator[Launch]:
    """Arguments for the image's own entry point, which may be a command all the same."""
    found = list(_found(given, environment, about))
    if found:
        yield from found
    elif given[0].text.startswith("-") or about.confidence != "unknown":
        yield Launch(engine="vllm", entry=None, arguments=tuple(map(_left_open, given)), environment=environment, image=about, path=given[0].path)


def _found(given: list[Argument], environment: Mapping[str, str | None], about: Image) -> Iterator[Launch]:
    script = _script(given)
    if script is not None:
        yield from _scripted(given, script, environment, about)
        return
    start = _start(given)
    if start is not None:
        engine, entry, index = start
        arguments = tuple(map(_left_open, given[index:]))
        yield Launch(
            engine=engine,
            entry=entry,
            arguments=arguments,
            environment=environment,
            image=about,
            path=given[index - 1].path,
            wrappers=_wrappers(given, index),
        )


def _left_open(argument: Argument) -> Argument:
    """An argument whose references nothing in the manifest resolves: a controller may set them, as LeaderWorkerSet does for its pods."""
    if "$(" not in argument.text:
        return argument
    found = tuple(match[0] for match in _REFERENCE.finditer(argument.text) if match[1])
    text = _REFERENCE.sub(lambda match: OPAQUE if match[1] else match[0], argument.text)
    return Argument(text, argument.path, argument.line, argument.column, (*argument.opaque, *found)) if found else argument


def _scripted(given: list[Argument], index: int, environment: Mapping[str, str | None], about: Image) -> Iterator[Launch]:
    """Every engine a script starts."""
    place = given[index]
    script = read_script(place.text, environment, tuple(each.text for each in given[index + 1 :]))
    any_found = False
    for number, command in enumerate(script.commands):
        arguments = [_argument(word, place.path) for word in command.words]
        start = _start(arguments)
        if start is None:
            continue
        engine, entry, first = start
        any_found = True
        yield Launch(
            engine=engine,
            entry=entry,
            arguments=tuple(arguments[first:]),
            environment={**environment, **command.environment},
            image=about,
            path=place.path,
            conditional=command.conditional,
            fault=script.fault,
            fault_place=(script.line, script.column),
            wrappers=_wrappers(arguments, first),
            stray=_stray(script.commands[number + 1 : number + 2]),
        )
    if script.fault and not any_found and re.search(r"\bvllm\b", place.text):
        yield Launch(
            engine="vllm",
            entry=None,
            arguments=(),
            environment=environment,
            image=about,
            path=place.path,
            fault=script.fault,
            fault_place=(script.line, script.column),
        )


def _wrappers(given: Sequence[Argument], first: int) -> tuple[str, ...]:
    """What stands before the engine's own words, of which the last two may be `vllm serve` or `-m module`."""
    return tuple(posixpath.basename(each.text) for each in given[: max(first - 1, 0)])


def _stray(following: Sequence[Command]) -> tuple[str, int]:
    """The flag that the next command of a script is, and its line."""
    word = following[0].words[0] if following and following[0].words else None
    return (word.text, word.line) if word is not None and re.match(r"--?[A-Za-z]", word.text) else ("", 0)


def _argument(word: ShellWord, path: str) -> Argument:
    opaque = word.opaque or (("a reference",) if OPAQUE in word.text else ())
    return Argument(word.text, path, word.line, word.column, opaque)


def _script(given: Sequence[Argument]) -> int | None:
    """The index of the script a shell is given with `-c`; None: no shell is."""
    if not given or posixpath.basename(given[0].text) not in SHELLS:
        return None
    for index, each in enumerate(given[1:], start=1):
        if not each.text.startswith("-"):
            return None
        if re.fullmatch(r"-[a-z]*c[a-z]*", each.text):
            rest = index + 1
            if rest < len(given) and given[rest].text == "--":
                rest += 1
            return rest if rest < len(given) else None
    return None


def _start(given: Sequence[Argument]) -> tuple[Engine, Entry, int] | None:
    """The engine a command starts, and the index of its first argument; wrappers before it (`exec`, `env`, `nsys`) are passed over."""
    for index, each in enumerate(given):
        name = posixpath.basename(each.text)
        following = given[index + 1].text if index + 1 < len(given) else ""
        if (name, following) in _PROGRAMS:
            return *_PROGRAMS[name, following], index + 2
        if each.text == "-m" and following in _MODULES:
            return *_MODULES[following], index + 2
        if each.text == "-m" and following == "vllm.entrypoints.cli.main" and index + 2 < len(given) and given[index + 2].text == "serve":
            return "vllm", "serve", index + 3
        if each.text.endswith("vllm/entrypoints/openai/api_server.py"):
            return "vllm", "api_server", index + 1
        if name == "trtllm-serve" and following and not following.startswith("-"):
            return "tensorrt-llm", "serve", index + 1
    return None


@lru_cache(maxsize=512)
def starts_engine(command: tuple[str, ...]) -> bool:
    """Whether a command by itself, without a shell, says which engine is started, so that what follows are arguments."""
    return _script([Argument(text, "") for text in command]) is None and _start([Argument(text, "") for text in command]) is not None


def _environment(variables: Iterable[tuple[str, str | None]]) -> dict[str, str | None]:
    """The variables of a container; later ones may use earlier ones."""
    made: dict[str, str | None] = {}
    for name, value in variables:
        if value is None or "$" not in value:
            made[name] = value
        else:
            text, opaque = _expanded(value, made)
            made[name] = None if opaque else text
    return made


def _words(listed: Sequence[str], key: str, environment: Mapping[str, str | None]) -> Iterator[Argument]:
    for index, each in enumerate(listed):
        if "$" not in each:  # nearly all
            yield Argument(each, f"{key}[{index}]")
            continue
        text, opaque = _expanded(each, environment)
        if "\n" not in text and not opaque and _PLACEHOLDER.search(text) and " " not in text.strip():
            opaque = tuple(_PLACEHOLDER.findall(text))
            text = _PLACEHOLDER.sub(OPAQUE, text)
        yield Argument(text, f"{key}[{index}]", opaque=opaque)


def _expanded(text: str, environment: Mapping[str, str | None]) -> tuple[str, tuple[str, ...]]:
    """Text after Kubernetes put `$(NAME)` in place; and the references whose value is not known."""
    opaque: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "$"
        if name not in environment:
            return match[0]
        value = environment[name]
        if value is None:
            opaque.append(match[0])
            return OPAQUE
        return value

    return _REFERENCE.sub(replaced, text), tuple(opaque)
