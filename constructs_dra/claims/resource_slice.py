"""What drivers publish about the devices of a node, as values: inventories for tests and for placement, in a few lines.

ResourceSlice("node-1", intel.gpu, [Device("0000-04-00-0", {"model": "B60", "family": "Arc Pro B-Series"}, {"memory": "24Gi"})])
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from attrs import evolve, field, frozen

from constructs_dra.catalogue.fields import Devices
from constructs_dra.catalogue.model import Driver
from constructs_dra.catalogue.registry import driver
from constructs_dra.claims.spoken import judged
from constructs_dra.errors import Problem, Problems, did_you_mean, shown
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.lexical.names import to_dns_label
from constructs_dra.lexical.quantity import is_quantity
from constructs_dra.lexical.semver import is_semver
from constructs_dra.lexical.versions import NEWEST_VERSION
from constructs_dra.manifest import Manifest
from constructs_dra.paths import is_under, split
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, kubernetes_names
from constructs_dra.records.places import Places
from constructs_dra.records.record import Record
from constructs_dra.records.sequence import as_tuple

__all__ = ["AttributeValue", "Device", "ResourceSlice"]

AttributeValue: TypeAlias = str | int | bool | Mapping[str, Any]
"""A value of an attribute: plain, or in Kubernetes' spelling (`{"version": "1.2.3"}`) where the catalogue does not tell its type."""

_NODES = frozenset({"allNodes", "nodeSelector", "perDeviceNodeSelection"})
"""What can stand in for the name of a node."""

_SPELLINGS = {"string": str, "int": int, "bool": bool, "version": str}

_PIECE = valid.mapping(valid.anything(), "values, in Kubernetes' spelling")


def _tuple(value: Iterable["Device"]) -> tuple["Device", ...]:
    return as_tuple(value)


