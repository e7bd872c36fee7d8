"""Optimized baseline: one model on each kind of accelerator and with each engine."""

from typing import Literal

from attrs import evolve

from constructs_dra import (
    Accelerator,
    Claim,
    ConfigFiles,
    Container,
    Gaudi,
    IntelGpu,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Production,
    RebellionsNpu,
    Role,
    RoleClaim,
    SharedMemory,
    VllmArgs,
)
from constructs_dra.drivers import rebellions
from tests.guides.framework.registry import guide
from tests.guides.framework.words import (
    QUIET,
    SHM,
    TOKEN,
    account,
    amounts,
    labels,
    named,
    overlay,
    probe,
    server,
    sglang,
    stated_probes,
    tpu_node_setup,
)

QWEN = ModelArtifacts.hf("Qwen/Qwen3-32B", token_secret=TOKEN)
NO_NET = {"NCCL_TUNER_PLUGIN": "none", "NCCL_NET_PLUGIN": ""}
"""GKE's network plugin is for several nodes."""


@guide("optimized-baseline__modelserver__gpu__vllm__gke")
def gpu_vllm() -> ModelService:
    server = Container.vllm(
        "docker.io/vllm/vllm-openai:v0.26.0",
        name="modelserver",
        args=[QUIET],
        env=NO_NET,
        ports=named(),
        resources=amounts("8", "96Gi", most=("16", "128Gi")),
    )
    return ModelService(
        "optimized-baseline-nvidia-gpu-vllm",
        identity=labels("optimized-baseline", "Qwen3-32B"),
        model=QWEN,
        decode=Role(replicas=8, parallelism=Parallelism(tensor=2), accelerator="nvidia", containers=[server]),
        service_account=account("optimized-baseline-nvidia-gpu-vllm-sa"),
        production=SHM,
    )


@guide("optimized-baseline__modelserver__amd__vllm__base")
def amd_vllm() -> ModelService:
    server = Container.vllm(
        "docker.io/vllm/vllm-openai-rocm:v0.26.0",
        name="modelserver",
        args=[QUIET],
        ports=named(),
        resources=amounts("8", "100Gi", most=("16", "100Gi")),
    )
    return ModelService(
        "optimized-baseline-rocm-vllm",
        identity=labels("optimized-baseline", "Qwen3-32B", "amd"),
        model=QWEN,
        decode=Role(replicas=8, parallelism=Parallelism(tensor=2), accelerator="amd", containers=[server]),
        service_account=account("optimized-baseline-rocm-vllm-sa"),
        production=SHM,
    )


@guide("optimized-baseline__modelserver__cpu__vllm")
def cpu_vllm() -> ModelService:
    server = Container.vllm(
        "docker.io/vllm/vllm-openai-cpu:v0.26.0",
        name="modelserver",
        args=[QUIET, "--disable-hybrid-kv-cache-manager", "--max-model-len=8192"],
        env={"VLLM_CPU_KVCACHE_SPACE": "32", "VLLM_CPU_NUM_OF_RESERVED_CPU": "1"},
        ports=named(),
        resources=amounts("64", "64Gi"),
        security_context={"capabilities": {"add": ["SYS_NICE"]}, "seccompProfile": {"type": "Unconfined"}},  # it binds threads to cores
    )
    return ModelService(
        "optimized-baseline-cpu-vllm",
        identity=labels("optimized-baseline", "Qwen3-32B", "intel", "cpu"),
        model=ModelArtifacts.hf("meta-llama/Llama-3.2-3B-Instruct", token_secret=TOKEN),
        decode=Role(replicas=2, containers=[server]),
        service_account=account("optimized-baseline-cpu-vllm-sa"),
        production=Production(shared_memory=SharedMemory(size="4Gi")),
    )


@guide("optimized-baseline__modelserver__tpu__v6__vllm")
def tpu_vllm() -> ModelService:
    return ModelService(
        "optimized-baseline-tpu-v6-vllm",
        identity=labels("optimized-baseline", "Qwen3-32B", "google", "tpu"),
        model=QWEN,
        decode=Role(
            replicas=2,
            parallelism=Parallelism(tensor=8),
            accelerator="google",
            node_selector={"cloud.google.com/gke-tpu-accelerator": "tpu-v6e-slice", "cloud.google.com/gke-tpu-topology": "2x4"},
            containers=[Container.vllm("docker.io/vllm/vllm-tpu:v0.26.0", name="modelserver", args=[QUIET], ports=named())],
        ),
        service_account=account("optimized-baseline-tpu-v6-vllm-sa"),
    )


