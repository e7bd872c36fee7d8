"""The volume of a model, the Job that fills it, and the programs that run in both pods."""

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from constructs_dra import Claim, Container, Download, ModelArtifacts, ModelService, ModelStorage, NvidiaGpu, Production, Role, SpecError
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.manifest import Manifest
from constructs_dra.serving.storage import programs
from tests.restricted import pod_templates, restricted_faults

MODEL = ModelArtifacts.pvc_hf("models", "example/llama", cache="hub", token_secret="hf-token")
SERVER = Container.vllm("vllm/vllm-openai:v0.20.0", args=["--max-model-len", "4096"])
PROGRAMS = Path(programs.__path__[0])


def service(storage: ModelStorage | None = None, model: ModelArtifacts = MODEL, **fields: Any) -> ModelService:
    role = Role(claims=[Claim("gpu", NvidiaGpu())], containers=[SERVER], replicas=fields.pop("replicas", 1))
    return ModelService("llama", **{"model": model, "decode": role, "parts": [storage or ModelStorage(size="100Gi")], **fields})


def by_kind(made: list[Manifest]) -> dict[str, Manifest]:
    return {item["kind"]: item for item in made}


def test_the_job_fills_the_cache_that_the_servers_read() -> None:
    made = service().manifests()
    kinds = [item["kind"] for item in made]
    assert kinds.index("PersistentVolumeClaim") < kinds.index("Job") < kinds.index("Deployment")
    one = by_kind(made)
    assert one["PersistentVolumeClaim"]["metadata"]["name"] == "models"
    job, pod = one["Job"]["spec"]["template"]["spec"], one["Deployment"]["spec"]["template"]["spec"]
    server, waiting = pod["containers"][0], pod["initContainers"][0]
    told = {variable["name"]: variable.get("value") for variable in server["env"]}
    assert job["containers"][0]["args"][1:4] == waiting["args"][1:4] == [told["HF_HUB_CACHE"], server["args"][0], "main"]
    assert told["HF_HUB_OFFLINE"] == "1"
    assert job["volumes"][0]["persistentVolumeClaim"] == {"claimName": "models"}
    assert {mount["mountPath"] for mount in waiting["volumeMounts"]} == {"/model-cache"}
    assert job["containers"][0]["image"] == server["image"]
    token = {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf-token", "key": "HF_TOKEN"}}}
    assert token in job["containers"][0]["env"]


@pytest.mark.parametrize("production", [None, Production.off()])
def test_its_pods_are_admitted_at_restricted_and_are_not_taken_for_the_services(production: Production | None) -> None:
    made = service(production=production).manifests()
    one = by_kind(made)
    labels = one["Job"]["spec"]["template"]["metadata"]["labels"]
    assert not one["Deployment"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert not service().selector.items() <= labels.items()
    assert [fault for pod in pod_templates(one["Job"]) for fault in restricted_faults(pod)] == []
    assert [
        problem for problem in check_manifests(made, Setting(complete=True)) if "hf-token" not in problem.message and problem.severity == "error"
    ] == []


def test_another_download_is_another_job() -> None:
    names = {
        by_kind(service(ModelStorage(size=size, download=download)).manifests())["Job"]["metadata"]["name"]
        for size, download in (("1Ti", Download()), ("2Ti", Download()), ("1Ti", Download(revision="v2")))
    }
    assert len(names) == 2
    assert all(len(name) <= 63 for name in names)


def test_servers_read_the_revision_that_is_fetched() -> None:
    made = by_kind(service(ModelStorage(size="1Ti", download=Download(revision="v2"))).manifests())
    args = made["Deployment"]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args[args.index("--revision") + 1] == "v2"
    assert args[-2:] == ["--max-model-len", "4096"]


def test_who_fills_the_volume_oneself_gets_neither_job_nor_wait() -> None:
    made = by_kind(service(ModelStorage(size="1Ti", download=None)).manifests())
    assert "Job" not in made
    assert "initContainers" not in made["Deployment"]["spec"]["template"]["spec"]


@pytest.mark.parametrize(
    ("make", "path", "severity"),
    [
        (lambda: service(model=ModelArtifacts.hf("example/llama")), "parts[0]", "error"),
        (lambda: service(ModelStorage(size="1Ti", access_modes=["ReadOnlyMany"])), "parts[0].access_modes", "error"),
        (lambda: service(ModelStorage(size="1Ti", access_modes=["ReadWriteOncePod"])), "parts[0].access_modes", "error"),
        (lambda: service(ModelStorage(size="1Ti", access_modes=["ReadWriteOnce"]), replicas=2), "parts[0].access_modes", "warning"),
    ],
)
def test_a_volume_that_cannot_be_used_is_found(make: Any, path: str, severity: str) -> None:
    try:
        found = make().check()
    except SpecError as error:
        found = list(error.problems)
    assert [(problem.path, problem.severity) for problem in found if problem.rule == "model-storage"] == [(path, severity)]


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: ModelStorage(size="much"), "size"),
        (lambda: ModelStorage(size="1Ti", access_modes=["RWX"]), "access_modes[0]"),  # type: ignore[list-item]
        (lambda: ModelStorage(size="1Ti", access_modes=[]), "access_modes"),
        (lambda: Download(image="a b"), "image"),
        (lambda: Download(env={"A": 1}), "env"),  # type: ignore[dict-item]
    ],
)
def test_wrong_input_has_its_place(make: Any, path: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert all(problem.path.startswith(path) for problem in caught.value.problems)


HUB = '''
    """A hub with one model: a large file, a small one, and an index."""
    import hashlib, os
    from pathlib import Path

    def snapshot_download(model, revision, cache_dir, ignore_patterns):
        folder = Path(cache_dir) / ("models--" + model.replace("/", "--"))
        snapshot = folder / "snapshots" / ("c" * 40)
        (folder / "blobs").mkdir(parents=True, exist_ok=True)
        snapshot.mkdir(parents=True, exist_ok=True)
        (folder / "refs").mkdir(exist_ok=True)
        (folder / "refs" / revision).write_text("c" * 40)
        large, small = b"weights" * 1000, b"{}"
        index = b'{"weight_map": {"a": "model.safetensors"}}'
        git = lambda data: hashlib.sha1(b"blob %d\\0" % len(data) + data).hexdigest()
        for name, data, number in (
            ("model.safetensors", large, hashlib.sha256(large).hexdigest()), ("config.json", small, git(small)),
            ("model.safetensors.index.json", index, git(index)),
        ):
            if name in os.environ.get("HUB_LACKS", "").split(","):
                continue
            blob = folder / "blobs" / number
            if not blob.exists():
                blob.write_bytes(data)
            link = snapshot / name
            if not link.is_symlink():
                link.symlink_to(os.path.relpath(blob, snapshot))
        return str(snapshot)
'''


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    (tmp_path / "huggingface_hub.py").write_text(textwrap.dedent(HUB))
    return tmp_path


def run(hub: Path, program: str, *more: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    text = (PROGRAMS / f"{program}.py").read_text()
    words = [sys.executable, "-c", text, str(hub / "cache"), "example/llama", "main", *more]
    told = {"PATH": os.environ["PATH"], "PYTHONPATH": str(hub), **environment}
    return subprocess.run(words, env=told, capture_output=True, text=True, timeout=20, check=False)


def test_a_download_that_is_whole_lets_servers_start(hub: Path) -> None:
    ended = run(hub, "download", "original/*")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert run(hub, "wait").returncode == 0
    assert "already" in run(hub, "download").stdout


def test_a_damaged_file_is_fetched_again(hub: Path) -> None:
    run(hub, "download", HUB_LACKS="model.safetensors")
    folder = hub / "cache" / "models--example--llama"
    damaged = folder / "blobs" / hashlib.sha256(b"weights" * 1000).hexdigest()
    damaged.write_bytes(b"half")
    first = run(hub, "download")
    assert first.returncode == 1
    assert "model.safetensors has another checksum" in first.stderr
    assert not (folder / ".complete").exists()
    assert run(hub, "download").returncode == 0
    assert damaged.read_bytes() == b"weights" * 1000


def test_a_missing_shard_is_found(hub: Path) -> None:
    ended = run(hub, "download", HUB_LACKS="model.safetensors")
    assert ended.returncode == 1
    assert "model.safetensors is named in model.safetensors.index.json and missing" in ended.stderr


def test_servers_wait_while_nothing_is_marked(hub: Path) -> None:
    run(hub, "download", HUB_LACKS="model.safetensors")
    words = [sys.executable, "-c", (PROGRAMS / "wait.py").read_text(), str(hub / "cache"), "example/llama", "main"]
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(words, capture_output=True, timeout=1, check=False)