def _taints(value: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    return as_tuple(value)


def _check_taints(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "mappings"):
        _PIECE["check"](item, place, problems)


def _check_value(value: Any, path: str, problems: Problems) -> None:
    if isinstance(value, Mapping):
        return
    if not isinstance(value, str | int):
        valid.wrong(problems, path, value, "a string, a whole number or a boolean")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        problems.add(path, f"must fit into 64 bits, not {shown(value)}")


def _check_amount(value: Any, path: str, problems: Problems) -> None:
    amount = value.get("value", "") if isinstance(value, Mapping) else value
    if isinstance(amount, bool) or not isinstance(amount, str | int) or not is_quantity(amount):
        problems.add(path, f"{shown(amount)} is not a valid quantity", "write e.g. '16Gi'")


@frozen(eq=False, repr=False)
class Device(Record):
    """One device.

    Attributes:
        name: Its name, unique in its pool.
        attributes: What it publishes: key to value. Keys without a domain are the driver's own.
        capacity: Its amounts: key to quantity, or a mapping in Kubernetes' spelling with `value` and `requestPolicy`.
        taints: Its taints, in Kubernetes' spelling.
        allow_multiple_allocations: Whether several claims can share it. Default no.
        extra: What else it has, in Kubernetes' spelling, e.g. `consumesCounters`.
    """

    DEFERRED: ClassVar = True

    name: str = field(metadata=kubernetes("name", valid.text(empty=True)))
    attributes: Mapping[str, AttributeValue] = field(
        factory=dict, metadata=kubernetes("attributes", valid.mapping(valid.custom(_check_value), "values"))
    )
    capacity: Mapping[str, str | int | Mapping[str, Any]] = field(
        factory=dict, metadata=kubernetes("capacity", valid.mapping(valid.custom(_check_amount), "amounts"))
    )
    taints: tuple[Mapping[str, Any], ...] = field(
        default=(), converter=_taints, kw_only=True, metadata=kubernetes("taints", valid.custom(_check_taints))
    )
    allow_multiple_allocations: bool = field(default=False, kw_only=True, metadata=kubernetes("allowMultipleAllocations", valid.boolean()))
    extra: Mapping[str, Any] = field(factory=dict, kw_only=True, metadata=_PIECE)


def _check_driver(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Devices | Driver | str):
        problems.add(path, f"must name a driver, not {shown(value)}", "give a namespace of the catalogue (intel.gpu), a Driver or its name")


def _check_devices(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "Device records"):
        if not isinstance(item, Device):
            valid.wrong(problems, place, item, "a Device")


@frozen(eq=False, repr=False)
class ResourceSlice(Record):
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

    SORTED: ClassVar = True

    node: str = field(metadata=valid.text(empty=True))
    driver: Devices | Driver | str = field(metadata=valid.custom(_check_driver))
    devices: tuple[Device, ...] = field(converter=_tuple, metadata={**valid.custom(_check_devices), "stand_in": ()})
    pool: str = field(default="", kw_only=True, metadata=valid.text(empty=True))
    name: str = field(default="", kw_only=True, metadata=valid.text(empty=True))
    slices: int = field(default=1, kw_only=True, metadata=valid.integer(1))
    generation: int = field(default=1, kw_only=True, metadata=valid.integer(1))
    extra: Mapping[str, Any] = field(factory=dict, kw_only=True, metadata=_PIECE)

    def cross_check(self, problems: Problems) -> None:
        """What the driver would not publish, and Kubernetes' rules, which are about the manifest."""
        extra = self.extra if isinstance(self.extra, Mapping) else {}
        said: list[str] = []
        if not self.node and not (self.pool and not _NODES.isdisjoint(map(str, extra))):
            hint = 'name a node, or say extra={"allNodes": True} and pool'
            problems.add("node", "is needed: a slice says where its devices are", hint)
            said.append("node")
        devices: list[Device] = []
        alike: dict[tuple[str, str], list[tuple[str, Problem]]] = {}
        places = Places({"nodeName": "node", **kubernetes_names(Device)})
        for index, given in enumerate(self.devices):
            if not isinstance(given, Device):
                continue
            path, place = f"devices[{index}]", f"spec.devices[{len(devices)}]"
            found = Problems()
            found.extend(given.found())
            wrong = {str(split(problem.path)[0]) for problem in found}
            found.extend(_device_problems(given, self._known))
            for problem in sorted(found, key=given.rank):
                alike.setdefault((problem.path, problem.message), []).append((path, problem))
            said += [f"{path}.{problem.path}" for problem in found]
            devices.append(given.repaired(wrong) or given)
            places.add(place, path)
            for name in given.extra if isinstance(given.extra, Mapping) else ():
                places.add(f"{place}.{name}", f"{path}.extra.{name}", "same")
            for name in ("attributes", "capacity"):
                places.add(f"{place}.{name}", f"{path}.{name}", "keys")
            places.add(f"{place}.taints", f"{path}.taints", "same")
        for group in alike.values():  # what many devices share is reported once
            path, problem = group[0]
            message = f"{problem.message} (on {len(group)} devices)" if len(group) > 1 else problem.message
            problems.extend([evolve(problem, message=message)], under=path)
        for name in extra:
            places.add(f"spec.{name}", f"extra.{name}", "same")
        for place, path in (("metadata", ""), ("spec", ""), ("spec.pool", ""), ("spec.pool.name", "pool" if self.pool else "node")):
            places.add(place, path)
        places.add("spec.pool.resourceSliceCount", "slices")
        if not all(isinstance(value, str) for value in (self.node, self.pool, self.name)) or not isinstance(self._driver_name, str):
            return
        manifest = self._manifest(devices)
        judgment = map(places.reported, dict.fromkeys([*check_object(manifest, version=NEWEST_VERSION), *judged(manifest)]))
        problems.extend(problem for problem in judgment if not is_under(problem.path, said) and not (not problem.path and "node" in said))

    def title(self) -> str:
        """What to call it in an error."""
        return f"{type(self).__name__} {shown(self.node)}"

    @property
    def _known(self) -> Driver | None:
        if isinstance(self.driver, Devices):
            return self.driver.__driver__
        return self.driver if isinstance(self.driver, Driver) else driver(self.driver) if isinstance(self.driver, str) else None

    @property
    def _driver_name(self) -> str:
        if isinstance(self.driver, Devices):
            return self.driver.__driver__.name
        return self.driver.name if isinstance(self.driver, Driver) else self.driver

    def manifest(self) -> Manifest:
        """The ResourceSlice."""
        return self._manifest(self.devices)

    def _manifest(self, devices: Iterable[Device]) -> Manifest:
        known = self._known
        node = {"nodeName": self.node} if self.node else {}
        listed = [_device(entry, known) for entry in devices]
        return {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceSlice",
            "metadata": {"name": self.name or to_dns_label(f"{self.node or self.pool}-{self._driver_name}")},
            "spec": {
                "driver": self._driver_name,
                **node,
                "pool": {"name": self.pool or self.node, "generation": self.generation, "resourceSliceCount": self.slices},
                **({"devices": listed} if listed else {}),
                **(self.extra if isinstance(self.extra, Mapping) else {}),
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


def _device_problems(device: Device, known: Driver | None) -> Iterator[Problem]:
    """What the driver does not publish, or not as a value of that type."""
    if known is None:
        return
    for name, value in device.attributes.items() if isinstance(device.attributes, Mapping) else ():
        if isinstance(name, str):
            yield from (problem.under(f"attributes[{shown(name)}]") for problem in _attribute_problems(name, value, known))
    for name in device.capacity if isinstance(device.capacity, Mapping) else ():
        if isinstance(name, str) and known.capacities and "/" not in name and not known.capacity(name):
            hint = did_you_mean(name, [fact.name for fact in known.capacities])
            yield Problem(f"capacity[{shown(name)}]", f"{known.name} publishes no capacity {shown(name)}", hint)


def _attribute_problems(name: str, value: object, known: Driver) -> Iterator[Problem]:
    domain, _slash, key = name.rpartition("/")
    wanted = _type(name, known)
    if known.attributes and not wanted and not domain:
        yield Problem("", f"{known.name} publishes no attribute {shown(key)}", did_you_mean(name, [fact.name for fact in known.attributes]))
    if isinstance(value, Mapping):
        return
    if wanted and (not isinstance(value, _SPELLINGS[wanted]) or (wanted == "int" and isinstance(value, bool))):
        yield Problem("", f"is of type {wanted}, not {shown(value)} ({type(value).__name__})")
    elif wanted == "version" and not is_semver(str(value)):
        yield Problem("", f"{shown(value)} is not a valid semantic version")
