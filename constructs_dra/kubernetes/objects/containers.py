"""Rules of containers: ports, environment, mounts, probes, resources, security."""

import re
from collections.abc import Iterable
from typing import Any

from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.paths import child

__all__ = ["check_container", "check_resources"]

_FIELD_PATHS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
    "status.podIP", "status.podIPs",
)  # fmt: skip
_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['([^']*)'\]\Z")
_RESOURCE_FIELDS = re.compile(r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)\Z")
_STANDARD_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_LIFECYCLE_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")


def check_container(container: dict[str, Any], path: str, rules: Rules, *, volumes: set[str] | None, claims: set[str], init: bool = False) -> None:
    """One container.

    Args:
        container: The container.
        path: Its place.
        rules: Takes the problems.
        volumes: Names its mounts may refer to; None when they are not known.
        claims: Names of `resourceClaims` of the pod.
        init: Whether it is an init container.
    """
    rules.name(container, "name", names.dns_label_problem, path, required=True)
    image = container.get("image")
    if image is None or image == "":
        rules.problems.add(child(path, "image"), "is missing", rule="required")
    elif isinstance(image, str) and image != image.strip():
        rules.problems.add(child(path, "image"), f"{image!r} has blanks around it", rule="value")
    rules.word(container, "imagePullPolicy", ("Always", "IfNotPresent", "Never"), path)
    rules.word(container, "terminationMessagePolicy", ("File", "FallbackToLogsOnError"), path)
    _check_ports(container, path, rules)
    _check_environment(container, path, rules)
    _check_mounts(container, path, rules, volumes)
    check_resources(container.get("resources"), child(path, "resources"), rules, claims=claims)
    sidecar = container.get("restartPolicy") == "Always"
    ports = {text(port.get("name")) for port in map(mapping, sequence(container.get("ports")))}
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(key)
        if not isinstance(probe, dict):
            continue
        if init and not sidecar:
            rules.problems.add(child(path, key), "is not allowed on an init container that is no sidecar", rule="value")
        _check_probe(probe, key, child(path, key), rules, ports)
    for key, handler in mapping(container.get("lifecycle")).items():
        if isinstance(handler, dict) and key in {"postStart", "preStop"}:
            place = f"{path}.lifecycle.{key}"
            if init and not sidecar:
                rules.problems.add(place, "is not allowed on an init container that is no sidecar", rule="value")
            _check_handler(handler, _LIFECYCLE_HANDLERS, place, rules, ports)
    _check_security(mapping(container.get("securityContext")), child(path, "securityContext"), rules)


def _check_ports(container: dict[str, Any], path: str, rules: Rules) -> None:
    numbers: set[tuple[int | None, str]] = set()
    for port, place in items(container, "ports", path):
        rules.name(port, "name", names.port_name_problem, place)
        rules.number(port, "containerPort", place, low=1, high=65535)
        rules.number(port, "hostPort", place, low=0, high=65535)
        rules.word(port, "protocol", ("TCP", "UDP", "SCTP"), place)
        number = (whole(port.get("containerPort")), text(port.get("protocol")) or "TCP")
        if number in numbers and number[0] is not None:
            shown = f"{number[0]} is there twice"
            rules.problems.add(child(place, "containerPort"), shown, "leave one out", rule="strict-port-duplicate", severity="warning")
        numbers.add(number)
    rules.unique(container, "ports", path)


def _check_environment(container: dict[str, Any], path: str, rules: Rules) -> None:
    seen: dict[str, str] = {}
    for variable, place in items(container, "env", path):
        rules.name(variable, "name", names.env_name_problem, place, required=True)
        name, source = text(variable.get("name")), variable.get("valueFrom")
        if name and name in seen:
            shown = f"{name!r} is set before, at {seen[name]}; the last one counts"
            rules.problems.add(child(place, "name"), shown, "leave one of the two out", rule="strict-env-duplicate", severity="warning")
        seen[name] = place
        if not isinstance(source, dict):
            continue
        where = child(place, "valueFrom")
        if variable.get("value"):
            rules.problems.add(where, "must be absent beside a value", "keep one of the two", rule="one-of")
        kind = rules.one_of(source, ("configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef"), where, "source")
        if kind in {"configMapKeyRef", "secretKeyRef"}:
            rules.name(mapping(source[kind]), "key", names.config_key_problem, child(where, kind), required=True)
        elif kind == "fieldRef":
            _check_field_path(mapping(source[kind]), f"{where}.fieldRef", rules)
        elif kind == "resourceFieldRef":
            resource = text(mapping(source[kind]).get("resource"))
            if resource and not _RESOURCE_FIELDS.match(resource):
                shown = f"{resource!r} is neither limits.… nor requests.… of cpu, memory or ephemeral-storage"
                rules.problems.add(f"{where}.resourceFieldRef.resource", shown, rule="value")
    for source, place in items(container, "envFrom", path):
        kind = rules.one_of(source, ("configMapRef", "secretRef"), place, "source")
        if kind:
            rules.name(mapping(source[kind]), "name", names.dns_subdomain_problem, child(place, kind))


