"""What Kubernetes' rules say of a manifest, said of the record it was made from: the record's names for places, fields and values."""

import re
from collections.abc import Mapping

from attrs import evolve

from constructs_dra.drivers.claims import check_configurations
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.lexical.versions import NEWEST_VERSION
from constructs_dra.manifest import Manifest
from constructs_dra.paths import split
from constructs_dra.records.kubernetes import kubernetes_names

__all__ = ["Places", "in_python", "judged", "spoken"]

_SETTING = re.compile(r"\b([a-z][A-Za-z]*): ([A-Za-z0-9./-]+)")
_LONG = re.compile(r"'([^'\n]{101,})'")
_WORD = re.compile(r"\b[a-z]+(?:[A-Z][a-z0-9]*)+\b")


def in_python(text: str, names: Mapping[str, str]) -> str:
    """Words about a manifest as words about Python: `allocationMode: All` becomes `allocation_mode="All"`.

    Args:
        text: A message or a hint.
        names: Python's name for each field of Kubernetes that can be meant.
    """

    def setting(match: re.Match[str]) -> str:
        name, value = match.groups()
        if name not in names:
            return match.group()
        return f"{names[name]}={value if value.isdigit() else value.capitalize() if value in {'true', 'false'} else chr(34) + value + chr(34)}"

    text = _LONG.sub(lambda match: f"'{match[1][:70]}…{match[1][-20:]}'", text)
    return _WORD.sub(lambda match: names.get(match.group(), match.group()), _SETTING.sub(setting, text))


def spoken(problem: Problem, kind: type) -> Problem:
    """A problem of one record's manifest, which has just the record's fields."""
    names = kubernetes_names(kind)
    head, *rest = split(problem.path) or [""]
    tail = problem.path[len(str(head)) :] if rest else ""
    path = f"{names.get(str(head), head)}{tail}"
    return evolve(problem, path=path, message=in_python(problem.message, names), hint=in_python(problem.hint, names))


def judged(manifest: Manifest) -> list[Problem]:
    """What Kubernetes' rules and the drivers' say of a class, a taint rule or a slice; selectors aside, which are looked at by themselves."""
    found = check_dra(manifest, version=NEWEST_VERSION, expressions=False)
    if manifest["kind"] == "DeviceClass":
        found += check_configurations(manifest["spec"], "spec")
    return found


class Places:
    """Where in a record each part of its manifest came from; asked only when something is wrong."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Start with nothing but Python's names for Kubernetes' fields."""
        self._names = names
        self._known: dict[tuple[str | int, ...], tuple[str, str]] = {}

    def add(self, manifest: str, record: str, inside: str = "fields") -> None:
        """Say where the part at a place came from.

        Args:
            manifest: Place in the manifest.
            record: The same place as the user wrote it.
            inside: What lies inside it: `fields` of records, `keys` of a mapping, or `same` where the user wrote Kubernetes' spelling.
        """
        self._known[tuple(split(manifest))] = record, inside

    def told(self, problem: Problem) -> Problem:
        """A problem of the manifest as one of the record."""
        steps = split(problem.path)
        for size in range(len(steps), -1, -1):
            found = self._known.get(tuple(steps[:size]))
            if found is not None:
                path, inside = found
                for step in steps[size:]:
                    if isinstance(step, int):
                        path += f"[{step}]"
                    elif inside == "keys":
                        path += f"[{step!r}]"
                    else:
                        path += f".{self._names.get(step, step) if inside == 'fields' else step}" if path else self._names.get(step, step)
                return evolve(problem, path=path, message=in_python(problem.message, self._names), hint=in_python(problem.hint, self._names))
        return problem
