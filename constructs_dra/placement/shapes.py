"""Whether objects have the shape of their kind, so that whoever reads them meets the types that are promised."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from attrs import evolve

from constructs_dra.errors import Problem, join_path, shown, unquoted
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.lexical.versions import NEWEST_VERSION
from constructs_dra.rules import row

__all__ = ["shape_problems"]


def shape_problems(manifest: Mapping[str, Any], label: str) -> list[Problem]:
    """What has the wrong type in an object; nothing for kinds not known here.

    Args:
        manifest: The object.
        label: Its name in messages.
    """
    if not isinstance(manifest.get("metadata"), Mapping | None):
        return [Problem("metadata", "must be a mapping: every object has its name there", source=label)]
    try:
        return _shape_problems(manifest, label)
    except RecursionError:
        return [Problem("", "is nested too deep, or contains itself", source=label)]


def _shape_problems(manifest: Mapping[str, Any], label: str) -> list[Problem]:
    if foreign := list(islice(_foreign(manifest, ""), _MOST_SHOWN)):
        return [Problem(path, message, hint, source=label) for path, message, hint in foreign]
    # clusters may be newer than what is planned for them: the newest API known here counts
    return [evolve(problem, source=label) for problem in check_object(dict(manifest), version=NEWEST_VERSION) if row(problem.rule).unreadable]


def _foreign(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Places of what no manifest holds, with what is wrong and what to do: nulls in lists, which schemas let pass, and what is not JSON."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if type(key) is not str:
                yield path, f"has the key {shown(key)}, and keys are strings", unquoted(key)
            elif type(entry) not in _LEAVES:
                yield from _foreign(entry, join_path(path, key))
            elif type(entry) is int and abs(entry) > _LARGEST:
                yield join_path(path, key), "must fit into 64 bits", ""
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            if entry is None:
                yield join_path(path, f"[{index}]"), "is an empty entry of a list", "write what it should be, or leave it out"
            elif type(entry) not in _LEAVES:
                yield from _foreign(entry, join_path(path, f"[{index}]"))
    elif type(value) not in _LEAVES:
        yield path, f"must be a string, a number, true, false, a list or a mapping, not {shown(value)}", ""


_LEAVES = frozenset({str, int, float, bool, type(None)})
_LARGEST = 2**63
_MOST_SHOWN = 20
