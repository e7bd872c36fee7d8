"""`constructs-dra helm`."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from constructs_dra.cli import main

VALUES = """\
modelArtifacts:
  name: org/model
  uri: hf://org/model
routing:
  proxy:
    enabled: false
decode:
  containers:
  - image: vllm/vllm-openai:v0.11.0
    modelCommand: vllmServe
    ports: [{containerPort: 8000}]
prefill:
  create: false
"""


def _run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["helm", *map(str, arguments)], input=text)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A values file without a fault."""
    made = tmp_path / "llama.yaml"
    made.write_text(VALUES)
    return made


def _objects(result: Result) -> list[dict[str, Any]]:
    return [made for made in yaml.safe_load_all(result.stdout) if made]


def test_render_prints_the_objects_and_says_the_rest_on_stderr(file: Path) -> None:
    result = _run("render", file, "--namespace", "llm-d")
    assert result.exit_code == 0
    assert [(made["kind"], made["metadata"]["name"], made["metadata"]["namespace"]) for made in _objects(result)] == [
        ("ServiceAccount", "llama-llm-d-modelservice", "llm-d"),
        ("Deployment", "llama-llm-d-modelservice-decode", "llm-d"),
    ]
    assert result.stderr.startswith(f"warning: {file}:7:1: decode: ")


def test_a_file_called_values_gives_its_folders_name(tmp_path: Path) -> None:
    (tmp_path / "Qwen_3").mkdir()
    (tmp_path / "Qwen_3" / "values.yaml").write_text(VALUES)
    assert _objects(_run("render", tmp_path / "Qwen_3" / "values.yaml"))[0]["metadata"]["name"] == "qwen-3-llm-d-modelservice"