@guide("optimized-baseline__modelserver__xpu__vllm")
def xpu_vllm() -> ModelService:
    server = Container.vllm(
        "ghcr.io/llm-d/llm-d-xpu:v0.9.0",
        name="modelserver",
        args=["--dtype=float16", "--disable-sliding-window", QUIET],
        ports=named(),
        resources=amounts("4", "12Gi", most=("8", "24Gi")),
    )
    template = "optimized-baseline-xpu-vllm-intel-claim-template-decode"
    return ModelService(
        "optimized-baseline-xpu-vllm",
        identity=labels("optimized-baseline", "Qwen3-32B", "intel", "xpu"),
        model=ModelArtifacts.hf("Qwen/Qwen3-0.6B", token_secret=TOKEN),
        decode=Role(
            replicas=2,
            claims=[RoleClaim(Claim("intel-decode-claim", IntelGpu()), object_name=template)],
            security_context={"fsGroup": 107, "supplementalGroups": [107]},
            containers=[server],
        ),
        service_account=account("optimized-baseline-xpu-vllm-sa"),
    )


def sglang_service(name: str, accelerator: Literal["nvidia", "amd"], container: Container) -> ModelService:
    return ModelService(
        name,
        identity=labels("optimized-baseline", "Qwen3-32B", accelerator, engine_type="sglang"),
        model=QWEN,
        decode=Role(replicas=8, parallelism=Parallelism(tensor=2), accelerator=accelerator, containers=[container]),
        service_account=account(f"{name}-sa"),
        production=SHM,
    )


@guide("optimized-baseline__modelserver__gpu__sglang__gke")
def gpu_sglang() -> ModelService:
    args = ["--enable-metrics", "--tensor-parallel-size=2", "--mem-fraction-static=0.9"]
    container = sglang(*args, env=NO_NET, resources=amounts("8", "96Gi", most=("16", "128Gi")))
    return sglang_service("optimized-baseline-nvidia-gpu-sglang", "nvidia", container)


@guide("optimized-baseline__modelserver__amd__sglang")
def amd_sglang() -> ModelService:
    args = ["--log-level=info", "--enable-metrics", "--tensor-parallel-size=2", "--uvicorn-access-log-exclude-prefixes=/metrics"]
    container = sglang(
        *args,
        image="docker.io/lmsysorg/sglang:v0.5.16-rocm720-mi30x",
        command=["sglang", "serve"],
        resources=amounts("32", "32Gi", most=("32", "64Gi")),
        liveness_probe=probe("/health", 8000, period=30, timeout=30, failures=5, initialDelaySeconds=30),
    )
    return sglang_service("optimized-baseline-rocm-sglang", "amd", container)


@guide("optimized-baseline__modelserver__gpu__trtllm__gke")
def gpu_trtllm() -> ModelService:
    name = "optimized-baseline-nvidia-gpu-trtllm"
    args = ["Qwen/Qwen3-32B", "--tp_size=2", "--host=0.0.0.0", "--port=8000", "--backend=pytorch", "--kv_cache_free_gpu_memory_fraction=0.9"]
    server = Container.custom(
        "nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc23",
        ["trtllm-serve", "serve"],
        name="modelserver",
        args=[*args, "--extra_llm_api_options=/etc/trtllm/llm_api_options.yaml"],
        env={
            "HF_HOME": "/hf-cache",
            "LD_LIBRARY_PATH": "/usr/local/tensorrt/lib:/usr/local/cuda/lib64:/usr/local/nvidia/lib64",
            **NO_NET,
        },
        ports=named(),
        resources=amounts("8", "96Gi", most=("16", "128Gi")),
        volume_mounts={"hf-cache": "/hf-cache"},
        **stated_probes(),
    )
    text = "return_perf_metrics: true\nenable_iter_perf_stats: true\n"
    role = Role(
        replicas=8,
        parallelism=Parallelism(tensor=2),
        accelerator="nvidia",
        containers=[server],
        volumes={"hf-cache": {"emptyDir": {}}},
    )
    return ModelService(
        name,
        identity=labels("optimized-baseline", "Qwen3-32B"),
        model=QWEN,
        decode=role,
        service_account=account(f"{name}-sa"),
        production=SHM,
        parts=[ConfigFiles("/etc/trtllm", {"llm_api_options.yaml": text}, name=f"{name}-extra-llm-api-options")],
    )


