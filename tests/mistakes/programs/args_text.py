"""One string where a list is meant."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", args="--enforce-eager")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 11
# says: Container 'vllm': args: must be a list of strings, not '--enforce-eager'
# hint: write ['--enforce-eager']