def _check_field_path(reference: dict[str, Any], path: str, rules: Rules) -> None:
    field_path = text(reference.get("fieldPath"))
    if not field_path or field_path in _FIELD_PATHS:
        return
    if match := _SUBSCRIPT.match(field_path):
        key = match[2] if match[1] == "labels" else match[2].lower()
        if fault := names.label_key_problem(key):
            rules.problems.add(child(path, "fieldPath"), f"the key {match[2]!r} {fault}", rule="label")
        return
    hint = did_you_mean(field_path, [*_FIELD_PATHS, "metadata.labels['KEY']", "metadata.annotations['KEY']"])
    rules.problems.add(child(path, "fieldPath"), f"{field_path!r} cannot be read into a variable", hint, rule="value")


def _check_mounts(container: dict[str, Any], path: str, rules: Rules, volumes: set[str] | None) -> None:
    points: set[str] = set()
    for mount, place in items(container, "volumeMounts", path):
        name, point = text(mount.get("name")), text(mount.get("mountPath"))
        rules.needed(mount, place, "name", "mountPath")
        if name and volumes is not None and name not in volumes:
            hint = did_you_mean(name, sorted(volumes))
            rules.problems.add(child(place, "name"), f"there is no volume {name!r} in this pod", hint, rule="local-reference")
        if point and point in points:
            rules.problems.add(child(place, "mountPath"), f"{point!r} is mounted twice", "leave one of the two out", rule="duplicate")
        points.add(point)
        for key in ("subPath", "subPathExpr"):
            value = text(mount.get(key))
            if value.startswith("/") or ".." in value.split("/"):
                rules.problems.add(child(place, key), f"{value!r} must be a relative path without '..'", rule="value")
        if mount.get("subPath") and mount.get("subPathExpr"):
            rules.problems.add(child(place, "subPathExpr"), "must be absent beside subPath", "keep one of the two", rule="one-of")
        rules.word(mount, "mountPropagation", ("None", "HostToContainer", "Bidirectional"), place)
        if mount.get("mountPropagation") == "Bidirectional" and at(container, "securityContext", "privileged") is not True:
            rules.problems.add(child(place, "mountPropagation"), "Bidirectional needs a privileged container", rule="value")


def _check_probe(probe: dict[str, Any], kind: str, path: str, rules: Rules, ports: set[str]) -> None:
    _check_handler(probe, _HANDLERS, path, rules, ports)
    for key in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        rules.number(probe, key, path)
    rules.number(probe, "terminationGracePeriodSeconds", path, low=1)
    if kind == "readinessProbe":
        if probe.get("terminationGracePeriodSeconds") is not None:
            rules.problems.add(child(path, "terminationGracePeriodSeconds"), "is not allowed on a readiness probe", rule="value")
    elif probe.get("successThreshold") not in (None, 0, 1):
        rules.problems.add(child(path, "successThreshold"), "must be 1", rule="value")


def _check_handler(handler: dict[str, Any], kinds: Iterable[str], path: str, rules: Rules, ports: set[str]) -> None:
    """What a probe or lifecycle hook does; a port name that the container does not have can never be reached."""
    kind = rules.one_of(handler, kinds, path, "handler")
    action, place = mapping(handler.get(kind)), child(path, kind)
    if kind == "exec" and not sequence(action.get("command")):
        rules.problems.add(child(place, "command"), "is missing", rule="required")
    elif kind == "grpc":
        rules.number(action, "port", place, low=1, high=65535)
    elif kind in {"httpGet", "tcpSocket"}:
        rules.port(action, "port", place)
        rules.word(action, "scheme", ("HTTP", "HTTPS"), place)
        port = action.get("port")
        if isinstance(port, str) and not names.port_name_problem(port) and port not in ports:
            hint = did_you_mean(port, sorted(filter(None, ports)), fallback=lambda _: "name a port of this container, or write its number")
            rules.problems.add(child(place, "port"), f"this container has no port named {port!r}", hint, rule="strict-port-reference")


