"""An annotation with a blank in its key."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
    annotations={"my key": "x"},
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': annotations['my key']: the key may only hold letters, digits, '-', '_' and '.'
