"""What one version of vLLM takes on its command line.

A dialect is one version's view of the catalogue: every spelling of every flag, and what each takes. It is made on first use and kept.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, Final, Literal

from attrs import frozen

from constructs_dra.engines.data import facts
from constructs_dra.engines.versions import number

__all__ = ["Dialect", "Entry", "Flag", "alike", "dialect", "flag_spans", "free_numbers", "free_text", "retirement"]

Entry = Literal["serve", "api_server"]
"""How the server is started: `vllm serve`, or `python -m vllm.entrypoints.openai.api_server`."""


@frozen(kw_only=True, eq=False, repr=False)
class Flag:
    """One flag in one version.

    Attributes:
        name: Its main spelling, e.g. `--tensor-parallel-size`.
        dest: The engine's name for its value, e.g. `tensor_parallel_size`.
        kind: `pair` (`--x` and `--no-x`, no value), `switch` (`--x` alone), `value`, `append` (a value; may be repeated) or `help`.
        type: How a value is read, see the catalogue's generator. Default `str`.
        nargs: `+` for one or more values, `?` for at most one. Default: exactly one.
        choices: The values taken. Default: any of its type.
        known: Documented values; the parser takes others too. Default: none.
        none_ok: Whether an empty text and `None` mean no value.
        config: The class whose fields are the keys of a JSON value. Default: none.
        unchecked: Whether the parser leaves the keys to the engine.
        const: What the flag alone means, where a value may be left out.
        default: What the engine takes where the flag is absent. Default: nothing.
        deprecated: Whether the parser itself calls it deprecated.
        names: Every spelling, the negative ones too.
    """

    name: str
    dest: str
    kind: str
    type: str = "str"
    nargs: str = ""
    choices: tuple[Any, ...] | None = None
    known: tuple[Any, ...] = ()
    none_ok: bool = False
    config: str = ""
    unchecked: bool = False
    const: Any = None
    default: Any = None
    deprecated: bool = False
    names: tuple[str, ...] = ()

    @property
    def takes_value(self) -> bool:
        """Whether something must or may follow it."""
        return self.kind in {"value", "append"}


@cache
def _index() -> dict[str, list[tuple[int, int, str, tuple[str, ...]]]]:
    """Every spelling: in which columns it belongs to which flag, and that flag's spellings there."""
    made: dict[str, list[tuple[int, int, str, tuple[str, ...]]]] = {}
    for name, raw in facts("vllm")["flags"].items():
        for first, last, plain, hidden in raw["names"]:
            names = (*plain, *hidden)
            for spelling in names:
                made.setdefault(spelling, []).append((first, last, name, names))
    return made


@cache
def _spellings() -> list[str]:
    """Every spelling of any version, sorted, to look for prefixes in."""
    return sorted({*_index(), *(name for fork in facts("vllm")["variants"].values() for name in fork["added"])})


_FLAGS: dict[tuple[str, int, tuple[str, ...]], Flag] = {}
"""Flags made so far: versions that agree on a flag share it."""


def _flag(name: str, dest: str, spec: Mapping[str, Any], names: tuple[str, ...]) -> Flag:
    key = (name, id(spec), names)
    made = _FLAGS.get(key)
    if made is None:
        made = _FLAGS[key] = Flag(
            name=name,
            dest=dest,
            kind=spec["kind"],
            type=spec.get("type", "str"),
            nargs=spec.get("nargs") or "",
            choices=tuple(spec["choices"]) if spec.get("choices") else None,
            known=tuple(spec.get("known_values") or ()),
            none_ok=bool(spec.get("none_ok")) or spec.get("parser") == "nullable_str",
            config=spec.get("class", ""),
            unchecked=bool(spec.get("unchecked")),
            const=spec.get("const"),
            default=spec.get("default"),
            deprecated=bool(spec.get("deprecated")),
            names=names,
        )
    return made


