"""An image for Gaudi with a claim for NVIDIA."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].image: the image 'ghcr.io/llm-d/llm-d-hpu:v0.4.0' is for gaudi.intel.com, but the claims give devices of gpu.nvidia.com
# hint: take the image for these devices, or claim the devices of this image
