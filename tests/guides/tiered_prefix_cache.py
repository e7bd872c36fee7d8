"""Tiered prefix cache: KV caches that do not fit the devices go to memory, to a file system, or to a store that servers share."""

import json
from typing import Any

from attrs import evolve

from constructs_dra import (
    Accelerator,
    Claim,
    ConfigFiles,
    Container,
    IntelGpu,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Production,
    Role,
    RoleClaim,
    SharedMemory,
    VllmArgs,
    field_ref,
)
from tests.guides.framework.registry import guide
from tests.guides.framework.words import SHM, TOKEN, account, amounts, holding, labels, mounting, named, overlay, server, sglang, tpu_node_setup

QWEN = ModelArtifacts.hf("Qwen/Qwen3-32B", token_secret=TOKEN)
GKE = {"NCCL_TUNER_PLUGIN": "none", "NCCL_NET_PLUGIN": ""}
GUIDE = "tiered-prefix-cache"
SHARED = {"files-storage": {"persistentVolumeClaim": {"claimName": "llm-d-kv-cache-storage"}}}
"""A file system that all servers mount."""


def offloading(connector: str, **settings: Any) -> dict[str, Any]:
    return {"kv_connector": connector, "kv_role": "kv_both", **({"kv_connector_extra_config": settings} if settings else {})}


def vllm(
    transfer: dict[str, Any], *, memory: tuple[str, str], cpu: tuple[str, str] = ("8", "16"), replicas: int = 4, **arguments: Any
) -> ModelService:
    """vLLM on two GPUs, its caches elsewhere."""
    container = Container.vllm(
        "docker.io/vllm/vllm-openai:v0.26.0",
        VllmArgs(kv_transfer_config=transfer, **arguments),
        name="modelserver",
        ports=named(),
        resources=amounts(cpu[0], memory[0], most=(cpu[1], memory[1])),
    )
    return ModelService(
        "gpu-vllm",
        identity=labels(GUIDE, "Qwen3-32B"),
        model=QWEN,
        decode=Role(
            replicas=replicas,
            parallelism=Parallelism(tensor=2),
            accelerator="nvidia",
            containers=[container],
            enable_service_links=False,
            termination_grace_period_seconds=130,
        ),
        service_account=account("gpu-vllm-sa"),
        production=SHM,
    )


@guide("tiered-prefix-cache__modelserver__gpu__vllm__native__cpu__base")
def gpu_vllm_memory() -> ModelService:
    return vllm(offloading("OffloadingConnector", cpu_bytes_to_use=107374182400), memory=("200Gi", "400Gi"))


@guide("tiered-prefix-cache__modelserver__gpu__vllm__native__fs__gke")
def gpu_vllm_files() -> ModelService:
    tiers = [{"type": "fs", "root_dir": "/mnt/files-storage", "n_read_threads": 16, "n_write_threads": 16}]
    made = vllm(
        offloading(
            "OffloadingConnector",
            spec_name="TieringOffloadingSpec",
            cpu_bytes_to_use=107374182400,
            block_size=256,
            secondary_tiers=tiers,
        ),
        memory=("300Gi", "300Gi"),
        cpu=("4", "4"),
        replicas=2,
    )
    return overlay(
        made,
        lambda role: on_files(server(role, {**GKE, "PYTHONHASHSEED": "42"}, security_context={"runAsUser": 0})),
        production=Production(shared_memory=SharedMemory(size="250Gi")),
    )


def on_files(role: Role) -> Role:
    """A role on the shared file system, whose folders the group may write to before it starts."""
    fix = Container.custom(
        "busybox:1.37",
        ["sh", "-c", "chmod -R g+w /mnt/files-storage/"],
        name="fix-lustre-permissions",
        volume_mounts={"files-storage": "/mnt/files-storage"},
        security_context={"runAsUser": 0},
    )
    return evolve(mounting(role, {"files-storage": "/mnt/files-storage"}, SHARED), init_containers=[fix])


@guide("tiered-prefix-cache__modelserver__gpu__vllm__lmcache-connector__cpu__gke")
def gpu_lmcache_memory() -> ModelService:
    made = vllm(offloading("LMCacheConnectorV1"), memory=("500Gi", "500Gi"), max_num_seqs=1024)
    return overlay(made, lambda role: server(role, GKE))


@guide("tiered-prefix-cache__modelserver__gpu__vllm__lmcache-connector__fs__base")
def gpu_lmcache_files() -> ModelService:
    disk = {
        "LMCACHE_LOCAL_DISK": "file:///mnt/files-storage/kv-cache/",
        "LMCACHE_EXTRA_CONFIG": '{"use_odirect":"True"}',
        "LMCACHE_MAX_LOCAL_DISK_SIZE": "1120.0",
    }
    made = vllm(offloading("LMCacheConnectorV1"), memory=("500Gi", "500Gi"), max_num_seqs=1024)
    return overlay(
        made,
        lambda role: mounting(server(role, disk), {"files-storage": "/mnt/files-storage"}, SHARED),
    )


