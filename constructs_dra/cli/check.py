"""`constructs-dra check`: manifests from anywhere, by schema, rules, selectors, references and feature gates."""

import sys
from collections.abc import Sequence

import click

from constructs_dra.checks import Setting, check_manifests, collect
from constructs_dra.cli.accept import accept_option
from constructs_dra.cli.output import finish
from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.gates import GATES
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.yaml.documents import read_files

__all__ = ["command", "gates_option", "version_option"]


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


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@version_option
@gates_option
@click.option("--runtime-config", "served", multiple=True, metavar="API", help="API versions turned on in the cluster.")
@click.option("--complete", is_flag=True, help="The files are all there is: what they refer to and do not hold is an error.")
@accept_option()
@click.option("--json", "json_output", is_flag=True, help="One JSON object: problems, and how many objects there were.")
def command(
    files: Sequence[str],
    version: KubernetesVersion,
    gates: dict[str, bool],
    served: Sequence[str],
    accept: dict[str, str],
    *,
    complete: bool,
    json_output: bool,
) -> None:
    """Check manifests: files, folders (recursively), or '-' for standard input.

    Each object is checked as the API server would, selectors against what drivers publish, and all objects against each other.
    Problems go to stderr, one line each with its place; exit status 1 if one of them is an error.
    """
    documents, problems = read_files(files, stdin=sys.stdin.buffer.read)
    setting = Setting(
        version=version,
        gates=gates,
        served=frozenset(api.partition("=")[0].strip() for text in served for api in text.split(",")),
        complete=complete,
        accepted=accept,
    )
    problems += check_manifests(documents, setting)
    count = sum(1 for _ in collect(documents))
    if not json_output:
        errors = sum(problem.severity == "error" for problem in problems)
        warnings = len(problems) - errors
        found = ", ".join(f"{number} {word}{'s' if number != 1 else ''}" for number, word in ((errors, "error"), (warnings, "warning")) if number)
        click.echo(f"{count} object{'s' if count != 1 else ''}: {found or 'no problem'}")
    finish(problems, json_output=json_output, objects=count)