class Dialect:
    """The command line of one version and entry point.

    Attributes:
        version: The version, or the fork.
        entry: How the server is started.
        column: Its place among the versions.
    """

    def __init__(self, version: str, entry: Entry) -> None:
        """Look at one column of the catalogue.

        Raises:
            KeyError: The version is not known.
        """
        self.version = version
        self.entry: Entry = entry
        self.column = number(version)
        self._known: dict[str, Flag | None] = {}
        fork = facts("vllm")["variants"].get(version)
        if fork:
            self._known.update({spelling: self._own(spelling, spec) for spelling, spec in fork["added"].items()})
            self._known.update(dict.fromkeys(fork["missing"]))

    @staticmethod
    def _own(spelling: str, spec: Mapping[str, Any]) -> Flag:
        """A flag that a fork has on top."""
        raw = facts("vllm")["flags"].get(spelling)
        if raw and spec.get("choices") is None:
            # known from other versions, which say more about its values
            spec = raw["spec"][0][2]
        return _flag(spelling, raw["dest"] if raw else spelling.lstrip("-").replace("-", "_"), spec, (spelling,))

    def get(self, spelling: str) -> Flag | None:
        """The flag with a spelling; None where this version has none."""
        try:
            return self._known[spelling]
        except KeyError:
            found = self._known[spelling] = self._looked_up(spelling)
            return found

    def _looked_up(self, spelling: str) -> Flag | None:
        column = self.column
        for first, last, name, names in _index().get(spelling, ()):
            if first <= column <= last:
                raw = facts("vllm")["flags"][name]
                only = raw.get("api_server_only" if self.entry == "serve" else "serve_only", ())
                spec = next((spec for low, high, spec in raw["spec"] if low <= column <= high), None)
                if spec is not None and not any(low <= column <= high for low, high in only):
                    return _flag(name, raw["dest"], spec, names)
        return None

    @cached_property
    def options(self) -> dict[str, Flag]:
        """Every spelling and its flag."""
        return {spelling: flag for spelling in _spellings() if (flag := self.get(spelling)) is not None}

    def starting(self, prefix: str) -> Iterator[str]:
        """The spellings that begin so."""
        found = _spellings()
        index = bisect_left(found, prefix)
        while index < len(found) and found[index].startswith(prefix):
            if self.get(found[index]) is not None:
                yield found[index]
            index += 1

    def trait(self, name: str) -> Any:
        """What the parser of this version does in one respect; None: nothing."""
        return self._traits.get(name)

    @cached_property
    def _traits(self) -> dict[str, Any]:
        column = self.column
        return {name: value for name, ranges in facts("vllm")["parser"].items() for first, last, value in ranges if first <= column <= last}

    @cached_property
    def traits(self) -> tuple[tuple[str, Any], ...]:
        """All of them; versions with equal ones treat words alike."""
        return tuple(self._traits.items())

    def fields(self, config: str) -> dict[str, tuple[str, Any]] | None:
        """Type and default of each key of a class in this version; None where its keys are not known."""
        raw = facts("vllm")["subkeys"].get(config)
        if raw is None:
            return None
        found = {key: (kind, default) for key, ranges in raw.items() for first, last, kind, default in ranges if first <= self.column <= last}
        return found or None

    def key_spans(self, config: str, key: str) -> list[list[Any]]:
        """The versions whose class has a key."""
        ranges: list[list[Any]] = facts("vllm")["subkeys"].get(config, {}).get(key, [])
        return ranges


@cache
def dialect(version: str, entry: Entry = "serve") -> Dialect:
    """The command line of a version (spelt as in the catalogue) and entry point.

    Raises:
        KeyError: The version is not known.
    """
    return Dialect(version, entry)


@lru_cache(maxsize=4096)
def _fields(config: str, column: int) -> dict[str, tuple[str, Any]] | None:
    raw = facts("vllm")["subkeys"].get(config)
    if raw is None:
        return None
    found = {key: (kind, default) for key, ranges in raw.items() for first, last, kind, default in ranges if first <= column <= last}
    return found or None


