"""Rules of resources: limits, requests and claims of a container, of a pod as a whole, and a pod's overhead."""

from collections.abc import Set as AbstractSet
from decimal import Decimal
from math import ceil
from typing import Any

from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.rules import Rules, amount_of
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["check_overhead", "check_resources", "check_shared_resources", "resource_problem"]

_STANDARD_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_HUGE = "hugepages-"


def resource_problem(name: str) -> str:
    """What is wrong with the name of a container's resource; empty when it is right."""
    if fault := names.qualified_name_problem(name):
        return fault
    if "/" not in name:
        return "" if name in _STANDARD_RESOURCES or name.startswith(_HUGE) else "is not a resource of a container"
    if "kubernetes.io/" not in name and (name.startswith("requests.") or names.qualified_name_problem(f"requests.{name}")):
        return "is not a valid name of an extended resource"
    return ""


def _extended(name: str) -> bool:
    return "/" in name and "kubernetes.io/" not in name


def _exact(name: str) -> bool:
    """Whether a resource cannot be shared, so that a request of it needs an equal limit."""
    return _extended(name) or name.startswith(_HUGE)


def _pages_problem(name: str, amount: Decimal) -> str:
    """Huge pages come in whole pages of the size in their name."""
    size = amount_of(name.removeprefix(_HUGE))
    if size is None or size <= 0 or size != size.to_integral_value():
        return f"has no page size: {name.removeprefix(_HUGE)!r} is not a size like 2Mi"
    return "" if ceil(amount) % int(size) == 0 else f"must be a multiple of {name.removeprefix(_HUGE)}"


def _amounts(resources: dict[str, Any], key: str, path: str, rules: Rules) -> dict[str, Decimal]:
    """The quantities under `limits` or `requests`, checked one by one."""
    amounts: dict[str, Decimal] = {}
    for name, value, place in pairs(resources, key, path):
        if fault := resource_problem(name):
            hint = "name claims under resources.claims"
            if name != "claims":
                hint = did_you_mean(name, _STANDARD_RESOURCES, fallback=lambda _: "devices have a domain, like nvidia.com/gpu")
            rules.problems.add(place, f"{name!r} {fault}", hint, rule="resource")
        amount = amount_of(value)
        if amount is None:
            continue
        amounts[name] = amount
        if amount < 0:
            rules.value(place, f"{value} must not be negative")
        elif _extended(name) and amount != amount.to_integral_value():
            rules.value(place, f"{value} must be a whole number")
        if name.startswith(_HUGE) and (fault := _pages_problem(name, amount)):
            rules.value(place, f"{value} {fault}")
    return amounts


def check_resources(resources: Any, path: str, rules: Rules, *, claims: AbstractSet[str]) -> None:
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
            if _exact(name):
                hint = "give the limit; requests follow it"
                rules.problems.add(child(path, "limits"), f"{name} is needed, since it is requested and cannot be shared", hint, rule="required")
        elif _exact(name) and amount != limit:
            rules.problems.add(place, f"{name} of {amount} must equal its limit of {limit}", rule="request-limit")
        elif amount > limit:
            shown = f"{name} of {resources['requests'][name]} is more than its limit of {resources['limits'][name]}"
            rules.problems.add(place, shown, "lower the request or raise the limit", rule="request-limit")
    if any(name.startswith(_HUGE) for name in {*limits, *requests}) and not {"cpu", "memory"} & {*limits, *requests}:
        rules.problems.add(path, "huge pages need cpu or memory beside them", rule="required")
    _check_claims(resources, path, rules, claims)


def _check_claims(resources: dict[str, Any], path: str, rules: Rules, claims: AbstractSet[str]) -> None:
    whole_claims: set[str] = set()
    parts: set[tuple[str, str]] = set()
    for claim, claim_place in items(resources, "claims", path):
        name, request = text(claim.get("name")), text(claim.get("request"))
        if not name:
            if claim.get("name") in (None, ""):
                rules.problems.add(claim_place, "must name a claim of the pod", rule="required")
            continue
        rules.name(claim, "request", names.dns_label_problem, claim_place)
        taken = (name, request) in parts or name in whole_claims or (not request and any(other == name for other, _ in parts))
        if taken:
            rules.problems.add(claim_place, f"the claim {name!r} appears twice", "name it once, or one entry per request", rule="duplicate")
        parts.add((name, request))
        if not request:
            whole_claims.add(name)
        if name not in claims:
            hint = did_you_mean(name, sorted(claims), fallback=lambda _: "list it under the pod's resourceClaims")
            rules.problems.add(claim_place, f"the pod has no claim {name!r} in resourceClaims", hint, rule="local-reference")


def check_overhead(owner: dict[str, Any], path: str, rules: Rules, key: str = "overhead") -> None:
    """What a pod costs beside its containers: amounts such as limits hold; `owner` is the pod's spec or what else has them as `key`."""
    inner = Rules(version=rules.version)
    check_resources({"limits": owner.get(key)}, path, inner, claims=frozenset())
    for problem in inner.problems:
        rules.problems.add(problem.path.replace(child(path, "limits"), child(path, key), 1), problem.message, problem.hint, rule=problem.rule)


def check_shared_resources(spec: dict[str, Any], resources: dict[str, Any], path: str, rules: Rules) -> None:
    """Resources of the pod as a whole: CPU, memory and huge pages for all containers together, and no claims."""
    if resources.get("claims") is not None:
        hint = "name them under resources.claims of the containers that need them"
        rules.problems.add(child(path, "claims"), "a pod as a whole takes no claims", hint, rule="value")
    check_resources({key: value for key, value in resources.items() if key != "claims"}, path, rules, claims=frozenset())
    for key in ("limits", "requests"):
        for name, _, place in pairs(resources, key, path):
            if name not in {"cpu", "memory"} and not name.startswith(_HUGE):
                rules.problems.add(place, f"{name!r} cannot be given to a pod as a whole", "give it to a container", rule="resource")
    for name, value, place in pairs(resources, "requests", path):
        whole, asked = amount_of(value), [amount_of(at(container, "resources", "requests", name)) for container, _ in items(spec, "containers", "")]
        total = sum(amount for amount in asked if amount is not None)
        if whole is not None and total > whole:
            rules.problems.add(place, f"{value} is less than the {total} that its containers request", rule="request-limit")
    for name, value, place in pairs(resources, "limits", path):
        whole = amount_of(value)
        for container, _ in items(spec, "containers", ""):
            limit = amount_of(at(container, "resources", "limits", name))
            if whole is not None and limit is not None and limit > whole:
                shown = f"{value} is less than the limit of container {text(container.get('name'))!r}, {at(container, 'resources', 'limits', name)}"
                rules.problems.add(place, shown, rule="request-limit")
