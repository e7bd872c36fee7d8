"""Configuration that NVIDIA's driver reads. Unknown fields are refused, and a kind that does not fit the device stops the pod from starting."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig, Part, key
from constructs_dra.errors import Problems, shown
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.records import valid

__all__ = ["GpuConfig", "Iommu", "MigDeviceConfig", "Mps", "TimeSlicing", "VfioDeviceConfig"]

_INTERVALS = ("Default", "Short", "Medium", "Long")
_LEAST_MEMORY = 2**20


def _memory(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, str) or not is_quantity(value) or parse_quantity(value) < _LEAST_MEMORY:
        problems.add(path, f"must be an amount of at least 1Mi, not {shown(value)}")


@frozen(kw_only=True, eq=False, repr=False)
class TimeSlicing(Part):
    """Several containers take turns on a GPU (driver gate TimeSlicingSettings, alpha and off).

    Attributes:
        interval: How long a turn is: `Default`, `Short`, `Medium` or `Long`. It is always written: the driver fails on an empty block.
    """

    interval: Literal["Default", "Short", "Medium", "Long"] = field(default="Default", metadata=valid.choice(*_INTERVALS))

    def manifest(self) -> dict[str, Any]:
        """The settings as the driver reads them."""
        return {"strategy": "TimeSlicing", "timeSlicingConfig": {"interval": self.interval}}


@frozen(kw_only=True, eq=False, repr=False)
class Mps(Part):
    """Several processes compute on a GPU at once (driver gate MPSSupport, alpha and off).

    Attributes:
        default_active_thread_percentage: Share of the threads a client may use, 0 to 100. Default the driver's.
        default_pinned_device_memory_limit: Memory a client may pin, at least 1Mi. Default no limit.
        default_per_device_pinned_memory_limit: The same per device, by index or UUID.
        multi_user: Whether clients of several users may share. Default the driver's.
    """

    default_active_thread_percentage: int | None = field(default=None, metadata=valid.integer(0, 100))
    default_pinned_device_memory_limit: str | None = field(default=None, metadata=valid.custom(_memory))
    default_per_device_pinned_memory_limit: Mapping[str, str] = field(
        factory=dict, metadata=valid.mapping(valid.custom(_memory), "amounts of memory")
    )
    multi_user: bool | None = field(default=None, metadata=valid.boolean())

    def manifest(self) -> dict[str, Any]:
        """The settings as the driver reads them."""
        settings = super().manifest()
        return {"strategy": "MPS", "mpsConfig": {name: value for name, value in settings.items() if value != {}}}


@frozen(kw_only=True, eq=False, repr=False)
class GpuConfig(OpaqueConfig):
    """How a whole GPU is shared by the containers that hold it.

    Attributes:
        sharing: `TimeSlicing` or `Mps`: one of them, never both.
    """

    driver: ClassVar[str] = "gpu.nvidia.com"
    api_version: ClassVar[str] = "resource.nvidia.com/v1beta1"
    kind: ClassVar[str] = "GpuConfig"

    sharing: TimeSlicing | Mps = field(metadata=valid.part(TimeSlicing, Mps))


@frozen(kw_only=True, eq=False, repr=False)
class MigDeviceConfig(OpaqueConfig):
    """How a MIG slice is shared by the containers that hold it. Time slicing has no effect on MIG.

    Attributes:
        sharing: `Mps`.
    """

    driver: ClassVar[str] = "gpu.nvidia.com"
    api_version: ClassVar[str] = "resource.nvidia.com/v1beta1"
    kind: ClassVar[str] = "MigDeviceConfig"

    sharing: Mps = field(metadata=valid.part(Mps))


@frozen(kw_only=True, eq=False, repr=False)
class Iommu(Part):
    """How a passed-through device reaches memory.

    Attributes:
        backend_policy: `LegacyOnly` or `PreferIommuFD`. Default `LegacyOnly`.
        enable_api_device: Whether to give the IOMMU API device too. Default no.
    """

    backend_policy: Literal["LegacyOnly", "PreferIommuFD"] | None = field(default=None, metadata=valid.choice("LegacyOnly", "PreferIommuFD"))
    enable_api_device: bool | None = field(default=None, metadata=key("enableAPIDevice", valid.boolean()))


@frozen(kw_only=True, eq=False, repr=False)
class VfioDeviceConfig(OpaqueConfig):
    """How a device is passed through to a virtual machine (driver gate PassthroughSupport). The optional admission webhook rejects this kind.

    Attributes:
        iommu: How it reaches memory.
    """

    driver: ClassVar[str] = "gpu.nvidia.com"
    api_version: ClassVar[str] = "resource.nvidia.com/v1beta1"
    kind: ClassVar[str] = "VfioDeviceConfig"

    iommu: Iommu = field(metadata=valid.part(Iommu))
