"""Prefill and decode apart: as Deployments and as a DisaggregatedSet, on NVIDIA, AMD, Intel and Google, with each connector."""

import json
from typing import Any

from attrs import evolve

from constructs_dra import (
    PCIE_ROOT,
    Accelerator,
    Claim,
    Container,
    FirstAvailable,
    IntelGpu,
    LeaderWorkerSet,
    MatchAttribute,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    Parallelism,
    Port,
    PrefillDecode,
    Production,
    RdmaNic,
    RebellionsNpu,
    Role,
    RoleClaim,
    SharedMemory,
    VllmArgs,
    field_ref,
)
from constructs_dra.drivers import dranet, rebellions
from tests.guides.framework.registry import guide
from tests.guides.framework.words import PROXY, QUIET, SHM, TOKEN, account, amounts, holding, labels, named, overlay, probe, server, sglang

NAME = "pd-disaggregation-nvidia-gpu-vllm"
VLLM = Container.vllm("docker.io/vllm/vllm-openai:v0.26.0", name="modelserver", args=[QUIET, "--no-disable-hybrid-kv-cache-manager"])
ROCE = {"UCX_IB_ROCE_REACHABILITY_MODE": "all", "NCCL_TUNER_PLUGIN": "none", "NCCL_NET_PLUGIN": ""}
TAINTED = [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in ("nvidia.com/gpu", "kubernetes.io/arch")]


@guide("pd-disaggregation__modelserver__gpu__vllm__base")
def gpu_vllm() -> ModelService:
    return ModelService(
        NAME,
        identity=labels("pd-disaggregation", "gpt-oss-120b", engine_type="vllm"),
        model=ModelArtifacts.hf("openai/gpt-oss-120b", token_secret=TOKEN),
        prefill=Role(
            replicas=8,
            accelerator="nvidia",
            containers=[evolve(VLLM, ports=named(), resources=amounts("8", "16Gi"))],
        ),
        decode=Role(
            replicas=2,
            parallelism=Parallelism(tensor=4),
            accelerator="nvidia",
            containers=[evolve(VLLM, ports=named(8200), resources=amounts("16", "64Gi"))],
        ),
        proxy=PROXY,
        parts=[PrefillDecode(block_size=128)],
        service_account=account(f"{NAME}-sa"),
        production=SHM,
    )


@guide("pd-disaggregation__modelserver__gpu__vllm__coreweave")
def coreweave() -> ModelService:
    return overlay(gpu_vllm(), lambda role: holding(role, **{"rdma/ib": "1"}))


def gpu_nic(name: str) -> RoleClaim:
    """A GPU and a NIC on one PCIe root."""
    pair = Claim(name, NvidiaGpu("gpu", count=1), RdmaNic("nic", device_class="mrdma.google.com"), aligned_on=PCIE_ROOT)
    return RoleClaim(pair, object_name="gke-rdma-template")


@guide("pd-disaggregation__modelserver__gpu__vllm__gke__base")
def gke() -> ModelService:
    """Each GPU comes with the NIC beside it, so the devices are claims and no plugin's."""
    return overlay(
        gpu_vllm(),
        lambda role: server(evolve(role, accelerator=None, tolerations=TAINTED), ROCE),
        prefill={"claims": [gpu_nic("gke-rdma-claim")]},
        decode={"claims": [gpu_nic(f"gke-rdma-claim-{index}") for index in range(4)]},
    )


@guide("pd-disaggregation__modelserver__gpu__vllm-ds__gke")
def disaggregated_set() -> ModelService:
    """Both roles as one object, rolled out together: a decode server more at a time, a prefill server less."""
    surge = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    return overlay(
        gke(),
        name="pd-disagg",
        prefill={"replicas": 4},
        decode={"replicas": 1, "strategy": surge},
        parts=[PrefillDecode(block_size=128, workload="DisaggregatedSet", slices=2)],
        service_account=account("pd-disagg"),
    )


MELLANOX = {**ROCE, "UCX_TLS": "rc_mlx5,rc,cuda_copy,cuda_ipc,sm,shm,self"}
PINS = {"capabilities": {"add": ["IPC_LOCK", "NET_ADMIN"]}}
"""What RDMA needs: to hold memory in place, and to set routes up."""


