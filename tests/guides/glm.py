"""GLM 5.2 with wide expert parallelism: one app, and the numbers by which the guides' deployments differ."""

import re
from typing import Any

from constructs_dra import (
    Container,
    KvEvents,
    LeaderWorkerSet,
    Manifest,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Port,
    Role,
    ServiceAccount,
    VllmArgs,
    field_ref,
)
from tests.guides.framework.registry import guide
from tests.guides.framework.words import TOKEN, labels, probe
from tests.guides.wide_ep import COMMON, FAIL, GRAPHS, INFINIBAND, NVSHMEM, PROXY, QUIET, RDMA, ranks

MODEL = "GLM-5.2-FP8"
IDENTITY = labels("wide-ep-lws", MODEL)
OFFLOAD = {
    "spec_name": "TieringOffloadingSpec",
    "cpu_bytes_to_use": 107374182400,
    "eviction_policy": "lru",
    "secondary_tiers": [{"type": "fs", "root_dir": "/mnt/nvme-cache", "n_read_threads": 16, "n_write_threads": 16}],
}
TIERED: dict[str, Any] = {
    "kv_connector": "MultiConnector",
    "kv_role": "kv_both",
    "kv_load_failure_policy": "fail",
    "kv_connector_extra_config": {
        "connectors": [
            {"kv_connector": "NixlConnector", "kv_role": "kv_both"},
            {"kv_connector": "OffloadingConnector", "kv_role": "kv_both", "kv_connector_extra_config": OFFLOAD},
        ]
    },
}
"""Caches go to decode, to memory and to a disk of the node."""
COUNTERS = "Retrans Timeout LossProbe FastRetrans SackRecovery Estab Segs Drops Overflow MemoryPressure AutoCork DSACK Reorder OFO DelayedACK"
EXPORTER = Container.custom(
    "quay.io/prometheus/node-exporter:v1.9.0",
    name="node-exporter",
    args=[
        "--collector.disable-defaults",
        *(f"--collector.{name}" for name in ("infiniband", "netstat", "pressure", "schedstat", "cpu")),
        f"--collector.netstat.fields=({'|'.join(f'.*{name}.*' for name in COUNTERS.split())})",
        "--path.sysfs=/host/sys",
        "--path.procfs=/host/proc",
    ],
    ports=[Port(9100, name="node-metrics")],
    resources={"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
    volume_mounts=[{"name": name, "mountPath": f"/host/{name}", "readOnly": True} for name in ("sys", "proc")],
)


def on_host(path: str, kind: str = "DirectoryOrCreate") -> dict[str, Any]:
    return {"hostPath": {"path": path, "type": kind}}


def role(
    name: str, arguments: VllmArgs, ports: list[int | Port], memory: str, *, replicas: int, nodes: int, env: dict[str, str], cpu: dict[str, str]
) -> Role:
    """Groups of nodes with eight GPUs, each with a model copy and a port of its own."""
    room = {"memory": memory if name == "prefill" else "512Gi", "ephemeral-storage": "1Ti", "rdma/ib": "8"}
    nvme = {"nvme-cache": on_host("/mnt/local/kv-cache")} if name == "prefill" else {}
    server = Container.vllm(
        "docker.io/vllm/vllm-openai:v0.27.1",
        arguments,
        args=[QUIET, "--data-parallel-multi-port-external-lb", "--enable-expert-parallel", "--data-parallel-rpc-port=5555"],
        env={
            **COMMON,
            **NVSHMEM,
            **INFINIBAND,
            **GRAPHS,
            "VLLM_USE_DEEP_GEMM": "1",
            "HF_HOME": "/mnt/hf-cache",
            "POD_IP": field_ref("status.podIP"),
            **env,
        },
        ports=ports,
        resources={"requests": {"cpu": "32", **room, **cpu}, "limits": {**room, **cpu}},
        mount_model_volume=False,
        volume_mounts={"dshm": "/dev/shm", "jit-cache": "/var/cache/vllm", "hf-cache": "/mnt/hf-cache", **dict.fromkeys(nvme, "/mnt/nvme-cache")},
        security_context=RDMA,
        startup_probe=probe("/health", 8208, period=1, timeout=5, failures=2700),
        readiness_probe=probe("/readyz", 8208, period=10, timeout=5, failures=3),
        liveness_probe=probe("/health", 8208, period=30, timeout=5, failures=3),
    )
    near = {
        "labelSelector": {"matchLabels": {"llm-d.ai/model": MODEL, "llm-d.ai/role": name}},
        "topologyKey": "backend.coreweave.cloud/leafgroup-name",
    }
    return Role(
        replicas=replicas,
        parallelism=Parallelism(data=8 * nodes, data_local=8),
        multinode=LeaderWorkerSet(size=nodes, routing_proxy="all"),
        accelerator="nvidia",
        containers=[server, EXPORTER],
        affinity={"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": near}]}},
        volumes={
            "dshm": {"emptyDir": {"medium": "Memory", "sizeLimit": memory}},
            "hf-cache": on_host("/mnt/local/hf-cache"),
            "jit-cache": on_host("/mnt/local/jit-cache"),
            "sys": on_host("/sys", "Directory"),
            "proc": on_host("/proc", "Directory"),
            **nvme,
        },
    )


