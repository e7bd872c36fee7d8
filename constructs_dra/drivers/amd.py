"""AMD Instinct GPUs: the current driver, and release v0.1.0 whose attributes were others.

The facts are those of ROCm/k8s-gpu-dra-driver.
"""

from typing import ClassVar, Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Boolean, Bytes, Choice, Devices, Integer, Quantity, String, Version
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver, PublishedClass, Sharing, Source, Taint
from constructs_dra.claims.conditions import at_least, equals
from constructs_dra.claims.request import Request
from constructs_dra.drivers.nvidia_config import Iommu
from constructs_dra.records import valid

__all__ = [
    "AmdGpu",
    "Gpu",
    "GpuComputePartition",
    "GpuMemoryPartition",
    "GpuType",
    "GpuV01",
    "GpuV01Type",
    "Iommu",
    "VfioDeviceConfig",
    "gpu",
    "gpu_v0_1",
]

GpuType: TypeAlias = Literal["amdgpu", "amdgpu-partition", "vfio"]
GpuComputePartition: TypeAlias = Literal["spx", "dpx", "qpx", "cpx"]
GpuMemoryPartition: TypeAlias = Literal["nps1", "nps2", "nps4"]
GpuV01Type: TypeAlias = Literal["amdgpu", "amdgpu-partition"]


@frozen(kw_only=True, eq=False, repr=False)
class VfioDeviceConfig(OpaqueConfig):
    """How an AMD GPU is passed through to a virtual machine; on a compute virtual function it also makes it one (gate VFIOPassthrough).

    Attributes:
        iommu: How it reaches memory.
    """

    driver: ClassVar[str] = "gpu.amd.com"
    api_version: ClassVar[str] = "gpu.resource.amd.com/v1alpha1"
    kind: ClassVar[str] = "VfioDeviceConfig"

    iommu: Iommu = field(metadata=valid.part(Iommu))


