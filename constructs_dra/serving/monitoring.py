"""What Prometheus scrapes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.engines.others import silent_engine
from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.findings import finding
from constructs_dra.serving.part import RolePart, RoleView

__all__ = ["PodMonitor"]


_API: Final = ("monitoring.coreos.com/v1", "PodMonitor")
_MINIMAL: Final[dict[str, Any]] = {"selector": {}, "podMetricsEndpoints": []}


def _endpoint_part(key: str) -> valid.Metadata:
    return fragments.part(*_API, f"spec.podMetricsEndpoints[0].{key}", lambda value: {**_MINIMAL, "podMetricsEndpoints": [{key: value}]})


@frozen(kw_only=True, eq=False, repr=False)
class PodMonitor(RolePart):
    """A PodMonitor of the Prometheus operator for one role.

    Attributes:
        port: Name of the container port that is scraped; the model server's gets this name where it has none. Default: the name that it has.
        path: HTTP path. Default `/metrics`.
        interval: Time between two scrapes; `None` leaves it to Prometheus. Default `30s`.
        scrape_timeout: Time after which a scrape is given up. Default: Prometheus' own.
        labels: Labels of the PodMonitor, by which a Prometheus picks it up. Default: none beside the usual.
        annotations: Annotations of the PodMonitor. Default: none.
        relabelings: Relabel rules before scraping, in the operator's spelling. Default: none.
        metric_relabelings: Relabel rules before ingestion, in the operator's spelling. Default: none.
        namespace_selector: Namespaces it selects pods in. Default: its own.
    """

    port: str | None = field(default=None, metadata=valid.optional(valid.port_name()))
    path: str = field(default="/metrics", metadata=valid.text())
    interval: str | None = field(default="30s", metadata=valid.optional(valid.text()))
    scrape_timeout: str | None = field(default=None, metadata=valid.text())
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    relabelings: Sequence[Fragment] = field(default=(), metadata=_endpoint_part("relabelings"))
    metric_relabelings: Sequence[Fragment] = field(default=(), metadata=_endpoint_part("metricRelabelings"))
    namespace_selector: Fragment | None = field(
        default=None, metadata=fragments.part(*_API, "spec.namespaceSelector", lambda value: {**_MINIMAL, "namespaceSelector": value})
    )

    def manifests(self, role: RoleView) -> Iterator[Manifest]:
        """The PodMonitor; it selects the pods by the workload's selector."""
        endpoint: dict[str, Any] = {"port": self.port_name(role), "path": self.path}
        if self.interval is not None:
            endpoint["interval"] = self.interval
        if self.scrape_timeout is not None:
            endpoint["scrapeTimeout"] = self.scrape_timeout
        if self.relabelings:
            endpoint["relabelings"] = copied(self.relabelings)
        if self.metric_relabelings:
            endpoint["metricRelabelings"] = copied(self.metric_relabelings)
        spec: dict[str, Any] = {"selector": {"matchLabels": dict(role.selector)}, "podMetricsEndpoints": [endpoint]}
        if self.namespace_selector is not None:
            spec["namespaceSelector"] = copied(self.namespace_selector)
        metadata = role.metadata(kind="PodMonitor", labels=self.labels, annotations=self.annotations)
        yield {"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": metadata, "spec": spec}

    def port_name(self, role: RoleView) -> str:
        """Name of the port that is scraped; empty where the model server's has none."""
        if self.port is not None:
            return self.port
        return next((name for name, number in role.pods[0].ports().items() if number == role.port), "")

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """The port that is scraped is a port of the pods."""
        names = role.pods[0].ports()
        port = self.port_name(role)
        if not port:
            hint = f"name it: Port({role.port}, name='http')"
            yield finding("port", "metrics-port", f"the model server's port {role.port} has no name, and a PodMonitor needs one", hint)
        elif port not in names:
            hint = did_you_mean(port, names) if names else f"name the model server's port: Port({role.port}, name={shown(port)})"
            yield finding("port", "metrics-port", f"no container of the pod has a port called {shown(port)}", hint)
        for pod in role.pods:
            for _, made in pod.all_containers():
                if silent := silent_engine(made):
                    engine, flag = silent
                    yield finding("port", "engine-metrics", f"{engine} exports no metrics without {flag}", f"add {flag} to the server's arguments")
