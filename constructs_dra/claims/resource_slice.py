"""What drivers publish about the devices of a node, as values: inventories for tests and for placement, in a few lines.

ResourceSlice("node-1", intel.gpu, [Device("0000-04-00-0", {"model": "B60", "family": "Arc Pro B-Series"}, {"memory": "24Gi"})])
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from constructs_dra.claims.check import check_text
from constructs_dra.claims.request import as_tuple
from constructs_dra.drivers import driver
from constructs_dra.drivers.fields import Devices
from constructs_dra.drivers.model import Driver
from constructs_dra.errors import Problem, Problems, did_you_mean, shown
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.lexical.names import dns_label_problem, dns_subdomain_problem, to_dns_label
from constructs_dra.lexical.quantity import is_quantity
from constructs_dra.lexical.semver import is_semver
from constructs_dra.lexical.versions import NEWEST_VERSION
from constructs_dra.manifest import Manifest

__all__ = ["AttributeValue", "Device", "ResourceSlice"]

AttributeValue: TypeAlias = str | int | bool | Mapping[str, Any]
"""A value of an attribute: plain, or in Kubernetes' spelling (`{"version": "1.2.3"}`) where the catalogue does not tell its type."""

_LIMIT = 128
"""Devices in one slice (`ResourceSliceMaxDevices`)."""

_NODES = frozenset({"allNodes", "nodeSelector", "perDeviceNodeSelection"})
"""What can stand in for the name of a node."""

_SPELLINGS = {"string": str, "int": int, "bool": bool, "version": str}


def _tuple(value: Iterable["Device"]) -> tuple["Device", ...]:
    return as_tuple(value)


def _taints(value: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    return as_tuple(value)


def _check_extra(value: object, path: str, found: Problems) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        found.add(path, f"must be a mapping in Kubernetes' spelling, got {shown(value)}")


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
        for path, text in (("node", self.node), ("driver", self._driver_name), ("pool", self.pool), ("name", self.name)):
            if path == "driver" or not isinstance(text, str) or text:
                check_text(text, path, dns_subdomain_problem, found)
        for path, number in (("slices", self.slices), ("generation", self.generation)):
            if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31:
                found.add(path, f"must be a whole number above 0, got {shown(number)}")
        _check_extra(self.extra, "extra", found)
        elsewhere = isinstance(self.extra, Mapping) and not _NODES.isdisjoint(self.extra)
        if isinstance(self.node, str) and not self.node and not (elsewhere and self.pool):
            found.add("node", "is needed: a slice says where its devices are", 'name a node, or say extra={"allNodes": True} and pool')
        if len(self.devices) > _LIMIT:
            found.add("devices", f"are {len(self.devices)}; a slice can have {_LIMIT}", "make several slices of one pool by hand")
        known = self._known if isinstance(self._driver_name, str) else None
        seen: set[str] = set()
        for index, device in enumerate(self.devices):
            path = f"devices[{index}]"
            if not isinstance(device, Device):
                found.add(path, f"must be a Device, got {shown(device)}")
                continue
            check_text(device.name, f"{path}.name", dns_label_problem, found)
            if isinstance(device.name, str) and device.name in seen:
                found.add(f"{path}.name", f"{shown(device.name)} is there twice")
            seen.update([device.name] if isinstance(device.name, str) else [])
            found.extend(_device_problems(device, known), under=path)
        found.raise_errors(f"{type(self).__name__} {shown(self.node)}")
        found.extend(check_object(self.manifest(), version=NEWEST_VERSION))
        found.raise_errors(f"{type(self).__name__} {shown(self.node)}")

    @property
    def _known(self) -> Driver | None:
        if isinstance(self.driver, Devices):
            return self.driver.__driver__
        return self.driver if isinstance(self.driver, Driver) else driver(self.driver)

    @property
    def _driver_name(self) -> str:
        if isinstance(self.driver, Devices):
            return self.driver.__driver__.name
        return self.driver.name if isinstance(self.driver, Driver) else self.driver

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
    found = Problems()
    for index, taint in enumerate(device.taints):
        _check_extra(taint, f"taints[{index}]", found)
    _check_extra(device.extra, "extra", found)
    if not isinstance(device.allow_multiple_allocations, bool):
        found.add("allow_multiple_allocations", f"must be True or False, got {shown(device.allow_multiple_allocations)}")
    for field_name, values, check in (("attributes", device.attributes, _attribute_problems), ("capacity", device.capacity, _capacity_problems)):
        if not isinstance(values, Mapping):
            found.add(field_name, f"must be a mapping of names to values, got {shown(values)}")
            continue
        for name, value in values.items():
            place = f"{field_name}[{shown(name)}]"
            if isinstance(name, str):
                found.extend(check(name, value, known), under=place)
            else:
                found.add(place, "is no name: it must be a text")
    return found


def _attribute_problems(name: str, value: object, known: Driver | None) -> Iterable[Problem]:
    domain, _slash, key = name.rpartition("/")
    wanted = _type(name, known)
    if known and known.attributes and not wanted and not domain:
        cure = did_you_mean(name, [fact.name for fact in known.attributes])
        yield Problem("", f"{known.name} publishes no attribute {shown(key)}", cure)
    if isinstance(value, Mapping):
        return
    if not isinstance(value, str | int | bool):
        yield Problem("", f"must be a text, a whole number or a boolean, got {shown(value)}")
    elif wanted and (not isinstance(value, _SPELLINGS[wanted]) or (wanted == "int" and isinstance(value, bool))):
        yield Problem("", f"is of type {wanted}, got {shown(value)} ({type(value).__name__})")
    elif wanted == "version" and not is_semver(str(value)):
        yield Problem("", f"{shown(value)} is not a semantic version")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield Problem("", f"must fit into 64 bits, got {shown(value)}")


def _capacity_problems(name: str, amount: object, known: Driver | None) -> Iterable[Problem]:
    value = amount.get("value", "") if isinstance(amount, Mapping) else amount
    if isinstance(value, bool) or not isinstance(value, str | int) or not is_quantity(value):
        yield Problem("", f"{shown(value)} is not a quantity", "write e.g. '16Gi'")
    if known and known.capacities and "/" not in name and not known.capacity(name):
        cure = did_you_mean(name, [fact.name for fact in known.capacities])
        yield Problem("", f"{known.name} publishes no capacity {shown(name)}", cure)
