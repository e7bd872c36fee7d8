"""Everything that can be wrong in a claim, found at once.

The rules are Kubernetes' own (resource.k8s.io/v1), what drivers are known to refuse, and a few of ours that are stricter: a claim
suppresses one with `accept={"rule": "reason"}`.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

from constructs_dra.claims.constraints import Constraint, DistinctAttribute, MatchAttribute
from constructs_dra.claims.request import FirstAvailable, Request
from constructs_dra.claims.request_check import name_fault, request_problems
from constructs_dra.drivers.config import OpaqueConfig
from constructs_dra.drivers.model import STANDARD_DOMAIN
from constructs_dra.errors import Problem, Problems, did_you_mean, shown, unquoted
from constructs_dra.kubernetes.dra.limits import CONFIGS_MAX, CONSTRAINTS_MAX, DEVICES_MAX, FIRST_AVAILABLE_MAX, REQUESTS_MAX
from constructs_dra.lexical.names import attribute_id_problem, dns_subdomain_problem, label_key_problem, label_value_problem
from constructs_dra.rules import is_overrulable
from constructs_dra.suppression import accept_problems

__all__ = ["check_text", "claim_problems", "metadata_problems"]


def claim_problems(claim: Any) -> list[Problem]:
    """All problems of a `Claim`, errors and warnings, in the order of its fields; accepted ones are left out."""
    found = Problems()
    if fault := name_fault(claim.name):
        found.add("name", fault)
    _check_requests(claim.requests, claim.accept if isinstance(claim.accept, Mapping) else {}, found)
    for index, constraint in enumerate(claim.constraints):
        found.extend(_constraint_problems(constraint, claim.requests), under=f"constraints[{index}]")
    if len(claim.constraints) > CONSTRAINTS_MAX:
        found.add("constraints", f"are {len(claim.constraints)}; a claim can have {CONSTRAINTS_MAX}")
    for index, entry in enumerate(claim.config):
        found.extend(_claim_config_problems(entry, claim.requests), under=f"config[{index}]")
    configs = len(claim.config) + sum(len(request.config) for request, _ in _every_request(claim.requests))
    if configs > CONFIGS_MAX:
        found.add("config", f"has {configs} entries; a claim can have {CONFIGS_MAX}")
    _check_words(claim, found)
    accept = claim.accept if isinstance(claim.accept, Mapping) else {}
    return [problem for problem in found if not (problem.rule in accept and is_overrulable(problem.rule))]


def check_text(value: object, path: str, problem_of: Callable[[str], str], found: Problems) -> None:
    """Note what is no text, or not one of the right form."""
    if not isinstance(value, str):
        found.add(path, f"must be a text, got {shown(value)}")
    elif fault := problem_of(value):
        found.add(path, f"{shown(value)}: {fault}")


def _every_request(requests: Iterable[Request | FirstAvailable]) -> Iterator[tuple[Request, str]]:
    """Every request and alternative, with the name that constraints and configuration use for it."""
    for entry in requests:
        if isinstance(entry, FirstAvailable):
            yield from ((request, f"{_name(entry)}/{_name(request)}") for request in entry.alternatives if isinstance(request, Request))
        elif isinstance(entry, Request):
            yield entry, _name(entry)


def _name(entry: Request | FirstAvailable) -> str:
    """The name, as far as it is one."""
    return entry.name if isinstance(entry.name, str) else ""


def _check_requests(requests: tuple[Any, ...], accept: Container[str], found: Problems) -> None:
    if not requests:
        found.add("requests", "are missing: a claim without requests gets no device", 'add one, e.g. Request("gpu", intel.gpu)')
    if len(requests) > REQUESTS_MAX:
        found.add("requests", f"are {len(requests)}; a claim can have {REQUESTS_MAX}")
    _check_unique(requests, "requests", found)
    for index, entry in enumerate(requests):
        path = f"requests[{index}]"
        if isinstance(entry, FirstAvailable):
            _check_first_available(entry, path, accept, found)
        elif isinstance(entry, Request):
            found.extend(request_problems(entry, accept), under=path)
        else:
            found.add(path, f"must be a Request or FirstAvailable, got {shown(entry)}", _without_list(entry))
    least = sum(_least(entry) for entry in requests)
    if least > DEVICES_MAX:
        fault = f"ask for {least} devices together; one claim can be given {DEVICES_MAX}, so it never could be allocated"
        found.add("requests", fault, "spread them over several claims or pods", rule="strict-count-limit")


def _without_list(entry: object) -> str:
    return "leave the brackets out: each is an argument of its own" if isinstance(entry, list | tuple) else ""


def _least(entry: object) -> int:
    """Devices the entry takes at least, as far as its counts are valid; a single request above the limit is reported on its own."""
    if isinstance(entry, FirstAvailable):
        return min((_least(request) for request in entry.alternatives), default=0)
    if isinstance(entry, Request) and isinstance(entry.count, int) and 0 < entry.count <= DEVICES_MAX:
        return entry.count
    return 1


def _check_unique(requests: tuple[Any, ...], path: str, found: Problems) -> None:
    seen: dict[str, int] = {}
    for index, entry in enumerate(requests):
        name = getattr(entry, "name", None)
        if not isinstance(name, str):
            continue
        if name in seen:
            found.add(f"{path}[{index}].name", f"{shown(name)} is taken by {path}[{seen[name]}]", "give each request a name of its own")
        seen.setdefault(name, index)


def _check_first_available(entry: FirstAvailable, path: str, accept: Container[str], found: Problems) -> None:
    if fault := name_fault(entry.name):
        found.add(f"{path}.name", fault)
    if not entry.alternatives:
        found.add(f"{path}.alternatives", "are missing", "give at least one request; the preferred one first")
    if len(entry.alternatives) > FIRST_AVAILABLE_MAX:
        found.add(f"{path}.alternatives", f"are {len(entry.alternatives)}; there can be {FIRST_AVAILABLE_MAX}")
    _check_unique(entry.alternatives, f"{path}.alternatives", found)
    for index, request in enumerate(entry.alternatives):
        place = f"{path}.alternatives[{index}]"
        if not isinstance(request, Request):
            found.add(place, f"must be a Request, got {shown(request)}", _without_list(request))
            continue
        found.extend(request_problems(request, accept), under=place)
        if request.admin_access:
            found.add(f"{place}.admin_access", "is not possible in an alternative", "ask for it in a request of its own")


def _claim_config_problems(entry: object, requests: tuple[Any, ...]) -> Iterator[Problem]:
    if not isinstance(entry, OpaqueConfig):
        yield Problem("", f"must be a record that knows its driver, got {shown(entry)}", "use RawConfig(driver, {…}), or give it to a request")
        return
    drivers = {request.driver.name for request, _ in _every_request(requests) if request.driver}
    if drivers and entry.driver not in drivers and all(request.driver for request, _ in _every_request(requests)):
        yield Problem("", f"is for {entry.driver}, but no request of the claim is", f"its requests are for {', '.join(sorted(drivers))}")


def _constraint_problems(constraint: object, requests: tuple[Any, ...]) -> Iterator[Problem]:
    if not isinstance(constraint, MatchAttribute | DistinctAttribute):
        yield Problem("", f"must be a MatchAttribute or a DistinctAttribute, got {shown(constraint)}", "write aligned_on=… for a match over all")
        return
    names = {name: request for request, name in _every_request(requests)}
    mains = [_name(entry) for entry in requests if isinstance(entry, Request | FirstAvailable)]
    for index, name in enumerate(constraint.requests):
        if not isinstance(name, str):
            yield Problem(f"requests[{index}]", f"must be the name of a request, got {shown(name)}")
            return
        if name not in names and name not in mains:
            yield Problem(f"requests[{index}]", f"there is no request {shown(name)} in the claim", did_you_mean(name, [*mains, *names]))
        elif name in constraint.requests[:index]:
            yield Problem(f"requests[{index}]", f"{shown(name)} is there twice", "name each request once")
    domain, slash, name = constraint.attribute.rpartition("/") if isinstance(constraint.attribute, str) else ("", "", "")
    if not slash:
        known = sorted({attribute.qualified_name for request in names.values() if request.driver for attribute in request.driver.attributes})
        bare = {attribute.partition("/")[2]: attribute for attribute in known}
        cure = did_you_mean(bare.get(constraint.attribute, constraint.attribute) if isinstance(constraint.attribute, str) else "", known)
        yield Problem("attribute", f"{shown(constraint.attribute)} must be a domain and a name with a slash between", cure)
    elif fault := dns_subdomain_problem(domain.lower()) or attribute_id_problem(name):
        yield Problem("attribute", f"{shown(constraint.attribute)}: {fault}")
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
        fault = f"{driver.name} (request {shown(place)}) never publishes {constraint.attribute}{devices}, so they could never be allocated"
        own = [known.qualified_name for known in driver.attributes if known.domain in {STANDARD_DOMAIN, domain}]
        cure = did_you_mean(constraint.attribute, own) if own else "leave that request out of the constraint"
        yield Problem("attribute", fault, cure, rule="strict-absent")


def metadata_problems(labels: Mapping[str, str], annotations: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with labels and annotations."""
    for kind, entries in (("labels", labels), ("annotations", annotations)):
        if not isinstance(entries, Mapping):
            yield Problem(kind, f"must be a mapping of names to texts, got {shown(entries)}")
            continue
        for name, value in entries.items():
            path = f"{kind}[{shown(name)}]"
            if not isinstance(name, str):
                yield Problem(path, "is no name: it must be a text")
            elif fault := label_key_problem(name):
                yield Problem(path, fault)
            if not isinstance(value, str):
                yield Problem(path, f"must be a text, got {shown(value)}", unquoted(value))
            elif kind == "labels" and (fault := label_value_problem(value)):
                yield Problem(path, f"{shown(value)}: {fault}")


def _check_words(claim: Any, found: Problems) -> None:
    found.extend(metadata_problems(claim.labels, claim.annotations))
    if not isinstance(claim.shared, bool):
        found.add("shared", f"must be True or False, got {shown(claim.shared)}")
    found.extend(accept_problems(claim.accept))
