from constructs_dra import Claim, Container, IntelGpu, ModelArtifacts, ModelService, Role

service = ModelService(
    "llama",
    model=ModelArtifacts.pvc_hf("model-pvc", "meta-llama/Llama-3.1-8B-Instruct"),
    decode=Role(claims=[Claim("gpu", IntelGpu())], containers=[Container.vllm("ghcr.io/llm-d/llm-d-xpu:v0.4.0")]),
)
