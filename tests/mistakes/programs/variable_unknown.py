"""vLLM reads no such variable."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", env={"VLLM_LOGING_LEVEL": "DEBUG"})],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 14
# says: ModelService 'llama': decode.containers[0].env['VLLM_LOGING_LEVEL']: no version of vLLM knows the variable VLLM_LOGING_LEVEL [engine-variable-unknown]
# hint: did you mean 'VLLM_LOGGING_LEVEL'?
# warning: engine-variable-unknown
