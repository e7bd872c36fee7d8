"""Everything that can be wrong in a claim, found at once.

The rules are Kubernetes' own (resource.k8s.io/v1), what drivers are known to refuse, and a few of ours that are stricter: their names start with
`strict-`, and a claim overrules one with `accept={"strict-…": "reason"}`.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from constructs_dra.cel.build import Expression, Reference
from constructs_dra.claims.constraints import Constraint, DistinctAttribute, MatchAttribute
from constructs_dra.claims.request import FirstAvailable, Request
from constructs_dra.claims.tolerations import Toleration, toleration_of
from constructs_dra.drivers import driver_for_class
from constructs_dra.drivers.config import OpaqueConfig
from constructs_dra.drivers.fields import Devices
from constructs_dra.drivers.model import STANDARD_DOMAIN, ConfigKind, Driver, PublishedClass
from constructs_dra.errors import Problem, Problems, did_you_mean
from constructs_dra.kubernetes.names import c_identifier_problem, dns_label_problem, dns_subdomain_problem, label_key_problem, label_value_problem
from constructs_dra.kubernetes.quantity import is_quantity, parse_quantity

__all__ = ["claim_problems", "metadata_problems", "selector_problems"]

MAX_DEVICES = 32
"""Devices one claim can be given (`AllocationResultsMaxSize`)."""

_NEVER_ACCEPTED = frozenset({"", "value-type", "value-literal"})
"""What no reason can make right: values that have no spelling in Kubernetes."""

_MAX_REQUESTS = _MAX_CONSTRAINTS = _MAX_CONFIGS = _MAX_SELECTORS = 32
_MAX_ALTERNATIVES = 8
_MAX_TOLERATIONS = 16
_MAX_PARAMETERS = 10240


def claim_problems(claim: Any) -> list[Problem]:
    """All problems of a `Claim`, errors and warnings, in the order of its fields; accepted ones are left out."""
    found = Problems()
    if fault := _name_fault(claim.name):
        found.add("name", fault)
    _check_requests(claim.requests, claim.accept if isinstance(claim.accept, Mapping) else {}, found)
    for index, constraint in enumerate(claim.constraints):
        found.extend(_constraint_problems(constraint, claim.requests), under=f"constraints[{index}]")
    if len(claim.constraints) > _MAX_CONSTRAINTS:
        found.add("constraints", f"are {len(claim.constraints)}; a claim can have {_MAX_CONSTRAINTS}")
    for index, entry in enumerate(claim.config):
        found.extend(_claim_config_problems(entry, claim.requests), under=f"config[{index}]")
    configs = len(claim.config) + sum(len(request.config) for request, _ in _every_request(claim.requests))
    if configs > _MAX_CONFIGS:
        found.add("config", f"has {configs} entries; a claim can have {_MAX_CONFIGS}")
    _check_words(claim, found)
    accept = claim.accept if isinstance(claim.accept, Mapping) else {}
    return [problem for problem in found if problem.rule in _NEVER_ACCEPTED or problem.rule not in accept]


def _name_fault(name: object) -> str:
    if not isinstance(name, str):
        return f"must be a text, got {name!r}"
    fault = dns_label_problem(name)
    return f"{name!r}: {fault}" if fault else ""


def _every_request(requests: Iterable[Request | FirstAvailable]) -> Iterator[tuple[Request, str]]:
    """Every request and alternative, with the name that constraints and configuration use for it."""
    for entry in requests:
        if isinstance(entry, FirstAvailable):
            yield from ((request, f"{entry.name}/{request.name}") for request in entry.alternatives if isinstance(request, Request))
        elif isinstance(entry, Request):
            yield entry, str(entry.name)


def _check_requests(requests: tuple[Any, ...], accept: Container[str], found: Problems) -> None:
    if not requests:
        found.add("requests", "are missing: a claim without requests gets no device", 'add one, e.g. Request("gpu", intel.gpu)')
    if len(requests) > _MAX_REQUESTS:
        found.add("requests", f"are {len(requests)}; a claim can have {_MAX_REQUESTS}")
    _check_unique(requests, "requests", found)
    for index, entry in enumerate(requests):
        path = f"requests[{index}]"
        if isinstance(entry, FirstAvailable):
            _check_first_available(entry, path, accept, found)
        elif isinstance(entry, Request):
            found.extend(_request_problems(entry, accept), under=path)
        else:
            found.add(path, f"must be a Request or FirstAvailable, got {entry!r}")
    least = sum(_least(entry) for entry in requests)
    if least > MAX_DEVICES:
        fault = f"ask for {least} devices together; one claim can be given {MAX_DEVICES}, so it never could be allocated"
        found.add("requests", fault, "spread them over several claims or pods", rule="strict-count-limit")


def _least(entry: object) -> int:
    """Devices the entry takes at least, as far as its counts are valid; a single request above the limit is reported on its own."""
    if isinstance(entry, FirstAvailable):
        return min((_least(request) for request in entry.alternatives), default=0)
    if isinstance(entry, Request) and isinstance(entry.count, int) and 0 < entry.count <= MAX_DEVICES:
        return entry.count
    return 1


def _check_unique(requests: tuple[Any, ...], path: str, found: Problems) -> None:
    seen: dict[str, int] = {}
    for index, entry in enumerate(requests):
        name = getattr(entry, "name", None)
        if not isinstance(name, str):
            continue
        if name in seen:
            found.add(f"{path}[{index}].name", f"{name!r} is taken by {path}[{seen[name]}]", "give each request a name of its own")
        seen.setdefault(name, index)


def _check_first_available(entry: FirstAvailable, path: str, accept: Container[str], found: Problems) -> None:
    if fault := _name_fault(entry.name):
        found.add(f"{path}.name", fault)
    if not entry.alternatives:
        found.add(f"{path}.alternatives", "are missing", "give at least one request; the preferred one first")
    if len(entry.alternatives) > _MAX_ALTERNATIVES:
        found.add(f"{path}.alternatives", f"are {len(entry.alternatives)}; there can be {_MAX_ALTERNATIVES}")
    _check_unique(entry.alternatives, f"{path}.alternatives", found)
    for index, request in enumerate(entry.alternatives):
        place = f"{path}.alternatives[{index}]"
        if not isinstance(request, Request):
            found.add(place, f"must be a Request, got {request!r}")
            continue
        found.extend(_request_problems(request, accept), under=place)
        if request.admin_access:
            found.add(f"{place}.admin_access", "is not possible in an alternative", "ask for it in a request of its own")


def _request_problems(request: Request, accept: Container[str]) -> Iterator[Problem]:
    if fault := _name_fault(request.name):
        yield Problem("name", fault)
    yield from _device_problems(request)
    yield from _count_problems(request)
    for name, own in request.own_conditions().items():
        yield from (problem.under(name) for problem in selector_problems(own, request.driver, request.published_class, accept))
    for index, condition in enumerate(request.where):
        path = f"where[{index}]" if len(request.where) > 1 else "where"
        yield from (problem.under(path) for problem in selector_problems(condition, request.driver, request.published_class, accept))
    if len(request.where) + bool(request.own_conditions()) > _MAX_SELECTORS:
        yield Problem("where", f"has {len(request.where)} selectors; a request can have {_MAX_SELECTORS}", "join some with &")
    for index, toleration in enumerate(request.tolerations):
        read = toleration_of(toleration)
        yield from (problem.under(f"tolerations[{index}]") for problem in (read.problems() if isinstance(read, Toleration) else [read]))
    if len(request.tolerations) > _MAX_TOLERATIONS:
        yield Problem("tolerations", f"are {len(request.tolerations)}; a request can have {_MAX_TOLERATIONS}")
    yield from _capacity_problems(request)
    if not isinstance(request.count_reason, str):
        yield Problem("count_reason", f"must be a text, got {request.count_reason!r}")
    if not isinstance(request.admin_access, bool):
        yield Problem("admin_access", f"must be True or False, got {request.admin_access!r}")
    for index, entry in enumerate(request.config):
        yield from (problem.under(f"config[{index}]") for problem in _config_problems(entry, request))


def _device_problems(request: Request) -> Iterator[Problem]:
    if request.device is not None and not isinstance(request.device, Devices | Driver | str):
        hint = "give a namespace of the catalogue (intel.gpu), a Driver or the name of a device class"
        yield Problem("device", f"must name devices, got {request.device!r}", hint)
        return
    if not isinstance(request.device_class, str):
        yield Problem("device_class", f"must be a text, got {request.device_class!r}")
        return
    name = request.class_name
    if not name:
        if driver := request.driver:
            yield Problem("device_class", f"is needed: the driver {driver.name} ships no device class", "name the one of your cluster")
        else:
            yield Problem("device", "is needed: a request asks for devices of one class", "e.g. intel.gpu, or the name of a device class")
    elif fault := dns_subdomain_problem(name):
        yield Problem("device_class" if request.device_class else "device", f"{name!r}: {fault}")
    known = None if request.published_class else driver_for_class(name)
    if known and request.driver and known.name != request.driver.name:
        fault = f"{name!r} selects devices of {known.name}, but the request is for {request.driver.name}"
        yield Problem("device_class", fault, "name a class of that driver, or leave it out", rule="strict-class-driver")


def _count_problems(request: Request) -> Iterator[Problem]:
    if not isinstance(request.allocation_mode, str) or request.allocation_mode not in {"ExactCount", "All"}:
        yield Problem("allocation_mode", f"{request.allocation_mode!r} is no mode", did_you_mean(request.allocation_mode, ("ExactCount", "All")))
    if request.count is None:
        pass
    elif not isinstance(request.count, int) or isinstance(request.count, bool):
        yield Problem("count", f"must be a whole number, got {request.count!r} ({type(request.count).__name__})")
    elif request.takes_all:
        yield Problem("count", "must be left out when allocation_mode is 'All'", "leave out one of them")
    elif request.count < 1:
        yield Problem("count", f"must be at least 1, got {request.count}")
    elif request.count > MAX_DEVICES:
        fault = f"asks for {request.count} devices; one claim can be given {MAX_DEVICES}, so it never could be allocated"
        yield Problem("count", fault, "spread them over several claims or pods", rule="strict-count-limit")
    driver = request.driver
    if driver and driver.every_device and not request.takes_all:
        fault = f"{driver.name} prepares a claim only if it holds every device of the node; with a count, pods do not start"
        yield Problem("allocation_mode", fault, 'pass allocation_mode="All" and leave out count', rule="strict-every-device")


def selector_problems(
    condition: object,
    driver: Driver | None,
    published: PublishedClass | None = None,
    accept: Container[str] = (),
) -> list[Problem]:
    """What is wrong with one selector, on devices of this driver that the class lets through; rules in `accept` do not count."""
    kinds, name = (published.kinds, published.name) if published else ((), "")
    if isinstance(condition, Expression):
        if condition.errors(accept):
            return list(condition.problems)
        if condition.plain and driver and all(_published(reference, driver, kinds) for reference in condition.reads):
            return list(condition.problems)  # nothing is left for the CEL checker to find, which takes 30 ms to load
        text = condition.cel(kinds=kinds, accept=accept)
        found = [problem for problem in _checked(text, _ById(driver), name) if problem.severity == "error" and problem.rule not in accept]
        return [*(problem for problem in condition.problems if problem.severity == "warning"), *found]
    if isinstance(condition, str):
        return list(_checked(condition, _ById(driver), name))
    hint = "give an expression over the catalogue or CEL text"
    return [Problem("", f"must be a condition on a device, got {condition!r} ({type(condition).__name__})", hint)]


def _published(reference: Reference, driver: Driver, kinds: tuple[str, ...]) -> bool:
    """Whether every device that the class lets through publishes it."""
    find = driver.attribute if reference.map == "attributes" else driver.capacity
    return find(reference.name, reference.domain) is not None and not reference.guarded_for(kinds)


class _ById:
    """A driver as part of a cache's key: records with dicts inside have no hash."""

    __slots__ = ("driver",)

    def __init__(self, driver: Driver | None) -> None:
        self.driver = driver

    def __hash__(self) -> int:
        return id(self.driver)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.driver is self.driver


