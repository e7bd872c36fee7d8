"""A token in plain text."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", env={"HF_TOKEN": "hf_abcdefghijklmnopqrstuvwxyz012345"})],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].env['HF_TOKEN']: HF_TOKEN holds a token in plain text
# hint: keep it in a Secret: token_secret="…" for Hugging Face, else secret_key_ref("…", "…")
