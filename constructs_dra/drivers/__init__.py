"""The catalogue: what each public DRA driver publishes.

One module per vendor; in it, one namespace per driver whose attributes and capacities are typed terms to build selectors from:

    from constructs_dra.drivers import intel
    intel.gpu.family == "Data Center Flex"

What else is known is in the `Driver` record that `driver`, `driver_for_class` and `all_drivers` give.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from constructs_dra.drivers.fields import Boolean, Bytes, Choice, Devices, Integer, Numbered, Quantity, String, Version, driver_of
from constructs_dra.drivers.model import Attribute, Capacity, Driver, PublishedClass
from constructs_dra.records.alike import forget

__all__ = [
    "Attribute",
    "Boolean",
    "Bytes",
    "Capacity",
    "Choice",
    "Devices",
    "Driver",
    "Integer",
    "Numbered",
    "PublishedClass",
    "Quantity",
    "String",
    "Version",
    "all_drivers",
    "driver",
    "driver_for_class",
    "driver_of",
    "register",
]

_MODULES = (
    "intel",
    "nvidia",
    "amd",
    "google",
    "aws",
    "rebellions",
    "furiosa",
    "hami",
    "hygon",
    "tenstorrent",
    "ibm",
    "dranet",
    "sriov",
    "ovsdpdk",
    "node",
    "example",
    "experimental",
)
"""The vendor modules, in the order the catalogue is shown."""

_registered: dict[str, Driver] = {}


def register(devices: Devices | Driver) -> Driver:
    """Make a driver of your own known to checks and placement; requests take it without that. A built-in driver of the same name gives way to it."""
    own = driver_of(devices)
    _registered[own.name] = own
    forget()  # of what was found right before, the checks may now know more
    return own


@cache
def _built_in() -> tuple[Driver, ...]:
    found: list[Driver] = []
    for module in _MODULES:
        content = vars(import_module(f"{__name__}.{module}"))
        found.extend(value.__driver__ for value in content.values() if isinstance(value, Devices))
    return tuple(found)


def all_drivers() -> tuple[Driver, ...]:
    """Every driver that is known: registered ones, then the catalogue's."""
    return (*_registered.values(), *(known for known in _built_in() if known.name not in _registered))


def driver(name: str) -> Driver | None:
    """The driver of this name (`gpu.intel.com`) or of this id in the catalogue (`intel-gpu`); None when unknown.

    Where the catalogue has several versions of one driver, its name means the current one.
    """
    return next((known for known in all_drivers() if name in {known.name, known.id}), None)


def driver_for_class(name: str) -> Driver | None:
    """The driver whose devices a DeviceClass of this name selects; None when that is not known."""
    return next(_drivers_with_class(name), None)


def _drivers_with_class(name: str) -> Iterator[Driver]:
    return (known for known in all_drivers() if known.published_class(name))
