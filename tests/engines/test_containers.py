"""Problems of a container, with their places in it."""

from typing import Any

import pytest

from constructs_dra.checks import check_manifests
from constructs_dra.engines.containers import engine_problems, judged
from constructs_dra.errors import SpecError
from constructs_dra.serving.container import Container
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.role import Role
from constructs_dra.serving.service import ModelService
from constructs_dra.yaml.documents import load_documents

SERVE = {"image": "vllm/vllm-openai:v0.26.0", "command": ["vllm", "serve"]}


def places(container: dict[str, Any]) -> list[tuple[str, str]]:
    return [(found.path, found.finding.rule) for found in engine_problems(container)]


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({**SERVE, "args": ["m", "--port", "a"]}, [("args[2]", "engine-flag-value")]),
        ({**SERVE, "command": ["vllm", "serve", "m", "--bogus-flag"]}, [("command[3]", "engine-flag-unknown")]),
        ({**SERVE, "command": ["bash", "-c"], "args": ["vllm serve m --port a"]}, [("args[0]", "engine-flag-value")]),
        ({**SERVE, "command": ["/bin/sh", "-ec", "vllm serve m --port a"]}, [("command[2]", "engine-flag-value")]),
        ({"image": "vllm/vllm-openai:v0.26.0", "args": ["vllm", "serve", "m", "--port=a"]}, [("args[3]", "engine-flag-value")]),
        ({"image": "vllm/vllm-openai:v0.26.0", "args": ["--model=m", "--port=a"]}, [("args[1]", "engine-flag-value")]),
        ({**SERVE, "args": ["m"], "env": [{"name": "VLLM_BOGUS_THING", "value": "1"}]}, [("env['VLLM_BOGUS_THING']", "engine-variable-unknown")]),
        ({**SERVE, "command": ["vllm"], "args": ["serve", "m", "--bogus-flag"]}, [("args[2]", "engine-flag-unknown")]),
        ({**SERVE, "command": ["python3"], "args": ["-m", "vllm", "serve", "m", "--bogus-flag"]}, [("args[4]", "engine-flag-unknown")]),
        ({**SERVE, "args": ["m", "--config", "/etc/vllm.yaml"]}, []),
        ({**SERVE, "args": ["m --port 80"]}, [("args[0]", "engine-argument-extra")]),
        ({**SERVE, "args": ["m", "--port 80"]}, [("args[1]", "engine-argument-extra")]),
        ({**SERVE, "args": ["/models/a b"]}, []),
        ({**SERVE, "args": ["m", "--config", "/etc/vllm.json"]}, [("args[2]", "engine-config-file")]),
        ({**SERVE, "command": ["bash", "-c"], "args": ["vllm serve m \\\n # said\n --port 1"]}, [("args[0]", "engine-script")]),
        ({**SERVE, "args": [5, None]}, []),
        ({"image": 5, "args": "x"}, []),
    ],
)
def test_places(container: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert places(container) == expected


@pytest.mark.parametrize(
    ("reference", "severity", "says", "hint"),
    [
        ("vllm/vllm-openai:v9.9.9", "warning", "vLLM 9.9.9 is newer than 0.33.0", "newer version of this library"),
        ("vllm/vllm-openai:v0.34.0rc1", "warning", "vLLM 0.34.0rc1 is newer than 0.33.0", "newer version of this library"),
        ("docker.io/vllm/vllm-openai:v0.11.7", "error", "there is no vLLM 0.11.7", "did you mean '0.11.0'"),
        ("mirror.example/hub/vllm/vllm-openai:v0.11.7-cu129", "error", "there is no vLLM 0.11.7", "did you mean '0.11.0'"),
        ("vllm/vllm-openai:v0.6.4.post1", "warning", "vLLM 0.6.4.post1 is older than 0.8.4", "take a newer image"),
        ("HabanaAI/vllm-fork:v0.7.2+Gaudi-1.21.0", "warning", "vLLM 0.7.2 is older than 0.8.4", "take a newer image"),
    ],
)
def test_a_version_that_is_not_known_is_named_at_the_image(reference: str, severity: str, says: str, hint: str) -> None:
    for container in ({"image": reference}, {"image": reference, "args": ["--model=m"]}):
        (found,) = engine_problems(container)
        assert (found.path, found.finding.rule, found.finding.severity) == ("image", "engine-version", severity)
        assert says in found.finding.message
        assert hint in found.finding.hint


@pytest.mark.parametrize("tag", ["latest", "nightly", "nightly-0a1b2c3", "v0.11.0", "v0.18.0rc2", "v0.11.0-cu129", "kimi-k3", "v1-custom"])
def test_a_tag_that_names_no_unknown_version_is_left_alone(tag: str) -> None:
    assert engine_problems({"image": f"vllm/vllm-openai:{tag}"}) == ()


def test_what_no_known_version_takes_is_a_warning_where_the_version_is_newer() -> None:
    line = ["--model=m", "--flag-of-the-future=1"]
    for tag, severity in (("v9.9.9", "warning"), ("latest", "error"), ("v0.11.7", "error")):
        found = {each.finding.rule: each.finding.severity for each in engine_problems({"image": f"vllm/vllm-openai:{tag}", "args": line})}
        assert found["engine-flag-unknown"] == severity


def test_a_version_of_a_registry_that_mirrors_docker_hub_is_known() -> None:
    (found,) = engine_problems({"image": "registry.example:5000/hub/vllm/vllm-openai:v0.33.0", "args": ["--model=m", "--swap-space=4"]})
    assert "vLLM 0.33.0 has no flag --swap-space" in found.finding.message


def test_a_version_its_author_states_may_be_newer_but_must_exist() -> None:
    Container.vllm("own/vllm:1", vllm="v9.9.9")
    with pytest.raises(SpecError, match=r"'0\.11\.7' is not a version of vLLM(?s:.*)did you mean '0\.11\.0'"):
        Container.vllm("own/vllm:1", vllm="0.11.7")
    with pytest.raises(SpecError, match="'eleven' is not a version of vLLM"):
        Container.vllm("own/vllm:1", vllm="eleven")
    role = Role(containers=[Container.vllm("own/vllm:1", vllm="v9.9.9")])
    (found,) = [each for each in ModelService("a", model=ModelArtifacts.hf("a/b"), decode=role).check() if each.rule == "engine-version"]
    assert (found.path, found.severity) == ("decode.containers[0].engine_version", "warning")


def test_the_same_line_for_another_model_keeps_what_it_says() -> None:
    first = engine_problems({**SERVE, "args": ["a/b", "--served-model-name=one", "--served-model-name=two"]})
    second = engine_problems({**SERVE, "args": ["c/d", "--served-model-name=three", "--served-model-name=four"]})
    assert "one, then --served-model-name two" in first[0].finding.message
    assert "three, then --served-model-name four" in second[0].finding.message


def test_a_container_that_starts_something_else_is_left_alone() -> None:
    assert judged({**SERVE, "args": ["m"]})[0]
    assert not judged({"image": "nginx:1", "command": ["nginx"], "args": ["--bogus"]})[0]


MANIFEST = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: vllm
    image: vllm/vllm-openai:v0.26.0
    command: [bash, -c]
    args:
    - |
      set -e
      exec vllm serve m \\
        --port 80a
"""


def test_check_names_file_line_and_column() -> None:
    documents, _ = load_documents(MANIFEST, "pod.yaml")
    (found,) = check_manifests(documents)
    assert (found.source, found.line, found.column) == ("pod.yaml", 13, 16)
    assert found.path == "spec.containers[0].args[0]"
    assert "line 3 of the script" in found.message


def test_a_service_names_the_argument_its_author_wrote() -> None:
    role = Role(containers=[Container.vllm("vllm/vllm-openai:v0.26.0", args=["--enforce-eager", "--swap-space=4"])], strategy={"type": "Recreate"})
    with pytest.raises(SpecError) as caught:
        ModelService("llama", model=ModelArtifacts.hf("a/b"), decode=role)
    (found,) = caught.value.problems
    assert (found.path, found.rule) == ("decode.containers[0].args[1]", "engine-flag-version")


def test_a_version_that_is_said_counts() -> None:
    def service(version: str | None) -> ModelService:
        server = Container.vllm("own/vllm:1", engine_version=version, args=["--swap-space=4"])
        return ModelService("llama", model=ModelArtifacts.hf("a/b"), decode=Role(containers=[server], strategy={"type": "Recreate"}))

    assert service(None)
    assert service("0.9.2")
    with pytest.raises(SpecError, match=r"vLLM 0.26.0 has no flag --swap-space"):
        service("0.26.0")
    with pytest.raises(SpecError, match=r"not a version of vLLM"):
        service("0.11.7")


def pod(*arguments: str, model: str = "Qwen/Qwen3-32B", product: str = "NVIDIA-L4", count: str = "1") -> dict[str, Any]:
    container = {"name": "v", **SERVE, "args": [model, *arguments], "resources": {"limits": {"nvidia.com/gpu": count}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"containers": [container], "nodeSelector": {"nvidia.com/gpu.product": product}},
    }


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (pod(), {"engine-memory-weights": "error"}),
        (pod(product="NVIDIA-H100-80GB-HBM3", count="2"), {"engine-memory-margin": "warning"}),
        (pod("-tp=2", "--max-model-len=16384", product="NVIDIA-H100-80GB-HBM3", count="2"), {}),
        (pod("--max-model-len=40960", product="NVIDIA-A100-SXM4-80GB", model="Qwen/Qwen3-32B"), {"engine-memory-margin": "warning"}),
        (pod("--max-model-len=131072", product="NVIDIA-L4", model="meta-llama/Llama-3.1-8B-Instruct"), {"engine-memory-length": "error"}),
        (pod("--tensor-parallel-size=3", product="H100", count="3"), {"engine-tp-heads": "error"}),
        (pod("--tensor-parallel-size=4", "--max-model-len=4096", product="H100", count="2"), {"engine-world-gpus": "error"}),
        (pod(model="someone/Qwen3-32B-AWQ", product="NVIDIA-T4"), {"engine-memory-weights": "warning"}),
        (pod(model="nobody/unknown"), {}),
    ],
)
def test_models_against_their_devices(manifest: dict[str, Any], expected: dict[str, str]) -> None:
    found = check_manifests([manifest])
    assert {problem.rule: problem.severity for problem in found if problem.rule.startswith("engine-")} == expected


def test_what_would_do_is_said() -> None:
    (found,) = [problem for problem in check_manifests([pod()]) if problem.rule == "engine-memory-weights"]
    assert "needs 61.0 GiB for weights on one device" in found.message
    assert "what would fit: 4 of these" in found.hint
    assert "A100-80GB" in found.hint or "H100" in found.hint
