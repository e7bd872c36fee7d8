"""Rules of a pod's spec as a whole: names, claims, name resolution, and what its parts share."""

from typing import Any

from constructs_dra.kubernetes.metadata import check_labels
from constructs_dra.kubernetes.objects.containers import check_containers
from constructs_dra.kubernetes.objects.resources import check_overhead, check_shared_resources
from constructs_dra.kubernetes.objects.scheduling import check_scheduling
from constructs_dra.kubernetes.objects.security import check_pod_security
from constructs_dra.kubernetes.objects.surroundings import Surroundings
from constructs_dra.kubernetes.objects.volumes import check_volumes
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.kubernetes.words import too_many
from constructs_dra.lexical import names
from constructs_dra.lexical.addresses import ip_problem
from constructs_dra.paths import child

__all__ = ["check_pod_spec"]

_MAX_NAME_SERVERS = 3
_MAX_SEARCHES = 32
_MAX_SEARCH_LENGTH = 2048
_MAX_HOSTNAME = 64


def check_pod_spec(spec: dict[str, Any], path: str, rules: Rules, *, kind: str = "", more_volumes: set[str] | None = None) -> None:
    """The spec of a pod or pod template.

    Args:
        spec: The spec.
        path: Its place.
        rules: Takes the problems.
        kind: Kind of the object it stands in; some rules hold for a Pod and not for templates. Default: a template.
        more_volumes: Volumes that come from elsewhere, such as a StatefulSet's claim templates.
    """
    volumes = check_volumes(spec, path, rules, bare=kind == "Pod")
    around = Surroundings.of(spec, kind=kind, claims=_check_claims(spec, path, rules), volumes=volumes, more_volumes=more_volumes or set())
    if not spec.get("containers") and "containers" in spec:
        rules.problems.add(child(path, "containers"), "must hold at least one container", rule="required")
    check_containers(spec, path, rules, around)
    _check_host_ports(spec, path, rules, bare=kind == "Pod")
    rules.word(spec, "restartPolicy", ("Always", "OnFailure", "Never"), path)
    rules.number(spec, "activeDeadlineSeconds", path, low=1, high=2**31 - 1)
    ignored = kind == "StatefulSet"
    rules.number(spec, "terminationGracePeriodSeconds", path, rule="strict-number" if ignored else "value")
    _check_names(spec, path, rules, hostname_rule="strict-name" if ignored else "name")
    _check_resolution(spec, path, rules)
    check_scheduling(spec, path, rules, bare=kind == "Pod")
    check_pod_security(spec, path, rules)
    for alias, place in items(spec, "hostAliases", path):
        if fault := ip_problem(text(alias.get("ip"))):
            rules.value(child(place, "ip"), f"{text(alias.get('ip'))!r} {fault}")
        rules.texts(alias, "hostnames", place, names.dns_subdomain_problem)
    for gate, place in items(spec, "readinessGates", path):
        rules.name(gate, "conditionType", names.qualified_name_problem, place, required=True)
    _check_used_claims(spec, path, rules, around.claims)
    if isinstance(spec.get("resources"), dict):
        check_shared_resources(spec, spec["resources"], child(path, "resources"), rules)
    check_overhead(spec, path, rules)
    if kind == "Pod" and spec.get("overhead") and not spec.get("runtimeClassName"):
        rules.value(child(path, "overhead"), "needs a runtimeClassName, whose class sets it")


def _check_names(spec: dict[str, Any], path: str, rules: Rules, *, hostname_rule: str) -> None:
    for key in ("serviceAccountName", "nodeName", "priorityClassName"):
        rules.name(spec, key, names.dns_subdomain_problem, path)
    rules.name(spec, "runtimeClassName", names.dns_subdomain_problem, path, required=True)
    for key in ("hostname", "subdomain"):
        value = text(spec.get(key))
        if value and (fault := names.dns_label_problem(value)):
            rules.problems.add(child(path, key), f"{value!r} {fault}", rule=hostname_rule)
    check_labels(spec, path, rules.problems, key="nodeSelector")
    override = spec.get("hostnameOverride")
    if not isinstance(override, str):
        return
    place = child(path, "hostnameOverride")
    if spec.get("hostNetwork") is True:
        rules.value(place, "must be absent with hostNetwork")
    if spec.get("setHostnameAsFQDN") is True:
        rules.value(place, "must be absent with setHostnameAsFQDN")
    rules.name(spec, "hostnameOverride", names.dns_subdomain_problem, path, required=True)
    if len(override) > _MAX_HOSTNAME:
        rules.value(place, f"is {len(override)} characters long; at most {_MAX_HOSTNAME} are allowed")


