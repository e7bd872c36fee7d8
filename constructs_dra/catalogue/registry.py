"""Find drivers by name: those of the vendors' files, and those that a program registers."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from constructs_dra.catalogue.fields import Devices, driver_of
from constructs_dra.catalogue.index import CLASSES, NAMES, OTHER_CLASSES, VENDORS
from constructs_dra.catalogue.model import Driver
from constructs_dra.records.alike import forget

__all__ = ["all_drivers", "class_names", "driver", "driver_for_class", "register"]

_registered: dict[str, Driver] = {}


def register(devices: Devices | Driver) -> Driver:
    """Make a driver of your own known to checks and placement; requests take it without that. A built-in driver of the same name gives way to it."""
    own = driver_of(devices)
    _registered[own.name] = own
    forget()  # of what was found right before, the checks may now know more
    return own


@cache
def _of_vendor(vendor: str) -> tuple[Driver, ...]:
    """The drivers of a vendor's file. It stands in a room above this one, and is found by its name."""
    content = vars(import_module(f"constructs_dra.drivers.{vendor}"))
    return tuple(value.__driver__ for value in content.values() if isinstance(value, Devices))


def _known(vendors: tuple[str, ...]) -> Iterator[Driver]:
    """Registered drivers, then those of some vendors."""
    yield from _registered.values()
    for vendor in vendors:
        yield from (each for each in _of_vendor(vendor) if each.name not in _registered)


def all_drivers() -> tuple[Driver, ...]:
    """Every driver that is known: registered ones, then the catalogue's."""
    return tuple(_known(VENDORS))


def driver(name: str) -> Driver | None:
    """The driver of this name (`gpu.intel.com`) or of this id in the catalogue (`intel-gpu`); None when unknown.

    Where the catalogue has several versions of one driver, its name means the current one.
    """
    return next((known for known in _known(NAMES.get(name, ())) if name in {known.name, known.id}), None)


def driver_for_class(name: str) -> Driver | None:
    """The driver whose devices a DeviceClass of this name selects; None when that is not known."""
    vendors = CLASSES.get(name) or OTHER_CLASSES.get(name, ())
    return next((known for known in _known(vendors) if known.published_class(name)), None)


def class_names() -> Iterator[str]:
    """The names of all DeviceClasses that drivers ship, without a look into the vendors' files."""
    for own in _registered.values():
        yield from (published.name for published in own.classes if published.literal)
    yield from CLASSES
