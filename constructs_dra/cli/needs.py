"""`constructs-dra needs`: what a cluster must have already."""

import sys
from collections.abc import Sequence

import click

from constructs_dra.checks.collect import collect
from constructs_dra.checks.prerequisites import Prerequisite, prerequisites
from constructs_dra.cli.completion import complete_file
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.output import finish, output_options, show
from constructs_dra.words import printable
from constructs_dra.yaml.documents import read_files

__all__ = ["command"]


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete_file)
@click.option("--cluster", "saved", multiple=True, metavar="FILE", help="What the cluster has, as kubectl get -o yaml prints it. Repeatable.")
@output_options("One JSON object: problems and prerequisites.")
def command(files: Sequence[str], saved: Sequence[str], *, json_output: bool) -> None:
    """List what these manifests name and do not hold: classes, secrets, accounts, volumes, gateways, custom resources.

    With --cluster, each is looked for in what the cluster has; exit status 1 when something is missing there.
    """
    documents, problems = read_files(files, stdin=standard_input)
    theirs, wrong = read_files(saved, stdin=standard_input)
    problems += wrong
    found = prerequisites(collect(documents), list(collect(theirs)) if saved else None)
    failed = any(each.severity == "error" for each in problems)
    missing = [each for each in found if each.found is False and not each.optional]
    if json_output:
        finish(problems, bool(missing), json_output=True, needs=[] if failed else [_as_json(each) for each in found])
    show(problems)
    if failed:
        sys.exit(1)
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("nothing: the manifests name only what they hold", err=True)
    sys.exit(bool(missing))


def _line(each: Prerequisite) -> str:
    state = {True: "there: ", False: "missing: ", None: ""}[each.found]
    title, place = each.users[0]
    more = f" and {len(each.users) - 1} more" if len(each.users) > 1 else ""
    hint = f"; {each.hint}" if each.hint else ""
    optional = " (optional)" if each.optional else ""
    return printable(f"{state}{each}{optional}, for {title} ({place}){more}{hint}")


def _as_json(each: Prerequisite) -> dict[str, object]:
    made: dict[str, object] = {"kind": each.kind, "name": each.name, "optional": each.optional, "users": [list(user) for user in each.users]}
    made |= {"namespace": each.namespace} if each.namespace else {}
    made |= {"found": each.found} if each.found is not None else {}
    return made | ({"hint": each.hint} if each.hint else {})
