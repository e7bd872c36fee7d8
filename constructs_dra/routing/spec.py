"""What there is of a router, before it is objects: the fields of `Routing` and `Router`, and their checks."""

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from constructs_dra.errors import Problems
from constructs_dra.records import valid
from constructs_dra.records.record import Record
from constructs_dra.routing.around import (
    AgentgatewayProxy,
    EnvoyProxy,
    Gateway,
    GoogleGateway,
    GoogleMonitor,
    HttpRoute,
    InferenceModelRewrite,
    InferenceObjective,
    InferencePool,
    Istio,
    PickerMonitor,
)
from constructs_dra.routing.endpoint_picker import EndpointPicker
from constructs_dra.routing.policy import PickerNetworkPolicy
from constructs_dra.routing.release import RouterRelease
from constructs_dra.serving.part import Part

__all__ = ["RouterSpec", "RoutingParts"]


@frozen(kw_only=True, eq=False, repr=False)
class RoutingParts(Part):
    """What there is to route requests; `constructs_dra.routing.router.Routing` describes the fields."""

    picker: EndpointPicker = field(factory=EndpointPicker, metadata=valid.instance(EndpointPicker))
    pool: InferencePool | None = field(factory=InferencePool, metadata=valid.optional(valid.instance(InferencePool)))
    route: HttpRoute | None = field(default=None, metadata=valid.optional(valid.instance(HttpRoute)))
    gateway: Gateway | None = field(default=None, metadata=valid.optional(valid.instance(Gateway)))
    istio: Istio | None = field(default=None, metadata=valid.optional(valid.instance(Istio)))
    google: GoogleGateway | None = field(default=None, metadata=valid.optional(valid.instance(GoogleGateway)))
    google_monitor: GoogleMonitor | None = field(default=None, metadata=valid.optional(valid.instance(GoogleMonitor)))
    proxy: EnvoyProxy | None = field(default=None, metadata=valid.optional(valid.instance(EnvoyProxy)))
    monitor: PickerMonitor | None = field(default=None, metadata=valid.optional(valid.instance(PickerMonitor)))
    objectives: Sequence[InferenceObjective] = field(default=(), metadata=valid.instances(InferenceObjective))
    rewrites: Sequence[InferenceModelRewrite] = field(default=(), metadata=valid.instances(InferenceModelRewrite))
    network: PickerNetworkPolicy | None = field(factory=PickerNetworkPolicy, metadata=valid.optional(valid.instance(PickerNetworkPolicy)))

    def cross_check(self, problems: Problems) -> None:
        """The parts fit each other, and the picker takes its configuration."""
        for name in ("route", "objectives", "rewrites", "google"):
            if getattr(self, name) and self.pool is None:
                problems.add(name, "needs a pool", "leave pool at its default", rule="route-pool")
        if isinstance(self.proxy, AgentgatewayProxy):
            if self.pool is not None:
                problems.add("pool", "must be None: agentgateway finds the pods through the picker alone", "write pool=None", rule="route-pool")
            if self.picker.serves_tls:
                hint = "write picker=EndpointPicker(flags={'secure-serving': False})"
                problems.add("proxy", "talks to the picker without TLS, and the picker serves TLS", hint, rule="route-pool")
        if self.gateway is not None and self.route is None:
            problems.add("gateway", "serves no route", "write route=HttpRoute(gateway=…)", rule="route-pool")


@frozen(eq=False, repr=False)
class RouterSpec(Record):
    """What there is of a router; `constructs_dra.routing.router.Router` describes the fields."""

    name: str = field(metadata=valid.dns_subdomain())
    match_labels: Mapping[str, str] = field(kw_only=True, metadata=valid.labels())
    namespace: str | None = field(default=None, kw_only=True, metadata=valid.optional(valid.dns_label()))
    target_ports: Sequence[int] = field(default=(8000,), kw_only=True)
    protocol: str | None = field(default="http", kw_only=True, metadata=valid.optional(valid.choice("http", "grpc")))
    model: str | None = field(default=None, kw_only=True, metadata=valid.optional(valid.text()))
    labels: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=valid.labels())
    routing: RoutingParts = field(factory=RoutingParts, kw_only=True, metadata=valid.instance(RoutingParts))
    release: RouterRelease | None = field(default=None, kw_only=True, metadata=valid.optional(valid.instance(RouterRelease)))

    def cross_check(self, problems: Problems) -> None:
        """There are labels and ports, and a release has a namespace."""
        if not self.match_labels:
            problems.add("match_labels", "must not be empty: the pool would hold every pod of the namespace")
        check = valid.port()["check"]
        for index, port in enumerate(self.target_ports):
            check(port, f"target_ports[{index}]", problems)
        if not self.target_ports or len(self.target_ports) > 8:
            problems.add("target_ports", f"must be 1 to 8 ports, not {len(self.target_ports)}")
        if self.release is None:
            problems.extend(self.routing.picker.findings(), under="routing.picker")
        elif not self.namespace:
            problems.add("namespace", "must be the namespace of the release: names hold it")