def nics(name: str, request: FirstAvailable | RdmaNic, template: str) -> RoleClaim:
    return RoleClaim(Claim(name, request), object_name=template)


def with_nics(request: FirstAvailable | RdmaNic, template: str) -> ModelService:
    """GPUs of the device plugin, NICs of a driver."""
    made = overlay(
        gpu_vllm(),
        lambda role: server(evolve(role, tolerations=TAINTED), MELLANOX, security_context=PINS),
        decode={"claims": [nics(f"gke-rdma-claim-{index}", request, template) for index in range(4)]},
        prefill={"claims": [nics("gke-rdma-claim", request, template)]},
    )
    first = made.roles["prefill"].containers[0]
    more = [*first.args, "--gpu-memory-utilization=0.9", "--no-enable-flashinfer-autotune"]
    return overlay(made, prefill={"containers": [evolve(first, args=more)]})


@guide("pd-disaggregation__modelserver__gpu__vllm__gke__a4x")
def a4x() -> ModelService:
    return with_nics(RdmaNic("nic", device_class="mrdma.google.com", count=1), "gke-rdma-nic-template")


@guide("pd-disaggregation__modelserver__gpu__vllm__gke__a4xmax")
def a4xmax() -> ModelService:
    """The two NICs of one GPU, whichever of the four GPUs it is."""
    groups = (
        RdmaNic(f"nic-group-{gpu}", device_class="mrdma.google.com", count=2, where=[dranet.nic.if_name.starts_with(f"gpu{gpu}")]) for gpu in range(4)
    )
    return with_nics(FirstAvailable("nic", *groups), "gke-rdma-claim-gb300")


@guide("pd-disaggregation__modelserver__amd__vllm__base")
def amd_vllm() -> ModelService:
    vllm = Container.vllm(
        "ghcr.io/llm-d/llm-d-rocm:v0.9.0",
        name="modelserver",
        args=["--disable-uvicorn-access-log", "--attention-backend=ROCM_ATTN", "--max-model-len=32000"],
    )
    return overlay(
        gpu_vllm(),
        lambda role: evolve(role, accelerator="amd"),
        name="pd-disaggregation-rocm-vllm",
        identity=labels("pd-disaggregation", "Llama-3.3-70B-Instruct-FP8-KV", "amd", engine_type="vllm"),
        model=ModelArtifacts.hf("amd/Llama-3.3-70B-Instruct-FP8-KV", token_secret=TOKEN),
        prefill={"replicas": 4, "containers": [evolve(vllm, ports=named(), resources=amounts("8", "256Gi"))]},
        decode={"replicas": 1, "containers": [evolve(vllm, ports=named(8200), resources=amounts("16", "256Gi"))]},
        service_account=account("pd-disaggregation-rocm-vllm-sa"),
        production=Production(shared_memory=SharedMemory(size="16Gi")),
    )


def moriio(port: int) -> Container:
    """A server that hands caches over by MoRI-IO."""
    ports = {"http_port": str(port), "handshake_port": "6301", "notify_port": "61005"}
    role = "kv_consumer" if port == 8200 else "kv_producer"
    config = {"kv_connector": "MoRIIOConnector", "kv_role": role, "kv_connector_extra_config": ports}
    return Container.vllm(
        "ghcr.io/vcave/vllm:pr-45043",
        name="modelserver",
        args=[QUIET, "--kv-cache-memory-bytes=100000000000", "--kv-transfer-config", json.dumps(config)],
        env={
            "VLLM_ENGINE_READY_TIMEOUT_S": "1800",
            "VLLM_ROCM_USE_AITER": "1",
            "AITER_JIT_DIR": "/home/server/aiter",
            "VLLM_CACHE_ROOT": "/home/server/vllm",
            "MORI_IB_GID_INDEX": "1",
            "MORI_IO_LOG_LEVEL": "WARN",
            "MORI_APP_LOG_LEVEL": "WARN",
        },
        ports=[*named(port), Port(6301, name="mori-handshake"), Port(61005, name="mori-notify")],
        resources=amounts("100", "200Gi"),
        security_context={"capabilities": {"add": ["IPC_LOCK"]}},
        image_pull_policy="Always",
    )


