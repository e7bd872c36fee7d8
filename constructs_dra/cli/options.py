"""Options that several commands have, so that they are called alike, mean the same and have one default."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click

from constructs_dra.cli.completion import complete_suppressible
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.gates import GATES
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.suppression import SUPPRESSES_NOTHING, suppressed, suppresses_nothing, unsuppressible

__all__ = ["accept_option", "accepted", "gates_option", "version_option"]

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
    return click.option("--accept", multiple=True, metavar=metavar, callback=read, help=words, shell_complete=complete_suppressible)


def _refuse_unknown(context: click.Context, option: click.Parameter, rule: str) -> None:
    fault, hint = unsuppressible(rule)
    if fault:
        raise click.BadParameter(f"{fault}; {hint}", context, option)


def accepted(problems: Iterable[Problem], accept: Mapping[str, str]) -> list[Problem]:
    """Problems of which those of accepted rules are warnings that say why, then the options for which there was no finding."""
    listed = list(problems)
    used = {problem.rule for problem in listed} | {SUPPRESSES_NOTHING}
    listed += [suppresses_nothing(rule, f"--accept {rule}") for rule in accept if rule not in used]
    return [suppressed(problem, accept[problem.rule]) if problem.rule in accept else problem for problem in listed]


def _gates(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> dict[str, bool]:
    """`A=true,B=false` as a mapping."""
    turned: dict[str, bool] = {}
    for part in filter(None, (part.strip() for text in given for part in text.split(","))):
        name, mark, state = part.partition("=")
        if name not in GATES:
            raise click.BadParameter(f"{name!r} is not a feature gate known here; {did_you_mean(name, GATES)}")
        if state.lower() not in {"true", "false"} and mark:
            raise click.BadParameter(f"{part!r}: write {name}=true or {name}=false")
        turned[name] = state.lower() != "false"
    return turned


def _version(_context: click.Context, _parameter: click.Parameter, given: str) -> KubernetesVersion:
    try:
        return KubernetesVersion.parse(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


version_option = click.option(
    "--kubernetes", "version", default=str(DEFAULT_VERSION), show_default=True, callback=_version, metavar="VERSION", help="Version of the cluster."
)
gates_option = click.option(
    "--feature-gates", "gates", multiple=True, callback=_gates, metavar="GATE=true,…", help="Gates turned on or off in the cluster. Repeatable."
)
