"""Requests: which devices, how many, and what else must hold of them."""

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import reduce
from math import isfinite
from operator import and_
from typing import Any, ClassVar, Literal, TypeAlias

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.catalogue.fields import Devices
from constructs_dra.catalogue.model import Driver, PublishedClass
from constructs_dra.catalogue.registry import driver_for_class
from constructs_dra.claims.conditions import conditions_of
from constructs_dra.claims.selectors import selector_problems
from constructs_dra.claims.tolerations import Toleration, check_toleration, toleration_manifest
from constructs_dra.errors import Problem, Problems, shown
from constructs_dra.expressions.build import Expression
from constructs_dra.kubernetes.dra.limits import SELECTORS_MAX
from constructs_dra.kubernetes.words import too_many
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes
from constructs_dra.records.record import Record
from constructs_dra.records.sequence import as_tuple

__all__ = ["AllocationMode", "FirstAvailable", "Request", "Where", "where_tuple"]

AllocationMode = Literal["ExactCount", "All"]
"""How many devices: a count, or all that match on the node."""

Where: TypeAlias = Expression | str
"""A selector: an expression over the catalogue, or CEL text, which is taken as it is."""


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


def _check_device(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Devices | Driver | str):
        hint = "give a namespace of the catalogue (intel.gpu), a Driver or the name of a device class"
        problems.add(path, f"must name devices, not {shown(value)}", hint)


def _check_config(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "configurations"):
        if not isinstance(item, OpaqueConfig | Mapping):
            problems.add(place, f"must be a record of the driver's module or a mapping, not {shown(item)}")
        elif isinstance(item, Mapping):
            problems.extend(_json_problems(item, place))


