"""Rules of LimitRanges and ResourceQuotas: what pods of a namespace may ask for, each and together."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from constructs_dra.kubernetes.objects.resources import resource_problem
from constructs_dra.kubernetes.rules import Rules, amount_of
from constructs_dra.kubernetes.shapes import items, mapping, pairs, sequence, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_LIMITED = ("Pod", "Container", "PersistentVolumeClaim")
_BOUNDS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_ORDER = (("min", "max"), ("min", "defaultRequest"), ("defaultRequest", "max"), ("defaultRequest", "default"), ("min", "default"), ("default", "max"))

_COMPUTE = frozenset({"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})
_COUNTED = frozenset({
    "pods", "services", "services.nodeports", "services.loadbalancers", "secrets", "configmaps", "persistentvolumeclaims", "resourcequotas",
    "replicationcontrollers",
})  # fmt: skip
_STORAGE = frozenset({"ephemeral-storage", "requests.ephemeral-storage", "limits.ephemeral-storage", "requests.storage"})
_PAGES = ("hugepages-", "requests.hugepages-")
_PODS = frozenset({"Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"})
_VALUED = frozenset({"PriorityClass", "VolumeAttributesClass"})
_OPPOSITES = (("Terminating", "NotTerminating"), ("BestEffort", "NotBestEffort"))
_SCOPES = (*sorted(_PODS), "VolumeAttributesClass")


def _limit_range(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.unique(spec, "limits", "spec", "type")
    for limit, place in items(spec, "limits", "spec"):
        kind = text(limit.get("type"))
        if fault := names.qualified_name_problem(kind) or ("" if "/" in kind or kind in _LIMITED else f"is not one of {', '.join(_LIMITED)}"):
            rules.value(child(place, "type"), f"{kind!r} {fault}")
        named = resource_problem if kind in {"Pod", "Container"} else names.qualified_name_problem
        for key in _BOUNDS:
            for name, _, where in pairs(limit, key, place):
                if fault := named(name):
                    rules.problems.add(where, f"{name!r} {fault}", rule="resource")
        for key in ("default", "defaultRequest"):
            if kind == "Pod" and limit.get(key):
                rules.value(child(place, key), "must be absent with type Pod")
        if kind == "PersistentVolumeClaim" and not any("storage" in mapping(limit.get(key)) for key in ("min", "max")):
            rules.problems.add(place, "has neither min nor max of storage", rule="required")
        _check_bounds(_amounts(limit, kind), place, rules)


def _amounts(limit: dict[str, Any], kind: str) -> dict[str, dict[str, Decimal]]:
    """Amounts by bound and resource, with the defaults that the API server takes from each other for containers."""
    found = {key: {name: amount for name, value in mapping(limit.get(key)).items() if (amount := amount_of(value)) is not None} for key in _BOUNDS}
    if kind == "Container":
        found["default"] = {**found["max"], **found["default"]}
        found["defaultRequest"] = {**found["min"], **found["default"], **found["defaultRequest"]}
    return found


def _check_bounds(amounts: dict[str, dict[str, Decimal]], path: str, rules: Rules) -> None:
    for low, high in _ORDER:
        for name, amount in amounts[low].items():
            if name in amounts[high] and amount > amounts[high][name]:
                rules.value(child(child(path, low), name), f"{amount} is greater than {high} of {amounts[high][name]}")
    for name, ratio in amounts["maxLimitRequestRatio"].items():
        place = child(child(path, "maxLimitRequestRatio"), name)
        least, most = amounts["min"].get(name), amounts["max"].get(name)
        if ratio < 1:
            rules.value(place, f"{ratio} is less than 1")
        elif least and most is not None and ratio > most / least:
            rules.value(place, f"{ratio} is greater than max divided by min")


def _resource_quota(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    for name, value, place in pairs(spec, "hard", "spec"):
        known = name in _COMPUTE | _COUNTED | _STORAGE or name.startswith(_PAGES)
        if fault := names.qualified_name_problem(name) or ("" if "/" in name or known else "is not a resource that quotas know"):
            rules.problems.add(place, f"{name!r} {fault}", "others are count/RESOURCE.GROUP or requests.DOMAIN/NAME", rule="resource")
        amount = amount_of(value)
        if amount is not None and amount < 0:
            rules.value(place, f"{value} must not be negative")
        elif amount is not None and (name in _COUNTED or ("/" in name and "kubernetes.io/" not in name)) and amount != amount.to_integral_value():
            rules.value(place, f"{value} must be a whole number")
    scopes = [(text(scope), child("spec.scopes", index)) for index, scope in enumerate(sequence(spec.get("scopes")))]
    selected: list[tuple[str, str]] = []
    selector = mapping(spec.get("scopeSelector"))
    for expression, place in items(selector, "matchExpressions", "spec.scopeSelector"):
        selected.append((text(expression.get("scopeName")), child(place, "scopeName")))
        _check_scope(expression, place, rules)
    for each in (scopes, selected):
        _check_scopes(each, mapping(spec.get("hard")), rules)


def _check_scope(expression: dict[str, Any], path: str, rules: Rules) -> None:
    name, values = text(expression.get("scopeName")), sequence(expression.get("values"))
    valued = name in _VALUED
    rules.word(expression, "operator", ("In", "NotIn", "Exists", "DoesNotExist") if valued else ("Exists",), path, required=True)
    operator = text(expression.get("operator"))
    if operator in {"In", "NotIn"} and not values:
        rules.problems.add(child(path, "values"), f"is needed with operator {operator!r}", rule="required")
    elif operator in {"Exists", "DoesNotExist"} and values:
        rules.value(child(path, "values"), f"must be absent with operator {operator!r}")


def _check_scopes(scopes: list[tuple[str, str]], hard: dict[str, Any], rules: Rules) -> None:
    given = {scope for scope, _ in scopes}
    for scope, place in scopes:
        if scope not in _SCOPES:
            rules.value(place, f"{scope!r} is not one of {', '.join(_SCOPES)}")
            continue
        counted = frozenset({"pods"}) if scope == "BestEffort" else _COMPUTE | {"pods"}
        known = _COMPUTE | _COUNTED | _STORAGE
        if scope in _PODS and (wrong := sorted(name for name in hard if name in known and name not in counted)):
            rules.value(place, f"{scope} does not fit {', '.join(wrong)} in spec.hard", "such scopes are about pods")
    for one, other in _OPPOSITES:
        if {one, other} <= given:
            rules.value(next(place for scope, place in scopes if scope == one), f"{one} and {other} exclude each other")


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {"LimitRange": _limit_range, "ResourceQuota": _resource_quota}
"""The check of each kind of this file."""
