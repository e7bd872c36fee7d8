"""`constructs-dra diff`: what becomes of a cluster when new manifests are applied over old ones?"""

import json
import sys
from collections.abc import Iterable
from typing import Any

import attrs
import click

from constructs_dra.cli.completion import complete_file
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.output import as_json, finish, note, output_options, show
from constructs_dra.errors import Problem
from constructs_dra.report.differences import ObjectChange, differences
from constructs_dra.words import printable
from constructs_dra.yaml.documents import read_files

__all__ = ["command"]

_MARKS = {"same": " ", "in place": "~", "restart": "!", "replace": "X", "create": "+", "delete": "-"}


@click.command(name="diff")
@click.argument("old", metavar="OLD", shell_complete=complete_file)
@click.argument("new", metavar="NEW", shell_complete=complete_file)
@output_options("One JSON object on stdout.")
def command(old: str, new: str, *, json_output: bool) -> None:
    """Say what becomes of each object when NEW is applied over OLD, and what that means for the pods.

    OLD and NEW are files or folders of manifests, or what `kubectl get -o yaml` prints; one of them may be - for stdin. What
    Kubernetes fills in by itself makes no difference. Exit 0 when nothing changes, 1 when something does.
    """
    if old == new == "-":
        raise click.UsageError("only one of OLD and NEW can be stdin")
    before, problems = read_files([old], stdin=standard_input)
    after, more = read_files([new], stdin=standard_input)
    problems = [*problems, *more]
    if any(problem.severity == "error" for problem in problems):
        finish(problems, json_output=json_output)
    changes = [change for change in differences((each.value for each in before), (each.value for each in after)) if change.verdict != "same"]
    if json_output:
        click.echo(
            json.dumps({"problems": [as_json(problem) for problem in problems], "changes": [_as_json(change) for change in changes]}, indent=2)
        )
    else:
        _print(changes, problems)
    sys.exit(1 if changes else 0)


def _as_json(change: ObjectChange) -> dict[str, Any]:
    found = attrs.asdict(change)
    for field in found["fields"]:
        if field.pop("secret"):
            field["old"] = field["new"] = None
    return found


def _print(changes: Iterable[ObjectChange], problems: Iterable[Problem]) -> None:
    show(problems)
    found = list(changes)
    for change in found:
        if change.verdict in {"restart", "replace"}:
            note(f"{change.label}: {' '.join(change.meaning)}", title=change.verdict, shown=True)
        click.echo(f"{_MARKS[change.verdict]} {printable(change.label)}: {printable(change.meaning[0])}")
        for sentence in change.meaning[1:]:
            click.echo(f"    {printable(sentence)}")
        for field in change.fields:
            click.echo(f"    {printable(str(field))}")
    if not found:
        click.echo("nothing changes")