@guide("predicted-latency-routing__modelserver__gpu__vllm__gke")
def predicted_latency_gpu() -> ModelService:
    """The servers of the baseline, with room for long prompts; what differs is in front of them."""
    made = gpu_vllm()
    rope = {"rope_scaling": {"rope_type": "yarn", "factor": 3.2, "original_max_position_embeddings": 40960}}
    args = [*made.roles["decode"].containers[0].args, *VllmArgs(max_model_len=131072, hf_overrides=rope).arguments]
    return overlay(made, lambda role: server(evolve(role, replicas=10), args=args))


@guide("predicted-latency-routing__modelserver__tpu__vllm")
def predicted_latency_tpu() -> ModelService:
    transfer = {
        "kv_connector": "TPUOffloadConnector",
        "kv_connector_module_path": "tpu_inference.offload.tpu_offload_connector",
        "kv_role": "kv_both",
    }
    arguments = VllmArgs(
        seed=42,
        max_model_len=262144,
        max_num_batched_tokens=8192,
        max_num_seqs=64,
        kv_cache_dtype="fp8",
        gpu_memory_utilization=0.8,
        async_scheduling=True,
        enable_expert_parallel=True,
        block_size=256,
        kv_transfer_config=transfer,
    )
    env = {
        "VLLM_LOGGING_LEVEL": "DEBUG",
        "MODEL_IMPL_TYPE": "vllm",
        "USE_BATCHED_RPA_KERNEL": "1",
        "TPU_OFFLOAD_NUM_CPU_CHUNKS": "10000",
        "TPU_OFFLOAD_NUM_STAGING_BLOCKS": "1000",
    }
    return ModelService(
        "agentic-serving-tpu-vllm",
        identity=labels("optimized-baseline", "Qwen3-Coder-480B-A35B-Instruct-FP8", "google", "tpu"),
        model=ModelArtifacts.hf("Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", token_secret=TOKEN),
        decode=Role(
            replicas=8,
            parallelism=Parallelism(tensor=8),
            accelerator=Accelerator("google", resource="google.com/tpu", count=4),
            node_selector={"cloud.google.com/gke-tpu-accelerator": "tpu7x", "cloud.google.com/gke-tpu-topology": "2x2x1"},
            init_containers=[tpu_node_setup()],
            containers=[Container.vllm("docker.io/vllm/vllm-tpu:v0.26.0", arguments, name="modelserver", ports=named(), env=env)],
        ),
        service_account=account("agentic-serving-tpu-vllm-sa"),
    )


@guide("newest/optimized-baseline/modelserver/hpu/vllm/patch-vllm")
def hpu_vllm() -> ModelService:
    container = Container.vllm(
        "ghcr.io/llm-d/llm-d-hpu:v0.9.0",
        name="modelserver",
        args=[QUIET, "--block-size=128", "--max-num-seqs=256", "--max-model-len=2048", "--max-num-batched-tokens=16000", "--shutdown-timeout=30"],
        env={
            "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
            "HABANA_LOGS": "/tmp/habana_logs",
            "VLLM_SKIP_WARMUP": "true",
            "DO_NOT_TRACK": "1",
        },
        ports=named(),
        accept={"engine-variable-unknown": "the plugin for Gaudi reads it"},
    )
    claim = "optimized-baseline-gaudi-claim"
    return ModelService(
        "optimized-baseline-hpu-vllm",
        identity=labels("optimized-baseline", "Qwen3-8B", "intel", "hpu"),
        model=ModelArtifacts.hf("Qwen/Qwen3-8B", token_secret=TOKEN),
        decode=Role(claims=[RoleClaim(Claim(claim, Gaudi("gaudi")), object_name=claim)], containers=[container]),
    )


@guide("newest/optimized-baseline/modelserver/npu/vllm/resource-claim-template")
def npu_vllm() -> ModelService:
    """One class serves every product of Rebellions, so the product is asked for."""
    npu = RebellionsNpu("rebel", where=[rebellions.npu.product_name.starts_with("RBLN-CR")])
    return ModelService(
        "optimized-baseline-npu-vllm",
        identity=labels("optimized-baseline", "Qwen3-8B", "rebellions", "npu"),
        model=ModelArtifacts.hf("Qwen/Qwen3-8B", token_secret=TOKEN),
        decode=Role(
            claims=[RoleClaim(Claim("npu", npu), object_name="npu-claim-template-decode")],
            containers=[Container.vllm("registry.example.com/vllm-rbln:v0.9.0", name="modelserver", ports=named())],
        ),
    )
