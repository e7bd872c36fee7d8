"""`matchAttribute` and `distinctAttribute`, checked device by device while a claim is being satisfied.

Each constraint remembers what it saw so that a device can be taken back. The rules follow k8s.io/dynamic-resource-allocation/structured,
Kubernetes 1.36.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from constructs_dra.placement.devices import AttributeValue, InventoryDevice
from constructs_dra.placement.features import Features
from constructs_dra.placement.requests import Constraint

__all__ = ["LIST_KINDS", "Check", "attribute_of", "make_check", "values_of"]

_SCALARS = ("string", "int", "bool", "version")
_LISTS = {"strings": "string", "ints": "int", "bools": "bool", "versions": "version"}

LIST_KINDS = frozenset(_LISTS)
"""Names under which attributes hold lists."""


class Check(Protocol):
    """One constraint of a claim while devices are tried."""

    def add(self, parent: str, option: str, device: InventoryDevice, driver: str) -> bool:
        """Take the device into account if it agrees with those before; else leave everything as it is."""
        ...

    def remove(self, parent: str, option: str) -> None:
        """Take back the device added last for this request."""
        ...


def attribute_of(device: InventoryDevice, driver: str, name: str) -> AttributeValue | None:
    """The value of a fully qualified attribute: published under its full name, or without domain by the driver of that domain."""
    found = device.attributes.get(name)
    if found is None:
        domain, slash, bare = name.partition("/")
        if slash and domain == driver:
            return device.attributes.get(bare)
    return found


def values_of(value: AttributeValue) -> tuple[str, frozenset[Any]] | None:
    """Type and values of an attribute, a single value taken as a list of one; None for a type not known."""
    for name, kind in _LISTS.items():
        if value.get(name):
            return kind, frozenset(value[name])
    for kind in _SCALARS:
        if value.get(kind) is not None:
            return kind, frozenset([value[kind]])
    return None


def _scalar(value: AttributeValue) -> tuple[str, Any] | None:
    return next(((kind, value[kind]) for kind in _SCALARS if value.get(kind) is not None), None)


def make_check(constraint: Constraint, features: Features) -> Check:
    """The check of a constraint."""
    lists = features.list_type_attributes
    if constraint.distinct:
        return (_DistinctFromLast if features.known_defects else _Distinct)(constraint, lists=lists)
    return _MatchAny(constraint) if lists else _Match(constraint)


class _Base:
    def __init__(self, constraint: Constraint) -> None:
        self.attribute = constraint.attribute
        self.requests = constraint.requests

    def concerns(self, parent: str, option: str) -> bool:
        if not self.requests:
            return True
        return parent in self.requests or bool(option and f"{parent}/{option}" in self.requests)


class _Match(_Base):
    """All devices have the same single value."""

    def __init__(self, constraint: Constraint) -> None:
        super().__init__(constraint)
        self.first: AttributeValue = {}
        self.devices = 0

    def add(self, parent: str, option: str, device: InventoryDevice, driver: str) -> bool:
        if not self.concerns(parent, option):
            return True
        value = attribute_of(device, driver, self.attribute)
        if value is None:
            return False
        if not self.devices:
            self.first = value  # the first device decides, whatever its value is
        else:
            found = _scalar(value)
            if found is None or self.first.get(found[0]) != found[1]:
                return False
        self.devices += 1
        return True

    def remove(self, parent: str, option: str) -> None:
        if self.concerns(parent, option):
            self.devices -= 1


class _MatchAny(_Base):
    """All devices have at least one value in common."""

    def __init__(self, constraint: Constraint) -> None:
        super().__init__(constraint)
        self.common: list[tuple[str, frozenset[Any]]] = []

    def add(self, parent: str, option: str, device: InventoryDevice, driver: str) -> bool:
        if not self.concerns(parent, option):
            return True
        value = attribute_of(device, driver, self.attribute)
        found = None if value is None else values_of(value)
        if found is None:
            return False
        kind, values = found
        if self.common:
            if kind != self.common[-1][0]:
                return False
            values &= self.common[-1][1]
            if not values:
                return False
        self.common.append((kind, values))
        return True

    def remove(self, parent: str, option: str) -> None:
        if self.concerns(parent, option):
            self.common.pop()


class _Distinct(_Base):
    """No two devices have a value in common."""

    def __init__(self, constraint: Constraint, *, lists: bool) -> None:
        super().__init__(constraint)
        self.read = values_of if lists else _as_set
        self.seen: list[tuple[str, frozenset[Any]]] = []

    def add(self, parent: str, option: str, device: InventoryDevice, driver: str) -> bool:
        if not self.concerns(parent, option):
            return True
        value = attribute_of(device, driver, self.attribute)
        found = None if value is None else self.read(value)
        if found is None:
            return False
        kind, values = found
        if any(kind == other and values & others for other, others in self.seen):
            return False
        self.seen.append(found)
        return True

    def remove(self, parent: str, option: str) -> None:
        if self.concerns(parent, option):
            self.seen.pop()


class _DistinctFromLast(_Distinct):
    """The same with a defect of Kubernetes up to 1.36.2: of each request only the last device is remembered, and forgotten with any of them."""

    def __init__(self, constraint: Constraint, *, lists: bool) -> None:
        super().__init__(constraint, lists=lists)
        self.last: dict[str, tuple[str, frozenset[Any]]] = {}
        self.devices = 0

    def add(self, parent: str, option: str, device: InventoryDevice, driver: str) -> bool:
        if not self.concerns(parent, option):
            return True
        value = attribute_of(device, driver, self.attribute)
        found = None if value is None else self.read(value)
        if found is None:
            return False
        if self.devices and any(found[0] == kind and found[1] & values for kind, values in self.last.values()):
            return False
        self.last[parent] = found
        self.devices += 1
        return True

    def remove(self, parent: str, option: str) -> None:
        if self.concerns(parent, option):
            self.last.pop(parent, None)
            self.devices -= 1


def _as_set(value: Mapping[str, Any]) -> tuple[str, frozenset[Any]] | None:
    found = _scalar(value)
    return None if found is None else (found[0], frozenset([found[1]]))
