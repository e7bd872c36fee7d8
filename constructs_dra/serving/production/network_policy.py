"""Who may connect to the pods of a service."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.manifest import Manifest
from constructs_dra.records.record import Fragment
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.kv_events import KvEvents
from constructs_dra.serving.monitoring import PodMonitor
from constructs_dra.serving.part import Part, RoleView, ServiceView

__all__ = ["EVERYWHERE", "GATEWAYS", "SCRAPERS", "NetworkPolicy"]

EVERYWHERE: Final[dict[str, Any]] = {}
"""The namespace selector of all namespaces."""

GATEWAYS: Final = {"matchExpressions": [{"key": "gateway.networking.k8s.io/gateway-name", "operator": "Exists"}]}
"""Pods of a gateway: the label that implementations give what they make for one (Gateway API, GEP-1762)."""

_PICKERS: Final = {"matchExpressions": [{"key": "llm-d.ai/igw-mode", "operator": "Exists"}]}
"""Endpoint pickers, with the proxy beside them in standalone mode: the label that the charts of llm-d-router give them."""

SCRAPERS: Final = {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}
"""Prometheus, as its operator labels it."""


@frozen(kw_only=True, eq=False, repr=False)
class NetworkPolicy(Part):
    """A NetworkPolicy that admits to the pods who has to reach them and nobody else.

    Gateways, endpoint pickers, load balancers of a cloud that a part names (`GoogleGateway`) and `callers` reach the ports that requests, metrics and
    events of the cache go to; the service's own pods reach each other on all ports, as the transfer of KV caches and groups of pods choose theirs
    while they run. Probes come from the node, which every network lets through. What the pods connect to is not restricted.

    Attributes:
        callers: Who else may send requests, as peers in Kubernetes' spelling: `{"podSelector": {"matchLabels": {"app": "chat"}}}` for pods of the
            same namespace. Default: nobody.
        scrapers: Who may read metrics, in the same spelling. Default: Prometheus as its operator labels it, in any namespace.
    """

    callers: Sequence[Fragment] = field(default=(), metadata=fragments.fragments("NetworkPolicyPeer"))
    scrapers: Sequence[Fragment] | None = field(default=None, metadata=fragments.fragments("NetworkPolicyPeer"))

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        """The policy."""
        scrapers = [{"namespaceSelector": EVERYWHERE, "podSelector": SCRAPERS}] if self.scrapers is None else self.scrapers
        callers = [{"namespaceSelector": EVERYWHERE, "podSelector": GATEWAYS}, {"podSelector": _PICKERS}, *service.callers, *self.callers, *scrapers]
        events = service.part(KvEvents)
        numbers = {number for role in service.roles.values() for number in (role.serving_port, role.port, _scraped(role)) if number is not None}
        numbers |= {number for role in service.roles.values() for number in events.numbers(role)} if events is not None else set()
        spec = {
            "podSelector": {"matchLabels": dict(service.selector)},
            "policyTypes": ["Ingress"],
            "ingress": [
                {"from": copied(callers), "ports": [{"port": number, "protocol": "TCP"} for number in sorted(numbers)]},
                {"from": [{"podSelector": {"matchLabels": dict(service.selector)}}]},
            ],
        }
        yield {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": service.metadata(), "spec": spec}


def _scraped(role: RoleView) -> int | None:
    """The port that a PodMonitor of the role reads."""
    monitor = role.part(PodMonitor)
    return role.pods[0].ports().get(monitor.port_name(role)) if monitor is not None else None
