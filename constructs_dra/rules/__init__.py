"""The one table of rules: every check that has a name, whichever room it runs in.

Each module beside this one holds the rules of one subject as a tuple `RULES`, and nothing else; the table is their sum. Explanations
(`constructs-dra explain`), the pages of the documentation, `accept` and `--accept` all come from it. It is read when the first named problem is met.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from constructs_dra.rules.rule import Leniency, Rule, Severity
from constructs_dra.words import did_you_mean

__all__ = ["SUBJECTS", "Leniency", "Rule", "Severity", "is_stricter", "is_suppressible", "row", "rule", "rules", "unknown_rule"]

SUBJECTS: Final = (
    "cel",
    "claims",
    "dra",
    "engine",
    "helm",
    "manifests",
    "objects",
    "placement",
    "routing",
    "scaling",
    "selectors",
    "serving",
    "storage",
)
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
            object.__setattr__(each, "subject", subject)  # half of what reading the table takes, if each became another
            found[each.name] = each
    return dict(sorted(found.items()))


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        KeyError: There is none.
    """
    return rules()[name]


def row(name: str) -> Rule:
    """What the table says of a finding by the name of its rule; where it has none, an error that nobody can suppress."""
    return rules().get(name, _NAMELESS) if name else _NAMELESS


_NAMELESS: Final = Rule("", "")


def is_stricter(name: str) -> bool:
    """Whether a finding's rule goes beyond the API server; a finding without a named rule does not."""
    return row(name).stricter


def is_suppressible(name: str) -> bool:
    """Whether a stated reason may suppress a finding of that rule; one without a named rule cannot be suppressed."""
    return row(name).suppressible


def unknown_rule(name: object, *, suppressible: bool = False) -> str:
    """The hint for a name that no rule has: the nearest one.

    Args:
        name: What was written.
        suppressible: Whether only rules that can be suppressed are offered. Default: all.
    """
    names = (each.name for each in rules().values() if each.suppressible or not suppressible)
    return did_you_mean(name, names, fallback=lambda _: "constructs-dra explain lists them")
