"""Rules of autoscalers and disruption budgets."""

from collections.abc import Callable
from typing import Any

from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.metadata import path_segment_problem
from constructs_dra.kubernetes.objects.resources import resource_problem
from constructs_dra.kubernetes.rules import Rules, amount_of
from constructs_dra.kubernetes.shapes import items, mapping, text, whole
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_SOURCES = {"Resource": "resource", "Pods": "pods", "Object": "object", "External": "external", "ContainerResource": "containerResource"}
_TARGETS = ("Utilization", "Value", "AverageValue")
_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800


def _autoscaler(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    least = 0 if rules.on("HPAScaleToZero") else 1
    rules.number(spec, "maxReplicas", "spec", low=1)
    rules.number(spec, "minReplicas", "spec", low=least)
    low, high = whole(spec.get("minReplicas")), whole(spec.get("maxReplicas"))
    if low is not None and high is not None and high < low:
        rules.value("spec.maxReplicas", f"{high} is less than minReplicas {low}")
    _check_object(spec.get("scaleTargetRef"), "spec.scaleTargetRef", rules)
    _check_api_version(mapping(spec.get("scaleTargetRef")), rules)
    rules.number(spec, "targetCPUUtilizationPercentage", "spec", low=1)
    for metric, place in items(spec, "metrics", "spec"):
        _check_metric(metric, place, rules)
    if low == 0 and least == 0 and not any(text(metric.get("type")) in {"Object", "External"} for metric, _ in items(spec, "metrics", "")):
        rules.value("spec.metrics", "must hold one of type Object or External where minReplicas is 0")
    for key in ("scaleUp", "scaleDown"):
        behavior = mapping(mapping(spec.get("behavior")).get(key))
        if behavior:
            _check_behavior(behavior, f"spec.behavior.{key}", rules)


def _check_object(reference: Any, path: str, rules: Rules) -> None:
    for key in ("kind", "name"):
        rules.needed(mapping(reference), path, key)
        value = text(mapping(reference).get(key))
        if value and (fault := path_segment_problem(value)):
            rules.problems.add(child(path, key), f"{value!r} {fault}", rule="name")


def _check_api_version(reference: dict[str, Any], rules: Rules) -> None:
    """What is scaled is known by its API group; only replication controllers have none."""
    version = text(reference.get("apiVersion"))
    group, slash, _ = version.partition("/")
    if reference and not (slash and group) and not (reference.get("kind") == "ReplicationController" and version == "v1"):
        shown = f"{version!r} does not name an API group" if version else "is missing"
        rules.problems.add("spec.scaleTargetRef.apiVersion", shown, "for example apps/v1", rule="value" if version else "required")


def _check_metric(metric: dict[str, Any], path: str, rules: Rules) -> None:
    rules.word(metric, "type", _SOURCES, path, required=True)
    wanted = _SOURCES.get(text(metric.get("type")))
    found = [key for key in _SOURCES.values() if metric.get(key) is not None]
    if wanted and wanted not in found:
        rules.problems.add(child(path, wanted), "is missing", rule="required")
    for key in found:
        if wanted and key != wanted:
            rules.problems.add(child(path, key), f"must be absent with type {metric['type']}", did_you_mean(key, []), rule="one-of")
    for key in found[:1]:
        source, place = mapping(metric[key]), child(path, key)
        if key in {"resource", "containerResource"}:
            rules.needed(source, place, "name")
            name = text(source.get("name"))
            if name and (fault := resource_problem(name)):
                rules.problems.add(child(place, "name"), f"{name!r} {fault}", rule="resource")
        else:
            _check_identifier(source, place, rules)
        if key == "containerResource":
            rules.name(source, "container", names.dns_label_problem, place, required=True)
        if key == "object":
            _check_object(source.get("describedObject"), child(place, "describedObject"), rules)
        _check_target(mapping(source.get("target")), key, child(place, "target"), rules)


def _check_identifier(source: dict[str, Any], path: str, rules: Rules) -> None:
    """A metric's name and the labels that tell its series apart, at which the API server does not look."""
    metric, place = mapping(source.get("metric")), child(path, "metric")
    rules.needed(metric, place, "name")
    name = text(metric.get("name"))
    if name and (fault := path_segment_problem(name)):
        rules.problems.add(child(place, "name"), f"{name!r} {fault}", rule="name")
    rules.unread_selector(metric.get("selector"), child(place, "selector"))


def _check_target(target: dict[str, Any], source: str, path: str, rules: Rules) -> None:
    rules.word(target, "type", _TARGETS, path, required=True)
    rules.number(target, "averageUtilization", path, low=1)
    for key in ("value", "averageValue"):
        rules.quantity(target, key, path, positive=True)
    value, average, utilization = (target.get(key) for key in ("value", "averageValue", "averageUtilization"))
    if source == "pods":
        if average is None:
            rules.problems.add(child(path, "averageValue"), "is missing", rule="required")
    elif source in {"object", "external"}:
        if value is None and average is None:
            rules.problems.add(child(path, "averageValue"), "is missing", "give value or averageValue", rule="required")
        elif source == "external" and value is not None and average is not None:
            rules.value(child(path, "value"), "must be absent beside averageValue", "keep one of the two")
    elif utilization is None and average is None:
        rules.problems.add(child(path, "averageUtilization"), "is missing", "give averageUtilization or averageValue", rule="required")
    elif utilization is not None and average is not None:
        rules.value(child(path, "averageValue"), "must be absent beside averageUtilization", "keep one of the two")


def _check_behavior(behavior: dict[str, Any], path: str, rules: Rules) -> None:
    rules.number(behavior, "stabilizationWindowSeconds", path, high=_LONGEST_WINDOW)
    rules.word(behavior, "selectPolicy", ("Max", "Min", "Disabled"), path, empty=False)
    if behavior.get("policies") == []:
        rules.problems.add(child(path, "policies"), "must hold at least one policy", rule="required")
    for policy, place in items(behavior, "policies", path):
        rules.word(policy, "type", ("Pods", "Percent"), place, required=True)
        rules.number(policy, "value", place, low=1, required=True)
        rules.number(policy, "periodSeconds", place, low=1, high=_LONGEST_PERIOD, required=True)
    tolerance = amount_of(behavior.get("tolerance"))
    if tolerance is not None and tolerance < 0:
        rules.value(child(path, "tolerance"), f"{behavior['tolerance']} must not be negative")


def _disruption_budget(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.one_of(spec, ("minAvailable", "maxUnavailable"), "spec", "limit", required=False)
    for key in ("minAvailable", "maxUnavailable"):
        rules.share(spec, key, "spec", limit=100)
    rules.label_selector(spec.get("selector"), "spec.selector")
    rules.word(spec, "unhealthyPodEvictionPolicy", ("IfHealthyBudget", "AlwaysAllow"), "spec", empty=False)


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {
    "HorizontalPodAutoscaler": _autoscaler,
    "PodDisruptionBudget": _disruption_budget,
}
"""The check of each kind of this file."""
