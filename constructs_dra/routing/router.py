"""A router: the endpoint picker of one pool of pods and everything around it, derived from a name, the pods' labels and their ports."""

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from constructs_dra.engines.served import served_names
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.defaults import settled
from constructs_dra.manifest import Manifest
from constructs_dra.routing.cache_events import event_problems
from constructs_dra.routing.conventions import RouterConventions, conventions_of
from constructs_dra.routing.endpoint_picker import DEFAULT_CONFIG, config_for
from constructs_dra.routing.objects import router_manifests
from constructs_dra.routing.spec import RouterSpec, RoutingParts
from constructs_dra.serving.part import ServiceView

__all__ = ["Router", "Routing"]


@frozen(kw_only=True, eq=False, repr=False)
class Routing(RoutingParts):
    """Routing of requests to a model service: `ModelService(…, parts=[Routing(route=HttpRoute(gateway="…"))])`.

    Labels, ports and names follow from the service.

    Attributes:
        picker: The endpoint picker.
        pool: The pool of pods; `None` for a picker that finds its pods by labels itself. Default: one.
        route: The way from a gateway to the pool. Default: none.
        gateway: A Gateway of one's own. Default: none, so the cluster has it.
        istio: What Istio needs to know of the picker; say it where the gateway is Istio's. Default: none.
        proxy: Envoy beside the picker, for clusters without a gateway. Default: none.
        google: What a gateway of Google's load balancers needs to know of the pool. Default: none.
        monitor: What Prometheus scrapes of the picker. Default: none.
        google_monitor: What Google's managed Prometheus scrapes of the picker. Default: none.
        objectives: Classes of requests with priorities. Default: none.
        rewrites: Model names that others answer. Default: none.
        network: A NetworkPolicy for the picker; `None` for none. Default: one.
    """

    def router(self, service: ServiceView) -> "Router":
        """The router of a service: named after it, for its pods and their ports."""
        return Router(
            service.name,
            namespace=service.namespace,
            match_labels=dict(service.selector),
            target_ports=[service.service_port],
            model=service.model.served_name,
            labels=dict(service.metadata().get("labels", {})),
            routing=self._fitting(service),
        )

    def _fitting(self, service: ServiceView) -> "Routing":
        """With a picker that knows the stages of the service, where its author says nothing about what it decides by."""
        config = config_for(service.roles)
        return evolve(self, picker=evolve(self.picker, config=config)) if self.picker.config is DEFAULT_CONFIG is not config else self

    def names(self, service: ServiceView) -> RouterConventions:
        """Names, labels and habits of the router of a service."""
        return conventions_of(service.name, service.namespace, service.metadata().get("labels", {}), self, None)

    def manifests(self, service: ServiceView) -> list[Manifest]:
        """The pool, the picker and what else is wanted."""
        return self.router(service).manifests()

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """The pool's ports are ports of the pods, the scheduler's profiles find pods, and what the picker says of its configuration."""
        for role in service.roles.values():
            for pod in role.pods:
                ports = sorted({port["containerPort"] for _, made in pod.running() for port in made.get("ports", ())})
                if pod.serves and ports and service.service_port not in ports:
                    listed = ", ".join(map(str, ports))
                    shown = f"the pool sends requests to port {service.service_port}, and pods of {role.name} show {listed}"
                    hint = "set service_port of the service, or the port of the container"
                    yield Problem("pool", shown, hint, rule="pool-port", severity="warning")  # a port need not be shown to be open
        known = self._known(service) or set()
        for index, rewrite in enumerate(self.rewrites):
            for target in rewrite.targets:
                if known and target not in known:
                    place = f"rewrites[{index}].targets[{target!r}]"
                    hint = did_you_mean(target, sorted(known))
                    yield Problem(place, f"no server of {service.name!r} answers to {target!r}", hint, rule="rewrite-model")
        picker = self._fitting(service).picker
        yield from (each.under("picker") for each in (*picker.findings(), *event_problems(picker, service)))

    def own_callers(self) -> Sequence[Manifest]:
        """Load balancers of Google, where they stand before the servers."""
        return self.google.peers if self.google is not None else ()

    @staticmethod
    def _known(service: ServiceView) -> set[str] | None:
        """Names that the servers answer to; None where that is known only when they run."""
        known = {service.model.served_name}
        for role in service.roles.values():
            for pod in role.pods:
                for _, made in pod.all_containers():
                    names = served_names(made)
                    if names is None:
                        return None
                    known |= names
        return known


@frozen(eq=False, repr=False)
class Router(RouterSpec):
    """The router of a pool of pods, whoever made these.

    Attributes:
        name: Its name; the pool and the route have it, and the picker is `<name>-epp`.
        match_labels: Labels by which the pods are found.
        namespace: Namespace of the objects. Default: none written, so the one they are applied to.
        target_ports: Ports of the pods, one for each data-parallel rank. Default 8000.
        protocol: What the pods talk: `http`, `grpc`, or None where the gateway knows. Default `http`.
        model: Name of the model, for rewrites. Default: none.
        labels: Labels of all objects. Default: none beside the usual.
        routing: What there is.
        release: The Helm release whose objects are taken over. Default: none; names and labels are this library's.
    """

    @property
    def how(self) -> RouterConventions:
        """Names, labels and habits."""
        return conventions_of(self.name, self.namespace, self.labels, self.routing, self.release)

    def manifests(self) -> list[Manifest]:
        """The objects: new dicts on every call."""
        how = self.how
        made = list(router_manifests(self, how))
        return list(map(settled, made)) if how.whole_lists else made

    def check(self) -> list[Problem]:
        """What the picker's own loader says of its configuration and flags, warnings included."""
        return [each.under("routing.picker") for each in self.routing.picker.findings()]