def test_options_set_values_and_files_are_merged_in_order(file: Path, tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("decode: {replicas: 2}\n")
    result = _run(
        "render",
        file,
        tmp_path / "more.yaml",
        "--release",
        "r",
        "--set",
        "decode.containers[0].args={--enforce-eager,--enable-lora}",
        "--set-string",
        "schedulerName=1",
    )
    spec = _objects(result)[1]["spec"]
    assert spec["replicas"] == 2
    assert spec["template"]["spec"]["containers"][0]["args"][-2:] == ["--enforce-eager", "--enable-lora"]
    assert spec["template"]["spec"]["schedulerName"] == "1"


def test_values_come_from_standard_input_too() -> None:
    assert len(_objects(_run("render", "-", text=VALUES))) == 2
    assert "bytes long" in _run("render", "-", text="# " + "x" * 2_000_000).stderr


def test_nothing_is_printed_where_there_is_an_error(file: Path) -> None:
    file.write_text(VALUES + "multinod: true\n")
    result = _run("render", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"error: {file}:14:1: multinod: chart v0.4.12 does not read this key [unknown-key];\n  did you mean 'multinode'?" in result.stderr
    lenient = _run("render", file, "--lenient")
    assert lenient.exit_code == 0
    assert f"warning: {file}:14:1: multinod:" in lenient.stderr


def test_a_cross_check_is_suppressed_with_a_reason(file: Path) -> None:
    file.write_text(VALUES.replace("    ports:", "    args: [--served-model-name=x]\n    ports:"))
    assert "--accept flag-twice=REASON" in _run("render", file).stderr
    result = _run("render", file, "--accept", "flag-twice=the last one counts in this image")
    assert result.exit_code == 0
    assert "accepted: the last one counts in this image" in result.stderr


def test_json_holds_problems_and_objects(file: Path) -> None:
    result = json.loads(_run("render", file, "--json").stdout)
    assert [made["kind"] for made in result["objects"]] == ["ServiceAccount", "Deployment"]
    file.write_text("a: [")
    result = _run("render", file, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["objects"] == []
    assert json.loads(result.stdout)["problems"][0]["severity"] == "error"


def test_each_writes_one_file_per_release(file: Path, tmp_path: Path) -> None:
    (tmp_path / "qwen.yaml").write_text(VALUES)
    result = _run("render", file, tmp_path / "qwen.yaml", "--each", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (0, "")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["llama.yaml", "qwen.yaml"]
    names = [made["metadata"]["name"] for made in yaml.safe_load_all((tmp_path / "out" / "qwen.yaml").read_text())]
    assert names == ["qwen-llm-d-modelservice", "qwen-llm-d-modelservice-decode"]


def test_each_writes_nothing_where_one_file_has_an_error(file: Path, tmp_path: Path) -> None:
    (tmp_path / "qwen.yaml").write_text("decode: 1\n")
    out = tmp_path / "out"
    out.mkdir()
    (out / "llama.yaml").write_text("old")
    result = _run("render", file, tmp_path / "qwen.yaml", "--each", out)
    assert result.exit_code == 1
    assert [(path.name, path.read_text()) for path in out.iterdir()] == [("llama.yaml", "old")]


def test_each_refuses_two_files_of_one_name(file: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "llama.yaml").write_text(VALUES)
    result = _run("render", file, tmp_path / "other" / "llama.yaml", "--each", tmp_path / "out")
    assert result.exit_code == 1
    assert "llama.yaml, as an earlier file does" in result.stderr


def test_migrate_prints_an_app_and_reports_on_stderr(file: Path, tmp_path: Path) -> None:
    result = _run("migrate", file, "-n", "llm-d")
    assert result.exit_code == 0
    assert 'ModelServiceDeployment(\n    chart,\n    "llama",' in result.stdout
    assert "carried over:\n  1 ServiceAccount, 1 Deployment" in result.stderr
    written = _run("migrate", file, "-n", "llm-d", "-o", tmp_path / "apps" / "llama.py")
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "apps" / "llama.py").read_text() == result.stdout
    assert json.loads(_run("migrate", file, "-n", "llm-d", "--json").stdout)["source"] == result.stdout


def test_migrate_writes_nothing_where_there_is_an_error(file: Path, tmp_path: Path) -> None:
    file.write_text(VALUES + "multinod: true\n")
    result = _run("migrate", file, "-o", tmp_path / "app.py")
    assert (result.exit_code, result.stdout) == (1, "")
    assert not (tmp_path / "app.py").exists()


def test_a_place_that_cannot_be_written_is_an_error(file: Path, tmp_path: Path) -> None:
    for arguments in (("render", file, "--each", file / "out"), ("migrate", file, "-o", file / "app.py")):
        result = _run(*arguments)
        assert result.exit_code == 1, result.output
        assert "cannot be written" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["llama.yaml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("render",),
        ("render", "x.yaml", "--chart", "0.9"),
        ("render", "x.yaml", "--release", "Not_A_Name"),
        ("render", "x.yaml", "--namespace", "-"),
        ("render", "x.yaml", "--accept", "no-such-rule=x"),
        ("render", "x.yaml", "--accept", "flag-twice"),
        ("migrate", "x.yaml", "--each", "y"),
    ],
    ids=str,
)
def test_wrong_usage_exits_2(arguments: Sequence[str]) -> None:
    result = _run(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "content",
    [
        b"x" * 50_000_000,
        b"\x00\xff" * 100_000,
        b"a: &a [x]\n" + b"\n".join(b"b%d: [*a, *a]" % n for n in range(20_000)),
        b"a: " + b"[" * 400_000,
        b"- " * 400_000,
    ],
    ids=["large", "binary", "aliases", "brackets", "dashes"],
)
def test_hostile_files_are_refused_within_two_seconds(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_bytes(content)
    start = time.process_time()
    result = _run("render", file)
    assert time.process_time() - start < 2
    assert (result.exit_code, result.stdout) == (1, "")
    assert not result.exception or isinstance(result.exception, SystemExit)
    assert str(file) in result.stderr


def test_a_real_process_starts_no_node_and_leaves_with_the_right_status(file: Path) -> None:
    script = "import sys; from constructs_dra.cli import main; sys.argv[0] = 'constructs-dra'; main()"
    environment = {**os.environ, "PATH": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", script, "helm", "render", str(file)], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    missing = subprocess.run(
        [sys.executable, "-c", script, "helm", "render", "none.yaml"], capture_output=True, text=True, env=environment, check=False
    )
    assert missing.returncode == 1
    assert missing.stderr == "error: none.yaml: cannot be read: No such file or directory\n"


def test_hints_name_the_option_and_not_python(tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text("decode: {replicas: 2}\n")
    ended = CliRunner().invoke(main, ["helm", "render", str(tmp_path / "v.yaml")])
    assert "write --accept image-tag=REASON if it is meant" in ended.stderr
    assert "accept={" not in ended.stderr