_GPU = Driver(
    name="gpu.amd.com",
    id="amd-gpu",
    vendor="AMD",
    kind="gpu",
    kind_attribute="type",
    classes=(
        PublishedClass(
            name="gpu.amd.com",
            selectors=("device.driver == 'gpu.amd.com'",),
            extended_resource_name="amd.com/gpu",
            extended_resource_condition="values default; '' drops it; moved off this class when AutoPartition is on",
            created_by="helm chart",
            note=("rendered only when deviceClass.create is true; matches GPUs, partitions and VFIO devices, so always add a type selector"),
        ),
        PublishedClass(
            name="gpu.amd.com-spx",
            selectors=(
                (
                    "device.driver == 'gpu.amd.com' && (!has(device.attributes[\"gpu.amd.com\"].computePartition) || "
                    'device.attributes["gpu.amd.com"].computePartition == "spx")'
                ),
            ),
            extended_resource_name="amd.com/gpu",
            created_by="helm chart",
            note="only with featureGates.AutoPartition",
        ),
    ),
    configs=(
        ConfigKind(
            kind="GpuConfig",
            api_version="gpu.resource.amd.com/v1alpha1",
            applies_to="amdgpu, amdgpu-partition",
            strict=True,
            avoid="it has no fields, so there is nothing to say",
            note="no fields",
        ),
        ConfigKind(
            kind="VfioDeviceConfig",
            api_version="gpu.resource.amd.com/v1alpha1",
            applies_to="vfio; also converts a compute VF (gate VFIOPassthrough)",
            kinds=("vfio", "amdgpu"),
            strict=True,
            fields=(
                ConfigField(path="iommu.backendPolicy", type="string", values=("LegacyOnly", "PreferIommuFD"), default="LegacyOnly"),
                ConfigField(path="iommu.enableAPIDevice", type="bool", default=False),
            ),
        ),
    ),
    taints=(
        Taint(
            key="gpu.amd.com/memory-partition-conflict",
            effect="NoExecute",
            value="<active mode>",
            when="auto-partition device whose memory mode differs from the mode active on the node",
            via="ResourceSlice",
        ),
    ),
    partitionable=Sharing(
        gate="AutoPartition (k8s 1.36+), VFIOPassthrough",
        counter_set="gpu-<i>-mutex; pf-<pci>-counter-set",
        counters="partition-mode=1; vf-slots=<TotalVFs>, fn-<pci>=1",
        note=(
            "valid combinations spx/nps1, dpx/nps1, dpx/nps2, qpx/nps1, cpx/nps1, cpx/nps4 in code; docs list spx-nps1, dpx-nps2, cpx-nps1, cpx-nps4"
        ),
    ),
    consumable=Sharing(
        gate="AutoPartition + DRAConsumableCapacity", note="allowMultipleAllocations on auto-partition devices with more than one partition"
    ),
    version_seen="2026 main (charts v1.0.0 and v1.0.1 exist)",
    verified="index",
    sources=(
        Source(repository="ROCm/k8s-gpu-dra-driver", commit="06dbe5833fa49c27be9189f4665aba0eacdfeb25", paths=("docs/driver-attributes.md",)),
        Source(
            repository="ROCm/k8s-gpu-dra-driver", commit="eb9e33f4fc48521f09a5cd4e46a8236151c9a14b", paths=("cmd/gpu-kubeletplugin/partition.go",)
        ),
        Source(
            repository="ROCm/k8s-gpu-dra-driver",
            commit="b52b585bc35c43074c94dce44f8f9155d48a5e66",
            paths=("helm-charts-k8s/templates/deviceclass.yaml",),
        ),
        Source(repository="ROCm/k8s-gpu-dra-driver", commit="14599db22300630629b183df5bedd726fcd1a759", paths=("helm-charts-k8s/values.yaml",)),
        Source(
            repository="ROCm/k8s-gpu-dra-driver",
            paths=(
                "cmd/gpu-kubeletplugin/deviceinfo.go (index id 70978544407)",
                "api/amd.com/resource/gpu/v1alpha1/api.go (65798082232)",
                "pkg/featuregates/featuregates.go (68603845184)",
                "pkg/consts/consts.go (68297014922)",
            ),
            note="read by index id, which does not state repository or commit; content agrees with the documents above",
        ),
    ),
    device_name="gpu-<card>-<render>; auto-partition gpu-<gpuIndex>-<compute>-<memory>, e.g. gpu-0-cpx-nps4; VFIO gpu-vfio-<index>",
    admin_access="not specific",
    requirements={
        "kubernetes": "1.32+; AutoPartition 1.36+",
        "runtime": "CDI",
        "other": "never run the Device Config Manager on auto-partition nodes; drain before switching the gate; memory mode is node-wide",
    },
    kubernetes_gates=("DRAPartitionableDevices, DRAConsumableCapacity, DRADeviceTaints for AutoPartition",),
    driver_gates={
        "DeviceMetadata": "alpha off",
        "VFIOPassthrough": "alpha off",
        "AutoPartition": "alpha off (docs headline says Beta)",
        "DRAListTypeAttributes": "alpha off",
    },
    idioms=(
        'device.attributes["gpu.amd.com"].type == "amdgpu"',
        ('has(device.attributes["gpu.amd.com"].computePartition) && device.attributes["gpu.amd.com"].computePartition == "cpx"'),
        'cel.bind(c, device.capacity["gpu.amd.com"], has(c.memory) && c.memory.compareTo(quantity("16Gi")) >= 0)',
        ("constraint matchAttribute resource.kubernetes.io/pciBusID (partitions of one GPU); distinctAttribute for different GPUs"),
        "constraint matchAttribute gpu.amd.com/numaNode",
    ),
    traps=(
        "A device.capacity memory filter on auto-partition devices sees the whole GPU while the claim receives one share.",
        "Changing memory partition mode reloads the kernel driver and can keep the pod in ContainerCreating for minutes.",
        "Doc snippets leave out exactly although they show v1 claims.",
    ),
)