def flag_spans(spelling: str) -> list[list[int]]:
    """The versions that have a spelling, as ranges of columns; empty where none has it."""
    return [[first, last] for first, last, _, _ in _index().get(spelling, ())]


def retirement(spelling: str) -> str:
    """What replaces a flag that was removed or is deprecated; empty where nothing is known."""
    owners = _index().get(spelling)
    return facts("vllm")["flags"][owners[0][2]].get("retired", {}).get("use", "") if owners else ""


_VARYING: Final = frozenset({"--data-parallel-address", "--master-addr", "--model", "--otlp-traces-endpoint", "--served-model-name"})
"""Flags that say a name or an address."""


@cache
def free_text() -> frozenset[str]:
    """Spellings whose value differs from service to service, is any text in every version, and decides about nothing."""
    return frozenset(spelling for spelling in _of_types("str") if {name for _, _, name, _ in _index()[spelling]} <= _VARYING)


@cache
def free_numbers() -> frozenset[str]:
    """Spellings whose value is any whole number in every version: which one it is decides about nothing that the parser does."""
    return _of_types("int", "int_suffix", "int_suffix_or_auto")


def _of_types(*wanted: str) -> frozenset[str]:
    return frozenset(
        spelling
        for spelling, owners in _index().items()
        if all(
            spec["kind"] == "value" and spec.get("type") in wanted and not spec.get("choices") and spec.get("nargs") != "?" and "parser" not in spec
            for _, _, name, _ in owners
            for _, _, spec in facts("vllm")["flags"][name]["spec"]
        )
    )


@cache
def _nested(config: str) -> tuple[str, ...]:
    """A class and the classes its fields have."""
    fields = facts("vllm")["subkeys"]
    found = [config]
    for ranges in fields.get(config, {}).values():
        found += [kind for _, _, kind, _ in ranges if kind in fields and kind not in found]
    return tuple(found)


@cache
def _segment(config: str, column: int) -> tuple[int, ...]:
    """Which of the states of a class and of those inside it a version has."""
    made = []
    for name in _nested(config):
        raw = facts("vllm")["subkeys"].get(name, {})
        edges = sorted({edge for ranges in raw.values() for first, last, *_ in ranges for edge in (first, last + 1)})
        made.append(bisect_right(edges, column))
    return tuple(made)


_SHORT = ("-O", "-cc", "--optimization-level", "--compilation-config", "--config", "--model")
"""What vLLM's own treatment of words looks for."""


_RESHAPED = ("-O", "-c", "--c", "--o")
"""How words begin that vLLM turns into others, or looks for others in: levels of optimisation, configuration of the compilation, files of flags."""


def alike(arguments: Sequence[str], entry: Entry, among: Iterable[str]) -> dict[Any, list[str]]:
    """Versions in groups that read these arguments alike: the same flags stand behind the words, and the parser has the same traits."""
    names = []
    for word in arguments:
        if word.startswith("-"):
            name = word.partition("=")[0]
            names.append(name if name in _index() else name.partition(".")[0].replace("_", "-"))
    # the keys of a class decide about nothing where no word can come to name it
    judged = (*names, *_SHORT) if any(name.startswith(_RESHAPED) for name in names) else names
    names = list(dict.fromkeys((*names, *_SHORT)))
    groups: dict[Any, list[str]] = {}
    for version in among:
        which = dialect(version, entry)
        key: list[Any] = [which.traits]
        for name in names:
            flag = which.get(name)
            found = (flag,) if flag is not None else tuple(which.get(each) for each in which.starting(name)) if len(name) > 1 else ()
            if flag is None and not name.startswith("--"):
                found += (which.get(name[:2]),)
            key.append(tuple(map(id, found)))
            if name in judged:
                key += [_segment(each.config, which.column) for each in found if each is not None and each.config]
        groups.setdefault(tuple(key), []).append(version)
    return groups
