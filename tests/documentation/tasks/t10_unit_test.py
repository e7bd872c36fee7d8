from constructs_dra import Claim, Container, NvidiaGpu, Parallelism, Role

gpu = Claim("gpu", NvidiaGpu())
decode = Role(parallelism=Parallelism(tensor=8), claims=[gpu], containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.4.0")])


def test_decode_never_asks_for_more_than_8_devices() -> None:
    count = gpu.device_count(decode.parallelism.devices_per_pod)
    assert count is not None
    assert count <= 8