@lru_cache(maxsize=4096)
def _checked(text: str, driver: _ById, device_class: str) -> tuple[Problem, ...]:
    from constructs_dra.cel import check_selector  # noqa: PLC0415  (the CEL checker loads when the first selector is met)

    return tuple(check_selector(text, driver=driver.driver, device_class=device_class))


def _capacity_problems(request: Request) -> Iterator[Problem]:
    driver = request.driver
    if not isinstance(request.capacity, Mapping):
        yield Problem("capacity", f"must be a mapping of names to amounts, got {request.capacity!r}")
        return
    for name, amount in request.capacity.items():
        path = f"capacity[{name!r}]"
        domain, _slash, bare = str(name).rpartition("/")
        if fault := (domain and dns_subdomain_problem(domain)) or c_identifier_problem(bare):
            yield Problem(path, f"{name!r}: {fault}")
        elif driver and driver.verified != "unverified":
            yield from _known_capacity_problems(driver, bare, domain, path)
        if isinstance(amount, bool) or not isinstance(amount, str | int) or not is_quantity(amount):
            yield Problem(path, f"{amount!r} is not a quantity", "write e.g. '20Gi' or a whole number")
        elif parse_quantity(amount) < 0:
            yield Problem(path, f"{amount!r} is less than nothing")
    if driver and driver.name == "dra.cpu" and not request.capacity and not request.admin_access:
        fault = "is needed: without it a claim takes every CPU of the device"
        yield Problem("capacity", fault, 'say how many: capacity={"dra.cpu/cpu": "8"}', rule="strict-whole-device")


