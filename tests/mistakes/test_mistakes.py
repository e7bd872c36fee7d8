"""A hundred mistakes of people who are new here: each program is caught where it can first be known, with words that say what to do.

A program in `programs/` says in its docstring what somebody had in mind. The comments at its end say where it is caught, in what words, and
whether it is only warned of.
"""

import re
import runpy
import sys
from pathlib import Path

import pytest

from constructs_dra import SpecError
from constructs_dra.catalogue.fields import UnpublishedError
from constructs_dra.constructs.error_report import report
from constructs_dra.noted import take

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
_EXPECTED = re.compile(r"^# (line|says|hint|warning): (.*)$", re.MULTILINE)


def run(program: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What a program says on stderr when it is run."""
    monkeypatch.setenv("CDK8S_OUTDIR", str(folder / "dist"))
    monkeypatch.setattr(sys, "argv", [str(program)])
    take()
    try:
        runpy.run_path(str(program), run_name="__main__")
    except (SpecError, TypeError, UnpublishedError) as error:
        said = report(error) or f"a traceback: {type(error).__name__}: {error}"
        return said if not (folder / "dist").exists() else f"something was written, and then: {said}"
    return capsys.readouterr().err


def test_there_are_a_hundred() -> None:
    assert len(PROGRAMS) >= 100


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_mistake_is_caught_where_it_can_first_be_known(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = _EXPECTED.findall(program.read_text(encoding="utf-8"))
    assert {kind for kind, _ in expected} >= {"says"}
    said = run(program, tmp_path, monkeypatch, capsys)
    place = re.search(rf"{re.escape(program.name)}:(\d+)", said)
    for kind, words in expected:
        if kind == "line":
            assert place is not None
            assert place[1] == words, said
        else:
            assert words in said, said
    assert ("warning: " in said) is any(kind == "warning" for kind, _ in expected)
