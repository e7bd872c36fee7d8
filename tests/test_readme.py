"""The README's example and the error it shows are what really happens; pages of docs/ have tests of their own (tests/documentation)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_README = (_ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(program, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "CDK8S_OUTDIR"} | {"PYTHONPATH": str(_ROOT)}
    return subprocess.run([sys.executable, "program.py"], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.node
def test_the_example_makes_the_yaml_it_shows(tmp_path: Path) -> None:
    (program,), (shown,) = blocks(_README, "python"), blocks(_README, "yaml")
    ended = run(tmp_path, program)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (tmp_path / "dist" / "gaudi.k8s.yaml").read_text(encoding="utf-8") == shown


@pytest.mark.node
def test_the_mistake_gives_the_error_it_shows(tmp_path: Path) -> None:
    (program,) = blocks(_README, "python")
    ended = run(tmp_path, program.replace('model="Gaudi2"', 'model="gaudi2"'))
    shown = "".join(re.findall(r"^    (.*\n)", _README.partition("and you read\n")[2].partition("Say")[0], re.MULTILINE))
    assert ended.returncode == 1
    assert ended.stderr == shown
    assert not (tmp_path / "dist").exists()
