"""Prefill and decode without a way to hand over the cache."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
    prefill=Role(claims=[Claim("gpu", NvidiaGpu())], containers=[Container.vllm("vllm/vllm-openai:v0.11.0")]),
)
write_files({"llama.yaml": service.manifests()})

# line: 15
# says: ModelService 'llama': decode.containers[0].args: prefill and decode need --kv-transfer-config to hand over the KV cache [kv-transfer]
# hint: add '--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_both"}'
# warning: kv-transfer
