"""SGLang and TensorRT-LLM: what their arguments say of devices, ports and names is believed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, PodMonitor, Port, Role
from constructs_dra.engines.containers import engine_problems
from constructs_dra.engines.finding import Devices
from constructs_dra.engines.launch import launches
from constructs_dra.engines.others import OTHERS, default_port, ranks, said_by, silent_engine
from constructs_dra.engines.served import served_names

SGLANG: dict[str, Any] = {"image": "docker.io/lmsysorg/sglang:v0.5.16.0", "command": ["python3", "-m", "sglang.launch_server"]}
TRTLLM: dict[str, Any] = {"image": "nvcr.io/nvidia/tensorrt-llm/release:1.3.0", "command": ["trtllm-serve", "serve"]}


def used(container: dict[str, Any]) -> int | None:
    (launch,) = launches(container)
    return ranks(said_by(launch))


@pytest.mark.parametrize(
    ("base", "args", "expected"),
    [
        (SGLANG, "--model-path=m", 1),
        (SGLANG, "--model-path m --tp 4", 4),
        (SGLANG, "--model-path m --tp-size=4 --pp-size 2", 8),
        (SGLANG, "--model-path m --tensor-parallel-size 4 --dp 2", 8),
        (SGLANG, "--model-path m --tensor-parallel-size 4 --dp-size 4 --enable-dp-attention", 4),
        (SGLANG, "--model-path m --tp 16 --nnodes 2 --node-rank 1", 8),
        (SGLANG, "--model-path m --tp 2 --tp 8", 8),
        (SGLANG, "--model-path m --tp $(TP)", None),
        (SGLANG, "--model-path m --config /etc/sglang.yaml", None),
        (SGLANG, "--model-path m --tp 0", None),
        (TRTLLM, "m --tp_size=2 --pp_size 2", 4),
        (TRTLLM, "m --tensor_parallel_size 8 --gpus_per_node 4", 4),
        (TRTLLM, "m --tp_size 2 --extra_llm_api_options /etc/o.yaml", None),
    ],
)
def test_ranks_of_a_container(base: dict[str, Any], args: str, expected: int | None) -> None:
    assert used({**base, "args": args.split()}) == expected
    assert used({"image": base["image"], "command": ["bash", "-lc"], "args": [f"exec {' '.join(base['command'])} {args}"]}) == expected


@pytest.mark.parametrize(
    ("container", "names"),
    [
        ({**SGLANG, "args": ["--model-path=a/b"]}, {"a/b"}),
        ({**SGLANG, "args": ["--model-path", "a/b", "--served-model-name", "c"]}, {"c"}),
        ({**TRTLLM, "args": ["a/b", "--tp_size=2"]}, {"a/b"}),
        ({**TRTLLM, "args": ["a/b", "--served_model_name=c"]}, {"c"}),
    ],
)
def test_names_they_answer_to(container: dict[str, Any], names: set[str]) -> None:
    assert served_names(container) == names


@pytest.mark.parametrize(
    ("container", "names"),
    [
        ({"image": "vllm/vllm-openai:v0.26.0"}, None),
        ({"image": "vllm/vllm-openai:v0.26.0", "args": ["--model", "a/b"]}, {"a/b"}),
        ({"image": "vllm/vllm-openai:v0.26.0", "command": ["sleep", "1"]}, set()),
        ({"image": "nginx:1.29"}, set()),
    ],
)
def test_the_entry_point_of_an_image_counts(container: dict[str, Any], names: set[str] | None) -> None:
    assert served_names(container) == names


def test_more_ranks_than_devices_and_sizes_that_are_no_numbers_are_found() -> None:
    two = Devices(count=2, platform="cuda")
    (found,) = engine_problems({**SGLANG, "args": ["--model-path=m", "--tp", "4"]}, devices=two)
    assert (found.path, found.finding.rule) == ("args[2]", "engine-world-gpus")
    assert "SGLang starts 4 ranks here, and the container gets 2 devices" in found.finding.message
    (found,) = engine_problems({**TRTLLM, "args": ["m", "--tp_size=two"]}, devices=two)
    assert (found.path, found.finding.rule) == ("args[1]", "engine-flag-value")
    assert not engine_problems({**SGLANG, "args": ["--model-path=m", "--tp", "2", "--flag-nobody-knows", "x"]}, devices=two)


@pytest.mark.parametrize("launcher", ["mpirun -n 16 trtllm-llmapi-launch", "/usr/bin/srun"])
def test_ranks_that_a_launcher_spreads_over_nodes_are_not_all_here(launcher: str) -> None:
    line = f"{launcher} trtllm-serve m --tp_size 16"
    for container in ({**TRTLLM, "command": line.split()}, {**TRTLLM, "command": ["bash", "-c"], "args": [line]}):
        assert not engine_problems(container, devices=Devices(count=8, platform="cuda"))
    assert engine_problems({**TRTLLM, "args": ["m", "--tp_size", "16"]}, devices=Devices(count=8, platform="cuda"))


def test_the_port_and_the_metrics_that_nobody_asked_for() -> None:
    assert default_port({**SGLANG, "args": ["--model-path=m"]}) == 30000
    assert default_port({**SGLANG, "args": ["--model-path=m", "--port=8000"]}) is None
    assert default_port({**SGLANG, "args": ["--config", "a.yaml"]}) is None
    assert default_port({**TRTLLM, "args": ["m"]}) == 8000
    assert default_port({"image": "nginx", "args": ["--port=1"]}) is None
    assert silent_engine({**SGLANG, "args": ["--model-path=m"]}) == ("SGLang", "--enable-metrics")
    assert silent_engine({**SGLANG, "args": ["--model-path=m", "--enable-metrics"]}) is None
    assert silent_engine({**TRTLLM, "args": ["m"]}) is None


def service(*args: str, **more: Any) -> ModelService:
    port = Port(8000, name="http")
    server = Container(image=SGLANG["image"], command=SGLANG["command"], args=["--model-path=a/b", *args], ports=[port], mount_model_volume=False)
    role = Role(claims=[Claim("gpu", NvidiaGpu())], containers=[server], **more)
    return ModelService("a", model=ModelArtifacts.hf("a/b"), decode=role)


def test_a_claim_follows_the_arguments_of_another_engine() -> None:
    made = service("--tp-size=4", "--port=8000").manifests()
    (template,) = [each for each in made if each["kind"] == "ResourceClaimTemplate"]
    assert template["spec"]["spec"]["devices"]["requests"][0]["exactly"]["count"] == 4
    shared = service("--tp-size=4", "--dp=2", "--enable-dp-attention", "--port=8000").manifests()
    (template,) = [each for each in shared if each["kind"] == "ResourceClaimTemplate"]
    assert template["spec"]["spec"]["devices"]["requests"][0]["exactly"]["count"] == 4


def test_a_server_that_is_called_where_it_does_not_listen_is_found() -> None:
    (found,) = [each for each in service().check() if each.rule == "listening-port"]
    assert (found.severity, found.path) == ("warning", "decode.containers[0].args")
    assert "listens on 30000, and it is called on 8000" in found.message
    assert "listening-port" not in {each.rule for each in service("--port=8000").check()}


def test_a_monitor_of_a_server_without_metrics_is_a_warning() -> None:
    found = [each for each in service("--port=8000", parts=[PodMonitor()]).check() if each.rule == "engine-metrics"]
    assert [each.severity for each in found] == ["warning"]
    assert not [each for each in service("--port=8000", "--enable-metrics", parts=[PodMonitor()]).check() if each.rule == "engine-metrics"]


_WORD = st.sampled_from(
    [
        "--tp",
        "--tp-size=2",
        "4",
        "",
        "--config",
        "x",
        "\ue000",
        "--tp=\ue000",
        "--nnodes",
        "-1",
        "--tp_size",
        "--port",
        "--enable-metrics",
        "--=",
        "--",
        "=2",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([SGLANG, TRTLLM]), st.lists(_WORD, max_size=6))
def test_any_arguments_are_answered(base: dict[str, Any], args: list[str]) -> None:
    container = {**base, "args": args}
    engine_problems(container, devices=Devices(count=1))
    served_names(container)
    default_port(container)
    (launch,) = launches(container)
    assert ranks(said_by(launch)) is None or launch.engine in OTHERS
