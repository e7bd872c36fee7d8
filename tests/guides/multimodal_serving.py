"""Models that see: all in one server, or images encoded apart; with a coordinator in front, or the picker alone."""

from typing import Any

from attrs import evolve

from constructs_dra import (
    Claim,
    Container,
    IntelGpu,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Port,
    PrefillDecode,
    Production,
    Role,
    RoleClaim,
    SharedMemory,
    VllmArgs,
    field_ref,
)
from tests.guides.framework.registry import guide
from tests.guides.framework.words import PROXY, QUIET, SHM, TOKEN, account, amounts, holding, labels, named, overlay, server

MODEL = ModelArtifacts.hf("Qwen/Qwen3-VL-32B-Instruct", token_secret=TOKEN)
GKE = {"NCCL_TUNER_PLUGIN": "none", "NCCL_NET_PLUGIN": ""}


def aggregated(name: str, image: str, vendor: str, variant: str, role: Any, **resources: Any) -> ModelService:
    """One server does everything; images it has seen are kept in memory."""
    container = Container.vllm(image, VllmArgs(mm_processor_cache_gb=20), name="modelserver", args=[QUIET], ports=named(), **resources)
    return ModelService(
        name,
        identity=labels("multimodal-aggregation", "Qwen3-VL-32B-Instruct", vendor, variant),
        model=MODEL,
        decode=Role(containers=[container], **role),
        service_account=account(f"{name}-sa"),
        production=SHM,
    )


@guide("multimodal-serving__aggregation__modelserver__gpu__vllm__base")
def gpu_vllm() -> ModelService:
    role = {"replicas": 8, "parallelism": Parallelism(tensor=2), "accelerator": "nvidia"}
    resources = amounts("8", "128Gi", most=("16", "256Gi"))
    return aggregated("mm-baseline-nvidia-gpu-vllm", "docker.io/vllm/vllm-openai:v0.26.0", "nvidia", "gpu", role, resources=resources)


@guide("multimodal-serving__aggregation__modelserver__gpu__vllm__gke")
def gpu_vllm_gke() -> ModelService:
    return overlay(gpu_vllm(), lambda role: server(role, GKE))


@guide("multimodal-serving__aggregation__modelserver__tpu__v7__vllm__qwen3-vl")
def tpu_vllm() -> ModelService:
    role = {
        "replicas": 8,
        "parallelism": Parallelism(tensor=4),
        "accelerator": "google",
        "priority_class_name": "medium",
        "node_selector": {"cloud.google.com/gke-tpu-accelerator": "tpu7x", "cloud.google.com/gke-tpu-topology": "2x2x1"},
    }
    env = {"MODEL_IMPL_TYPE": "vllm", "SKIP_JAX_PRECOMPILE": "1"}
    resources = amounts("8", "128Gi", most=("16", "256Gi"))
    return aggregated("mm-baseline-tpu-v7-vllm", "docker.io/vllm/vllm-tpu:v0.26.0", "google", "tpu", role, env=env, resources=resources)


@guide("multimodal-serving__aggregation__modelserver__xpu__vllm")
def xpu_vllm() -> ModelService:
    template = "mm-baseline-xpu-vllm-intel-claim-template-decode"
    role = {
        "replicas": 2,
        "parallelism": Parallelism(tensor=2),
        "claims": [RoleClaim(Claim("intel-decode-claim", IntelGpu()), object_name=template)],
        "security_context": {"fsGroup": 107, "supplementalGroups": [107]},
    }
    resources = amounts("4", "12Gi", most=("8", "24Gi"))
    return aggregated("mm-baseline-xpu-vllm", "docker.io/vllm/vllm-openai-xpu:v0.26.0", "intel", "xpu", role, resources=resources)


