"""Prefill on Gaudi 3, decode on NVIDIA GPUs: one claim per role, the routing proxy between them."""

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role

KV_TRANSFER = ["--kv-transfer-config", '{"kv_connector":"NixlConnector","kv_role":"kv_both"}']

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.3-70B-Instruct", token_secret="llm-d-hf-token", size="200Gi"),
    prefill=Role(
        replicas=2,
        parallelism=Parallelism(tensor=4),
        claims=[Claim("gaudi", Gaudi(model="Gaudi3"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0", args=KV_TRANSFER)],
    ),
    decode=Role(
        parallelism=Parallelism(tensor=2),
        claims=[Claim("nvidia", NvidiaGpu(architecture="Hopper"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0", args=KV_TRANSFER)],
    ),
)
