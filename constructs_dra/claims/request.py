"""Requests: which devices, how many, and what else must hold of them."""

from collections.abc import Container, Iterable, Mapping
from functools import reduce
from operator import and_
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from constructs_dra.claims.tolerations import Toleration, toleration_of
from constructs_dra.drivers import driver_for_class
from constructs_dra.drivers.config import OpaqueConfig
from constructs_dra.drivers.fields import Devices
from constructs_dra.drivers.model import Driver, PublishedClass
from constructs_dra.errors import SpecError
from constructs_dra.expressions.build import Expression
from constructs_dra.manifest import Manifest

__all__ = ["AllocationMode", "FirstAvailable", "Request", "Where", "as_tuple", "where_tuple"]

AllocationMode = Literal["ExactCount", "All"]
"""How many devices: a count, or all that match on the node."""

Where: TypeAlias = Expression | str
"""A selector: an expression over the catalogue, or CEL text, which is taken as it is."""


def as_tuple(value: Any) -> tuple[Any, ...]:
    """One thing or several, as a tuple. What is neither stays one thing, for the checks to refuse."""
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    return tuple(value) if several else (value,)


def where_tuple(value: Where | Iterable[Where]) -> tuple[Where, ...]:
    """One condition or several, as a tuple."""
    return as_tuple(value)


def _tolerations(value: Toleration | Mapping[str, Any] | Iterable[Toleration | Mapping[str, Any]]) -> tuple[Toleration | Mapping[str, Any], ...]:
    return as_tuple(value)


def _configs(value: OpaqueConfig | Mapping[str, Any] | Iterable[OpaqueConfig | Mapping[str, Any]]) -> tuple[OpaqueConfig | Mapping[str, Any], ...]:
    return as_tuple(value)


def _texts(values: tuple[object, ...]) -> tuple[str, ...]:
    """Expressions compare by their text: `==` between them makes another expression."""
    return tuple(map(repr, values))


