"""Optimized baseline: one model on each kind of accelerator and with each engine."""

from constructs_dra import Claim, Container, IntelGpu, ModelArtifacts, ModelService, Parallelism, Production, Role, RoleClaim, SharedMemory
from tests.guides.framework.registry import guide
from tests.guides.framework.words import QUIET, SHM, TOKEN, account, amounts, labels, named

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
