"""Rules of Ingress, IngressClass and NetworkPolicy."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from constructs_dra.kubernetes.metadata import path_segment_problem
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.lexical.addresses import cidr_problem, ip_problem
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_BAD_PARTS = ("//", "/./", "/../", "%2f", "%2F")
_BAD_ENDS = ("/..", "/.")
_LONGEST_CONTROLLER = 250
_CLASS_ANNOTATION = "kubernetes.io/ingress.class"


def _host_problem(host: str) -> str:
    """A DNS name, or one with `*` as its first label."""
    if host.startswith("*."):
        return names.dns_subdomain_problem(host[2:])
    return "is an IP address, and a DNS name is needed" if not ip_problem(host) else names.dns_subdomain_problem(host)


def _ingress(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    if not spec.get("rules") and not spec.get("defaultBackend"):
        rules.problems.add("spec", "has neither rules nor a defaultBackend", rule="required")
    rules.name(spec, "ingressClassName", names.dns_subdomain_problem, "spec", required=True)
    if spec.get("ingressClassName") and at(manifest, "metadata", "annotations", _CLASS_ANNOTATION) is not None:
        rules.value(f"metadata.annotations[{_CLASS_ANNOTATION!r}]", "must be absent beside spec.ingressClassName")
    if isinstance(spec.get("defaultBackend"), dict):
        _check_backend(spec["defaultBackend"], "spec.defaultBackend", rules)
    for entry, place in items(spec, "tls", "spec"):
        rules.texts(entry, "hosts", place, lambda host: names.dns_subdomain_problem(host.removeprefix("*.")))
        rules.name(entry, "secretName", names.dns_subdomain_problem, place)
    for rule, place in items(spec, "rules", "spec"):
        host = text(rule.get("host"))
        if host and (fault := _host_problem(host)):
            rules.problems.add(child(place, "host"), f"{host!r} {fault}", rule="name")
        where = child(place, "http")
        if isinstance(rule.get("http"), dict) and not rule["http"].get("paths"):
            rules.problems.add(child(where, "paths"), "must hold at least one path", rule="required")
        for route, route_place in items(rule.get("http"), "paths", where):
            _check_route(route, route_place, rules)


def _check_route(route: dict[str, Any], path: str, rules: Rules) -> None:
    rules.word(route, "pathType", ("Exact", "Prefix", "ImplementationSpecific"), path, required=True)
    kind, value, place = text(route.get("pathType")), text(route.get("path")), child(path, "path")
    if kind in {"Exact", "Prefix"}:
        if not value.startswith("/"):
            rules.value(place, f"{value!r} must start with '/'")
        for part in (*(part for part in _BAD_PARTS if part in value), *(end for end in _BAD_ENDS if value.endswith(end))):
            rules.value(place, f"{value!r} must not hold {part!r}")
    elif kind == "ImplementationSpecific" and value and not value.startswith("/"):
        rules.value(place, f"{value!r} must start with '/'")
    _check_backend(mapping(route.get("backend")), child(path, "backend"), rules)


def check_typed_reference(reference: dict[str, Any], path: str, rules: Rules) -> None:
    """A reference to an object of any kind: group, kind and name."""
    rules.name(reference, "apiGroup", names.dns_subdomain_problem, path, required=True)
    rules.missing(reference, path, "kind", "name")
    for key in ("kind", "name"):
        rules.name(reference, key, path_segment_problem, path)


def _check_backend(backend: dict[str, Any], path: str, rules: Rules) -> None:
    kind = rules.one_of(backend, ("service", "resource"), path, "backend")
    target, place = mapping(backend.get(kind)), child(path, kind)
    if kind == "resource":
        check_typed_reference(target, place, rules)
    elif kind:
        label = names.dns_label_problem if rules.on("RelaxedServiceNameValidation") else names.dns1035_label_problem
        rules.name(target, "name", label, place, required=True)
        port, where = mapping(target.get("port")), child(place, "port")
        rules.one_of({key: port.get(key) or None for key in ("name", "number")}, ("name", "number"), where, "port")
        rules.name(port, "name", names.port_name_problem, where)
        if port.get("number"):
            rules.number(port, "number", where, low=1, high=65535)


def _ingress_class(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.missing(spec, "spec", "controller")
    rules.name(spec, "controller", names.domain_path_problem, "spec")
    if len(text(spec.get("controller"))) > _LONGEST_CONTROLLER:
        rules.problems.add("spec.controller", f"may have at most {_LONGEST_CONTROLLER} characters", rule="too-long")
    parameters, place = spec.get("parameters"), "spec.parameters"
    if not isinstance(parameters, dict):
        return
    check_typed_reference(parameters, place, rules)
    rules.word(parameters, "scope", ("Cluster", "Namespace"), place, empty=False)
    if parameters.get("scope") == "Namespace":
        rules.missing(parameters, place, "namespace")
        rules.name(parameters, "namespace", names.dns_label_problem, place)
    elif parameters.get("namespace") is not None:
        rules.value(child(place, "namespace"), "must be absent where scope is Cluster, which it is by default")


def _network_policy(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.label_selector(spec.get("podSelector"), "spec.podSelector")
    rules.words(spec, "policyTypes", ("Ingress", "Egress"), "spec")
    rules.at_most(spec.get("policyTypes"), 2, "spec.policyTypes")
    for direction, key in (("ingress", "from"), ("egress", "to")):
        for rule, place in items(spec, direction, "spec"):
            for port, where in items(rule, "ports", place):
                _check_port(port, where, rules)
            for peer, where in items(rule, key, place):
                _check_peer(peer, where, rules)


def _check_port(port: dict[str, Any], path: str, rules: Rules) -> None:
    rules.word(port, "protocol", ("TCP", "UDP", "SCTP"), path, empty=False)
    rules.port(port, "port", path)
    end, place = whole(port.get("endPort")), child(path, "endPort")
    if end is None:
        return
    first = port.get("port")
    rules.number(port, "endPort", path, low=1, high=65535)
    if first is None:
        rules.value(place, "must be absent where there is no port")
    elif isinstance(first, str):
        rules.value(place, "must be absent where the port is a name")
    elif whole(first) is not None and end < first:
        rules.value(place, f"{end} is less than port {first}")


def _check_peer(peer: dict[str, Any], path: str, rules: Rules) -> None:
    block = peer.get("ipBlock")
    selectors = [key for key in ("podSelector", "namespaceSelector") if peer.get(key) is not None]
    if block is None and not selectors:
        rules.problems.add(path, "names no peer", "give podSelector, namespaceSelector or ipBlock", rule="required")
    for key in selectors:
        rules.label_selector(peer[key], child(path, key))
    if not isinstance(block, dict):
        return
    place = child(path, "ipBlock")
    if selectors:
        rules.problems.add(place, f"must be absent beside {' and '.join(selectors)}", rule="one-of")
    cidr = text(block.get("cidr"))
    if fault := cidr_problem(cidr):
        rules.value(child(place, "cidr"), f"{cidr!r} {fault}")
    for index, each in enumerate(sequence(block.get("except"))):
        where, part = f"{place}.except[{index}]", text(each)
        if fault := cidr_problem(part):
            rules.value(where, f"{part!r} {fault}")
        elif not cidr_problem(cidr):
            outer, inner = ip_network(cidr, strict=False), ip_network(part, strict=False)
            if outer.version != inner.version or outer.prefixlen >= inner.prefixlen or inner.network_address not in outer:
                rules.value(where, f"{part!r} is not a part of {cidr}")


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {
    "Ingress": _ingress,
    "IngressClass": _ingress_class,
    "NetworkPolicy": _network_policy,
}
"""The check of each kind of this file."""
