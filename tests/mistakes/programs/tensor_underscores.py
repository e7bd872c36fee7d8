"""The same with underscores."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(tensor=2),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", args=["--tensor_parallel_size=4"])],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].args[0]: --tensor-parallel-size is 4 here, and decode.parallelism.tensor comes to 2
# hint: say it once: in parallelism, or in the arguments
