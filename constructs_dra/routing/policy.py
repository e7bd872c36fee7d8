"""Who may connect to an endpoint picker."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from constructs_dra.records.record import Fragment, Record
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.production.network_policy import EVERYWHERE, GATEWAYS, SCRAPERS

__all__ = ["PickerNetworkPolicy", "Reached"]


@frozen(kw_only=True, eq=False, repr=False)
class PickerNetworkPolicy(Record):
    """A NetworkPolicy that admits to the picker who has to reach it and nobody else.

    Gateways and `callers` reach the port it is asked on, scrapers the port of its metrics; the model servers of the pool, which may send it events of
    their caches, and further copies of the picker reach all ports. In front of Envoy beside the picker stands no gateway: clients in any namespace
    reach the port it takes requests on. Load balancers of Google are no pods: with `google`, their addresses reach the port it is asked on. Probes
    come from the node, which every network lets through.

    Attributes:
        callers: Who else may ask it, as peers in Kubernetes' spelling; gateways that are no pods of the cluster, for one:
            `{"ipBlock": {"cidr": "10.0.0.0/8"}}`. Default: nobody.
        scrapers: Who may read metrics, in the same spelling. Default: Prometheus as its operator labels it, in any namespace.
    """

    callers: Sequence[Fragment] = field(default=(), metadata=fragments.fragments("NetworkPolicyPeer"))
    scrapers: Sequence[Fragment] | None = field(default=None, metadata=fragments.fragments("NetworkPolicyPeer"))

    def spec(self, selector: Mapping[str, str], servers: Mapping[str, str], reached: "Reached") -> dict[str, Any]:
        """The policy's spec.

        Args:
            selector: Labels of the picker's pods.
            servers: Labels of the model servers.
            reached: Its ports, and who is known to reach them.
        """
        scrapers = [*reached.scrapers, {"namespaceSelector": EVERYWHERE, "podSelector": SCRAPERS}] if self.scrapers is None else self.scrapers
        asked = [{"namespaceSelector": EVERYWHERE, "podSelector": GATEWAYS}, *reached.callers, *self.callers]
        ingress: list[dict[str, Any]] = [
            {"from": copied(asked), "ports": [{"port": reached.port, "protocol": "TCP"}]},
            {"from": [{"podSelector": {"matchLabels": dict(selector)}}, {"podSelector": {"matchLabels": dict(servers)}}]},
        ]
        if scrapers:  # a rule for nobody would be one for everybody
            ingress.insert(1, {"from": copied(list(scrapers)), "ports": [{"port": reached.metrics, "protocol": "TCP"}]})
        if reached.requests is not None:
            ingress.insert(0, {"ports": [{"port": reached.requests, "protocol": "TCP"}]})
        return {"podSelector": {"matchLabels": dict(selector)}, "policyTypes": ["Ingress"], "ingress": ingress}


@frozen(kw_only=True)
class Reached:
    """The ports of a picker, and who is known to reach them.

    Attributes:
        port: The port that gateways ask it on.
        metrics: The port of its metrics.
        requests: The port that clients send requests to; None: behind a gateway there is none.
        callers: Who asks it beside gateways.
        scrapers: Who reads metrics beside Prometheus.
    """

    port: int
    metrics: int
    requests: int | None = None
    callers: Sequence[Mapping[str, Any]] = ()
    scrapers: Sequence[Mapping[str, Any]] = ()
