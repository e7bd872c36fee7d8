"""CEL expressions of claims and classes, and what else of them the catalogue of drivers can judge."""

from collections.abc import Container, Iterator
from functools import lru_cache
from typing import Any

from constructs_dra.catalogue.claims import asked, check_configurations, check_devices
from constructs_dra.catalogue.registry import driver_for_class
from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.shapes import at, items, mapping, text
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.paths import child
from constructs_dra.selectors import check_selector

__all__ = ["check_expressions"]


@lru_cache(maxsize=4096)
def _selector_problems(expression: str, device_class: str, version: str) -> tuple[Problem, ...]:
    driver = driver_for_class(device_class) if device_class else None
    return tuple(check_selector(expression, driver=driver, device_class=device_class, kubernetes=version))


def _selectors(owner: dict[str, Any], path: str, version: KubernetesVersion) -> Iterator[Problem]:
    for selector, place in items(owner, "selectors", path):
        expression = at(selector, "cel", "expression")
        # the DRA rules report expressions that are too long
        if isinstance(expression, str) and len(expression.encode(errors="replace")) <= 10_240:
            found = _selector_problems(expression, text(owner.get("deviceClassName")), str(version.release))
            yield from (problem.under(f"{place}.cel.expression") for problem in found)


def check_expressions(item: Item, version: KubernetesVersion, classes: Container[str] = ()) -> Iterator[Problem]:
    """The expressions and configurations of one object.

    Args:
        item: The object.
        version: Kubernetes version whose rules count.
        classes: Names of device classes that are there, beside those that drivers ship.
    """
    if item.group != "resource.k8s.io":
        return
    if item.kind in {"DeviceClass", "DeviceTaintRule"}:
        owner, path = (item.spec, "spec") if item.kind == "DeviceClass" else (mapping(item.spec.get("deviceSelector")), "spec.deviceSelector")
        yield from _selectors(owner, path, version)
        yield from check_configurations(item.spec, "spec")
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
    yield from check_devices(asked(devices, path), devices, path, classes)
