"""Judge a configuration of the endpoint picker as one version's own loader would."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from attrs import evolve, field, frozen

from constructs_dra.errors import Problem
from constructs_dra.picker.catalogue import Picker, picker
from constructs_dra.picker.decoding import decoded, read_config
from constructs_dra.picker.findings import Finding
from constructs_dra.picker.loader import load
from constructs_dra.picker.versions import DEFAULT_ROUTER
from constructs_dra.yaml.document import Document

__all__ = ["Judgement", "judge_config", "judge_text", "read_plugins"]


@frozen(kw_only=True)
class Judgement:
    """What a version of the endpoint picker makes of a configuration.

    Attributes:
        version: The version.
        findings: Everything it does not take as it is written, in the order its loader comes to it.
        created: Names of the plugins the loader makes by itself, sorted; empty where it does not get that far.
    """

    version: str
    findings: Sequence[Finding] = field(factory=tuple)
    created: Sequence[str] = field(factory=tuple)
    _document: Document | None = field(default=None, alias="document", repr=False, eq=False)

    @property
    def loads(self) -> bool:
        """Whether the picker starts with it."""
        return not any(each.stops for each in self.findings)

    @property
    def stopped_by(self) -> Finding | None:
        """What the picker ends with: the first thing that its loader refuses."""
        return next((each for each in self.findings if each.stops), None)

    @property
    def words(self) -> str:
        """What the picker prints when it ends; empty where it starts. `…` stands for words that are not on record."""
        return self.stopped_by.words if self.stopped_by is not None else ""

    @property
    def problems(self) -> list[Problem]:
        """The findings as problems: those that stop the picker are errors, the others warnings; with lines where a string was judged."""
        return [self._placed(each.problem(self.version)) for each in self.findings]

    def _placed(self, problem: Problem) -> Problem:
        if self._document is None:
            return problem
        line, column = self._document.line_of(problem.path)
        return evolve(problem, line=line, column=column)


_EMPTY: Final[Mapping[str, Any]] = {}


def judge_text(text: str, *, version: str = DEFAULT_ROUTER, flags: Sequence[str] = (), source: str = "") -> Judgement:
    """Judge the text of a configuration.

    Args:
        text: YAML or JSON, as the picker reads it from its file.
        version: The router, e.g. `v0.10.0` or `main`. Default: the newest release known.
        flags: The picker's flags that matter to it: `--allow-experimental-plugins`.
        source: What problems call the text. Default: nothing.

    Raises:
        ValueError: The version is not known.
    """
    return _judged_text(text, version, tuple(flags), source)


@lru_cache(maxsize=128)
def _judged_text(text: str, version: str, flags: tuple[str, ...], source: str) -> Judgement:
    """Pickers of a fleet read few texts, and each is judged at its record, in the service and in the set."""
    of = picker(version)
    if not text:
        if of.does("empty_text"):
            return Judgement(version=of.version, created=_created(_default_config(of), of, flags)[1])
        fault = Finding(path="", fault="is empty", words="failed to parse config - failed to decode configuration JSON/YAML: …", rank=(1, 0))
        return Judgement(version=of.version, findings=[fault])
    document, findings = read_config(text, source)
    if any(each.rank == (1, 0) for each in findings):
        return Judgement(version=of.version, findings=findings, document=document)
    value = document.value if document is not None else _EMPTY
    return _judged(value, of, flags, findings, document)


@lru_cache(maxsize=128)
def read_plugins(text: str) -> tuple[str, ...]:
    """The types of the plugins that a configuration's text declares; none where it cannot be read."""
    document, _ = read_config(text, "")
    plugins = document.value.get("plugins") if document is not None and isinstance(document.value, Mapping) else None
    entries = plugins if isinstance(plugins, list) else []
    return tuple(each["type"] for each in entries if isinstance(each, Mapping) and isinstance(each.get("type"), str))


def judge_config(config: Mapping[str, Any], *, version: str = DEFAULT_ROUTER, flags: Sequence[str] = ()) -> Judgement:
    """Judge a configuration that is read already.

    Args:
        config: The configuration as a mapping, in the API's own spelling.
        version: The router. Default: the newest release known.
        flags: The picker's flags that matter to it.

    Raises:
        ValueError: The version is not known.
    """
    return _judged(config, picker(version), flags, [], None)


def _judged(value: Any, of: Picker, flags: Sequence[str], findings: list[Finding], document: Document | None) -> Judgement:
    found = [*findings, *decoded(value, of)]
    created: Sequence[str] = ()
    mistyped = any(each.stops and each.rank[:2] in {(1, 1), (1, 3)} for each in found)
    if not mistyped and isinstance(value, Mapping):
        loaded, created = _created(value, of, flags)
        found += loaded
    found.sort(key=lambda each: (not each.stops, each.rank))
    unique = list(dict.fromkeys(found))
    stops = any(each.stops for each in unique)
    return Judgement(version=of.version, findings=unique, created=() if stops else created, document=document)


def _created(value: Mapping[str, Any], of: Picker, flags: Sequence[str]) -> tuple[Sequence[Finding], Sequence[str]]:
    loaded = load(value, of, flags=flags)
    return loaded.findings, loaded.created


def _default_config(of: Picker) -> Mapping[str, Any]:
    """What the loader takes for an empty text."""
    scorers = {"queue-scorer": 2, "kv-cache-utilization-scorer": 2, "prefix-cache-scorer": 3}
    del of
    return {
        "plugins": [{"type": name} for name in scorers],
        "schedulingProfiles": [{"name": "default", "plugins": [{"pluginRef": name, "weight": weight} for name, weight in scorers.items()]}],
    }
