"""The weights do not fit the device."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("meta-llama/Llama-3.3-70B-Instruct"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu(product_name="NVIDIA L4"))],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0]: meta-llama/Llama-3.3-70B-Instruct needs 131.4 GiB for weights on one device, and vLLM may use 19.8 GiB of 22.0 GiB: there is n
# hint: what would fit: 8 of these, or B200 (178 GiB)
