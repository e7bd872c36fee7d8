"""Extended resources: devices of a class asked for as a number in `resources.limits`, without a claim (feature gate DRAExtendedResource).

There are no selectors, no constraints and no configuration of one's own: what the class has counts.
"""

from typing import Any, Self

from attrs import field, frozen

from constructs_dra.catalogue.model import Driver
from constructs_dra.catalogue.registry import all_drivers, driver_for_class
from constructs_dra.errors import Problems, shown
from constructs_dra.kubernetes.dra.classes import extended_resource_problem
from constructs_dra.lexical.names import dns_subdomain_problem
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["ExtendedResource"]

_IMPLICIT = "deviceclass.resource.kubernetes.io/"
"""Prefix of the extended resource that every device class has."""


def _check_resource(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, str):
        valid.wrong(problems, path, value, "a string")
    elif value.startswith(_IMPLICIT):
        if fault := dns_subdomain_problem(value.removeprefix(_IMPLICIT)):
            problems.add(path, f"{shown(value)} is not a device class: {fault}")
    elif fault := extended_resource_problem(value):
        problems.add(path, f"{shown(value)} {fault}")


@frozen(eq=False, repr=False)
class ExtendedResource(Record):
    """A number of devices, asked for by the name of an extended resource.

    Attributes:
        resource: Name of the resource: one that a device class carries (`intel.com/gpu`), or the implicit one of a class (see `of_class`).
        count: How many. Default: as many as the parallelism of the role needs.
    """

    resource: str = field(metadata=valid.custom(_check_resource))
    count: int | None = field(default=None, kw_only=True, metadata=valid.integer(1))

    def title(self) -> str:
        """What to call it in an error."""
        return f"{type(self).__name__} {shown(self.resource)}"

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
