"""Several parts written as one: all of their files or none, and every mistake is reported."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_dra import Problem, SpecError, write_files, write_together

MANIFEST = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}


def wrong() -> None:
    raise SpecError([Problem("a.b", "is wrong", "make it right")])


def broken() -> None:
    write_files({"a.yaml": MANIFEST})
    _ = 1 / 0


def right(name: str = "a") -> Callable[[], object]:
    return lambda: write_files({f"{name}.yaml": MANIFEST})


def run_parts(folder: Path, **parts: Callable[[], object]) -> None:
    with write_together(folder) as run:
        for name, part in parts.items():
            with run.part(name):
                part()


def test_parts_write_into_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path / "dist"))
    with write_together() as run:
        for name in ("a", "b"):
            with run.part(name):
                write_files({f"{name}.yaml": MANIFEST})
        assert not (tmp_path / "dist").exists()
    assert sorted(path.name for path in (tmp_path / "dist").glob("[!.]*")) == ["a.yaml", "b.yaml"]
    assert os.environ["CDK8S_OUTDIR"] == str(tmp_path / "dist")


def test_every_wrong_part_is_reported_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_parts(tmp_path / "dist", first=wrong, second=right(), third=wrong)
    assert ended.value.code == 1
    assert capsys.readouterr().err.count("a.b: is wrong;\n  make it right") == 2
    assert list(tmp_path.iterdir()) == []
    assert "CDK8S_OUTDIR" not in os.environ


def test_a_mistake_outside_of_the_parts_is_reported_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), write_together(tmp_path / "dist"):
        wrong()
    assert "a.b: is wrong" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_two_parts_write_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_parts(tmp_path / "dist", a=right("same"), b=right("same"))
    assert "b writes same.yaml, which another app wrote" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_other_exceptions_pass_and_write_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run_parts(tmp_path / "dist", a=broken)
    assert list(tmp_path.iterdir()) == []
