"""Suppressing a check with a reason: what `accept={…}` and `--accept` may name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import evolve

from constructs_dra.errors import Problem, shown
from constructs_dra.paths import split
from constructs_dra.rules import rules, unknown_rule

__all__ = [
    "ACCEPT_ANNOTATION",
    "SUPPRESSES_NOTHING",
    "accept_problems",
    "how_to_accept",
    "how_to_accept_by_option",
    "suppressed",
    "suppresses_nothing",
    "unshared",
    "unsuppressible",
]

ACCEPT_ANNOTATION: Final = "constructs-dra/accept-"
"""Prefix of the annotations that say why a rule does not hold for an object; the rule's name follows."""


SUPPRESSES_NOTHING: Final = "suppresses-nothing"
"""The rule about reasons for which there is no finding."""


def suppresses_nothing(name: str, path: str) -> Problem:
    """The warning about a reason for which there is no finding.

    Args:
        name: The rule.
        path: Where the reason is.
    """
    return Problem(path, f"suppresses nothing: the rule {name!r} finds nothing here", "leave it out", rule=SUPPRESSES_NOTHING)


def unshared(problems: Iterable[Problem]) -> list[Problem]:
    """The problems without those about reasons that suppress nothing in one place and something in another: the two share them."""
    listed = list(problems)
    used = {problem.rule for problem in listed if problem.accepted}
    return [problem for problem in listed if problem.rule != SUPPRESSES_NOTHING or split(problem.path)[-1] not in used]


def unsuppressible(name: object) -> tuple[str, str]:
    """Why nobody can suppress a rule of that name, and what to do; two empty strings when one can."""
    found = rules().get(name) if isinstance(name, str) else None
    if found is None:
        return f"there is no rule {shown(name)}", unknown_rule(name, suppressible=True)
    if not found.suppressible:
        return f"the rule {shown(name)} cannot be suppressed: {found.why[:1].lower()}{found.why[1:].rstrip('.')}", found.fix or "leave it out"
    return "", ""


def how_to_accept(rule: str) -> str:
    """The hint that says in Python how a rule is suppressed."""
    return f'write accept={{"{rule}": "…"}} with the reason if it is meant'


def how_to_accept_by_option(rule: str) -> str:
    """The hint that says on the command line how a rule is suppressed."""
    return f"write --accept {rule}=REASON if it is meant"


def suppressed(problem: Problem, reason: str) -> Problem:
    """A problem that somebody calls right: it stays visible, says why, and fails nothing."""
    return evolve(problem, severity="warning", hint=f"accepted: {reason}" if reason else problem.hint, accepted=reason or "accepted")


def accept_problems(accept: object) -> Iterator[Problem]:
    """What is wrong with an `accept`: it names rules that exist and can be suppressed, and gives each a reason in words."""
    if not isinstance(accept, Mapping):
        yield Problem("accept", f"must be a mapping of rules to reasons, got {shown(accept)}", 'write accept={"rule": "reason"}')
        return
    for name, reason in accept.items():
        place = f"accept[{shown(name)}]"
        fault, hint = unsuppressible(name)
        if fault:
            yield Problem(place, fault, hint)
        if not isinstance(reason, str) or not reason.strip():
            yield Problem(place, "needs a reason in words", "say why it is right here; it is written into an annotation")
