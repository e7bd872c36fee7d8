"""Where people already are: pre-commit, GitHub Actions and kubectl call the command line as they do."""

import os
import re
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


def shown(title: str, page: str = "tools.md") -> Any:
    """The YAML file of that name that a page shows."""
    text = (_ROOT / "docs" / page).read_text(encoding="utf-8")
    return yaml.safe_load(text.partition(f'```yaml title="{title}"\n')[2].partition("```")[0])


@pytest.fixture(scope="module")
def index() -> None:
    """A package index, for what installs this package as its users do."""
    asked = subprocess.run([sys.executable, "-m", "pip", "index", "versions", "attrs"], capture_output=True, text=True, check=False)
    if asked.returncode:
        pytest.skip("no package index here")


def test_the_hook_of_pre_commit_checks_the_files_it_is_given(programs: dict[str, str], tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((_ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (tmp_path / "right.yaml").write_text(RIGHT)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    assert (hook["language"], hook["types"]) == ("python", ["yaml"])
    assert ended([*hook["entry"].split(), "right.yaml"], programs, tmp_path).returncode == 0
    assert ended([*hook["entry"].split(), "right.yaml", "wrong.yaml"], programs, tmp_path).returncode == 1


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_pre_commit_refuses_a_commit_of_what_is_wrong(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed: make setup")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    environment = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "GIT_CONFIG_GLOBAL": os.devnull}

    def done(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return ended([*git, *words], environment, folder)

    hooks, project = tmp_path / "hooks", tmp_path / "project"  # what users take the hook from, and what they check with it
    shutil.copytree(_ROOT / "constructs_dra", hooks / "constructs_dra", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(_ROOT / name, hooks / name)
    project.mkdir()
    for folder in (hooks, project):
        done("init", folder=folder)
    done("add", ".", folder=hooks)
    assert done("commit", "-m", "all", folder=hooks).returncode == 0
    revision = done("rev-parse", "HEAD", folder=hooks).stdout.strip()
    config = shown(".pre-commit-config.yaml")
    config["repos"][0] |= {"repo": str(hooks), "rev": revision}
    del config["repos"][0]["hooks"][0]["files"]
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))  # YAML too, and no manifest
    assert ended([sys.executable, "-m", "pre_commit", "install", "--install-hooks"], environment, project).returncode == 0
    (project / "right.yaml").write_text(RIGHT)
    done("add", ".", folder=project)
    taken = done("commit", "-m", "right", folder=project)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    (project / "wrong.yaml").write_text(WRONG)
    done("add", ".", folder=project)
    refused = done("commit", "-m", "wrong", folder=project)
    assert refused.returncode == 1
    assert "wrong.yaml:4:8: spec.replicas: must be a whole number" in refused.stdout + refused.stderr


def run_action(folder: Path, environment: dict[str, str], inputs: dict[str, str], *, install: bool) -> subprocess.CompletedProcess[str]:
    """Run the shell steps of the action as GitHub's runner does: inputs in place of expressions, each script in bash, the first failure ends it.

    Args:
        folder: The checkout of the user.
        environment: Variables; `python` on its path is the one that actions/setup-python gives.
        inputs: What the user's workflow says under `with`.
        install: Whether the step that installs this package is run too.
    """
    action: dict[str, Any] = yaml.safe_load((_ROOT / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "composite"
    assert set(inputs) <= set(action["inputs"])
    given: dict[str, str] = {name: inputs.get(name) or str(described["default"]) for name, described in action["inputs"].items()}

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: given[found[1]], text)

    foreign, *own = action["runs"]["steps"]
    assert foreign["uses"].startswith("actions/setup-python@")
    last = None
    for step in own if install else own[1:]:
        assert set(step) <= {"shell", "env", "run"}
        assert "${{" not in step["run"], "an expression in a script is a way in for whoever writes the input"
        script = folder.parent / "script.sh"
        script.write_text(step["run"])
        variables = {name: filled(text) for name, text in step.get("env", {}).items()}
        command = [step["shell"], "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        last = ended(command, environment | {"GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": str(_ROOT)} | variables, folder)
        if last.returncode:
            break
    assert last is not None
    return last


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "dist").mkdir(parents=True)
    (folder / "dist" / "right.yaml").write_text(RIGHT)
    (folder / "wrong.yaml").write_text(WRONG)
    return folder


def test_the_action_annotates_the_files_it_is_given(programs: dict[str, str], checkout: Path) -> None:
    found = run_action(checkout, programs, {"files": "dist wrong.yaml", "kubernetes": "1.35"}, install=False)
    assert found.returncode == 1
    assert "::error file=wrong.yaml,line=4,col=8,title=wrong-type::" in found.stdout
    clean = run_action(checkout, programs, {}, install=False)
    assert (clean.returncode, clean.stderr) == (0, "")
    inputs = shown(".github/workflows/manifests.yaml")["jobs"]["manifests"]["steps"][-1]["with"]
    (checkout / "dist").rename(checkout / inputs["files"])
    assert run_action(checkout, programs, inputs, install=False).returncode == 0
    assert run_action(checkout, programs, {"files": inputs["files"], "arguments": "--accept no-such-rule=because"}, install=False).returncode == 2


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_the_action_installs_what_it_runs(checkout: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    bare = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    found = run_action(
        checkout, bare | {"PATH": f"{tmp_path / 'venv' / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"}, {"files": "wrong.yaml"}, install=True
    )
    assert found.returncode == 1, found.stderr
    assert "::error file=wrong.yaml,line=4,col=8,title=wrong-type::" in found.stdout


def test_kubectl_finds_its_plugin(programs: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(WRONG)
    assert ended(["kubectl-dra", "check", "wrong.yaml"], programs, tmp_path).returncode == 1
    assert "Usage: kubectl-dra " in ended(["kubectl-dra", "--help"], programs, tmp_path).stdout
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl here: only the plugin was run")
    found = ended(["kubectl", "dra", "check", "wrong.yaml"], programs, tmp_path)
    assert found.returncode == 1
    assert "wrong.yaml:4:8: spec.replicas: must be a whole number" in found.stderr
    assert str(tmp_path / "bin" / "kubectl-dra") in ended(["kubectl", "plugin", "list"], programs, tmp_path).stdout


@pytest.fixture
def repository(programs: dict[str, str], tmp_path: Path) -> Path:
    """A project for several clusters, as `constructs-dra init` starts it."""
    folder = tmp_path / "repository"
    assert ended(["constructs-dra", "init", str(folder), "--template", "fleet"], programs, tmp_path).returncode == 0
    return folder


def generated(repository: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What Argo CD gets of its plugin: it runs the command of the page's manifest in the folder of the Application."""
    plugin = shown("plugin.yaml", "gitops.md")
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
