"""One model on two NVIDIA GPUs with at least 80 GiB each, tensor parallel over both."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role

service = ModelService(
    "qwen",
    model=ModelArtifacts.hf("Qwen/Qwen3-32B", size="100Gi"),
    decode=Role(
        parallelism=Parallelism(tensor=2),
        claims=[Claim("gpus", NvidiaGpu(memory="79Gi"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0", args=["--max-model-len=32768"])],
    ),
)
