"""Warnings reach whoever runs the program: once, by line, with the rule and how to suppress it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, SpecError, write_files
from constructs_dra.noted import take

_ROLE = """Role(
        parallelism=Parallelism(tensor=2),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
        accept={accept},
    )"""
_PURE = f"""\
from constructs_dra import *

def service(name):
    return ModelService(name, model=ModelArtifacts.hf("a/b"), decode={_ROLE}, prefill={_ROLE})

write_files({{{{f"{{{{name}}}}.yaml": service(name).manifests() for name in ("one", "two")}}}})
"""
_CDK8S = f"""\
from constructs_dra import *
app = App()
chart = Chart(app, "c")
ModelServiceDeployment(chart, "x", model=ModelArtifacts.hf("a/b"), decode={_ROLE}, prefill={_ROLE})
{{end}}
"""
_RIGHT = '{"kv-transfer": "a test"}'


def run(text: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "main.py").write_text(text)
    return subprocess.run(
        [sys.executable, "main.py"], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "CDK8S_OUTDIR": "dist", **variables}
    )


def test_a_loop_says_its_warning_once_with_the_calls_that_led_to_it(tmp_path: Path) -> None:
    ended = run(_PURE.format(accept="{}"), tmp_path)
    assert ended.returncode == 0
    lines = ended.stderr.splitlines()
    assert lines[0].startswith("main.py:16: warning: ModelService 'one': decode.containers[0].args: ")
    assert "[kv-transfer]" in lines[0]
    assert "accept=" in lines[1]
    assert lines[2:] == ["  and 3 more of this rule from the same line", "4 warnings; `constructs-dra explain kv-transfer` says more"]
    assert sorted(path.name for path in (tmp_path / "dist").glob("[!.]*")) == ["one.yaml", "two.yaml"]


def test_what_is_accepted_with_a_reason_is_not_said(tmp_path: Path) -> None:
    assert run(_PURE.format(accept=_RIGHT), tmp_path).stderr == ""


@pytest.mark.node
def test_a_construct_says_its_warnings_at_synth(tmp_path: Path) -> None:
    ended = run(_CDK8S.format(accept="{}", end="app.synth()"), tmp_path)
    assert ended.returncode == 0
    assert "main.py:4: warning: ModelService 'c-x': decode" in ended.stderr
    assert "2 warnings; " in ended.stderr
    assert run(_CDK8S.format(accept="{}", end="app.synth()"), tmp_path, CONSTRUCTS_DRA_WARNINGS="ignore").stderr == ""


@pytest.mark.node
@pytest.mark.parametrize("how", ["variable", "argument"])
def test_warnings_can_be_errors_and_nothing_is_written_then(tmp_path: Path, how: str) -> None:
    text = _CDK8S.format(accept="{}", end="app.synth()")
    ended = (
        run(text, tmp_path, CONSTRUCTS_DRA_WARNINGS="error")
        if how == "variable"
        else run(text.replace("App()", 'App(warnings="error")'), tmp_path, CONSTRUCTS_DRA_WARNINGS="ignore")
    )
    assert ended.returncode == 1
    assert "main.py:15: wrong input" in ended.stderr
    assert "main.py:4: ModelService 'c-x': decode.containers[0].args: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "dist").exists()


def test_a_word_that_warnings_cannot_be_is_an_error(tmp_path: Path) -> None:
    ended = run(_PURE.format(accept="{}"), tmp_path, CONSTRUCTS_DRA_WARNINGS="loud")
    assert ended.returncode == 1
    assert "CONSTRUCTS_DRA_WARNINGS: 'loud' is unknown" in ended.stderr


@pytest.mark.node
def test_an_app_that_never_calls_synth_is_said(tmp_path: Path) -> None:
    ended = run(_CDK8S.format(accept=_RIGHT, end=""), tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "main.py:2: warning: synth() of this App is never called, so nothing was written\n")
    failed = run(_CDK8S.format(accept=_RIGHT, end="1 / 0"), tmp_path)
    assert "never called" not in failed.stderr


def test_records_that_are_only_made_and_thrown_away_say_nothing(tmp_path: Path) -> None:
    take()
    role = Role(parallelism=Parallelism(tensor=2), claims=[Claim("gpu", NvidiaGpu())], containers=[Container.vllm("vllm/vllm-openai:v0.11.0")])
    service = ModelService("x", model=ModelArtifacts.hf("a/b"), decode=role, prefill=role)
    assert take() == []
    manifests = [*service.manifests(), *service.manifests()]
    with pytest.raises(SpecError, match="kv-transfer-config"):
        write_files({"a.yaml": manifests}, folder=tmp_path / "dist", warnings="error")
    assert take() == []
    assert list(tmp_path.iterdir()) == []
