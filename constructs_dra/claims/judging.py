"""What is wrong with a claim: its requests' own fields, then its manifest by the rules that any manifest is judged by.

Kubernetes' rules are in `constructs_dra.kubernetes.dra`, what a driver refuses in `constructs_dra.catalogue.claims`. Here their findings get the
places and the words of the record, and those that the claim accepts are left out.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final, TypeAlias

from constructs_dra.catalogue.claims import asked, check_devices
from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.claims.constraints import DistinctAttribute, MatchAttribute
from constructs_dra.claims.manifest import devices_of, every_request
from constructs_dra.claims.request import FirstAvailable, Request
from constructs_dra.claims.selectors import ById
from constructs_dra.claims.tolerations import Toleration
from constructs_dra.errors import Problem, Problems
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.kubernetes.dra.claims import ADMIN_LABEL
from constructs_dra.kubernetes.dra.limits import DEVICES_MAX
from constructs_dra.manifest import Manifest
from constructs_dra.paths import child, is_under, split
from constructs_dra.records.kubernetes import kubernetes_names
from constructs_dra.records.places import Places
from constructs_dra.rules import is_suppressible, row
from constructs_dra.suppression import suppresses_nothing

__all__ = ["claim_places", "claim_problems"]

_Known: TypeAlias = tuple[tuple[str, ById, tuple[str, ...]], ...]
"""Name, driver and kinds of each request."""

_SUBJECTS: Final = frozenset({"dra", "selectors", "claims"})
"""What rules are about that find all there is to find in a claim by itself."""

_JSON = json.JSONEncoder(default=repr, check_circular=False).encode


def claim_problems(claim: Any) -> list[Problem]:
    """All problems of a claim but those of its own fields one by one, errors and warnings; accepted ones are left out.

    What has a wrong field takes part with that field's default, so that everything else that is wrong is found too.
    """
    accept: Mapping[str, str] = claim.accept if isinstance(claim.accept, Mapping) else {}
    found, wrong = Problems(), list[str]()
    entries: list[Request | FirstAvailable] = []
    paths: list[tuple[str, list[str]]] = []
    for index, given in enumerate(claim.requests):
        if isinstance(given, Request | FirstAvailable):
            entry, inner = _sound(given, f"requests[{index}]", accept, found, wrong)
            entries.append(entry)
            paths.append((f"requests[{index}]", inner))
    if not claim.requests:
        found.add("requests", "are missing: a claim without requests gets no device", 'add one, e.g. Request("gpu", intel.gpu)')
    constraints = [(index, item) for index, item in enumerate(claim.constraints) if isinstance(item, MatchAttribute | DistinctAttribute)]
    configs = [(index, item) for index, item in enumerate(claim.config) if isinstance(item, OpaqueConfig)]
    devices = devices_of(entries, (item for _, item in constraints), (item for _, item in configs), count=1, accept=accept, selectors=False)
    metadata = {"name": claim.name if isinstance(claim.name, str) else "x", "labels": _words(claim.labels), "annotations": _words(claim.annotations)}
    text = _JSON({"metadata": metadata, "devices": devices})
    known = tuple(
        (name, ById(request.driver), tuple(kind for kind in request.device_kinds if isinstance(kind, str)))
        for name, request in every_request(entries)
    )
    judged = _judged(text, known)
    if judged:
        places = _places(claim, entries, paths, [index for index, _ in constraints], [index for index, _ in configs])
        found.extend(problem for problem in map(places.reported, judged) if not is_under(problem.path, wrong) and problem.path != "name")
    if accept:
        found.extend(_unused(accept, entries, {problem.rule for problem in found}, known))
    return [problem for problem in found if not (problem.rule in accept and is_suppressible(problem.rule))]


def _unused(accept: Mapping[str, str], entries: list[Request | FirstAvailable], found: set[str], known: _Known) -> Iterator[Problem]:
    """Reasons for rules that find nothing in the claim, whatever number of devices its role has; other rules look at more than the claim."""
    given = [rule for rule in accept if rule not in found and row(rule).stricter and row(rule).subject in _SUBJECTS]
    requests = [request for _, request in every_request(entries)]
    if given and any(request.follows_parallelism for request in requests):
        most = devices_of(entries, (), (), count=DEVICES_MAX, accept=(), selectors=False)
        found = found.union(problem.rule for problem in _judged(_JSON({"metadata": {"name": "x"}, "devices": most}), known))
    for rule in given:
        others = [name for name in accept if name != rule]
        if rule not in found.union(problem.rule for request in requests for problem in request.selector_problems(others)):
            yield suppresses_nothing(rule, child("accept", rule))


def _words(value: object) -> dict[str, str]:
    """Labels or annotations as far as they are strings."""
    return {name: text for name, text in value.items() if isinstance(name, str) and isinstance(text, str)} if isinstance(value, Mapping) else {}


def _sound(
    given: Request | FirstAvailable, path: str, accept: Mapping[str, str], found: Problems, wrong: list[str]
) -> tuple[Request | FirstAvailable, list[str]]:
    """A request without what is wrong with it by itself, which is noted, and the places of its alternatives."""
    problems = given.found()
    found.extend(problems, under=path)
    faulty = {str(split(problem.path)[0]) for problem in problems.errors if problem.path and not problem.rule}
    wrong += [f"{path}.{name}" for name in faulty]
    sound: Any = given
    if isinstance(given, FirstAvailable):
        kept = [(f"{path}.alternatives[{index}]", item) for index, item in enumerate(given.alternatives) if isinstance(item, Request)]
        made: list[Any] = [_sound(item, place, accept, found, wrong)[0] for place, item in kept]
        if not given.alternatives:
            found.add(f"{path}.alternatives", "are missing", "give at least one request; the preferred one first")
        for place, item in kept:
            if item.admin_access is True:
                found.add(f"{place}.admin_access", "is not possible in an alternative", "ask for it in a request of its own")
        return FirstAvailable("x" if "name" in faulty else given.name, *made), [place for place, _ in kept]
    found.extend(given.selector_problems(accept), under=path)
    if faulty:
        sound = given.repaired(faulty) or given
    return sound, []


@lru_cache(maxsize=4096)
def _judged(text: str, known: _Known) -> tuple[Problem, ...]:
    """What the rules say of a claim's manifest; claims that are alike are judged once.

    Args:
        text: `metadata` and `devices` as JSON.
        known: Name, driver and kinds of each request.
    """
    given: Manifest = json.loads(text)
    manifest = {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": given["metadata"], "spec": {"devices": given["devices"]}}
    facts = {name: (driver.driver, kinds) for name, driver, kinds in known}
    found = [problem for problem in check_dra(manifest, namespace_labels={ADMIN_LABEL: "true"}, expressions=False) if not _said(problem)]
    found += check_devices(asked(given["devices"], "spec.devices", facts), given["devices"], "spec.devices")
    return tuple(dict.fromkeys(found))


def _said(problem: Problem) -> bool:
    """What the record says in words of its own: a claim without requests, a request without a class or without alternatives."""
    return problem.rule == "strict-no-requests" or (problem.rule == "required" and problem.path.endswith(("deviceClassName", "]")))


def claim_places(claim: Any) -> Places:
    """Where in a claim, one that exists, each part of a ResourceClaim came from."""
    paths = [
        (f"requests[{index}]", [f"requests[{index}].alternatives[{number}]" for number in range(len(getattr(entry, "alternatives", ())))])
        for index, entry in enumerate(claim.requests)
    ]
    return _places(claim, list(claim.requests), paths, list(range(len(claim.constraints))), list(range(len(claim.config))))


@cache
def _names() -> dict[str, str]:
    """Python's names for what claims have in Kubernetes."""
    kinds: tuple[type, ...] = (Request, FirstAvailable, Toleration, MatchAttribute, DistinctAttribute)
    return {kubernetes: python for kind in kinds for kubernetes, python in kubernetes_names(kind).items()}


