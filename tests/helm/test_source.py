"""Migrated apps: they give the objects of the values, and read as if written by hand."""

import ast
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
import yaml
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.helm.charts import CHARTS
from constructs_dra.helm.rendering import Import
from constructs_dra.helm.source import App, app_source, migration_report, verify
from constructs_dra.helm.source.comments import header, line_comments
from constructs_dra.helm.source.literals import chunks, text_literal, triple_quoted
from constructs_dra.helm.source.report import FIXES
from constructs_dra.serving.proxy import RoutingProxy
from constructs_dra.serving.release import Fix

_PAIR = """\
# One model, prefill and decode apart.
# Tried on two nodes.

# This is the model
modelArtifacts:
  name: org/model
  uri: hf://org/model
  authSecretName: hf
accelerator:  # devices from DRA
  type: nvidia
  dra: true
routing:
  proxy:
    image: ghcr.io/llm-d/llm-d-routing-sidecar:v0.6.0
decode:
  # as many as there are nodes
  replicas: 2
  parallelism:
    tensor: 4
  containers:
  - image: ghcr.io/llm-d/llm-d-cuda:v0.6.0
    modelCommand: vllmServe
    args: &args
    - --host
    - 0.0.0.0
    - --kv-transfer-config
    - '{"kv_connector":"NixlConnector", "kv_role":"kv_both", "kv_buffer_device":"cuda"}'
    env:
    - name: POD_IP
      valueFrom: {fieldRef: {fieldPath: status.podIP}}
    - name: UCX_TLS  # no TCP
      value: rc
    ports:
    - containerPort: 8200  # behind the proxy
    - {containerPort: 5600, name: nixl}
    volumeMounts:
    - {name: shm, mountPath: /dev/shm}
    readinessProbe: &probe
      httpGet: {path: /v1/models, port: 8200}
  #  priorityClassName: high
  volumes:
  - name: shm
    emptyDir: {medium: Memory}
prefill:
  replicas: 1
  parallelism:
    tensor: 4
  containers:
  - image: ghcr.io/llm-d/llm-d-cuda:v0.6.0
    modelCommand: vllmServe
    args: *args
    ports:
    - containerPort: 8000
    readinessProbe: {httpGet: {path: /v1/models, port: 8000}}
"""


@pytest.fixture
def pair(rendered: Callable[..., Import]) -> tuple[Import, App]:
    """A prefill/decode release and its app."""
    imported = rendered(_PAIR, lenient=True)
    assert not imported.refused, [str(problem) for problem in imported.problems]
    return imported, app_source(imported, namespace="llm-d")


