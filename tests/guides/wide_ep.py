"""Wide expert parallelism: the experts of one model over all devices of several nodes, prefill and decode apart."""

from typing import Any

from attrs import evolve

from constructs_dra import (
    Claim,
    Container,
    IntelGpu,
    Kueue,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    NvlinkDomain,
    Parallelism,
    Port,
    PrefillDecode,
    Production,
    Role,
    RoleClaim,
    RoutingProxy,
    ServiceAccount,
    SharedMemory,
    VllmArgs,
)
from tests.guides.framework.registry import guide
from tests.guides.framework.words import TOKEN, account, amounts, holding, labels, overlay, probe, server

QUIET = "--disable-access-log-for-endpoints=/health,/metrics"
RDMA = {"runAsUser": 0, "runAsGroup": 0, "capabilities": {"add": ["IPC_LOCK", "SYS_RAWIO"]}}
"""GPUs and NICs write into each other's memory, which has to stay in place."""
FAIL = PrefillDecode(transfer={"kv_load_failure_policy": "fail"})
NVSHMEM = {
    "NVSHMEM_REMOTE_TRANSPORT": "ibgda",
    "NVSHMEM_IB_ENABLE_IBGDA": "true",
    "NVSHMEM_BOOTSTRAP_UID_SOCK_IFNAME": "eth0",
}
COMMON = {
    "TRITON_LIBCUDA_PATH": "/usr/lib64",
    "VLLM_SKIP_P2P_CHECK": "1",
    "VLLM_RANDOMIZE_DP_DUMMY_INPUTS": "1",
    "NVIDIA_GDRCOPY": "enabled",
    "GLOO_SOCKET_IFNAME": "eth0",
    "NCCL_SOCKET_IFNAME": "eth0",
    "VLLM_LOGGING_LEVEL": "INFO",
    "CUDA_CACHE_PATH": "/var/cache/vllm/cuda",
    "CCACHE_DIR": "/var/cache/vllm/ccache",
    "VLLM_CACHE_ROOT": "/var/cache/vllm/vllm",
    "FLASHINFER_WORKSPACE_BASE": "/var/cache/vllm/flashinfer",
}
CACHES: dict[str, Any] = {"hf-cache": {"emptyDir": {}}, "jit-cache": {"emptyDir": {}}}


def wide(
    image: str,
    arguments: VllmArgs,
    env: dict[str, str],
    ports: list[int | Port],
    *,
    probed: tuple[int, str] = (8000, "/v1/models"),
    gpus: int = 8,
    nodes: int = 2,
    hub: str = "/var/cache/huggingface",
    memory: str = "512Gi",
    args: tuple[str, ...] = (),
    **fields: Any,
) -> Role:
    """A role whose groups have a model copy on each device and the experts over all of them; every pod answers requests."""
    room = {"memory": memory, "ephemeral-storage": "1Ti"}
    port, ready = probed
    container = Container.vllm(
        image,
        arguments,
        args=[QUIET, "--data-parallel-rpc-port=5555", "--enable-expert-parallel", *args],
        env={**COMMON, **env},
        ports=ports,
        resources={"requests": {"cpu": "32", **room}, "limits": room},
        mount_model_volume=False,
        volume_mounts={"hf-cache": hub, "jit-cache": "/var/cache/vllm"},
        security_context=RDMA,
        startup_probe=probe("/health", port, period=1, timeout=5, failures=2700),
        readiness_probe=probe(ready, port, period=10, timeout=5, failures=3),
        liveness_probe=probe("/health", port, period=30, timeout=5, failures=3),
    )
    return Role(
        parallelism=Parallelism(data=gpus * nodes, data_local=gpus),
        multinode=LeaderWorkerSet(routing_proxy="all"),
        accelerator="nvidia",
        containers=[container],
        volumes=CACHES,
        **fields,
    )


def ranks(first: int, prefix: str, supervisor: int) -> list[int | Port]:
    """A port for each of eight model copies, and one at which all of them are asked for their health."""
    return [*(Port(first + rank, name=f"{prefix}{rank}") for rank in range(8)), Port(supervisor, name="supervisor")]