@guide("pd-disaggregation__modelserver__amd__vllm__moriio__base")
def amd_moriio() -> ModelService:
    both = {"replicas": 4, "parallelism": Parallelism(tensor=2)}
    return overlay(
        amd_vllm(),
        name="pd-disaggregation-rocm-moriio-vllm",
        identity=labels("pd-disaggregation", "Qwen3-32B", "amd", engine_type="vllm"),
        model=ModelArtifacts.hf("Qwen/Qwen3-32B", token_secret=TOKEN),
        prefill={"containers": [moriio(8000)], **both},
        decode={"containers": [moriio(8200)], **both},
        proxy=evolve(
            PROXY,
            image="ghcr.io/vcave/llm-d/llm-d-router-disagg-sidecar:pr-2094",
            version="0.10",
            args=["--moriio-write-mode", "--moriio-tp-size=2", "--moriio-parallel-dispatch", "--moriio-local-pod-ip=$(POD_IP)"],
            env={"POD_IP": field_ref("status.podIP")},
        ),
        parts=[PrefillDecode(connector="MoRIIOConnector")],
        service_account=account("pd-disaggregation-rocm-moriio-vllm-sa"),
        production=Production(shared_memory=SharedMemory(size="64Gi")),
    )


NETWORKS = """\
[
  {"name":"amd-host-device-nad","namespace":"default","interface":"net1"},
  {"name":"amd-host-device-nad","namespace":"default","interface":"net2"}
]
"""


@guide("pd-disaggregation__modelserver__amd__vllm__moriio__amd-ci")
def amd_moriio_ci() -> ModelService:
    def on_vnics(role: Role) -> Role:
        return evolve(
            server(holding(role, **{"amd.com/vnic": "2"}), {"MORI_ENABLE_DMABUF_REG": "1"}), pod_annotations={"k8s.v1.cni.cncf.io/networks": NETWORKS}
        )

    return overlay(
        amd_moriio(), on_vnics, model=ModelArtifacts.pvc_hf("model-pvc", "Qwen/Qwen3-32B", cache="hub", token_secret=TOKEN, read_only=False)
    )


@guide("pd-disaggregation__modelserver__xpu__vllm-rdma")
def xpu_rdma() -> ModelService:
    vllm = Container.vllm(
        "ghcr.io/llm-d/llm-d-xpu:v0.9.0",
        name="modelserver",
        args=["--disable-uvicorn-access-log", "--max-model-len=32000"],
        env={
            "UCX_TLS": "ib,rc,ze_copy",
            "UCX_MEMTYPE_CACHE": "0",
            "VLLM_USE_V1": "1",
            "TORCH_LLM_ALLREDUCE": "1",
            "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
        },
    )

    def patient(port: int) -> dict[str, Any]:
        return probe("/health", port, period=30, timeout=10, failures=20)

    def role(name: str, replicas: int, port: int, cpu: str) -> Role:
        pair = Claim(f"xpu-{name}-claim", IntelGpu("gpu"), RdmaNic("nic", device_class="dranet-rdma"), aligned_on=PCIE_ROOT)
        return Role(
            replicas=replicas,
            claims=[RoleClaim(pair, object_name=f"pd-disaggregation-xpu-vllm-xpu-{name}-claim")],
            security_context={"fsGroup": 107, "supplementalGroups": [107]},
            containers=[evolve(vllm, ports=named(port), resources=amounts(cpu, "64Gi"), liveness_probe=patient(port))],
        )

    return ModelService(
        "pd-disaggregation-xpu-vllm",
        identity=labels("pd-disaggregation", "Qwen3-0.6B", "intel", "xpu", engine_type="vllm"),
        model=ModelArtifacts.hf("Qwen/Qwen3-0.6B", token_secret=TOKEN),
        prefill=role("prefill", 3, 8000, "8"),
        decode=role("decode", 1, 8200, "16"),
        proxy=PROXY,
        parts=[PrefillDecode(block_size=64)],
        service_account=account("pd-disaggregation-xpu-vllm-sa"),
        production=Production(shared_memory=SharedMemory(size="16Gi")),
    )


