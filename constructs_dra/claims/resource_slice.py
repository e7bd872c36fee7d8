"""What drivers publish about the devices of a node, as values: inventories for tests and for placement, in a few lines.

ResourceSlice("node-1", intel.gpu, [Device("0000-04-00-0", {"model": "B60", "family": "Arc Pro B-Series"}, {"memory": "24Gi"})])
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from constructs_dra.drivers import driver
from constructs_dra.drivers.fields import Devices
from constructs_dra.drivers.model import Driver
from constructs_dra.errors import Problem, Problems, did_you_mean
from constructs_dra.kubernetes.names import dns_label_problem, dns_subdomain_problem, to_dns_label
from constructs_dra.kubernetes.quantity import is_quantity
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.kubernetes.semver import is_semver
from constructs_dra.kubernetes.versions import NEWEST_VERSION
from constructs_dra.manifest import Manifest

__all__ = ["AttributeValue", "Device", "ResourceSlice"]

AttributeValue: TypeAlias = str | int | bool | Mapping[str, Any]
"""A value of an attribute: plain, or in Kubernetes' spelling (`{"version": "1.2.3"}`) where the catalogue does not tell its type."""

_LIMIT = 128
"""Devices in one slice (`ResourceSliceMaxDevices`)."""

_SPELLINGS = {"string": str, "int": int, "bool": bool, "version": str}


def _tuple(value: Iterable["Device"]) -> tuple["Device", ...]:
    return tuple(value)