PROXY = RoutingProxy(
    data_parallel_size=8,
    zap_log_level=1,
    args=["--enable-prefiller-sampling"],
    ports=[Port(8000 + rank, name=f"rank{rank}") for rank in range(8)],
)
R1 = "ghcr.io/llm-d/llm-d-cuda:v0.9.0"


@guide("wide-ep-lws__modelserver__gpu__vllm__base")
def deepseek_r1() -> ModelService:
    prefill = wide(
        R1,
        VllmArgs(
            gpu_memory_utilization=0.8,
            data_parallel_supervisor_port=8008,
            moe_backend="deep_gemm",
            all2all_backend="deepep_high_throughput",
        ),
        {**NVSHMEM, "HF_HUB_CACHE": "/var/cache/huggingface", "VLLM_ENGINE_READY_TIMEOUT_S": "3000", **GRAPHS},
        ranks(8000, "rank", 8008),
        probed=(8008, "/readyz"),
        args=("--data-parallel-multi-port-external-lb",),
    )
    decode = wide(
        R1,
        VllmArgs(
            data_parallel_supervisor_port=8208,
            max_num_batched_tokens=256,
            max_num_seqs=256,
            enable_dbo=True,
            dbo_decode_token_threshold=32,
            moe_backend="deep_gemm",
            all2all_backend="deepep_low_latency",
        ),
        {**NVSHMEM, "HF_HUB_CACHE": "/var/cache/huggingface", "VLLM_USE_DEEP_GEMM": "1", "NVSHMEM_SYMMETRIC_SIZE": "16G", **GRAPHS},
        ranks(8200, "vllm-rank", 8208),
        probed=(8208, "/readyz"),
        args=("--data-parallel-multi-port-external-lb",),
    )
    return ModelService(
        "wide-ep-llm-d",
        identity=labels("wide-ep-lws", "DeepSeek-R1-0528"),
        model=ModelArtifacts.hf("deepseek-ai/DeepSeek-R1-0528", token_secret=TOKEN),
        prefill=prefill,
        decode=decode,
        proxy=PROXY,
        parts=[FAIL],
        service_account=ServiceAccount(name="deepseek-r1"),
        production=Production(shared_memory=SharedMemory(size="2Gi")),
    )


GRAPHS = {"VLLM_MEMORY_PROFILER_ESTIMATE_CUDAGRAPHS": "1"}
INFINIBAND = {"NCCL_IB_HCA": "ibp", "NVSHMEM_HCA_PREFIX": "ibp"}


def on_host(path: str, end: str = "") -> dict[str, Any]:
    return {f"{name}-cache": {"hostPath": {"path": f"{path}{name}-cache{end}", "type": "DirectoryOrCreate"}} for name in ("hf", "jit")}


@guide("wide-ep-lws__modelserver__gpu__vllm__coreweave")
def deepseek_r1_coreweave() -> ModelService:
    return overlay(
        deepseek_r1(),
        lambda role: evolve(holding(server(role, INFINIBAND), **{"rdma/ib": "1"}), volumes=on_host("/mnt/local/")),
    )


@guide("wide-ep-lws__modelserver__gpu__vllm__disaggregatedset")
def deepseek_r1_set() -> ModelService:
    return overlay(
        deepseek_r1(),
        name="wide-ep-lws-nvidia-gpu-vllm",
        parts=[evolve(FAIL, workload="DisaggregatedSet")],
    )


ROCE = {
    "NCCL_TUNER_PLUGIN": "none",
    "NCCL_NET_PLUGIN": "",
    "NVSHMEM_DISABLED_GDRCOPY": "true",
    "DEEP_EP_DEVICE_TO_HCA_MAPPING": ",".join(f"{gpu}:mlx5_{gpu}:1" for gpu in range(8)),
}
INTERFACES = [("eth0", "default"), *((f"eth{nic + 2}", f"rdma-{nic}") for nic in range(8))]
NETWORKS = ",\n".join(f'  {{"interfaceName":"{name}","network":"{network}"}}' for name, network in INTERFACES)
BLOCK = "cloud.google.com/gce-topology-block"


