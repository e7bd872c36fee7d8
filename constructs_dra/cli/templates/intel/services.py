"""One model on one Intel GPU, the model on a volume that exists already."""

from constructs_dra import Claim, Container, IntelGpu, ModelArtifacts, ModelService, Role

service = ModelService(
    "qwen",
    model=ModelArtifacts.pvc_hf("model-pvc", "Qwen/Qwen3-4B"),
    decode=Role(
        claims=[Claim("gpu", IntelGpu(memory="16Gi"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-xpu:v0.4.0", args=["--dtype=float16", "--max-model-len=8192"])],
    ),
)