MASTER = "mooncake-master-store.mooncake.svc.cluster.local:50051"


def mooncake(config: dict[str, Any], transfer: dict[str, Any]) -> ModelService:
    """Servers that share a store of caches; RDMA takes them there."""
    whole = {"mode": "", "metadata_server": "P2PHANDSHAKE", "master_server_address": MASTER, "global_segment_size": 0, "local_buffer_size": "4GB"}
    text = json.dumps({**whole, "protocol": "rdma", "device_name": "", **config}, indent=2)
    env = {"MOONCAKE_CONFIG_PATH": "/etc/mooncake/mooncake_config.json", "PYTHONHASHSEED": "0"}
    return overlay(
        vllm(transfer, memory=("200Gi", "400Gi")),
        lambda role: holding(server(role, env), **{"rdma/ib": "1"}),
        parts=[ConfigFiles("/etc/mooncake", {"mooncake_config.json": text + "\n"}, name="mooncake-store-config")],
    )


@guide("tiered-prefix-cache__modelserver__gpu__vllm__mooncake-store__cpu__base")
def gpu_mooncake_memory() -> ModelService:
    return mooncake({"mode": "embedded", "global_segment_size": "80GB", "enable_offload": False}, offloading("MooncakeStoreConnector"))


@guide("tiered-prefix-cache__modelserver__gpu__vllm__mooncake-store__fs__base")
def gpu_mooncake_files() -> ModelService:
    made = mooncake({"mode": "standalone-store", "enable_offload": True}, offloading("MooncakeStoreConnector", load_async=True))
    stub = "mooncake-offload-stub"
    return overlay(made, lambda role: mounting(role, {stub: "/data/mooncake-offload"}, {stub: {"emptyDir": {}}}))


@guide("tiered-prefix-cache__modelserver__gpu__sglang__base")
def gpu_sglang() -> ModelService:
    env = {"NAMESPACE": field_ref("metadata.namespace"), "POD_IP": field_ref("status.podIP")}
    container = sglang("--tensor-parallel-size=2", "--page-size=64", "--enable-metrics", env=env, resources=amounts("8", "200Gi", ("16", "400Gi")))
    return ModelService(
        "tiered-prefix-cache-gpu-sglang",
        identity=labels(GUIDE, "Qwen3-32B", engine_type="sglang"),
        model=ModelArtifacts.hf("Qwen/Qwen3-32B"),
        decode=Role(replicas=8, parallelism=Parallelism(tensor=2), accelerator="nvidia", containers=[container]),
        service_account=account("tiered-prefix-cache-gpu-sglang-sa"),
        production=SHM,
    )


HIERARCHY = [
    "--mem-fraction-static=0.9",
    "--enable-hierarchical-cache",
    "--hicache-write-policy=write_through",
    "--hicache-io-backend=kernel",
    "--hicache-size=200",
]
TO_FILES = ["--hicache-storage-backend=file", "--hicache-storage-prefetch-policy=wait_complete"]
FILES = {
    "SGLANG_HICACHE_FILE_BACKEND_STORAGE_DIR": "/mnt/files-storage",
    "SGLANG_HICACHE_FILE_BACKEND_ENABLE_METADATA_CACHE": "true",
    "SGLANG_HICACHE_FILE_BACKEND_METADATA_TTL": "5.0",
    "PYTHONHASHSEED": "42",
}


def hierarchical(env: dict[str, str], *more: str) -> ModelService:
    made = gpu_sglang()
    args = [*made.roles["decode"].containers[0].args, *HIERARCHY, *more]
    return overlay(made, lambda role: server(role, env, args=args))


@guide("tiered-prefix-cache__modelserver__gpu__sglang__native__cpu__base")
def gpu_sglang_memory() -> ModelService:
    return hierarchical({})


@guide("tiered-prefix-cache__modelserver__gpu__sglang__native__cpu__gke")
def gpu_sglang_memory_gke() -> ModelService:
    return hierarchical(GKE)


@guide("tiered-prefix-cache__modelserver__gpu__sglang__native__fs__base")
def gpu_sglang_files() -> ModelService:
    return overlay(hierarchical(FILES, *TO_FILES), lambda role: evolve(on_files(role), init_containers=[]))


