"""Passwords, keys and tokens in plain text are reported, and no message ever repeats one."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.checks import check_manifests
from constructs_dra.checks.credentials import credential_problems
from constructs_dra.credentials import is_credential, without_credentials
from constructs_dra.errors import Problem

TOKEN = "hf_" + "aB3dE6gH9kL2mN5p"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
AWS = "AKIA" + "Q7W8E9R0T1Y2U3I4"


def pod(**container: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "a", "image": "b:1", **container}]}}


def settings(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        (pod(env=[{"name": "HF_TOKEN", "value": TOKEN}]), "spec.containers[0].env[0].value"),
        (pod(env=[{"name": "X", "value": TOKEN}]), "spec.containers[0].env[0].value"),
        (pod(env=[{"name": "DB_PASSWORD", "value": "s3cret"}]), "spec.containers[0].env[0].value"),
        (pod(env=[{"name": "AWS_SECRET_ACCESS_KEY", "value": "a/b+c"}]), "spec.containers[0].env[0].value"),
        (pod(env=[{"name": "URL", "value": "postgres://me:s3cret@db/x"}]), "spec.containers[0].env[0].value"),
        (pod(args=["serve", "--api-key", "abc123"]), "spec.containers[0].args[2]"),
        (pod(args=["--api-key=abc123"]), "spec.containers[0].args[0]"),
        (pod(command=["sh", "-c", "vllm serve m --api-key abc123 --port 80"]), "spec.containers[0].command[2]"),
        (settings(key=KEY), "data.key"),
        (settings(password="s3cret"), "data.password"),
        (settings(file=f"a: b\naws_key: {AWS}\n"), "data.file"),
        (settings(file="user: me\npassword: s3cret\n"), "data.file"),
        ({"apiVersion": "a.b/v1", "kind": "Any", "metadata": {"name": "a"}, "spec": {"deep": [{"url": "https://me:s3cret@x"}]}}, "spec.deep[0].url"),
    ],
)
def test_a_credential_in_plain_text_is_reported_and_not_repeated(manifest: dict[str, Any], path: str) -> None:
    found = list(credential_problems(manifest))
    assert [(problem.path, problem.rule) for problem in found] == [(path, "plain-text-token")]
    shown = "\n".join(map(str, check_manifests([manifest])))
    assert not any(secret in shown for secret in (TOKEN, "s3cret", "abc123", AWS, "MIIB"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_TOKEN", "$(TOKEN)"), ("HF_TOKEN", "${HF_TOKEN}"), ("HF_TOKEN", "<your token>"), ("API_KEY", "EMPTY"), ("API_KEY", "{{ .Values.key }}"),
        ("EOS_TOKEN", "</s>"), ("MAX_TOKENS", "4096"), ("PAD_TOKEN", "abc"), ("SECRET_NAME", "abc"), ("TOKEN_FILE", "/run/x"), ("TOKENIZER", "a"),
        ("URL", "http://host:8000/a@b"), ("URL", "redis://:$(PASSWORD)@host"), ("PASSWORD", ""), ("PASSWORD", "changeme"), ("X", "hf_short"),
    ],
)  # fmt: skip
def test_what_only_stands_for_one_is_none(name: str, value: str) -> None:
    assert not is_credential(name, value)
    assert list(credential_problems(pod(env=[{"name": name, "value": value}]))) == []


def test_a_secret_holds_them_and_messages_about_it_do_not() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": "not base64: s3cret"}, "stringData": {"b": 918273}}
    shown = "\n".join(map(str, check_manifests([secret])))
    assert "data.a" in shown
    assert "stringData.b" in shown
    assert not any(value in shown for value in ("s3cret", "918273"))


@given(st.text(), st.text(), st.sampled_from([TOKEN, AWS, KEY, "nvapi-" + "a1" * 12]))
def test_no_message_repeats_one(before: str, after: str, secret: str) -> None:
    problem = Problem("a", f"{before} {secret} {after}", f"{secret}")
    assert secret not in str(problem)


@given(st.text())
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert without_credentials(text) == text or "://" in text


def test_what_people_deploy_has_no_false_alarm(shared: Path) -> None:
    alarms = []
    for file in (*shared.glob("parity/*/expected.yaml"), *shared.glob("guides/**/*.yaml")):
        try:
            documents = list(yaml.load_all(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        except yaml.YAMLError:
            continue
        alarms += [(file.name, problem) for value in documents if isinstance(value, dict) for problem in credential_problems(value)]
    assert alarms == []
