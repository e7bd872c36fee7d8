from constructs_dra import Container, ModelArtifacts, ModelService, Role

server = Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")
decode = Role(containers=[server], extra={"shareProcessNamespace": True})
service = ModelService("llama", model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct"), decode=decode)
