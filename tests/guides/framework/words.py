"""Words that many guides share, so that an app says what is its own."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from constructs_dra import Container, ModelService, Port, Production, Role, RoutingProxy, ServiceAccount, SharedMemory

__all__ = [
    "PROXY",
    "QUIET",
    "SHM",
    "TOKEN",
    "account",
    "amounts",
    "holding",
    "labels",
    "mounting",
    "named",
    "overlay",
    "probe",
    "server",
    "sglang",
    "stated_probes",
    "tpu_node_setup",
]

TOKEN = "llm-d-hf-token"
QUIET = "--disable-access-log-for-endpoints=/health,/metrics,/v1/models"
HOME = {"HOME": "/tmp", "USER": "server"}
"""Where servers that this library does not start keep their caches."""
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


def sglang(*args: str, env: Mapping[str, Any] | None = None, model: str = "Qwen/Qwen3-32B", port: int = 8000, **fields: Any) -> Container:
    """A server of SGLang with a home it can write to, and the guides' probes."""
    given: Any = {
        "image": "docker.io/lmsysorg/sglang:v0.5.16.0",
        "command": ["python3", "-m", "sglang.launch_server"],
        "name": "modelserver",
        "ports": named(port),
        **stated_probes(port),
        **fields,
    }
    return Container.custom(args=[f"--model-path={model}", "--host=0.0.0.0", f"--port={port}", *args], env={**HOME, **(env or {})}, **given)


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


def mounting(role: Role, mounts: Mapping[str, str], volumes: Mapping[str, Any]) -> Role:
    """A role whose model server mounts further volumes."""
    given: Any = role.containers[0].volume_mounts
    listed = (
        [*given, *({"name": name, "mountPath": path} for name, path in mounts.items())] if isinstance(given, list | tuple) else {**given, **mounts}
    )
    made: Role = _evolve(server(role, volume_mounts=listed), volumes={**_mapping(role.volumes), **volumes})
    return made


def holding(role: Role, **resources: str) -> Role:
    """A role whose model server has further resources."""
    given = role.containers[0].resources
    return server(role, resources={part: {**given.get(part, {}), **resources} for part in ("requests", "limits")})


_evolve: Any = evolve


def _mapping(env: Any) -> dict[str, Any]:
    return dict(env)


TUNE = """\
# WARNING: This changes the HOST memory settings, not just the container.
# Required to prevent vLLM crashes due to memory mapping limits.
sysctl -w vm.max_map_count=33554432

# Check if the VFIO IOMMU module parameter exists, and if so, increase the
# limit on DMA mappings. This allows the TPU driver to pin and map a
# larger number of memory pages for direct hardware access.
if [ -f /sys/module/vfio_iommu_type1/parameters/dma_entry_limit ]; then
  echo 8000000 > /sys/module/vfio_iommu_type1/parameters/dma_entry_limit
  echo "Successfully increased dma_entry_limit to 8000000"
else
  echo "Warning: vfio_iommu_type1 module parameter not found. Ensure the module is loaded."
fi

echo "Final vm.max_map_count: $(cat /proc/sys/vm.max_map_count)"
"""


def tpu_node_setup() -> Container:
    """Raises limits of the node, as the TPU's driver maps more memory than they allow."""
    privileged = {"privileged": True, "runAsUser": 0}
    return Container.custom("busybox:1.37", ["/bin/sh", "-c"], name="tpu-node-setup", args=[TUNE], security_context=privileged)
