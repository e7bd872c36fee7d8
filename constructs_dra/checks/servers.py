"""Model servers among manifests, the routing proxy before each, and prefill and decode of one service held against each other."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.checks.claimed import requests, target
from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.engines.flags import flags_of
from constructs_dra.engines.handover import KV_ROLES, Difference, Proxy, Server, differences, transfer
from constructs_dra.engines.launch import Launch, launches
from constructs_dra.engines.network import NO_NETWORK, lacks_network
from constructs_dra.engines.router import router_program
from constructs_dra.engines.served import served_names
from constructs_dra.engines.shell import OPAQUE
from constructs_dra.errors import Problem, join_path, shown
from constructs_dra.kubernetes.labels import MODEL, ROLE
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text
from constructs_dra.lazy import lazy_pattern
from constructs_dra.paths import child

__all__ = ["ServerPod", "server_pods", "servers", "service_of"]

_TARGET: Final = ("model-server-port", "vllm-port")
_SIZE: Final = lazy_pattern(r"(?<![a-z0-9.])\d+(?:\.\d+)?b(?![a-z0-9])|(?<=[.])\d+b(?![a-z0-9])")
_POINTED: Final = lazy_pattern(r"(?<![a-z0-9])\d+[-.]\d+b(?![a-z0-9])")


@frozen(kw_only=True, eq=False, repr=False)
class ServerPod:
    """A pod template with a model server.

    Attributes:
        item: The object it stands in.
        template: The pod template.
        template_path: Its place.
        container: The container of the server.
        path: Its place.
        launch: How it starts its engine.
        proxy: The container of the routing proxy before it, if there is one.
        proxy_path: Its place.
    """

    item: Item
    template: Mapping[str, Any]
    template_path: str
    container: Mapping[str, Any]
    path: str
    launch: Launch = field(repr=False)
    proxy: Mapping[str, Any] | None = None
    proxy_path: str = ""

    @property
    def labels(self) -> dict[str, Any]:
        """Labels of the pod."""
        return mapping(at(self.template, "metadata", "labels"))

    @cached_property
    def port(self) -> int | None:
        """The port the server listens on; None where that is known only when it runs."""
        return _number(self.launch, "--port", 8000)

    @property
    def ranks(self) -> int:
        """Copies of the model that have a port of their own, the first one at `port`."""
        if "--data-parallel-multi-port-external-lb" not in self.launch.texts:
            return 1
        return _number(self.launch, "--data-parallel-size-local", 1) or 1

    def argument(self, flag: str) -> str:
        """The place of a flag of the server; the server's own where it is not given."""
        given = [each for each in self.launch.arguments if each.text.partition("=")[0] == flag]
        return f"{self.path}.{given[-1].path}" if given else self.path

    def proxy_argument(self, *flags: str) -> str:
        """The place of a flag of the proxy; the proxy's own where it is not given."""
        for index, argument in enumerate(sequence(mapping(self.proxy).get("args"))):
            if text(argument).lstrip("-").partition("=")[0] in flags:
                return f"{self.proxy_path}.args[{index}]"
        return self.proxy_path

    @cached_property
    def proxy_flags(self) -> Mapping[str, Sequence[str]]:
        """The values of the proxy's flags."""
        return flags_of([text(each) for each in sequence(mapping(self.proxy).get("args"))])

    def proxy_value(self, *flags: str) -> str | None:
        """The value of a flag of the proxy, whatever its version calls it."""
        given = [values for flag in flags for dashes in ("--", "-") if (values := self.proxy_flags.get(dashes + flag))]
        return given[-1][-1] if given else None


def server_pods(cluster: Cluster) -> Sequence[ServerPod]:
    """The pods of a cluster whose engine is vLLM and whose command line can be read."""
    return cluster.once(server_pods, lambda: tuple(found for pod in cluster.pods if (found := _server_pod(*pod)) is not None))


