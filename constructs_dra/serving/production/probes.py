"""Probes of model servers and of the routing proxy."""

from typing import Any

from attrs import field, frozen

from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, PodView, RoleView
from constructs_dra.serving.production.model_size import weights_gib

__all__ = ["Probes"]


@frozen(kw_only=True, eq=False, repr=False)
class Probes(Part):
    """Probes for the model servers that this library starts, and for the routing proxy before them; those that a container states stay.

    A server is asked on its own port, behind the proxy, for the path that vLLM answers without a key once the model is loaded. The proxy is ready
    when it accepts connections.

    Attributes:
        path: Path that is asked. Default `/health`.
        startup_seconds: Seconds a server may take to load the model. Default: ten minutes and a time for the model's weights, 10 seconds for each
            GiB that is downloaded and 5 for each GiB on a volume; an hour where the size is not known.
        period_seconds: Seconds between two probes. Default 10.
        timeout_seconds: Seconds after which a probe failed. Default 5.
        failure_threshold: Failures after which a running server is not ready, or restarted. Default 3.
    """

    path: str = field(default="/health", metadata=valid.text())
    startup_seconds: int | None = field(default=None, metadata=valid.integer(1))
    period_seconds: int = field(default=10, metadata=valid.integer(1))
    timeout_seconds: int = field(default=5, metadata=valid.integer(1))
    failure_threshold: int = field(default=3, metadata=valid.integer(1))

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Give the probes that are missing."""
        if pod.serves:
            for _, record, made in pod.containers():
                if record.serves_model:
                    self._probe(role, made)
        if pod.proxied:
            proxy = pod.spec["initContainers"][0]
            proxy.setdefault("readinessProbe", {"tcpSocket": {"port": role.serving_port}, **self._rhythm(self.failure_threshold)})

    def _probe(self, role: RoleView, made: dict[str, Any]) -> None:
        asked: Manifest = {"path": self.path, "port": role.port}
        if any(arg.startswith("--ssl-certfile") for arg in made.get("args", ())):
            asked["scheme"] = "HTTPS"
        failures = -(-self._startup_seconds(role) // self.period_seconds)
        for name, threshold in (("startupProbe", failures), ("readinessProbe", self.failure_threshold), ("livenessProbe", self.failure_threshold)):
            if name not in made:
                made[name] = {"httpGet": dict(asked), **self._rhythm(threshold)}

    def _rhythm(self, threshold: int) -> Manifest:
        return {"periodSeconds": self.period_seconds, "timeoutSeconds": self.timeout_seconds, "failureThreshold": threshold}

    def _startup_seconds(self, role: RoleView) -> int:
        if self.startup_seconds is not None:
            return self.startup_seconds
        model = role.service.model
        size = weights_gib(model)
        return 3600 if size is None else int(600 + size * (10 if model.scheme == "hf" else 5))
