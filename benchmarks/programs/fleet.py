"""The services every program here describes: two Deployments of about 4 kB, two ResourceClaimTemplates, one ServiceAccount."""

from typing import Any

from constructs_dra.claims import Claim, Gaudi
from constructs_dra.serving.container import Container, Port
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.production.production import Production
from constructs_dra.serving.role import Role
from constructs_dra.serving.service import ModelService

OBJECTS = 5
_BARE = Production.off()


def claim() -> Claim:
    """Gaudi 3 cards, as many as the role needs."""
    return Claim("gaudi", Gaudi(model="Gaudi3"))


def role(tensor: int, replicas: int, claims: list[Any], *, port: int = 8000) -> Role:
    """What decode and prefill have in common in a service as people run them; decode listens on 8200, behind the routing proxy."""
    probe = {"httpGet": {"path": "/health", "port": port}, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3}
    return Role(
        replicas=replicas,
        parallelism=Parallelism(tensor=tensor),
        claims=claims,
        containers=[
            Container.vllm(
                "ghcr.io/llm-d/llm-d-hpu:v0.4.0",
                args=[f"--{flag}={value}" for flag, value in (("block-size", 128), ("max-num-seqs", 256), ("max-model-len", 32768), ("seed", 42))]
                + ["--kv-transfer-config", '{"kv_connector":"NixlConnector", "kv_role":"kv_both"}', "--disable-log-requests"],
                env={f"VLLM_SETTING_{number}": f"value-{number}" for number in range(12)},
                ports=[Port(port, name="vllm", protocol="TCP"), Port(5600, name="nixl", protocol="TCP")],
                resources={"limits": {"cpu": "16", "memory": "128Gi"}, "requests": {"cpu": "8", "memory": "64Gi"}},
                volume_mounts={"metrics-volume": "/.config", "torch-compile-cache": "/.cache", "shm": "/dev/shm"},
                startup_probe={**probe, "failureThreshold": 120, "initialDelaySeconds": 15},
                liveness_probe=probe,
                readiness_probe={**probe, "httpGet": {"path": "/v1/models", "port": port}},
            )
        ],
        volumes={
            "metrics-volume": {"emptyDir": {}},
            "torch-compile-cache": {"emptyDir": {"sizeLimit": "2Gi"}},
            "shm": {"emptyDir": {"medium": "Memory", "sizeLimit": "16Gi"}},
        },
        node_selector={"kubernetes.io/arch": "amd64"},
        tolerations=[{"key": "dedicated", "operator": "Equal", "value": "inference", "effect": "NoSchedule"}],
        termination_grace_period_seconds=130,
    )


def service(number: int) -> ModelService:
    """The service of this number, everything made anew."""
    return ModelService(
        f"model-{number:04}",
        model=ModelArtifacts.hf(f"example/model-{number}", size="200Gi", token_secret="hf-token"),
        decode=role(4, 2, [claim()], port=8200),
        prefill=role(2, 4, [claim()]),
        production=_BARE,
    )
