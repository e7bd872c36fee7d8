"""Names are in lower case."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "Llama_8B",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'Llama_8B': name: 'Llama_8B' may only hold lower-case letters, digits, '-' and '.'
