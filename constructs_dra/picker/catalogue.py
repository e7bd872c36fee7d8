"""The types of plugins one version of the endpoint picker knows, and what its loader does: one column of the catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Final, TypeAlias

from attrs import frozen

from constructs_dra.picker.data import facts
from constructs_dra.picker.versions import column, router_version, versions

__all__ = ["Picker", "PluginType", "Shape", "picker", "plugin_spans"]

Shape: TypeAlias = Any
"""What a value must be: `string`, `int`, `float`, `bool`, `duration`, `quantity`, `object` (anything inside), `list` (of anything), `any`,
`{"list": shape}`, `{"map": shape}`, or `{"fields": {name: [first column, last column, shape]}}`."""


@frozen(kw_only=True)
class Reference:
    """Parameters that name another plugin.

    Attributes:
        names: Their names; the first one that is written counts.
        interface: What the other plugin must be; empty where nobody looks.
        default: The name where none is written; empty for none.
        missing: What the factory says where there is no such plugin; `{name}` stands for its name.
        wrong: What it says where the plugin is something else.
    """

    names: tuple[str, ...]
    interface: str
    default: str
    missing: str
    wrong: str


@frozen(kw_only=True, eq=False)
class PluginType:
    """One type of plugins in one version.

    Attributes:
        name: The type, e.g. `queue-scorer`.
        interfaces: What it can be, e.g. `scorer`, `filter`, `picker`, `profile-handler`.
        alpha: Whether it needs the flag `--allow-experimental-plugins`.
        reads: Whether its factory looks at parameters at all.
        fields: Its parameters, as the fields of a shape.
        rules: What its factory checks of them, see `constructs_dra.picker.parameters`.
        produces: Keys of data it makes, without the name they are made under.
        produces_as: The name it makes them under; `=` for its own.
        consumes: Keys of data it cannot do without: key, name of the producer (`=` for its own), parameter that names another one.
        replaced_by: What to use instead where the type is deprecated in this version; empty where it is not.
        deprecated: Whether it is deprecated in this version.
        parse_words: What its factory says before the words of the decoder; None where that is not on record.
        needs_parameters: What the factory says where there are no parameters; empty where it does without.
        crashes: What becomes of the picker where there are no parameters; empty where nothing happens.
        references: Parameters that name other plugins.
        alternatives: Two sets of parameters of which one may be used, and what the factory says of both; empty for most.
        input: What a polled source gives or an extractor takes; empty for all others.
    """

    name: str
    interfaces: tuple[str, ...]
    alpha: bool
    reads: bool
    fields: Mapping[str, Shape]
    rules: Sequence[Mapping[str, Any]]
    produces: tuple[str, ...]
    produces_as: str
    consumes: tuple[tuple[str, str, str], ...]
    replaced_by: str
    deprecated: bool
    parse_words: str | None
    needs_parameters: str
    crashes: str
    references: tuple[Reference, ...]
    alternatives: Mapping[str, Any]
    input: str

    def is_a(self, *interfaces: str) -> bool:
        """Whether it is one of these."""
        return any(each in self.interfaces for each in interfaces)


def _step(steps: Sequence[Sequence[Any]], at: int, default: Any = None) -> Any:
    """The value that holds in a column: the last step at or before it."""
    found = default
    for first, value in steps:
        if first <= at:
            found = value
    return found


_NOWHERE: Final[Mapping[str, Any]] = {"span": (1, 0)}
"""Stands for a type that no version has."""


def _reference(raw: Mapping[str, Any], at: int) -> Reference:
    default = _step(raw.get("default", ()), at, "")
    return Reference(names=tuple(raw["names"]), interface=raw["interface"], default=default, missing=raw["missing"], wrong=raw["wrong"])


class Picker:
    """What one version of the endpoint picker knows and does.

    Attributes:
        version: The version, as the catalogue spells it.
        column: Its number.
    """

    def __init__(self, version: str) -> None:
        """Read one column of the catalogue.

        Raises:
            ValueError: The version is not known.
        """
        self.version = router_version(version)
        self.column = column(self.version)
        self._types: dict[str, PluginType | None] = {}

    @cached_property
    def flags(self) -> Mapping[str, Mapping[str, Any]]:
        """The flags it takes by name: `kind` of value, `choices`, the column from which it is `rejected` where set."""
        return {name: raw for name, raw in facts("picker")["flags"].items() if raw["span"][0] <= self.column <= raw["span"][1]}

    @cached_property
    def shorthands(self) -> Mapping[str, str]:
        """Flags of one letter and the names they stand for."""
        return {raw["short"]: name for name, raw in self.flags.items() if "short" in raw}

    @staticmethod
    def flag_span(name: str) -> tuple[str, str] | None:
        """The first and the last version that have a flag; None where none does."""
        raw = facts("picker")["flags"].get(name)
        return None if raw is None else (versions()[raw["span"][0]], versions()[raw["span"][1]])

    def type(self, name: str) -> PluginType | None:
        """A type of plugins; None where this version does not register it."""
        if name not in self._types:
            raw = facts("picker")["plugins"].get(name, _NOWHERE)
            self._types[name] = self._read(name, raw) if raw["span"][0] <= self.column <= raw["span"][1] else None
        return self._types[name]

    def _read(self, name: str, raw: Mapping[str, Any]) -> PluginType:
        at = self.column
        deprecated = raw.get("deprecated")
        is_deprecated = deprecated is not None and deprecated["from"] <= at
        return PluginType(
            name=name,
            interfaces=tuple(_step(raw["interfaces"], at, ())),
            alpha=bool(raw["alpha"]) and raw["alpha"][0] <= at and self.does("stability"),
            reads=raw["reads"],
            fields={key: shape for key, (first, last, shape) in raw["parameters"].items() if first <= at <= last},
            rules=[each for each in raw.get("rules", ()) if "span" not in each or each["span"][0] <= at <= each["span"][1]],
            produces=tuple(raw["produces"]),
            produces_as=raw["produces_as"],
            consumes=tuple((key, producer, by) for first, key, producer, by in raw["consumes"] if first <= at),
            replaced_by=deprecated["use"] if deprecated and is_deprecated else "",
            deprecated=is_deprecated,
            parse_words=raw.get("parse_words"),
            needs_parameters=raw.get("needs_parameters", ""),
            crashes=raw.get("crashes", ""),
            references=tuple(_reference(each, at) for each in raw.get("references", ())),
            alternatives=raw.get("alternatives", {}),
            input=raw.get("input", ""),
        )

    def types(self) -> Iterator[PluginType]:
        """Every type this version registers, by name."""
        for name in sorted(facts("picker")["plugins"]):
            if (found := self.type(name)) is not None:
                yield found

    def does(self, what: str) -> Any:
        """What the loader of this version does in one respect."""
        return _step(facts("picker")["loader"][what], self.column)

    @property
    def api_version(self) -> str:
        """The API version to write a configuration in: the one it takes that is not deprecated."""
        accepted: dict[str, str] = self.does("api_versions")
        return next(version for version, replacement in accepted.items() if not replacement)

    def default_producer(self, key: str) -> str | None:
        """The type that is created where nobody produces a key under its default name."""
        found: str | None = facts("picker")["default_producers"].get(key)
        return found

    def created(self, what: str) -> str:
        """What the loader creates where a configuration has none of a kind: `handler`, `picker`, `detector`."""
        name: str = facts("picker")["loader"]["created"][what]
        return name

    def shape(self, api_version: str) -> Shape | None:
        """The fields of a configuration of an API version (`v1alpha1`, `v1`) in this version; None where it does not take that version."""
        by_version: dict[str, Shape] = facts("picker")["config"].get(api_version, {})
        return by_version.get(self.version)


@cache
def picker(version: str) -> Picker:
    """What a version of the endpoint picker knows.

    Raises:
        ValueError: The version is not known.
    """
    return Picker(version)


def plugin_spans(name: str) -> tuple[str, str] | None:
    """The first and the last version that register a type; None where none does."""
    raw = facts("picker")["plugins"].get(name)
    if raw is None or raw["span"][0] > raw["span"][1]:
        return None
    return versions()[raw["span"][0]], versions()[raw["span"][1]]
