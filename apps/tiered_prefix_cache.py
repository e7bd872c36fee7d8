"""Caches that do not fit the GPUs go to memory and from there to a file system that all servers share, so that a prompt is read once."""

from constructs_dra import (
    App,
    Chart,
    Claim,
    Container,
    HttpRoute,
    ModelArtifacts,
    ModelServiceDeployment,
    NvidiaGpu,
    Parallelism,
    Role,
    Routing,
    VllmArgs,
)

FILES = {"type": "fs", "root_dir": "/mnt/kv-cache", "n_read_threads": 16, "n_write_threads": 16}
TIERS = {"spec_name": "TieringOffloadingSpec", "cpu_bytes_to_use": 100 * 2**30, "secondary_tiers": [FILES]}

app = App()
ModelServiceDeployment(
    Chart(app, "tiered-prefix-cache", namespace="llm"),
    "qwen",
    model=ModelArtifacts.hf("Qwen/Qwen3-32B", token_secret="llm-d-hf-token"),
    decode=Role(
        replicas=4,
        parallelism=Parallelism(tensor=2),
        claims=[Claim("gpus", NvidiaGpu())],
        containers=[
            Container.vllm(
                "vllm/vllm-openai:v0.26.0",
                VllmArgs(
                    kv_transfer_config={"kv_connector": "OffloadingConnector", "kv_role": "kv_both", "kv_connector_extra_config": TIERS},
                ),
                env={"PYTHONHASHSEED": "42"},  # blocks have the same names in every server
                resources={"requests": {"cpu": "8", "memory": "300Gi"}, "limits": {"memory": "300Gi"}},
                volume_mounts={"kv-cache": "/mnt/kv-cache"},
            )
        ],
        volumes={"kv-cache": {"persistentVolumeClaim": {"claimName": "kv-cache"}}},
    ),
    parts=[Routing(route=HttpRoute(gateway="inference-gateway"))],
)
app.synth()
