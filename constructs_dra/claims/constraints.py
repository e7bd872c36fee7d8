"""Constraints: what the devices of one claim must have in common, or must not."""

from collections.abc import Iterable
from typing import Final, TypeAlias

from attrs import field, frozen

from constructs_dra.catalogue.fields import Boolean, Integer, String, Version
from constructs_dra.claims.spoken import spoken
from constructs_dra.errors import Problems
from constructs_dra.kubernetes.dra.claims import constraint_problems
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, write_fields
from constructs_dra.records.record import Record
from constructs_dra.records.sequence import as_tuple

__all__ = ["NUMA_NODE", "PCIE_ROOT", "PCI_BUS_ID", "AttributeName", "Constraint", "DistinctAttribute", "MatchAttribute", "attribute_name"]

PCIE_ROOT: Final = "resource.kubernetes.io/pcieRoot"
"""The PCIe root complex a device hangs on: devices with the same one reach each other without crossing the CPU.

Intel's drivers publish an empty text where they do not know it, and two devices with an empty one count as aligned.
"""

PCI_BUS_ID: Final = "resource.kubernetes.io/pciBusID"
"""The PCI address; on AMD partitions that of the whole GPU."""

NUMA_NODE: Final = "resource.kubernetes.io/numaNode"
"""The NUMA node; standard from Kubernetes 1.37 on, few drivers publish it yet."""


AttributeName: TypeAlias = str | String | Integer | Boolean | Version
"""An attribute by its full name (`gpu.nvidia.com/parentUUID`) or as the catalogue has it (`nvidia.gpu.parent_uuid`)."""


def attribute_name(value: AttributeName) -> str:
    """The full name of an attribute; what is not an attribute stays as it is, for the checks to refuse."""
    return value.fact.qualified_name if isinstance(value, String | Integer | Boolean | Version) else value


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return as_tuple(value)


class _Constraint(Record):
    """What both have in common: Kubernetes' rules, which are about the manifest."""

    __slots__ = ()

    def cross_check(self, problems: Problems) -> None:
        """What the API server refuses."""
        problems.extend(spoken(problem, type(self)) for problem in constraint_problems(self.manifest()))

    def title(self) -> str:
        """What to call it in an error."""
        return type(self).__name__

    def manifest(self) -> Manifest:
        """The constraint as Kubernetes spells it."""
        made: Manifest = {}
        write_fields(self, made, type(self))
        return made


@frozen(eq=False, repr=False)
class MatchAttribute(_Constraint):
    """All devices have the same value of an attribute. A device that does not publish it never fits.

    Attributes:
        attribute: Domain and name, e.g. `resource.kubernetes.io/pcieRoot`; or the attribute as the catalogue has it.
        requests: The requests it is about; one alternative is `request/alternative`. Empty for all of the claim.
    """

    attribute: str = field(converter=attribute_name, metadata=kubernetes("matchAttribute", valid.text()))
    requests: tuple[str, ...] = field(default=(), converter=_names, kw_only=True, metadata=kubernetes("requests", valid.texts()))


@frozen(eq=False, repr=False)
class DistinctAttribute(_Constraint):
    """All devices have different values of an attribute (feature gate DRAConsumableCapacity).

    Attributes:
        attribute: Domain and name; or the attribute as the catalogue has it.
        requests: The requests it is about; one alternative is `request/alternative`. Empty for all of the claim.
    """

    attribute: str = field(converter=attribute_name, metadata=kubernetes("distinctAttribute", valid.text()))
    requests: tuple[str, ...] = field(default=(), converter=_names, kw_only=True, metadata=kubernetes("requests", valid.texts()))


Constraint: TypeAlias = MatchAttribute | DistinctAttribute
"""Anything that can stand in a claim's `constraints`."""
