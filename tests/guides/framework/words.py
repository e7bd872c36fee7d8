"""Words that many guides share, so that an app says what is its own."""

from typing import Any

from constructs_dra import Production, ServiceAccount, SharedMemory

__all__ = ["SHM", "TOKEN", "account", "amounts", "labels", "probe", "stated_probes"]

TOKEN = "llm-d-hf-token"
SHM = Production(shared_memory=SharedMemory(size="20Gi"))


def labels(guide: str, model: str, vendor: str = "nvidia", variant: str = "gpu", **more: str) -> dict[str, str]:
    """The labels of a guide's objects, by which it finds its pods."""
    found = {"accelerator-variant": variant, "accelerator-vendor": vendor, "guide": guide, "model": model, **more}
    return {f"llm-d.ai/{name.replace('_', '-')}": value for name, value in found.items() if value}


def account(name: str) -> ServiceAccount:
    """An account whose pods get no token."""
    return ServiceAccount(name=name, automount_token=False)


def amounts(cpu: str | None = None, memory: str | None = None, most: tuple[str, str] | None = None, **more: str) -> dict[str, Any]:
    """CPU and memory, and at most how much of them where that is more."""
    requests = {name: value for name, value in {"cpu": cpu, "memory": memory, **more}.items() if value is not None}
    return {"requests": requests, "limits": {**requests, **dict(zip(("cpu", "memory"), most or (), strict=False))}}


def probe(path: str, port: int, *, period: int, timeout: int, failures: int, **more: Any) -> dict[str, Any]:
    """A probe by HTTP."""
    return {"httpGet": {"path": path, "port": port}, "periodSeconds": period, "timeoutSeconds": timeout, "failureThreshold": failures, **more}


def stated_probes(port: int = 8000) -> dict[str, Any]:
    """The guides' probes, for servers that are not started by this library and so get none."""
    return {
        "startup_probe": probe("/v1/models", port, period=30, timeout=5, failures=120, initialDelaySeconds=15),
        "readiness_probe": probe("/v1/models", port, period=5, timeout=2, failures=3),
        "liveness_probe": probe("/health", port, period=10, timeout=5, failures=3),
    }
