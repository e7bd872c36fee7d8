"""A blank in an image."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai: v0.11.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 11
# says: Container 'vllm': image: 'vllm/vllm-openai: v0.11.0' is not a valid image: it is empty or has a blank
# hint: write registry/name:tag
