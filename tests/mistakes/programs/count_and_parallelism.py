"""One device for two ranks."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(tensor=2),
        claims=[Claim("gpu", NvidiaGpu(count=1))],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.claims[0]: claim 'gpu' asks for 1 device, but decode.parallelism needs 2 per pod (tensor 2, data_local 1)
# hint: leave count out, or pass count_reason="…" if the difference is meant