def _known_capacity_problems(driver: Driver, name: str, domain: str, path: str) -> Iterator[Problem]:
    capacity = driver.capacity(name, domain)
    if not driver.capacities or driver.consumable is None:
        fault = f"{driver.name} gives devices only whole: no part of a capacity can be asked for"
        yield Problem(path, fault, "select by it instead: where=…", rule="strict-whole-device")
    elif capacity is None:
        cure = did_you_mean(name, [known.name for known in driver.capacities])
        yield Problem(path, f"{driver.name} publishes no capacity {name!r}", cure, rule="strict-unknown-capacity")


def _config_problems(entry: object, request: Request) -> Iterator[Problem]:
    driver = request.driver
    if not isinstance(entry, OpaqueConfig | Mapping):
        yield Problem("", f"must be a record of the driver's module or a mapping, got {entry!r}")
        return
    if isinstance(entry, OpaqueConfig) and driver and entry.driver != driver.name:
        fault = f"{type(entry).__name__} is for {entry.driver}, but the request is for {driver.name}: nobody would read it"
        yield Problem("", fault, _config_cure(driver))
    elif driver and driver.verified != "unverified" and not driver.config_note.startswith("not read") and not _writable(driver):
        why = "; ".join(dict.fromkeys(config.avoid for config in driver.configs)) or driver.config_note or "leave it out"
        yield Problem("", f"{driver.name} takes no configuration in claims", why, rule="strict-no-config")
    elif isinstance(entry, OpaqueConfig) and entry.kinds and request.device_kinds and not set(entry.kinds) & set(request.device_kinds):
        fault = f"{type(entry).__name__} is for devices of type {' or '.join(entry.kinds)}, but the request gets {' or '.join(request.device_kinds)}"
        yield Problem("", fault, _config_cure(driver))
    parameters = entry.parameters() if isinstance(entry, OpaqueConfig) else entry
    try:
        size = len(json.dumps(parameters, allow_nan=False, default=_no_json, separators=(",", ":"), ensure_ascii=False).encode())
    except ValueError as error:
        yield Problem("", f"is no JSON: {error}")
        return
    if size > _MAX_PARAMETERS:
        yield Problem("", f"has {size} bytes; configuration can have {_MAX_PARAMETERS}")
    if any(not isinstance(name, str) for name in parameters):
        yield Problem("", "has a name that is no text")