def tpu(port: int, connector: str, role: str, module: str) -> Container:
    """A server whose peers pull caches from it over the hosts' network."""
    config = {"kv_connector": connector, "kv_connector_module_path": module, "kv_role": role, "kv_ip": "$(POD_IP)"}
    return Container.vllm(
        "docker.io/vllm/vllm-tpu:v0.26.0",
        name="modelserver",
        args=["--max-model-len=9216", QUIET, "--kv-transfer-config", json.dumps(config)],
        env={"POD_IP": field_ref("status.podIP"), "TPU_SIDE_CHANNEL_PORT": "9600", "TPU_KV_TRANSFER_PORT": "9100"},
        ports=[*named(port), Port(9100, name="tpu-kv-transfer"), Port(9600, name="tpu-pd-coord")],
    )


@guide("pd-disaggregation__modelserver__tpu__v6__vllm")
def tpu_v6() -> ModelService:
    def role(port: int, kv_role: str) -> Role:
        made = tpu(port, "TPUConnector", kv_role, "tpu_inference.distributed.tpu_connector")
        return Role(
            parallelism=Parallelism(tensor=8),
            accelerator="google",
            node_selector={"cloud.google.com/gke-tpu-accelerator": "tpu-v6e-slice", "cloud.google.com/gke-tpu-topology": "2x4"},
            containers=[evolve(made, args=[*made.args, "--dtype=bfloat16"])],
        )

    return ModelService(
        "pd-disaggregation-tpu-vllm",
        identity=labels("pd-disaggregation", "Qwen3-32B", "google", "tpu-v6e", engine_type="vllm"),
        model=ModelArtifacts.hf("Qwen/Qwen3-32B", token_secret=TOKEN),
        prefill=role(8000, "kv_producer"),
        decode=role(8200, "kv_consumer"),
        proxy=PROXY,
        parts=[PrefillDecode(connector="TPUConnector")],
        service_account=account("pd-disaggregation-tpu-vllm-sa"),
        production=Production(shared_memory=SharedMemory(size="100Gi")),
    )


@guide("pd-disaggregation__modelserver__tpu__v7__vllm")
def tpu_v7() -> ModelService:
    """A chip of the seventh generation is two devices to the server: eight-way on four chips."""

    def role(port: int, kv_role: str) -> Role:
        made = tpu(port, "TPUConnectorHMA", kv_role, "tpu_inference.distributed.tpu_connector_hma")
        more = VllmArgs(
            max_num_batched_tokens=8192,
            max_num_seqs=512,
            language_model_only=True,
            limit_mm_per_prompt={"image": 0, "video": 0},
            kv_cache_dtype="fp8",
            enable_expert_parallel=True,
            disable_hybrid_kv_cache_manager=False,
            host="0.0.0.0",
        )
        return Role(
            parallelism=Parallelism(tensor=8),
            accelerator=Accelerator("google", resource="google.com/tpu", count=4),
            node_selector={"cloud.google.com/gke-tpu-accelerator": "tpu7x", "cloud.google.com/gke-tpu-topology": "2x2x1"},
            containers=[
                evolve(
                    made,
                    args=[*made.args, *more.arguments],
                    env={**dict(made.env), "VLLM_HOST_IP": field_ref("status.podIP")},  # type: ignore[arg-type]
                    resources=amounts("200", "800Gi"),
                )
            ],
        )

    return overlay(
        tpu_v6(),
        identity=labels("pd-disaggregation", "Qwen3.5-397B-A17B-FP8", "google", "tpu", engine_type="vllm"),
        model=ModelArtifacts.hf("Qwen/Qwen3.5-397B-A17B-FP8", token_secret=TOKEN),
        prefill=role(8000, "kv_producer"),
        decode=role(8200, "kv_consumer"),
        parts=[PrefillDecode(connector="TPUConnectorHMA")],
    )


STAGING = {
    "SGLANG_DISAGG_STAGING_BUFFER": "1",
    "SGLANG_DISAGG_STAGING_BUFFER_SIZE_MB": "64",
    "SGLANG_DISAGG_STAGING_POOL_SIZE_MB": "4096",
}


