"""One model on each kind of accelerator, behind a picker that knows the queues and the caches of its servers: one row for each."""

from constructs_dra import (
    App,
    Chart,
    Claim,
    Container,
    Gaudi,
    GoogleTpu,
    HttpRoute,
    IntelGpu,
    ModelArtifacts,
    ModelServiceDeployment,
    NvidiaGpu,
    Parallelism,
    PickerMonitor,
    PodMonitor,
    RebellionsNpu,
    Request,
    Role,
    Routing,
)

ROWS: dict[str, tuple[str, str, Request, int, int]] = {
    "nvidia": ("vllm/vllm-openai:v0.26.0", "Qwen/Qwen3-32B", NvidiaGpu("gpu"), 2, 8),
    "intel-gpu": ("ghcr.io/llm-d/llm-d-xpu:v0.9.0", "Qwen/Qwen3-8B", IntelGpu("gpu"), 1, 2),
    "gaudi": ("ghcr.io/llm-d/llm-d-hpu:v0.9.0", "Qwen/Qwen3-8B", Gaudi("gaudi"), 1, 1),
    "tpu": ("vllm/vllm-tpu:v0.26.0", "Qwen/Qwen3-32B", GoogleTpu("tpu"), 8, 2),
    "rebellions": ("registry.example.com/vllm-rbln:v0.9.0", "Qwen/Qwen3-8B", RebellionsNpu("npu"), 4, 2),
}

app = App()
for accelerator, (image, model, request, tensor, replicas) in ROWS.items():
    ModelServiceDeployment(
        Chart(app, f"optimized-baseline-{accelerator}", namespace="llm"),
        "qwen",
        model=ModelArtifacts.hf(model, token_secret="llm-d-hf-token"),
        decode=Role(
            replicas=replicas,
            parallelism=Parallelism(tensor=tensor),
            claims=[Claim(accelerator, request)],
            containers=[Container.vllm(image)],
            monitoring=PodMonitor(),
        ),
        parts=[Routing(route=HttpRoute(gateway="inference-gateway"), monitor=PickerMonitor())],
    )

ModelServiceDeployment(
    Chart(app, "optimized-baseline-simulator", namespace="llm"),
    "qwen",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(replicas=2, containers=[Container.image_default("ghcr.io/llm-d/llm-d-inference-sim:v0.9.0")]),
    parts=[Routing(route=HttpRoute(gateway="inference-gateway"))],
)
app.synth()
