"""PodMonitors."""

from typing import Any

from constructs_dra.manifest import Manifest
from constructs_dra.records.values import copied
from constructs_dra.serving.manifests.container import RoleContext
from constructs_dra.serving.manifests.conventions import metadata
from constructs_dra.serving.monitoring import PodMonitor

__all__ = ["pod_monitor_manifest"]


def pod_monitor_manifest(context: RoleContext, monitor: PodMonitor) -> Manifest:
    """The PodMonitor of a role; it selects the pods by the workload's selector."""
    conventions = context.conventions
    endpoint: dict[str, Any] = {"port": monitor.port, "path": monitor.path}
    if monitor.interval is not None:
        endpoint["interval"] = monitor.interval
    if monitor.scrape_timeout is not None:
        endpoint["scrapeTimeout"] = monitor.scrape_timeout
    if monitor.relabelings:
        endpoint["relabelings"] = copied(monitor.relabelings)
    if monitor.metric_relabelings:
        endpoint["metricRelabelings"] = copied(monitor.metric_relabelings)
    spec: dict[str, Any] = {"selector": {"matchLabels": conventions.selector(context.name)}, "podMetricsEndpoints": [endpoint]}
    if monitor.namespace_selector is not None:
        spec["namespaceSelector"] = copied(monitor.namespace_selector)
    labels = {**conventions.labels(context.name, kind="PodMonitor"), **monitor.labels}
    annotations = {**context.service.annotations, **monitor.annotations}
    name = conventions.pod_monitor_name(context.name)
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": metadata(name, labels, annotations, context.service.namespace),
        "spec": spec,
    }
