from constructs_dra import Container, ExistingClaimTemplate, ModelArtifacts, ModelService, Role

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct"),
    decode=Role(claims=[ExistingClaimTemplate("team-gpu")], containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")]),
)
