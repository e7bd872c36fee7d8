"""Extended resources: devices of a class asked for as a number in `resources.limits`, without a claim (feature gate DRAExtendedResource).

There are no selectors, no constraints and no configuration of one's own: what the class has counts.
"""

from typing import Self

from attrs import field, frozen

from constructs_dra.drivers import all_drivers, driver_for_class
from constructs_dra.drivers.model import Driver
from constructs_dra.errors import Problems, shown
from constructs_dra.kubernetes.dra.classes import extended_resource_problem
from constructs_dra.lexical.names import dns_subdomain_problem

__all__ = ["ExtendedResource"]

_IMPLICIT = "deviceclass.resource.kubernetes.io/"
"""Prefix of the extended resource that every device class has."""


@frozen
class ExtendedResource:
    """A number of devices, asked for by the name of an extended resource.

    Attributes:
        resource: Name of the resource: one that a device class carries (`intel.com/gpu`), or the implicit one of a class (see `of_class`).
        count: How many. Default: as many as the parallelism of the role needs.
    """

    resource: str
    count: int | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        found = Problems()
        name = self.resource
        if not isinstance(name, str):
            found.add("resource", f"must be a text, got {shown(name)}")
        elif name.startswith(_IMPLICIT):
            if fault := dns_subdomain_problem(name.removeprefix(_IMPLICIT)):
                found.add("resource", f"{shown(name)} names no device class: {fault}")
        elif fault := extended_resource_problem(name):
            found.add("resource", f"{shown(name)} {fault}")
        count: object = self.count
        if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
            found.add("count", f"must be a whole number above 0, got {shown(count)}")
        found.raise_errors(f"{type(self).__name__} {shown(self.resource)}")

    @classmethod
    def of_class(cls, device_class: str, *, count: int | None = None) -> Self:
        """The resource that every device class has, whether it carries a name for one or not."""
        return cls(f"{_IMPLICIT}{device_class if isinstance(device_class, str) else shown(device_class)}", count=count)

    @property
    def device_class(self) -> str | None:
        """The device class it stands for; None where only a cluster knows which class carries the name."""
        if self.resource.startswith(_IMPLICIT):
            return self.resource.removeprefix(_IMPLICIT)
        return next((known.name for driver in all_drivers() for known in driver.classes if known.extended_resource_name == self.resource), None)

    @property
    def driver(self) -> Driver | None:
        """What is known about the driver whose devices it gives; None when that is not known."""
        if self.resource.startswith(_IMPLICIT):
            return driver_for_class(self.resource.removeprefix(_IMPLICIT))
        carried = (known for known in all_drivers() for published in known.classes if published.extended_resource_name == self.resource)
        return next(carried, None)

    def limits(self, devices_per_pod: int | None = None) -> dict[str, str]:
        """The entry of a container's `resources.limits`; requests are the same."""
        return {self.resource: str(self.count or devices_per_pod or 1)}
