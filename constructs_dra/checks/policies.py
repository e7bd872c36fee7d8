"""NetworkPolicies, and who among the objects has to reach the pods they are about."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import field, frozen

from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.checks.pickers import picker_containers
from constructs_dra.checks.servers import ServerPod, server_pods, service_of
from constructs_dra.errors import Problem, Severity
from constructs_dra.kubernetes.kinds import container_ports
from constructs_dra.kubernetes.labels import ROLE
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text

__all__ = ["policies"]


@frozen(kw_only=True, eq=False, repr=False)
class _Caller:
    """Somebody who connects to pods.

    Attributes:
        title: What to call them in a message.
        item: Their object; None: nobody here, only the port counts.
        labels: Labels of their pods.
        outside: Whether they are no pods, so that only a range of addresses admits them.
    """

    title: str
    item: Item | None = None
    labels: Mapping[str, Any] = field(factory=dict)
    outside: bool = False


def policies(cluster: Cluster) -> Iterator[Problem]:
    """Connections that somebody here needs and no policy that is about the pods lets through."""
    given = [item for item in cluster.of("NetworkPolicy") if _restricts(item)]
    if not given:
        return
    severity: Severity = "error" if cluster.complete else "warning"
    told: set[tuple[int, str, int]] = set()
    by_template: dict[int, list[Item]] = {}
    for policy in given:
        for chosen in cluster.selected(mapping(policy.spec.get("podSelector")), policy):
            by_template.setdefault(id(chosen), []).append(policy)
    for caller, template, port in _connections(cluster):
        item, pod = template
        about = by_template.get(id(pod), [])
        if not about or any(_admits(policy, caller, port, pod) for policy in about):
            continue
        key = (id(about[0]), caller.title, port)
        if key not in told:
            told.add(key)
            names = f"{item.title} on port {port}"
            hint = "add a rule with its labels under ingress" if caller.item is not None else "add the port to a rule under ingress"
            if caller.outside:
                hint = "add ipBlocks of 35.191.0.0/16, 130.211.0.0/22 and the proxy-only subnet under ingress"
            yield about[0].placed(Problem("spec.ingress", f"keeps {caller.title} from {names}", hint, rule="policy-blocks", severity=severity))


_Template = tuple[Item, Mapping[str, Any]]


def _connections(cluster: Cluster) -> Iterator[tuple[_Caller, _Template, int]]:
    """Who connects to which pods on which port, as far as the objects say it."""
    owners = {id(template): (item, template) for item, template, _ in cluster.pods}
    for caller, templates, numbers in (*_picked(cluster), *_scraped(cluster), *_prefilled(cluster), *_balanced(cluster)):
        yield from ((caller, owners[id(template)], number) for template in templates for number in numbers(template))


_Connection = tuple[_Caller, Sequence[Mapping[str, Any]], Callable[[Mapping[str, Any]], Iterable[int]]]


def _these(numbers: Sequence[int], template: Mapping[str, Any]) -> Sequence[int]:  # noqa: ARG001 - the same for every pod
    return numbers


def _picked(cluster: Cluster) -> Iterator[_Connection]:
    """Pickers read the metrics of the pods they choose among."""
    for found in picker_containers(cluster):
        flags = found.flags.values
        caller = _Caller(title=f"the endpoint picker {found.item.title}", item=found.item, labels=_labels(found.template))
        pool = cluster.find("InferencePool", flags.get("pool-name", ""), found.item)
        if pool is not None:
            listed = [port["number"] for port, _ in items(pool.spec, "targetPorts", "spec") if isinstance(port.get("number"), int)]
            yield caller, cluster.selected(mapping(pool.spec.get("selector")), pool), partial(_these, listed)
        labels = dict(pair.split("=", 1) for pair in flags.get("endpoint-selector", "").split(",") if pair.count("=") == 1)
        if labels:
            own = [int(each) for each in flags.get("endpoint-target-ports", "").split(",") if each.strip().isdigit()]
            yield caller, cluster.selected({"matchLabels": labels}, found.item), partial(_these, own)


def _scraped(cluster: Cluster) -> Iterator[_Connection]:
    """Prometheus reads the ports that monitors name; where it runs is not known."""
    for monitor in cluster.of("PodMonitor"):
        selector = mapping(monitor.spec.get("selector"))
        wanted = {text(each.get("port")) for each, _ in items(monitor.spec, "podMetricsEndpoints", "spec")}
        if selector and not at(monitor.spec, "namespaceSelector"):
            yield _reader(monitor), cluster.selected(selector, monitor), partial(_named, wanted)
    for monitor in cluster.of("ServiceMonitor"):
        selector = mapping(monitor.spec.get("selector"))
        wanted = {text(each.get("port")) for each, _ in items(monitor.spec, "endpoints", "spec")}
        for service in cluster.services(selector, monitor) if selector else ():
            chosen = mapping(service.spec.get("selector"))
            targets = {
                port.get("targetPort", port.get("port")) for port, _ in items(service.spec, "ports", "spec") if text(port.get("name")) in wanted
            }
            if chosen:
                yield _reader(monitor), cluster.selected({"matchLabels": chosen}, service), partial(_named, targets)


def _reader(monitor: Item) -> _Caller:
    return _Caller(title=f"whoever reads metrics for {monitor.title}", labels={})


def _named(wanted: Collection[Any], template: Mapping[str, Any]) -> Iterator[int]:
    """Numbers of the ports that are wanted, by name or by number."""
    yield from (number for name, number in container_ports(template) if name in wanted or number in wanted)


def _prefilled(cluster: Cluster) -> Iterator[_Connection]:
    """The proxy before decode has prompts prefilled."""
    pods = server_pods(cluster)
    by_service: dict[tuple[Any, ...], list[ServerPod]] = {}
    for pod in pods:
        if text(pod.labels.get(ROLE)) == "prefill":
            by_service.setdefault(service_of(pod), []).append(pod)
    for pod in pods:
        if pod.proxy is not None and text(pod.labels.get(ROLE)) == "decode":
            caller = _Caller(title=f"the routing proxy of {pod.item.title}", item=pod.item, labels=pod.labels)
            for other in by_service.get(service_of(pod), ()):
                if other.port is not None:
                    yield caller, [other.template], partial(_these, [other.port])


def _balanced(cluster: Cluster) -> Iterator[_Connection]:
    """Load balancers of Google connect to the pods of pools that their policies are about."""
    for item in cluster.of("HealthCheckPolicy", "GCPBackendPolicy"):
        named = mapping(item.spec.get("targetRef"))
        pool = cluster.find("InferencePool", text(named.get("name")), item) if named.get("kind") == "InferencePool" else None
        if pool is not None:
            listed = [port["number"] for port, _ in items(pool.spec, "targetPorts", "spec") if isinstance(port.get("number"), int)]
            caller = _Caller(title="Google's load balancers", outside=True)
            yield caller, cluster.selected(mapping(pool.spec.get("selector")), pool), partial(_these, listed)


def _labels(template: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(at(template, "metadata", "labels"))


def _restricts(policy: Item) -> bool:
    """Whether a policy is about who may connect."""
    types = sequence(policy.spec.get("policyTypes"))
    return not types or "Ingress" in types


def _admits(policy: Item, caller: _Caller, port: int, pod: Mapping[str, Any]) -> bool:
    """Whether a rule of a policy lets somebody through; what cannot be known here counts as letting through."""
    return any(_passes(rule, port, pod) and _names(rule, caller) for rule, _ in items(policy.spec, "ingress", "spec"))


def _passes(rule: Mapping[str, Any], port: int, pod: Mapping[str, Any]) -> bool:
    listed = [each for each, _ in items(rule, "ports", "")]
    named = {name: number for name, number in container_ports(pod) if name}
    for each in listed:
        number = each.get("port")
        first = named.get(number) if isinstance(number, str) else number
        last = each.get("endPort", first)
        if number is None or (isinstance(first, int) and isinstance(last, int) and first <= port <= last):
            return True
    return not listed


def _names(rule: Mapping[str, Any], caller: _Caller) -> bool:
    peers: Sequence[Mapping[str, Any]] = [each for each, _ in items(rule, "from", "")]
    if not peers or caller.outside:
        return not peers or any("ipBlock" in peer for peer in peers)
    if caller.item is None:
        return True
    for peer in peers:
        if "ipBlock" in peer:
            return True
        if mapping(peer.get("namespaceSelector")):
            return True  # which labels the namespace has is not known
        if "podSelector" not in peer or Rules.selects(mapping(peer["podSelector"]), dict(caller.labels)):
            return True
    return False
