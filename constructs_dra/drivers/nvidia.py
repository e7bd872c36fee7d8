"""NVIDIA: GPUs, MIG slices and passthrough devices; channels of compute domains (multi-node NVLink).

The facts are those of kubernetes-sigs/dra-driver-nvidia-gpu.
"""

from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Boolean, Bytes, Choice, Devices, Integer, Numbered, Quantity, String, Version
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver, PublishedClass, Sharing, Source, Taint
from constructs_dra.claims.conditions import at_least, equals
from constructs_dra.claims.existing import ExistingClaimTemplate
from constructs_dra.claims.request import Request
from constructs_dra.drivers.nvidia_config import GpuConfig, Iommu, MigDeviceConfig, Mps, TimeSlicing, VfioDeviceConfig
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = [
    "ComputeDomain",
    "ComputeDomainDevices",
    "ComputeDomainType",
    "Gpu",
    "GpuAddressingMode",
    "GpuArchitecture",
    "GpuBrand",
    "GpuConfig",
    "GpuType",
    "Iommu",
    "Mig",
    "MigDeviceConfig",
    "Mps",
    "NvidiaGpu",
    "TimeSlicing",
    "VfioDeviceConfig",
    "compute_domain",
    "gpu",
]

GpuType: TypeAlias = Literal["gpu", "mig", "vfio"]
GpuBrand: TypeAlias = Literal[
    "Unknown",
    "Quadro",
    "Tesla",
    "NVS",
    "Grid",
    "GeForce",
    "Titan",
    "NvidiaVApps",
    "NvidiaVPC",
    "NvidiaVCS",
    "NvidiaVWS",
    "NvidiaCloudGaming",
    "QuadroRTX",
    "NvidiaRTX",
    "Nvidia",
    "GeForceRTX",
    "TitanRTX",
]
GpuArchitecture: TypeAlias = Literal[
    "Kepler", "Maxwell", "Pascal", "Volta", "Turing", "Ampere", "Ada Lovelace", "Hopper", "Blackwell", "Rubin", "Unknown"
]
GpuAddressingMode: TypeAlias = Literal["ATS", "HMM", "None", ""]
ComputeDomainType: TypeAlias = Literal["channel", "daemon"]

