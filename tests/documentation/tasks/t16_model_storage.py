from constructs_dra import Claim, Container, ModelArtifacts, ModelService, ModelStorage, NvidiaGpu, Role

model = ModelArtifacts.pvc_hf("models", "meta-llama/Llama-3.1-8B-Instruct", token_secret="llm-d-hf-token")
decode = Role(claims=[Claim("gpu", NvidiaGpu())], containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")])
service = ModelService("llama", model=model, decode=decode, parts=[ModelStorage(size="100Gi")])
