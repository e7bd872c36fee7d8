"""Configuration that NVIDIA's driver reads. Unknown fields are refused, and a kind that does not fit the device stops the pod from starting."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from attrs import field, frozen

from constructs_dra.drivers.config import OpaqueConfig, key
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.lexical.quantity import is_quantity, parse_quantity

__all__ = ["GpuConfig", "Iommu", "MigDeviceConfig", "Mps", "TimeSlicing", "VfioDeviceConfig"]

_INTERVALS = ("Default", "Short", "Medium", "Long")
_POLICIES = ("LegacyOnly", "PreferIommuFD")
_LEAST_MEMORY = 2**20


@frozen(kw_only=True)
class TimeSlicing:
    """Several containers take turns on a GPU (driver gate TimeSlicingSettings, alpha and off).

    Attributes:
        interval: How long a turn is: `Default`, `Short`, `Medium` or `Long`. It is always written: the driver fails on an empty block.
    """

    interval: Literal["Default", "Short", "Medium", "Long"] = "Default"

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if self.interval not in _INTERVALS:
            yield Problem("interval", f"{self.interval!r} is no interval", did_you_mean(self.interval, _INTERVALS))

    def manifest(self) -> dict[str, Any]:
        """The settings as the driver reads them."""
        return {"strategy": "TimeSlicing", "timeSlicingConfig": {"interval": self.interval}}


@frozen(kw_only=True)
class Mps:
    """Several processes compute on a GPU at once (driver gate MPSSupport, alpha and off).

    Attributes:
        default_active_thread_percentage: Share of the threads a client may use, 0 to 100. Default the driver's.
        default_pinned_device_memory_limit: Memory a client may pin, at least 1Mi. Default no limit.
        default_per_device_pinned_memory_limit: The same per device, by index or UUID.
        multi_user: Whether clients of several users may share. Default the driver's.
    """

    default_active_thread_percentage: int | None = None
    default_pinned_device_memory_limit: str | None = None
    default_per_device_pinned_memory_limit: Mapping[str, str] = field(factory=dict)
    multi_user: bool | None = None

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        share = self.default_active_thread_percentage
        if share is not None and (not isinstance(share, int) or isinstance(share, bool) or not 0 <= share <= 100):
            yield Problem("default_active_thread_percentage", f"must be a whole number from 0 to 100, got {share!r}")
        limits = {"default_pinned_device_memory_limit": self.default_pinned_device_memory_limit}
        per_device = {
            f"default_per_device_pinned_memory_limit[{name!r}]": value for name, value in self.default_per_device_pinned_memory_limit.items()
        }
        for path, limit in {**limits, **per_device}.items():
            if limit is not None and (not is_quantity(limit) or parse_quantity(limit) < _LEAST_MEMORY):
                yield Problem(path, f"must be an amount of at least 1Mi, got {limit!r}")

    def manifest(self) -> dict[str, Any]:
        """The settings as the driver reads them."""
        settings = {
            "defaultActiveThreadPercentage": self.default_active_thread_percentage,
            "defaultPinnedDeviceMemoryLimit": self.default_pinned_device_memory_limit,
            "defaultPerDevicePinnedMemoryLimit": dict(self.default_per_device_pinned_memory_limit) or None,
            "multiUser": self.multi_user,
        }
        return {"strategy": "MPS", "mpsConfig": {name: value for name, value in settings.items() if value is not None}}


@frozen(kw_only=True)
class GpuConfig(OpaqueConfig):
    """How a whole GPU is shared by the containers that hold it.

    Attributes:
        sharing: `TimeSlicing` or `Mps`: one of them, never both.
    """

    driver: ClassVar[str] = "gpu.nvidia.com"
    api_version: ClassVar[str] = "resource.nvidia.com/v1beta1"
    kind: ClassVar[str] = "GpuConfig"
    kinds: ClassVar[tuple[str, ...]] = ("gpu",)

    sharing: TimeSlicing | Mps = field(metadata={"of": (TimeSlicing, Mps)})

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if isinstance(self.sharing, TimeSlicing | Mps):
            yield from (problem.under("sharing") for problem in self.sharing.problems())

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.api_version, "kind": self.kind, "sharing": self.sharing.manifest()}


@frozen(kw_only=True)
class MigDeviceConfig(OpaqueConfig):
    """How a MIG slice is shared by the containers that hold it. Time slicing has no effect on MIG.

    Attributes:
        sharing: `Mps`.
    """

    driver: ClassVar[str] = "gpu.nvidia.com"
    api_version: ClassVar[str] = "resource.nvidia.com/v1beta1"
    kind: ClassVar[str] = "MigDeviceConfig"
    kinds: ClassVar[tuple[str, ...]] = ("mig",)

    sharing: Mps = field(metadata={"of": (Mps,)})

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if isinstance(self.sharing, Mps):
            yield from (problem.under("sharing") for problem in self.sharing.problems())

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.api_version, "kind": self.kind, "sharing": self.sharing.manifest()}


@frozen(kw_only=True)
class Iommu:
    """How a passed-through device reaches memory.

    Attributes:
        backend_policy: `LegacyOnly` or `PreferIommuFD`. Default `LegacyOnly`.
        enable_api_device: Whether to give the IOMMU API device too. Default no.
    """

    backend_policy: Literal["LegacyOnly", "PreferIommuFD"] | None = None
    enable_api_device: bool | None = field(default=None, metadata=key("enableAPIDevice"))

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if self.backend_policy is not None and self.backend_policy not in _POLICIES:
            yield Problem("backend_policy", f"{self.backend_policy!r} is no policy", did_you_mean(self.backend_policy, _POLICIES))


@frozen(kw_only=True)
class VfioDeviceConfig(OpaqueConfig):
    """How a device is passed through to a virtual machine (driver gate PassthroughSupport). The optional admission webhook rejects this kind.

    Attributes:
        iommu: How it reaches memory.
    """

    driver: ClassVar[str] = "gpu.nvidia.com"
    api_version: ClassVar[str] = "resource.nvidia.com/v1beta1"
    kind: ClassVar[str] = "VfioDeviceConfig"
    kinds: ClassVar[tuple[str, ...]] = ("vfio",)

    iommu: Iommu = field(metadata={"of": (Iommu,)})

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if isinstance(self.iommu, Iommu):
            yield from (problem.under("iommu") for problem in self.iommu.problems())
