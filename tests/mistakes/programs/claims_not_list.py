"""One claim where a list is meant."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=Claim("gpu", NvidiaGpu()),
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 8
# says: Role: claims: must be a list of claims, not Claim(name='gpu', requests=(NvidiaGpu(device_class='', count=None, all…tions={}, accept={})
# hint: write [claim]
