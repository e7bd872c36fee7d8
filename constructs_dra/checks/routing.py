"""What pools, pickers, their Services, routes and rewrites say about each other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from constructs_dra import picker
from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.checks.pickers import PickerContainer, config_of, picker_containers
from constructs_dra.engines.served import served_names
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.kinds import container_ports
from constructs_dra.kubernetes.labels import ROLE
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text
from constructs_dra.paths import child

__all__ = ["routing"]

_ROLES: Final[Mapping[str, frozenset[str]]] = {
    "prefill-filter": frozenset({"prefill", "encode-prefill", "prefill-decode", "both", "encode-prefill-decode"}),
    "decode-filter": frozenset({"decode", "prefill-decode", "both", "encode-prefill-decode", ""}),
    "encode-filter": frozenset({"encode", "encode-prefill", "encode-prefill-decode"}),
}
"""Values of the role label that the picker's filters let pass; no label at all is the empty one."""

_TELLING: Final = frozenset({*_ROLES, "by-label", "by-label-selector", "label-selector-filter", "endpoint-attribute-filter"})
"""Filters that may tell pods of one role from those of another."""

_LISTENS: Final = {"grpc-port": 9002, "metrics-port": 9090}
"""Ports a picker listens on where its flags say nothing."""


def routing(cluster: Cluster) -> Iterator[Problem]:
    """Every disagreement between the objects that route requests."""
    if not any(map(cluster.has, ("InferencePool", "InferenceObjective", "InferenceModelRewrite", "DestinationRule", "Deployment", "StatefulSet"))):
        return
    pickers = picker_containers(cluster)
    for found in pickers:
        yield from map(found.item.placed, _picker(found, cluster))
    for pool in cluster.of("InferencePool"):
        yield from map(pool.placed, _pool(pool, pickers, cluster))
    for item in cluster.of("InferenceObjective", "InferenceModelRewrite"):
        yield from map(item.placed, cluster.missing("InferencePool", text(at(item.spec, "poolRef", "name")), "spec.poolRef.name", item))
    for item in cluster.of("InferenceModelRewrite"):
        yield from map(item.placed, _rewrite(item, cluster))
    for item in cluster.of("ServiceMonitor"):
        yield from map(item.placed, _monitored(item, cluster))
    for item in cluster.of("DestinationRule"):
        yield from map(item.placed, _destination(item, cluster))


def _argument(found: PickerContainer, name: str) -> str:
    """The place of a flag's value."""
    index = found.flags.places[name]
    apart = text(sequence(found.container.get("args"))[index]).lstrip("-") == name
    return f"{child(found.path, 'args')}[{index + apart}]"


def _picker(found: PickerContainer, cluster: Cluster) -> Iterator[Problem]:
    """A picker and the pool that its flags name, or the pods it is to find by itself."""
    name = found.flags.values.get("pool-name", "")
    if name and "$(" not in name and cluster.has("InferencePool"):
        yield from cluster.missing("InferencePool", name, _argument(found, "pool-name"), found.item)
        pool = cluster.find("InferencePool", name, found.item)
        namespace = found.flags.values.get("pool-namespace", "")
        if pool is not None and namespace and pool.namespace and "$(" not in namespace and namespace != pool.namespace:
            shown = f"InferencePool {name!r} is in namespace {pool.namespace!r}, not in {namespace!r}"
            yield Problem(_argument(found, "pool-namespace"), shown, f"write {pool.namespace}", rule="pool-picker")
    selector = found.flags.values.get("endpoint-selector", "")
    labels = dict(pair.split("=", 1) for pair in selector.split(",") if pair.count("=") == 1 and "!" not in pair and "$(" not in pair)
    if labels and len(labels) == selector.count(",") + 1 and cluster.has_pods(found.item):
        chosen = [each for each in cluster.selected({"matchLabels": labels}, found.item) if each is not found.template]
        if not chosen:
            hint = "compare its labels with those of the pods"
            yield Problem(_argument(found, "endpoint-selector"), "selects no pod here", hint, rule="selects-nothing", severity="warning")
            return
        ports = {number for template in chosen for _, number in container_ports(template)}
        for port in found.flags.values.get("endpoint-target-ports", "").split(","):
            if port.strip().isdigit() and ports and int(port) not in ports:
                shown, hint = f"no selected pod has the port {port}", f"their ports are {', '.join(map(str, sorted(ports)))}"
                yield Problem(_argument(found, "endpoint-target-ports"), shown, hint, rule="pool-port")


def _pool(pool: Item, pickers: Sequence[PickerContainer], cluster: Cluster) -> Iterator[Problem]:
    """A pool, the Service it names, and the picker behind that."""
    reference = mapping(pool.spec.get("endpointPickerRef"))
    service = cluster.find("Service", text(reference.get("name")), pool)
    if service is None:
        return
    number = at(reference, "port", "number")
    ports = {port["port"]: port for port, _ in items(service.spec, "ports", "spec") if isinstance(port.get("port"), int)}
    if isinstance(number, int) and number not in ports:
        shown = f"Service {service.name!r} has no port {number}"
        listed = ", ".join(str(each) for each in ports)
        yield Problem("spec.endpointPickerRef.port.number", shown, f"its ports are {listed}", rule="picker-port")
    selector = mapping(service.spec.get("selector"))
    reached = cluster.selected({"matchLabels": selector}, service) if selector else []
    by_template = _pickers_by_template(cluster)
    behind = [found for template in reached for found in by_template.get(id(template), ())]
    if pickers and reached and not behind:
        shown = f"Service {service.name!r} leads to pods that are not an endpoint picker"
        yield Problem("spec.endpointPickerRef.name", shown, "name the Service of the picker", rule="pool-picker")
    chosen = cluster.selected(mapping(pool.spec.get("selector")), pool)
    for found in behind:
        if any(template is found.template for template in chosen):
            shown = "fits the pods of the picker itself, which answer no requests"
            yield Problem("spec.selector", shown, "add a label that only the model servers have", rule="pool-picker")
        name = found.flags.values.get("pool-name", "")
        if name and "$(" not in name and name != pool.name:
            shown = f"the picker behind Service {service.name!r} is started for the pool {name!r}"
            yield Problem("spec.endpointPickerRef.name", shown, f"write --pool-name {pool.name}, or name the pool's own picker", rule="pool-picker")
        if isinstance(number, int) and number in ports:
            yield from _listening(found, ports[number], "grpc-port", "spec.endpointPickerRef.port.number", service)
        yield from _roles(found, pool, cluster)