def _checked(source: str, tmp_path: Path, *command: str) -> str:
    file = tmp_path / "apps" / "migrated.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(source, encoding="utf-8")
    config = Path(__file__).parents[2] / "pyproject.toml"
    done = subprocess.run([sys.executable, "-m", *command, str(config), str(file)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_an_app_is_formatted_as_ruff_does(pair: tuple[Import, App], tmp_path: Path) -> None:
    assert _checked(pair[1].source, tmp_path, "ruff", "format", "--diff", "--config") == ""


def test_an_app_passes_the_linter(pair: tuple[Import, App], tmp_path: Path) -> None:
    # where the file lies is not the app's business: folders of apps have these exceptions
    assert _checked(pair[1].source, tmp_path, "ruff", "check", "--ignore=INP001,S108", "--config") == ""


@pytest.mark.slow
def test_an_app_passes_strict_type_checks(pair: tuple[Import, App], tmp_path: Path) -> None:
    assert _checked(pair[1].source, tmp_path, "mypy", "--config-file") == ""


def test_an_app_is_shorter_than_its_values(pair: tuple[Import, App]) -> None:
    assert pair[1].source.count("\n") <= _PAIR.count("\n") + 40  # few values, so the fixed lines of an app weigh
    assert pair[1].source.count("ghcr.io/llm-d/llm-d-cuda:v0.6.0") == 1


def test_values_written_twice_and_secrets_have_names(pair: tuple[Import, App]) -> None:
    source = pair[1].source
    assert 'IMAGE = "ghcr.io/llm-d/llm-d-cuda:v0.6.0"' in source
    assert 'HF_CREDENTIALS = "hf"' in source
    assert source.count("args=ARGS") == 2


def test_remarks_are_kept_where_what_they_speak_of_is(pair: tuple[Import, App]) -> None:
    lines = [line.strip() for line in pair[1].source.split("\n")]
    assert lines[lines.index("# This is the model") + 1].startswith("model=ModelArtifacts.hf(")
    assert lines[lines.index("# as many as there are nodes") + 1] == "replicas=2,"
    assert '"UCX_TLS": "rc",  # no TCP' in lines
    assert "8200,  # behind the proxy" in lines
    assert any("# devices from DRA" in line for line in lines)
    assert "One model, prefill and decode apart." in lines
    assert "priorityClassName" not in pair[1].source
    assert pair[1].passed == 1
    assert pair[1].dropped == []


def test_typed_records_take_the_place_of_raw_mappings(pair: tuple[Import, App]) -> None:
    source = pair[1].source
    assert 'field_ref("status.podIP")' in source
    assert 'Port(5600, name="nixl")' in source
    assert "Parallelism(tensor=4)" in source
    assert 'Claim("nvidia-claim-template", Request("nvidia", "gpu.nvidia.com"))' in source
    assert "containerPort" not in source
    assert "valueFrom" not in source


@pytest.mark.node
def test_running_an_app_gives_the_objects_of_the_values(pair: tuple[Import, App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path / "dist"))
    exec(compile(pair[1].source, "app.py", "exec"), {"__name__": "__main__"})
    made = [one for one in yaml.safe_load_all((tmp_path / "dist" / "rel.k8s.yaml").read_text()) if one]
    for one in made:
        assert one["metadata"].pop("namespace") == "llm-d"
    assert sorted(made, key=str) == sorted(pair[0].manifests, key=str)


def test_the_report_names_what_was_carried_over_dropped_and_can_be_put_right(rendered: Callable[..., Import], plain: str) -> None:
    values = (
        plain.replace("decode:\n", "decode:\n  affinity: {}\n  replicas: 1\n")
        .replace("prefill:\n", "# none here\nprefill:\n")
        .replace("    ports:", "    env: [{name: A, value: x}]\n    ports:")
    )
    imported = rendered(values, lenient=True)
    report = "\n".join(migration_report(imported, app_source(imported)))
    assert "1 ServiceAccount, 1 Deployment" in report
    assert "decode.affinity: has no effect" in report
    assert "the comment 'none here'" in report
    assert "user-env-wins:" in report


def test_the_report_knows_every_fix() -> None:
    assert sorted(FIXES) == sorted(get_args(Fix))


def test_values_that_were_refused_have_no_source(rendered: Callable[..., Import]) -> None:
    with pytest.raises(ValueError, match="refused"):
        app_source(rendered("a: ["))


def test_marks_inside_texts_are_no_remarks() -> None:
    text = 'a: "x # y"  # real\nb: |\n  # script\n  run\nc: 1\n'
    comments, _ = line_comments(text)
    assert [(comment.line, comment.text) for comment in comments] == [(1, "real")]


def test_remarks_that_linters_would_stumble_over_are_put_in_other_words(rendered: Callable[..., Import], plain: str, tmp_path: Path) -> None:
    remarks = [
        "TODO: the number is a guess",
        "x = call(5)",
        "see https://example.org/a?b=c",
        "\u201csmart\u201d \u2013 quotes\u2026",
        "\uff21\uff22",
        "50% (at least)",
        "see https://example.org/" + "y" * 200,
    ]
    labels = "\n".join(f"    # {remark}\n    k{number}: x" for number, remark in enumerate(remarks))
    values = plain.replace("  name: org/model\n", f"  name: org/model\n  labels:\n{labels}\n")
    app = app_source(rendered(values))
    assert "# To do: the number is a guess" in app.source
    assert "call(5)" not in app.source
    assert _checked(app.source, tmp_path, "ruff", "check", "--ignore=INP001,S108", "--config") == ""
    assert _checked(app.source, tmp_path, "ruff", "format", "--diff", "--config") == ""


def test_a_header_is_set_apart_by_a_blank_line() -> None:
    assert header("# One\n# Two\n\na: 1\n") == ["One", "Two"]
    assert header("# About a\na: 1\n") == []


@settings(deadline=None)
@given(st.text())
def test_a_text_literal_is_the_text(text: str) -> None:
    assert eval(text_literal(text)) == text
    assert "".join(eval(text_literal(part)) for part in chunks(text)) == text


@settings(deadline=None)
@given(st.text(alphabet="ab \n\\\"'é", max_size=40))
def test_a_triple_quoted_text_is_the_text(text: str) -> None:
    if quoted := triple_quoted(text):
        assert eval(quoted) == text


def test_odd_texts_survive_being_written(rendered: Callable[..., Import], plain: str, tmp_path: Path) -> None:
    odd = ['it\'s "so"', "word " * 60, "#!/bin/sh\necho 'a' \\\n  b\n", "a\tb\n c ", "na\u00efve \u2013 \u201cx\u201d", "0.0.0.0"]
    arguments = "\n".join(f"    - {json.dumps(text)}" for text in odd)
    source = app_source(rendered(plain.replace("    ports:", f"    args:\n{arguments}\n    ports:"))).source
    texts = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    assert texts >= set(odd)
    assert _checked(source, tmp_path, "ruff", "format", "--diff", "--config") == ""
    assert _checked(source, tmp_path, "ruff", "check", "--ignore=INP001,S108", "--config") == ""


def test_a_proxy_of_the_chart_is_what_the_chart_s_defaults_say() -> None:
    proxy, default = CHARTS["0.4"].defaults["routing"]["proxy"], RoutingProxy.of_chart()
    assert (default.image, default.zap_encoder, default.zap_log_level) == (proxy["image"], proxy["zapEncoder"], proxy["zapLogLevel"])
    assert default == RoutingProxy(
        image=proxy["image"],
        target_port=proxy["targetPort"],
        kv_connector=proxy["connector"],
        secure_proxy=proxy["secure"],
        zap_encoder=proxy["zapEncoder"],
        zap_log_level=proxy["zapLogLevel"],
        image_pull_policy=proxy["imagePullPolicy"],
    )


def test_two_keys_that_python_would_take_for_one_name_stay_two(rendered: Callable[..., Import], plain: str) -> None:
    text = "first\n      second\n      third"
    values = f"{plain}extraObjects:\n- apiVersion: example.com/v1\n  kind: Thing\n  metadata: {{name: a}}\n  spec:\n"
    values += f"    \u00c5: |\n      {text}\n      one\n    A\u030a: |\n      {text}\n      two\n    A\u00b2: |\n      {text}\n      three\n"
    imported = rendered(values)
    assert not imported.refused, imported.problems
    app = app_source(imported)
    assert verify(app, imported) == []
    for name in ast.walk(ast.parse(app.source)):
        assert not isinstance(name, ast.Name) or name.id.isascii()


def test_an_app_that_makes_other_objects_is_not_given_out(pair: tuple[Import, App]) -> None:
    imported = pair[0]
    app = app_source(imported)
    assert verify(app, imported) == []
    for wrong in (app.source.replace("replicas=", "replicas=1+", 1), app.source + "\n(", app.source.replace("app.synth()", "nothing()")):
        assert wrong != app.source
        assert [found.rule for found in verify(evolve(app, source=wrong), imported)] == ["migration"]


def test_remarks_behind_lone_quotation_marks_are_read_in_linear_time() -> None:
    started = time.process_time()
    assert line_comments('a: x "' + '\\"' * 60_000 + " # remark")[0]
    assert time.process_time() - started < 2
    assert [one.text for one in line_comments("a: don't # remark")[0]] == ["remark"]
