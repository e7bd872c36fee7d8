"""What stands around the endpoint picker: pools, objectives, rewrites, routes, the proxy of the standalone mode, and monitoring."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from attrs import field, frozen

from constructs_dra.errors import Problems
from constructs_dra.lexical.addresses import cidr_problem
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import Resources

__all__ = [
    "AgentgatewayProxy",
    "EnvoyProxy",
    "Gateway",
    "GoogleGateway",
    "GoogleMonitor",
    "HttpRoute",
    "InferenceModelRewrite",
    "InferenceObjective",
    "InferencePool",
    "Istio",
    "PickerMonitor",
]

_HEALTH_CHECKS: Final = ("35.191.0.0/16", "130.211.0.0/22")
"""Where health checks and global load balancers of Google connect from (cloud.google.com/load-balancing/docs/firewall-rules)."""

_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
"""Private addresses (RFC 1918)."""

_PROXY_RESOURCES: Final[Mapping[str, Any]] = {"limits": {"memory": "16Gi"}, "requests": {"cpu": "4", "memory": "8Gi"}}
_PROXY_ARGS: Final = (
    "--service-node", "envoy-sidecar", "--log-level", "warn", "--concurrency", "8", "--drain-strategy", "immediate", "--drain-time-s", "60",
    "-c", "/etc/envoy/envoy.yaml",
)  # fmt: skip


def _weights(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of model names to weights")
        return
    check = valid.integer(0, 1_000_000)["check"]
    for name, weight in value.items():
        check(weight, f"{path}[{name!r}]", problems)


def _mapping(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping")


@frozen(kw_only=True, eq=False, repr=False)
class InferencePool(Record):
    """The pods a gateway may send requests to, and the picker that chooses among them.

    Attributes:
        failure_mode: What the gateway does where the picker does not answer: `FailOpen` takes any pod, `FailClose` refuses. Default `FailOpen`.
    """

    failure_mode: str = field(default="FailOpen", metadata=valid.choice("FailOpen", "FailClose"))


@frozen(kw_only=True, eq=False, repr=False)
class InferenceObjective(Record):
    """A class of requests with a priority; requests name it in a header.

    Attributes:
        name: Its name.
        priority: Its priority; below 0, its requests are the first that are dropped. Default 0.
    """

    name: str = field(metadata=valid.dns_subdomain())
    priority: int = field(default=0, metadata=valid.integer(-(2**31)))


@frozen(kw_only=True, eq=False, repr=False)
class InferenceModelRewrite(Record):
    """Requests for one model name that another one answers.

    Attributes:
        name: Name of the object.
        model: The name that clients ask for; requests for any other name are left alone. Default: every request.
        targets: Names the servers know, each with its share of the requests. Default: the service's own model.
    """

    name: str = field(metadata=valid.dns_subdomain())
    model: str | None = field(default=None, metadata=valid.optional(valid.text()))
    targets: Mapping[str, int] = field(factory=dict, metadata=valid.custom(_weights))


@frozen(kw_only=True, eq=False, repr=False)
class HttpRoute(Record):
    """The way from a gateway to the pool.

    Attributes:
        gateway: Name of the Gateway.
        gateway_namespace: Its namespace. Default: the route's own.
        timeout: Longest request; `0s` leaves it to the gateway. Default `300s`.
        headers: Headers a request must have, by name. Default: none.
        base_model: Value of the header `X-Gateway-Base-Model-Name` a request must have. Default: any.
    """

    gateway: str = field(default="inference-gateway", metadata=valid.dns_subdomain())
    gateway_namespace: str | None = field(default=None, metadata=valid.optional(valid.dns_label()))
    timeout: str | None = field(default="300s", metadata=valid.optional(valid.text()))
    headers: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    base_model: str | None = field(default=None, metadata=valid.optional(valid.text()))


@frozen(kw_only=True, eq=False, repr=False)
class Gateway(Record):
    """A Gateway of one's own, where the cluster has none to share.

    Attributes:
        gateway_class: Its class, which the cluster must have, e.g. `istio`.
        port: Port it listens on. Default 80.
        name: Its name. Default: the one the route names.
    """

    gateway_class: str = field(metadata=valid.dns_subdomain())
    port: int = field(default=80, metadata=valid.port())
    name: str | None = field(default=None, metadata=valid.optional(valid.dns_subdomain()))


@frozen(kw_only=True, eq=False, repr=False)
class Istio(Record):
    """What Istio needs to know of the picker: that it talks TLS with a certificate of its own.

    Attributes:
        host: The picker's host name. Default: the one of its Service.
        connection_pool: `trafficPolicy.connectionPool`, in Istio's spelling. Default: none.
    """

    host: str | None = field(default=None, metadata=valid.optional(valid.text()))
    connection_pool: Fragment | None = field(default=None, metadata=valid.optional(valid.custom(_mapping)))


@frozen(kw_only=True, eq=False, repr=False)
class EnvoyProxy(Record):
    """Envoy beside the picker, for clusters without a gateway: clients talk to the picker's Service.

    Attributes:
        image: Its image.
        image_pull_policy: Default `IfNotPresent`.
        args: Its arguments. Default: eight threads, warnings only.
        resources: CPU and memory. Default: 4 CPUs and 8Gi, at most 16Gi.
        env: Further variables. Default: none.
        fail_open: Whether a request goes to any pod where the picker does not answer. Default True.
        mode: `sidecar`: beside the picker; `service`: in a Deployment of its own, with a Service that clients talk to. Default `sidecar`.
        replicas: Copies in a Deployment of its own. Default 2.
        cluster_domain: Domain of the cluster's Services, by which a Deployment of its own finds the picker. Default `cluster.local`.
        container: Fields of its container, in Kubernetes' spelling, over those that follow from the others. Default: none.
        volumes: Its volumes, where those are not to be its ConfigMap alone. Default: that one.
        files: Further files of its ConfigMap, or others in place of its configuration, by name. Default: none.
        config_name: Name of its ConfigMap. Default: one that tells the picker it belongs to.
        bare: Whether its container, volumes and ConfigMap have only what is said here, as the chart of the gateway has it. Default no.
    """

    PRESET: ClassVar[str] = "envoy"
    CONTAINER_NAME: ClassVar[str] = "envoy-proxy"

    image: str = field(default="docker.io/envoyproxy/envoy:distroless-v1.33.2", metadata=valid.image())
    image_pull_policy: str = field(default="IfNotPresent", metadata=valid.choice("Always", "IfNotPresent", "Never"))
    args: Sequence[str] = field(default=_PROXY_ARGS, metadata=valid.texts())
    resources: Resources | Fragment = field(default=_PROXY_RESOURCES, metadata=fragments.resources())
    env: Sequence[Fragment] = field(default=(), metadata=fragments.fragments("EnvVar"))
    fail_open: bool = field(default=True, metadata=valid.boolean())
    mode: str = field(default="sidecar", metadata=valid.choice("sidecar", "service"))
    replicas: int = field(default=2, metadata=valid.integer(0))
    cluster_domain: str = field(default="cluster.local", metadata=valid.dns_subdomain())
    container: Fragment = field(factory=dict, metadata=valid.custom(_mapping))
    volumes: Sequence[Fragment] | None = field(default=None, metadata=valid.optional(fragments.fragments("Volume")))
    files: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    config_name: str | None = field(default=None, metadata=valid.optional(valid.dns_subdomain()))
    bare: bool = field(default=False, metadata=valid.boolean())


@frozen(kw_only=True, eq=False, repr=False)
class AgentgatewayProxy(EnvoyProxy):
    """agentgateway in Envoy's place. It needs `pool=None` and a picker without TLS (`flags={"secure-serving": False}`).

    Its fields are those of `EnvoyProxy`, with agentgateway's image and arguments; `fail_open` says nothing to it.
    """

    PRESET: ClassVar[str] = "agentgateway"
    CONTAINER_NAME: ClassVar[str] = "agentgateway-proxy"

    image: str = field(default="cr.agentgateway.dev/agentgateway:latest-dev", metadata=valid.image())
    args: Sequence[str] = field(default=("-f", "/config/config.yaml"), metadata=valid.texts())


@frozen(kw_only=True, eq=False, repr=False)
class PickerMonitor(Record):
    """A ServiceMonitor of the Prometheus operator for the picker.

    Attributes:
        interval: Time between two scrapes. Default `30s`.
        labels: Its labels, by which a Prometheus picks it up. Default: none beside the usual.
        token_secret: Secret with the token Prometheus shows, key `token`; where it is named, the Secret is made. Default: none.
    """

    interval: str = field(default="30s", metadata=valid.text())
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    token_secret: str | None = field(default=None, metadata=valid.optional(valid.dns_subdomain()))


@frozen(kw_only=True, eq=False, repr=False)
class GoogleGateway(Record):
    """What a gateway of Google's load balancers needs to know of the pool: say it where the gateway's class is one of `gke-l7-…`.

    Such load balancers are no pods: their health checks come from two ranges of Google's, requests from the proxy-only subnet of the VPC. The network
    policies of model servers and picker admit both.

    Attributes:
        health_path: Path by which it checks whether a pod is healthy. Default `/health`.
        timeout_seconds: Longest request. Default 300.
        proxy_subnets: The proxy-only subnets of the region, as CIDR ranges: `["10.129.0.0/23"]`. Default: all private ranges, as the library cannot
            know the subnet.
    """

    health_path: str = field(default="/health", metadata=valid.text())
    timeout_seconds: int = field(default=300, metadata=valid.integer(1))
    proxy_subnets: Sequence[str] = field(default=_PRIVATE, metadata=valid.texts(cidr_problem))

    @property
    def peers(self) -> list[Manifest]:
        """Who connects to the pods, as peers of a NetworkPolicy."""
        return [{"ipBlock": {"cidr": cidr}} for cidr in (*_HEALTH_CHECKS, *self.proxy_subnets)]


@frozen(kw_only=True, eq=False, repr=False)
class GoogleMonitor(Record):
    """A PodMonitoring of Google's managed Prometheus for the picker, and the token its collector shows.

    Attributes:
        interval: Time between two scrapes. Default `30s`.
        autopilot: Whether the cluster is an Autopilot cluster, whose collectors live in another namespace. Default no.
    """

    interval: str = field(default="30s", metadata=valid.text())
    autopilot: bool = field(default=False, metadata=valid.boolean())
