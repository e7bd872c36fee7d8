from constructs_dra import PCIE_ROOT, Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, RdmaNic, Role

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct"),
    decode=Role(
        claims=[Claim("pair", NvidiaGpu("gpu"), RdmaNic("nic", device_class="rdma"), aligned_on=PCIE_ROOT)],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")],
    ),
)
