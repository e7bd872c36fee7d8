"""For each pod a GPU and an RDMA NIC on one PCIe root: one claim, two requests, one constraint. The container sees both."""

from constructs_dra import PCIE_ROOT, App, Chart, Container, DeviceClaim, ModelArtifacts, ModelServiceDeployment, NvidiaGpu, RdmaNic, Role

app = App()
chart = Chart(app, "gpu-and-nic")
pair = DeviceClaim(chart, "gpu-nic", requests=[NvidiaGpu("gpu"), RdmaNic("nic", device_class="rdma-nic")], aligned_on=PCIE_ROOT)
ModelServiceDeployment(
    chart,
    "qwen",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(claims=[pair], containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")]),
)
app.synth()