def ec(role: str, blocks: int | None = None) -> dict[str, Any]:
    """How encoded images travel."""
    config: dict[str, Any] = {"ec_connector": "ECCPUConnector", "ec_role": role}
    return config if blocks is None else {**config, "ec_connector_extra_config": {"num_ec_blocks": blocks}}


def encoder(blocks: int | None = None, **fields: Any) -> Container:
    """A server that only encodes images."""
    arguments = VllmArgs(mm_encoder_only=True, enforce_eager=True, enable_prefix_caching=False, ec_transfer_config=ec("ec_producer", blocks))
    return Container.vllm(
        "ghcr.io/llm-d/vllm-openai:ec-cpu-connector-support",
        arguments,
        name="modelserver",
        args=[QUIET, *(("--trust-remote-code", "--mm-processor-cache-gb=20") if blocks else ())],
        env={"VLLM_EC_SIDE_CHANNEL_HOST": field_ref("status.podIP"), "VLLM_EC_SIDE_CHANNEL_PORT": "5610"},
        ports=[*named(), Port(5610, name="ec-nixl")],
        **fields,
    )


def vllm(port: int, arguments: VllmArgs, **fields: Any) -> Container:
    image = "ghcr.io/llm-d/vllm-openai:ec-cpu-connector-support"
    return Container.vllm(image, arguments, name="modelserver", args=[QUIET], ports=named(port), **fields)


def shm(size: str) -> dict[str, Any]:
    """Memory through which processes hand images to each other."""
    return {"volumes": {"images": {"emptyDir": {"medium": "Memory", "sizeLimit": size}}}}


TWO: Any = {"parallelism": Parallelism(tensor=2), "accelerator": "nvidia"}
IMAGES = {"images": "/dev/shm"}


@guide("multimodal-serving__e-disaggregation__modelserver__gpu__vllm__e-p-d__base")
def encode_prefill_decode() -> ModelService:
    cache: Any = {"mm_processor_cache_gb": 20, "disable_hybrid_kv_cache_manager": False}
    reads = VllmArgs(**cache, gpu_memory_utilization=0.75, ec_transfer_config=ec("ec_consumer", 1000000))
    return ModelService(
        "e-p-d-disaggregation-nvidia-gpu-vllm",
        identity=labels("e-disaggregation", "Qwen3-VL-32B-Instruct", engine_type="vllm"),
        model=MODEL,
        encode=Role(replicas=2, **TWO, **shm("90Gi"), containers=[encoder(1000000, resources=amounts("8", "128Gi"), volume_mounts=IMAGES)]),
        prefill=holding(
            Role(replicas=4, **TWO, **shm("90Gi"), containers=[vllm(8000, reads, resources=amounts("8", "256Gi"), volume_mounts=IMAGES)]),
            **{"rdma/ib": "1"},
        ),
        decode=holding(Role(replicas=4, **TWO, containers=[vllm(8200, VllmArgs(**cache), resources=amounts("16", "256Gi"))]), **{"rdma/ib": "1"}),
        proxy=evolve(PROXY, ec_connector="ec-nixl"),
        parts=[PrefillDecode(extra_config={"kv_lease_duration": 300})],
        service_account=account("e-p-d-disaggregation-nvidia-gpu-vllm-sa"),
        production=SHM,
    )


@guide("multimodal-serving__e-disaggregation__modelserver__gpu__vllm__e-pd__gke")
def encode_apart() -> ModelService:
    arguments = VllmArgs(mm_processor_cache_gb=20, ec_transfer_config=ec("ec_consumer"))
    whole = vllm(8200, arguments, resources=amounts("8", "128Gi", most=("16", "256Gi")), image_pull_policy="Always")
    made = ModelService(
        "e-pd-disaggregation-nvidia-gpu-vllm",
        identity=labels("e-disaggregation", "Qwen3-VL-32B-Instruct", engine_type="vllm"),
        model=MODEL,
        encode=Role(replicas=2, **TWO, **shm("90Gi"), containers=[encoder(1000000, resources=amounts("8", "128Gi"), volume_mounts=IMAGES)]),
        decode=Role(replicas=8, **TWO, containers=[whole]),
        proxy=evolve(PROXY, ec_connector="ec-nixl"),
        service_account=account("e-pd-disaggregation-nvidia-gpu-vllm-sa"),
        production=SHM,
    )
    return overlay(made, lambda role: server(role, GKE))