def glm(
    *,
    prefill: tuple[int, int],
    decode: tuple[int, int],
    offloading: bool = False,
    drafts: bool = True,
    beside: Manifest | None = None,
    events: KvEvents | None = None,
) -> ModelService:
    """GLM 5.2.

    Args:
        prefill: Groups, and nodes of each.
        decode: The same.
        offloading: Whether prefill keeps caches in memory and on disk.
        drafts: Whether the model drafts tokens that it checks together later.
        beside: What else there is.
        events: How servers tell the picker of their caches.
    """
    shared: Any = {
        "kv_cache_dtype": "fp8",
        "trust_remote_code": True,
        "max_model_len": "auto",
        "moe_backend": "deep_gemm",
        "data_parallel_supervisor_port": 8208,
    }
    if drafts:
        shared["speculative_config"] = {"method": "mtp", "num_speculative_tokens": 3}
    tiers: Any = {"kv_transfer_config": TIERED} if offloading else {}
    tokens = 32 * decode[1]
    hashed = {"PYTHONHASHSEED": "0"} if events is not None else {}
    reads = VllmArgs(
        **shared,
        gpu_memory_utilization=0.935,
        max_num_batched_tokens=2048,
        all2all_backend="deepep_high_throughput",
        **tiers,
    )
    writes = VllmArgs(
        **shared,
        gpu_memory_utilization=0.95,
        max_num_batched_tokens=tokens,
        max_num_seqs=tokens,
        all2all_backend="deepep_low_latency",
        reasoning_parser="glm45",
        tool_call_parser="glm47",
        enable_auto_tool_choice=True,
    )
    return ModelService(
        "wide-ep-lws-nvidia-gpu-vllm-glm-5-2",
        identity=IDENTITY,
        model=ModelArtifacts.hf(f"zai-org/{MODEL}", token_secret=TOKEN),
        prefill=role(
            "prefill",
            reads,
            ranks(8000, "dp", 8208),
            "1500Gi",
            replicas=prefill[0],
            nodes=prefill[1],
            env={"VLLM_USE_V2_MODEL_RUNNER": "0", **hashed},
            cpu={"cpu": "64"},
        ),
        decode=role(
            "decode",
            writes,
            ranks(8200, "vllm-rank", 8208),
            "256Gi",
            replicas=decode[0],
            nodes=decode[1],
            env={"NVSHMEM_QP_DEPTH": str(2 * tokens + 2), **hashed},
            cpu={},
        ),
        proxy=PROXY,
        parts=[FAIL, *([events] if events is not None else [])],
        service_account=ServiceAccount(name="glm-5-2"),
        extra_objects=[beside if beside is not None else evictor()],
    )