def _search_problem(search: str) -> str:
    if search == ".":
        return ""
    return names.dns_subdomain_problem(search.removesuffix(".").replace("_", "a")) if search else "must not be empty"


def _check_resolution(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """How the pod's containers resolve names: `dnsPolicy` and `dnsConfig`."""
    rules.word(spec, "dnsPolicy", ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"), path)
    config, place = spec.get("dnsConfig"), child(path, "dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            rules.problems.add(place, "is missing", "dnsPolicy None takes name servers from here", rule="required")
        elif not mapping(config).get("nameservers"):
            rules.problems.add(child(place, "nameservers"), "is missing", "dnsPolicy None takes name servers from here", rule="required")
    config = mapping(config)
    servers, searches = sequence(config.get("nameservers")), sequence(config.get("searches"))
    if len(servers) > _MAX_NAME_SERVERS:
        rules.value(child(place, "nameservers"), too_many(len(servers), _MAX_NAME_SERVERS))
    rules.texts(config, "nameservers", place, ip_problem)
    if len(searches) > _MAX_SEARCHES:
        rules.value(child(place, "searches"), too_many(len(searches), _MAX_SEARCHES))
    if (size := len(" ".join(map(text, searches)))) > _MAX_SEARCH_LENGTH:
        rules.value(child(place, "searches"), f"has {size} characters in all; at most {_MAX_SEARCH_LENGTH} are allowed")
    rules.texts(config, "searches", place, _search_problem)
    for option, where in items(config, "options", place):
        rules.missing(option, where, "name")


def _check_claims(spec: dict[str, Any], path: str, rules: Rules) -> set[str]:
    """The pod's `resourceClaims`; gives their names."""
    known: set[str] = set()
    for claim, place in items(spec, "resourceClaims", path):
        rules.name(claim, "name", names.dns_label_problem, place, required=True)
        known.add(text(claim.get("name")))
        rules.one_of(claim, ("resourceClaimName", "resourceClaimTemplateName"), place, "source")
        for key in ("resourceClaimName", "resourceClaimTemplateName"):
            rules.name(claim, key, names.dns_subdomain_problem, place, required=True)
    rules.unique(spec, "resourceClaims", path)
    return known


def _check_used_claims(spec: dict[str, Any], path: str, rules: Rules, claims: frozenset[str]) -> None:
    """Claims that no container takes: their devices are allocated and nobody can use them."""
    containers = [*sequence(spec.get("containers")), *sequence(spec.get("initContainers"))]
    used = {text(mapping(claim).get("name")) for container in containers for claim in sequence(at(container, "resources", "claims"))}
    used |= {text(mapping(claim).get("name")) for claim in sequence(at(spec, "resources", "claims"))}
    for claim, place in items(spec, "resourceClaims", path):
        name = text(claim.get("name"))
        if name and name in claims and name not in used:
            hint = "name it under resources.claims of the container that needs it"
            rules.problems.add(place, f"no container takes the claim {name!r}", hint, rule="strict-claim-unused", severity="warning")


def _check_host_ports(spec: dict[str, Any], path: str, rules: Rules, *, bare: bool) -> None:
    """Ports of the node: each taken once by containers that run together. A Pod on the node's network takes those of its containers."""
    shared = spec.get("hostNetwork") is True
    together = [items(spec, "containers", path), *([entry] for entry in items(spec, "initContainers", path))]
    for containers in together:
        taken: set[tuple[str, str, int]] = set()
        for container, place in containers:
            for port, port_place in items(container, "ports", place):
                own = whole(port.get("containerPort"))
                host = whole(port.get("hostPort")) or (own if bare and shared else None)
                if not host:
                    continue
                if shared and host != own:
                    rules.problems.add(child(port_place, "hostPort"), f"{host} must equal containerPort with hostNetwork", rule="value")
                entry = (text(port.get("protocol")) or "TCP", text(port.get("hostIP")), host)
                if entry in taken:
                    rules.problems.add(child(port_place, "hostPort"), f"{host} is taken twice", rule="duplicate")
                taken.add(entry)
