"""No node has sixteen Gaudi."""

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, Parallelism, Role, write_files

service = ModelService(
    "llama",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
    decode=Role(
        parallelism=Parallelism(tensor=16),
        claims=[Claim("g", Gaudi())],
        containers=[Container.image_default("opea/vllm-gaudi:1.22.0")],
    ),
)
write_files({"llama.yaml": service.manifests()})

# line: 5
# says: ModelService 'llama': decode.claims[0]: 16 devices of gaudi.intel.com are more than any node has, which is 8 at most (tensor 16, data_local 1)
# hint: spread the model over several pods
