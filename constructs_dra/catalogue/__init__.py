"""What DRA drivers publish: how that is written down, and how it is found.

The drivers themselves are in `constructs_dra.drivers`, one file per vendor. A file is read when one of its drivers is asked for.
"""

from constructs_dra.catalogue.fields import Boolean, Bytes, Choice, Devices, Integer, Numbered, Quantity, String, Version, driver_of
from constructs_dra.catalogue.model import Attribute, Capacity, Driver, PublishedClass
from constructs_dra.catalogue.registry import all_drivers, class_names, driver, driver_for_class, register

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
    "class_names",
    "driver",
    "driver_for_class",
    "driver_of",
    "register",
]
