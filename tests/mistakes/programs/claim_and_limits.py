"""Devices asked for twice."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", resources={"limits": {"nvidia.com/gpu": 1}})],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].resources.limits['nvidia.com/gpu']: nvidia.com/gpu is asked for besides claim 'gpu': the pod would hold twice as many devices
# hint: keep one of the two: the claim, or the accelerator