def evictor() -> Manifest:
    """Deletes old caches from the disk of each node."""
    settings = {
        "PVC_MOUNT_PATH": "/kv-cache",
        "CLEANUP_THRESHOLD": "90",
        "TARGET_THRESHOLD": "70",
        "CACHE_DIRECTORY": "",
        "NUM_CRAWLER_PROCESSES": "8",
        "LOGGER_INTERVAL_SECONDS": "0.5",
        "FILE_QUEUE_MAXSIZE": "10000",
        "FILE_QUEUE_MIN_SIZE": "1000",
        "DELETION_BATCH_SIZE": "100",
        "FILE_ACCESS_TIME_THRESHOLD_MINUTES": "60",
        "ENABLE_DIR_CLEANUP": "true",
        "DIR_CLEANUP_TTL_SECONDS": "120",
        "DRY_RUN": "false",
        "LOG_LEVEL": "INFO",
    }
    app = {"app": "kv-cache-evictor"}
    there = {"exec": {"command": ["python3", "-c", "import os; exit(0 if os.path.exists('/kv-cache') else 1)"]}}
    container = {
        "name": "evictor",
        "image": "quay.io/pvc-evictor/pvc-evictor:latest",
        "imagePullPolicy": "Always",
        "env": [{"name": name, "value": value} for name, value in settings.items()],
        "livenessProbe": {**there, "initialDelaySeconds": 30, "periodSeconds": 30},
        "readinessProbe": {**there, "initialDelaySeconds": 10, "periodSeconds": 10},
        "resources": {"requests": {"cpu": 1, "memory": "1Gi"}, "limits": {"cpu": 4, "memory": "2Gi"}},
        "volumeMounts": [{"name": "nvme-cache", "mountPath": "/kv-cache"}],
    }
    pod = {
        "serviceAccountName": "glm-5-2",
        "containers": [container],
        "volumes": [{"name": "nvme-cache", **on_host("/mnt/local/kv-cache")}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "wide-ep-kv-cache-evictor", "labels": {**app, "llm-d.ai/model": MODEL}},
        "spec": {
            "selector": {"matchLabels": {**app, **IDENTITY}},
            "template": {"metadata": {"labels": {**app, "component": "storage-cleanup", **IDENTITY}}, "spec": pod},
        },
    }


def deployment(file: str, **fields: Any) -> None:
    """An app for a file; `p2w1` in its name are two groups of one node for prefill."""

    @guide(file)
    def app() -> ModelService:
        shape = re.fullmatch(r".*__p(\d)w(\d)d(\d)w(\d).*", file)
        numbers = [int(digit) for digit in shape.groups()] if shape is not None else []
        given: dict[str, Any] = {"prefill": tuple(numbers[:2]), "decode": tuple(numbers[2:]), **fields}
        return glm(**given)


FOLDER = "wide-ep-lws__modelserver__gpu__vllm-glm-5.2__deployments__"
for shape in ("p1w1d1w1", "p1w1d1w2", "p1w2d1w2", "p2w1d1w1", "p2w1d1w2", "p2w2d1w2", "p2w2d2w2", "p3w2d1w2", "p3w2d2w2"):
    deployment(FOLDER + shape)
for shape in ("p1w1d1w1", "p1w2d1w2", "p2w2d2w2", "p3w2d1w2"):
    deployment(f"{FOLDER}benchmark__full-isl-mtp-offloading__{shape}", offloading=True)
for shape in ("p1w1d1w1", "p1w1d1w2", "p1w2d1w2", "p2w2d1w2"):
    deployment(f"{FOLDER}benchmark__mtp-offloading__{shape}", offloading=True)
for shape in ("p1w1d1w2", "p2w2d1w2"):
    deployment(f"{FOLDER}benchmark__offloading__{shape}", offloading=True, drafts=False)
deployment(f"{FOLDER}benchmark__baseline__p2w2d1w2", drafts=False)
deployment("agentic-serving__modelserver__gpu__vllm__glm-5-2", prefill=(3, 2), decode=(1, 2), offloading=True)

RENDER = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "wide-ep-lws-render", "labels": {"app.kubernetes.io/component": "vllm-render"}},
    "spec": {
        "selector": {"llm-d.ai/guide": "wide-ep-lws", "llm-d.ai/role": "prefill"},
        "ports": [{"name": "render-http", "port": 8000, "targetPort": "dp0"}],
    },
}
"""Prompts are made into tokens by the prefill servers, as the picker counts blocks of tokens."""
deployment(f"{FOLDER}p2w1d1w1-precise", beside=RENDER, events=KvEvents(port=5557, block_size=64))
