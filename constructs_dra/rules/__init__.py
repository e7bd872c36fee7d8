"""The one table of rules: every check that has a name, whichever room it runs in.

Each module beside this one holds the rules of one subject as a tuple `RULES`, and nothing else; the table is their sum. Explanations
(`constructs-dra explain`), the pages of the documentation, `accept` and `--accept` all come from it. Each
module is read when a rule is met that those before it do not have.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
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
        for each in _of(subject).values():
            if each.name in found:
                raise RuntimeError(f"two rules are named {each.name!r}")
            found[each.name] = each
    return dict(sorted(found.items()))


@cache
def _of(subject: str) -> Mapping[str, Rule]:
    """The rules of one subject by name."""
    found: tuple[Rule, ...] = import_module(f"{__name__}.{subject}").RULES
    for each in found:
        object.__setattr__(each, "subject", subject)  # half of what reading the table takes, if each became another
    return {each.name: each for each in found}


@lru_cache(maxsize=4096)
def _named(name: str) -> Rule | None:
    """The rule of that name; what is read of the table ends with the subject that has it."""
    return next((found for subject in SUBJECTS if (found := _of(subject).get(name)) is not None), None)


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        KeyError: There is none.
    """
    found = _named(name)
    if found is None:
        raise KeyError(name)
    return found


def row(name: str) -> Rule:
    """What the table says of a finding by the name of its rule; where it has none, an error that nobody can suppress."""
    return (_named(name) if name else None) or _NAMELESS


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
