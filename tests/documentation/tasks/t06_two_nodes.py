from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role

gpu = Claim("gpu", NvidiaGpu(memory="79Gi"))
server = Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")
service = ModelService(
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.1-70B-Instruct"),
    decode=Role(parallelism=Parallelism(tensor=16, nodes=2), claims=[gpu], containers=[server]),
)
