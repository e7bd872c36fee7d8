"""Reasons in annotations for which there is no finding."""

from collections.abc import Iterable, Iterator
from typing import Final

from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem
from constructs_dra.paths import child
from constructs_dra.rules import row
from constructs_dra.suppression import ACCEPT_ANNOTATION, suppresses_nothing

__all__ = ["unused_reasons"]

_SUBJECTS: Final = frozenset({"dra", "objects"})
"""What rules are about that find the same in one object whatever the cluster, the driver or the engine's version is."""


def unused_reasons(found: Iterable[tuple[Item, frozenset[str]]]) -> Iterator[Problem]:
    """Annotations that suppress nothing. One reason may stand at several objects, for the sake of one of them.

    Args:
        found: Objects with the rules of which something was found in each.
    """
    given = [(item, rules, rule, reason) for item, rules in found if not item.live for rule, reason in item.reasons.items()]
    used = {(rule, reason) for _, rules, rule, reason in given if rule in rules}
    for item, _rules, rule, reason in given:
        if (rule, reason) not in used and row(rule).stricter and row(rule).subject in _SUBJECTS:
            yield item.placed(suppresses_nothing(rule, child("metadata.annotations", f"{ACCEPT_ANNOTATION}{rule}")))
