"""Claims that others own: referred to by name, nothing is made for them."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from constructs_dra.catalogue.model import Driver
from constructs_dra.catalogue.registry import driver_for_class
from constructs_dra.errors import Problems, shown
from constructs_dra.kubernetes.dra.limits import DEVICES_MAX
from constructs_dra.lexical.names import to_dns_label
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Record
from constructs_dra.suppression import accept_problems

__all__ = ["ExistingClaim", "ExistingClaimTemplate"]


def _check_accept(value: Any, path: str, problems: Problems) -> None:  # noqa: ARG001  (the problems say the field themselves)
    problems.extend(accept_problems(value))


@frozen(eq=False, repr=False)
class _Existing(Record):
    """What both have in common.

    Attributes:
        object_name: Name of the object in the cluster.
        name: Name of the claim in the pods that use it; default made from the object's.
        device_class: The device class it asks for, so that checks can know it; empty when not given.
        count: How many devices it gives; None when not given.
        accept: Rules of this library that do not hold here: name of the rule to the reason.
    """

    object_name: str = field(metadata=valid.dns_subdomain())
    name: str = field(default="", kw_only=True, metadata=valid.dns_label())
    device_class: str = field(default="", kw_only=True, metadata=valid.dns_subdomain())
    count: int | None = field(default=None, kw_only=True, metadata=valid.integer(1, DEVICES_MAX))
    accept: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=valid.custom(_check_accept))

    def __attrs_post_init__(self) -> None:
        """Check the fields; the claim's name in pods follows from the object's."""
        super().__attrs_post_init__()
        if not self.name:
            object.__setattr__(self, "name", to_dns_label(self.object_name))

    def title(self) -> str:
        """What to call it in an error."""
        return f"{type(self).__name__} {shown(self.object_name)}"

    def __getitem__(self, request: str) -> str:
        """One request of the claim, `claim/request`, for a container that takes only that; whether the claim has it cannot be checked."""
        return f"{self.name}/{request}"

    @property
    def accepted(self) -> dict[str, str]:
        """Every rule that does not hold here with its reason."""
        return dict(self.accept)

    @property
    def driver(self) -> Driver | None:
        """What is known about the driver of its device class; None when that was not given or is unknown."""
        return driver_for_class(self.device_class) if self.device_class else None

    @property
    def computes(self) -> bool:
        """Whether its devices compute; taken to where the class is not known."""
        return self.driver is None or self.driver.accelerator

    def device_counts(self, devices_per_pod: int | None = None) -> tuple[int, ...] | None:  # noqa: ARG002  (as for claims of ours)
        """How many computing devices it gives; None when not given."""
        return (self.count,) if self.count is not None and self.computes else None

    def device_count(self, devices_per_pod: int | None = None) -> int | None:  # noqa: ARG002
        """How many computing devices it gives; None when not given."""
        return self.count if self.computes else 0


@frozen(eq=False, repr=False)
class ExistingClaimTemplate(_Existing):
    """A ResourceClaimTemplate that somebody else keeps, e.g. the platform team: each pod gets devices of its own from it.

    Attributes:
        object_name: Name of the template, which must be in the pods' namespace.
        name: Name of the claim in the pods that use it; default made from the template's.
        device_class: The device class it asks for, so that checks can know it; empty when not given.
        count: How many devices it gives; None when not given.
        accept: Rules of this library that do not hold here: name of the rule to the reason.
    """

    def pod_claim(self, object_name: str | None = None) -> Manifest:
        """The entry of a pod's `resourceClaims`."""
        return {"name": self.name, "resourceClaimTemplateName": object_name or self.object_name}


@frozen(eq=False, repr=False)
class ExistingClaim(_Existing):
    """A ResourceClaim that somebody else keeps: all pods that use it see the same devices.

    Attributes:
        object_name: Name of the claim object, which must be in the pods' namespace.
        name: Name of the claim in the pods that use it; default made from the object's.
        device_class: The device class it asks for, so that checks can know it; empty when not given.
        count: How many devices it gives; None when not given.
        accept: Rules of this library that do not hold here: name of the rule to the reason.
    """

    def pod_claim(self, object_name: str | None = None) -> Manifest:
        """The entry of a pod's `resourceClaims`."""
        return {"name": self.name, "resourceClaimName": object_name or self.object_name}
