import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constructs_dra.cli import main, progress
from constructs_dra.manifest import to_yaml

GOOD = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: a
"""


ALIAS_BOMB = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 9)) for n in range(10))


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=stdin)


def test_sound_manifests_pass(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    result = run(str(tmp_path / "a.yaml"))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 object for Kubernetes 1.36: no problem\n", "")


@pytest.mark.parametrize(
    ("options", "said"), [((), False), (("--progress",), True), (("--progress", "--json"), False), (("--progress", "--format=sarif"), False)]
)
def test_progress_is_said_where_somebody_asks_for_it_and_no_machine_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: bool
) -> None:
    monkeypatch.setattr(progress, "_SILENT", 0.0)
    monkeypatch.setattr(progress, "_BETWEEN", (0.0, 0.0))
    (tmp_path / "a.yaml").write_text(GOOD)
    result = run(str(tmp_path / "a.yaml"), *options)
    words = f"read {len(GOOD)} of {len(GOOD)} characters\nchecked 0 of 1 objects\n"
    assert (result.exit_code, words in result.stderr) == (0, said)


def test_a_problem_has_file_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(GOOD + "---\n# two\n" + GOOD.replace("name: a", "name: b").replace("kind:", "secrts: []\nkind:"))
    result = run(str(file))
    assert result.exit_code == 1
    assert f"error: {file}:8:1: secrts: ServiceAccount has no field 'secrts'" in result.stderr
    assert "did you mean 'secrets'?" in result.stderr


def test_machines_get_json(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: A}\nspec: {containers: [{name: a, image: b}]}\n")
    result = run("--json", str(tmp_path / "a.yaml"))
    found = json.loads(result.stdout)
    assert found["objects"] == 1
    assert found["problems"] == [
        {
            "path": "metadata.name",
            "message": "'A' may only hold lower-case letters, digits, '-' and '.'",
            "hint": "for example 'a'",
            "rule": "name",
            "severity": "error",
            "source": str(tmp_path / "a.yaml"),
            "line": 3,
            "column": 12,
        }
    ]


def test_folders_are_read_and_so_is_standard_input(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "a.yml").write_text(GOOD)
    (tmp_path / "c.json").write_text(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}))
    (tmp_path / "README.md").write_text("no manifest")
    assert run(str(tmp_path)).stdout == "2 objects for Kubernetes 1.36: no problem\n"
    assert run("-", stdin=GOOD).stdout == "1 object for Kubernetes 1.36: no problem\n"


def test_what_kubectl_prints_is_taken() -> None:
    listed = {
        "apiVersion": "v1",
        "kind": "List",
        "metadata": {"resourceVersion": ""},
        "items": [
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "name": "a",
                    "uid": "6e8b1a3c-0000-0000-0000-000000000000",
                    "resourceVersion": "12",
                    "creationTimestamp": "2026-01-01T00:00:00Z",
                    "managedFields": [{"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {}}, "fieldsType": "FieldsV1"}],
                },
                "spec": {"containers": [{"name": "a", "image": "b"}]},
                "status": {"phase": "Running", "startTime": "2026-01-01T00:00:00Z"},
            }
        ],
    }
    assert run("-", stdin=json.dumps(listed)).stdout == "1 object for Kubernetes 1.36: no problem\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no object"),
        (b"\x00\x01\x02\xff", "is not text"),
        (b"\x7fELF\x02\x01\x01\x00\xff", "is not text"),
        (b"a: b: c", "is not YAML"),
        (b'{"a": ' * 20_000, "nested"),
        (b"- " * 5000 + b"a", "nested"),
        (b"a: {{ .Values.x }}\n", "helm template"),
        (b"just text", "is not a Kubernetes object"),
        (b"- a\n- b\n", "is not a Kubernetes object"),
        (
            ALIAS_BOMB,
            "aliases",
        ),
        (b"a: &a [*a]\n", "contains itself"),
        (b"apiVersion: v1\nkind: Pod\nkind: Pod\n", "written twice"),
        (b"a: !!python/object:os.system x\n", "tag"),
        (b"? [a]\n: b\n", "is not a string"),
        (b"%YAML 9.9\n---\na: b\n", "is not YAML"),
    ],
)
def test_what_is_not_a_manifest_is_reported_at_once(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    start = time.process_time()
    result = run(str(file))
    assert time.process_time() - start < 2
    assert result.exit_code == 1
    assert words in result.stderr
    assert str(file) in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_missing_unreadable_and_huge_files_are_reported(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(300_000_000)
    (tmp_path / "empty").mkdir()
    result = run(str(tmp_path / "missing.yaml"), str(huge), str(tmp_path / "empty"), "/dev/null")
    assert result.exit_code == 1
    for words in ("No such file", "bytes long; at most", "this folder holds no", "neither a file nor a folder"):
        assert words in result.stderr


def test_a_gate_that_is_off_is_named_with_its_hint() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: b}]\n"
        "  volumes:\n  - {name: c, image: {reference: d}}\n"
    )
    result = run("--kubernetes", "1.34", "-", stdin=pod)
    assert result.exit_code == 1
    assert "-:7:15: spec.volumes[0].image: needs the feature gate ImageVolume" in result.stderr
    assert "on from Kubernetes 1.35" in result.stderr
    assert run("--kubernetes", "1.35", "-", stdin=pod).exit_code == 0
    assert run("--feature-gates", "ImageVolume=true", "-", stdin=pod).exit_code == 0


def test_a_rule_can_be_accepted() -> None:
    claim = (
        "apiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {name: a}\n"
        "spec: {devices: {requests: [{name: a, exactly: {deviceClassName: b, count: 40}}]}}\n"
    )
    assert run("-", stdin=claim).exit_code == 1
    result = run("--accept", "strict-count-limit", "-", stdin=claim)
    assert result.exit_code == 0
    assert "suppresses nothing" not in result.stderr


def test_an_option_that_suppresses_nothing_is_a_warning() -> None:
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"
    result = run("--accept", "strict-count-limit", "-", stdin=account)
    assert result.exit_code == 0
    assert "warning: --accept strict-count-limit: suppresses nothing" in result.stderr
    both = run("--accept", "strict-count-limit", "--accept", "suppresses-nothing=one list for all folders", "-", stdin=account)
    assert "accepted: one list for all folders" in both.stderr


def test_wrong_usage_is_status_2() -> None:
    assert run().exit_code == 2
    assert run("--kubernetes", "abc", "-").exit_code == 2
    assert run("--feature-gates", "DRAAdminAccess=maybe", "-").exit_code == 2


@pytest.mark.slow
def test_a_thousand_objects_take_at_most_two_seconds_whole_process(tmp_path: Path) -> None:
    manifests = []
    for number in range(200):
        labels = {"app": f"a{number}"}
        for role in ("decode", "prefill"):
            claim = {"devices": {"requests": [{"name": "gpu", "exactly": {"deviceClassName": "gpu.intel.com", "count": 2}}]}}
            manifests.append(
                {
                    "apiVersion": "resource.k8s.io/v1",
                    "kind": "ResourceClaimTemplate",
                    "metadata": {"name": f"{role}-{number}"},
                    "spec": {"spec": claim},
                }
            )
            container = {
                "name": "vllm",
                "image": "ghcr.io/llm-d/llm-d:v0.4",
                "args": [f"argument-{number}" for number in range(40)],
                "env": [{"name": f"VARIABLE_{variable}", "value": "x" * 20} for variable in range(40)],
                "ports": [{"name": "http", "containerPort": 8000}],
                "resources": {"limits": {"cpu": "8", "memory": "64Gi"}, "claims": [{"name": "gpu"}]},
                "readinessProbe": {"httpGet": {"path": "/health", "port": "http"}},
            }
            pod = {"containers": [container], "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": f"{role}-{number}"}]}
            template = {"metadata": {"labels": labels | {"role": role}}, "spec": pod}
            spec = {"selector": {"matchLabels": labels | {"role": role}}, "template": template}
            manifests.append({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": f"{role}-{number}"}, "spec": spec})
        manifests.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": f"a{number}"}})
    file = tmp_path / "all.yaml"
    file.write_text(to_yaml(manifests))
    times = []  # processor time: what else the machine does is not its fault
    for _ in range(2):
        start = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        result = subprocess.run(
            [sys.executable, "-c", "from constructs_dra.cli import main; main()", "check", str(file)], capture_output=True, text=True, check=False
        )
        times.append(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - start)
        assert result.stdout == "1000 objects for Kubernetes 1.36: no problem\n", result.stderr
    assert min(times) < 2
