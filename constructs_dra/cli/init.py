"""`constructs-dra init`: a project to start from, that runs, is tested and is checked as it is."""

import json
import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

import click

from constructs_dra.cli.output import finish, output_options
from constructs_dra.cli.writing import is_there, taken, write_all
from constructs_dra.errors import did_you_mean

__all__ = ["TEMPLATES", "command", "project_files", "requirements"]

TEMPLATES: Final = {
    "fleet": "three models in two clusters, from tables",
    "gaudi": "one model on two Gaudi 3",
    "intel": "one model on one Intel GPU",
    "multinode": "one model over two nodes of eight NVIDIA GPUs",
    "nvidia": "one model on two NVIDIA GPUs",
    "pd": "prefill on Gaudi 3, decode on NVIDIA GPUs",
}
"""Each template and what its program describes; its files are those of its folder beside this module."""

_FOLDER: Final = Path(__file__).parent / "templates"
_COMMON: Final = {
    ".github/workflows/check.yml": "workflow.yml",
    ".gitignore": "gitignore",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    "cdk8s.yaml": "cdk8s.yaml",
}
"""Files of every project, and where their text is in `templates/common`."""
_PYTEST: Final = "9.2.0"
"""What a project's tests run with where no pytest is installed beside this library."""
_OWN: Final = "constructs-dra"


def _known(context: click.Context, parameter: click.Parameter, name: str) -> str:
    if name not in TEMPLATES:
        raise click.BadParameter(f"there is no template {name!r}; {did_you_mean(name, TEMPLATES)}", context, parameter)
    return name


@click.command(epilog="Templates: " + "; ".join(f"{name}: {words}" for name, words in TEMPLATES.items()) + ".")
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path))
@click.option("--template", default="gaudi", show_default=True, callback=_known, metavar="|".join(TEMPLATES), help="What the program describes.")
@click.option("--force", is_flag=True, help="Overwrite files without asking.")
@output_options("One JSON object: the files written. Nothing is asked.")
def command(folder: Path, template: str, *, force: bool, json_output: bool) -> None:
    """Start a project in DIR: a program, its test, pinned requirements, and what CI and pre-commit run.

    The folder is made where it does not exist. Before a file with other content is overwritten you are asked; nothing is written then
    unless you agree.
    """
    files = project_files(template)
    changed = [name for name, text in files.items() if not _holds(folder / name, text)]
    present = [name for name in changed if is_there(folder / name)]
    if present and not force and not (not json_output and _agrees(present)):
        hint = "name another folder, or write --force to overwrite"
        finish([taken(folder / name, hint) for name in present], json_output=json_output)
    if defects := write_all(folder, {name: files[name] for name in changed}):
        finish(defects, json_output=json_output)
    if not json_output:
        click.echo(f"{folder}: {len(changed)} of {len(files)} files written ({TEMPLATES[template]})")
        steps = [] if folder == Path() else [f"cd {folder}"]
        for step in [*steps, "pip install -r requirements.txt", "python main.py", "python -m pytest", "constructs-dra check dist"]:
            click.echo(f"  {step}")
    finish([], json_output=json_output, files=[str(folder / name) for name in changed])


def _holds(path: Path, text: str) -> bool:
    """Whether a file has this content already."""
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _agrees(present: list[str]) -> bool:
    """Whether the user wants these overwritten; an input that has ended says no."""
    try:
        return click.confirm(f"{', '.join(present)}: exists already. Overwrite?", err=True)
    except click.Abort:
        click.echo(err=True)
        return False


def project_files(template: str) -> dict[str, str]:
    """Every file of a project by its path.

    Args:
        template: One of `TEMPLATES`.
    """
    own = {path.name: path.read_text(encoding="utf-8") for path in (_FOLDER / template).glob("*.py")}
    files = {name: (_FOLDER / "common" / source).read_text(encoding="utf-8") for name, source in _COMMON.items()}
    main = (_FOLDER / "common" / "main.py").read_text(encoding="utf-8")
    return dict(sorted({"main.py": main, "requirements.txt": requirements(), **files, **own}.items()))


def requirements() -> str:
    """What a project installs: this library as it is installed here, pytest, and the versions of everything that comes with them."""
    try:
        installed = distribution(_OWN)
    except PackageNotFoundError:  # a checkout that is only importable
        from constructs_dra._version import __version__  # noqa: PLC0415  (only where nothing is installed)

        return f"{_OWN}=={__version__}\npytest=={_PYTEST}\n"
    lines = [f"{name}=={each.version}" for name, each in sorted(_closure(installed).items()) if name not in {_OWN, "pytest"}]
    return "\n".join([*_origin(installed), f"pytest=={_version('pytest', _PYTEST)}", "# what constructs-dra needs, in tested versions", *lines, ""])


def _origin(installed: Distribution) -> list[str]:
    """The line that installs this library: its version, or where pip took it from (PEP 610)."""
    origin = json.loads(installed.read_text("direct_url.json") or "{}")
    url = origin.get("url", "")
    if not url:
        return [f"{_OWN}=={installed.version}"]
    if vcs := origin.get("vcs_info"):
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    return [f"# {_OWN} {installed.version}, from where it was installed on this machine", f"{_OWN} @ {url}"]


def _version(name: str, default: str) -> str:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return default


def _closure(start: Distribution) -> dict[str, Distribution]:
    """A distribution and all that it needs, by normalised name; extras and what is not installed left out."""
    found: dict[str, Distribution] = {}
    waiting = [start]
    while waiting:
        each = waiting.pop()
        name = re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower()
        if name in found:
            continue
        found[name] = each
        for requirement in each.requires or ():
            needed = re.match(r"[\w.-]+", requirement)
            if needed is None or re.search(r"\bextra\s*==", requirement):
                continue
            try:
                waiting.append(distribution(needed[0]))
            except PackageNotFoundError:  # a marker keeps it out of this machine
                continue
    return found
