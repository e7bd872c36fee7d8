"""Suppressing a check with a reason: what `accept={…}` and `--accept` may name."""

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve

from constructs_dra.errors import Problem, shown
from constructs_dra.rules import rules, unknown_rule

__all__ = ["ACCEPT_ANNOTATION", "accept_problems", "how_to_accept", "suppressed", "unsuppressible"]

ACCEPT_ANNOTATION: Final = "constructs-dra/accept-"
"""Prefix of the annotations that say why a rule does not hold for an object; the rule's name follows."""


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
