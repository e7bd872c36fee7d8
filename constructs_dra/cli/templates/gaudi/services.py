"""One model on two Gaudi 3, tensor parallel over both. How many devices a pod asks for follows from the parallelism."""

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, Parallelism, Role

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct", token_secret="llm-d-hf-token", size="40Gi"),
    decode=Role(
        parallelism=Parallelism(tensor=2),
        claims=[Claim("gaudi", Gaudi(model="Gaudi3"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0", args=["--max-model-len=16384"])],
    ),
)
