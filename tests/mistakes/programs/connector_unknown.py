"""The sidecar knows no such connector."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, RoutingProxy, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
    prefill=Role(claims=[Claim("gpu", NvidiaGpu())], containers=[Container.vllm("vllm/vllm-openai:v0.11.0")]),
    proxy=RoutingProxy(image="ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0", kv_connector="nixlv3"),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': proxy.kv_connector: sidecar 0.10 does not know 'nixlv3'
# hint: did you mean 'nixlv2'?
