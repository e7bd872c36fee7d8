"""Whole programs: how they end, and what they leave in the output folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_START = "from constructs_dra import App, Chart\nfrom cdk8s import ApiObject, JsonPatch\napp = App()\n"
_OBJECT = 'ApiObject(Chart(app, "{0}"), "x", api_version="v1", kind="ConfigMap", metadata=dict(name="x"))'


def run(folder: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(program)
    kept = {name: value for name, value in os.environ.items() if name not in ("JSII_NODE", "CDK8S_OUTDIR")}
    return subprocess.run(
        [sys.executable, "program.py"], cwd=folder, env=kept | {"PYTHONPATH": str(_ROOT)} | environment, capture_output=True, text=True, check=False
    )


def written(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("dist/[!.]*")}


@pytest.mark.node
def test_a_program_needs_no_node_on_path(tmp_path: Path) -> None:
    ended = run(tmp_path, f"{_START}{_OBJECT.format('c')}\napp.synth()\nprint(app.outdir)", PATH=str(tmp_path))
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "dist\n")
    assert set(written(tmp_path)) == {"c.k8s.yaml"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist", "program.py"]


@pytest.mark.node
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param('raise SpecError([Problem("a.b", "is wrong", "make it right")])', id="at construction"),
        pytest.param(f'{_OBJECT.format("d")}.add_json_patch(JsonPatch.add("/spec/a/b", 1)); app.synth()', id="at synth, after one file was written"),
    ],
)
def test_a_failing_program_says_why_and_leaves_the_output_as_it_was(tmp_path: Path, fault: str) -> None:
    run(tmp_path, f"{_START}{_OBJECT.format('c')}\napp.synth()")
    before = written(tmp_path)
    assert before
    changed = f"{_OBJECT.format('c')}.add_json_patch(JsonPatch.add('/data', 1))"
    ended = run(tmp_path, f"from constructs_dra import Problem, SpecError\n{_START}{changed}\n{fault}\n")
    assert ended.returncode == 1
    assert ended.stderr.startswith("program.py:6: wrong input\n")
    assert "Traceback" not in ended.stderr
    assert written(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist", "program.py"]


@pytest.mark.parametrize("kind", ["absent", "broken"])
def test_without_a_node_that_works_one_sentence_says_how_to_get_it(tmp_path: Path, kind: str) -> None:
    node = tmp_path / "node"
    if kind == "broken":
        node.write_text("#!/bin/sh\nexit 3\n")
        node.chmod(0o755)
    ended = run(tmp_path, _START, JSII_NODE=str(node))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"cdk8s runs on Node and '{node}' ")
    assert "JSII_NODE" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_an_error_of_another_kind_keeps_its_traceback(tmp_path: Path) -> None:
    ended = run(tmp_path, "import constructs_dra.constructs\n1 / 0")
    assert "Traceback" in ended.stderr
    assert "ZeroDivisionError" in ended.stderr