def sglang_side(mode: str, *, tensor: int, replicas: int, env: dict[str, str], resources: dict[str, Any], more: Any, **fields: Any) -> Role:
    """SGLang's own words for the same: a mode for each side, and how caches travel."""
    port = {"prefill": 8000, "decode": 8200}[mode]
    container = sglang(
        *(f"--disaggregation-mode={mode}", "--disaggregation-transfer-backend=nixl", f"--tensor-parallel-size={tensor}"),
        *("--log-level=info", "--enable-metrics", "--uvicorn-access-log-exclude-prefixes=/metrics"),
        env={**STAGING, **env},
        model="openai/gpt-oss-120b",
        port=port,
        resources=resources,
        **{"ports": [*named(port), Port(5600, name="nixl")], **more},
    )
    return Role(replicas=replicas, parallelism=Parallelism(tensor=tensor), containers=[container], **fields)


def sglang_pair(prefill: Role, decode: Role) -> ModelService:
    return ModelService(
        "pd-disaggregation-nvidia-gpu-sglang",
        identity=labels("pd-disaggregation", "gpt-oss-120b", engine_type="sglang"),
        model=ModelArtifacts.hf("openai/gpt-oss-120b", token_secret=TOKEN),
        prefill=prefill,
        decode=decode,
        proxy=evolve(PROXY, kv_connector="sglang"),
        service_account=account("pd-disaggregation-nvidia-gpu-sglang-sa"),
        production=Production(shared_memory=SharedMemory(size="16Gi")),
    )


@guide("pd-disaggregation__modelserver__gpu__sglang__gke")
def gpu_sglang_gke() -> ModelService:
    home = "/root/.cache/huggingface"
    shared: Any = {
        "env": {"HF_HOME": home, "HF_HUB_DOWNLOAD_TIMEOUT": "60", "HF_HUB_DISABLE_XET": "1", **ROCE},
        "resources": amounts("32", "128Gi", most=("64", "512Gi")),
        "volumes": {"huggingface-cache": {"hostPath": {"path": "/var/cache/huggingface", "type": "DirectoryOrCreate"}}},
        "tolerations": TAINTED[:1],
    }
    cache: Any = {"volume_mounts": {"huggingface-cache": home}}
    patient: Any = {"startup_probe": probe("/v1/models", 8000, period=30, timeout=5, failures=240, initialDelaySeconds=15)}
    return sglang_pair(
        sglang_side("prefill", tensor=1, replicas=8, claims=[gpu_nic("gke-rdma-claim-0")], more={**cache, **patient}, **shared),
        sglang_side("decode", tensor=4, replicas=2, claims=[gpu_nic(f"gke-rdma-claim-{index}") for index in range(4)], more=cache, **shared),
    )


def apart(other: str) -> dict[str, Any]:
    """In one zone with the other side, if possible on other nodes."""
    ours = {"llm-d.ai/model": "gpt-oss-120b", "llm-d.ai/guide": "pd-disaggregation"}
    expressions = [{"key": key, "operator": "In", "values": [value]} for key, value in ours.items()]
    together = {"labelSelector": {"matchExpressions": expressions}, "topologyKey": "topology.kubernetes.io/zone"}
    away = {"labelSelector": {"matchLabels": {"llm-d.ai/role": other}}, "topologyKey": "kubernetes.io/hostname"}
    return {
        "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [together]},
        "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": away}]},
    }


@guide("pd-disaggregation__modelserver__gpu__sglang__aws")
def gpu_sglang_aws() -> ModelService:
    """Caches travel over EFA, of which a node has eight for four GPUs."""
    efa = {"vpc.amazonaws.com/efa": "8"}
    shared: Any = {
        "tensor": 4,
        "replicas": 2,
        "accelerator": "nvidia",
        "env": {"SGLANG_DISAGGREGATION_NIXL_BACKEND": "LIBFABRIC"},
        "resources": {"requests": {"cpu": "16", "memory": "64Gi", **efa}, "limits": {"memory": "64Gi", **efa}},
        "node_selector": {"node.kubernetes.io/instance-type": "p5en.48xlarge"},
        "more": {
            "image": "763104351884.dkr.ecr.us-east-1.amazonaws.com/sglang:0.5.12-gpu-py312-cu130-ubuntu24.04-ec2",
            "security_context": {"capabilities": {"add": ["IPC_LOCK"]}},
        },
    }
    return sglang_pair(sglang_side("prefill", affinity=apart("decode"), **shared), sglang_side("decode", affinity=apart("prefill"), **shared))


