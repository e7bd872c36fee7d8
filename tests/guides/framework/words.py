"""Words that many guides share, so that an app says what is its own."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from constructs_dra import ModelService, Port, Production, Role, RoutingProxy, ServiceAccount, SharedMemory

__all__ = ["PROXY", "QUIET", "SHM", "TOKEN", "account", "amounts", "holding", "labels", "named", "overlay", "probe", "server", "stated_probes"]

TOKEN = "llm-d-hf-token"
QUIET = "--disable-access-log-for-endpoints=/health,/metrics,/v1/models"
SHM = Production(shared_memory=SharedMemory(size="20Gi"))
PROXY = RoutingProxy(zap_log_level=1, ports=[Port(8000, name="sidecar")])


def named(port: int = 8000) -> list[int | Port]:
    """The model server's port under the name that the guides' probes and monitors call it by."""
    return [Port(port, name="modelserver")]


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


def server(role: Role, env: Mapping[str, Any] | None = None, **fields: Any) -> Role:
    """A role whose model server has other fields, and further variables."""
    first, *others = role.containers
    changed = _evolve(first, env={**_mapping(first.env), **(env or {})}, **fields)
    made: Role = _evolve(role, containers=[changed, *others])
    return made


def overlay(service: ModelService, every: Callable[[Role], Role] | None = None, **fields: Any) -> ModelService:
    """A service with other fields; a role is given whole or as a mapping of its other fields; `every` changes all roles."""
    roles = {name: every(role) if every is not None else role for name, role in service.roles.items()}
    changed = {name: _changed(role, fields.get(name, {})) for name, role in roles.items()}
    made: ModelService = _evolve(service, **{**fields, **changed})
    return made


def _changed(role: Role, change: Any) -> Any:
    return change if isinstance(change, Role) else _evolve(role, **change)


def holding(role: Role, **resources: str) -> Role:
    """A role whose model server has further resources."""
    given = role.containers[0].resources
    return server(role, resources={part: {**given.get(part, {}), **resources} for part in ("requests", "limits")})


_evolve: Any = evolve


def _mapping(env: Any) -> dict[str, Any]:
    return dict(env)