@frozen(eq=True)
class Request:
    """Devices of one class, asked for together. It is checked as part of the `Claim` it is in.

    Attributes:
        name: Name of the request in its claim; containers and constraints refer to it.
        device: What is asked for: a namespace of the catalogue (`intel.gpu`), a `Driver`, or the name of a device class.
        device_class: The device class, where it is not the driver's usual one.
        count: How many devices. Default: as many as the parallelism of the role that uses the claim needs (one for devices that do not compute,
            such as NICs, and where no role uses it).
        allocation_mode: `All` takes every matching device of a node instead of a count. Default `ExactCount`.
        where: Selectors; a device must match all of them.
        tolerations: Device taints that do not matter here, as `Toleration` or in Kubernetes' own spelling.
        capacity: How much of each capacity to take from a device that can be shared, e.g. `{"memory": "20Gi"}`.
        admin_access: Get devices that others hold, for monitoring. Only in namespaces labelled `resource.kubernetes.io/admin-access: "true"`.
        config: Configuration for the driver: records of its module, or a mapping with what the driver reads.
        count_reason: Why the count is right although the parallelism needs another one; it is written into an annotation.
    """

    name: str
    device: Devices | Driver | str | None = None
    device_class: str = field(default="", kw_only=True)
    count: int | None = field(default=None, kw_only=True)
    allocation_mode: AllocationMode = field(default="ExactCount", kw_only=True)
    where: tuple[Where, ...] = field(default=(), converter=where_tuple, kw_only=True, eq=_texts)
    tolerations: tuple[Toleration | Mapping[str, Any], ...] = field(default=(), converter=_tolerations, kw_only=True)
    capacity: Mapping[str, str | int] = field(factory=dict, kw_only=True)
    admin_access: bool = field(default=False, kw_only=True)
    config: tuple[OpaqueConfig | Mapping[str, Any], ...] = field(default=(), converter=_configs, kw_only=True)
    count_reason: str = field(default="", kw_only=True)

    @property
    def driver(self) -> Driver | None:
        """What is known about the driver; None when neither the request nor its class tells."""
        if isinstance(self.device, Devices):
            return self.device.__driver__
        if isinstance(self.device, Driver):
            return self.device
        return driver_for_class(self.class_name)

    @property
    def class_name(self) -> str:
        """The device class, empty when there is none to take."""
        if isinstance(self.device_class, str) and self.device_class:
            return self.device_class
        if isinstance(self.device, str):
            return self.device
        driver = self.device.__driver__ if isinstance(self.device, Devices) else self.device
        usual = driver.classes[0] if isinstance(driver, Driver) and driver.classes else None
        return usual.name if usual and usual.literal else ""

    @property
    def published_class(self) -> PublishedClass | None:
        """What is known about the device class; None when the driver does not ship it."""
        driver = self.driver
        return driver.published_class(self.class_name) if driver else None

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """Kinds of device the request can get, as values of the driver's `kind_attribute`; empty for any."""
        published = self.published_class
        return published.kinds if published else ()

    @property
    def takes_all(self) -> bool:
        """Whether it takes every matching device of a node."""
        return isinstance(self.allocation_mode, str) and self.allocation_mode == "All"

    @property
    def follows_parallelism(self) -> bool:
        """Whether the count is left to the parallelism of the role."""
        return self.count is None and not self.takes_all and self.computes

    @property
    def computes(self) -> bool:
        """Whether its devices compute, so that they count against the parallelism; unknown devices are taken to."""
        driver = self.driver
        return driver is None or driver.accelerator

    def own_conditions(self) -> dict[str, Expression]:
        """What fields of its own say about the devices: name of the field to the condition. They make the first selector."""
        return {}

    def selectors(self, accept: Container[str] = ()) -> list[str]:
        """The selectors as CEL text: its own fields, then `where`. What the device class guarantees is not guarded again.

        Args:
            accept: Rules of this library that do not hold here.

        Raises:
            SpecError: An expression has errors.
        """
        own = self.own_conditions()
        conditions = (reduce(and_, own.values()), *self.where) if own else self.where
        published = self.published_class
        kinds = published.kinds if published else ()
        return [condition if isinstance(condition, str) else condition.cel(kinds=kinds, accept=accept) for condition in conditions]

    def body(self, count: int, accept: Container[str] = ()) -> Manifest:
        """What Kubernetes has under `exactly`; `count` stands in where the request has none, rules in `accept` do not count."""
        body: Manifest = {"deviceClassName": self.class_name}
        if self.takes_all:
            body["allocationMode"] = "All"
        else:
            body["count"] = count if self.count is None else self.count
        if selectors := self.selectors(accept):
            body["selectors"] = [{"cel": {"expression": text}} for text in selectors]
        if self.capacity:
            body["capacity"] = {"requests": {name: amount if isinstance(amount, str) else str(amount) for name, amount in self.capacity.items()}}
        if self.tolerations:
            body["tolerations"] = [_toleration(value) for value in self.tolerations]
        if self.admin_access:
            body["adminAccess"] = True
        return body

    def configurations(self) -> list[Manifest]:
        """Its configuration as `driver` and `parameters`."""
        driver = self.driver
        return [
            {"driver": entry.driver, "parameters": entry.parameters()}
            if isinstance(entry, OpaqueConfig)
            else {"driver": driver.name if driver else self.class_name, "parameters": dict(entry)}
            for entry in self.config
        ]


def _toleration(value: Toleration | Mapping[str, Any]) -> Manifest:
    found = toleration_of(value)
    if not isinstance(found, Toleration):
        raise SpecError([found])
    return found.manifest()


@frozen(init=False)
class FirstAvailable:
    """Alternatives, the best first: the scheduler takes the first that a node can give. Their names are unique within it.

    Attributes:
        name: Name of the request in its claim.
        alternatives: The requests, the preferred one first; at most 8.
    """

    name: str
    alternatives: tuple[Request, ...]

    def __init__(self, name: str, *alternatives: Request) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "alternatives", alternatives)

    @property
    def follows_parallelism(self) -> bool:
        """Whether an alternative leaves its count to the parallelism of the role."""
        return any(request.follows_parallelism for request in self.alternatives)

    @property
    def computes(self) -> bool:
        """Whether its devices count against the parallelism."""
        return any(request.computes for request in self.alternatives)
