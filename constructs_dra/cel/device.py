"""Devices as selectors see them: the attributes and capacities of a ResourceSlice device, by domain."""

from collections.abc import Mapping
from typing import Any

from constructs_dra.cel.values import CelEvaluationError, Domains, quantity
from constructs_dra.lexical.semver import Semver, parse_semver

__all__ = ["DeviceView", "device_view"]


class DeviceView(dict[str, Any]):
    """A device made ready for evaluation. Make it once where many selectors look at one device."""

    __slots__ = ()


def device_view(device: Mapping[str, Any]) -> DeviceView:
    """Make a device ready for evaluation.

    Args:
        device: ResourceSlice-shaped: `driver` (the slice's), `attributes`, `capacity`, `allowMultipleAllocations`. Names without a domain belong to
            the driver's.

    Raises:
        CelEvaluationError: An attribute or capacity has a value Kubernetes could not have stored.
    """
    driver = device.get("driver") or ""
    attributes, capacity = Domains(), Domains()
    for name, box in (device.get("attributes") or {}).items():
        domain, slash, bare = name.partition("/")
        if not slash:
            domain, bare = driver, name
        value = _attribute(name, box)
        names = attributes.get(domain)
        if names is None:
            attributes[domain] = {bare: value}
        else:
            names[bare] = value
    for name, box in (device.get("capacity") or {}).items():
        domain, slash, bare = name.partition("/")
        if not slash:
            domain, bare = driver, name
        try:
            amount = quantity(str(box["value"] if isinstance(box, Mapping) else box))
        except (KeyError, ValueError) as error:
            raise CelEvaluationError(f"capacity {name}: {error}") from None
        capacity.setdefault(domain, {})[bare] = amount
    view = DeviceView(driver=driver, attributes=attributes, capacity=capacity)
    view["allowMultipleAllocations"] = bool(device.get("allowMultipleAllocations"))
    return view


def _attribute(name: str, box: object) -> Any:
    if isinstance(box, Mapping):
        for key, value in box.items():
            expected = _KINDS.get(key)
            if expected is None or value is None:
                continue
            if key == "versions" and isinstance(value, list) and all(isinstance(item, str) for item in value):
                return [_version(name, item) for item in value]
            items = value if isinstance(value, list) else [value]
            if type(value) is expected and all(_fits(item, _KINDS[key.removesuffix("s")]) for item in items):
                return _version(name, str(value)) if key == "version" else value
    raise CelEvaluationError(f"attribute {name}: unsupported attribute value")


def _fits(value: object, kind: type) -> bool:
    """Whether a value is of a kind, and of 64 bits where it is a number."""
    return type(value) is kind and (not isinstance(value, int) or -(2**63) <= value < 2**63)


_KINDS: dict[str, type] = {"int": int, "bool": bool, "string": str, "version": str, "ints": list, "bools": list, "strings": list, "versions": list}


def _version(name: str, text: str) -> Semver:
    try:
        return parse_semver(text)
    except ValueError as error:
        raise CelEvaluationError(f"attribute {name}: parse semantic version: {error}") from None