def servers(cluster: Cluster) -> Iterator[Problem]:
    """What model servers, their proxies and their labels say differently, and prefill and decode of one service."""
    sides: dict[tuple[Any, ...], dict[str, ServerPod]] = {}
    for pod in server_pods(cluster):
        yield from map(pod.item.placed, _proxied(pod))
        yield from map(pod.item.placed, _labelled(pod))
        role = text(pod.labels.get(ROLE))
        if role in KV_ROLES:
            sides.setdefault(service_of(pod), {}).setdefault(role, pod)
    by_template = {id(pod.template): pod for pod in server_pods(cluster)}
    for monitor in cluster.of("PodMonitor") if by_template else ():
        yield from map(monitor.placed, _scraped(monitor, by_template, cluster))
    for pair in sides.values():
        if len(pair) == len(KV_ROLES):
            yield from _handed_over(pair["prefill"], pair["decode"])
            for pod in pair.values():
                yield from map(pod.item.placed, _network(pod, cluster))


def service_of(pod: ServerPod) -> tuple[Any, ...]:
    """What pods of one service have in common: their namespace, and all labels but the role's."""
    return (pod.item.namespace, frozenset((key, value) for key, value in pod.labels.items() if key != ROLE and isinstance(value, str)))


def _number(launch: Launch, flag: str, default: int) -> int | None:
    values = launch.flags.get(flag)
    if not values:
        return default if not any(OPAQUE in each for each in launch.texts) else None
    return int(values[-1]) if values[-1].isdigit() else None


def _server_pod(item: Item, template: Mapping[str, Any], path: str) -> ServerPod | None:
    spec_path = child(path, "spec")
    spec = mapping(template.get("spec"))
    found = [(container, place, launch) for container, place in items(spec, "containers", spec_path) for launch in launches(container)]
    engines = [each for each in found if each[2].engine == "vllm" and not each[2].fault and not each[2].conditional]
    if len(engines) != 1:
        return None
    container, place, launch = engines[0]
    proxies = [each for key in ("initContainers", "containers") for each in items(spec, key, spec_path) if _is_proxy(each[0])]
    proxy, proxy_path = proxies[0] if proxies else (None, "")
    return ServerPod(
        item=item,
        template=template,
        template_path=path,
        container=container,
        path=place,
        launch=launch,
        proxy=proxy,
        proxy_path=proxy_path,
    )


def _is_proxy(container: Mapping[str, Any]) -> bool:
    program = router_program(text(container.get("image")))
    return program is not None and program[0] == "sidecar"


def _proxied(pod: ServerPod) -> Iterator[Problem]:
    """The proxy calls the port that the server listens on, and listens on another one."""
    if pod.proxy is None or pod.port is None:
        return
    written = pod.proxy_value(*_TARGET)
    called = int(written) if written is not None and written.isdigit() else None
    if called is not None and called != pod.port:
        message = f"the routing proxy calls the model server on {called}, which listens on {pod.port}"
        yield Problem(pod.proxy_argument(*_TARGET), message, f"write {pod.port}, or start the server with --port {called}", rule="listening-port")
    listens = pod.proxy_value("port") or "8000"
    if listens == str(pod.port):
        message = f"the routing proxy and the model server both listen on {pod.port}"
        yield Problem(pod.proxy_argument("port"), message, "give one of them another port", rule="proxy-port")
    ranks = pod.proxy_value("data-parallel-size") or "1"
    if ranks.isdigit() and int(ranks) != pod.ranks and called == pod.port:
        message = f"the routing proxy stands before {ranks} ports, and the model server has {pod.ranks}"
        hint = f"write --data-parallel-size={pod.ranks}" if pod.ranks > 1 else "start the server with --data-parallel-multi-port-external-lb"
        yield Problem(pod.proxy_argument("data-parallel-size"), message, hint, rule="listening-port")


def _labelled(pod: ServerPod) -> Iterator[Problem]:
    """The label of the model, by which pools, queries and policies find pods, names the model that is served."""
    label = text(pod.labels.get(MODEL))
    said = _sizes(label)
    names = served_names(pod.container) if said else None
    if not names or any(OPAQUE in name for name in names):
        return
    served = set().union(*map(_sizes, names))
    if served and said.isdisjoint(served) and _names_of(label) & set().union(*map(_names_of, names)):
        listed = " or ".join(sorted(map(shown, names)))
        path = child(join_path(pod.template_path, "metadata.labels"), MODEL)
        message = f"says {shown(label)}, and the server answers to {listed}"
        yield Problem(path, message, "label the pods with the model they serve", rule="model-label")


def _sizes(name: str) -> set[str]:
    """Numbers of parameters in a model's name, `7b` and `0.6b`; where a dash may stand for a point, both readings."""
    return set(_SIZE.findall(name.casefold())) | {each.replace("-", ".") for each in _POINTED.findall(name.casefold())}


