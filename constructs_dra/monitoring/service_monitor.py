"""What Prometheus scrapes, found by a Service in place of by pods."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.checks.monitors import SCRAPED_TWICE
from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.monitoring import PodMonitor
from constructs_dra.serving.part import RolePart, RoleView

__all__ = ["ServiceMonitor"]

_API: Final = ("monitoring.coreos.com/v1", "ServiceMonitor")
_COMPONENT: Final = {"app.kubernetes.io/component": "metrics"}


def _endpoint_part(key: str) -> valid.Metadata:
    return fragments.part(*_API, f"spec.endpoints[0].{key}", lambda value: {"selector": {}, "endpoints": [{key: value}]})


@frozen(kw_only=True, eq=False, repr=False)
class ServiceMonitor(RolePart):
    """A ServiceMonitor of the Prometheus operator for one role, with the headless Service `<workload>-metrics` that it finds the pods by.

    For clusters whose Prometheus takes no PodMonitors; a role needs one of the two.

    Attributes:
        path: HTTP path. Default `/metrics`.
        interval: Time between two scrapes; `None` leaves it to Prometheus. Default `30s`.
        labels: Labels of the ServiceMonitor, by which a Prometheus picks it up. Default: none beside the usual.
        annotations: Annotations of the ServiceMonitor. Default: none.
        relabelings: Relabel rules before scraping, in the operator's spelling. Default: none.
        metric_relabelings: Relabel rules before ingestion, in the operator's spelling. Default: none.
    """

    path: str = field(default="/metrics", metadata=valid.text())
    interval: str | None = field(default="30s", metadata=valid.optional(valid.text()))
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    relabelings: Sequence[Fragment] = field(default=(), metadata=_endpoint_part("relabelings"))
    metric_relabelings: Sequence[Fragment] = field(default=(), metadata=_endpoint_part("metricRelabelings"))

    @staticmethod
    def service_name(role: RoleView) -> str:
        """Name of the headless Service, which is the `job` of what is scraped."""
        return f"{role.metadata()['name']}-metrics"

    def manifests(self, role: RoleView) -> Iterator[Manifest]:
        """The Service and the ServiceMonitor."""
        service = role.metadata(self.service_name(role), kind="Service", labels=_COMPONENT)
        port = {"name": "metrics", "port": role.port, "targetPort": role.port, "protocol": "TCP"}
        spec: dict[str, Any] = {"clusterIP": "None", "selector": dict(role.selector), "ports": [port]}
        yield {"apiVersion": "v1", "kind": "Service", "metadata": service, "spec": spec}
        endpoint: dict[str, Any] = {"port": "metrics", "path": self.path}
        if self.interval is not None:
            endpoint["interval"] = self.interval
        if self.relabelings:
            endpoint["relabelings"] = copied(self.relabelings)
        if self.metric_relabelings:
            endpoint["metricRelabelings"] = copied(self.metric_relabelings)
        selector = {**role.selector, **_COMPONENT}
        service["labels"] = {**service["labels"], **selector}
        metadata = role.metadata(kind="ServiceMonitor", labels=self.labels, annotations=self.annotations)
        spec = {"selector": {"matchLabels": selector}, "endpoints": [endpoint]}
        yield {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": metadata, "spec": spec}

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """Nothing is scraped twice."""
        if role.part(PodMonitor) is not None:
            shown, hint = SCRAPED_TWICE
            yield Problem("", shown.format("the PodMonitor of the role"), hint, rule="scraped-twice")
