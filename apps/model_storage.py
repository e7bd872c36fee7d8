"""A volume, the Job that downloads and checks the model, and servers that start when it is complete."""

from constructs_dra import App, Chart, Container, GaudiClaim, ModelArtifacts, ModelServiceDeployment, ModelStorage, Parallelism, Role

app = App()
chart = Chart(app, "model-storage", namespace="llm")
ModelServiceDeployment(
    chart,
    "llama",
    model=ModelArtifacts.pvc_hf("llama-model", "meta-llama/Llama-3.3-70B-Instruct", token_secret="llm-d-hf-token"),
    decode=Role(
        replicas=2,
        parallelism=Parallelism(tensor=4),
        claims=[GaudiClaim(chart, "gaudi", model="Gaudi3")],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0")],
    ),
    parts=[ModelStorage(size="300Gi", storage_class_name="shared")],
)
app.synth()
