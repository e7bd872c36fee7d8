"""Two Gaudi 3, or else four Intel GPUs with at least 16 GiB each: the scheduler takes the first that a node can give."""

from constructs_dra import App, Chart, Claim, Container, FirstAvailable, Gaudi, IntelGpu, ModelArtifacts, ModelServiceDeployment, Parallelism, Role

either = FirstAvailable("accelerator", Gaudi("gaudi", count=2, model="Gaudi3"), IntelGpu("gpu", count=4, memory="16Gi"))
app = App()
ModelServiceDeployment(
    Chart(app, "first-available"),
    "qwen",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(tensor=2),
        claims=[Claim("either", either, accept={"count-parallelism": "the entry point of the image sets the parallelism to what it finds"})],
        containers=[Container.vllm("registry.example.com/vllm-any:1.0")],
    ),
)
app.synth()