class Gpu(Devices, driver=_GPU):
    """GPUs, partitions of GPUs and passthrough devices, told apart by `type`; the usual class matches all three."""

    type = Choice[GpuType]("type", values=get_args(GpuType), note="auto-partition: spx is amdgpu, other modes are amdgpu-partition")
    product_name = String("productName", examples=("Instinct_MI300X",), note="underscores for blanks; optional on vfio")
    device_id = String(
        "deviceID",
        examples=("0x740f",),
        published="when known",
        absent="rarely",
        note="same for every card of a model; on partitions it is the parent's",
    )
    driver_version = Version(
        "driverVersion", published="when known", absent="rarely", applies_to="amdgpu, amdgpu-partition", kinds=("amdgpu", "amdgpu-partition")
    )
    driver_version_full = String(
        "driverVersionFull", published="when known", absent="rarely", applies_to="amdgpu, amdgpu-partition", kinds=("amdgpu", "amdgpu-partition")
    )
    partition_profile = String(
        "partitionProfile",
        examples=("spx_nps1", "cpx_nps4", "on vfio: spx|dpx|tpx|qpx|cpx"),
        published="omitted when partitioning is unsupported; on vfio only for GIM VFs; absent on auto-partition devices",
    )
    numa_node = Integer("numaNode", note="driver domain, may be -1; adoption of the standard key is open (issue 92)")
    compute_partition = Choice[GpuComputePartition]("computePartition", values=get_args(GpuComputePartition), applies_to="auto-partition")
    memory_partition = Choice[GpuMemoryPartition]("memoryPartition", values=get_args(GpuMemoryPartition), applies_to="auto-partition")
    gpu_index = Integer("gpuIndex", applies_to="auto-partition")
    pci_addr = String("pciAddr", applies_to="auto-partition, vfio")
    iommu_group = String("iommuGroup", applies_to="vfio", kinds=("vfio",))
    is_vf = Boolean("isVF", applies_to="vfio", kinds=("vfio",))
    vendor_id = String("vendorID", examples=("0x1002",), applies_to="vfio", kinds=("vfio",))
    pci_bus_id = String(
        "pciBusID",
        domain=STANDARD_DOMAIN,
        published="when derivable",
        absent="rarely",
        note="on partitions it is the parent's, so it is the same-parent key",
    )
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, published="when derivable", absent="rarely")
    card_index = Integer("cardIndex", published="never (v0.1.0 only)", absent="always", deprecated="removed")
    render_index = Integer("renderIndex", published="never (v0.1.0 only)", absent="always", deprecated="removed")
    family = String("family", published="never (v0.1.0 only)", absent="always", deprecated="removed")
    driver_src_version = String("driverSrcVersion", published="never (v0.1.0 only)", absent="always", deprecated="removed")
    parent_pci_addr = String("parentPciAddr", published="never (v0.1.0 only)", absent="always", deprecated="removed")
    parent_device_id = String("parentDeviceID", published="never (v0.1.0 only)", absent="always", deprecated="removed")
    memory = Bytes(
        "memory",
        "bytes",
        request_policy="auto-partition with count > 1: default and only valid value is one partition's share",
        note=(
            "0 means unreadable; on vfio the whole capacity map may be absent. Auto-partition: the value is the whole GPU "
            "(code); the docs call it per-partition."
        ),
    )
    compute_units = Quantity("computeUnits", "count", request_policy="as memory")
    simd_units = Quantity("simdUnits", "count", request_policy="as memory")
    partitions = Quantity(
        "partitions", "1 spx, 2 dpx, 4 qpx, 8 cpx", applies_to="auto-partition", request_policy="default 1, valid values [1] (none for spx)"
    )


gpu = Gpu()
"""GPUs, partitions of GPUs and passthrough devices, told apart by `type`; the usual class matches all three."""