_GPU = Driver(
    name="gpu.nvidia.com",
    id="nvidia-gpu",
    vendor="NVIDIA",
    kind="gpu",
    kind_attribute="type",
    classes=(
        PublishedClass(
            name="gpu.nvidia.com",
            selectors=("device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == 'gpu'",),
            kinds=("gpu",),
            extended_resource_name="nvidia.com/gpu",
            extended_resource_condition="when the chart renders resource.k8s.io/v1",
            created_by="helm chart",
        ),
        PublishedClass(
            name="mig.nvidia.com",
            selectors=("device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == 'mig'",),
            kinds=("mig",),
            created_by="helm chart",
        ),
        PublishedClass(
            name="vfio.gpu.nvidia.com",
            selectors=("device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == 'vfio'",),
            kinds=("vfio",),
            created_by="helm chart",
        ),
    ),
    configs=(
        ConfigKind(
            kind="GpuConfig",
            api_version="resource.nvidia.com/v1beta1",
            applies_to="type gpu",
            kinds=("gpu",),
            strict=True,
            fields=(
                ConfigField(
                    path="sharing.strategy",
                    type="string",
                    values=("TimeSlicing", "MPS"),
                    rule="strategy needs the matching driver gate (TimeSlicingSettings or MPSSupport, both alpha and off)",
                ),
                ConfigField(
                    path="sharing.timeSlicingConfig.interval",
                    type="string",
                    values=("Default", "Short", "Medium", "Long"),
                    default="Default (only when the whole block is left out)",
                    rule="only with TimeSlicing; always set it: an empty timeSlicingConfig leaves a nil pointer",
                ),
                ConfigField(path="sharing.mpsConfig.defaultActiveThreadPercentage", type="int", rule="0-100; only with MPS"),
                ConfigField(path="sharing.mpsConfig.defaultPinnedDeviceMemoryLimit", type="quantity", rule="at least 1Mi"),
                ConfigField(
                    path="sharing.mpsConfig.defaultPerDevicePinnedMemoryLimit", type="map of index or UUID to quantity", rule="each at least 1Mi"
                ),
                ConfigField(path="sharing.mpsConfig.multiUser", type="bool"),
            ),
        ),
        ConfigKind(
            kind="MigDeviceConfig",
            api_version="resource.nvidia.com/v1beta1",
            applies_to="type mig",
            kinds=("mig",),
            strict=True,
            fields=(
                ConfigField(
                    path="sharing.strategy",
                    type="string",
                    values=("TimeSlicing", "MPS"),
                    rule="TimeSlicing has no effect on MIG; there is no timeSlicingConfig field",
                ),
                ConfigField(path="sharing.mpsConfig.*", type="see GpuConfig"),
            ),
        ),
        ConfigKind(
            kind="VfioDeviceConfig",
            api_version="resource.nvidia.com/v1beta1",
            applies_to="type vfio (gate PassthroughSupport)",
            kinds=("vfio",),
            strict=True,
            fields=(
                ConfigField(path="iommu.backendPolicy", type="string", values=("LegacyOnly", "PreferIommuFD"), default="LegacyOnly"),
                ConfigField(path="iommu.enableAPIDevice", type="bool", default=False),
            ),
            note="The optional admission webhook has no case for this kind and rejects it.",
        ),
    ),
    taints=(
        Taint(
            key="gpu.nvidia.com/xid",
            effect="NoSchedule",
            value="<xid code>",
            when="XID error",
            via="ResourceSlice",
            note="None for non-fatal XIDs; gate NVMLDeviceHealthCheck",
        ),
        Taint(key="gpu.nvidia.com/gpu-lost", effect="NoSchedule", when="GPU fell off the bus", via="ResourceSlice"),
        Taint(key="gpu.nvidia.com/unmonitored", effect="None", when="health events unavailable", via="ResourceSlice"),
    ),
    partitionable=Sharing(
        gate="driver DynamicMIG + DRAPartitionableDevices",
        counter_set="gpu-<n>-counter-set",
        counters="memory, engines, multiprocessors and memory-slice-<N>",
        note="counter sets sit in a separate slice on Kubernetes 1.35+",
    ),
    consumable=Sharing(
        gate="driver ConsumableShares + helm consumableShares=unlimited|memory|<N>",
        note=(
            "allowMultipleAllocations=true on every GPU; MPS cannot be combined; shares and memory are scheduling-only, "
            "nothing is enforced on the device"
        ),
    ),
    version_seen="v0.5.0-dev (2026-08-07)",
    verified="source",
    sources=(
        Source(
            repository="kubernetes-sigs/dra-driver-nvidia-gpu",
            commit="95932046683719c43b6a0dd9613c2e5aad5d6703",
            paths=(
                "cmd/gpu-kubelet-plugin/deviceinfo.go",
                "cmd/gpu-kubelet-plugin/mig.go",
                "cmd/gpu-kubelet-plugin/partitions.go",
                "cmd/gpu-kubelet-plugin/consumable_shares.go",
                "cmd/gpu-kubelet-plugin/device_health.go",
                "cmd/gpu-kubelet-plugin/device_state.go",
                "api/nvidia.com/resource/v1beta1/",
                "pkg/featuregates/featuregates.go",
                "deployments/helm/dra-driver-nvidia-gpu/",
            ),
        ),
        Source(
            repository="NVIDIA/k8s-dra-driver-gpu",
            commit="22407113785e78c7763b4637689a201eb39c6199",
            paths=("same layout",),
            note="predecessor repository, 2026-05-15; differences are noted",
        ),
    ),
    device_name="gpu-<minor>; static MIG gpu-0-mig-1g5gb-19-0; VFIO gpu-vfio-<index>",
    config_note=(
        "Unknown fields are rejected. Last matching entry wins (claim over class). A config naming a request must be of"
        " the kind for that device type or Prepare fails; with empty requests a wrong kind is skipped silently and "
        "defaults apply. One config cannot set both timeSlicingConfig and mpsConfig."
    ),
    taint_note="Never NoExecute; taints stay until the plugin restarts.",
    admin_access="Supported; admin allocations are left out of the overlap check.",
    requirements={
        "kubernetes": "chart accepts 1.32+; docs ask 1.34.2+",
        "runtime": "CDI",
        "other": (
            "NVIDIA driver 565+, NFD; helm resources.gpus.enabled also needs gpuResourcesEnabledOverride=true; never run "
            "the device plugin on the same node"
        ),
    },
    kubernetes_gates=("DRAPartitionableDevices for DynamicMIG", "DRAConsumableCapacity for ConsumableShares", "DRADeviceTaints for health"),
    driver_gates={
        "TimeSlicingSettings": "alpha off",
        "MPSSupport": "alpha off",
        "IMEXDaemonsWithDNSNames": "beta on",
        "PassthroughSupport": "alpha off",
        "DynamicMIG": "alpha off",
        "NVMLDeviceHealthCheck": "alpha off",
        "ComputeDomainCliques": "beta on",
        "CrashOnNVLinkFabricErrors": "beta on",
        "DeviceMetadata": "alpha off (needs PassthroughSupport)",
        "FabricManagerPartitioning": "alpha off",
        "HostManagedIMEXDaemon": "alpha off",
        "DRAListTypeAttributes": "alpha off",
        "ConsumableShares": "alpha off",
    },
    gate_conflicts=(
        "DynamicMIG with PassthroughSupport, NVMLDeviceHealthCheck or MPSSupport",
        "PassthroughSupport with NVMLDeviceHealthCheck",
        "docs add MPSSupport with NVMLDeviceHealthCheck (not in code)",
    ),
    node_labels=(
        "feature.node.kubernetes.io/pci-10de.present",
        "nvidia.com/gpu.present",
        "node taint nvidia.com/gpu:NoSchedule is common, so pods need a node toleration",
    ),
    idioms=(
        'device.attributes["gpu.nvidia.com"].productName.lowerAscii().matches("^.*h100.*$")',
        'device.attributes["gpu.nvidia.com"].architecture == "Hopper"',
        'device.attributes["gpu.nvidia.com"].cudaComputeCapability.compareTo(semver("9.0.0")) >= 0',
        'device.capacity["gpu.nvidia.com"].memory.isGreaterThan(quantity("40Gi"))',
        'device.attributes["gpu.nvidia.com"].profile == "1g.5gb"',
        "constraint matchAttribute gpu.nvidia.com/parentUUID (MIG slices of one GPU)",
        "constraint matchAttribute gpu.nvidia.com/partition4 (valid NVLink partition)",
    ),
    traps=(
        "The upstream page on ResourceSlice attributes is stale (numa key, device names, MIG uuid).",
        "Selecting on uuid breaks on dynamic MIG devices: the key is missing, which is an error, not a non-match.",
        "Class gpu.nvidia.com matches full GPUs only; ask mig.nvidia.com for slices and vfio.gpu.nvidia.com for passthrough.",
        "The upstream demo gpu-test-vfio-config mixes namespaces.",
    ),
)


