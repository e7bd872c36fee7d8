from constructs_dra import Claim, Container, FirstAvailable, Gaudi, IntelGpu, ModelArtifacts, ModelService, Role

either = FirstAvailable("any", Gaudi("gaudi", count=2, model="Gaudi3"), IntelGpu("gpu", count=4, memory="16Gi"))
devices = Claim("devices", either, accept={"count-parallelism": "the server takes whatever it finds"})
server = Container.custom("example.com/server:1", ["serve"])
model = ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct")
service = ModelService("llama", model=model, decode=Role(claims=[devices], containers=[server]))
