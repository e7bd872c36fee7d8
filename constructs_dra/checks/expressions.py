"""CEL expressions and opaque configuration of claims and classes, against what the drivers publish and read."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.shapes import at, items, mapping, text
from constructs_dra.kubernetes.versions import KubernetesVersion
from constructs_dra.paths import child

if TYPE_CHECKING:
    from constructs_dra.drivers.model import ConfigKind, Driver

__all__ = ["check_expressions"]


@lru_cache(maxsize=4096)
def _selector_problems(expression: str, device_class: str, version: str) -> tuple[Problem, ...]:
    from constructs_dra.cel import check_selector  # noqa: PLC0415  (the CEL engine and the catalogue load only where there are expressions)
    from constructs_dra.drivers import driver_for_class  # noqa: PLC0415

    driver = driver_for_class(device_class) if device_class else None
    return tuple(check_selector(expression, driver=driver, device_class=device_class, kubernetes=version))


def _selectors(owner: dict[str, Any], path: str, version: KubernetesVersion) -> Iterator[Problem]:
    for selector, place in items(owner, "selectors", path):
        expression = at(selector, "cel", "expression")
        # the DRA rules report expressions that are too long
        if isinstance(expression, str) and len(expression.encode(errors="replace")) <= 10_240:
            found = _selector_problems(expression, text(owner.get("deviceClassName")), str(version.release))
            yield from (problem.under(f"{place}.cel.expression") for problem in found)


def check_expressions(item: Item, version: KubernetesVersion) -> Iterator[Problem]:
    """The expressions and configurations of one object."""
    if item.group != "resource.k8s.io":
        return
    if item.kind in {"DeviceClass", "DeviceTaintRule"}:
        owner, path = (item.spec, "spec") if item.kind == "DeviceClass" else (mapping(item.spec.get("deviceSelector")), "spec.deviceSelector")
        yield from _selectors(owner, path, version)
        for config, place in items(item.spec, "config", "spec"):
            yield from _configuration(config, place)
        return
    if item.kind not in {"ResourceClaim", "ResourceClaimTemplate"}:
        return
    spec, path = (mapping(item.spec.get("spec")), "spec.spec") if item.kind == "ResourceClaimTemplate" else (item.spec, "spec")
    devices, path = mapping(spec.get("devices")), child(path, "devices")
    for request, place in items(devices, "requests", path):
        yield from _selectors(request, place, version)
        yield from _selectors(mapping(request.get("exactly")), child(place, "exactly"), version)
        for alternative, where in items(request, "firstAvailable", place):
            yield from _selectors(alternative, where, version)
    for config, place in items(devices, "config", path):
        yield from _configuration(config, place)


def _configuration(config: dict[str, Any], path: str) -> Iterator[Problem]:
    """Opaque parameters against the kinds of configuration their driver reads. The API server looks at none of this."""
    from constructs_dra.drivers import driver  # noqa: PLC0415

    name, parameters = text(at(config, "opaque", "driver")), at(config, "opaque", "parameters")
    known = driver(name) if name else None
    if known is None or not isinstance(parameters, dict):
        return
    place = f"{path}.opaque.parameters"
    kinds = [kind for kind in known.configs if kind.kind]
    if not kinds or len(kinds) != len(known.configs):
        if not known.configs and known.verified == "source":
            shown = f"the driver {known.name} reads no configuration"
            yield Problem(child(path, "opaque"), shown, "leave it out", rule="strict-config-kind", severity="warning")
        return
    chosen = [kind for kind in kinds if kind.kind == parameters.get("kind") and kind.api_version == parameters.get("apiVersion")]
    if not chosen:
        yield _wrong_kind(known, kinds, parameters, place)
        return
    yield from _fields(chosen[0], parameters, place)


def _wrong_kind(driver: "Driver", kinds: "list[ConfigKind]", parameters: dict[str, Any], path: str) -> Problem:
    given, names = text(parameters.get("kind")), [kind.kind for kind in kinds]
    match = next((kind for kind in kinds if kind.kind == given), None)
    if match is not None:
        shown = f"the driver {driver.name} reads {given} of {match.api_version}, not of {parameters.get('apiVersion')!r}"
        return Problem(child(path, "apiVersion"), shown, f"write apiVersion: {match.api_version}", rule="strict-config-kind")
    shown = f"the driver {driver.name} reads no kind {given!r}" if given else f"needs the kind of configuration the driver {driver.name} reads"
    return Problem(child(path, "kind"), shown, did_you_mean(given, names), rule="strict-config-kind")


def _fields(kind: "ConfigKind", parameters: dict[str, Any], path: str) -> Iterator[Problem]:
    open_ended = any(mark in field.path for field in kind.fields for mark in "*[ ")
    if kind.strict and not open_ended:
        yield from _unknown(kind, parameters, "", path)
    for field in kind.fields:
        if any(mark in field.path for mark in "*[ "):
            continue
        value = at(parameters, *field.path.split("."))
        if value is None and field.required and not kind.avoid:
            yield Problem(f"{path}.{field.path}", "is missing", f"{kind.kind} needs it", rule="strict-config-field")
        elif field.values and isinstance(value, str | int) and value not in field.values:
            shown = f"{value!r} is not one of {', '.join(map(str, field.values))}"
            yield Problem(f"{path}.{field.path}", shown, did_you_mean(value, map(str, field.values)), rule="strict-config-value")


def _unknown(kind: "ConfigKind", value: dict[str, Any], prefix: str, path: str) -> Iterator[Problem]:
    """Fields that strict decoding in the driver refuses."""
    inner = {field.path.removeprefix(prefix).split(".")[0]: field.path for field in kind.fields if field.path.startswith(prefix)}
    for key, entry in value.items():
        if not prefix and key in {"apiVersion", "kind"}:
            continue
        if key not in inner:
            shown = f"{kind.kind} has no field {prefix + key!r}, and the driver refuses unknown ones"
            yield Problem(child(path, key), shown, did_you_mean(key, inner), rule="strict-config-field")
        elif isinstance(entry, dict) and inner[key].startswith(f"{prefix}{key}."):
            yield from _unknown(kind, entry, f"{prefix}{key}.", child(path, key))
