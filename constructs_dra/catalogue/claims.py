"""Claims and classes against the catalogue of drivers: what devices publish, how they are given, which configuration is read.

The API server looks at none of this, so every rule goes beyond it. Manifests and records are judged alike: a record makes its manifest, and says
of each request what the manifest does not show.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver
from constructs_dra.catalogue.registry import class_names, driver, driver_for_class
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.dra.limits import DEVICES_MAX
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, sequence, text, whole
from constructs_dra.paths import child
from constructs_dra.records.valued import Valued

if TYPE_CHECKING:
    from constructs_dra.catalogue.config_model import ConfigField, ConfigKind

__all__ = ["Asked", "asked", "check_configurations", "check_devices", "over_node_limit"]


_SHORT = 3
"""Letters of the labels that are never taken for slips."""


@frozen(kw_only=True, eq=False, repr=False)
class Asked(Valued):
    """One request of a claim, or one alternative of it.

    Attributes:
        name: The name that constraints and configuration use for it.
        body: What it asks for, as a manifest has it.
        path: Its place.
        driver: What is known about the driver of its devices; None where that is not known.
        kinds: Kinds of device it can get, as values of the driver's `kind_attribute`; empty for any.
    """

    name: str
    body: dict[str, Any]
    path: str
    driver: Driver | None
    kinds: tuple[str, ...]


Known = Mapping[str, tuple[Driver | None, tuple[str, ...]]]
"""Driver and kinds of each request by its name, where more is known than its device class tells."""


def asked(devices: dict[str, Any], path: str, known: Known | None = None) -> list[Asked]:
    """Every request and alternative of a claim.

    Args:
        devices: What a claim has under `devices`.
        path: Its place.
        known: What is known of each request beyond its device class. Default: nothing.
    """
    found: list[Asked] = []
    for request, place in items(devices, "requests", path):
        name = text(request.get("name"))
        bodies: list[tuple[str, dict[str, Any], str]] = []
        if isinstance(request.get("exactly"), dict):
            bodies.append((name, request["exactly"], child(place, "exactly")))
        elif request.get("deviceClassName"):
            bodies.append((name, request, place))
        bodies += [(f"{name}/{text(sub.get('name'))}", sub, where) for sub, where in items(request, "firstAvailable", place)]
        for one, body, where in bodies:
            by, kinds = known[one] if known is not None and one in known else _by_class(text(body.get("deviceClassName")))
            found.append(Asked(name=one, body=body, path=where, driver=by, kinds=kinds))
    return found


def _by_class(name: str) -> tuple[Driver | None, tuple[str, ...]]:
    found = driver_for_class(name) if name else None
    published = found.published_class(name) if found is not None else None
    return found, published.kinds if published is not None else ()


def check_devices(requests: Sequence[Asked], devices: dict[str, Any], path: str, classes: Container[str] = ()) -> Iterator[Problem]:
    """Requests, constraints and configuration of a claim, as far as the drivers of its requests are known.

    Args:
        requests: Its requests, as `asked` gives them.
        devices: What the claim has under `devices`.
        path: Its place.
        classes: Names of device classes that are known to be there, beside those that drivers ship.
    """
    for request in requests:
        yield from _request(request, classes)
    yield from _node_limit(requests)
    for constraint, place in items(devices, "constraints", path):
        yield from _constraint(constraint, place, requests)
    for config, place in items(devices, "config", path):
        yield from _receivers(config, place, requests)
    yield from check_configurations(devices, path)


def _request(request: Asked, classes: Container[str]) -> Iterator[Problem]:
    known, body, path = request.driver, request.body, request.path
    if known is None:
        if (name := text(body.get("deviceClassName"))) not in classes:
            yield from _almost_known(name, child(path, "deviceClassName"))
        return
    if known.every_device and body.get("allocationMode") != "All":
        shown = f"{known.name} prepares a claim only if it holds every device of the node; with a count, pods do not start"
        yield Problem(child(path, "allocationMode"), shown, "write allocationMode: All and leave out count", rule="strict-every-device")
    if known.share_needed and not at(body, "capacity", "requests") and not body.get("adminAccess"):
        name = known.share_needed.rpartition("/")[2]
        shown = f"is needed: without it a claim takes every {name.upper()} of the device"
        hint = f"say how much of {known.share_needed} is wanted"
        yield Problem(child(path, "capacity"), shown, hint, rule="strict-whole-device")
    if known.verified == "unverified":
        return
    for name, _, place in pairs(body.get("capacity"), "requests", child(path, "capacity")):
        domain, _, bare = name.rpartition("/")
        if not known.capacities or known.consumable is None:
            shown = f"{known.name} allocates whole devices only: a request cannot ask for part of a capacity"
            yield Problem(place, shown, "select by it instead", rule="strict-whole-device")
        elif known.capacity(bare, domain) is None:
            hint = did_you_mean(bare, [capacity.name for capacity in known.capacities])
            yield Problem(place, f"{known.name} publishes no capacity {name!r}", hint, rule="strict-unknown-capacity")


def _node_limit(requests: Sequence[Asked]) -> Iterator[Problem]:
    """Requests that no node can meet, as they must all come from one: alternatives aside, of which one is enough."""
    if sum(whole(request.body.get("count")) or 1 for request in requests if "/" not in request.name) > DEVICES_MAX:
        return  # more than any claim can hold, which is reported
    totals: dict[str, int] = {}
    for request in requests:
        known, count = request.driver, whole(request.body.get("count")) or 1
        if known is None or not known.most_per_node or request.body.get("allocationMode") == "All" or "/" in request.name:
            continue
        total = totals[known.name] = totals.get(known.name, 0) + count
        if known.most_per_node < total <= DEVICES_MAX and total - count <= known.most_per_node:
            yield over_node_limit(known, total, child(request.path, "count"))


def over_node_limit(known: Driver, total: int, path: str) -> Problem:
    """More devices of a driver for one pod than any node has."""
    shown = f"{total} devices of {known.name} are more than any node has, which is {known.most_per_node} at most"
    return Problem(path, shown, "spread the model over several pods", rule="strict-node-limit")


def _almost_known(name: str, path: str) -> Iterator[Problem]:
    """A class that no driver ships, and whose name is that of a known one but for one letter."""
    for known in class_names() if name else ():
        if _letter_apart(name, known):
            shown = f"{name!r} is a class that no driver ships, and one letter away from {known!r}"
            yield Problem(path, shown, f"did you mean {known!r}?", rule="strict-class-name")
            return


def _letter_apart(name: str, known: str) -> bool:
    """Whether two class names differ by a slip in one label. Short labels are words of their own (`gpu`, `npu`), and not slips of each other."""
    labels = list(zip(name.split("."), known.split("."), strict=False))
    differing = [(one, other) for one, other in labels if one != other]
    if name.count(".") != known.count(".") or len(differing) != 1 or len(differing[0][1]) <= _SHORT:
        return False
    one, other = differing[0]
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    swapped = rest[:2] == others[:2][::-1] and rest[2:] == others[2:]
    return rest[1:] == others[1:] or rest == others[1:] or rest[1:] == others or swapped


def _constraint(constraint: dict[str, Any], path: str, requests: Iterable[Asked]) -> Iterator[Problem]:
    """A device that does not publish the attribute of a constraint never fits, and the claim with it."""
    key = "matchAttribute" if constraint.get("matchAttribute") else "distinctAttribute"
    attribute, wanted = text(constraint.get(key)), sequence(constraint.get("requests"))
    domain, slash, name = attribute.rpartition("/")
    for request in requests:
        known, kinds = request.driver, request.kinds
        if not slash or (wanted and request.name not in wanted and request.name.partition("/")[0] not in wanted):
            continue
        if known is None or not known.attributes:
            continue
        fact = known.attribute(name, domain)
        if fact is not None and not fact.never_published and not (fact.kinds and kinds and not set(kinds) & set(fact.kinds)):
            if fact.deprecated:
                shown = f"{attribute} of {known.name} is deprecated: {fact.deprecated}"
                yield Problem(child(path, key), shown, rule="strict-deprecated", severity="warning")
            continue
        devices = f" on devices of type {' or '.join(kinds)}" if fact is not None and fact.kinds and kinds else ""
        shown = f"{known.name} (request {request.name!r}) never publishes {attribute}{devices}, so they could never be allocated"
        own = [published.qualified_name for published in known.attributes if published.domain in {STANDARD_DOMAIN, domain}]
        hint = did_you_mean(attribute, own) if own else "leave that request out of the constraint"
        yield Problem(child(path, key), shown, hint, rule="strict-absent")


def _receivers(config: dict[str, Any], path: str, requests: Sequence[Asked]) -> Iterator[Problem]:
    """Whether the requests that a configuration is for are of its driver, and of its kind of device."""
    name, wanted = text(at(config, "opaque", "driver")), sequence(config.get("requests"))
    reached = [each for each in requests if not wanted or each.name in wanted or each.name.partition("/")[0] in wanted]
    if not name or not reached:
        return
    drivers = {each.driver.name for each in reached if each.driver is not None}
    place = f"{path}.opaque.driver"
    if name not in drivers:
        if all(each.driver is not None for each in reached):
            kind = text(at(config, "opaque", "parameters", "kind")) or "the configuration"
            shown = f"{kind} is for {name}, but the request is for {', '.join(sorted(drivers))}: nobody would read it"
            theirs = [read.kind or read.name for each in reached if each.driver for read in each.driver.writable_configs]
            yield Problem(place, shown, f"it reads {', '.join(dict.fromkeys(theirs))}" if theirs else "leave it out", rule="strict-config-driver")
        return
    known = next(each.driver for each in reached if each.driver is not None and each.driver.name == name)
    if known.verified != "unverified" and known.configs_known and not known.writable_configs:
        why = "; ".join(dict.fromkeys(kind.avoid for kind in known.configs)) or known.config_note or "leave it out"
        yield Problem(child(path, "opaque"), f"{known.name} takes no configuration in claims", why, rule="strict-no-config")
        return
    read = next((kind for kind in known.configs if kind.kind and kind.kind == at(config, "opaque", "parameters", "kind")), None)
    if read is None or not read.kinds or not wanted:
        return
    for each in reached:
        if each.driver is known and each.kinds and not set(read.kinds) & set(each.kinds):
            shown = f"{read.kind} is for devices of type {' or '.join(read.kinds)}, but the request gets {' or '.join(each.kinds)}"
            fitting = [other.kind for other in known.writable_configs if set(other.kinds) & set(each.kinds)]
            yield Problem(f"{path}.opaque.parameters.kind", shown, f"it reads {', '.join(fitting)}" if fitting else "", rule="strict-config-kind")
            return


def check_configurations(owner: dict[str, Any], path: str) -> Iterator[Problem]:
    """The parameters in the opaque configurations of a claim or class.

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
        return
    chosen = [kind for kind in kinds if kind.kind == parameters.get("kind") and kind.api_version == parameters.get("apiVersion")]
    if not chosen:
        yield _wrong_kind(known, kinds, parameters, place)
        return
    yield from _fields(chosen[0], parameters, place)


def _wrong_kind(known: Driver, kinds: "list[ConfigKind]", parameters: dict[str, Any], path: str) -> Problem:
    given, names = text(parameters.get("kind")), [kind.kind for kind in kinds]
    match = next((kind for kind in kinds if kind.kind == given), None)
    if match is not None:
        shown = f"the driver {known.name} reads {given} of {match.api_version}, not of {parameters.get('apiVersion')!r}"
        return Problem(child(path, "apiVersion"), shown, f"write apiVersion: {match.api_version}", rule="strict-config-kind")
    shown = f"the driver {known.name} reads no kind {given!r}" if given else f"needs the kind of configuration the driver {known.name} reads"
    return Problem(child(path, "kind"), shown, did_you_mean(given, names), rule="strict-config-kind")


def _open_ended(field: "ConfigField") -> bool:
    return any(mark in field.path for mark in "*[ ")


def _fields(kind: "ConfigKind", parameters: dict[str, Any], path: str) -> Iterator[Problem]:
    if kind.strict and not any(map(_open_ended, kind.fields)):
        yield from _unknown(kind, parameters, "", path)
    for field in kind.fields:
        if _open_ended(field):
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
            yield from _unknown(kind, mapping(entry), f"{prefix}{key}.", child(path, key))