def _places(
    claim: Any,
    entries: list[Request | FirstAvailable],
    paths: list[tuple[str, list[str]]],
    constraints: list[int],
    configs: list[int],
) -> Places:
    """Where each part of the manifest came from."""
    places = Places(_names())
    for key in ("labels", "annotations"):
        places.add(f"metadata.{key}", key, "keys")
    places.add("metadata", "")
    places.add("spec.devices", "")
    configured: list[tuple[str, Any]] = []
    for index, (entry, (path, inner)) in enumerate(zip(entries, paths, strict=True)):
        place = f"spec.devices.requests[{index}]"
        places.add(place, path)
        if isinstance(entry, FirstAvailable):
            for position, (request, where) in enumerate(zip(entry.alternatives, inner, strict=True)):
                _request_places(places, request, f"{place}.firstAvailable[{position}]", where)
                configured += [(f"{where}.config[{number}]", item) for number, item in enumerate(request.config)]
        else:
            _request_places(places, entry, f"{place}.exactly", path)
            configured += [(f"{path}.config[{number}]", item) for number, item in enumerate(entry.config)]
    aligned = len(claim.aligned_on)
    for index, original in enumerate(constraints):
        place = f"spec.devices.constraints[{index}]"
        if original < aligned:
            places.add(place, path := f"aligned_on[{original}]" if aligned > 1 else "aligned_on")
            places.add(f"{place}.matchAttribute", path)
        else:
            places.add(place, f"constraints[{original - aligned}]" if aligned else f"constraints[{original}]")
    configured += [(f"config[{index}]", claim.config[index]) for index in configs]
    for index, (path, item) in enumerate(configured):
        place = f"spec.devices.config[{index}]"
        for part in ("", ".opaque", ".opaque.driver"):
            places.add(f"{place}{part}", path)
        places.add(f"{place}.opaque.parameters", path, "same")
        if isinstance(item, OpaqueConfig):
            for part in ("kind", "apiVersion"):
                places.add(f"{place}.opaque.parameters.{part}", path)
    return places


def _request_places(places: Places, request: Request, place: str, path: str) -> None:
    places.add(place, path)
    places.add(f"{place}.deviceClassName", f"{path}.device_class" if request.device_class else f"{path}.device")
    places.add(f"{place}.capacity.requests", f"{path}.capacity", "keys")
    for index, item in enumerate(request.tolerations):
        places.add(f"{place}.tolerations[{index}]", f"{path}.tolerations[{index}]", "fields" if isinstance(item, Toleration) else "same")
