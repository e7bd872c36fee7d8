"""Many models in several clusters, from two tables: one folder per cluster, one file per model."""

from collections.abc import Callable

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, Request, Role

CLUSTERS: dict[str, tuple[str, Callable[[], Request]]] = {
    "amsterdam": ("ghcr.io/llm-d/llm-d-hpu:v0.4.0", Gaudi),
    "berlin": ("ghcr.io/llm-d/llm-d-cuda:v0.4.0", NvidiaGpu),
}
MODELS = {"Qwen/Qwen3-8B": 1, "Qwen/Qwen3-32B": 2, "meta-llama/Llama-3.3-70B-Instruct": 4}
"""Each model and the devices that share it."""


def service(model: str, tensor: int, image: str, request: Callable[[], Request]) -> ModelService:
    return ModelService(
        model.partition("/")[2].lower().replace(".", "-"),
        namespace="llm-d",
        model=ModelArtifacts.hf(model, token_secret="llm-d-hf-token", size="200Gi"),
        decode=Role(
            parallelism=Parallelism(tensor=tensor),
            claims=[Claim("devices", request())],
            containers=[Container.vllm(image)],
        ),
    )


fleet = {cluster: [service(model, tensor, *devices) for model, tensor in MODELS.items()] for cluster, devices in CLUSTERS.items()}
