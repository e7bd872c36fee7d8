"""Two servers in one group."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(tensor=8, workers=2),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.parallelism.workers: each of the 2 pods of a group would get 8 devices and serve by itself
# hint: write Parallelism(tensor=8, nodes=2) to spread one model copy over them, data=2 for a copy in each, or replicas=2 for se