_GPU_V0_1 = Driver(
    name="gpu.amd.com",
    id="amd-gpu-v0.1",
    vendor="AMD",
    kind="gpu",
    kind_attribute="type",
    classes=(
        PublishedClass(
            name="gpu.amd.com",
            selectors=("device.driver == 'gpu.amd.com'",),
            created_by="helm chart",
            note="chart renders v1beta1 and matches full GPUs and partitions alike",
        ),
    ),
    configs=(
        ConfigKind(
            kind="GpuConfig",
            api_version="gpu.resource.amd.com/v1alpha1",
            applies_to="all",
            strict=True,
            avoid="it has no fields, so there is nothing to say",
            note="has no fields; useless to emit",
        ),
    ),
    version_seen="v0.1.0 (2025-10)",
    verified="source",
    status="experimental release; schema replaced later, see amd-gpu",
    sources=(
        Source(
            repository="ROCm/k8s-gpu-dra-driver",
            commit="2622427226d5ac361c3588284f4815e0dae11eaa",
            paths=(
                "cmd/gpu-kubeletplugin/deviceinfo.go",
                "api/amd.com/resource/gpu/v1alpha1/api.go",
                "helm-charts-k8s/templates/deviceclass.yaml",
                "example/",
            ),
        ),
    ),
    device_name="gpu-<cardIndex>-<renderIndex>",
    admin_access="not specific",
    requirements={"kubernetes": "1.32+", "runtime": "CDI"},
    idioms=('device.attributes["gpu.amd.com"].type == "amdgpu"',),
    traps=(
        (
            "Docs and examples constrain partitions on gpu.amd.com/deviceID or pciAddr, but partitions publish "
            "parentDeviceID / parentPciAddr, so the constraint fails."
        ),
    ),
)


class GpuV01(Devices, driver=_GPU_V0_1):
    """GPUs as release v0.1.0 of the driver publishes them."""

    type = Choice[GpuV01Type]("type", values=get_args(GpuV01Type))
    pci_addr = String("pciAddr", applies_to="amdgpu", kinds=("amdgpu",))
    device_id = String("deviceID", applies_to="amdgpu", kinds=("amdgpu",))
    parent_pci_addr = String("parentPciAddr", applies_to="amdgpu-partition", kinds=("amdgpu-partition",))
    parent_device_id = String("parentDeviceID", applies_to="amdgpu-partition", kinds=("amdgpu-partition",))
    card_index = Integer("cardIndex")
    render_index = Integer("renderIndex")
    family = String("family")
    product_name = String("productName", note="blanks replaced by _")
    driver_version = Version("driverVersion")
    driver_src_version = String("driverSrcVersion")
    partition_profile = String("partitionProfile", examples=("spx_nps1",))
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, published="when known", absent="rarely")
    memory = Bytes("memory", "bytes")
    compute_units = Quantity("computeUnits", "count")
    simd_units = Quantity("simdUnits", "count")


gpu_v0_1 = GpuV01()
"""GPUs as release v0.1.0 of the driver publishes them."""


@frozen(eq=False, repr=False)
class AmdGpu(Request):
    """AMD GPUs, or partitions of them. Several partitions of one GPU agree in `resource.kubernetes.io/pciBusID`.

    Attributes:
        name: Name of the request. Default `amd`.
        type: `amdgpu` for whole GPUs, `amdgpu-partition` or `vfio`; the usual class matches all of them. Default `amdgpu`.
        product_name: Product with underscores for blanks, e.g. `Instinct_MI300X`.
        memory: Least memory per GPU, e.g. `64Gi`. On auto-partitioned GPUs the driver publishes the memory of the whole.
        compute_partition: Mode of an auto-partitioned GPU, e.g. `cpx`.
    """

    name: str = "amd"
    device: Devices = field(default=gpu, init=False, repr=False)
    type: GpuType = field(default="amdgpu", kw_only=True, metadata=equals(gpu.type))
    product_name: str | None = field(default=None, kw_only=True, metadata=equals(gpu.product_name))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(gpu.memory))
    compute_partition: GpuComputePartition | None = field(default=None, kw_only=True, metadata=equals(gpu.compute_partition))

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.type,)