_PRODUCTS = (
    "NVIDIA A100-PCIE-40GB", "NVIDIA A100-SXM4-40GB", "NVIDIA A100-SXM4-80GB", "NVIDIA A100 80GB PCIe", "NVIDIA H100 80GB HBM3",
    "NVIDIA H100 PCIe", "NVIDIA H100 NVL", "NVIDIA L40S",
)  # fmt: skip
"""Products as NVML calls them; the driver publishes that name."""

_PROFILES = (
    "1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb", "1g.10gb", "1g.10gb+me", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb",
    "1g.6gb", "1g.6gb+me", "2g.12gb", "2g.12gb+me", "4g.24gb", "1g.18gb", "2g.35gb", "1g.23gb", "1g.45gb", "2g.45gb", "3g.90gb", "4g.90gb",
    "7g.180gb", "1g.24gb", "2g.48gb", "4g.96gb", "1g.34gb", "1g.67gb", "2g.67gb", "3g.135gb", "4g.135gb", "7g.269gb",
)  # fmt: skip
"""Profiles of NVIDIA's MIG User Guide (A30, A100, H100) and of its newer products; there are others."""


class Gpu(Devices, driver=_GPU):
    """Whole GPUs, MIG slices and devices passed through to virtual machines: one driver, told apart by `type`, one class each."""

    type = Choice[GpuType]("type", values=get_args(GpuType), applies_to="all")
    uuid = String("uuid", published="not on dynamic MIG devices (they do not exist yet)", applies_to="gpu, static mig, vfio")
    product_name = String("productName", examples=("NVIDIA H100 80GB HBM3",), likely=_PRODUCTS, applies_to="all")
    brand = Choice[GpuBrand]("brand", values=get_args(GpuBrand), applies_to="gpu, mig", kinds=("gpu", "mig"))
    architecture = Choice[GpuArchitecture](
        "architecture", values=get_args(GpuArchitecture), applies_to="gpu, mig", kinds=("gpu", "mig"), note="'Ada Lovelace' has a blank"
    )
    cuda_compute_capability = Version("cudaComputeCapability", examples=("9.0.0",), applies_to="gpu, mig", kinds=("gpu", "mig"))
    driver_version = Version("driverVersion", examples=("580.82.7",), applies_to="gpu, mig", kinds=("gpu", "mig"))
    cuda_driver_version = Version("cudaDriverVersion", examples=("13.0.0",), applies_to="gpu, mig", kinds=("gpu", "mig"))
    addressing_mode = Choice[GpuAddressingMode](
        "addressingMode", values=get_args(GpuAddressingMode), published="only when NVML reports it", applies_to="gpu, mig", kinds=("gpu", "mig")
    )
    pci_bus_id = String("pciBusID", examples=("0000:65:00.0",), domain=STANDARD_DOMAIN, published="when known", absent="rarely", applies_to="all")
    pcie_root = String("pcieRoot", examples=("pci0000:64",), domain=STANDARD_DOMAIN, published="when known", absent="rarely", applies_to="all")
    numa_node = Integer(
        "numaNode",
        domain=STANDARD_DOMAIN,
        published="successor repository only; omitted when -1",
        applies_to="all",
        note=(
            "int list with the driver gate DRAListTypeAttributes. The predecessor repository publishes gpu.nvidia.com/numa on VFIO devices instead."
        ),
    )
    parent_uuid = String("parentUUID", applies_to="mig", kinds=("mig",))
    profile = String(
        "profile", form=r"[1-7]g\.[1-9][0-9]*gb(\+[a-z.]+)?", likely=_PROFILES, examples=("1g.5gb", "3g.20gb"), applies_to="mig", kinds=("mig",)
    )
    device_id = String("deviceID", applies_to="vfio", kinds=("vfio",))
    vendor_id = String("vendorID", applies_to="vfio", kinds=("vfio",))
    iommu_fd_enabled = Boolean("iommuFDEnabled", applies_to="vfio", kinds=("vfio",))
    gpu_module_id = Integer("gpuModuleID", published="driver gate FabricManagerPartitioning", applies_to="gpu, vfio", kinds=("gpu", "vfio"))
    partition1 = Integer(
        "partition1",
        published="driver gate FabricManagerPartitioning",
        applies_to="gpu, vfio",
        kinds=("gpu", "vfio"),
        note="fabric partition ids; use in matchAttribute to get a valid NVLink partition of that size",
    )
    partition2 = Integer(
        "partition2",
        published="driver gate FabricManagerPartitioning",
        applies_to="gpu, vfio",
        kinds=("gpu", "vfio"),
        note="fabric partition ids; use in matchAttribute to get a valid NVLink partition of that size",
    )
    partition4 = Integer(
        "partition4",
        published="driver gate FabricManagerPartitioning",
        applies_to="gpu, vfio",
        kinds=("gpu", "vfio"),
        note="fabric partition ids; use in matchAttribute to get a valid NVLink partition of that size",
    )
    partition8 = Integer(
        "partition8",
        published="driver gate FabricManagerPartitioning",
        applies_to="gpu, vfio",
        kinds=("gpu", "vfio"),
        note="fabric partition ids; use in matchAttribute to get a valid NVLink partition of that size",
    )
    memory = Bytes(
        "memory",
        "bytes (BinarySI)",
        published="omitted when unknown",
        absent="rarely",
        applies_to="gpu, mig",
        kinds=("gpu", "mig"),
        request_policy=(
            "only with ConsumableShares: unlimited or integer mode default 0, min 0, step 1Mi; memory mode default = full, min 1Mi, step 1Mi"
        ),
    )
    addressable_memory = Bytes("addressableMemory", "bytes", applies_to="vfio", kinds=("vfio",))
    multiprocessors = Quantity("multiprocessors", "count", applies_to="mig; full GPU too with DynamicMIG")
    copy_engines = Quantity("copyEngines", "count", applies_to="mig; full GPU too with DynamicMIG")
    decoders = Quantity("decoders", "count", applies_to="mig; full GPU too with DynamicMIG")
    encoders = Quantity("encoders", "count", applies_to="mig; full GPU too with DynamicMIG")
    jpeg_engines = Quantity("jpegEngines", "count", applies_to="mig; full GPU too with DynamicMIG")
    ofa_engines = Quantity("ofaEngines", "count", applies_to="mig; full GPU too with DynamicMIG")
    memory_slice = Numbered(
        "memorySlice<N>", "1", applies_to="static mig", note="one key per occupied memory slice; test with has() to pick a placement"
    )
    shares = Quantity(
        "shares",
        "N",
        published="ConsumableShares with consumableShares=<N>",
        applies_to="gpu",
        kinds=("gpu",),
        request_policy="default 1, min 1, step 1, max N",
    )


