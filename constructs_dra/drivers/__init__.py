"""What each public DRA driver publishes, and requests for its devices: one file per vendor.

In it, one namespace per driver whose attributes and capacities are typed terms to build selectors from:

    from constructs_dra.drivers import intel
    intel.gpu.family == "Data Center Flex"

What else is known is in the `Driver` record that `driver`, `driver_for_class` and `all_drivers` give. `constructs_dra.catalogue` has what a file is
written with; a file of your own needs nothing else.
"""

from constructs_dra.catalogue.fields import Boolean, Bytes, Choice, Devices, Integer, Numbered, Quantity, String, Version, driver_of
from constructs_dra.catalogue.model import Attribute, Capacity, Driver, PublishedClass
from constructs_dra.catalogue.registry import all_drivers, driver, driver_for_class, register

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
