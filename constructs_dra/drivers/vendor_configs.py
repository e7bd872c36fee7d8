"""Small configurations, one or two per driver; each driver's module offers its own."""

from typing import Any, ClassVar, Literal

from attrs import field, frozen

from constructs_dra.drivers.config import OpaqueConfig, Part, key
from constructs_dra.drivers.nvidia_config import Iommu
from constructs_dra.errors import Problems, shown
from constructs_dra.records import valid

__all__ = [
    "AmdVfioDeviceConfig", "CpuConfig", "CryptoConfig", "ExampleGpuConfig", "ExampleNetConfig", "NeuronConfig", "NpuConfig", "OvsPortConfig",
    "Policing", "UltraServerConfig", "VfConfig",
]  # fmt: skip

_UINT32 = 2**32
_Interval = Literal["Default", "Short", "Medium", "Long"]


def _numbers(*known: int) -> valid.Metadata:
    """One of a few numbers."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value not in known:
            valid.wrong(problems, path, value, " or ".join(map(str, known)))

    return valid.custom(check)


def _cpuset(value: Any, path: str, problems: Problems) -> None:
    for part in value.split(",") if isinstance(value, str) else [""]:
        first, dash, last = part.partition("-")
        if not (first.isascii() and first.isdigit()) or (dash and not (last.isascii() and last.isdigit() and int(first) <= int(last))):
            problems.add(path, f"{shown(value)} is not a list of CPUs", "write numbers and ranges, e.g. '0-3,8'")
            return


@frozen(kw_only=True, eq=False, repr=False)
class AmdVfioDeviceConfig(OpaqueConfig):
    """How an AMD GPU is passed through to a virtual machine; on a compute virtual function it also makes it one (gate VFIOPassthrough).

    Attributes:
        iommu: How it reaches memory.
    """

    driver: ClassVar[str] = "gpu.amd.com"
    api_version: ClassVar[str] = "gpu.resource.amd.com/v1alpha1"
    kind: ClassVar[str] = "VfioDeviceConfig"

    iommu: Iommu = field(metadata=valid.part(Iommu))


@frozen(kw_only=True, eq=False, repr=False)
class NeuronConfig(OpaqueConfig):
    """How the cores of a Neuron device are joined.

    Attributes:
        logical_neuron_core: Physical cores per logical core: 1 or 2.
        version: API version the installed driver reads; older documentation has `neuron.aws.com/v1alphav1`. Default `neuron.aws.com/v1`.
    """

    driver: ClassVar[str] = "neuron.aws.com"
    kind: ClassVar[str] = "NeuronConfig"

    logical_neuron_core: Literal[1, 2] = field(metadata=_numbers(1, 2))
    version: str = field(default="neuron.aws.com/v1", metadata=valid.text())

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.version, "kind": self.kind, "logicalNeuronCore": self.logical_neuron_core}


@frozen(kw_only=True, eq=False, repr=False)
class UltraServerConfig(OpaqueConfig):
    """How many nodes of an UltraServer work together.

    Attributes:
        ultraserver_mode: Nodes: 1, 2 or 4.
        version: API version the installed driver reads. Default `neuron.aws.com/v1`.
    """

    driver: ClassVar[str] = "neuron.aws.com"
    kind: ClassVar[str] = "UltraServerConfig"

    ultraserver_mode: Literal[1, 2, 4] = field(metadata=_numbers(1, 2, 4))
    version: str = field(default="neuron.aws.com/v1", metadata=valid.text())

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.version, "kind": self.kind, "ultraserverMode": self.ultraserver_mode}


@frozen(kw_only=True, eq=False, repr=False)
class NpuConfig(OpaqueConfig):
    """How an Ascend NPU is shared (HAMi).

    Attributes:
        interval: Length of a turn when containers take turns; not with `partition_count`.
        partition_count: Parts to cut the card into; not with `interval`.
        template_name: Name of a vNPU template the card supports, e.g. `vir02`.
    """

    driver: ClassVar[str] = "ascend.project-hami.io"
    api_version: ClassVar[str] = "ascend.project-hami.io/v1alpha1"
    kind: ClassVar[str] = "NpuConfig"

    interval: _Interval | None = field(default=None, metadata=valid.choice("Default", "Short", "Medium", "Long"))
    partition_count: int | None = field(default=None, metadata=valid.integer())
    template_name: str | None = field(default=None, metadata=valid.text(empty=True))

    def cross_check(self, problems: Problems) -> None:
        """A device is shared in one way."""
        if self.interval is not None and self.partition_count is not None:
            problems.add("partition_count", "is not possible together with interval: a card is shared in time or in space", "leave out one")

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        found: dict[str, Any] = {"apiVersion": self.api_version, "kind": self.kind, **_shared(self.interval, self.partition_count)}
        if self.template_name is not None:
            found["vnpuSpec"] = {"templateName": self.template_name}
        return found


def _shared(interval: str | None, partition_count: int | None) -> dict[str, Any]:
    if interval is not None:
        return {"sharing": {"strategy": "TimeSlicing", "timeSlicingConfig": {"interval": interval}}}
    if partition_count is not None:
        return {"sharing": {"strategy": "SpacePartitioning", "spacePartitioningConfig": {"partitionCount": partition_count}}}
    return {}


@frozen(kw_only=True, eq=False, repr=False)
class CryptoConfig(OpaqueConfig):
    """What a virtual machine may do with a crypto queue; ignored for containers.

    Attributes:
        control_domain_mode: `usage-and-control` or `usage-only`. Other modes are known to the driver but refused.
    """

    driver: ClassVar[str] = "cex-driver.ibm.com"
    api_version: ClassVar[str] = "cex.ibm.com/v1alpha1"
    kind: ClassVar[str] = "CryptoConfig"

    control_domain_mode: Literal["usage-and-control", "usage-only"] = field(metadata=valid.choice("usage-and-control", "usage-only"))


@frozen(kw_only=True, eq=False, repr=False)
class VfConfig(OpaqueConfig):
    """How a virtual function comes into the pod. The driver merges it over the class's, except for two fields that only count in one of them:
    `add_vhost_mount` and `net_attach_def_namespace`.

    Attributes:
        vf_driver: Kernel driver to bind: `vfio-pci`, or empty for the present one.
        add_vhost_mount: Whether to mount the vhost device.
        if_name: Name of the interface in the pod.
        net_attach_def_name: NetworkAttachmentDefinition to use; the driver's STANDALONE mode needs it.
        net_attach_def_namespace: Its namespace.
    """

    driver: ClassVar[str] = "sriovnetwork.k8snetworkplumbingwg.io"
    api_version: ClassVar[str] = "sriovnetwork.k8snetworkplumbingwg.io/v1alpha1"
    kind: ClassVar[str] = "VfConfig"

    vf_driver: Literal["", "vfio-pci"] | None = field(default=None, metadata=key("driver", valid.choice("", "vfio-pci")))
    add_vhost_mount: bool | None = field(default=None, metadata=valid.boolean())
    if_name: str | None = field(default=None, metadata=valid.text(empty=True))
    net_attach_def_name: str | None = field(default=None, metadata=valid.text(empty=True))
    net_attach_def_namespace: str | None = field(default=None, metadata=valid.text(empty=True))


@frozen(kw_only=True, eq=False, repr=False)
class Policing(Part):
    """How much traffic a port may send in.

    Attributes:
        max_rate: Kilobits per second; 0 for no limit.
        burst: Kilobits above that at once.
    """

    max_rate: int = field(metadata=key("max_rate", valid.integer(0, _UINT32 - 1)))
    burst: int | None = field(default=None, metadata=valid.integer(0, _UINT32 - 1))


@frozen(kw_only=True, eq=False, repr=False)
class OvsPortConfig(OpaqueConfig):
    """A port of an OVS-DPDK bridge.

    Attributes:
        vlan: VLAN tag, 0 to 4095.
        policing: How much traffic it may send in.
    """

    driver: ClassVar[str] = "ovsdpdk.k8snetworkplumbingwg.io"
    api_version: ClassVar[str] = "ovsdpdk.k8snetworkplumbingwg.io/v1alpha1"
    kind: ClassVar[str] = "OvsPortConfig"

    vlan: int | None = field(default=None, metadata=valid.integer(0, 4095))
    policing: Policing | None = field(default=None, metadata=valid.part(Policing))


@frozen(kw_only=True, eq=False, repr=False)
class CpuConfig(OpaqueConfig):
    """The CPUs to take, for schedulers of your own and drivers that group by machine.

    Attributes:
        cpuset: Which CPUs, e.g. `0-3,8`.
    """

    driver: ClassVar[str] = "dra.cpu"
    api_version: ClassVar[str] = "v1alpha1"

    cpuset: str = field(metadata=valid.custom(_cpuset))

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.api_version, "cpuConfig": {"cpuset": self.cpuset}}


@frozen(kw_only=True, eq=False, repr=False)
class ExampleGpuConfig(OpaqueConfig):
    """How an imaginary GPU is shared.

    Attributes:
        interval: Length of a turn when containers take turns; not with `partition_count`.
        partition_count: Parts to cut it into; not with `interval`.
    """

    driver: ClassVar[str] = "gpu.example.com"
    api_version: ClassVar[str] = "gpu.resource.example.com/v1alpha1"
    kind: ClassVar[str] = "GpuConfig"

    interval: _Interval | None = field(default=None, metadata=valid.choice("Default", "Short", "Medium", "Long"))
    partition_count: int | None = field(default=None, metadata=valid.integer())

    def cross_check(self, problems: Problems) -> None:
        """A device is shared in one way."""
        if (self.interval is None) == (self.partition_count is None):
            problems.add("partition_count", "or interval: give one of them", "a device is shared in time or in space")

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.api_version, "kind": self.kind, **_shared(self.interval, self.partition_count)}


@frozen(kw_only=True, eq=False, repr=False)
class ExampleNetConfig(OpaqueConfig):
    """How much more bandwidth an imaginary NIC may use at once.

    Attributes:
        ingress_burst: Bits in; 0 for none.
        egress_burst: Bits out; 0 for none.
    """

    driver: ClassVar[str] = "net.example.com"
    api_version: ClassVar[str] = "net.resource.example.com/v1alpha1"
    kind: ClassVar[str] = "NetConfig"

    ingress_burst: int | None = field(default=None, metadata=valid.integer(0, 8 * (_UINT32 - 2)))
    egress_burst: int | None = field(default=None, metadata=valid.integer(0, 8 * (_UINT32 - 2)))

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        burst = {"ingressBurst": self.ingress_burst, "egressBurst": self.egress_burst}
        return {"apiVersion": self.api_version, "kind": self.kind, "bwBurst": {name: bits for name, bits in burst.items() if bits is not None}}
