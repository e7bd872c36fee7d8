"""The option `--accept`: rules that a command only warns of, each with a reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click

from constructs_dra.errors import Problem
from constructs_dra.suppression import suppressed, unsuppressible

__all__ = ["accept_option", "accepted"]

_F = TypeVar("_F", bound=Callable[..., Any])


def accept_option(*, reason_needed: bool = False) -> Callable[[_F], _F]:
    """The option, which gives a mapping of rules to reasons as the parameter `accept`.

    Args:
        reason_needed: Whether a reason must be given, because it is written into the output. Default: it may be left out.
    """

    def read(context: click.Context, option: click.Parameter, texts: Sequence[str]) -> dict[str, str]:
        reasons: dict[str, str] = {}
        for text in texts:
            rule, _, reason = text.partition("=")
            _refuse_unknown(context, option, rule)
            if reason_needed and not reason.strip():
                raise click.BadParameter(f"{rule} needs a reason: --accept {rule}='why it is right'", context, option)
            reasons[rule] = reason.strip()
        return reasons

    metavar = "RULE=REASON" if reason_needed else "RULE[=REASON]"
    words = "Suppress a check: its findings become warnings. constructs-dra explain lists the rules. Repeatable."
    return click.option("--accept", multiple=True, metavar=metavar, callback=read, help=words)


def _refuse_unknown(context: click.Context, option: click.Parameter, rule: str) -> None:
    fault, hint = unsuppressible(rule)
    if fault:
        raise click.BadParameter(f"{fault}; {hint}", context, option)


def accepted(problems: Iterable[Problem], accept: Mapping[str, str]) -> list[Problem]:
    """Problems of which those of accepted rules are warnings that say why."""
    if not accept:
        return list(problems)

    return [suppressed(problem, accept[problem.rule]) if problem.rule in accept else problem for problem in problems]
