"""Rules of containers: image, ports, mounts, restarts; environment, handlers, resources and security have files of their own."""

from typing import Any

from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.objects.environment import check_environment
from constructs_dra.kubernetes.objects.handlers import check_handlers
from constructs_dra.kubernetes.objects.resources import check_resources
from constructs_dra.kubernetes.objects.security import check_container_security
from constructs_dra.kubernetes.objects.surroundings import Surroundings
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.lexical.addresses import ip_problem
from constructs_dra.paths import child

__all__ = ["check_containers"]

_MAX_RESTART_RULES = 20
_MAX_EXIT_CODES = 255


def check_containers(spec: dict[str, Any], path: str, rules: Rules, around: Surroundings) -> None:
    """All containers of a pod.

    Args:
        spec: The pod's spec.
        path: Its place.
        rules: Takes the problems.
        around: What the containers may refer to.
    """
    seen: set[str] = set()
    for key in ("initContainers", "containers"):
        for container, place in items(spec, key, path):
            _check_container(container, place, rules, around, init=key == "initContainers")
        rules.unique(spec, key, path, seen=seen)


def _check_container(container: dict[str, Any], path: str, rules: Rules, around: Surroundings, *, init: bool) -> None:
    rules.name(container, "name", names.dns_label_problem, path, required=True)
    image = container.get("image")
    if image is None or image == "":
        rules.problems.add(child(path, "image"), "is missing", rule="required")
    elif isinstance(image, str) and image != image.strip():
        rule = "value" if around.kind == "Pod" else "strict-image"
        rules.problems.add(child(path, "image"), f"{image!r} has blanks around it", "no image of that name can be pulled", rule=rule)
    rules.word(container, "imagePullPolicy", ("Always", "IfNotPresent", "Never"), path)
    rules.word(container, "terminationMessagePolicy", ("File", "FallbackToLogsOnError"), path)
    _check_ports(container, path, rules)
    check_environment(container, path, rules, around)
    _check_mounts(container, path, rules, around)
    _check_devices(container, path, rules, around)
    check_resources(container.get("resources"), child(path, "resources"), rules, claims=around.claims)
    lasting = not init or container.get("restartPolicy") == "Always"
    check_handlers(container, path, rules, around, lasting=lasting)
    _check_restarts(container, path, rules, init=init)
    _check_resizing(container, path, rules, around, lasting=lasting)
    check_container_security(mapping(container.get("securityContext")), child(path, "securityContext"), rules, around)


def _check_ports(container: dict[str, Any], path: str, rules: Rules) -> None:
    numbers: set[tuple[int | None, str]] = set()
    for port, place in items(container, "ports", path):
        rules.name(port, "name", names.port_name_problem, place)
        rules.number(port, "containerPort", place, low=1, high=65535)
        rules.number(port, "hostPort", place, low=0, high=65535)
        rules.word(port, "protocol", ("TCP", "UDP", "SCTP"), place)
        host = text(port.get("hostIP"))
        if host and (fault := ip_problem(host)):
            # the API server does not look at it; the node then cannot bind the port
            rules.problems.add(child(place, "hostIP"), f"{host!r} {fault}", rule="strict-address")
        number = (whole(port.get("containerPort")), text(port.get("protocol")) or "TCP")
        if number in numbers and number[0] is not None:
            shown = f"{number[0]} appears twice"
            rules.problems.add(child(place, "containerPort"), shown, "leave one out", rule="strict-port-duplicate", severity="warning")
        numbers.add(number)
    rules.unique(container, "ports", path)


