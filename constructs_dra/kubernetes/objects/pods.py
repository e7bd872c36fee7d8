"""Rules of a pod's spec: volumes, containers, claims, placement."""

from typing import Any

from constructs_dra.kubernetes.metadata import check_labels
from constructs_dra.kubernetes.objects.containers import check_container, check_resources
from constructs_dra.kubernetes.rules import NODE_OPERATORS, Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.paths import child

__all__ = ["check_pod_spec"]

VOLUME_SOURCES = (
    "emptyDir", "configMap", "secret", "persistentVolumeClaim", "hostPath", "projected", "downwardAPI", "csi", "ephemeral", "image", "nfs", "iscsi",
    "fc", "rbd", "cephfs", "cinder", "glusterfs", "flexVolume", "flocker", "gitRepo", "azureDisk", "azureFile", "awsElasticBlockStore",
    "gcePersistentDisk", "photonPersistentDisk", "portworxVolume", "quobyte", "scaleIO", "storageos", "vsphereVolume",
)  # fmt: skip
"""Fields of a volume that say where it comes from."""

_SOURCE_NEEDS = {
    "secret": ("secretName",),
    "persistentVolumeClaim": ("claimName",),
    "hostPath": ("path",),
    "csi": ("driver",),
    "ephemeral": ("volumeClaimTemplate",),
    "nfs": ("server", "path"),
    "configMap": ("name",),
}
_HOST_PATH_TYPES = ("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")


