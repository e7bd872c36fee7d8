"""Longer than the model's positions."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", args=["--max-model-len=9999999"])],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].args[0]: vLLM 0.11.0 does not start: User-specified max_model_len (9999999) is greater than the derived max_model_len (40960).
# hint: Qwen/Qwen3-8B takes 40960 tokens; VLLM_ALLOW_LONG_MAX_MODEL_LEN=1 turns this into a warning
