"""Rules of Services."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from constructs_dra.kubernetes.metadata import check_labels
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.lexical.addresses import cidr_problem, ip_problem, unreachable_problem
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_FAMILIES = ("IPv4", "IPv6")
_POLICIES = ("SingleStack", "PreferDualStack", "RequireDualStack")
_KUBELET_PORT = 10250
_LONGEST_AFFINITY = 86_400


def _service(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    kind = text(spec.get("type")) or "ClusterIP"
    rules.word(spec, "type", _TYPES, "spec")
    check_labels(spec, "spec", rules.problems, key="selector")
    if kind == "ExternalName":
        _check_external_name(spec, rules)
    elif not spec.get("ports") and spec.get("clusterIP") != "None":
        rules.missing(spec, "spec", "ports")
    _check_ports(spec, kind, rules)
    _check_affinity(spec, rules)
    _check_addresses(spec, kind, rules)
    _check_traffic(spec, kind, rules)
    _check_balancer(spec, kind, rules)


def _check_external_name(spec: dict[str, Any], rules: Rules) -> None:
    rules.missing(spec, "spec", "externalName")
    name = text(spec.get("externalName"))
    if name and (fault := names.dns_subdomain_problem(name.removesuffix("."))):
        rules.problems.add("spec.externalName", f"{name!r} {fault}", rule="name")
    for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(key):
            rules.value(f"spec.{key}", "must be absent with type ExternalName")


def _check_ports(spec: dict[str, Any], kind: str, rules: Rules) -> None:
    ports = sequence(spec.get("ports"))
    seen: set[tuple[int | None, str]] = set()
    nodes: set[tuple[int, str]] = set()
    for port, place in items(spec, "ports", "spec"):
        if len(ports) > 1 and not port.get("name"):
            rules.problems.add(child(place, "name"), "is missing", "name each port where there are several", rule="required")
        rules.name(port, "name", names.dns_label_problem, place)
        rules.number(port, "port", place, low=1, high=65535)
        rules.number(port, "nodePort", place, low=0, high=65535)
        target = port.get("targetPort")
        if target == 0 and target is not False:
            # 0 means the same port; written out it is a slip
            rules.problems.add(child(place, "targetPort"), "0 is taken for the port's own number", rule="strict-number")
        elif target not in (None, ""):
            rules.port(port, "targetPort", place)
        rules.word(port, "protocol", ("TCP", "UDP", "SCTP"), place)
        rules.name(port, "appProtocol", names.qualified_name_problem, place, required=True)
        protocol = text(port.get("protocol")) or "TCP"
        number, node = whole(port.get("port")), whole(port.get("nodePort"))
        if (number, protocol) in seen and number is not None:
            rules.problems.add(place, f"repeats port {number}/{protocol}", "leave one of the two out", rule="duplicate")
        seen.add((number, protocol))
        if node and kind == "ClusterIP":
            rules.value(child(place, "nodePort"), "must be absent with type ClusterIP", "type NodePort or LoadBalancer opens ports on nodes")
        elif node and (node, protocol) in nodes:
            rules.problems.add(child(place, "nodePort"), f"{node} appears twice", "leave one of the two out", rule="duplicate")
        nodes.add((node or 0, protocol))
        if kind == "LoadBalancer" and number == _KUBELET_PORT:
            rules.value(child(place, "port"), f"{number} cannot be balanced; it is the kubelet's")
    rules.unique(spec, "ports", "spec")


def _check_affinity(spec: dict[str, Any], rules: Rules) -> None:
    rules.word(spec, "sessionAffinity", ("None", "ClientIP"), "spec")
    configuration = spec.get("sessionAffinityConfig")
    if configuration is None:
        return
    if spec.get("sessionAffinity") in (None, "", "None"):
        rules.value("spec.sessionAffinityConfig", "must be absent where sessionAffinity is None")
    elif at(configuration, "clientIP", "timeoutSeconds") is not None:
        place = "spec.sessionAffinityConfig.clientIP"
        rules.number(mapping(mapping(configuration).get("clientIP")), "timeoutSeconds", place, low=1, high=_LONGEST_AFFINITY)


def _check_addresses(spec: dict[str, Any], kind: str, rules: Rules) -> None:
    address, addresses = spec.get("clusterIP"), sequence(spec.get("clusterIPs"))
    if address == "None" and kind in {"NodePort", "LoadBalancer"}:
        rules.value("spec.clusterIP", f"must not be None with type {kind}")
    if kind != "ExternalName":
        if text(address) not in {"", "None"} and (fault := ip_problem(text(address))):
            rules.value("spec.clusterIP", f"{address!r} is neither None nor an IP address" if "not an" in fault else f"{address!r} {fault}")
        for index, each in enumerate(addresses):
            if text(each) != "None" and ip_problem(text(each)):
                rules.value(f"spec.clusterIPs[{index}]", f"{text(each)!r} is not an IP address")
            elif text(each) == "None" and (len(addresses) > 1 or address != "None"):
                rules.value(f"spec.clusterIPs[{index}]", "None must stand alone, and in clusterIP too")
        if addresses and isinstance(addresses[0], str) and addresses[0] != text(address):
            rules.value("spec.clusterIPs[0]", f"{addresses[0]!r} must be the same as clusterIP")
        rules.at_most(addresses, 2, "spec.clusterIPs")
        rules.words(spec, "ipFamilies", _FAMILIES, "spec")
        rules.distinct(spec, "ipFamilies", "spec")
        rules.word(spec, "ipFamilyPolicy", _POLICIES, "spec", empty=False)
        _check_stacks(spec, rules)
    for index, each in enumerate(sequence(spec.get("externalIPs"))):
        place = f"spec.externalIPs[{index}]"
        if fault := ip_problem(text(each)) or unreachable_problem(text(each)):
            rules.value(place, f"{text(each)!r} {fault}")


def _check_stacks(spec: dict[str, Any], rules: Rules) -> None:
    """Whether families, addresses and policy say the same."""
    families, addresses = list(map(text, sequence(spec.get("ipFamilies")))), list(map(text, sequence(spec.get("clusterIPs"))))
    several = [key for key, values in (("ipFamilies", families), ("clusterIPs", addresses)) if len(values) > 1]
    if several and spec.get("ipFamilyPolicy") in (None, "SingleStack"):
        hint = "write PreferDualStack or RequireDualStack, or leave one out"
        rules.value("spec.ipFamilyPolicy", f"must not be SingleStack, which it is by default, with more than one of {several[0]}", hint)
    given = [_family(address) for address in addresses or [text(spec.get("clusterIP"))]]
    if len(given) > 1 and given[0] and len(set(given)) == 1:
        rules.value("spec.clusterIPs", f"has two addresses of {given[0]}; there may be one of each family")
    for index, (family, wanted) in enumerate(zip(given, families, strict=False)):
        if family and wanted in _FAMILIES and family != wanted:
            place = f"spec.clusterIPs[{index}]" if addresses else "spec.clusterIP"
            rules.value(place, f"is an address of {family}, and ipFamilies[{index}] is {wanted}")


def _family(address: str) -> str:
    """The family of an address; empty for what is none."""
    return "" if ip_problem(address) else f"IPv{ip_address(address).version}"


def _check_traffic(spec: dict[str, Any], kind: str, rules: Rules) -> None:
    rules.word(spec, "internalTrafficPolicy", ("Cluster", "Local"), "spec", empty=False)
    rules.word(spec, "externalTrafficPolicy", ("Cluster", "Local"), "spec")
    external = kind in {"NodePort", "LoadBalancer"} or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if spec.get("externalTrafficPolicy") and not external:
        rules.value("spec.externalTrafficPolicy", "is only for Services that are reached from outside")
    rules.number(spec, "healthCheckNodePort", "spec")
    if whole(spec.get("healthCheckNodePort")) and not (kind == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"):
        rules.value("spec.healthCheckNodePort", "is only for type LoadBalancer with externalTrafficPolicy Local")
    nearest = ("PreferClose", "PreferSameZone", "PreferSameNode") if rules.on("PreferSameTrafficDistribution") else ("PreferClose",)
    rules.word(spec, "trafficDistribution", nearest, "spec", empty=False)


def _check_balancer(spec: dict[str, Any], kind: str, rules: Rules) -> None:
    for key in ("loadBalancerSourceRanges", "loadBalancerClass", "allocateLoadBalancerNodePorts"):
        if spec.get(key) not in (None, []) and kind != "LoadBalancer":
            rules.value(f"spec.{key}", "is only for type LoadBalancer")
    rules.name(spec, "loadBalancerClass", names.qualified_name_problem, "spec", required=True)
    rules.texts(spec, "loadBalancerSourceRanges", "spec", lambda block: cidr_problem(block.strip()))


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {"Service": _service}
"""The check of each kind of this file."""