def _no_json(value: object) -> object:
    raise ValueError(f"{value!r} has no spelling in it")


def _config_cure(driver: Driver | None) -> str:
    names = [config.kind or config.name for config in _writable(driver)] if driver else []
    return f"it reads {', '.join(names)}" if names else "leave it out"


def _writable(driver: Driver) -> list[ConfigKind]:
    return [config for config in driver.configs if not config.avoid]


def _claim_config_problems(entry: object, requests: tuple[Any, ...]) -> Iterator[Problem]:
    if not isinstance(entry, OpaqueConfig):
        yield Problem("", f"must be a record that knows its driver, got {entry!r}", "use RawConfig(driver, {…}), or give it to a request")
        return
    drivers = {request.driver.name for request, _ in _every_request(requests) if request.driver}
    if drivers and entry.driver not in drivers and all(request.driver for request, _ in _every_request(requests)):
        yield Problem("", f"is for {entry.driver}, but no request of the claim is", f"its requests are for {', '.join(sorted(drivers))}")


def _constraint_problems(constraint: object, requests: tuple[Any, ...]) -> Iterator[Problem]:
    if not isinstance(constraint, MatchAttribute | DistinctAttribute):
        yield Problem("", f"must be a MatchAttribute or a DistinctAttribute, got {constraint!r}")
        return
    names = {name: request for request, name in _every_request(requests)}
    mains = [entry.name for entry in requests if isinstance(entry, Request | FirstAvailable)]
    for index, name in enumerate(constraint.requests):
        if name not in names and name not in mains:
            yield Problem(f"requests[{index}]", f"there is no request {name!r} in the claim", did_you_mean(name, [*mains, *names]))
        if name in constraint.requests[:index]:
            yield Problem(f"requests[{index}]", f"{name!r} is there twice", "name each request once")
    domain, slash, name = constraint.attribute.rpartition("/") if isinstance(constraint.attribute, str) else ("", "", "")
    if not slash:
        known = sorted({attribute.qualified_name for request in names.values() if request.driver for attribute in request.driver.attributes})
        bare = {attribute.partition("/")[2]: attribute for attribute in known}
        cure = did_you_mean(bare.get(str(constraint.attribute), constraint.attribute), known)
        yield Problem("attribute", f"{constraint.attribute!r} must be a domain and a name with a slash between", cure)
    elif fault := dns_subdomain_problem(domain.lower()) or c_identifier_problem(name):
        yield Problem("attribute", f"{constraint.attribute!r}: {fault}")
    else:
        yield from _unpublished(constraint, domain, name, names)


