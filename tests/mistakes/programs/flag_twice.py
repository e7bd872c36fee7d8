"""The last one counts, silently."""

from constructs_dra import Claim, Container, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(),
        claims=[Claim("gpu", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.11.0", args=["--max-num-seqs=8", "--max-num-seqs=16"])],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.containers[0].args[1]: --max-num-seqs is given twice: --max-num-seqs 8, then --max-num-seqs 16; the last one wins
# hint: leave it out: this library gives it already
