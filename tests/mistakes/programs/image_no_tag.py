"""An image without a version."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].image: 'vllm/vllm-openai' does not name a version
# hint: write a version's tag or a digest
