from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role

decode = Role(parallelism=Parallelism(tensor=8), claims=[Claim("gpu", NvidiaGpu())], containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")])
service = ModelService("llama", model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct"), decode=decode)


def test_decode_never_asks_for_more_than_8_devices() -> None:
    for claim in service.decode.claims:
        assert claim.device_count(service.decode.parallelism.devices_per_pod) <= 8
