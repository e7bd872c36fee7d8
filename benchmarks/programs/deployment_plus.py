"""The same Deployment in the words of cdk8s-plus, as far as it has words for it."""

from collections.abc import Callable
from typing import Any


def prepare() -> tuple[Any, Callable[[int], None]]:
    """The app, and what adds the Deployment of a number to it."""
    import cdk8s  # noqa: PLC0415  (starts Node)
    import cdk8s_plus_34 as kplus  # noqa: PLC0415

    app = cdk8s.App()
    chart = cdk8s.Chart(app, "deployments")

    def probe(path: str, failures: int) -> kplus.Probe:
        return kplus.Probe.from_http_get(
            path, port=8000, failure_threshold=failures, period_seconds=cdk8s.Duration.seconds(10), timeout_seconds=cdk8s.Duration.seconds(5)
        )

    def add(number: int) -> None:
        name = f"deployments-model-{number:04}"
        labels = {"app.kubernetes.io/instance": name, "llm-d.ai/role": "decode"}
        deployment = kplus.Deployment(
            chart,
            f"model-{number:04}",
            metadata={"name": f"{name}-decode", "labels": labels},
            replicas=4,
            select=False,
            termination_grace_period=cdk8s.Duration.seconds(130),
            pod_metadata={"labels": {**labels, "llm-d.ai/inference-serving": "true", "llm-d.ai/model": f"example-model-{number}"}},
            service_account=kplus.ServiceAccount.from_service_account_name(chart, f"account-{number}", "default"),
            security_context={"ensure_non_root": False},
        )
        deployment.select(kplus.LabelSelector.of(labels=labels))
        secret = kplus.Secret.from_secret_name(chart, f"secret-{number}", "hf-token")
        settings = {"HF_HOME": "/model-cache"} | {f"VLLM_SETTING_{setting}": f"value-{setting}" for setting in range(12)}
        container = deployment.add_container(
            name="vllm",
            image="ghcr.io/llm-d/llm-d-hpu:v0.4.0",
            command=["vllm", "serve"],
            args=[
                *(f"example/model-{number}", "--port", "8000", "--tensor-parallel-size", "2", "--served-model-name", f"example/model-{number}"),
                *("--block-size=128", "--max-num-seqs=256", "--max-model-len=32768", "--seed=42"),
                *("--kv-transfer-config", '{"kv_connector":"NixlConnector", "kv_role":"kv_both"}', "--disable-log-requests"),
            ],
            env_variables={name: kplus.EnvValue.from_value(value) for name, value in settings.items()}
            | {"HF_TOKEN": kplus.EnvValue.from_secret_value(kplus.SecretValue(secret=secret, key="HF_TOKEN"))},
            ports=[kplus.ContainerPort(number=8000, name="vllm"), kplus.ContainerPort(number=5600, name="nixl")],
            resources=kplus.ContainerResources(
                cpu=kplus.CpuResources(request=kplus.Cpu.units(8), limit=kplus.Cpu.units(16)),
                memory=kplus.MemoryResources(request=cdk8s.Size.gibibytes(64), limit=cdk8s.Size.gibibytes(128)),
            ),
            security_context={"ensure_non_root": False, "read_only_root_filesystem": False},
            startup=probe("/health", 120),
            liveness=probe("/health", 3),
            readiness=probe("/v1/models", 3),
        )
        for volume, path, options in (
            ("metrics-volume", "/.config", {}),
            ("torch-compile-cache", "/.cache", {"size_limit": cdk8s.Size.gibibytes(2)}),
            ("shm", "/dev/shm", {"medium": kplus.EmptyDirMedium.MEMORY, "size_limit": cdk8s.Size.gibibytes(16)}),
            ("model-storage", "/model-cache", {"size_limit": cdk8s.Size.gibibytes(200)}),
        ):
            container.mount(path, kplus.Volume.from_empty_dir(deployment, volume, volume, **options))

    return app, add
