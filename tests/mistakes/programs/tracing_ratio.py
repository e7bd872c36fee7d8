"""More than everything."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, Tracing, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
    tracing=Tracing(otlp_endpoint="http://otel:4317", sampler_arg="2"),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': tracing.sampler_arg: '2' is not a share between 0 and 1
# hint: '0.1' traces one request in ten
