"""Two pods of sixteen devices each."""

from constructs_dra import Claim, Container, LeaderWorkerSet, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(tensor=16),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
        multinode=LeaderWorkerSet(size=2),
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.multinode.size: each of the 2 pods of a group would get 16 devices and serve by itself
# hint: write Parallelism(tensor=16, nodes=2) to spread one model copy over them, data=2 for a copy in each, or replicas=2 for s