@guide("coord-disaggregation__modelserver__gpu__vllm__base")
def coordinated() -> ModelService:
    """A coordinator sends each request through the stages, so there is no proxy beside the servers."""
    shared: Any = {"max_model_len": 32000, "disable_hybrid_kv_cache_manager": False}
    resources = amounts("4", "32Gi")
    image = "ghcr.io/revit13/vllm-openai:61e53561a"
    prefill = evolve(vllm(8000, VllmArgs(**shared, ec_transfer_config=ec("ec_consumer")), resources=resources), image=image)
    decode = evolve(vllm(8000, VllmArgs(**shared), resources=resources), image=image)
    return ModelService(
        "coord-disaggregation-nvidia-gpu-vllm",
        identity=labels("coord-disaggregation", "Qwen3-VL-32B-Instruct", engine_type="vllm"),
        model=MODEL,
        encode=Role(replicas=2, **TWO, containers=[evolve(encoder(resources=resources), image=image)]),
        prefill=Role(replicas=4, **TWO, containers=[prefill]),
        decode=Role(replicas=4, **TWO, containers=[decode]),
        proxy=evolve(PROXY, enabled=False),
        parts=[PrefillDecode(block_size=128)],
        service_account=account("coord-disaggregation-nvidia-gpu-vllm-sa"),
        production=Production(shared_memory=SharedMemory(size="8Gi")),
    )


@guide("coord-disaggregation__modelserver__gpu__vllm__coreweave")
def coordinated_coreweave() -> ModelService:
    return overlay(coordinated(), lambda role: holding(role, **{"rdma/ib": "1"}))


@guide("coord-disaggregation__modelserver__gpu__vllm__gke")
def coordinated_gke() -> ModelService:
    return overlay(coordinated(), lambda role: server(role, GKE))


@guide("modelexpress-p2p__modelserver__gpu__vllm__base")
def model_express() -> ModelService:
    """Weights come from servers that have them already, over RDMA."""
    container = Container.vllm(
        "registry.example.com/modelexpress-p2p-vllm:v0.26.0",
        VllmArgs(gpu_memory_utilization=0.95),
        name="modelserver",
        args=[QUIET, "--load-format=mx"],
        env={
            "VLLM_PLUGINS": "modelexpress",
            "MX_SERVER_ADDRESS": "modelexpress-server:8001",
            "MX_METADATA_PORT": "5555",
            "MX_WORKER_GRPC_PORT": "6555",
            "MX_RDMA_NIC_PIN": "auto",
            "HF_HUB_CACHE": "/models",
            "VLLM_RPC_TIMEOUT": "7200000",
        },
        ports=named(),
        resources=amounts("8", "128Gi", most=("16", "192Gi")),
        security_context={"capabilities": {"add": ["IPC_LOCK"]}},
    )
    return ModelService(
        "modelexpress-p2p-nvidia-gpu-vllm",
        identity=labels("modelexpress-p2p", "gpt-oss-120b"),
        model=ModelArtifacts.hf("openai/gpt-oss-120b", token_secret=TOKEN, size="300Gi", mount_path="/models"),
        decode=Role(replicas=2, **TWO, containers=[container]),
        service_account=account("modelexpress-p2p-nvidia-gpu-vllm-sa"),
        production=SHM,
    )


@guide("modelexpress-p2p__modelserver__gpu__vllm__coreweave")
def model_express_coreweave() -> ModelService:
    return overlay(model_express(), lambda role: holding(role, **{"rdma/ib": "2"}))
