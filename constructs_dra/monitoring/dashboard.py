"""A Grafana dashboard for a model service."""

from collections.abc import Iterator, Mapping
from json import dumps
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.monitoring.series import is_scraped, picker_labels, pool_labels, selected, server_labels
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, RoleView, ServiceView

__all__ = ["GrafanaDashboard"]

_LONGEST: Final = 40
"""Longest identity that Grafana takes."""

_SERVERS: Final = (
    ("Requests running", "sum({vllm:num_requests_running})", "short"),
    ("Requests waiting", "sum({vllm:num_requests_waiting})", "short"),
    ("Memory for keys and values in use", "avg({vllm:kv_cache_usage_perc})", "percentunit"),
    ("Time to first token, 95 %", "histogram_quantile(0.95, sum by (le) (rate({vllm:time_to_first_token_seconds_bucket}[5m])))", "s"),
    ("Time of a request, 95 %", "histogram_quantile(0.95, sum by (le) (rate({vllm:e2e_request_latency_seconds_bucket}[5m])))", "s"),
    ("Tokens read", "sum(rate({vllm:prompt_tokens_total}[5m]))", "short"),
    ("Tokens written", "sum(rate({vllm:generation_tokens_total}[5m]))", "short"),
    ("Servers up", "sum({up})", "short"),
)
"""Title, expression with the series in braces, and unit."""


@frozen(kw_only=True, eq=False, repr=False)
class GrafanaDashboard(Part):
    """A dashboard in a ConfigMap, as Grafana's sidecar picks it up.

    Attributes:
        heading: Its title. Default: the service's name.
        labels: Labels by which the sidecar knows it. Default `grafana_dashboard: "1"`.
        folder: Folder of Grafana it goes to. Default: the sidecar's.
        picker: Whether it shows what the endpoint picker reports. Default no.
    """

    heading: str | None = field(default=None, metadata=valid.optional(valid.text()))
    labels: Mapping[str, str] = field(factory=lambda: {"grafana_dashboard": "1"}, metadata=valid.labels())
    folder: str | None = field(default=None, metadata=valid.optional(valid.text()))
    picker: bool = field(default=False, metadata=valid.boolean())

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        """The ConfigMap."""
        panels = [panel for role in service.roles.values() if is_scraped(role) for panel in _of_role(role)]
        panels += _of_picker(service) if self.picker else []
        for index, panel in enumerate(panels):
            panel |= {"id": index + 1, "gridPos": {"x": index % 2 * 12, "y": index // 2 * 8, "w": 12, "h": 8}}
        source = {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
        board = {
            "uid": f"{service.namespace or ''}-{service.name}".strip("-")[-_LONGEST:],
            "title": self.heading or service.name,
            "tags": ["llm-serving"],
            "schemaVersion": 39,
            "refresh": "30s",
            "time": {"from": "now-1h", "to": "now"},
            "templating": {"list": [source]},
            "panels": panels,
        }
        annotations = {"grafana_folder": self.folder} if self.folder is not None else {}
        metadata = service.metadata(f"{service.name}-dashboard", kind="ConfigMap", labels=self.labels, annotations=annotations)
        yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {f"{service.name}.json": _indented(board)}}

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """There is something to show."""
        if not self.picker and not any(is_scraped(role) for role in service.roles.values()):
            yield Problem("", "nothing scrapes the model servers", "add monitoring=PodMonitor() to a role", rule="alert-metric")


def _indented(value: Any, newline: str = "\n") -> str:
    """`json.dumps(value, indent=1)`, whose encoder in Python would be a third of what a service with everything costs."""
    kind = type(value)
    if kind is str:
        return encode_basestring_ascii(value)
    if kind is int:
        return str(value)
    inner = f"{newline} "
    if isinstance(value, dict) and value:
        lines = [f"{encode_basestring_ascii(key)}: {_indented(item, inner)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(lines)}{newline}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join([_indented(item, inner) for item in value])}{newline}]"
    return dumps(value)


def _of_role(role: RoleView) -> Iterator[dict[str, Any]]:
    labels = server_labels(role)
    for title, expr, unit in _SERVERS:
        start, end = expr.index("{"), expr.index("}")
        yield _panel(f"{role.name}: {title}", f"{expr[:start]}{selected(expr[start + 1 : end], labels)}{expr[end + 1 :]}", unit)


def _of_picker(service: ServiceView) -> list[dict[str, Any]]:
    queue = selected("llm_d_epp_flow_control_queue_size", picker_labels(service))
    saturation = selected("llm_d_epp_flow_control_pool_saturation", pool_labels(service))
    return [
        _panel("picker: Requests queued", f"sum({queue})", "short"),
        _panel("picker: Saturation of the pool", f"max({saturation})", "percentunit"),
    ]


def _panel(title: str, expr: str, unit: str) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "${datasource}"}
    return {
        "type": "timeseries",
        "title": title,
        "datasource": source,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "expr": expr, "datasource": source, "legendFormat": title}],
    }
