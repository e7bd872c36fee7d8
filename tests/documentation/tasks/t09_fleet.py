from collections.abc import Callable

from constructs_dra import (
    Claim,
    Container,
    Gaudi,
    IntelGpu,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    Parallelism,
    Request,
    Role,
    fleet_files,
    write_files,
)

CLUSTERS = {
    "amsterdam": ("ghcr.io/llm-d/llm-d-hpu:v0.4.0", Gaudi),
    "berlin": ("ghcr.io/llm-d/llm-d-cuda:v0.4.0", NvidiaGpu),
    "cork": ("ghcr.io/llm-d/llm-d-xpu:v0.4.0", IntelGpu),
}
MODELS = {f"team-{team:02}/model-{size}b": size for team in range(1, 11) for size in (8, 14, 32, 70)}


def service(model: str, size: int, image: str, device: Callable[[], Request]) -> ModelService:
    return ModelService(
        model.replace("/", "-"),
        model=ModelArtifacts.hf(model),
        decode=Role(
            parallelism=Parallelism(tensor=max(1, size // 16)),
            claims=[Claim("devices", device())],
            containers=[Container.vllm(image)],
        ),
    )


write_files(fleet_files({cluster: [service(*row, *how) for row in MODELS.items()] for cluster, how in CLUSTERS.items()}))
