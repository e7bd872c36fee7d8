"""Prefill and decode whose pods have a GPU and an RDMA NIC on one PCIe root each, so that caches travel from card to card without the CPU."""

from constructs_dra import (
    PCIE_ROOT,
    App,
    Chart,
    Claim,
    Container,
    HttpRoute,
    ModelArtifacts,
    ModelServiceDeployment,
    NvidiaGpu,
    PrefillDecode,
    RdmaNic,
    Role,
    Routing,
)

SERVER = Container.vllm("vllm/vllm-openai:v0.26.0", env={"UCX_TLS": "rc,cuda_copy,cuda_ipc"})
PAIR = Claim("gpu-nic", NvidiaGpu("gpu"), RdmaNic("nic", device_class="rdma-nic"), aligned_on=PCIE_ROOT)

app = App()
ModelServiceDeployment(
    Chart(app, "pd-gpu-and-nic", namespace="llm"),
    "gpt-oss",
    model=ModelArtifacts.hf("openai/gpt-oss-20b", token_secret="llm-d-hf-token"),
    prefill=Role(replicas=4, claims=[PAIR], containers=[SERVER]),
    decode=Role(replicas=2, claims=[PAIR], containers=[SERVER]),
    parts=[PrefillDecode(), Routing(route=HttpRoute(gateway="inference-gateway"))],
)
app.synth()
