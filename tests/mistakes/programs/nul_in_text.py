"""A NUL in a string."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", env={"A": "x\0y"})],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 11
# says: Container 'vllm': env.A: must not have a NUL character: no manifest can carry it
