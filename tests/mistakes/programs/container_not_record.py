"""A mapping where a record is meant."""

from constructs_dra import Claim, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[{"image": "x"}],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 8
# says: Role: containers[0]: must be a Container, not {'image': 'x'}
