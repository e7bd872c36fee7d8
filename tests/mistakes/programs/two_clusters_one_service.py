"""Two services of one name in a cluster."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, fleet_files, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
)
write_files(fleet_files({"a": [service, service]}))

# line: 14
# says: a/llama.yaml: two services are called 'llama'
# hint: give the services names of their own, or namespaces
