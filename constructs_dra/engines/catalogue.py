"""What one version of vLLM takes on its command line.

A dialect is one version's view of the catalogue: every spelling of every flag, and what each takes. It is made on first use and kept.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Literal

from attrs import field, frozen

from constructs_dra.engines.data import facts
from constructs_dra.engines.versions import columns, number

__all__ = ["Dialect", "Entry", "Flag", "dialect", "flag_spans", "retirement"]

Entry = Literal["serve", "api_server"]
"""How the server is started: `vllm serve`, or `python -m vllm.entrypoints.openai.api_server`."""


@frozen(kw_only=True, eq=False)
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
        dialect: Whose flag it is.
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
    dialect: str = field(default="", repr=False)

    @property
    def takes_value(self) -> bool:
        """Whether something must or may follow it."""
        return self.kind in {"value", "append"}


def _flag(name: str, raw: Mapping[str, Any], spec: Mapping[str, Any], names: tuple[str, ...], version: str) -> Flag:
    return Flag(
        name=name,
        dest=raw["dest"],
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
        dialect=version,
    )


class Dialect:
    """The command line of one version.

    Attributes:
        version: The version, or the fork.
        column: Its place among the versions.
        options: Spelling to flag.
    """

    def __init__(self, version: str, entry: Entry) -> None:
        """Read one column of the catalogue.

        Raises:
            KeyError: The version is not known.
        """
        self.version = version
        self.entry = entry
        self.column = number(version)
        self.options: dict[str, Flag] = {}
        for name, raw in facts("vllm")["flags"].items():
            self._add(name, raw)
        fork = facts("vllm")["variants"].get(version)
        if fork:
            self._fork(fork)

    def _add(self, name: str, raw: Mapping[str, Any]) -> None:
        column = self.column
        if self._elsewhere(raw):
            return
        names = next(((*plain, *hidden) for first, last, plain, hidden in raw["names"] if first <= column <= last), None)
        spec = next((spec for first, last, spec in raw["spec"] if first <= column <= last), None)
        if names is None or spec is None:
            return
        flag = _flag(name, raw, spec, names, self.version)
        for spelling in names:
            self.options[spelling] = flag

    def _elsewhere(self, raw: Mapping[str, Any]) -> bool:
        """Whether only the other entry point has it."""
        only = raw.get("api_server_only" if self.entry == "serve" else "serve_only", ())
        return any(first <= self.column <= last for first, last in only)

    def _fork(self, fork: Mapping[str, Any]) -> None:
        for spelling in fork["missing"]:
            self.options.pop(spelling, None)
        for spelling, spec in fork["added"].items():
            raw = facts("vllm")["flags"].get(spelling)
            if raw and spec.get("choices") is None:
                # known from other versions, which say more about its values
                near = min(raw["spec"], key=lambda each: abs(each[0] - self.column))[2]
                spec = {**near, "kind": spec["kind"]}  # noqa: PLW2901
            dest = raw["dest"] if raw else spelling.lstrip("-").replace("-", "_")
            self.options[spelling] = _flag(spelling, {"dest": dest}, spec, (spelling,), self.version)

    @cached_property
    def spellings(self) -> list[str]:
        """Every spelling, sorted, to look for prefixes in."""
        return sorted(self.options)

    def starting(self, prefix: str) -> Iterator[str]:
        """The spellings that begin so."""
        found = self.spellings
        index = bisect_left(found, prefix)
        while index < len(found) and found[index].startswith(prefix):
            yield found[index]
            index += 1

    def trait(self, name: str) -> Any:
        """What the parser of this version does in one respect; None: nothing."""
        for first, last, value in facts("vllm")["parser"].get(name, ()):
            if first <= self.column <= last:
                return value
        return None

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


@cache
def _spelling_spans() -> dict[str, list[list[int]]]:
    found: dict[str, list[list[int]]] = {}
    for raw in facts("vllm")["flags"].values():
        for first, last, names, hidden in raw["names"]:
            for name in (*names, *hidden):
                found.setdefault(name, []).append([first, last])
    return found


def flag_spans(spelling: str) -> list[list[int]]:
    """The versions that have a spelling, as ranges of columns; empty where none has it."""
    return _spelling_spans().get(spelling, [])


@cache
def _main_names() -> dict[str, str]:
    return {name: main for main, raw in facts("vllm")["flags"].items() for _, _, names, hidden in raw["names"] for name in (*names, *hidden)}


def retirement(spelling: str) -> str:
    """What replaces a flag that was removed or is deprecated; empty where nothing is known."""
    main = _main_names().get(spelling)
    return facts("vllm")["flags"][main].get("retired", {}).get("use", "") if main else ""


def newest() -> str:
    """The newest version in the catalogue."""
    return next(reversed(columns()))
