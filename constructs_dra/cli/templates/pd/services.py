"""Prefill on Gaudi 3, decode on NVIDIA GPUs: a claim per role, the routing proxy between them."""

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, PrefillDecode, RdmaNic, Role

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.3-70B-Instruct", token_secret="llm-d-hf-token", size="200Gi"),
    prefill=Role(
        replicas=2,
        parallelism=Parallelism(tensor=4),
        claims=[Claim("gaudi", Gaudi(model="Gaudi3"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0")],
    ),
    decode=Role(
        parallelism=Parallelism(tensor=2),
        claims=[Claim("nvidia", NvidiaGpu(architecture="Hopper"))],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")],
    ),
    parts=[PrefillDecode(nic=RdmaNic(device_class="rdma"))],  # the class of RDMA NICs on your cluster
)