def _check_security(context: dict[str, Any], path: str, rules: Rules) -> None:
    for key in ("runAsUser", "runAsGroup"):
        rules.number(context, key, path)
    if context.get("allowPrivilegeEscalation") is False:
        place = child(path, "allowPrivilegeEscalation")
        if context.get("privileged") is True:
            rules.problems.add(place, "cannot be false for a privileged container", rule="value")
        added = sequence(at(context, "capabilities", "add"))
        if "CAP_SYS_ADMIN" in added:
            rules.problems.add(place, "cannot be false with the capability CAP_SYS_ADMIN", rule="value")
    rules.word(context, "procMount", ("Default", "Unmasked"), path)
    rules.word(mapping(context.get("seccompProfile")), "type", ("Localhost", "RuntimeDefault", "Unconfined"), child(path, "seccompProfile"))
    if context.get("runAsNonRoot") is True and whole(context.get("runAsUser")) == 0:
        shown = "0 is root, and runAsNonRoot is true"
        rules.problems.add(child(path, "runAsUser"), shown, "the container will not start", rule="strict-run-as-root", severity="warning")


def _resource_problem(name: str) -> str:
    """What is wrong with the name of a container's resource."""
    if fault := names.qualified_name_problem(name):
        return fault
    if "/" not in name:
        return "" if name in _STANDARD_RESOURCES or name.startswith("hugepages-") else "is no resource of a container"
    if "kubernetes.io/" not in name and (name.startswith("requests.") or names.qualified_name_problem(f"requests.{name}")):
        return "is no name of an extended resource"
    return ""


def _extended(name: str) -> bool:
    return "/" in name and "kubernetes.io/" not in name


def _amounts(resources: dict[str, Any], key: str, path: str, rules: Rules) -> dict[str, Any]:
    """The quantities under `limits` or `requests`, checked one by one."""
    amounts: dict[str, Any] = {}
    for name, value, place in pairs(resources, key, path):
        if fault := _resource_problem(name):
            hint = "name claims under resources.claims"
            if name != "claims":
                hint = did_you_mean(name, _STANDARD_RESOURCES, fallback=lambda _: "devices have a domain, like nvidia.com/gpu")
            rules.problems.add(place, f"{name!r} {fault}", hint, rule="resource")
        if value is None or isinstance(value, bool) or not isinstance(value, str | int | float) or not is_quantity(value):
            continue
        amount = amounts[name] = parse_quantity(value)
        if amount < 0:
            rules.problems.add(place, f"{value} must not be negative", rule="value")
        elif _extended(name) and amount != amount.to_integral_value():
            rules.problems.add(place, f"{value} must be a whole number", rule="value")
    return amounts


def check_resources(resources: Any, path: str, rules: Rules, *, claims: set[str]) -> None:
    """Requests, limits and claims of a container.

    Args:
        resources: The fragment; anything but a mapping has no problem here.
        path: Its place.
        rules: Takes the problems.
        claims: Names of `resourceClaims` of the pod.
    """
    resources = mapping(resources)
    limits, requests = _amounts(resources, "limits", path, rules), _amounts(resources, "requests", path, rules)
    place = child(path, "requests")
    for name, amount in requests.items():
        limit = limits.get(name)
        if limit is None:
            if _extended(name):
                hint = "give the limit; requests follow it"
                rules.problems.add(child(path, "limits"), f"{name} is needed, since it is requested and cannot be shared", hint, rule="required")
        elif _extended(name) and amount != limit:
            rules.problems.add(place, f"{name} of {amount} must equal its limit of {limit}", rule="request-limit")
        elif amount > limit:
            shown = f"{name} of {resources['requests'][name]} is more than its limit of {resources['limits'][name]}"
            rules.problems.add(place, shown, "lower the request or raise the limit", rule="request-limit")
    if any(name.startswith("hugepages-") for name in {*limits, *requests}) and not {"cpu", "memory"} & {*limits, *requests}:
        rules.problems.add(path, "huge pages need cpu or memory beside them", rule="required")
    whole_claims: set[str] = set()
    parts: set[tuple[str, str]] = set()
    for claim, claim_place in items(resources, "claims", path):
        name, request = text(claim.get("name")), text(claim.get("request"))
        if not name:
            if claim.get("name") == "":
                rules.problems.add(claim_place, "must name a claim of the pod", rule="required")
            continue
        rules.name(claim, "request", names.dns_label_problem, claim_place)
        taken = (name, request) in parts or name in whole_claims or (not request and any(other == name for other, _ in parts))
        if taken:
            rules.problems.add(claim_place, f"the claim {name!r} is there twice", "name it once, or one entry per request", rule="duplicate")
        parts.add((name, request))
        if not request:
            whole_claims.add(name)
        if name not in claims:
            hint = did_you_mean(name, sorted(claims), fallback=lambda _: "list it under the pod's resourceClaims")
            rules.problems.add(claim_place, f"the pod has no claim {name!r} in resourceClaims", hint, rule="local-reference")
