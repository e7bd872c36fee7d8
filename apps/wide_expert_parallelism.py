"""The experts of one model over sixteen GPUs of four nodes for decode and eight of two for prefill, all in one NVLink domain."""

from constructs_dra import (
    App,
    Chart,
    Claim,
    Container,
    HttpRoute,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelServiceDeployment,
    NvidiaGpu,
    NvlinkDomain,
    Parallelism,
    PrefillDecode,
    Role,
    Routing,
    VllmArgs,
)

GPUS = Claim("gpus", NvidiaGpu(product_name="NVIDIA GB200"))
DOMAIN = NvlinkDomain(name="deepseek")


def role(nodes: int, arguments: VllmArgs) -> Role:
    experts = VllmArgs(enable_expert_parallel=True, trust_remote_code=True, kv_cache_dtype="fp8", disable_hybrid_kv_cache_manager=False)
    return Role(
        parallelism=Parallelism(data=4 * nodes, data_local=4),
        multinode=LeaderWorkerSet(routing_proxy="all"),
        claims=[GPUS],
        containers=[
            Container.vllm(
                "vllm/vllm-openai:v0.26.0",
                arguments,
                args=experts.arguments,
                env={"NCCL_MNNVL_ENABLE": "1", "NCCL_CUMEM_ENABLE": "1", "UCX_CUDA_IPC_ENABLE_MNNVL": "y", "UCX_TLS": "cuda_ipc,rc,cuda_copy"},
            )
        ],
        parts=[DOMAIN],
    )


app = App()
ModelServiceDeployment(
    Chart(app, "wide-expert-parallelism", namespace="llm"),
    "deepseek",
    model=ModelArtifacts.pvc_hf("model-pvc", "deepseek-ai/DeepSeek-V4-Pro"),
    prefill=role(2, VllmArgs(max_num_seqs=16, max_num_batched_tokens=32_768, enforce_eager=True)),
    decode=role(4, VllmArgs(max_num_seqs=512, max_num_batched_tokens=512, stream_interval=50)),
    parts=[
        PrefillDecode(block_size=256, transfer={"kv_load_failure_policy": "fail"}),
        Routing(route=HttpRoute(gateway="inference-gateway")),
    ],
)
app.synth()
