"""Prefill and decode on NVIDIA as one DisaggregatedSet: two slices of two prefill servers on one GPU each and one decode server on four."""

from constructs_dra import App, Chart, Claim, Container, ModelArtifacts, ModelServiceDeployment, NvidiaGpu, Parallelism, PrefillDecode, Role

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")
GPUS = Claim("gpus", NvidiaGpu(architecture="Hopper"))

app = App()
chart = Chart(app, "pd-disaggregated-set")
ModelServiceDeployment(
    chart,
    "gpt-oss",
    model=ModelArtifacts.hf("openai/gpt-oss-120b", token_secret="llm-d-hf-token"),
    prefill=Role(replicas=2, claims=[GPUS], containers=[SERVER]),
    decode=Role(parallelism=Parallelism(tensor=4), claims=[GPUS], containers=[SERVER]),
    parts=[PrefillDecode(block_size=128, nic="rdma/ib", workload="DisaggregatedSet", slices=2)],
)
app.synth()