def _unpublished(constraint: Constraint, domain: str, name: str, requests: Mapping[str, Request]) -> Iterator[Problem]:
    """A device that does not publish the attribute never fits, and the claim with it."""
    for place, request in requests.items():
        driver = request.driver
        if constraint.requests and place not in constraint.requests and place.partition("/")[0] not in constraint.requests:
            continue
        if driver is None or not driver.attributes:
            continue
        attribute = driver.attribute(name, domain)
        kinds = request.device_kinds
        if attribute is not None and not attribute.never_published and not (attribute.kinds and kinds and not set(kinds) & set(attribute.kinds)):
            continue
        devices = f" on devices of type {' or '.join(kinds)}" if attribute is not None and attribute.kinds and kinds else ""
        fault = f"{driver.name} (request {place!r}) never publishes {constraint.attribute}{devices}, so they could never be allocated"
        own = [known.qualified_name for known in driver.attributes if known.domain in {STANDARD_DOMAIN, domain}]
        cure = did_you_mean(constraint.attribute, own) if own else "leave that request out of the constraint"
        yield Problem("attribute", fault, cure, rule="strict-absent")


def metadata_problems(labels: Mapping[str, str], annotations: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with labels and annotations."""
    for kind, entries in (("labels", labels), ("annotations", annotations)):
        if not isinstance(entries, Mapping):
            yield Problem(kind, f"must be a mapping of names to texts, got {entries!r}")
            continue
        for name, value in entries.items():
            path = f"{kind}[{name!r}]"
            if not isinstance(name, str):
                yield Problem(path, "is no name: it must be a text")
            elif fault := label_key_problem(name):
                yield Problem(path, fault)
            if not isinstance(value, str):
                yield Problem(path, f"must be a text, got {value!r}", f"write {str(value)!r}")
            elif kind == "labels" and (fault := label_value_problem(value)):
                yield Problem(path, f"{value!r}: {fault}")


def _check_words(claim: Any, found: Problems) -> None:
    found.extend(metadata_problems(claim.labels, claim.annotations))
    if not isinstance(claim.shared, bool):
        found.add("shared", f"must be True or False, got {claim.shared!r}")
    if not isinstance(claim.accept, Mapping):
        found.add("accept", f"must be a mapping of rules to reasons, got {claim.accept!r}")
        return
    for rule, reason in claim.accept.items():
        if not isinstance(reason, str) or not reason.strip():
            found.add(f"accept[{rule!r}]", "needs a reason in words", "say why it is right here; it is written into an annotation")
        if not isinstance(rule, str) or label_key_problem(f"constructs-dra/accept-{rule}"):
            found.add(f"accept[{rule!r}]", "is not the name of a rule")
