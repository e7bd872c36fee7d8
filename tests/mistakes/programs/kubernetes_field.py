"""A field that no pod has."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
        extra_pod={"hostNetwrk": True},
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 8
# says: Role: extra_pod: there is no such field
# hint: did you mean 'extra'?