def _json_problems(value: Any, path: str) -> Iterator[Problem]:
    """What keeps a value out of JSON: types and numbers it cannot write, keys that are not strings."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(name, str):
                yield from _json_problems(item, f"{path}[{shown(name)}]")
            else:
                yield Problem(path, f"has the key {shown(name)}, which is not a string")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _json_problems(item, f"{path}[{index}]")
    elif isinstance(value, float) and not isfinite(value):
        yield Problem(path, f"{value} cannot be written as JSON")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield Problem(path, "is a number too large for Kubernetes")
    elif not isinstance(value, str | int | float | None):
        yield Problem(path, f"{shown(value)} cannot be written as JSON")


def _check_tolerations(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "Toleration records"):
        check_toleration(item, place, problems)


def _check_amount(value: Any, path: str, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int) or (isinstance(value, int) and value >= 2**63) or not is_quantity(value):
        problems.add(path, f"{shown(value)} is not a valid quantity", "write e.g. '20Gi' or a whole number")
    elif parse_quantity(value) < 0:
        problems.add(path, f"{shown(value)} must not be negative")


def _check_reason(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, str):
        valid.wrong(problems, path, value, "a string")
    elif not value.strip():
        problems.add(path, "needs a reason in words", "say why the count is right here; it is written into an annotation")


@frozen(eq=False, repr=False)
class Request(Record):
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

    DEFERRED: ClassVar = True

    name: str = field(metadata=kubernetes("name", valid.text()))
    device: Devices | Driver | str | None = field(default=None, metadata=valid.custom(_check_device))
    device_class: str = field(default="", kw_only=True, metadata=kubernetes("deviceClassName", valid.text(empty=True)))
    count: int | None = field(default=None, kw_only=True, metadata=kubernetes("count", valid.integer(-(2**63), 2**63 - 1)))
    allocation_mode: AllocationMode = field(
        default="ExactCount", kw_only=True, metadata=kubernetes("allocationMode", valid.choice("ExactCount", "All"))
    )
    where: tuple[Where, ...] = field(default=(), converter=where_tuple, kw_only=True, eq=_texts, metadata=kubernetes("selectors", valid.anything()))
    tolerations: tuple[Toleration | Mapping[str, Any], ...] = field(
        default=(), converter=_tolerations, kw_only=True, metadata=kubernetes("tolerations", valid.custom(_check_tolerations))
    )
    capacity: Mapping[str, str | int] = field(
        factory=dict, kw_only=True, metadata=kubernetes("capacity", valid.mapping(valid.custom(_check_amount), "amounts"))
    )
    admin_access: bool = field(default=False, kw_only=True, metadata=kubernetes("adminAccess", valid.boolean()))
    config: tuple[OpaqueConfig | Mapping[str, Any], ...] = field(default=(), converter=_configs, kw_only=True, metadata=valid.custom(_check_config))
    count_reason: str = field(default="", kw_only=True, metadata=valid.custom(_check_reason))

    def cross_check(self, problems: Problems) -> None:
        """The device class: one is needed, and it selects devices of the driver that the request is for."""
        name = self.class_name
        if not name:
            if driver := self.driver:
                problems.add("device_class", f"is needed: the driver {driver.name} ships no device class", "name the one of your cluster")
            else:
                hint = "e.g. intel.gpu, or the name of a device class"
                problems.add("device", "is needed: a request asks for devices of one class", hint)
            return
        if self.count is not None and self.takes_all and self.driver is not None and self.driver.every_device:
            fault = f"{self.driver.name} prepares a claim only if it holds every device of the node, so there is nothing to count"
            problems.add("count", fault, "leave it out")
        known = None if self.published_class else driver_for_class(name)
        if known and self.driver and known.name != self.driver.name:
            fault = f"{shown(name)} selects devices of {known.name}, but the request is for {self.driver.name}"
            problems.add("device_class", fault, "name a class of that driver, or leave it out", rule="strict-class-driver")

    def selector_problems(self, accept: Container[str] = ()) -> Iterator[Problem]:
        """What is wrong with its selectors: those of its own fields, each under the field's name, then `where`.

        Args:
            accept: Rules of this library that do not hold here.
        """
        driver, published = self.driver, self.published_class
        conditions = self.own_conditions()
        for name, own in conditions.items():
            yield from (problem.under(name) for problem in selector_problems(own, driver, published, accept))
        for index, condition in enumerate(self.where):
            path = f"where[{index}]" if len(self.where) > 1 else "where"
            yield from (problem.under(path) for problem in selector_problems(condition, driver, published, accept))
        if len(self.where) + bool(conditions) > SELECTORS_MAX:
            yield Problem("where", too_many(len(self.where) + bool(conditions), SELECTORS_MAX), "join some with &", rule="too-many")

    @property
    def driver(self) -> Driver | None:
        """What is known about the driver; None when neither the request nor its class says."""
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
        """What fields of its own say about the devices: name of the field to the condition. They make the first selector.

        Fields say it in their metadata (`constructs_dra.claims.conditions`); a request with a condition that is not a field's adds it here.
        """
        return conditions_of(self)

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

    def body(self, count: int, accept: Container[str] = (), *, selectors: bool = True, defaults: bool = True) -> Manifest:
        """What Kubernetes has under `exactly`.

        Args:
            count: How many devices, where the request says no number.
            accept: Rules of this library that do not hold here.
            selectors: Whether to write selectors. Default yes.
            defaults: Whether to write what the API server would fill in. Default yes.
        """
        body: Manifest = {"deviceClassName": self.class_name}
        if defaults or self.allocation_mode != "ExactCount":
            body["allocationMode"] = self.allocation_mode
        if not self.takes_all or self.count is not None:
            body["count"] = count if self.count is None else self.count
        if selectors and (texts := self.selectors(accept)):
            body["selectors"] = [{"cel": {"expression": text}} for text in texts]
        if self.capacity:
            body["capacity"] = {"requests": {name: amount if isinstance(amount, str) else str(amount) for name, amount in self.capacity.items()}}
        if self.tolerations:
            body["tolerations"] = [toleration_manifest(value) for value in self.tolerations]
        if self.admin_access:
            body["adminAccess"] = True
        return body

    def configurations(self) -> list[Manifest]:
        """Its configuration as `driver` and `parameters`."""
        driver = self.driver
        return [
            {"driver": entry.driver, "parameters": stored(entry.parameters())}
            if isinstance(entry, OpaqueConfig)
            else {"driver": driver.name if driver else self.class_name, "parameters": stored(entry)}
            for entry in self.config
        ]


def stored(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as a server keeps them whoever applies them: `null` says nothing, and a second `kubectl apply` would try to take it out."""
    return {
        name: stored(value) if isinstance(value, Mapping) else list(map(_stored_item, value)) if isinstance(value, list | tuple) else value
        for name, value in parameters.items()
        if value is not None
    }


def _stored_item(value: Any) -> Any:
    return stored(value) if isinstance(value, Mapping) else value


def _check_alternatives(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "requests"):
        if not isinstance(item, Request):
            hint = "leave the brackets out: each is an argument of its own" if isinstance(item, list | tuple) else ""
            problems.add(place, f"must be a Request, not {shown(item)}", hint)


@frozen(init=False, eq=False, repr=False)
class FirstAvailable(Record):
    """Alternatives, the best first: the scheduler takes the first that a node can give. Their names are unique within it.

    Attributes:
        name: Name of the request in its claim.
        alternatives: The requests, the preferred one first; at most 8.
    """

    DEFERRED: ClassVar = True

    name: str = field(metadata=kubernetes("name", valid.text()))
    alternatives: tuple[Request, ...] = field(metadata=kubernetes("firstAvailable", valid.custom(_check_alternatives)))

    def __init__(self, name: str, *alternatives: Request) -> None:
        """Name the request and give its alternatives."""
        self.__attrs_init__(name, alternatives)  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def follows_parallelism(self) -> bool:
        """Whether an alternative leaves its count to the parallelism of the role."""
        return any(request.follows_parallelism for request in self.alternatives)

    @property
    def computes(self) -> bool:
        """Whether its devices count against the parallelism."""
        return any(request.computes for request in self.alternatives)
