"""16-way tensor parallelism over two nodes of eight GPUs: a LeaderWorkerSet, whose size and claims follow from the parallelism."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role

service = ModelService(
    "deepseek",
    model=ModelArtifacts.pvc_hf("model-pvc", "deepseek-ai/DeepSeek-R1-0528"),
    decode=Role(
        parallelism=Parallelism(tensor=16, nodes=2),
        claims=[Claim("gpus", NvidiaGpu(product_name="NVIDIA H200"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")],
    ),
)