def _check_mounts(container: dict[str, Any], path: str, rules: Rules, around: Surroundings) -> None:
    points: set[str] = set()
    devices = [device for device, _ in items(container, "volumeDevices", path)]
    for mount, place in items(container, "volumeMounts", path):
        name, point = text(mount.get("name")), text(mount.get("mountPath"))
        rules.needed(mount, place, "name", "mountPath")
        if name and not around.has_volume(name):
            hint = did_you_mean(name, around.volume_names)
            rules.problems.add(child(place, "name"), f"there is no volume {name!r} in this pod", hint, rule="local-reference")
        if point and point in points:
            rules.problems.add(child(place, "mountPath"), f"{point!r} is mounted twice", "leave one of the two out", rule="duplicate")
        points.add(point)
        if name and any(device.get("name") == name for device in devices):
            rules.problems.add(child(place, "name"), f"{name!r} is in volumeDevices too", "keep one of the two", rule="duplicate")
        if point and any(device.get("devicePath") == point for device in devices):
            rules.problems.add(child(place, "mountPath"), f"{point!r} is a path of volumeDevices too", rule="duplicate")
        for key in ("subPath", "subPathExpr"):
            rules.relative(mount.get(key), child(place, key))
        if mount.get("subPath") and mount.get("subPathExpr"):
            rules.problems.add(child(place, "subPathExpr"), "must be absent beside subPath", "keep one of the two", rule="one-of")
        rules.word(mount, "mountPropagation", ("None", "HostToContainer", "Bidirectional"), place, empty=False)
        if mount.get("mountPropagation") == "Bidirectional" and at(container, "securityContext", "privileged") is not True:
            rules.problems.add(child(place, "mountPropagation"), "Bidirectional needs a privileged container", rule="value")
        rules.word(mount, "recursiveReadOnly", ("Disabled", "Enabled", "IfPossible"), place, empty=False)
        if text(mount.get("recursiveReadOnly")) in {"Enabled", "IfPossible"}:
            if mount.get("readOnly") is not True:
                rules.value(child(place, "recursiveReadOnly"), f"{mount['recursiveReadOnly']} needs readOnly: true")
            if mount.get("mountPropagation") not in (None, "None"):
                rules.value(child(place, "recursiveReadOnly"), f"{mount['recursiveReadOnly']} allows no mountPropagation but None")


def _check_devices(container: dict[str, Any], path: str, rules: Rules, around: Surroundings) -> None:
    """Block volumes, which a container sees as devices."""
    rules.unique(container, "volumeDevices", path)
    rules.unique(container, "volumeDevices", path, "devicePath")
    for device, place in items(container, "volumeDevices", path):
        rules.missing(device, place, "name", "devicePath")
        name = text(device.get("name"))
        source = around.volumes.get(name)
        if name and source is None and not (around.kind == "" and name in around.more_volumes):
            hint = did_you_mean(name, around.volume_names)
            rules.problems.add(child(place, "name"), f"there is no volume {name!r} in this pod", hint, rule="local-reference")
        elif source is not None and source not in {"persistentVolumeClaim", "ephemeral"}:
            rules.value(child(place, "name"), f"{name!r} is neither a persistentVolumeClaim nor an ephemeral volume, as block devices are")
        if ".." in text(device.get("devicePath")).split("/"):
            rules.value(child(place, "devicePath"), "must not hold '..'")


def _check_restarts(container: dict[str, Any], path: str, rules: Rules, *, init: bool) -> None:
    """A container's own restart policy and the rules beside it."""
    policies = ("Always", "Never", "OnFailure") if rules.on("ContainerRestartRules") or not init else ("Always",)
    rules.word(container, "restartPolicy", policies, path, empty=False)
    entries = sequence(container.get("restartPolicyRules"))
    if not entries:
        return
    if container.get("restartPolicy") is None:
        rules.problems.add(child(path, "restartPolicy"), "is missing", "restartPolicyRules need it", rule="required")
    rules.at_most(entries, _MAX_RESTART_RULES, child(path, "restartPolicyRules"))
    actions = ("Restart", "RestartAllContainers") if rules.on("RestartAllContainersOnContainerExits") else ("Restart",)
    for entry, place in items(container, "restartPolicyRules", path):
        rules.word(entry, "action", actions, place, required=True)
        codes, where = entry.get("exitCodes"), child(place, "exitCodes")
        if not isinstance(codes, dict):
            rules.problems.add(where, "is missing", rule="required")
            continue
        rules.word(codes, "operator", ("In", "NotIn"), where, required=True)
        rules.missing(codes, where, "values")
        rules.at_most(codes.get("values"), _MAX_EXIT_CODES, child(where, "values"))
        rules.distinct(codes, "values", where)


def _check_resizing(container: dict[str, Any], path: str, rules: Rules, around: Surroundings, *, lasting: bool) -> None:
    """What happens to a container whose resources change."""
    policies, place = sequence(container.get("resizePolicy")), child(path, "resizePolicy")
    if policies and not lasting:
        rules.value(place, "is not allowed on an init container that is not a sidecar")
    for policy, where in items(container, "resizePolicy", path):
        rules.word(policy, "resourceName", ("cpu", "memory"), where, required=True)
        rules.word(policy, "restartPolicy", ("NotRequired", "RestartContainer"), where, required=True)
        if around.never_restarts and policy.get("restartPolicy") == "RestartContainer":
            rules.value(child(where, "restartPolicy"), "must be NotRequired where the pod's restartPolicy is Never")
    rules.unique(container, "resizePolicy", path, "resourceName")