@guide("tiered-prefix-cache__modelserver__gpu__sglang__native__fs__gke")
def gpu_sglang_files_gke() -> ModelService:
    return overlay(hierarchical({**FILES, **GKE}, *TO_FILES), on_files)


def tpu(version: str, accelerator: str, topology: str, chips: int) -> ModelService:
    transfer = {**offloading("TPUOffloadConnector"), "kv_connector_module_path": "tpu_inference.offload.tpu_offload_connector"}
    container = Container.vllm(
        "docker.io/vllm/vllm-tpu:v0.26.0",
        VllmArgs(kv_transfer_config=transfer),
        name="modelserver",
        ports=named(),
        env={
            "PROMETHEUS_MULTIPROC_DIR": "/tmp/prometheus_multiproc",
            "SKIP_JAX_PRECOMPILE": "0",
            "TPU_OFFLOAD_NUM_CPU_CHUNKS": "25000",
            "TPU_OFFLOAD_NUM_STAGING_BLOCKS": "1000",
        },
    )
    return ModelService(
        f"tpu-{version}-vllm",
        identity=labels(GUIDE, "Qwen3-32B", "google", "tpu"),
        model=QWEN,
        decode=Role(
            replicas=3,
            parallelism=Parallelism(tensor=8),
            accelerator=Accelerator("google", resource="google.com/tpu", count=chips),
            node_selector={"cloud.google.com/gke-tpu-accelerator": accelerator, "cloud.google.com/gke-tpu-topology": topology},
            init_containers=[tpu_node_setup()],
            containers=[container],
        ),
        service_account=account(f"tpu-{version}-vllm-sa"),
    )


@guide("tiered-prefix-cache__modelserver__tpu__v6__vllm__native__cpu")
def tpu_v6() -> ModelService:
    return tpu("v6", "tpu-v6e-slice", "2x4", 8)


@guide("tiered-prefix-cache__modelserver__tpu__v7__vllm__native__cpu")
def tpu_v7() -> ModelService:
    return tpu("v7", "tpu7x", "2x2x1", 4)


def xpu(model: str, image: str, arguments: VllmArgs, env: dict[str, str], *, tensor: int, memory: str, **more: str) -> ModelService:
    provider = {"FI_PROVIDER_PATH": "/opt/intel/oneapi/mpi/latest/opt/mpi/libfabric/lib/prov", "FI_PROVIDER": "tcp"}
    container = Container.vllm(image, arguments, name="modelserver", ports=named(), env={**provider, **env}, resources=amounts("8", memory))
    template = "xpu-vllm-tiered-prefix-cache-intel-claim-template-decode"
    return ModelService(
        "xpu-vllm",
        identity=labels(GUIDE, model, "intel", "xpu", **more),
        model=ModelArtifacts.hf(f"Qwen/{model}", token_secret=TOKEN),
        decode=Role(
            parallelism=Parallelism(tensor=tensor),
            claims=[RoleClaim(Claim("intel-decode-claim", IntelGpu("gpu")), object_name=template)],
            security_context={"fsGroup": 107, "supplementalGroups": [107]},
            enable_service_links=False,
            termination_grace_period_seconds=130,
            containers=[container],
        ),
        service_account=account("xpu-vllm-sa"),
        production=SHM,
    )


@guide("tiered-prefix-cache__modelserver__xpu__vllm__native__cpu__base")
def xpu_memory() -> ModelService:
    arguments = VllmArgs(
        dtype="bfloat16",
        block_size=64,
        gpu_memory_utilization=0.85,
        max_num_seqs=128,
        uvicorn_log_level="warning",
        kv_transfer_config=offloading("OffloadingConnector", cpu_bytes_to_use=107374182400),
    )
    return xpu("Qwen3-32B", "ghcr.io/llm-d/llm-d-xpu-dev:pr-1230", arguments, {}, tensor=4, memory="140Gi")


@guide("tiered-prefix-cache__modelserver__xpu__vllm__lmcache-connector__cpu__base")
def xpu_lmcache() -> ModelService:
    arguments = VllmArgs(
        dtype="bfloat16",
        block_size=64,
        max_num_seqs=128,
        max_model_len=20480,
        uvicorn_log_level="warning",
        kv_transfer_config=offloading("LMCacheConnectorV1"),
    )
    env = {"LMCACHE_MAX_LOCAL_CPU_SIZE": "20", "PYTHONHASHSEED": "123", "PROMETHEUS_MULTIPROC_DIR": "/tmp/lmcache_prometheus"}
    image = "ghcr.io/llm-d/llm-d-xpu-dev:pr-1731"
    return xpu("Qwen3-8B", image, arguments, env, tensor=1, memory="60Gi", subguide="tiered-prefix-cache-xpu-lmcache")
