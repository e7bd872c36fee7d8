"""The one table of rules: every check that has a name, whichever room it runs in.

Each module beside this one holds the rules of one subject as a tuple `RULES`, and nothing else; the table is their sum. Explanations
(`constructs-dra explain`), the pages of the documentation, `accept` and `--accept` all come from it.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from constructs_dra.errors import did_you_mean
from constructs_dra.rules.rule import Rule

__all__ = ["SUBJECTS", "Rule", "rule", "rules", "unknown_rule"]

SUBJECTS: Final = ("cel", "claims", "dra", "engine", "helm", "manifests", "objects", "placement", "routing", "selectors", "serving")
"""Modules of this package, one for each subject."""


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by name, sorted.

    Raises:
        RuntimeError: Two rules have one name.
    """
    found: dict[str, Rule] = {}
    for subject in SUBJECTS:
        for each in import_module(f"{__name__}.{subject}").RULES:
            if each.name in found:
                raise RuntimeError(f"two rules are named {each.name!r}")
            found[each.name] = each
    return dict(sorted(found.items()))


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        KeyError: There is none.
    """
    return rules()[name]


def unknown_rule(name: object, *, overrulable: bool = False) -> str:
    """The hint for a name that no rule has: the nearest one.

    Args:
        name: What was written.
        overrulable: Whether only rules that can be suppressed are offered. Default: all.
    """
    return did_you_mean(name, (each.name for each in rules().values() if each.overrulable or not overrulable))
