"""A variable is a string."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", env={"OMP_NUM_THREADS": 8})],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 11
# says: Container 'vllm': env['OMP_NUM_THREADS']: must be a string or a source such as field_ref('status.podIP'), not 8
# hint: write "8"