gpu = Gpu()
"""Whole GPUs, MIG slices and devices passed through to virtual machines: one driver, told apart by `type`, one class each."""

_COMPUTE_DOMAIN = Driver(
    name="compute-domain.nvidia.com",
    id="nvidia-compute-domain",
    vendor="NVIDIA",
    kind="imex-channel",
    accelerator=False,
    classes=(
        PublishedClass(
            name="compute-domain-default-channel.nvidia.com",
            selectors=(
                (
                    "device.driver == 'compute-domain.nvidia.com' && device.attributes['compute-domain.nvidia.com'].type == "
                    "'channel' && device.attributes['compute-domain.nvidia.com'].id == 0"
                ),
            ),
            created_by="helm chart",
        ),
        PublishedClass(
            name="compute-domain-daemon.nvidia.com",
            selectors=("device.driver == 'compute-domain.nvidia.com' && device.attributes['compute-domain.nvidia.com'].type == 'daemon'",),
            created_by="helm chart",
            note="absent with host-managed IMEX",
        ),
    ),
    configs=(
        ConfigKind(
            kind="ComputeDomainChannelConfig",
            api_version="resource.nvidia.com/v1beta1",
            applies_to="type channel",
            strict=True,
            fields=(
                ConfigField(path="domainID", type="string", required=True),
                ConfigField(path="allocationMode", type="string", values=("Single", "All"), default="Single"),
            ),
            avoid="the driver's controller writes it into the template that it makes",
            note="written by the controller; do not author it",
        ),
        ConfigKind(
            kind="ComputeDomainDaemonConfig",
            api_version="resource.nvidia.com/v1beta1",
            applies_to="type daemon",
            strict=True,
            fields=(ConfigField(path="domainID", type="string", required=True),),
            avoid="the driver's controller writes it",
            note="written by the controller",
        ),
    ),
    version_seen="v0.5.0-dev",
    verified="source",
    sources=(
        Source(
            repository="kubernetes-sigs/dra-driver-nvidia-gpu",
            commit="95932046683719c43b6a0dd9613c2e5aad5d6703",
            paths=(
                "cmd/compute-domain-kubelet-plugin/deviceinfo.go",
                "cmd/compute-domain-kubelet-plugin/device_state.go",
                "api/nvidia.com/resource/v1beta1/computedomain.go",
                "api/nvidia.com/resource/v1beta1/computedomainconfig.go",
            ),
        ),
    ),
    device_name="channel-0, daemon-0",
    admin_access="not meant for workloads",
    requirements={
        "kubernetes": "1.32+ chart, 1.34.2+ docs",
        "other": "driver 570.158.01+, GPU Feature Discovery label nvidia.com/gpu.clique, NVLink fabric",
    },
    custom_resources=("resource.nvidia.com/v1beta1 ComputeDomain",),
    node_labels=("nvidia.com/gpu.clique",),
    traps=(
        "Pods reference the template name from the ComputeDomain; do not create that template yourself.",
        "Only channel 0 is published even though allocationMode All injects up to 2048 channels.",
    ),
)


