"""Precise prefix cache routing: servers tell the picker what their caches hold. And caches that servers hand to each other."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from constructs_dra import (
    Container,
    KvEvents,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Port,
    Production,
    Role,
    RoutingProxy,
    SharedMemory,
    VllmArgs,
    field_ref,
)
from tests.guides.framework.registry import guide
from tests.guides.framework.words import QUIET, SHM, TOKEN, account, amounts, holding, labels, named, overlay, server, sglang

GUIDE = "precise-prefix-cache-routing"
RENDERING = f"{QUIET},/v1/completions/render,/v1/chat/completions/render"
NAMESPACE: Mapping[str, str | Mapping[str, Any]] = {"NAMESPACE": field_ref("metadata.namespace"), "DO_NOT_TRACK": "1"}
HOSTS = ("VLLM_P2P_SIDE_CHANNEL_HOST", "VLLM_NIXL_SIDE_CHANNEL_HOST")
EVENTS = KvEvents(block_size=64)


@guide("precise-prefix-cache-routing__modelserver__cpu__vllm")
def cpu_vllm() -> ModelService:
    container = Container.vllm(
        "docker.io/vllm/vllm-openai-cpu:v0.26.0",
        name="modelserver",
        args=[RENDERING, "--disable-hybrid-kv-cache-manager", "--max-model-len=8192"],
        env={**NAMESPACE, "VLLM_CPU_KVCACHE_SPACE": "32", "VLLM_CPU_NUM_OF_RESERVED_CPU": "1"},
        ports=named(),
        resources=amounts("64", "64Gi"),
        security_context={"capabilities": {"add": ["SYS_NICE"]}, "seccompProfile": {"type": "Unconfined"}},
    )
    return ModelService(
        "precise-prefix-cache-routing-cpu-vllm",
        identity=labels(GUIDE, "Llama-3.2-3B-Instruct", "intel", "cpu"),
        model=ModelArtifacts.hf("meta-llama/Llama-3.2-3B-Instruct", token_secret=TOKEN),
        decode=Role(replicas=2, containers=[container]),
        parts=[EVENTS],
        service_account=account("precise-prefix-cache-routing-cpu-vllm-sa"),
        production=Production(shared_memory=SharedMemory(size="4Gi")),
    )


@guide("precise-prefix-cache-routing__modelserver__gpu__sglang")
def gpu_sglang() -> ModelService:
    """SGLang publishes the same events under the same topic; it says so itself, as this library does not start it."""
    events = '{"publisher":"zmq","endpoint":"tcp://*:5556","topic":"kv@$(POD_IP):8000@Qwen/Qwen3-32B"}'
    container = sglang(
        *("--tensor-parallel-size=2", "--mem-fraction-static=0.9", "--page-size=64", "--enable-metrics", "--kv-events-config", events),
        env={"NAMESPACE": field_ref("metadata.namespace"), "POD_IP": field_ref("status.podIP")},
        ports=[*named(), Port(5556, name="kv-events")],
        resources=amounts("8", "96Gi", most=("16", "128Gi")),
    )
    return ModelService(
        "precise-prefix-cache-routing-gpu-sglang",
        identity=labels(GUIDE, "Qwen3-32B", engine_type="sglang"),
        model=ModelArtifacts.hf("Qwen/Qwen3-32B", token_secret=TOKEN),
        decode=Role(replicas=8, parallelism=Parallelism(tensor=2), accelerator="nvidia", containers=[container]),
        parts=[EVENTS],
        service_account=account("precise-prefix-cache-routing-gpu-sglang-sa"),
        production=SHM,
    )


@guide("precise-prefix-cache-routing__modelserver__tpu__v6__vllm")
def tpu_v6() -> ModelService:
    container = Container.vllm(
        "docker.io/vllm/vllm-tpu:v0.26.0",
        name="modelserver",
        args=[RENDERING, "--max-model-len=4096"],
        env=NAMESPACE,
        ports=named(),
    )
    return ModelService(
        "precise-prefix-cache-routing-tpu-v6-vllm",
        identity=labels(GUIDE, "Qwen3-32B", "google", "tpu"),
        model=ModelArtifacts.hf("Qwen/Qwen3-32B", token_secret=TOKEN),
        decode=Role(
            replicas=2,
            parallelism=Parallelism(tensor=8),
            accelerator="google",
            node_selector={"cloud.google.com/gke-tpu-accelerator": "tpu-v6e-slice", "cloud.google.com/gke-tpu-topology": "2x4"},
            containers=[container],
        ),
        parts=[EVENTS],
        service_account=account("precise-prefix-cache-routing-tpu-v6-vllm-sa"),
    )


@guide("precise-prefix-cache-routing__modelserver__tpu__v7__vllm")
def tpu_v7() -> ModelService:
    made = tpu_v6()
    more = VllmArgs(max_model_len=9216, max_num_batched_tokens=1028, max_num_seqs=128, kv_cache_dtype="fp8", async_scheduling=True)
    role = server(made.roles["decode"], args=[RENDERING, *more.arguments], resources=amounts("16", "64Gi"))
    return overlay(
        made,
        name="precise-prefix-cache-routing-tpu-v7-vllm",
        identity=labels(GUIDE, "Qwen3-Coder-480B-A35B-Instruct-FP8", "google", "tpu"),
        model=ModelArtifacts.hf("Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", token_secret=TOKEN),
        decode=evolve(role, node_selector={"cloud.google.com/gke-tpu-accelerator": "tpu7x", "cloud.google.com/gke-tpu-topology": "2x2x1"}),
        service_account=account("precise-prefix-cache-routing-tpu-v7-vllm-sa"),
    )


@guide("p2p-kv-cache-sharing__modelserver__gpu__vllm__base")
def p2p() -> ModelService:
    """Servers keep caches in memory and pull what they lack from each other."""
    peers = {"type": "p2p", "host": "$(POD_IP)", "port": 7777}
    settings = {"spec_name": "TieringOffloadingSpec", "cpu_bytes_to_use": 94489280512, "offload_prompt_only": False, "secondary_tiers": [peers]}
    transfer = {"kv_connector": "OffloadingConnector", "kv_role": "kv_both", "kv_connector_extra_config": settings}
    container = Container.vllm(
        "vllm/vllm-openai:v0.27.1",
        VllmArgs(max_model_len=65536, gpu_memory_utilization=0.85, kv_transfer_config=transfer),
        name="modelserver",
        args=[QUIET],
        env={**dict.fromkeys(HOSTS, field_ref("status.podIP")), "PYTHONHASHSEED": "0", "DO_NOT_TRACK": "1"},
        ports=[*named(8200), Port(7777, name="p2p")],
        resources=amounts("8", "160Gi"),
    )
    return ModelService(
        "p2p-kv-cache-sharing",
        identity=labels("p2p-kv-cache-sharing", "gpt-oss-120b", engine_type="vllm"),
        model=ModelArtifacts.hf("openai/gpt-oss-120b", token_secret=TOKEN),
        decode=Role(replicas=16, accelerator="nvidia", containers=[container]),
        proxy=RoutingProxy(
            kv_connector="offloading",
            args=["--p2p-connector-port=7777"],
            env={"POD_IP": field_ref("status.podIP")},
            ports=[Port(8000, name="sidecar")],
        ),
        parts=[EVENTS],
        service_account=account("p2p-kv-cache-sharing-sa"),
        production=Production(shared_memory=SharedMemory(size="96Gi")),
    )


@guide("p2p-kv-cache-sharing__modelserver__gpu__vllm__rdma")
def p2p_rdma() -> ModelService:
    pins = {"capabilities": {"add": ["IPC_LOCK"]}}
    return overlay(p2p(), lambda role: server(holding(role, **{"rdma/ib": "1"}), security_context=pins))
