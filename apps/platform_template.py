"""Devices from a ResourceClaimTemplate that the platform team owns. Nothing is made for it; the checks know its class and its count."""

from constructs_dra import App, Chart, Container, ExistingClaimTemplate, ModelArtifacts, ModelServiceDeployment, Parallelism, Role

app = App()
gpus = ExistingClaimTemplate("team-gpus", device_class="gpu.nvidia.com", count=4)
vllm = Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")
decode = Role(parallelism=Parallelism(tensor=4), claims=[gpus], containers=[vllm])
ModelServiceDeployment(Chart(app, "platform-template"), "qwen", model=ModelArtifacts.hf("Qwen/Qwen3-32B"), decode=decode)
app.synth()
