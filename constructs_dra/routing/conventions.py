"""Names, labels and habits of a router: this library's own, and those of a running release of the router's charts.

Whatever differs between the two is asked here; no builder looks at the release itself.
"""

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.manifest import to_yaml
from constructs_dra.routing.release import RouterRelease
from constructs_dra.routing.spec import RoutingParts

__all__ = ["PAYLOAD_AGNOSTIC", "POD_SECURITY", "RouterConventions", "conventions_of"]

POD_SECURITY: Final = {"runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
"""Security context of pods that are admitted at level `restricted`."""

_MAX = 40
"""Longest part of a name that the charts keep."""


@frozen(kw_only=True)
class RouterConventions:
    """What the builders ask for.

    Attributes:
        pool: Name of the pool and the route.
        picker: Name of the picker and of what belongs to it.
        cluster_name: Name of cluster-wide objects.
        proxy: Name of the proxy's Deployment and Service, where it has its own.
        proxy_config: Name of the ConfigMap with the proxy's configuration.
        monitor: Name of the ServiceMonitor.
        labels: Labels of the objects.
        workload_labels: Labels of the Deployment and the pods beside those.
        selector: Labels by which the pods are found.
        pool_mode: Whether the picker gets the name of a pool.
        hardened: Whether its pods are admitted at Pod Security level `restricted`.
        split_roles: Whether what it may do is spread over two roles, as the charts do.
        labels_on_config: Whether ConfigMaps, routes and bindings have labels.
        zap_json: Whether it logs JSON.
        files: Files of its configuration, by name.
        cluster_access: Whether it may ask who reads its metrics.
        service_ports: Further ports of its Service, or of the proxy's.
        own_ports: Whether its Service has those ports where the proxy has a Service of its own.
        listens_on_service_port: Whether agentgateway listens on the number that the Service's port `http` has. Default no.
        service_port: Port of its Service for the gateway.
        service_metrics_port: Port of its Service for metrics.
        order: Kinds in the order of the objects, where that is not this library's.
        election_namespace: Whether the binding of the leader election names the account's namespace.
        whole_lists: Whether lists hold what a server would fill in, so that applying them again changes nothing.
    """

    pool: str
    picker: str
    cluster_name: str
    proxy: str
    proxy_config: str
    monitor: str
    labels: Mapping[str, str]
    workload_labels: Mapping[str, str]
    selector: Mapping[str, str]
    pool_mode: bool
    hardened: bool
    whole_lists: bool
    split_roles: bool
    labels_on_config: bool
    zap_json: bool
    files: Mapping[str, str]
    cluster_access: bool
    service_ports: tuple[Any, ...] = field(default=())
    own_ports: bool = True
    listens_on_service_port: bool = False
    service_port: int
    service_metrics_port: int
    standalone_order: bool = False
    election_namespace: bool = True


def conventions_of(
    name: str, namespace: str | None, labels: Mapping[str, str], routing: RoutingParts, release: RouterRelease | None
) -> RouterConventions:
    """The conventions of a router."""
    return _own(name, namespace, labels, routing) if release is None else _chart(name, namespace or "", routing, release)


def _mode(routing: RoutingParts) -> str:
    """How the picker finds its pods, as the charts call it; policies of networks know pickers by that label."""
    return "llm-d-router-gateway" if routing.pool is not None else "llm-d-router-standalone"


def _own(name: str, namespace: str | None, labels: Mapping[str, str], routing: RoutingParts) -> RouterConventions:
    picker = routing.picker
    own = f"{name}-epp"
    proxied: tuple[Any, ...] = ({"name": "http", "protocol": "TCP", "port": 80, "targetPort": "http"},) if routing.proxy is not None else ()
    return RouterConventions(
        pool=name,
        picker=own,
        cluster_name="-".join(part for part in (namespace, own) if part),
        proxy=f"{name}-proxy",
        proxy_config=(routing.proxy and routing.proxy.config_name) or f"{own}-{routing.proxy.PRESET if routing.proxy else 'envoy'}",
        monitor=own,
        labels={**labels, "app.kubernetes.io/name": own, "app.kubernetes.io/component": "endpoint-picker"},
        # the service's own labels stay off the picker's pods, which would be endpoints of the pool with them
        workload_labels={"app.kubernetes.io/component": "endpoint-picker", "llm-d.ai/igw-mode": _mode(routing)},
        selector={"app.kubernetes.io/name": own},
        pool_mode=routing.pool is not None,
        hardened=True,
        whole_lists=True,
        split_roles=False,
        labels_on_config=True,
        zap_json=True,
        files={picker.config_name: picker.config_text, **picker.other_configs},
        cluster_access=picker.metrics_auth,
        service_ports=proxied,
        own_ports=routing.proxy is None or routing.proxy.mode == "sidecar",
        service_port=picker.port,
        service_metrics_port=picker.metrics_port,
    )


def _chart(name: str, namespace: str, routing: RoutingParts, release: RouterRelease) -> RouterConventions:
    picker = routing.picker
    short = name.strip().lower()[:_MAX]
    own = f"{short}-epp"
    mode = _mode(routing)
    files = {"default-plugins.yaml": to_yaml(dict(release.default_config)), "payload-agnostic.yaml": to_yaml(dict(PAYLOAD_AGNOSTIC))}
    files |= {picker.config_name: picker.config_text, **picker.other_configs}
    return RouterConventions(
        pool=name,
        picker=own,
        cluster_name=f"{short}-{namespace.lower()[:_MAX]}-epp",
        proxy=f"{short}-proxy",
        proxy_config=(routing.proxy and routing.proxy.config_name) or (routing.proxy.PRESET if routing.proxy else "envoy"),
        monitor=f"{own}-monitor",
        labels={"app.kubernetes.io/name": own, "app.kubernetes.io/version": release.version},
        workload_labels={"llm-d.ai/igw-mode": mode},
        selector={mode: own},
        pool_mode=routing.pool is not None,
        hardened=False,
        whole_lists=False,
        split_roles=True,
        labels_on_config=False,
        zap_json=True,
        files=files,
        cluster_access=release.scraped or routing.monitor is not None or routing.google_monitor is not None,
        service_ports=tuple(release.service_ports),
        listens_on_service_port=True,
        service_port=release.ext_proc_port or 9002,
        service_metrics_port=release.metrics_service_port or 9090,
        standalone_order=release.chart == "standalone",
        election_namespace=False,
    )


PAYLOAD_AGNOSTIC: Mapping[str, Any] = {
    "apiVersion": "llm-d.ai/v1alpha1",
    "kind": "EndpointPickerConfig",
    "plugins": [{"type": "passthrough-parser"}, {"type": "active-request-scorer"}, {"type": "session-affinity-scorer"}],
    "requestHandler": {"parsers": [{"pluginRef": "passthrough-parser"}]},
    "schedulingProfiles": [
        {"name": "default", "plugins": [{"pluginRef": "active-request-scorer", "weight": 1}, {"pluginRef": "session-affinity-scorer", "weight": 1}]}
    ],
}
"""A file that the charts always add; nothing reads it unless the values name it."""
