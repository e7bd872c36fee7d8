from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, Parallelism, Role

gaudi = Claim("gaudi", Gaudi(model="Gaudi2"))
server = Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0")
service = ModelService(
    "llama",
    model=ModelArtifacts.pvc_hf("model-pvc", "meta-llama/Llama-3.1-8B-Instruct"),
    decode=Role(parallelism=Parallelism(tensor=2), claims=[gaudi], containers=[server]),
)
