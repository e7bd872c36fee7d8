"""Root, and never root."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", security_context={"runAsUser": 0, "runAsNonRoot": True})],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 14
# says: ModelService 'llama': decode.containers[0].security_context.runAsUser: 0 is root, and runAsNonRoot is true [strict-run-as-root]
# hint: the container will not start
# warning: strict-run-as-root
