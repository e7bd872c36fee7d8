"""Make inventories by hand, for tests and what-ifs: `8 nodes of 8 Gaudi3` in a line.

Fleet().nodes("gaudi", count=8, devices=devices_of(intel.gaudi, 8, model="Gaudi3"), cpu="160", memory="1Ti").inventory()
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from constructs_dra.catalogue.fields import Devices
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Attribute, Driver
from constructs_dra.catalogue.registry import driver as driver_named
from constructs_dra.claims.resource_slice import Device, ResourceSlice
from constructs_dra.errors import Problems, shown
from constructs_dra.lexical.names import dns_subdomain_problem
from constructs_dra.manifest import Manifest
from constructs_dra.placement.arguments import listed
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.nodes import check_amounts
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["Fleet", "NodeDevices", "NodeGroup", "devices_of"]

MOST_NODES = 100_000
"""Most nodes of one group; Kubernetes is made for clusters of 5,000."""

MOST_DEVICES = 4_096
"""Most devices of one driver on a node that are made up."""

_PER_ROOT = 2
"""Devices that share a PCIe root in made-up nodes, as on common boards."""


def _check_driver(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Devices | Driver | str):
        valid.wrong(problems, path, value, "a driver of the catalogue, such as intel.gaudi, or the name of a driver")
    elif isinstance(value, str) and (problem := dns_subdomain_problem(value)):
        problems.add(path, f"{shown(value)} is not a valid name of a driver: it {problem}")


def _check_taints(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "taints in Kubernetes' spelling"):
        if not isinstance(item, Mapping) or not all(isinstance(each, str) for pair in item.items() for each in pair):
            valid.wrong(problems, place, item, "a taint in Kubernetes' spelling", 'write {"key": "…", "effect": "NoSchedule"}')


def _check_classes(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "DeviceClass manifests"):
        metadata = item.get("metadata") if isinstance(item, Mapping) else None
        if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
            valid.wrong(problems, place, item, "a DeviceClass manifest with a name in its metadata")


@frozen(kw_only=True, eq=False, repr=False)
class NodeDevices(Record):
    """The devices of one driver on a node.

    Attributes:
        driver: The driver: a namespace of the catalogue (`intel.gaudi`), a `Driver`, or its name.
        devices: The devices.
    """

    driver: Devices | Driver | str = field(metadata=valid.custom(_check_driver))
    devices: tuple[Device, ...] = field(metadata=valid.instances(Device))


def devices_of(
    driver: Devices | Driver | str,
    count: int = 1,
    *,
    memory: str | None = None,
    prefix: str = "dev",
    **attributes: str | int | bool | Mapping[str, Any],
) -> NodeDevices:
    """Devices as a driver of the catalogue publishes them: what it always publishes, with values seen in the wild where none are given.

    Args:
        driver: The driver: a namespace of the catalogue, a `Driver`, or its name.
        count: How many. Two neighbours share a PCIe root. Default 1.
        memory: Their capacity `memory`, a quantity. Default: none published.
        prefix: What their names start with. Default `dev`.
        **attributes: Attributes by the names that requests have for them (`product_name="…"`) or by their own (`productName="…"`).

    Raises:
        SpecError: A value is not what it must be.
    """
    problems = Problems()
    _check_driver(driver, "driver", problems)
    valid.integer(0, MOST_DEVICES)["check"](count, "count", problems)
    valid.text()["check"](prefix, "prefix", problems)
    problems.raise_errors()
    facts = _driver(driver)
    attributes = {_key(name, facts): value for name, value in attributes.items()}
    known = [fact for fact in facts.attributes if fact.published == "always" and not fact.deprecated and not fact.kinds] if facts else []
    capacity: dict[str, str] = {} if memory is None else {"memory": memory}
    devices = []
    for number in range(count):
        published: dict[str, Any] = {}
        for fact in known:
            key = fact.name if facts is not None and fact.domain == facts.name else fact.qualified_name
            if fact.name not in attributes and (value := _usual(fact, number)) is not None:
                published[key] = value
        devices.append(Device(f"{prefix}-{number}", {**published, **attributes}, capacity))
    return NodeDevices(driver=driver, devices=tuple(devices))


def _key(name: str, facts: Driver | None) -> str:
    """The key that a driver publishes an attribute under; a name that it has no attribute of stays as it is."""
    if facts is None or facts.attribute(name) is not None:
        return name
    return next((fact.name for fact in facts.attributes if fact.name.casefold() == name.replace("_", "").casefold()), name)


def _driver(driver: Devices | Driver | str) -> Driver | None:
    if isinstance(driver, Devices):
        return driver.__driver__
    return driver if isinstance(driver, Driver) else driver_named(driver)


def _usual(fact: Attribute, number: int) -> Any:
    if fact.domain == STANDARD_DOMAIN and fact.name == "pcieRoot":
        return f"pci0000:{number // _PER_ROOT:02x}"
    if fact.domain == STANDARD_DOMAIN and fact.name == "pciBusID":
        return f"0000:{number:02x}:00.0"
    if fact.type == "bool":
        return True
    if fact.type == "int":
        return number
    return fact.values[0] if fact.values else None if fact.type == "version" else ""


@frozen(kw_only=True, eq=False, repr=False)
class NodeGroup(Record):
    """Nodes that are alike.

    Attributes:
        name: What their names start with; `NAME-0`, `NAME-1`, …
        count: How many.
        devices: The devices of each.
        labels: Their labels.
        taints: Their taints, in Kubernetes' spelling.
        allocatable: Their amounts by resource.
    """

    name: str = field(metadata=valid.dns_subdomain())
    count: int = field(metadata=valid.integer(0, MOST_NODES))
    devices: tuple[NodeDevices, ...] = field(metadata=valid.instances(NodeDevices))
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    taints: tuple[Mapping[str, Any], ...] = field(default=(), metadata=valid.custom(_check_taints))
    allocatable: Mapping[str, str] = field(factory=dict, metadata=valid.custom(check_amounts))

    def manifests(self) -> Iterable[Manifest]:
        """Their Nodes and ResourceSlices."""
        for number in range(self.count):
            name = f"{self.name}-{number}"
            spec: Manifest = {"taints": [dict(taint) for taint in self.taints]} if self.taints else {}
            yield {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **self.labels}},
                "spec": spec,
                "status": {"allocatable": dict(self.allocatable)},
            }
            for each in self.devices:
                yield ResourceSlice(name, each.driver, each.devices).manifest()


@frozen(kw_only=True, eq=False, repr=False)
class Fleet(Record):
    """A made-up cluster. Every method gives a larger one; nothing changes in place.

    Attributes:
        groups: Its nodes.
        classes: DeviceClass manifests, next to those that come with the drivers.
    """

    groups: tuple[NodeGroup, ...] = field(default=(), metadata=valid.instances(NodeGroup))
    classes: tuple[Manifest, ...] = field(default=(), metadata=valid.custom(_check_classes))

    def nodes(
        self,
        name: str,
        *,
        count: int = 1,
        devices: NodeDevices | Iterable[NodeDevices] = (),
        cpu: str = "128",
        memory: str = "1Ti",
        pods: int = 110,
        labels: Mapping[str, str] | None = None,
        taints: Iterable[Mapping[str, Any]] = (),
    ) -> "Fleet":
        """The fleet with more nodes.

        Args:
            name: What their names start with.
            count: How many, at most 100,000. Default 1.
            devices: The devices of each node; `devices_of` makes them.
            cpu: CPUs pods can have. Default 128.
            memory: Memory pods can have. Default 1Ti.
            pods: Pods a node takes. Default 110.
            labels: Labels besides `kubernetes.io/hostname`.
            taints: Taints, in Kubernetes' spelling.

        Raises:
            SpecError: A value is not what it must be.
        """
        problems = Problems()
        given = (devices,) if isinstance(devices, NodeDevices) else tuple(listed(devices, "devices", problems, "devices, as devices_of makes them"))
        marks = tuple(listed(taints, "taints", problems, "taints in Kubernetes' spelling"))
        valid.check_quantity(cpu, "cpu", problems)
        valid.check_quantity(memory, "memory", problems)
        valid.integer()["check"](pods, "pods", problems)
        group = None
        with problems.gather():
            amounts = {} if problems.errors else {"cpu": str(cpu), "memory": str(memory), "pods": str(pods)}
            group = NodeGroup(name=name, count=count, devices=given, labels={} if labels is None else labels, taints=marks, allocatable=amounts)
        problems.raise_errors()
        if group is None:
            raise RuntimeError
        return evolve(self, groups=(*self.groups, group))

    def add_class(self, manifest: Manifest) -> "Fleet":
        """The fleet with one more DeviceClass, as a manifest."""
        return evolve(self, classes=(*self.classes, manifest))

    def manifests(self) -> list[Manifest]:
        """The cluster's DeviceClasses, Nodes and ResourceSlices; the classes that drivers come with are among them."""
        classes = {each["metadata"]["name"]: each for each in self.classes}
        for each in (each for group in self.groups for each in group.devices):
            for manifest in _classes(each.driver):
                classes.setdefault(manifest["metadata"]["name"], manifest)
        return [*classes.values(), *(manifest for group in self.groups for manifest in group.manifests())]

    def inventory(self) -> Inventory:
        """The cluster as an inventory."""
        return Inventory.from_manifests(self.manifests())


def _classes(driver: Devices | Driver | str) -> Iterable[Manifest]:
    facts = _driver(driver)
    published = {each.name: each.selectors for each in facts.classes if each.literal and each.selectors} if facts else {}
    name = facts.name if facts else str(driver)
    for class_name, selectors in (published or {name: (f'device.driver == "{name}"',)}).items():
        yield {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "DeviceClass",
            "metadata": {"name": class_name},
            "spec": {"selectors": [{"cel": {"expression": selector}} for selector in selectors]},
        }