def near(role: str, topology: str, weight: int) -> dict[str, Any]:
    """Better beside others of the role."""
    term = {"labelSelector": {"matchLabels": {"llm-d.ai/role": role}}, "matchLabelKeys": ["component"], "topologyKey": topology}
    return {"weight": weight, "podAffinityTerm": term}


@guide("wide-ep-lws__modelserver__gpu__vllm__topology-aware__gke")
def deepseek_r1_gke() -> ModelService:
    """All pods of both roles in one block of the network, admitted together by Kueue."""

    def placed(name: str, role: Role) -> Role:
        preferred = [near(name, BLOCK, 2), near(name, "cloud.google.com/gce-topology-subblock", 1)]
        networks = {f"networking.gke.io.networks/rdma-{nic}": "0" for nic in range(8)}
        return evolve(
            holding(server(role, ROCE, security_context={**RDMA, "privileged": True}), **networks),
            affinity={"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}},
            volumes=on_host("/mnt/stateful_partition/kube-ephemeral-ssd/shared_disk/vllm-", "/"),
            pod_annotations={
                "kueue.x-k8s.io/podset-group-name": "llm-d-wide-ep",
                "kueue.x-k8s.io/podset-required-topology": BLOCK,
                "networking.gke.io/default-interface": "eth0",
                "networking.gke.io/interfaces": f"[\n{NETWORKS}\n]\n",
            },
        )

    made = deepseek_r1()
    prefill, decode = (placed(name, made.roles[name]) for name in ("prefill", "decode"))
    return overlay(made, prefill=prefill, decode=decode, parts=[FAIL, Kueue("default")])


NVLINK = {
    "VLLM_USE_DEEP_GEMM": "1",
    "NCCL_MNNVL_ENABLE": "1",
    "NCCL_NVLS_ENABLE": "1",
    "NCCL_CUMEM_ENABLE": "1",
    "NCCL_P2P_LEVEL": "NVL",
    "VLLM_USE_NCCL_SYMM_MEM": "0",
    "NVSHMEM_CUMEM_HANDLE_TYPE": "FABRIC",
    "NVSHMEM_DISABLE_CUDA_VMM": "0",
    "UCX_CUDA_IPC_ENABLE_MNNVL": "y",
    "UCX_TLS": "cuda_ipc,rc,cuda_copy",
    "UCX_MEMTYPE_CACHE": "n",
    "UCX_MEMTYPE_REG_WHOLE": "n",
    "TILELANG_CLEANUP_TEMP_FILES": "1",
    "HF_HUB_CACHE": "/var/cache/huggingface",
}
V4: Any = {
    "tokenizer_mode": "deepseek_v4",
    "max_model_len": 9280,
    "trust_remote_code": True,
    "api_server_count": 4,
    "enable_ep_weight_filter": True,
    "disable_hybrid_kv_cache_manager": False,
    "enable_cumem_allocator": True,
    "kv_cache_dtype": "fp8",
}


MEGA = {"moe_backend": "deep_gemm_mega_moe"}


@guide("wide-ep-lws__modelserver__gpu__vllm-deepseek-v4__base")
def deepseek_v4() -> ModelService:
    """Nodes of four GPUs whose NVLink reaches over nodes; each pod balances over its own model copies."""
    return v4(decode_nodes=2)


def v4(*, decode_nodes: int, experts: Any = MEGA) -> ModelService:
    shared: Any = {"gpus": 4, "args": ("--data-parallel-hybrid-lb",), "host_ipc": True, "host_pid": True}
    image = "docker.io/vllm/vllm-openai:v0.26.0"
    prefill = VllmArgs(
        **V4,
        gpu_memory_utilization=0.95,
        moe_backend="deep_gemm_mega_moe",
        max_num_seqs=16,
        max_num_batched_tokens=32768,
        enforce_eager=True,
        async_scheduling=False,
        numa_bind=True,
    )
    decode = VllmArgs(
        **V4,
        gpu_memory_utilization=0.9,
        **experts,
        max_num_seqs=512,
        max_num_batched_tokens=512,
        max_cudagraph_capture_size=512,
        stream_interval=50,
        compilation_config={"cudagraph_mode": "FULL_DECODE_ONLY", "mode": 0},
    )
    indexer, frontend = {"VLLM_SPARSE_INDEXER_MAX_LOGITS_MB": "1024"}, {"VLLM_USE_RUST_FRONTEND": "1"}
    return ModelService(
        "wide-ep-lws-nvidia-gpu-vllm-deepseek-v4",
        identity=labels("wide-ep-lws", "DeepSeek-V4-Pro"),
        model=ModelArtifacts.hf("deepseek-ai/DeepSeek-V4-Pro", token_secret=TOKEN),
        prefill=wide(image, prefill, {**NVLINK, **indexer}, [Port(8000, name="modelserver")], replicas=2, **shared),
        decode=wide(
            image, decode, {**NVLINK, **frontend}, [Port(8200, name="modelserver")], probed=(8200, "/v1/models"), nodes=decode_nodes, **shared
        ),
        proxy=RoutingProxy(zap_log_level=1, args=["--enable-prefiller-sampling"], ports=[Port(8000, name="sidecar")]),
        parts=[evolve(FAIL, block_size=256)],
        service_account=ServiceAccount(name="deepseek-v4"),
        production=Production(shared_memory=SharedMemory(size="2Gi")),
    )


def on_oci(made: ModelService, prefill: int, decode: int = 1) -> ModelService:
    """One NVLink domain for both roles, caches on the nodes' disks."""
    domain = NvlinkDomain(name="wide-ep-compute-domain")

    def placed(role: Role) -> Role:
        room = {"memory": "512Gi", "ephemeral-storage": "128Gi"}
        return evolve(
            server(role, resources={"requests": {"cpu": "32", **room}, "limits": room}),
            volumes=on_host("/mnt/numa0/"),
            parts=[domain],
        )

    return overlay(
        made,
        prefill=evolve(placed(made.roles["prefill"]), replicas=prefill),
        decode=evolve(placed(made.roles["decode"]), replicas=decode),
    )


@guide("wide-ep-lws__modelserver__gpu__vllm-deepseek-v4__deployments__oci-balanced")
def v4_balanced() -> ModelService:
    return on_oci(v4(decode_nodes=4), prefill=2)


@guide("wide-ep-lws__modelserver__gpu__vllm-deepseek-v4__deployments__oci-high-tpt-dep16")
def v4_high_throughput_16() -> ModelService:
    return on_oci(v4(decode_nodes=4), prefill=3)


@guide("wide-ep-lws__modelserver__gpu__vllm-deepseek-v4__deployments__oci-high-tpt")
def v4_high_throughput() -> ModelService:
    return on_oci(v4(decode_nodes=2), prefill=2)


@guide("wide-ep-lws__modelserver__gpu__vllm-deepseek-v4__deployments__oci-mid-curve")
def v4_mid_curve() -> ModelService:
    return on_oci(v4(decode_nodes=2), prefill=1)


@guide("wide-ep-lws__modelserver__gpu__vllm-deepseek-v4__deployments__oci-ultra-tpt")
def v4_ultra_throughput() -> ModelService:
    return on_oci(v4(decode_nodes=4), prefill=4)


@guide("wide-ep-lws__modelserver__gpu__vllm-deepseek-v4__deployments__oci-3p2d-dep8-dep16-flashinfer")
def v4_flashinfer() -> ModelService:
    return on_oci(v4(decode_nodes=4, experts={"moe_backend": "auto", "all2all_backend": "flashinfer_nvlink_one_sided"}), prefill=3, decode=2)


XPU = {
    "VLLM_USE_V1": "1",
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "1",
    "VLLM_MULTIPROC_EXECUTE_MODEL_TIMEOUT_S": "1200",
    "TORCH_LLM_ALLREDUCE": "1",
    "UCX_TLS": "tcp,ze_copy",
    "UCX_MEMTYPE_CACHE": "0",
    "VLLM_LOGGING_LEVEL": "INFO",
    "HF_HUB_CACHE": "/var/cache/huggingface",
    "VLLM_CACHE_ROOT": "/var/cache/vllm",
}


@guide("wide-ep-lws__modelserver__xpu__vllm")
def xpu() -> ModelService:
    """Experts over the two GPUs of each pod."""
    arguments = VllmArgs(
        host="0.0.0.0",
        trust_remote_code=True,
        dtype="float16",
        enforce_eager=True,
        gpu_memory_utilization=0.8,
        max_model_len=512,
        enable_expert_parallel=True,
        all2all_backend="allgather_reducescatter",
    )

    def role(name: str, port: int) -> Role:
        container = Container.vllm(
            "ghcr.io/llm-d/llm-d-xpu:v0.9.0",
            arguments,
            args=[f"{QUIET},/v1/models"],
            env=XPU,
            ports=[Port(port, name="modelserver")],
            resources=amounts("16", "128Gi"),
            mount_model_volume=False,
            volume_mounts={"hf-cache": "/var/cache/huggingface", "vllm-cache": "/var/cache/vllm"},
            security_context={"runAsUser": 0, "runAsGroup": 0, "capabilities": {"add": ["IPC_LOCK"]}},
            startup_probe=probe("/health", port, period=30, timeout=10, failures=120, initialDelaySeconds=30),
            readiness_probe=probe("/v1/models", port, period=10, timeout=5, failures=6),
            liveness_probe=probe("/health", port, period=30, timeout=10, failures=20),
        )
        return Role(
            parallelism=Parallelism(tensor=2),
            multinode=LeaderWorkerSet(size=1, routing_proxy="all"),
            claims=[RoleClaim(Claim(f"xpu-{name}-claim", IntelGpu()), object_name=f"xpu-{name}-claim")],
            security_context={"fsGroup": 107, "supplementalGroups": [107]},
            volumes={"hf-cache": {"emptyDir": {}}, "vllm-cache": {"emptyDir": {}}},
            containers=[container],
        )

    return ModelService(
        "wide-ep-lws-xpu-vllm",
        identity=labels("wide-ep-lws", "DeepSeek-V2-Lite-Chat", "intel", "xpu", engine_type="vllm"),
        model=ModelArtifacts.hf("deepseek-ai/DeepSeek-V2-Lite-Chat", token_secret=TOKEN),
        prefill=role("prefill", 8000),
        decode=role("decode", 8200),
        proxy=RoutingProxy(zap_log_level=1, args=["--enable-prefiller-sampling"], ports=[Port(8000, name="sidecar")]),
        parts=[PrefillDecode(block_size=64)],
        service_account=account("sa"),
        production=Production(shared_memory=SharedMemory(size="16Gi")),
    )


@guide("wide-ep-lws__modelserver__gpu__vllm-deepseek-v4__deployments__oci-low-latency-scaled")
def v4_low_latency() -> ModelService:
    """Decode is one model over two nodes, whose leader alone answers: fewer requests, each as fast as eight GPUs can be."""
    made = on_oci(v4(decode_nodes=2), prefill=1, decode=4)
    arguments = VllmArgs(
        tokenizer_mode="deepseek_v4",
        gpu_memory_utilization=0.9,
        max_model_len=9280,
        trust_remote_code=True,
        disable_hybrid_kv_cache_manager=False,
        enable_cumem_allocator=True,
        kv_cache_dtype="fp8",
        max_num_seqs=256,
        max_num_batched_tokens=256,
        max_cudagraph_capture_size=256,
        compilation_config={"cudagraph_mode": "FULL_DECODE_ONLY", "mode": 0},
    )
    decode = server(made.roles["decode"], {"VLLM_USE_V2_MODEL_RUNNER": "1"}, args=[QUIET, *arguments.arguments])
    variables: Any = decode.containers[0].env
    kept = {name: value for name, value in variables.items() if name != "VLLM_RANDOMIZE_DP_DUMMY_INPUTS"}  # there are no copies
    decode = evolve(decode, containers=[evolve(decode.containers[0], env=kept)])
    return overlay(
        made,
        identity=labels("wide-ep-lws", "DeepSeek-V4-Pro", workload_orientation="low-latency"),
        decode=evolve(decode, parallelism=Parallelism(tensor=8, nodes=2), multinode=None),
    )
