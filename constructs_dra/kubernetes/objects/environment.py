"""Rules of a container's environment and of the fields it (or a volume) reads from the pod itself."""

from typing import Any

from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.objects.surroundings import Surroundings
from constructs_dra.kubernetes.rules import Rules, amount_of
from constructs_dra.kubernetes.shapes import items, mapping, text
from constructs_dra.lazy import lazy_pattern
from constructs_dra.lexical import names
from constructs_dra.lexical.quantity import canonical
from constructs_dra.paths import child

__all__ = ["check_environment", "check_field_reference", "check_resource_reference"]

_ENVIRONMENT_FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
    "status.podIP", "status.podIPs",
)  # fmt: skip
_VOLUME_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
_SUBSCRIPT = lazy_pattern(r"metadata\.(labels|annotations)\['([^']*)'\]\Z")
_RESOURCE_FIELDS = lazy_pattern(r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)\Z")
_DIVISORS = frozenset({"1", *(f"1{suffix}" for suffix in ("k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))})
_SOURCES = ("configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef")


def check_environment(container: dict[str, Any], path: str, rules: Rules, around: Surroundings) -> None:
    """`env` and `envFrom` of a container."""
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
        rules.one_of(source, _SOURCES, where, "source")
        for kind in _SOURCES:
            if isinstance(source.get(kind), dict):
                _check_source(kind, source[kind], child(where, kind), rules, around)
    for source, place in items(container, "envFrom", path):
        rules.name(source, "prefix", names.env_name_problem, place)
        kind = rules.one_of(source, ("configMapRef", "secretRef"), place, "source")
        if kind:
            rules.missing(mapping(source[kind]), child(place, kind), "name")
            rules.name(mapping(source[kind]), "name", names.dns_subdomain_problem, child(place, kind))


def _check_source(kind: str, source: dict[str, Any], path: str, rules: Rules, around: Surroundings) -> None:
    if kind in {"configMapKeyRef", "secretKeyRef"}:
        rules.missing(source, path, "name")
        rules.name(source, "name", names.dns_subdomain_problem, path)
        rules.name(source, "key", names.config_key_problem, path, required=True)
    elif kind == "fieldRef":
        check_field_reference(source, path, rules)
    elif kind == "resourceFieldRef":
        check_resource_reference(source, path, rules)
    else:
        rules.missing(source, path, "key", "path", "volumeName")
        rules.name(source, "key", names.env_name_problem, path)
        rules.relative(source.get("path"), child(path, "path"), reserved=True)
        volume = text(source.get("volumeName"))
        if volume and around.volumes.get(volume, "") not in {"", "emptyDir"}:
            rules.value(child(path, "volumeName"), f"{volume!r} must be an emptyDir")
        elif volume and volume not in around.volumes:
            hint = did_you_mean(volume, around.volume_names)
            rules.problems.add(child(path, "volumeName"), f"there is no volume {volume!r} in this pod", hint, rule="local-reference")


def check_field_reference(reference: dict[str, Any], path: str, rules: Rules, *, volume: bool = False) -> None:
    """A `fieldRef`: a field of the pod that a variable (or, `volume`, a file) shows."""
    field_path, known = text(reference.get("fieldPath")), _VOLUME_FIELDS if volume else _ENVIRONMENT_FIELDS
    rules.missing(reference, path, "fieldPath")
    rules.word(reference, "apiVersion", ("v1",), path)
    if not field_path or field_path in known:
        return
    if match := _SUBSCRIPT.match(field_path):
        key = match[2] if match[1] == "labels" else match[2].lower()
        if fault := names.label_key_problem(key):
            rules.problems.add(child(path, "fieldPath"), f"the key {match[2]!r} {fault}", rule="label")
        return
    hint = did_you_mean(field_path, [*known, "metadata.labels['KEY']", "metadata.annotations['KEY']"])
    rules.problems.add(child(path, "fieldPath"), f"{field_path!r} cannot be read into a {'file' if volume else 'variable'}", hint, rule="value")


def check_resource_reference(reference: dict[str, Any], path: str, rules: Rules, *, volume: bool = False) -> None:
    """A `resourceFieldRef`: an amount of a container that a variable (or, `volume`, a file) shows, divided by a unit."""
    resource, place = text(reference.get("resource")), child(path, "resource")
    if volume:
        rules.missing(reference, path, "containerName")
    rules.missing(reference, path, "resource")
    if resource and not _RESOURCE_FIELDS.match(resource):
        rules.value(place, f"{resource!r} is neither limits.… nor requests.… of cpu, memory or ephemeral-storage")
    amount = amount_of(reference.get("divisor"))
    if not amount:
        return
    unit = canonical(reference["divisor"].strip() if isinstance(reference["divisor"], str) else reference["divisor"])
    allowed = {"1", "1m"} if resource.endswith(".cpu") else _DIVISORS
    if resource and unit not in allowed:
        known = "1 and 1m" if resource.endswith(".cpu") else "1 and powers of 1000 and 1024 such as 1M and 1Mi"
        rules.value(child(path, "divisor"), f"{reference['divisor']} is not a unit of {resource}", f"these are {known}")
