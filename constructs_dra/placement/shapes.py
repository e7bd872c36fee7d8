"""Whether objects have the shape of their kind, so that whoever reads them meets the types that are promised."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from constructs_dra.errors import Problem

__all__ = ["shape_problems"]

_RULES = frozenset({"quantity", "schema", "wrong-type"})
"""What counts: wrong types. Fields not known here are left aside, as a newer cluster may have them."""


def shape_problems(manifest: Mapping[str, Any], label: str) -> list[Problem]:
    """What has the wrong type in an object; nothing for kinds not known here.

    Args:
        manifest: The object.
        label: Its name in messages.
    """
    from constructs_dra.kubernetes.schemas import check_object  # noqa: PLC0415  (the schemas are read on first use)
    from constructs_dra.kubernetes.versions import NEWEST_VERSION  # noqa: PLC0415

    if not isinstance(manifest.get("metadata") or {}, Mapping):
        return [Problem("metadata", "is no mapping, and every object has a name in it", source=label)]
    # clusters may be newer than what is planned for them: the newest API known here counts
    return [evolve(problem, source=label) for problem in check_object(dict(manifest), version=NEWEST_VERSION) if problem.rule in _RULES]
