"""Broken JSON in a flag."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", args=["--kv-transfer-config={'kv_role': 'kv_both'}"])],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].args[0]: vLLM 0.11.0 refuses it: argument --kv-transfer-config: is not valid JSON: Expecting property name enclosed in double q
# hint: JSON has double quotes around keys and strings
