"""Where people already are: pre-commit, GitHub Actions and kubectl call the command line as they do."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

_ROOT = Path(__file__).resolve().parents[1]
RIGHT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"
WRONG = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: x}\n"


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, str]:
    """An environment with the programs that an installation makes."""
    project = (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "bin").mkdir()
    for name in ("constructs-dra", "kubectl-dra"):
        assert f'{name} = "constructs_dra.cli:main"' in project
        program = tmp_path / "bin" / name
        program.write_text(f"#!{sys.executable}\nfrom constructs_dra.cli import main\nmain()\n")
        program.chmod(0o755)
    return os.environ | {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(_ROOT)}


def ended(command: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def test_the_hook_of_pre_commit_checks_the_files_it_is_given(programs: dict[str, str], tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((_ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (tmp_path / "right.yaml").write_text(RIGHT)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    assert (hook["language"], hook["types"]) == ("python", ["yaml"])
    assert ended([*hook["entry"].split(), "right.yaml"], programs, tmp_path).returncode == 0
    assert ended([*hook["entry"].split(), "right.yaml", "wrong.yaml"], programs, tmp_path).returncode == 1


def test_the_action_annotates_the_files_it_is_given(programs: dict[str, str], tmp_path: Path) -> None:
    action: dict[str, Any] = yaml.safe_load((_ROOT / "action.yml").read_text(encoding="utf-8"))
    script = action["runs"]["steps"][-1]["run"]
    (tmp_path / "wrong.yaml").write_text(WRONG)
    (tmp_path / "right.yaml").write_text(RIGHT)
    inputs = {"FILES": "right.yaml wrong.yaml", "VERSION": "1.35", "ARGUMENTS": ""}
    found = ended(["bash", "-eo", "pipefail", "-c", script], programs | inputs, tmp_path)
    assert found.returncode == 1
    assert "::error file=wrong.yaml,line=4,col=8,title=wrong-type::" in found.stdout
    clean = ended(["bash", "-eo", "pipefail", "-c", script], programs | inputs | {"FILES": "right.yaml", "VERSION": ""}, tmp_path)
    assert (clean.returncode, clean.stderr) == (0, "")
    for name in action["inputs"]:
        assert f"inputs.{name} " in str(action["runs"])


def test_kubectl_finds_its_plugin(programs: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(WRONG)
    assert ended(["kubectl-dra", "check", "wrong.yaml"], programs, tmp_path).returncode == 1
    assert "Usage: kubectl-dra " in ended(["kubectl-dra", "--help"], programs, tmp_path).stdout
