"""Which devices a request may have at all: selectors of its class and its own, evaluated once per kind of device.

Each expression is compiled once per process. Its answer for a device is remembered for all devices that look the same to it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from constructs_dra.cel.device import DeviceView, device_view
from constructs_dra.cel.selector import Selector, compile_selector
from constructs_dra.cel.values import CelEvaluationError
from constructs_dra.errors import SpecError
from constructs_dra.placement.constraints import LIST_KINDS
from constructs_dra.placement.devices import InventoryClass, InventoryDevice
from constructs_dra.placement.requests import RequestOption
from constructs_dra.selectors.reads import readings

__all__ = ["Eligibility", "Fault", "Verdict"]


@frozen
class Fault:
    """A selector that could not be evaluated: Kubernetes gives up the whole pod.

    Attributes:
        of_class: Name of the class it belongs to; empty for a selector of the claim.
        index: Its place in the list of selectors.
        message: What went wrong, as Kubernetes says it.
    """

    of_class: str
    index: int
    message: str

    def text(self, claim: str) -> str:
        """The error Kubernetes reports for a claim (`namespace/name`)."""
        owner = f"class {self.of_class}" if self.of_class else f"claim {claim}"
        return f"{owner}: selector #{self.index}: {self.message}"


Verdict = bool | Fault
"""Whether a device is selected, or the fault of a selector."""


class Eligibility:
    """Evaluates selectors; one object serves a whole plan.

    Attributes:
        evaluations: Expressions really evaluated, for those who count.
        list_type_attributes: Whether attributes may be lists (gate DRAListTypeAttributes): without it no selector can be asked about a device that
            has one.
    """

    def __init__(self, *, list_type_attributes: bool = True) -> None:
        self.list_type_attributes = list_type_attributes
        self._unreadable: dict[int, str] = {}
        self._compiled: dict[str, _Compiled | str] = {}
        self._answers: dict[tuple[Any, ...], bool | str] = {}
        self._devices: dict[int, DeviceView] = {}
        self.evaluations = 0

    def verdict(self, option: RequestOption, device_class: InventoryClass, device: InventoryDevice, driver: str, look: int) -> Verdict:
        """Whether the class and the request select the device: its class is asked first, and the first refusal ends it.

        Args:
            option: The request.
            device_class: Its class.
            device: The device.
            driver: The device's driver.
            look: A value that is the same for devices with the same driver, attributes and capacities.
        """
        for index, expression in enumerate(device_class.selectors):
            answer = self.matches(expression, device, driver, look)
            if isinstance(answer, str):
                return Fault(device_class.name, index, answer)
            if not answer:
                return False
        for index, expression in enumerate(option.selectors):
            answer = self.matches(expression, device, driver, look)
            if isinstance(answer, str):
                return Fault("", index, answer)
            if not answer:
                return False
        return True

    def matches(self, expression: str, device: InventoryDevice, driver: str, look: int) -> bool | str:
        """Whether one expression holds for a device, or the words for why that is not known."""
        compiled = self._compiled.get(expression)
        if compiled is None:
            compiled = self._compiled[expression] = _compile(expression)
        if isinstance(compiled, str):
            return compiled
        if not self.list_type_attributes and (unreadable := self._list_of(device, look)):
            return f"CEL runtime error: attribute {unreadable}: unsupported attribute value"
        key = (expression, driver, device.allow_multiple_allocations, *compiled.seen(device, driver, look))
        answer = self._answers.get(key)
        if answer is None:
            self.evaluations += 1
            answer = self._answers[key] = self._evaluate(compiled.selector, device, driver, look)
        return answer

    def _list_of(self, device: InventoryDevice, look: int) -> str:
        """The name of an attribute that is a list; empty where there is none."""
        found = self._unreadable.get(look)
        if found is None:
            found = self._unreadable[look] = next((name for name, value in device.attributes.items() if not LIST_KINDS.isdisjoint(value)), "")
        return found

    def read_values(self, expression: str, device: InventoryDevice, driver: str) -> list[str]:
        """What an expression reads of a device, as `name value`; what the device does not have is `name missing`."""
        compiled = self._compiled.get(expression)
        if compiled is None or isinstance(compiled, str):
            return []
        reads = dict.fromkeys((reading.kind, reading.domain, reading.name) for reading in readings(compiled.selector.tree))
        values = [f"{name} {_shown(device, driver, kind, domain, name)}" for kind, domain, name in reads]
        return values or [f"driver {driver}"]

    def _evaluate(self, selector: Selector, device: InventoryDevice, driver: str, look: int) -> bool | str:
        try:
            view = self._devices.get(look)
            if view is None:
                view = self._devices[look] = device_view(as_cel(device, driver))
            return selector.matches(view)
        except CelEvaluationError as error:
            return f"CEL runtime error: {error}"


class _Compiled:
    """A selector and what it reads: devices alike in that get the same answer."""

    def __init__(self, selector: Selector) -> None:
        self.selector = selector
        self._reads = _reads(selector)

    def seen(self, device: InventoryDevice, driver: str, look: int) -> tuple[Any, ...]:
        if self._reads is None:
            return (look,)
        return tuple(_seen(device, driver, *read) for read in self._reads)


def _compile(expression: str) -> _Compiled | str:
    try:
        return _Compiled(compile_selector(expression, stored=True))
    except SpecError as error:
        return f"CEL compile error: {error.problems[0].message}"


def _reads(selector: Selector) -> tuple[tuple[str, str, str], ...] | None:
    """Everything the selector reads besides driver and sharing; None when it reads the device in a way that cannot be listed."""
    text = selector.expression
    listed, reads = len(_READ.findall(text)), readings(selector.tree)
    if "bind" in text or listed != len(reads) or len(_DEVICE.findall(text)) != listed + len(_OTHER.findall(text)):
        return None
    return tuple(sorted({(reading.kind, reading.domain, reading.name) for reading in reads}))


_DEVICE = re.compile(r"\bdevice\b")
_READ = re.compile(r"\bdevice\s*\.\s*(?:attributes|capacity)\b")
_OTHER = re.compile(r"\bdevice\s*\.\s*(?:driver|allowMultipleAllocations)\b")


def _seen(device: InventoryDevice, driver: str, kind: str, domain: str, name: str) -> Any:
    names = (f"{domain}/{name}", name) if domain == driver else (f"{domain}/{name}",)
    if kind == "capacity":
        return tuple(found.value if (found := device.capacity.get(each)) else None for each in names)
    return tuple(repr(device.attributes.get(each)) for each in names)


def _shown(device: InventoryDevice, driver: str, kind: str, domain: str, name: str) -> str:
    for each in (f"{domain}/{name}", *([name] if domain == driver else [])):
        if kind == "capacity" and each in device.capacity:
            return device.capacity[each].value
        if kind == "attribute" and each in device.attributes:
            return ", ".join(json.dumps(value) for value in device.attributes[each].values())
    return "missing"


def as_cel(device: InventoryDevice, driver: str) -> Mapping[str, Any]:
    """The device as selectors see it."""
    return {
        "driver": driver,
        "attributes": device.attributes,
        "capacity": {name: {"value": capacity.value} for name, capacity in device.capacity.items()},
        "allowMultipleAllocations": device.allow_multiple_allocations,
    }
