from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, NvidiaGpu, PrefillDecode, Role

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct"),
    prefill=Role(
        replicas=4,
        claims=[Claim("gaudi", Gaudi(model="Gaudi3"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0")],
    ),
    decode=Role(
        replicas=4,
        claims=[Claim("nvidia", NvidiaGpu())],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")],
    ),
    parts=[PrefillDecode()],
)