def _names_of(name: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", name.casefold()) if word and not word[0].isdigit()}


def _scraped(monitor: Item, by_template: Mapping[int, ServerPod], cluster: Cluster) -> Iterator[Problem]:
    """A monitor of a server reads a port that the server listens on; a port in front of it may be the proxy's."""
    selector = mapping(monitor.spec.get("selector"))
    chosen = cluster.selected(selector, monitor) if selector and not at(monitor.spec, "namespaceSelector") else []
    reported: set[str] = set()
    for pod in (by_template[id(template)] for template in chosen if id(template) in by_template):
        named = {text(port.get("name")): port.get("containerPort") for port, _ in items(pod.container, "ports", pod.path)}
        for endpoint, place in items(monitor.spec, "podMetricsEndpoints", "spec"):
            name = text(endpoint.get("port"))
            number = named.get(name)
            if pod.port is None or not isinstance(number, int) or pod.port <= number < pod.port + pod.ranks or name in reported:
                continue
            if pod.proxy is not None and str(number) == (pod.proxy_value("port") or "8000"):
                continue  # the proxy passes on what it does not handle
            reported.add(name)
            message = f"{name!r} is port {number} of {pod.item.title}, whose model server listens on {pod.port}"
            yield Problem(child(place, "port"), message, f"start it with --port {number}, or let the port be {pod.port}", rule="metrics-port")


def _handed_over(prefill: ServerPod, decode: ServerPod) -> Iterator[Problem]:
    pods = {"prefill": prefill, "decode": decode}
    proxy = None
    if decode.proxy is not None:
        calls = {each for each in (decode.proxy_value("enable-tls") or "").split(",") if each}
        calls |= {"prefiller"} if decode.proxy_value("prefiller-use-tls") in {"true", "1", "t"} else set()
        proxy = Proxy(connector=decode.proxy_value("kv-connector", "connector") or "nixlv2", calls=frozenset(calls))
    for role, pod in pods.items():
        said = transfer(pod.launch.flags).get("kv_role")
        if isinstance(said, str) and said not in KV_ROLES[role]:
            hint = f"write {' or '.join(KV_ROLES[role])}"
            yield pod.item.placed(
                Problem(pod.argument("--kv-transfer-config"), f"kv_role {shown(said)} does not fit {role}", hint, rule="kv-transfer")
            )
    sides = [Server(flags=pod.launch.flags, env=pod.launch.environment, image=text(pod.container.get("image"))) for pod in pods.values()]
    for found in differences(sides[0], sides[1], proxy):
        pod = pods["decode" if found.side == "proxy" else found.side]
        yield pod.item.placed(Problem(_place(found, pod), found.message, _hint(found), rule="kv-mismatch"))


def _network(pod: ServerPod, cluster: Cluster) -> Iterator[Problem]:
    claims = [target(claim, pod.item, cluster) for claim, _ in items(pod.template.get("spec"), "resourceClaims", "")]
    classes = [text(at(request, "exactly", "deviceClassName")) for claim in claims if claim is not None for request in requests(claim)]
    classes += [""] * (None in claims)
    if connector := lacks_network(pod.launch.flags, pod.launch.environment, pod.template, classes):
        place = child(pod.template_path, "spec")
        hint = "ask for a NIC in the pod's claim, on one PCIe root with the device, or for rdma/ib; UCX_TLS=tcp,cuda_copy says that TCP is meant"
        yield Problem(place, NO_NETWORK.format(connector=connector), hint, rule="kv-network")


def _place(found: Difference, pod: ServerPod) -> str:
    if found.side == "proxy":
        return pod.proxy_argument("kv-connector", "connector")
    if found.variable:
        indexes = [index for index, each in enumerate(sequence(pod.container.get("env"))) if mapping(each).get("name") == found.variable]
        return f"{pod.path}.env[{indexes[-1]}].value" if indexes else f"{pod.path}.env"
    return pod.argument(found.flag) if found.flag else f"{pod.path}.image"


def _hint(found: Difference) -> str:
    if found.flag == "--ssl-certfile":
        verb = "take {} out of" if found.too_much else "add {} to"
        return f"{verb.format(found.value)} the routing proxy's --enable-tls"
    return found.hint or f"write {found.flag}={found.value}" if found.flag else found.hint or f"write {found.value}"