@guide("agentic-serving__modelserver__tpu__vllm-disaggregated")
def agentic_tpu() -> ModelService:
    """The same on chips of the seventh generation, for prompts as long as agents make them."""

    def role(port: int, replicas: int, kv_role: str) -> Role:
        transfer = {
            "kv_connector": "TPUConnector",
            "kv_connector_module_path": "tpu_inference.distributed.tpu_connector",
            "kv_role": kv_role,
        }
        arguments = VllmArgs(
            max_model_len=262144,
            max_num_batched_tokens=8192,
            max_num_seqs=512,
            language_model_only=True,
            limit_mm_per_prompt={"image": 0, "video": 0},
            kv_cache_dtype="fp8",
            enable_expert_parallel=True,
            disable_hybrid_kv_cache_manager=False,
            kv_transfer_config=transfer,
        )
        container = tpu(port, "TPUConnector", kv_role, "tpu_inference.distributed.tpu_connector")
        return Role(
            replicas=replicas,
            parallelism=Parallelism(tensor=8),
            accelerator=Accelerator("google", resource="google.com/tpu", count=4),
            node_selector={"cloud.google.com/gke-tpu-accelerator": "tpu7x", "cloud.google.com/gke-tpu-topology": "2x2x1"},
            containers=[evolve(container, args=[QUIET, *arguments.arguments], resources=amounts("200", "800Gi"))],
        )

    return overlay(
        tpu_v6(),
        name="agentic-serving-tpu-vllm",
        identity=labels("agentic-serving", "Qwen3-Coder-480B-A35B-Instruct-FP8", "google", "tpu", engine_type="vllm"),
        model=ModelArtifacts.hf("Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", token_secret=TOKEN),
        prefill=role(8000, 2, "kv_producer"),
        decode=role(8200, 6, "kv_consumer"),
        service_account=account("agentic-serving-tpu-vllm-sa"),
    )


@guide("newest/pd-disaggregation/modelserver/gpu/vllm/base/disaggregatedset")
def newest_set() -> ModelService:
    """The guide of November 2026: groups without numbers, so that unready ones go first."""
    made = overlay(gpu_vllm(), lambda role: server(role, args=[*role.containers[0].args, *TOOLS.arguments]))

    def hashed(surge: int) -> LeaderWorkerSet:
        rolling = {"maxSurge": surge, "maxUnavailable": 1 - surge}
        return LeaderWorkerSet(size=1, group_identity="Hash", rollout_strategy={"rollingUpdateConfiguration": rolling})

    return overlay(
        made,
        name="pd-disagg-vllm",
        prefill={"replicas": 1, "multinode": hashed(0)},
        decode={"replicas": 1, "multinode": hashed(1)},
        parts=[PrefillDecode(block_size=128, extra_config={"backends": ["UCX"]}, workload="DisaggregatedSet")],
        service_account=account("pd-disagg-vllm"),
    )


TOOLS = VllmArgs(enable_auto_tool_choice=True, tool_call_parser="openai", reasoning_parser="openai_gptoss")


@guide("newest/pd-disaggregation-npu-rebellions/resource-claim-templates")
def rebellions_claims() -> ModelService:
    """NPUs and the NIC on one NUMA node."""

    def role(name: str) -> Role:
        npus = RebellionsNpu("npu", count=4, where=[rebellions.npu.product_name.starts_with("RBLN-CR")])
        nic = RdmaNic("nic", device_class="dranet", count=1)
        near = MatchAttribute("resource.kubernetes.io/numaNode", requests=["npu", "nic"])
        claim = RoleClaim(Claim(f"npu-{name}", npus, nic, constraints=[near]), object_name=f"npu-{name}-claim")
        container = Container.vllm("registry.example.com/vllm-rbln:v0.9.0", name="modelserver")
        return Role(parallelism=Parallelism(tensor=4), claims=[claim], containers=[container])

    return ModelService(
        "pd-disaggregation-npu",
        identity=labels("pd-disaggregation", "Qwen3-32B", "rebellions", "npu"),
        model=ModelArtifacts.hf("Qwen/Qwen3-32B", token_secret=TOKEN),
        prefill=role("prefill"),
        decode=role("decode"),
        parts=[PrefillDecode(block_size=128)],
    )
