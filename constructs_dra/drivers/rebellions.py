"""Rebellions NPUs (ATOM, REBEL).

The facts are those of RBLN-SW/rbln-k8s-dra-driver.
"""

from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.fields import Boolean, Bytes, Choice, Devices, Integer, String
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver, PublishedClass, Source
from constructs_dra.claims.conditions import at_least, equals
from constructs_dra.claims.request import Request

__all__ = ["Npu", "NpuType", "RebellionsNpu", "npu"]

NpuType: TypeAlias = Literal["npu", "vfio"]

_NPU = Driver(
    name="npu.rebellions.ai",
    id="rebellions",
    vendor="Rebellions",
    kind="npu",
    kind_attribute="type",
    classes=(
        PublishedClass(
            name="npu.rebellions.ai",
            selectors=('device.driver == "npu.rebellions.ai"',),
            extended_resource_name="rebellions.ai/npu",
            created_by="helm chart",
        ),
        PublishedClass(
            name="vfio-npu.rebellions.ai",
            selectors=('device.driver == "npu.rebellions.ai" && device.attributes["npu.rebellions.ai"].type == "vfio"',),
            kinds=("vfio",),
            created_by="helm chart",
            verified="index",
            note="newer versions; VM passthrough; no extended resource",
        ),
    ),
    verified="source",
    sources=(
        Source(
            repository="RBLN-SW/rbln-k8s-dra-driver",
            commit="dd9af1b346933ff93c795029f2f0d69b58638efc",
            paths=("cmd/npu-kubelet-plugin/state.go", "deployments/helm/k8s-dra-driver-npu/templates/deviceclass-npu.yaml"),
        ),
        Source(
            repository="RBLN-SW/rbln-k8s-dra-driver",
            commit="0d204ddabe4661838faaf1e049007b01db41d3e0",
            paths=("cmd/npu-kubelet-plugin/vfio.go",),
            note="newer, index",
        ),
        Source(
            repository="RBLN-SW/rbln-k8s-dra-driver",
            commit="4051b26d340540570b818312b677b9c0547c12ea",
            paths=("deployments/helm/k8s-dra-driver-npu/templates/deviceclass-vfio-npu.yaml",),
            note="newer, index",
        ),
    ),
    device_name="rbln<N>; vfio-<pci address with dashes>",
    config_note="The webhook only decodes; no kind is defined.",
    admin_access="not specific",
    requirements={
        "kubernetes": "1.34+",
        "runtime": "CDI through the RBLN container toolkit",
        "other": ("NPU Operator; not together with the device plugins. VFIO: KubeVirt 1.9+ with HostDevicesWithDRA, workloadType vm-passthrough"),
    },
    idioms=('device.attributes["npu.rebellions.ai"].productName == "RBLN-CA25"', "constraint matchAttribute resource.kubernetes.io/pcieRoot"),
    traps=(
        "Class npu.rebellions.ai at this commit has no type filter, so it would match vfio devices too if published.",
        "VFIO devices are rescanned every 30 s; the plugin crash-loops on passthrough nodes until the first device is bound.",
        "All chips of a claim are joined in one RSD group (/dev/rsd0).",
    ),
)


class Npu(Devices, driver=_NPU):
    """NPUs, and devices passed through to virtual machines, told apart by `type`."""

    type = Choice[NpuType]("type", values=get_args(NpuType))
    product_name = String("productName", examples=("RBLN-CA22", "RBLN-CA25"), note="on vfio only for known PCI ids 1220, 1221, 1250, 1251")
    sid = String("sid", applies_to="npu", kinds=("npu",))
    uuid = String("uuid", applies_to="npu", kinds=("npu",))
    pci_device_id = String("pciDeviceID", examples=("1250",))
    pci_link_speed = String("pciLinkSpeed", applies_to="npu", kinds=("npu",))
    pci_link_width = String("pciLinkWidth", applies_to="npu", kinds=("npu",))
    firmware_version = String("firmwareVersion", applies_to="npu", kinds=("npu",))
    driver_version = String("driverVersion", applies_to="npu", kinds=("npu",), note="string, not version")
    pci_bus_id = String("pciBusID", domain=STANDARD_DOMAIN)
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, published="when known", absent="rarely")
    numa_node = Integer(
        "numaNode", domain=STANDARD_DOMAIN, published="when known", absent="rarely", note="may be -1 at the older commit; omitted in newer docs"
    )
    iommu_group = Integer("iommuGroup", applies_to="vfio", kinds=("vfio",))
    vf = Boolean("vf", applies_to="vfio", kinds=("vfio",))
    own_pci_bus_id = String("pciBusID", published="early versions only (commit 170eeaf4)", deprecated="moved to resource.kubernetes.io")
    own_numa_node = Integer("numaNode", published="early versions only (commit 170eeaf4)", deprecated="moved to resource.kubernetes.io")
    memory = Bytes("memory", "bytes", published="when larger than 0", applies_to="npu", kinds=("npu",))


npu = Npu()
"""NPUs, and devices passed through to virtual machines, told apart by `type`."""


@frozen(eq=False, repr=False)
class RebellionsNpu(Request):
    """Rebellions NPUs. All of one claim are joined in one group.

    Attributes:
        name: Name of the request. Default `rebellions`.
        type: `npu`, or `vfio` for virtual machines; the class matches both. Default `npu`.
        product_name: Product, e.g. `RBLN-CA25`.
        memory: Least memory per NPU, e.g. `16Gi`.
    """

    name: str = "rebellions"
    device: Devices = field(default=npu, init=False, repr=False)
    type: NpuType = field(default="npu", kw_only=True, metadata=equals(npu.type))
    product_name: str | None = field(default=None, kw_only=True, metadata=equals(npu.product_name))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(npu.memory))

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.type,)
