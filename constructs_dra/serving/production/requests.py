"""CPU and memory requests of containers that state none."""

from typing import Any

from attrs import field, frozen

from constructs_dra.records import valid
from constructs_dra.serving.part import Part, PodView, RoleView

__all__ = ["ComputeRequests"]


@frozen(kw_only=True, eq=False, repr=False)
class ComputeRequests(Part):
    """CPU and memory that model servers and routing proxies ask for where their records state none.

    Limits are not set: a limit of CPU slows tokenising down, and a limit of memory that is guessed kills a server that loads a model.

    Attributes:
        cpu: CPU of a model server, for each device of the pod. Default `4`.
        memory: GiB of memory of a model server, for each device of the pod, shared memory included. Default 16.
        proxy_cpu: CPU of the routing proxy. Default `250m`.
        proxy_memory: Memory of the routing proxy. Default `256Mi`.
    """

    cpu: int = field(default=4, metadata=valid.integer(1))
    memory: int = field(default=16, metadata=valid.integer(1))
    proxy_cpu: str = field(default="250m", metadata=valid.quantity())
    proxy_memory: str = field(default="256Mi", metadata=valid.quantity())

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Add the requests."""
        devices = role.parallelism.devices_per_pod
        for _, record, made in pod.containers():
            if record is pod.pod.model_container:
                _add(made, {"cpu": str(self.cpu * devices), "memory": f"{self.memory * devices}Gi"})
        if pod.proxied:
            _add(pod.spec["initContainers"][0], {"cpu": self.proxy_cpu, "memory": self.proxy_memory})


def _add(made: dict[str, Any], wanted: dict[str, str]) -> None:
    resources = made.setdefault("resources", {})
    limits = resources.get("limits", {})
    requests = resources.get("requests", {})
    missing = {name: amount for name, amount in wanted.items() if name not in limits and name not in requests}
    if missing:
        resources["requests"] = {**missing, **requests}
