"""Values against the key table: what is unknown, ignored, of the wrong type, or refused by the Kubernetes API inside a passed-through part."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from constructs_dra.errors import Problem, Severity, did_you_mean
from constructs_dra.helm.charts import CHARTS, ChartVersion
from constructs_dra.helm.keys import Key, keys_of
from constructs_dra.kubernetes.schemas import check_fragment
from constructs_dra.paths import child, split
from constructs_dra.rules import row

__all__ = ["can_be_left_out", "check_keys", "check_values", "without"]

_KINDS = {
    "text": "a string",
    "integer": "a whole number",
    "boolean": "true or false",
    "scalar": "a single value",
    "labels": "a mapping of strings",
    "mapping": "a mapping",
    "table": "a mapping",
    "list": "a list",
    "fragment": "a mapping",
}
_LITERAL_TEMPLATE = re.compile(r"\{\{-?\s*\.(?:Values|Release|Chart)\b")


def check_values(values: Mapping[str, Any], chart: ChartVersion) -> list[Problem]:
    """Everything the key table has to say about values, the chart's defaults not among them.

    What can be left out has no effect on a release; `without` takes it out.
    """
    checker = _Checker(CHARTS[chart].release)
    top = keys_of(chart)
    if values and not values.keys() & top.entries.keys():
        names = ", ".join(list(top.entries)[:8])
        return [
            Problem(
                "", f"these are not values of chart llm-d-modelservice: it reads none of the keys {', '.join(map(repr, list(values)[:5]))}",
                f"its keys are {names}, …", rule="wrong-chart",
            )
        ]  # fmt: skip
    checker.mapping(values, top, "")
    return checker.problems


def can_be_left_out(problem: Problem) -> bool:
    """Whether Helm, the chart or the API server ignores what a problem is about, so that a release is the same without it."""
    return row(problem.rule).leniency == "left out"


def check_keys(values: Mapping[str, Any], keys: Key, chart: str) -> list[Problem]:
    """Everything another chart's table of keys has to say about values.

    Args:
        values: The values, the chart's defaults not among them.
        keys: The table.
        chart: What messages call the chart.
    """
    checker = _Checker(chart)
    checker.mapping(values, keys, "")
    return checker.problems


def without(values: Mapping[str, Any], problems: Iterable[Problem]) -> dict[str, Any]:
    """The values without the places that problems name; numbers written as strings become numbers, and what is written twice stays."""
    cleaned = dict(values)
    for problem in problems:
        if problem.rule != "duplicate-key":
            _remove(cleaned, split(problem.path), as_number=problem.rule == "number-as-text")
    return cleaned


def _remove(holder: Any, steps: list[str | int], *, as_number: bool) -> None:
    for step in steps[:-1]:
        try:
            inner = holder[step]
        except (KeyError, IndexError, TypeError):
            return
        # only what lies on the way is copied: the values may be shared with the documents they came from
        holder[step] = inner = dict(inner) if isinstance(inner, Mapping) else list(inner) if isinstance(inner, list) else inner
        holder = inner
    try:
        if as_number:
            holder[steps[-1]] = int(holder[steps[-1]])
        else:
            del holder[steps[-1]]
    except (KeyError, IndexError, TypeError):
        return


def _shown(value: Any) -> str:
    words = repr(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else str(value).lower()
    if isinstance(value, Mapping):
        words = "a mapping"
    elif isinstance(value, list):
        words = "a list"
    return words if len(words) <= 60 else f"{words[:57]}…"


class _Checker:
    def __init__(self, release: str) -> None:
        self.release = release
        self.problems: list[Problem] = []

    def add(self, path: str, message: str, hint: str = "", rule: str = "wrong-type", severity: Severity = "error") -> None:
        self.problems.append(Problem(path, message, hint, rule=rule, severity=severity))

    def value(self, value: Any, key: Key, path: str) -> None:
        """One value against its key; null counts as not written."""
        if value is None or key.kind == "free":
            return
        if key.kind == "fragment":
            self.fragment(value, key, path)
        elif key.kind == "mapping":
            if isinstance(value, Mapping):
                self.mapping(value, key, path)
            else:
                self.wrong(value, key, path)
        elif key.kind in {"table", "labels"}:
            self.table(value, key, path)
        elif key.kind == "list":
            self.items(value, key, path)
        else:
            self.single(value, key, path)

    def mapping(self, values: Mapping[str, Any], key: Key, path: str) -> None:
        for name, value in values.items():
            place = child(path, name)
            entry = key.entries.get(name)
            if entry is None:
                self.unknown(name, key, path)
            elif entry.ignored:
                self.ignored(entry, place)
            else:
                self.value(value, entry, place)

    def unknown(self, name: str, key: Key, path: str) -> None:
        kind, home = key.misplaced
        if kind and self.has_field(kind, name):
            hint = f"it is a field of a Kubernetes {kind}: write it under {home}"
        else:
            hint = did_you_mean(name, [known for known, entry in key.entries.items() if not entry.ignored], fallback=lambda _: "")
        if not path and not hint:
            hint = next((f"it belongs under {other}" for other, entry in key.entries.items() if name in entry.entries), "")
        self.add(child(path, name), f"chart {self.release} does not read this key", hint or "leave it out", "unknown-key")

    def has_field(self, kind: str, name: str) -> bool:
        return not any(found.path == child("", name) and found.rule == "unknown-field" for found in check_fragment({name: None}, kind))

    def ignored(self, entry: Key, path: str) -> None:
        hint = entry.hint or "leave it out"
        self.add(path, f"has no effect: {entry.ignored}", hint, "leftover" if entry.harmless else "ignored", "warning" if entry.harmless else "error")

    def table(self, value: Any, key: Key, path: str) -> None:
        if not isinstance(value, Mapping):
            self.wrong(value, key, path)
            return
        for name, item in value.items():
            place = child(path, name)
            entry = key.entries.get(name)
            if entry is not None and entry.ignored:
                self.ignored(entry, place)
            elif key.item is not None:
                self.value(item, key.item, place)
            elif item is not None and not isinstance(item, str):
                self.add(place, f"must be a string, not {_shown(item)}", _quote(item))

    def items(self, value: Any, key: Key, path: str) -> None:
        if not isinstance(value, list):
            self.wrong(value, key, path)
            return
        for index, item in enumerate(value):
            if item is None:
                self.add(child(path, index), "is empty", "write something after the dash, or take the line out")
            elif key.item is not None:
                self.value(item, key.item, child(path, index))

    def single(self, value: Any, key: Key, path: str) -> None:
        if key.kind == "integer" and isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
            self.add(path, f"must be a whole number, not the string {value!r}", f"write {value} without quotes", "number-as-text")
            return
        fits = {
            "text": isinstance(value, str),
            "integer": isinstance(value, int) and not isinstance(value, bool),
            "boolean": isinstance(value, bool),
            "scalar": not isinstance(value, Mapping | list),
        }[key.kind]
        if not fits:
            self.wrong(value, key, path)
        elif key.choices and value not in key.choices:
            self.add(path, f"{value!r} is unknown", did_you_mean(value, [choice for choice in key.choices if choice]), "choice")
        elif isinstance(value, str) and not key.templated and _LITERAL_TEMPLATE.search(value):
            self.add(
                path,
                "the chart does not evaluate {{ … }} here and passes it on as it stands",
                "write the value itself",
                "literal-template",
                "warning",
            )

    def wrong(self, value: Any, key: Key, path: str) -> None:
        self.add(path, f"must be {_KINDS[key.kind]}, not {_shown(value)}", _quote(value) if key.kind == "text" else "")

    def fragment(self, value: Any, key: Key, path: str) -> None:
        # a part of a pod or container: what the chart adds is not missing
        partial = {child(path, name) for name in ("containers", "name")} if path.endswith("extraConfig") else set()
        for found in check_fragment(value, key.fragment, path=path):
            if found.rule == "required" and found.path in partial:
                continue
            self.problems.append(
                evolve(found, message=f"{found.message}; an API server refuses it" if found.rule == "unknown-field" else found.message)
            )


def _quote(value: Any) -> str:
    if isinstance(value, bool):
        return f'write "{str(value).lower()}", in quotes'
    return f'write "{value}", in quotes' if isinstance(value, int | float) else ""
