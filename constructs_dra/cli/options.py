"""Options that several commands have: the version of the cluster, and its feature gates."""

from collections.abc import Sequence

import click

from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.gates import GATES
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion

__all__ = ["gates_option", "version_option"]


def _gates(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> dict[str, bool]:
    """`A=true,B=false` as a mapping."""
    turned: dict[str, bool] = {}
    for part in filter(None, (part.strip() for text in given for part in text.split(","))):
        name, mark, state = part.partition("=")
        if name not in GATES:
            raise click.BadParameter(f"{name!r} is no feature gate known here; {did_you_mean(name, GATES)}")
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
    "--kubernetes", "version", default=DEFAULT_VERSION, show_default=True, callback=_version, metavar="VERSION", help="Version of the cluster."
)
gates_option = click.option(
    "--feature-gates", "gates", multiple=True, callback=_gates, metavar="GATE=true,…", help="Gates turned on or off in the cluster. Repeatable."
)
