"""`constructs-dra diff`: what becomes of a cluster when new manifests are applied over old ones?"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from constructs_dra.cli.completion import complete_file
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.live import Cluster
from constructs_dra.cli.output import as_json, finish, note, output_options, show
from constructs_dra.errors import Problem, SpecError
from constructs_dra.report.differences import ObjectChange, differences, taken_apart
from constructs_dra.words import printable
from constructs_dra.yaml.documents import read_files

__all__ = ["command"]

_MARKS = {"same": " ", "in place": "~", "restart": "!", "replace": "X", "create": "+", "delete": "-"}


@click.command(name="diff")
@click.argument("files", nargs=-1, required=True, metavar="[OLD] NEW", shell_complete=complete_file)
@click.option("--live", is_flag=True, help="Compare NEW with what runs: kubectl is asked for each of its objects, and OLD is left out.")
@click.option("--context", metavar="NAME", default="", help="With --live: the context of the kubeconfig.  [default: the current one]")
@click.option("--kubeconfig", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="With --live: the kubeconfig.")
@click.option("--namespace", "-n", metavar="NAME", default="", help="With --live: for objects that name none.  [default: the context's]")
@click.option("--kubectl", metavar="PROGRAM", default="kubectl", show_default=True, help="With --live: the kubectl to run.")
@output_options("One JSON object on stdout.")
def command(files: Sequence[str], *, live: bool, context: str, kubeconfig: Path | None, namespace: str, kubectl: str, json_output: bool) -> None:
    """Say what becomes of each object when NEW is applied over OLD, and what that means for the pods.

    OLD and NEW are files or folders of manifests, or what `kubectl get -o yaml` prints; one of them may be - for stdin. With --live, OLD is what the
    cluster has of the objects of NEW; nothing is changed there. What Kubernetes fills in by itself makes no difference. Exit 0 when nothing changes,
    1 when something does, 2 where that is not known: wrong usage, a file that cannot be read, no answer from kubectl.
    """
    wanted = 1 if live else 2
    if len(files) != wanted:
        raise click.UsageError("--live takes NEW alone" if live else "OLD and NEW are needed, or --live and NEW")
    if not live and (context or kubeconfig or namespace or kubectl != "kubectl"):
        raise click.UsageError("--context, --kubeconfig, --namespace and --kubectl need --live")
    if not live and files[0] == files[1] == "-":
        raise click.UsageError("only one of OLD and NEW can be stdin")
    read = [read_files([file], stdin=standard_input) for file in files]
    problems = [problem for _, found in read for problem in found]
    if any(problem.severity == "error" for problem in problems):
        finish(problems, json_output=json_output, status=2)
    sets = [[each.value for each in documents] for documents, _ in read]
    before, after = ([], *sets) if live else sets
    if live:
        cluster = Cluster(kubectl=kubectl, context=context, kubeconfig=kubeconfig, namespace=namespace)
        try:
            after = cluster.placed(taken_apart(after))
            before = cluster.objects(after)
        except SpecError as error:
            finish([*problems, *error.problems], json_output=json_output, status=2)
    changes = [change for change in differences(before, after) if change.verdict != "same"]
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
