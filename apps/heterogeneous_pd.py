"""Prefill on Gaudi 3, decode on NVIDIA, four replicas each: a claim per role with a NIC beside each device, the routing proxy between them."""

from constructs_dra import (
    App,
    Chart,
    Container,
    GaudiClaim,
    ModelArtifacts,
    ModelServiceDeployment,
    NvidiaGpuClaim,
    Parallelism,
    PrefillDecode,
    RdmaNic,
    Role,
)

ARGS = ["--max-model-len=8192", "--kv-transfer-config", '{"kv_connector":"NixlConnector","kv_role":"kv_both"}']

app = App()
chart = Chart(app, "heterogeneous-pd")
ModelServiceDeployment(
    chart,
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.3-70B-Instruct", token_secret="llm-d-hf-token", size="200Gi"),
    prefill=Role(
        replicas=4,
        parallelism=Parallelism(tensor=4),
        claims=[GaudiClaim(chart, "gaudi", model="Gaudi3")],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0", args=ARGS)],
    ),
    decode=Role(
        replicas=4,
        parallelism=Parallelism(tensor=4),
        claims=[NvidiaGpuClaim(chart, "nvidia", architecture="Hopper", memory="80Gi")],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0", args=ARGS)],
    ),
    parts=[PrefillDecode(nic=RdmaNic(device_class="rdma-dranet-pf"))],
)
app.synth()
