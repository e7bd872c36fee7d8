from attrs import evolve

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, Role

server = Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0")
decode = Role(replicas=4, claims=[Claim("gaudi", Gaudi(model="Gaudi3"))], containers=[server])
prod = ModelService("llama", namespace="prod", model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct"), decode=decode)
newer = evolve(server, image="ghcr.io/llm-d/llm-d-hpu:v0.5.0")
dev = evolve(prod, namespace="dev", decode=evolve(decode, replicas=2, claims=[Claim("gaudi", Gaudi(model="Gaudi2"))], containers=[newer]))