def check_pod_spec(spec: dict[str, Any], path: str, rules: Rules, *, more_volumes: set[str] | None = None) -> None:
    """The spec of a pod or pod template.

    Args:
        spec: The spec.
        path: Its place.
        rules: Takes the problems.
        more_volumes: Volumes that come from elsewhere, such as a StatefulSet's claim templates.
    """
    volumes = _check_volumes(spec, path, rules) | (more_volumes or set())
    claims = _check_claims(spec, path, rules)
    if spec.get("containers") == []:
        rules.problems.add(child(path, "containers"), "must hold at least one container", rule="required")
    seen: set[str] = set()
    for key in ("initContainers", "containers"):
        for container, place in items(spec, key, path):
            check_container(container, place, rules, volumes=volumes, claims=claims, init=key == "initContainers")
        rules.unique(spec, key, path, seen=seen)
    _check_host_ports(spec, path, rules)
    rules.word(spec, "restartPolicy", ("Always", "OnFailure", "Never"), path)
    rules.word(spec, "dnsPolicy", ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"), path)
    rules.word(spec, "preemptionPolicy", ("PreemptLowerPriority", "Never"), path)
    rules.number(spec, "terminationGracePeriodSeconds", path)
    rules.number(spec, "activeDeadlineSeconds", path, low=1)
    for key, rule in (
        ("serviceAccountName", names.dns_subdomain_problem), ("nodeName", names.dns_subdomain_problem), ("hostname", names.dns_label_problem),
        ("subdomain", names.dns_label_problem), ("priorityClassName", names.dns_subdomain_problem), ("runtimeClassName", names.dns_subdomain_problem),
    ):  # fmt: skip
        rules.name(spec, key, rule, path)
    check_labels(spec, path, rules.problems, key="nodeSelector")
    for toleration, place in items(spec, "tolerations", path):
        _check_toleration(toleration, place, rules)
    _check_affinity(mapping(spec.get("affinity")), child(path, "affinity"), rules)
    _check_spread(spec, path, rules)
    context = mapping(spec.get("securityContext"))
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        rules.number(context, key, child(path, "securityContext"))
    _check_used_claims(spec, path, rules, claims)
    if isinstance(spec.get("resources"), dict):
        _check_shared_resources(spec, spec["resources"], child(path, "resources"), rules)


def _check_shared_resources(spec: dict[str, Any], resources: dict[str, Any], path: str, rules: Rules) -> None:
    """Resources of the pod as a whole: CPU, memory and huge pages for all containers together, and no claims."""
    if resources.get("claims") is not None:
        hint = "name them under resources.claims of the containers that need them"
        rules.problems.add(child(path, "claims"), "a pod as a whole takes no claims", hint, rule="value")
    check_resources({key: value for key, value in resources.items() if key != "claims"}, path, rules, claims=set())
    for key in ("limits", "requests"):
        for name, _, place in pairs(resources, key, path):
            if name not in {"cpu", "memory"} and not name.startswith("hugepages-"):
                rules.problems.add(place, f"{name!r} cannot be given to a pod as a whole", "give it to a container", rule="resource")
    for name, value, place in pairs(resources, "requests", path):
        asked = [at(container, "resources", "requests", name) for container, _ in items(spec, "containers", "")]
        total = sum(parse_quantity(amount) for amount in asked if isinstance(amount, str | int) and is_quantity(amount))
        if isinstance(value, str | int) and is_quantity(value) and total > parse_quantity(value):
            rules.problems.add(place, f"{value} is less than the {total} that its containers request", rule="request-limit")


def _check_volumes(spec: dict[str, Any], path: str, rules: Rules) -> set[str]:
    known: set[str] = set()
    for volume, place in items(spec, "volumes", path):
        rules.name(volume, "name", names.dns_label_problem, place, required=True)
        known.add(text(volume.get("name")))
        kind = rules.one_of(volume, VOLUME_SOURCES, place, "source", required=False)
        source, where = mapping(volume.get(kind)), child(place, kind)
        if not kind and not any(volume.get(key) is not None for key in VOLUME_SOURCES):
            # Kubernetes takes a volume without a source for an emptyDir; written out it is clearer, and a lost source is noticed
            shown = "has no source and becomes an emptyDir"
            rules.problems.add(place, shown, "write emptyDir: {} if that is meant", rule="strict-volume-source", severity="warning")
        rules.missing(source, where, *_SOURCE_NEEDS.get(kind, ()))
        if kind == "hostPath":
            rules.word(source, "type", _HOST_PATH_TYPES, where)
            if ".." in text(source.get("path")).split("/"):
                rules.problems.add(child(where, "path"), "must not hold '..'", rule="value")
        rules.number(source, "defaultMode", where, low=0, high=0o777)
        for item, item_place in items(source, "items", where):
            rules.number(item, "mode", item_place, low=0, high=0o777)
            target = text(item.get("path"))
            if target.startswith("/") or ".." in target.split("/"):
                rules.problems.add(child(item_place, "path"), f"{target!r} must be a relative path without '..'", rule="value")
        if kind == "image":
            rules.word(source, "pullPolicy", ("Always", "IfNotPresent", "Never"), where)
            rules.missing(source, where, "reference")
        if kind == "persistentVolumeClaim":
            rules.name(source, "claimName", names.dns_subdomain_problem, where)
    rules.unique(spec, "volumes", path)
    return known


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


def _check_used_claims(spec: dict[str, Any], path: str, rules: Rules, claims: set[str]) -> None:
    """Claims that no container takes: their devices are allocated and nobody can use them."""
    containers = [*sequence(spec.get("containers")), *sequence(spec.get("initContainers"))]
    used = {text(mapping(claim).get("name")) for container in containers for claim in sequence(at(container, "resources", "claims"))}
    used |= {text(mapping(claim).get("name")) for claim in sequence(at(spec, "resources", "claims"))}
    for claim, place in items(spec, "resourceClaims", path):
        name = text(claim.get("name"))
        if name and name in claims and name not in used:
            hint = "name it under resources.claims of the container that needs it"
            rules.problems.add(place, f"no container takes the claim {name!r}", hint, rule="strict-claim-unused", severity="warning")


def _check_host_ports(spec: dict[str, Any], path: str, rules: Rules) -> None:
    taken: set[tuple[str, str, int]] = set()
    for container, place in items(spec, "containers", path):
        for port, port_place in items(container, "ports", place):
            host = whole(port.get("hostPort"))
            if not host:
                continue
            if spec.get("hostNetwork") is True and host != whole(port.get("containerPort")):
                rules.problems.add(child(port_place, "hostPort"), f"{host} must equal containerPort with hostNetwork", rule="value")
            entry = (text(port.get("protocol")) or "TCP", text(port.get("hostIP")), host)
            if entry in taken:
                rules.problems.add(child(port_place, "hostPort"), f"{host} is taken twice", rule="duplicate")
            taken.add(entry)


def _check_toleration(toleration: dict[str, Any], path: str, rules: Rules) -> None:
    rules.name(toleration, "key", names.label_key_problem, path)
    operator, place = toleration.get("operator") or "Equal", child(path, "operator")
    rules.word(toleration, "operator", ("Equal", "Exists", "Lt", "Gt"), path)
    if operator == "Exists" and toleration.get("value"):
        rules.problems.add(place, "'Exists' fits any value, and a value is given", "leave the value out, or write operator: Equal", rule="value")
    elif operator == "Equal":
        rules.name(toleration, "value", names.label_value_problem, path)
        if not toleration.get("key"):
            rules.problems.add(place, "must be 'Exists' where there is no key", rule="value")
    rules.word(toleration, "effect", ("NoSchedule", "PreferNoSchedule", "NoExecute"), path)
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        rules.problems.add(child(path, "effect"), "must be 'NoExecute' beside tolerationSeconds", rule="value")


def _check_affinity(affinity: dict[str, Any], path: str, rules: Rules) -> None:
    node, place = mapping(affinity.get("nodeAffinity")), child(path, "nodeAffinity")
    required = node.get("requiredDuringSchedulingIgnoredDuringExecution")
    if isinstance(required, dict):
        where = f"{place}.requiredDuringSchedulingIgnoredDuringExecution"
        if required.get("nodeSelectorTerms") == []:
            rules.problems.add(child(where, "nodeSelectorTerms"), "must hold at least one term", rule="required")
        for term, term_place in items(required, "nodeSelectorTerms", where):
            _check_node_term(term, term_place, rules)
    for preferred, where in items(node, "preferredDuringSchedulingIgnoredDuringExecution", place):
        rules.number(preferred, "weight", where, low=1, high=100)
        _check_node_term(mapping(preferred.get("preference")), child(where, "preference"), rules)
    for key in ("podAffinity", "podAntiAffinity"):
        pods, place = mapping(affinity.get(key)), child(path, key)
        for term, where in items(pods, "requiredDuringSchedulingIgnoredDuringExecution", place):
            _check_pod_term(term, where, rules)
        for preferred, where in items(pods, "preferredDuringSchedulingIgnoredDuringExecution", place):
            rules.number(preferred, "weight", where, low=1, high=100)
            _check_pod_term(mapping(preferred.get("podAffinityTerm")), child(where, "podAffinityTerm"), rules)


def _check_node_term(term: dict[str, Any], path: str, rules: Rules) -> None:
    for expression, place in items(term, "matchExpressions", path):
        rules.expression(expression, place, NODE_OPERATORS)


def _check_pod_term(term: dict[str, Any], path: str, rules: Rules) -> None:
    rules.name(term, "topologyKey", names.label_key_problem, path, required=True)
    for key in ("labelSelector", "namespaceSelector"):
        rules.label_selector(term.get(key), child(path, key))


def _check_spread(spec: dict[str, Any], path: str, rules: Rules) -> None:
    seen: set[tuple[str, str]] = set()
    for constraint, place in items(spec, "topologySpreadConstraints", path):
        rules.number(constraint, "maxSkew", place, low=1)
        rules.number(constraint, "minDomains", place, low=1)
        rules.name(constraint, "topologyKey", names.label_key_problem, place, required=True)
        rules.word(constraint, "whenUnsatisfiable", ("DoNotSchedule", "ScheduleAnyway"), place)
        rules.label_selector(constraint.get("labelSelector"), child(place, "labelSelector"))
        pair = (text(constraint.get("topologyKey")), text(constraint.get("whenUnsatisfiable")))
        if pair in seen:
            rules.problems.add(place, f"repeats {pair[0]} with {pair[1]}", "merge the two", rule="duplicate")
        seen.add(pair)
        if constraint.get("minDomains") is not None and pair[1] == "ScheduleAnyway":
            rules.problems.add(child(place, "minDomains"), "needs whenUnsatisfiable: DoNotSchedule", rule="value")
