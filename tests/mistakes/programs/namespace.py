"""A namespace with a capital letter."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
    namespace="Prod",
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': namespace: 'Prod' may only hold lower-case letters, digits, '-' and '.'
