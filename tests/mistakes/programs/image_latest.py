"""An image that changes under one's feet."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:latest")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].image: 'vllm/vllm-openai:latest' does not name a version
# hint: write a version's tag or a digest
