"""One configuration on its way through the loader, and what every stage of it uses."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.errors import did_you_mean
from constructs_dra.picker.catalogue import Picker, PluginType
from constructs_dra.picker.findings import Effect, Finding

__all__ = [
    "CHECKED",
    "EXTRACTORS",
    "FALSE",
    "LOAD",
    "SOURCES",
    "TRUE",
    "Declared",
    "Profile",
    "Source",
    "Stage",
    "State",
    "entries",
    "reference",
    "section_of",
]

LOAD: Final = "failed to load the configuration - "
CHECKED: Final = f"{LOAD}configuration validation failed: "
BUILT: Final = f"{LOAD}plugin instantiation failed: "
SORTED: Final = f"{BUILT}failed to build plugin dependency graph: "
TRUE: Final = frozenset({"1", "t", "true"})
FALSE: Final = frozenset({"0", "f", "false"})
SOURCES: Final = ("polling-dispatcher", "polling-data-source", "notification-source", "endpoint-source")
EXTRACTORS: Final = ("extractor", "endpoint-extractor")


class Stage(IntEnum):
    """The stages of the loader in their order; decoding is the first."""

    GATES = 2
    LIST = 3
    ORDER = 4
    BUILD = 5
    DEFAULTS = 6
    CHECK = 7
    SCHEDULER = 8
    DATA = 9
    FLOW = 10
    PARSERS = 11
    DETECTOR = 12
    PRODUCERS = 13
    DISCOVERY = 14
    STABILITY = 15
    RUNTIME = 16


@frozen(kw_only=True, eq=False)
class Declared:
    """One plugin that the loader has made or would make.

    Attributes:
        name: Its name; references use it.
        kind: Its type.
        parameters: Its parameters. Default: none.
        place: Where it is declared; empty where the loader made it by itself.
    """

    name: str
    kind: PluginType
    parameters: Any = None
    place: str = ""

    @property
    def words(self) -> str:
        """How the loader calls it: `name/type`."""
        return f"{self.name}/{self.kind.name}"


@frozen(kw_only=True, eq=False)
class Profile:
    """One scheduling profile.

    Attributes:
        name: Its name; empty where it has none.
        place: Where it is; empty for the one the loader makes.
        plugins: Name, place and weight of each plugin it refers to.
    """

    name: str
    place: str
    plugins: list[tuple[str, str, Any]]


@frozen(kw_only=True, eq=False)
class Source:
    """One source of the data layer.

    Attributes:
        name: The plugin it refers to.
        place: Where it is; empty for the one the loader adds.
        extractors: Name and place of each extractor.
    """

    name: str
    place: str
    extractors: list[tuple[str, str]]


@frozen(kw_only=True, eq=False)
class State:
    """One configuration on its way.

    Attributes:
        config: The configuration.
        of: The version of the picker.
        experimental: Whether plugins of stability Alpha are allowed.
        findings: What was found so far.
        plugins: The plugins by name, in the order in which they were declared and made.
        made: Names of those that the loader made by itself.
        gates: Feature gates, on or off.
        profiles: The scheduling profiles.
        sources: The sources of the data layer.
        used: Names that something refers to.
        unknown: Names of plugins whose type is not known: nothing can be said of references to them.
    """

    config: Mapping[str, Any]
    of: Picker
    experimental: bool
    findings: list[Finding] = field(factory=list)
    plugins: dict[str, Declared] = field(factory=dict)
    made: list[str] = field(factory=list)
    gates: dict[str, bool] = field(factory=dict)
    profiles: list[Profile] = field(factory=list)
    sources: list[Source] = field(factory=list)
    used: set[str] = field(factory=set)
    unknown: set[str] = field(factory=set)

    def note(self, rank: tuple[int, ...], path: str, fault: str, words: str = "", *, hint: str = "", effect: Effect = "refused") -> None:
        """Note what the loader does not take as it is written; see `Finding`."""
        self.findings.append(Finding(path=path, fault=fault, words=words, hint=hint, effect=effect, rank=rank))

    def does(self, what: str) -> Any:
        """What the loader does in one respect."""
        return self.of.does(what)

    def make(self, kind_name: str) -> Declared | None:
        """The plugin of that name; the loader makes it by itself where there is none and the type is known."""
        if kind_name in self.plugins:
            return self.plugins[kind_name]
        kind = self.of.type(kind_name)
        if kind is None:
            return None
        made = self.plugins[kind_name] = Declared(name=kind_name, kind=kind)
        self.made.append(kind_name)
        return made

    def lacks(self, name: str) -> bool:
        """Whether no plugin has that name."""
        return name not in self.plugins and name not in self.unknown

    def is_a(self, name: str, *interfaces: str) -> bool:
        """Whether a plugin of that name is there and is one of these."""
        found = self.plugins.get(name)
        return found is not None and found.kind.is_a(*interfaces)

    def declare_hint(self, name: str) -> str:
        """What to do about a reference to a plugin that is not there."""
        if self.of.type(name) is not None:
            return f"declare it: plugins: [- type: {name}]"
        return did_you_mean(name, self.plugins, fallback=lambda _: "")


def entries(value: Any) -> list[Any]:
    """The entries of a list; null ones are empty mappings, as the decoder makes them."""
    return [each if each is not None else {} for each in value] if isinstance(value, list | tuple) else []


def section_of(value: Any, *keys: str) -> dict[str, Any]:
    """A section inside a mapping; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return dict(value) if isinstance(value, Mapping) else {}


def reference(value: Any) -> str:
    """The plugin that a mapping refers to; empty where it does not, or not by a string."""
    name = value.get("pluginRef") if isinstance(value, Mapping) else None
    return name if isinstance(name, str) else ""
