"""`constructs-dra helm`: values files of chart llm-d-modelservice and of the router's charts as objects, or as Python."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from constructs_dra.cli.completion import complete_file
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.options import accept_option
from constructs_dra.cli.output import finish, output_options, show
from constructs_dra.cli.writing import is_there, taken, write, write_all
from constructs_dra.errors import Problem
from constructs_dra.helm.router.any_chart import render_any
from constructs_dra.helm.source import app_source, migration_report, verify
from constructs_dra.lexical.names import dns_label_problem, to_dns_label
from constructs_dra.manifest import to_yaml
from constructs_dra.suppression import unshared

if TYPE_CHECKING:
    from constructs_dra.helm.rendering import Import
    from constructs_dra.helm.router.rendering import RouterImport

__all__ = ["command"]

_F = TypeVar("_F", bound=Callable[..., Any])


@click.group()
def command() -> None:
    """Values files of the Helm chart llm-d-modelservice, and of the router's charts."""


def _shared(function: _F) -> _F:
    """The options both commands have."""
    for option in reversed(
        (
            click.argument("values", nargs=-1, required=True, metavar="VALUES…", shell_complete=complete_file),
            click.option("--release", metavar="NAME", help="Name of the Helm release. Default: the file's name, or its folder's for values.yaml."),
            click.option("--namespace", "-n", metavar="NAME", help="Namespace of the objects. Default: none is written."),
            click.option(
                "--chart",
                type=click.Choice(["0.4", "0.3", "router-gateway", "router-standalone"]),
                help="The release line of chart llm-d-modelservice, or one of the router's charts. Default: recognised by the values.",
            ),
            click.option("--lenient", is_flag=True, help="Warn of what the chart or an API server would ignore, and leave it out."),
            accept_option(reason_needed=True),
            click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="Set a value, as helm --set does. Repeatable."),
            click.option("--set-string", "set_strings", multiple=True, metavar="PATH=TEXT", help="The same with a string. Repeatable."),
        )
    ):
        function = option(function)
    return function


@command.command()
@_shared
@click.option("--each", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="One release per file, one output file each in DIR.")
@output_options("One JSON object: problems and objects.")
def render(values: Sequence[str], each: Path | None, *, json_output: bool, **options: Any) -> None:
    """Print the objects of a release as YAML; several files are merged in order.

    Warnings and errors go to stderr; nothing is printed or written when there is an error.
    """
    if each is not None:
        _render_each(values, each, json_output=json_output, **options)
    result = _import(values, **options)
    if json_output:
        finish(result.problems, json_output=True, objects=result.manifests)
    show(result.problems)
    if result.refused:
        sys.exit(1)

    click.echo(to_yaml(result.manifests), nl=False)


def _render_each(values: Sequence[str], folder: Path, *, json_output: bool, release: str | None, **options: Any) -> None:
    problems: list[Problem] = []
    outputs: dict[str, str] = {}
    for number, file in enumerate(values, 1):
        _progress(number, len(values), file)
        name = _release_name(file)
        result = _import([file], release=release or name, **options)
        problems += result.problems
        if f"{name}.yaml" in outputs:
            problems.append(Problem("", f"gives the output file {name}.yaml, as an earlier file does", "give the files different names", source=file))
        outputs[f"{name}.yaml"] = to_yaml(result.manifests)
    if not any(problem.severity == "error" for problem in problems):
        problems += write_all(folder, outputs)
    finish(unshared(problems), json_output=json_output, files=[str(folder / name) for name in outputs])


@command.command()
@_shared
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the app there. Default: stdout.")
@click.option("--force", is_flag=True, help="Overwrite the file of --output.")
@output_options("One JSON object: problems, source and report.")
def migrate(values: Sequence[str], output: Path | None, *, force: bool, json_output: bool, namespace: str | None, **options: Any) -> None:
    """Write a Python app that makes the objects of a release, names and selectors as they are.

    Problems and a report (carried over, dropped, what can be put right) go to stderr; nothing is written when there is an error.
    """
    result = _import(values, namespace=namespace, **options)
    if result.refused:
        finish(result.problems, json_output=json_output)

    app = app_source(result, namespace=namespace)
    if defects := verify(app, result):
        finish([*result.problems, *defects], json_output=json_output)
    report = migration_report(result, app)
    if output is not None:
        if is_there(output) and not force:
            finish([taken(output)], json_output=json_output)
        if defects := write(output, app.source):
            finish(defects, json_output=json_output)
    if json_output:
        finish(result.problems, json_output=True, source=app.source, report=report)
    show(result.problems)
    click.echo("\n".join(report), err=True)
    if output is None:
        click.echo(app.source, nl=False)


def _progress(number: int, count: int, file: str) -> None:
    """A line that says how far the work is, where somebody watches."""
    if count > 1 and sys.stderr.isatty():
        click.echo(f"\r\033[K{number} of {count}: {file}" if number < count else "\r\033[K", nl=False, err=True)


def _release_name(file: str) -> str:
    """A release named after its values file; `values.yaml` says nothing, so its folder does."""
    path = Path(file)
    if file == "-":
        return "release"
    name = path.stem if path.stem not in {"values", ""} else path.resolve().parent.name
    return to_dns_label(name or "release", limit=53)


def _import(values: Sequence[str], *, release: str | None, **options: Any) -> "Import | RouterImport":
    if release is not None and (problem := dns_label_problem(release)):
        raise click.BadParameter(f"{release!r} {problem}", param_hint="--release")
    if options["namespace"] is not None and (problem := dns_label_problem(options["namespace"])):
        raise click.BadParameter(f"{options['namespace']!r} {problem}", param_hint="--namespace")
    return render_any(values, release=release or _release_name(values[-1]), stdin=standard_input, **options)
