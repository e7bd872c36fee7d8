"""Where people already are: pre-commit, GitHub Actions and kubectl call the command line as they do."""

import os
import shutil
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


@pytest.fixture
def repository(programs: dict[str, str], tmp_path: Path) -> Path:
    """A project for several clusters, as `constructs-dra init` starts it."""
    folder = tmp_path / "repository"
    assert ended(["constructs-dra", "init", str(folder), "--template", "fleet"], programs, tmp_path).returncode == 0
    return folder


def generated(repository: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What Argo CD gets of its plugin: it runs the command of the page's manifest in the folder of the Application."""
    page = (_ROOT / "docs" / "gitops.md").read_text(encoding="utf-8")
    plugin = yaml.safe_load(page.partition('```yaml title="plugin.yaml"\n')[2].partition("```")[0])
    assert plugin["kind"] == "ConfigManagementPlugin"
    assert list(repository.glob(plugin["spec"]["discover"]["find"]["glob"]))
    step = plugin["spec"]["generate"]
    return ended([*step["command"], *step["args"]], environment, repository)


def test_argo_cd_gets_the_objects_of_its_cluster(programs: dict[str, str], repository: Path) -> None:
    environment = programs | {"ARGOCD_APP_NAME": "models", "ARGOCD_ENV_CLUSTER": "amsterdam"}
    found = generated(repository, environment)
    assert found.returncode == 0, found.stderr
    kinds = [manifest["kind"] for manifest in yaml.safe_load_all(found.stdout) if manifest]
    assert kinds.count("Deployment") == 3
    assert not (repository / "dist").exists(), "the checkout stays as it is"
    everything = generated(repository, programs | {"ARGOCD_APP_NAME": "models"})
    assert sum(manifest["kind"] == "Deployment" for manifest in yaml.safe_load_all(everything.stdout) if manifest) == 6


def test_argo_cd_shows_what_is_wrong_and_syncs_nothing(programs: dict[str, str], repository: Path) -> None:
    services = repository / "services.py"
    services.write_text(services.read_text(encoding="utf-8").replace('namespace="llm-d"', 'namespace="LLM"'))
    found = generated(repository, programs)
    assert found.returncode != 0
    assert "namespace" in found.stderr
    assert found.stdout == ""


def test_bash_completes_commands_drivers_and_rules(programs: dict[str, str], tmp_path: Path) -> None:
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash here")
    script = tmp_path / "completion"
    script.write_text(ended(["constructs-dra", "completion", "bash"], programs, tmp_path).stdout, encoding="utf-8")

    def offered(*words: str) -> list[str]:
        told = " ".join(f"'{word}'" for word in words)
        call = "_constructs_dra_completion constructs-dra; printf '%s\\n' \"${COMPREPLY[@]}\""
        program = f"source {script}; COMP_WORDS=({told}); COMP_CWORD={len(words) - 1}; {call}"
        return ended([shell, "--norc", "-c", program], programs, tmp_path).stdout.split()

    assert offered("constructs-dra", "ch") == ["check"]
    assert "gaudi.intel.com" in offered("constructs-dra", "drivers", "gaudi")
    assert offered("constructs-dra", "explain", "kv-tr") == ["kv-transfer"]
    assert "strict-guard" in offered("constructs-dra", "check", "--accept", "strict-g")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_read_their_completion(programs: dict[str, str], tmp_path: Path, shell: str) -> None:
    made = ended(["constructs-dra", "completion", shell], programs, tmp_path)
    assert made.returncode == 0
    assert "_CONSTRUCTS_DRA_COMPLETE" in made.stdout
    if program := shutil.which(shell):
        script = tmp_path / "completion"
        script.write_text(made.stdout, encoding="utf-8")
        assert ended([program, "-n", str(script)], programs, tmp_path).returncode == 0
