"""Sixteen over three nodes."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(tensor=16, nodes=3),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.parallelism.nodes: 3 nodes do not divide the 16 devices of a model copy
# hint: choose a divisor of tensor times pipeline
