"""Whether objects have the shape of their kind, so that whoever reads them meets the types that are promised."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from constructs_dra.errors import Problem, join_path
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.lexical.versions import NEWEST_VERSION

__all__ = ["shape_problems"]

_RULES = frozenset({"quantity", "schema", "wrong-type"})
"""What counts: wrong types. Fields not known here are left aside, as a newer cluster may have them."""


def shape_problems(manifest: Mapping[str, Any], label: str) -> list[Problem]:
    """What has the wrong type in an object; nothing for kinds not known here.

    Args:
        manifest: The object.
        label: Its name in messages.
    """
    try:
        return _shape_problems(manifest, label)
    except RecursionError:
        return [Problem("", "is nested too deep, or contains itself", source=label)]


def _shape_problems(manifest: Mapping[str, Any], label: str) -> list[Problem]:
    if not isinstance(manifest.get("metadata") or {}, Mapping):
        return [Problem("metadata", "is no mapping, and every object has a name in it", source=label)]
    if empty := list(_empty_entries(manifest, "")):
        return [Problem(path, "is an empty entry of a list", "write what it should be, or leave it out", source=label) for path in empty]
    # clusters may be newer than what is planned for them: the newest API known here counts
    return [evolve(problem, source=label) for problem in check_object(dict(manifest), version=NEWEST_VERSION) if problem.rule in _RULES]


def _empty_entries(value: Any, path: str) -> Iterator[str]:
    """Places of nulls in lists, which schemas let pass."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            if isinstance(entry, Mapping | list):
                yield from _empty_entries(entry, join_path(path, str(key)))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            if entry is None:
                yield join_path(path, f"[{index}]")
            else:
                yield from _empty_entries(entry, join_path(path, f"[{index}]"))
