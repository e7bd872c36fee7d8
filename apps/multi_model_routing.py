"""Three models behind one gateway: each has a pool and a picker, and its route takes the requests that name its model."""

from constructs_dra import App, Chart, Claim, Container, HttpRoute, ModelArtifacts, ModelServiceDeployment, NvidiaGpu, Parallelism, Role, Routing

MODELS = {"Qwen/Qwen3-8B": (1, 4), "Qwen/Qwen3-32B": (2, 2), "openai/gpt-oss-120b": (4, 1)}

app = App()
chart = Chart(app, "multi-model-routing", namespace="llm")
for model, (tensor, replicas) in MODELS.items():
    ModelServiceDeployment(
        chart,
        model.rpartition("/")[2].lower(),
        model=ModelArtifacts.hf(model, token_secret="llm-d-hf-token"),
        decode=Role(
            replicas=replicas,
            parallelism=Parallelism(tensor=tensor),
            claims=[Claim("gpus", NvidiaGpu())],
            containers=[Container.vllm("vllm/vllm-openai:v0.26.0")],
        ),
        parts=[Routing(route=HttpRoute(gateway="inference-gateway", base_model=model))],
    )
app.synth()