def _pickers_by_template(cluster: Cluster) -> dict[int, list[PickerContainer]]:
    """The pickers by the identity of their pod template."""

    def found() -> dict[int, list[PickerContainer]]:
        made: dict[int, list[PickerContainer]] = {}
        for each in picker_containers(cluster):
            made.setdefault(id(each.template), []).append(each)
        return made

    return cluster.once(_pickers_by_template, found)


def _labels(template: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(at(template, "metadata", "labels"))


def _listening(found: PickerContainer, port: Mapping[str, Any], flag: str, path: str, service: Item) -> Iterator[Problem]:
    """A port of the picker's Service leads to the port it listens on."""
    target = port.get("targetPort", port.get("port"))
    named = {text(each.get("name")): each.get("containerPort") for each, _ in items(found.container, "ports", "")}
    reached = named.get(target) if isinstance(target, str) else target
    written = found.flags.values.get(flag, "")
    listens = int(written) if written.isdigit() else _LISTENS[flag]
    if isinstance(reached, int) and reached != listens and "$(" not in written:
        shown = f"Service {service.name!r} leads to port {reached} of the picker, which listens on {listens}"
        yield Problem(path, shown, f"start it with --{flag}={reached}, or write targetPort: {listens}", rule="picker-port")


def _monitored(monitor: Item, cluster: Cluster) -> Iterator[Problem]:
    """A monitor of a picker reads the port that the picker's flag for metrics names."""
    by_template = _pickers_by_template(cluster)
    selector = mapping(monitor.spec.get("selector"))
    for service in cluster.services(selector, monitor) if selector and by_template else ():
        chosen = mapping(service.spec.get("selector"))
        behind = cluster.selected({"matchLabels": chosen}, service) if chosen else []
        ports = {text(port.get("name")): port for port, _ in items(service.spec, "ports", "spec")}
        for found in (found for template in behind for found in by_template.get(id(template), ())):
            for endpoint, place in items(monitor.spec, "endpoints", "spec"):
                port = ports.get(text(endpoint.get("port")))
                if port is not None:
                    yield from _listening(found, port, "metrics-port", child(place, "port"), service)


def _roles(found: PickerContainer, pool: Item, cluster: Cluster) -> Iterator[Problem]:
    """Roles that the picker's profiles filter by, and pods of the pool that have them."""
    chosen = cluster.selected(mapping(pool.spec.get("selector")), pool)
    config = config_of(found, cluster)
    if not chosen or config is None:
        return
    present = {text(_labels(template).get(ROLE)) for template in chosen}
    types = picker.read_plugins(config)
    if {"prefill", "decode"} <= present and types and _TELLING.isdisjoint(types):
        shown = "has pods for prefill and for decode, and no profile of its picker tells them apart: prefill pods get whole requests"
        hint = "give the picker a disagg-profile-handler with a profile for each stage (prefill-filter, decode-filter), or select decode pods only"
        yield Problem("spec.selector", shown, hint, rule="picker-role", severity="warning")
    for kind in types:
        wanted = _ROLES.get(kind)
        if wanted is not None and not wanted & present:
            named = ", ".join(sorted(value for value in wanted if value))
            shown = f"the picker's {kind} filters out every pod of the pool: none has the label {ROLE} with one of {named}"
            hint = "label the pods with their role, or select them too"
            yield Problem("spec.selector", shown, hint, rule="picker-role", severity="warning")


def _rewrite(item: Item, cluster: Cluster) -> Iterator[Problem]:
    """Names that requests are rewritten to, and the names that servers of the pool answer to."""
    pool = cluster.find("InferencePool", text(at(item.spec, "poolRef", "name")), item)
    chosen = cluster.selected(mapping(pool.spec.get("selector")), pool) if pool is not None else []
    known: set[str] = set()
    for template in chosen:
        for container, _ in items(mapping(template.get("spec")), "containers", ""):
            names = served_names(container)
            if names is None:
                return
            known |= names
    if not known:
        return
    for rule, rule_path in items(item.spec, "rules", "spec"):
        for target, place in items(rule, "targets", rule_path):
            name = text(target.get("modelRewrite"))
            if name and name not in known:
                shown = f"no server of InferencePool {pool.name if pool else ''!r} answers to {name!r}"
                yield Problem(child(place, "modelRewrite"), shown, did_you_mean(name, sorted(known)), rule="rewrite-model")


def _destination(item: Item, cluster: Cluster) -> Iterator[Problem]:
    """The host of a DestinationRule and the Service it is the name of."""
    host = text(item.spec.get("host"))
    name, _, rest = host.partition(".")
    namespace = rest.partition(".")[0]
    if not name or "*" in host or (rest and ".svc" not in f".{rest}"):
        return
    user = evolve(item, value={**item.value, "metadata": {**mapping(item.value.get("metadata")), "namespace": namespace}}) if namespace else item
    yield from cluster.missing("Service", name, "spec.host", user)