class ComputeDomainDevices(Devices, driver=_COMPUTE_DOMAIN):
    """IMEX channels: what pods of one ComputeDomain need to reach each other over NVLink."""

    type = Choice[ComputeDomainType]("type", values=get_args(ComputeDomainType))
    id = Integer("id", examples=(0,))


compute_domain = ComputeDomainDevices()
"""IMEX channels: what pods of one ComputeDomain need to reach each other over NVLink."""


@frozen(eq=False, repr=False)
class NvidiaGpu(Request):
    """Whole NVIDIA GPUs; for slices of them ask for `Mig`.

    Attributes:
        name: Name of the request. Default `nvidia`.
        product_name: Product, exactly as the driver reports it, e.g. `NVIDIA H100 80GB HBM3`. To match a part of it use `where`.
        architecture: Architecture, e.g. `Hopper`.
        memory: Least memory per GPU, e.g. `40Gi`.
        cuda_compute_capability: Least compute capability, e.g. `9.0.0`.
    """

    name: str = "nvidia"
    device: Devices = field(default=gpu, init=False, repr=False)
    product_name: str | None = field(default=None, kw_only=True, metadata=equals(gpu.product_name))
    architecture: GpuArchitecture | None = field(default=None, kw_only=True, metadata=equals(gpu.architecture))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(gpu.memory))
    cuda_compute_capability: str | None = field(default=None, kw_only=True, metadata=at_least(gpu.cuda_compute_capability))


