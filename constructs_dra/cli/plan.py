"""`constructs-dra plan`: will these manifests get their devices on this cluster?"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import click
from attrs import evolve
from click.core import ParameterSource

from constructs_dra.cli.completion import complete_file
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.options import accept_option, accepted, version_option
from constructs_dra.cli.output import as_json, finish, note, output_options, show
from constructs_dra.errors import Problem, SpecError
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.placement.features import Features
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.placing import DEFAULT_POD_BUDGET
from constructs_dra.placement.planning import Plan, plan
from constructs_dra.placement.report import HEADINGS, free_lines, plan_as_json, plan_rows, shortfall_lines, summary_line
from constructs_dra.words import printable
from constructs_dra.yaml.documents import read_files

__all__ = ["command"]


@click.command(name="plan")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete_file)
@click.option(
    "--inventory",
    "-i",
    "inventories",
    multiple=True,
    required=True,
    metavar="FILE",
    shell_complete=complete_file,
    help="What the cluster has; may be given again.",
)
@output_options("One JSON object on stdout.")
@click.option("--budget", type=click.IntRange(min=1), default=DEFAULT_POD_BUDGET, show_default=True, help="Search steps per pod before giving up.")
@accept_option()
@click.option("--no-explain", is_flag=True, help="Do not look for the reasons why pods do not fit.")
@version_option
@click.option("--known-defects", is_flag=True, help="Answer as Kubernetes up to 1.36.2, two defects of its allocator included.")
def command(
    files: Sequence[str],
    inventories: Sequence[str],
    *,
    json_output: bool,
    budget: int,
    no_explain: bool,
    version: KubernetesVersion,
    known_defects: bool,
    accept: dict[str, str],
) -> None:
    """Tell whether manifests get their devices on a cluster: which node and which devices each pod gets, or why not.

    FILE are manifests of any kind, - for stdin. The inventory is what this writes:

      kubectl get resourceslices,deviceclasses,nodes,resourceclaims -A -o yaml

    Add ",pods" and what runs already takes its CPU and memory; add ",resourceclaimtemplates" for templates that FILE
    does not have. Without Nodes, devices alone decide. Exit 1 when something does not fit.
    """
    features = _features(version, known_defects=known_defects)
    documents, problems = read_files(files, stdin=standard_input)
    inventory = None
    try:
        inventory = Inventory.from_files(inventories)
    except SpecError as error:
        problems = [*problems, *error.problems]
    if inventory is None or any(problem.severity == "error" for problem in problems):
        finish(problems, json_output=json_output)
    try:
        with _progress(json_output) as progress:
            answer = plan(
                [document.value for document in documents],
                inventory,
                features=features,
                budget=budget,
                explaining=not no_explain,
                sources=[document.source for document in documents],
                progress=progress,
            )
    except SpecError as error:
        finish([*problems, *error.problems], json_output=json_output)
    found = accepted(answer.problems, accept)
    _print(answer, [*problems, *found], version, json_output=json_output)
    sys.exit(0 if answer.fits and not any(problem.severity == "error" for problem in found) else 1)


def _features(version: KubernetesVersion, *, known_defects: bool) -> Features | None:
    """The features of a version; None, which lets the inventory say what else is on, where none was named."""
    named = click.get_current_context().get_parameter_source("version") is not ParameterSource.DEFAULT
    return evolve(Features.of_version(version), known_defects=known_defects) if named or known_defects else None


def _print(answer: Plan, problems: Iterable[Problem], version: KubernetesVersion, *, json_output: bool) -> None:
    if json_output:
        found = {"kubernetes": str(version), "problems": [as_json(problem) for problem in problems]}
        click.echo(json.dumps({**found, **plan_as_json(answer)}, indent=2))
        return
    show(problems)
    for words in answer.notes:
        note(words)
    rows = [tuple(map(printable, row)) for row in plan_rows(answer)]
    if sys.stdout.isatty():
        _print_table(rows)
    else:
        widths = [max(len(row[column]) for row in [HEADINGS, *rows]) for column in range(len(HEADINGS) - 1)]
        for row in [tuple(heading.upper() for heading in HEADINGS), *rows]:
            click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip())
    click.echo()
    for workload in answer.workloads:
        click.echo(printable(summary_line(workload)))
        for line in shortfall_lines(workload):
            click.echo(f"  {printable(line, lines=True)}")
    click.echo("\nleft:")
    for line in free_lines(answer):
        click.echo(f"  {printable(line, lines=True)}")
    click.echo(f"\nplanned for Kubernetes {version}")


def _print_table(rows: Iterable[tuple[str, ...]]) -> None:
    from constructs_dra.cli.table import print_table  # noqa: PLC0415  (rich takes 60 ms, and only terminals get colours)

    print_table(HEADINGS, rows, style=lambda row: "red" if row[3] == "-" else "")


@contextmanager
def _progress(json_output: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A counter on stderr while it is a terminal and there are many pods."""
    if json_output or not sys.stderr.isatty():
        yield None
        return
    shown = False

    def report(done: int, total: int) -> None:
        nonlocal shown
        if total >= 200 and (done % 50 == 0 or done == total):
            shown = True
            click.echo(f"\rplaced {done} of {total} pods", err=True, nl=False)

    try:
        yield report
    finally:
        if shown:
            click.echo("\r" + " " * 40 + "\r", err=True, nl=False)
