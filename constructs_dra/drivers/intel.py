"""Intel: GPUs, Gaudi, QuickAssist (QAT); the NPU driver is not usable yet.

The facts are those of intel/intel-resource-drivers-for-kubernetes.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.fields import Boolean, Bytes, Choice, Devices, Quantity, String
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver, PublishedClass, Source, Taint
from constructs_dra.claims.conditions import at_least, equals
from constructs_dra.claims.request import Request
from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.expressions.build import Expression
from constructs_dra.records.sequence import as_tuple

__all__ = [
    "Gaudi",
    "GaudiDevices",
    "GaudiModel",
    "Gpu",
    "GpuFamily",
    "GpuHealth",
    "GpuType",
    "IntelGpu",
    "Npu",
    "Qat",
    "QatDevices",
    "QatService",
    "gaudi",
    "gpu",
    "npu",
    "qat",
]

GpuFamily: TypeAlias = Literal[
    "Iris Xe",
    "Arc A-Series",
    "Arc Pro A-Series",
    "Arc B-Series",
    "Arc Pro B-Series",
    "Data Center Flex",
    "Data Center Max",
    "Intel Graphics",
    "Unknown",
]
GpuType: TypeAlias = Literal["gpu", "vf"]
GpuHealth: TypeAlias = Literal["Unknown", "Healthy", "Unhealthy"]
GaudiModel: TypeAlias = Literal["Gaudi", "Gaudi2", "Gaudi3", "Unknown"]

_GPU = Driver(
    name="gpu.intel.com",
    id="intel-gpu",
    vendor="Intel",
    kind="gpu",
    classes=(
        PublishedClass(
            name="gpu.intel.com",
            selectors=('device.driver == "gpu.intel.com"',),
            extended_resource_name="intel.com/gpu",
            extended_resource_condition="only with helm enableDRAExtendedResources=true, default false; name from extendedResourceName",
            created_by="helm chart",
            note="The chart falls back to v1beta1 on OpenShift before 4.21.",
        ),
        PublishedClass(
            name="gpu-vfio.intel.com",
            selectors=('device.driver == "gpu.intel.com"',),
            created_by="helm chart",
            note=(
                "With binding management off the selector also asks for driver 'vfio-pci' or 'xe-vfio-pci'. The plugin decides "
                "on VFIO binding from this class NAME in the request. A class with another name does not switch the device to "
                "VFIO."
            ),
        ),
    ),
    taints=(
        Taint(
            key="HealthIssues-<sorted unhealthy categories joined with _>",
            effect="NoExecute",
            when="device unhealthy (xpumd)",
            via="ResourceSlice",
            note=("no value; no domain prefix; the key changes with the set of problems, so tolerate with an empty key + Exists or not at all"),
        ),
        Taint(key="UnboundUnmanaged", effect="NoSchedule", when="no kernel driver bound and binding management off", via="ResourceSlice"),
    ),
    version_seen="v0.11.0",
    verified="source",
    sources=(
        Source(
            repository="intel/intel-resource-drivers-for-kubernetes",
            commit="1da939faa33a90dd641d0327cdcdcbbfaa1acdb4",
            paths=(
                "cmd/kubelet-gpu-plugin/node_state.go",
                "pkg/gpu/device/",
                "charts/intel-gpu-resource-driver/templates/device-class.yaml",
                "charts/intel-gpu-resource-driver/values.yaml",
                "deployments/gpu/examples/",
                "doc/gpu/",
            ),
        ),
    ),
    device_name="PCI address with dashes plus PCI id, e.g. 0000-04-00-0-0xe211; pool = node name",
    config_note="Accepts no opaque configuration at all.",
    admin_access="Supported; additionally injects the MEI device (CDI kind intel.com/gpu-mei).",
    requirements={
        "kubernetes": "1.34+ (v0.11.0); VFIO with KubeVirt needs k8s 1.36 and KubeVirt 1.8.3+",
        "runtime": "CDI: containerd 1.7+ or CRI-O 1.23+; CDI kind intel.com/gpu",
        "other": (
            "healthMonitoring.enabled=true is the default while xpumdEnabled=false: without an xpumd the plugin exits after"
            " about 5 minutes. The xpumd namespace needs the admin-access label."
        ),
    },
    kubernetes_gates=("DRADeviceTaints for health taints",),
    node_labels=("intel.feature.node.kubernetes.io/gpu=true (NFD)", "gpu.intel.com/family=A_Series|Max_Series|Flex_Series (NFD)"),
    idioms=(
        'device.attributes["gpu.intel.com"].family == "Data Center Flex"',
        'device.attributes["gpu.intel.com"].family.startsWith("Arc")',
        'device.attributes["gpu.intel.com"].model == "B60"',
        'device.capacity["gpu.intel.com"].memory.compareTo(quantity("16Gi")) >= 0',
        'device.attributes["gpu.intel.com"].type == "gpu"',
    ),
    traps=(
        "A memory selector on a fresh cluster matches nothing until xpumd has reported (capacity 0).",
        ("Upstream example claim-external-gpu.yaml asks for family 'Flex'; the value published is 'Data Center Flex', so it never matches."),
        ("Upstream pod-inline-aligned-gpus.yaml uses lower-case apiversion/restartpolicy/resourceclaims and the deprecated pciRoot."),
        'Upstream pod-inline-gpu-dranet.yaml indexes device.attributes["dra.net/rdma"].bool, which cannot work.',
        (
            "USAGE.md has a mis-indented cel/expression and treats health as a bool; README points at a missing pod-inline-"
            "vfio.yaml; the ResourceSlice sample lacks type."
        ),
        "Kubernetes 1.34.0-1.34.1: gRPC connection loss after 30 minutes and a taint-eviction bug.",
        "No numaNode attribute: align with pcieRoot.",
    ),
)


class Gpu(Devices, driver=_GPU):
    """Intel GPUs: integrated, Arc, Data Center Flex and Max, under the kernel drivers i915 and xe."""

    model = String("model", examples=("Max 1550", "B60", "Flex 170", "A770", "Unknown"), note="marketing model name")
    family = Choice[GpuFamily]("family", values=get_args(GpuFamily))
    driver = String("driver", examples=("i915", "xe", "vfio-pci", "xe-vfio-pci", ""), note="kernel driver in use now; empty when unbound")
    sriov = Boolean("sriov", note="true for a PF with total VFs > 0 and autoprobe not 0")
    type = Choice[GpuType]("type", values=get_args(GpuType))
    pci_id = String("pciId", examples=("0xe211",))
    health = Choice[GpuHealth]("health", values=get_args(GpuHealth), note="a STRING; the usage page compares it with a bool")
    pcie_root = String("pcieRoot", examples=("pci0000:00",), domain=STANDARD_DOMAIN, note="always published, may be an empty string")
    pci_bus_id = String("pciBusID", examples=("0000:04:00.0",), domain=STANDARD_DOMAIN)
    pci_address = String("pciAddress", deprecated="since v0.11.0, gone in 1.0.0; use pciBusID")
    pci_root = String(
        "pciRoot",
        examples=("00",),
        published="only when the root is known",
        absent="rarely",
        deprecated="since v0.10.0, gone in 1.0.0; holds the bus only, use pcieRoot",
    )
    memory = Bytes(
        "memory",
        "quantity in Mi",
        note=("0 until xpumd reports (default unprivileged mode), and 0 for integrated or unknown GPUs. A privileged plugin reads it itself."),
    )
    millicores = Quantity("millicores", "always 1k", note="whole GPU; informational, cannot be requested in parts")


gpu = Gpu()
"""Intel GPUs: integrated, Arc, Data Center Flex and Max, under the kernel drivers i915 and xe."""

_GAUDI = Driver(
    name="gaudi.intel.com",
    id="intel-gaudi",
    most_per_node=8,  # a Gaudi server holds eight
    vendor="Intel",
    kind="ai-accelerator",
    classes=(
        PublishedClass(
            name="gaudi.intel.com",
            selectors=('device.driver == "gaudi.intel.com"',),
            extended_resource_name="intel.com/gaudi",
            extended_resource_condition="only with enableDRAExtendedResources=true",
            created_by="helm chart",
        ),
    ),
    taints=(
        Taint(
            key="gaudi.intel.com/unhealthy",
            effect="NoExecute",
            value="CriticalError",
            when="critical error seen",
            via="cluster DeviceTaintRule named gaudi.intel.com-<node>-<uid> (v1alpha3)",
            note="the docs say NoSchedule; the code sets NoExecute. Needs DRADeviceTaintRules.",
        ),
    ),
    version_seen="v0.7.2",
    verified="source",
    sources=(
        Source(
            repository="intel/intel-resource-drivers-for-kubernetes",
            commit="1da939faa33a90dd641d0327cdcdcbbfaa1acdb4",
            paths=(
                "cmd/kubelet-gaudi-plugin/node_state.go",
                "pkg/gaudi/",
                "charts/intel-gaudi-resource-driver/",
                "deployments/gaudi/examples/",
                "doc/gaudi/",
            ),
        ),
    ),
    capacity_note="No capacity at all: no memory selector is possible.",
    config_note="Accepts no opaque configuration.",
    admin_access="Works at scheduling level; the plugin has no special handling.",
    requirements={
        "kubernetes": "1.34+",
        "runtime": "CDI plus the habanalabs container runtime",
        "other": (
            "Injects HABANA_VISIBLE_DEVICES, HABANA_VISIBLE_MODULES, HL_VISIBLE_DEVICES, uverbs devices and gaudinet.json; "
            "do not set those variables yourself."
        ),
    },
    kubernetes_gates=("DRADeviceTaintRules for health",),
    node_labels=("intel.feature.node.kubernetes.io/gaudi=true (NFD)",),
    idioms=('device.attributes["gaudi.intel.com"].model == "Gaudi3"', 'device.attributes["gaudi.intel.com"].healthy'),
    traps=(
        (
            "The monitor example tolerates only '- effect: NoExecute'. Operator defaults to Equal with empty value, so it "
            "does not tolerate value CriticalError; operator Exists is needed."
        ),
        "USAGE.md puts deviceClassName outside exactly, which is invalid in v1.",
        "No pciBusID and no memory attribute, unlike the GPU driver.",
    ),
)


class GaudiDevices(Devices, driver=_GAUDI):
    """Gaudi accelerators. They publish no capacity, so there is no memory to select by."""

    model = Choice[GaudiModel]("model", values=get_args(GaudiModel))
    serial = String("serial", note="empty without HLML")
    healthy = Boolean("healthy")
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, note="may be empty")
    pci_root = String("pciRoot", published="only when the root is known", absent="rarely", deprecated="gone in 1.0.0; use pcieRoot")


gaudi = GaudiDevices()
"""Gaudi accelerators. They publish no capacity, so there is no memory to select by."""

_QAT = Driver(
    name="qat.intel.com",
    id="intel-qat",
    vendor="Intel",
    kind="crypto-compression",
    accelerator=False,
    classes=(
        PublishedClass(
            name="qat.intel.com",
            selectors=('device.driver == "qat.intel.com"',),
            extended_resource_name="intel.com/qat",
            extended_resource_condition="only with enableDRAExtendedResources=true",
            created_by="helm chart",
        ),
    ),
    version_seen="v0.4.3",
    verified="source",
    sources=(
        Source(
            repository="intel/intel-resource-drivers-for-kubernetes",
            commit="1da939faa33a90dd641d0327cdcdcbbfaa1acdb4",
            paths=("cmd/kubelet-qat-plugin/deviceresources.go", "pkg/qat/", "charts/intel-qat-resource-driver/"),
        ),
    ),
    device_name="qatvf-<pci address with dashes>; every device is a VF",
    config_note="Services are set per node in a ConfigMap, not in the claim.",
    admin_access="scheduler-level only",
    requirements={"kubernetes": "1.34+", "runtime": "CDI, vfio-pci", "other": "kernel qat_4xxx; the container needs IPC_LOCK"},
    node_labels=("intel.feature.node.kubernetes.io/qat=true (NFD)",),
    idioms=(
        'device.attributes["qat.intel.com"].services == "sym;asym"',
        'device.attributes["qat.intel.com"].services in ["sym", "sym;asym", "sym;dc"]',
    ),
    traps=("'asym;sym' or 'dc;sym' is never published: a typed builder has to emit canonical order.",),
)


class QatDevices(Devices, driver=_QAT):
    """QuickAssist virtual functions, for cryptography and compression."""

    services = String(
        "services",
        examples=("sym", "asym", "dc", "dcc", "sym;asym", "sym;dc", "asym;dc", ""),
        note="services joined with ';' in the fixed order sym, asym, dc, dcc",
    )


qat = QatDevices()
"""QuickAssist virtual functions, for cryptography and compression."""

_NPU = Driver(
    name="npu.intel.com",
    id="intel-npu",
    vendor="Intel",
    kind="npu",
    verified="source",
    status="not usable: constants and a CDI spec generator exist, but no kubelet plugin and no DeviceClass",
    sources=(
        Source(repository="intel/intel-resource-drivers-for-kubernetes", commit="1da939faa33a90dd641d0327cdcdcbbfaa1acdb4", paths=("pkg/npu/",)),
    ),
)


class Npu(Devices, driver=_NPU):
    """Intel NPUs. The driver has no kubelet plugin and no DeviceClass yet: nothing can be claimed."""


npu = Npu()
"""Intel NPUs. The driver has no kubelet plugin and no DeviceClass yet: nothing can be claimed."""


QatService: TypeAlias = Literal["sym", "asym", "dc", "dcc"]
"""What a QuickAssist function does: symmetric and asymmetric cryptography, compression, chained compression."""


def _services(value: "QatService | Iterable[QatService]") -> "tuple[QatService, ...]":
    return as_tuple(value)


@frozen(eq=False, repr=False)
class IntelGpu(Request):
    """Intel GPUs.

    Attributes:
        name: Name of the request. Default `intel`.
        family: Product family.
        model: Marketing model name, e.g. `Max 1550` or `B60`.
        memory: Least memory per GPU, e.g. `16Gi`. The driver publishes 0 until its health monitor has reported, and for integrated GPUs.
    """

    name: str = "intel"
    device: Devices = field(default=gpu, init=False, repr=False)
    family: GpuFamily | None = field(default=None, kw_only=True, metadata=equals(gpu.family))
    model: str | None = field(default=None, kw_only=True, metadata=equals(gpu.model))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(gpu.memory))


@frozen(eq=False, repr=False)
class Gaudi(Request):
    """Gaudi accelerators. They publish no memory; select by model.

    Attributes:
        name: Name of the request. Default `gaudi`.
        model: `Gaudi`, `Gaudi2` or `Gaudi3`.
    """

    name: str = "gaudi"
    device: Devices = field(default=gaudi, init=False, repr=False)
    model: GaudiModel | None = field(default=None, kw_only=True, metadata=equals(gaudi.model))


@frozen(eq=False, repr=False)
class Qat(Request):
    """QuickAssist virtual functions.

    Attributes:
        name: Name of the request. Default `qat`.
        services: Exactly the services the function offers, in any order: `sym`, `asym`, `dc`, `dcc`.
    """

    name: str = "qat"
    device: Devices = field(default=qat, init=False, repr=False)
    services: tuple[QatService, ...] = field(default=(), converter=_services, kw_only=True)

    def own_conditions(self) -> dict[str, Expression]:
        """The services, in the order the driver joins them; another order is never published."""
        if not self.services:
            return {}
        known = get_args(QatService)
        unknown = [service for service in self.services if not isinstance(service, str) or service not in known]
        given = {service for service in self.services if isinstance(service, str)}
        text = ";".join(service for service in known if service in given)
        wanted = qat.services == text
        faults = [Problem("", f"{shown(service)} is not a QAT service", did_you_mean(service, known)) for service in unknown]
        return {"services": Expression(wanted._node, faults) if faults else wanted}  # noqa: SLF001