@frozen(eq=False, repr=False)
class Mig(Request):
    """Slices of NVIDIA GPUs (MIG). For several slices of one GPU, constrain the claim: `aligned_on="gpu.nvidia.com/parentUUID"`.

    Attributes:
        name: Name of the request. Default `mig`.
        device_class: Default `mig.nvidia.com`.
        profile: Profile of the slice, e.g. `1g.5gb`.
        memory: Least memory per slice, e.g. `10Gi`.
    """

    name: str = "mig"
    device: Devices = field(default=gpu, init=False, repr=False)
    device_class: str = field(default="mig.nvidia.com", kw_only=True)
    profile: str | None = field(default=None, kw_only=True, metadata=equals(gpu.profile))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(gpu.memory))


@frozen(eq=False, repr=False)
class ComputeDomain(Record):
    """Pods that reach each other's GPUs over NVLink across nodes. NVIDIA's controller makes the claim template for its channels itself.

    Attributes:
        name: Name of the ComputeDomain.
        template_name: Name the controller gives the ResourceClaimTemplate. Default `<name>-channel`.
        allocation_mode: `Single` channel per pod or `All` of them. Default `Single`.
    """

    name: str = field(metadata=valid.dns_subdomain())
    template_name: str = field(default="", kw_only=True, metadata=valid.dns_subdomain())
    allocation_mode: Literal["Single", "All"] = field(default="Single", kw_only=True, metadata=valid.choice("Single", "All"))

    def __attrs_post_init__(self) -> None:
        """Name the template after the domain, and check the fields."""
        if isinstance(self.template_name, str) and not self.template_name and isinstance(self.name, str):
            object.__setattr__(self, "template_name", f"{self.name}-channel")
        super().__attrs_post_init__()

    def manifest(self, *, namespace: str | None = None) -> Manifest:
        """The ComputeDomain object."""
        metadata = {"name": self.name, **({"namespace": namespace} if namespace else {})}
        channel: Manifest = {"resourceClaimTemplate": {"name": self.template_name}}
        if self.allocation_mode != "Single":
            channel["allocationMode"] = self.allocation_mode
        return {"apiVersion": "resource.nvidia.com/v1beta1", "kind": "ComputeDomain", "metadata": metadata, "spec": {"channel": channel}}

    def claim(self, name: str = "") -> ExistingClaimTemplate:
        """The channel, for pods to claim; `name` is the claim's name in the pod, by default that of the template."""
        return ExistingClaimTemplate(self.template_name, name=name, device_class="compute-domain-default-channel.nvidia.com", count=1)
