"""Claims and classes against the catalogue of drivers: what devices publish, how they are given, which configuration is read.

The API server looks at none of this, so every rule is a `strict-` one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from constructs_dra.drivers import driver, driver_for_class
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.shapes import at, items, pairs, sequence, text
from constructs_dra.paths import child

if TYPE_CHECKING:
    from constructs_dra.drivers.model import ConfigKind, Driver

__all__ = ["check_configurations", "check_devices"]


def check_devices(devices: dict[str, Any], path: str) -> Iterator[Problem]:
    """Requests and constraints of a claim, as far as their device classes tell the driver.

    Args:
        devices: What a claim has under `devices`.
        path: Its place.
    """
    bodies = list(_bodies(devices, path))
    for _, body, place in bodies:
        yield from _request(body, place)
    for constraint, place in items(devices, "constraints", path):
        yield from _constraint(constraint, place, [(name, body) for name, body, _ in bodies])


def _bodies(devices: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every request and alternative: the name constraints use for it, what it asks for, and its place."""
    for request, place in items(devices, "requests", path):
        name = text(request.get("name"))
        if isinstance(request.get("exactly"), dict):
            yield name, request["exactly"], child(place, "exactly")
        elif request.get("deviceClassName"):
            yield name, request, place
        for alternative, where in items(request, "firstAvailable", place):
            yield f"{name}/{text(alternative.get('name'))}", alternative, where


def _driver_of(body: dict[str, Any]) -> "Driver | None":
    name = text(body.get("deviceClassName"))
    return driver_for_class(name) if name else None


def _kinds(driver: "Driver", body: dict[str, Any]) -> tuple[str, ...]:
    published = driver.published_class(text(body.get("deviceClassName")))
    return published.kinds if published is not None else ()


def _request(body: dict[str, Any], path: str) -> Iterator[Problem]:
    driver = _driver_of(body)
    if driver is None:
        return
    if driver.every_device and body.get("allocationMode") != "All":
        shown = f"{driver.name} prepares a claim only if it holds every device of the node; with a count, pods do not start"
        yield Problem(path, shown, "write allocationMode: All and leave out count", rule="strict-every-device")
    if driver.verified == "unverified":
        return
    for name, _, place in pairs(body.get("capacity"), "requests", child(path, "capacity")):
        domain, _, bare = name.rpartition("/")
        if not driver.capacities or driver.consumable is None:
            shown = f"{driver.name} gives devices only whole: no part of a capacity can be asked for"
            yield Problem(place, shown, "select by it instead", rule="strict-whole-device")
        elif driver.capacity(bare, domain) is None:
            hint = did_you_mean(bare, [known.name for known in driver.capacities])
            yield Problem(place, f"{driver.name} publishes no capacity {name!r}", hint, rule="strict-unknown-capacity")


def _constraint(constraint: dict[str, Any], path: str, bodies: list[tuple[str, dict[str, Any]]]) -> Iterator[Problem]:
    """A device that does not publish the attribute of a constraint never fits, and the claim with it."""
    key = "matchAttribute" if constraint.get("matchAttribute") else "distinctAttribute"
    attribute, wanted = text(constraint.get(key)), sequence(constraint.get("requests"))
    domain, slash, name = attribute.rpartition("/")
    for place, body in bodies:
        if not slash or (wanted and place not in wanted and place.partition("/")[0] not in wanted):
            continue
        driver = _driver_of(body)
        if driver is None or not driver.attributes:
            continue
        known, kinds = driver.attribute(name, domain), _kinds(driver, body)
        if known is not None and not known.never_published and not (known.kinds and kinds and not set(kinds) & set(known.kinds)):
            if known.deprecated:
                shown = f"{attribute} of {driver.name} is deprecated: {known.deprecated}"
                yield Problem(child(path, key), shown, rule="strict-deprecated", severity="warning")
            continue
        devices = f" on devices of type {' or '.join(kinds)}" if known is not None and known.kinds and kinds else ""
        shown = f"{driver.name} (request {place!r}) never publishes {attribute}{devices}, so they could never be allocated"
        own = [published.qualified_name for published in driver.attributes if published.domain in {"resource.kubernetes.io", domain}]
        hint = did_you_mean(attribute, own) if own else "leave that request out of the constraint"
        yield Problem(child(path, key), shown, hint, rule="strict-absent")


def check_configurations(owner: dict[str, Any], path: str) -> Iterator[Problem]:
    """The opaque configurations of a claim or class.

    Args:
        owner: What has them under `config`.
        path: Its place.
    """
    for config, place in items(owner, "config", path):
        yield from _configuration(config, place)


def _configuration(config: dict[str, Any], path: str) -> Iterator[Problem]:
    """Opaque parameters against the kinds of configuration their driver reads. The API server looks at none of this."""
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
