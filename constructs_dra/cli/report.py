"""`constructs-dra report`: what manifests deploy, as a page or a picture."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

import click

from constructs_dra.checks import Setting
from constructs_dra.cli.completion import complete_file
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.options import version_option
from constructs_dra.cli.output import show
from constructs_dra.cli.writing import is_there, taken, write
from constructs_dra.errors import Problem, SpecError
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.planning import plan
from constructs_dra.report.page import Report, report
from constructs_dra.yaml.documents import read_files

__all__ = ["command"]

_FORMATS: Final = ("html", "svg", "mermaid", "text")
_ENDINGS: Final = {".html": "html", ".htm": "html", ".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".txt": "text"}


@click.command("report")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", shell_complete=complete_file)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there. Default: stdout.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="Default: by the ending of --output, else text.")
@click.option("--inventory", "-i", "inventories", multiple=True, metavar="FILE", shell_complete=complete_file, help="A cluster, for a plan.")
@click.option("--title", metavar="TEXT", default="", help="What the page is called.")
@click.option("--force", is_flag=True, help="Overwrite the file of --output.")
@version_option
def command(
    files: Sequence[str], output: Path | None, format_: str | None, inventories: Sequence[str], title: str, *, force: bool, version: KubernetesVersion
) -> None:
    """Say what manifests deploy: who is wired to whom, which claim takes which devices, what was found.

    FILE are manifests of any kind, folders, or - for stdin. As HTML it is one page that needs no network; as SVG, Mermaid or text the picture alone.
    Findings do not make the exit status 1, as they are what is reported; input that cannot be read does.
    """
    chosen = format_ or (_ENDINGS.get(output.suffix.lower(), "html") if output else "text")
    if output is not None and is_there(output) and not force:
        _refuse([taken(output)])
    documents, problems = read_files(files, stdin=standard_input)
    if any(problem.severity == "error" for problem in problems):
        _refuse(problems)
    show(problems)
    planned = None
    try:
        if inventories:
            inventory = Inventory.from_files(inventories, stdin=standard_input)
            planned = plan([document.value for document in documents], inventory, sources=[document.source for document in documents])
    except SpecError as error:
        _refuse(error.problems)
    made = _written(report(documents, title=title or _title(files), setting=Setting(version=version), plan=planned), chosen)
    if output is None:
        click.echo(made, nl=False)
    elif defects := write(output, made):
        _refuse(defects)


def _title(files: Sequence[str]) -> str:
    """What a page is called by itself: the file without its endings, the folder, or the number of files."""
    if len(files) > 1:
        return f"{len(files)} files"
    return Path(files[0]).resolve().name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".k8s") if files[0] != "-" else "Manifests"


def _written(made: Report, format_: str) -> str:
    return {"html": made.html, "svg": made.svg, "mermaid": made.mermaid, "text": made.text}[format_]()


def _refuse(problems: Sequence[Problem]) -> NoReturn:
    show(problems)
    sys.exit(1)
