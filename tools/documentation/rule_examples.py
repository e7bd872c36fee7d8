"""What the examples of rules report when they are run as their readers would run them."""

import contextlib
import io
import json
import os
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from click.testing import CliRunner

from constructs_dra import SpecError
from constructs_dra.cli import main
from constructs_dra.constructs.error_report import report
from constructs_dra.noted import take
from constructs_dra.rules.example import Example

__all__ = ["Reported", "reported"]

_WARNED = re.compile(r"warning: .* \[([a-z0-9-]+)\];?$", re.MULTILINE)
_PLACE = re.compile(r"\S*/example\.py")


@frozen
class Reported:
    """What was said about one of an example's two texts.

    Attributes:
        rules: The names of the rules that reported something, in their order.
        text: What a reader sees.
    """

    rules: tuple[str, ...]
    text: str


def reported(shown: Example, side: str, folder: Path) -> Reported:
    """Run one of the two texts of an example.

    Args:
        shown: The example.
        side: `wrong` or `right`.
        folder: An empty folder to do it in.
    """
    with _inside(folder):
        return _program(shown.text(side)) if shown.language == "python" else _command(shown, side)


def _command(shown: Example, side: str) -> Reported:
    Path("example.yaml").write_text(shown.text(side), encoding="utf-8")
    found = CliRunner().invoke(main, [*shown.command, "--format", "json"])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    rules = tuple(problem.get("rule", "") for problem in json.loads(found.stdout)["problems"])
    return Reported(rules, CliRunner().invoke(main, [*shown.command, "--color", "never"]).stderr)


def _program(text: str) -> Reported:
    Path("example.py").write_text(text, encoding="utf-8")
    take()
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            runpy.run_path("example.py", run_name="__main__")
    except SpecError as error:
        take()
        return Reported(tuple(problem.rule for problem in error.problems), _PLACE.sub("example.py", report(error) or str(error)))
    return Reported(tuple(_WARNED.findall(said.getvalue())), re.sub(r"example\.py:(\d+) \(called from .*?\): ", r"example.py:\1: ", said.getvalue()))


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder, with what apps write below it."""
    before = os.environ.get("CDK8S_OUTDIR")
    os.environ["CDK8S_OUTDIR"] = str(folder / "dist")
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        os.environ.pop("CDK8S_OUTDIR")
        if before is not None:
            os.environ["CDK8S_OUTDIR"] = before
