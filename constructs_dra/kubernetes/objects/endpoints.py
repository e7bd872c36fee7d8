"""Rules of EndpointSlices and Endpoints: the addresses behind a Service."""

from collections.abc import Callable
from typing import Any

from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, sequence, text
from constructs_dra.lexical import names
from constructs_dra.lexical.addresses import ip_problem, unreachable_problem
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_FAMILIES = {"IPv4": 4, "IPv6": 6}
_MOST_ENDPOINTS = 1000
_MOST_ADDRESSES = 100
_MOST_HINTS = 8


def _slice(manifest: dict[str, Any], rules: Rules) -> None:
    rules.word(manifest, "addressType", (*_FAMILIES, "FQDN"), "", required=True)
    kind = text(manifest.get("addressType"))
    rules.at_most(manifest.get("endpoints"), _MOST_ENDPOINTS, "endpoints")
    for endpoint, place in items(manifest, "endpoints", ""):
        rules.missing(endpoint, place, "addresses")
        rules.at_most(endpoint.get("addresses"), _MOST_ADDRESSES, child(place, "addresses"))
        rules.texts(endpoint, "addresses", place, lambda address: _address_problem(address, kind))
        rules.name(endpoint, "hostname", names.dns_label_problem, place, required=True)
        rules.name(endpoint, "nodeName", names.dns_subdomain_problem, place, required=True)
        for key in ("forZones", "forNodes"):
            hints, where = endpoint.get("hints"), child(child(place, "hints"), key)
            if isinstance(hints, dict):
                rules.at_most(hints.get(key), _MOST_HINTS, where)
                rules.unique(hints, key, child(place, "hints"))
                named = names.label_value_problem if key == "forZones" else names.dns_subdomain_problem
                for hint, hint_place in items(hints, key, child(place, "hints")):
                    rules.name(hint, "name", named, hint_place, required=True)
    rules.at_most(manifest.get("ports"), _MOST_ADDRESSES, "ports")
    seen: set[str] = set()
    for port, place in items(manifest, "ports", ""):
        name = text(port.get("name"))
        if name in seen:
            rules.problems.add(child(place, "name"), f"{name!r} appears twice", "rename one of the two", rule="duplicate")
        seen.add(name)
        _check_port(port, place, rules)


def _address_problem(address: str, kind: str) -> str:
    if kind == "FQDN":
        return names.dns_subdomain_problem(address) or ("" if "." in address else "needs a domain of two parts at least")
    if kind not in _FAMILIES:
        return ""
    return ip_problem(address) or ("" if (":" in address) == (kind == "IPv6") else f"is not an address of {kind}") or unreachable_problem(address)


def _check_port(port: dict[str, Any], path: str, rules: Rules) -> None:
    rules.name(port, "name", names.dns_label_problem, path)
    rules.number(port, "port", path, low=1, high=65535)
    rules.word(port, "protocol", ("TCP", "UDP", "SCTP"), path)
    rules.name(port, "appProtocol", names.qualified_name_problem, path, required=True)


def _endpoints(manifest: dict[str, Any], rules: Rules) -> None:
    for subset, place in items(manifest, "subsets", ""):
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            rules.problems.add(place, "has neither addresses nor notReadyAddresses", rule="required")
        for key in ("addresses", "notReadyAddresses"):
            for address, where in items(subset, key, place):
                ip = text(address.get("ip"))
                if fault := ip_problem(ip) or unreachable_problem(ip):
                    rules.value(child(where, "ip"), f"{ip!r} {fault}")
                rules.name(address, "hostname", names.dns_label_problem, where)
                rules.name(address, "nodeName", names.dns_subdomain_problem, where, required=True)
        several = len(sequence(subset.get("ports"))) > 1
        for port, where in items(subset, "ports", place):
            if several and not port.get("name"):
                rules.problems.add(child(where, "name"), "is missing", "name each port where there are several", rule="required")
            _check_port(port, where, rules)


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {"EndpointSlice": _slice, "Endpoints": _endpoints}
"""The check of each kind of this file."""