def _taints(value: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    return tuple(value)


@frozen
class Device:
    """One device.

    Attributes:
        name: Its name, unique in its pool.
        attributes: What it publishes: key to value. Keys without a domain are the driver's own.
        capacity: Its amounts: key to quantity, or a mapping in Kubernetes' spelling with `value` and `requestPolicy`.
        taints: Its taints, in Kubernetes' spelling.
        allow_multiple_allocations: Whether several claims can share it. Default no.
        extra: What else it has, in Kubernetes' spelling, e.g. `consumesCounters`.
    """

    name: str
    attributes: Mapping[str, AttributeValue] = field(factory=dict)
    capacity: Mapping[str, str | int | Mapping[str, Any]] = field(factory=dict)
    taints: tuple[Mapping[str, Any], ...] = field(default=(), converter=_taints, kw_only=True)
    allow_multiple_allocations: bool = field(default=False, kw_only=True)
    extra: Mapping[str, Any] = field(factory=dict, kw_only=True)


@frozen
class ResourceSlice:
    """The devices of one driver on one node. A slice is checked when it is made.

    Attributes:
        node: Name of the node; empty where `extra` has `allNodes` or `nodeSelector`.
        driver: The driver: a namespace of the catalogue (`intel.gpu`), a `Driver`, or its name.
        devices: The devices, at most 128.
        pool: Name of the pool. Default: the node's name, as most drivers do.
        name: Name of the object. Default: node and driver.
        slices: How many slices the pool has. Default 1.
        generation: Generation of the pool; only slices of the newest count. Default 1.
        extra: What else its spec has, in Kubernetes' spelling, e.g. `sharedCounters`.
    """

    node: str
    driver: Devices | Driver | str
    devices: tuple[Device, ...] = field(converter=_tuple)
    pool: str = field(default="", kw_only=True)
    name: str = field(default="", kw_only=True)
    slices: int = field(default=1, kw_only=True)
    generation: int = field(default=1, kw_only=True)
    extra: Mapping[str, Any] = field(factory=dict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        found = Problems()
        for path, text in (("node", self.node or "all"), ("driver", self._driver_name), ("pool", self.pool or self.node)):
            if fault := dns_subdomain_problem(str(text)):
                found.add(path, f"{text!r}: {fault}")
        if len(self.devices) > _LIMIT:
            found.add("devices", f"are {len(self.devices)}; a slice can have {_LIMIT}", "make several slices of one pool by hand")
        known = self._known
        seen: set[str] = set()
        for index, device in enumerate(self.devices):
            if fault := dns_label_problem(str(device.name)):
                found.add(f"devices[{index}].name", f"{device.name!r}: {fault}")
            if device.name in seen:
                found.add(f"devices[{index}].name", f"{device.name!r} is there twice")
            seen.add(device.name)
            found.extend(_device_problems(device, known), under=f"devices[{index}]")
        found.raise_errors()
        if self.extra or any(device.extra or device.taints for device in self.devices):
            found.extend(check_object(self.manifest(), version=NEWEST_VERSION))
            found.raise_errors()

    @property
    def _known(self) -> Driver | None:
        if isinstance(self.driver, Devices):
            return self.driver.__driver__
        return self.driver if isinstance(self.driver, Driver) else driver(self.driver)

    @property
    def _driver_name(self) -> str:
        if isinstance(self.driver, Devices):
            return self.driver.__driver__.name
        return self.driver.name if isinstance(self.driver, Driver) else str(self.driver)

    def manifest(self) -> Manifest:
        """The ResourceSlice."""
        known = self._known
        node = {"nodeName": self.node} if self.node else {}
        return {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceSlice",
            "metadata": {"name": self.name or to_dns_label(f"{self.node or self.pool}-{self._driver_name}")},
            "spec": {
                "driver": self._driver_name,
                **node,
                "pool": {"name": self.pool or self.node, "generation": self.generation, "resourceSliceCount": self.slices},
                **({"devices": [_device(entry, known) for entry in self.devices]} if self.devices else {}),
                **self.extra,
            },
        }


def _device(entry: Device, known: Driver | None) -> Manifest:
    found: Manifest = {"name": entry.name}
    if entry.attributes:
        found["attributes"] = {name: _value(name, value, known) for name, value in entry.attributes.items()}
    if entry.capacity:
        amounts = entry.capacity.items()
        found["capacity"] = {name: dict(amount) if isinstance(amount, Mapping) else {"value": str(amount)} for name, amount in amounts}
    if entry.taints:
        found["taints"] = [dict(taint) for taint in entry.taints]
    if entry.allow_multiple_allocations:
        found["allowMultipleAllocations"] = True
    return {**found, **entry.extra}


def _value(name: str, value: AttributeValue, known: Driver | None) -> Manifest:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": value}
    return {"version" if _type(name, known) == "version" else "string": value}


def _type(name: str, known: Driver | None) -> str:
    domain, _slash, key = name.rpartition("/")
    fact = known.attribute(key, domain or known.name) if known else None
    return fact.type if fact else ""


def _device_problems(device: Device, known: Driver | None) -> Iterable[Problem]:
    for name, value in device.attributes.items():
        path = f"attributes[{name!r}]"
        domain, _slash, key = name.rpartition("/")
        wanted = _type(name, known)
        if known and known.attributes and not wanted and not domain:
            cure = did_you_mean(name, [fact.name for fact in known.attributes])
            yield Problem(path, f"{known.name} publishes no attribute {key!r}", cure)
        if isinstance(value, Mapping):
            continue
        if not isinstance(value, str | int | bool):
            yield Problem(path, f"must be a text, a whole number or a boolean, got {value!r}")
        elif wanted and (not isinstance(value, _SPELLINGS[wanted]) or (wanted == "int" and isinstance(value, bool))):
            yield Problem(path, f"is of type {wanted}, got {value!r} ({type(value).__name__})")
        elif wanted == "version" and not is_semver(str(value)):
            yield Problem(path, f"{value!r} is not a semantic version")
    for name, amount in device.capacity.items():
        value = amount.get("value", "") if isinstance(amount, Mapping) else amount
        if isinstance(value, bool) or not isinstance(value, str | int) or not is_quantity(value):
            yield Problem(f"capacity[{name!r}]", f"{value!r} is not a quantity", "write e.g. '16Gi'")
        if known and known.capacities and "/" not in name and not known.capacity(name):
            cure = did_you_mean(name, [fact.name for fact in known.capacities])
            yield Problem(f"capacity[{name!r}]", f"{known.name} publishes no capacity {name!r}", cure)
