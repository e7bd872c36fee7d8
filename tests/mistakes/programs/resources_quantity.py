"""Not a quantity."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", resources={"requests": {"memory": "32 GB"}})],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 11
# says: Container 'vllm': resources.requests['memory']: '32 GB' is not a valid quantity
# hint: write a number with an optional suffix, such as '16Gi' or '500m'
