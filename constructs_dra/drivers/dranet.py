"""DRANET: network interfaces and RDMA NICs.

The facts are those of kubernetes-sigs/dranet.
"""

from attrs import field, frozen

from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Boolean, Devices, Integer, String
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver, PublishedClass, Source
from constructs_dra.claims.conditions import equals
from constructs_dra.claims.request import Request
from constructs_dra.drivers.dranet_config import Ethtool, Interface, Neighbor, NetworkConfig, Route, Rule, Vrf
from constructs_dra.expressions.build import Expression

__all__ = ["Ethtool", "Interface", "Neighbor", "NetworkConfig", "Nic", "RdmaNic", "Route", "Rule", "Vrf", "nic"]


_NIC = Driver(
    name="dra.net",
    id="dranet",
    vendor="kubernetes-sigs (was google/dranet)",
    kind="network",
    accelerator=False,
    classes=(
        PublishedClass(
            name="(none shipped)",
            selectors=("user must create one, e.g. device.driver == 'dra.net'",),
            created_by="user",
            literal=False,
            note="examples use names such as dranet, dra.net, rdma, multinic",
        ),
        PublishedClass(
            name="efa.networking.k8s.aws",
            selectors=('device.driver == "dra.net" && device.attributes["dra.net"].pciDevice == \'Elastic Fabric Adapter (EFA)\'',),
            created_by="AWS chart eks/aws-dranet",
            verified="docs",
        ),
        PublishedClass(
            name="mrdma.google.com",
            selectors=("not published",),
            created_by="GKE managed DRANET, 1.34.1-gke.1829001+",
            literal=False,
            verified="docs",
            note="RDMA NICs on GPU nodes; node label cloud.google.com/gke-networking-dra-driver=true",
        ),
        PublishedClass(
            name="netdev.google.com",
            selectors=("not published",),
            created_by="GKE managed DRANET",
            literal=False,
            verified="docs",
            note="non-RDMA NICs on TPU nodes",
        ),
    ),
    configs=(
        ConfigKind(
            name="NetworkConfig (untyped JSON)",
            applies_to="all",
            strict=True,
            fields=(
                ConfigField(path="profile", type="string"),
                ConfigField(path="interface.name", type="string", rule="at most 15 characters"),
                ConfigField(path="interface.addresses", type="[]string", rule="CIDR; not together with dhcp"),
                ConfigField(path="interface.dhcp", type="bool"),
                ConfigField(path="interface.mtu", type="int", rule=">= 68"),
                ConfigField(path="interface.hardwareAddr", type="string", rule="MAC"),
                ConfigField(path="interface.gsoMaxSize, groMaxSize, gsoIPv4MaxSize, groIPv4MaxSize", type="int", rule="> 0"),
                ConfigField(path="interface.disableEbpfPrograms", type="bool"),
                ConfigField(path="interface.forwarding", type="bool"),
                ConfigField(path="interface.arpIgnore", type="int", rule="0-3 or 8"),
                ConfigField(path="interface.arpAnnounce", type="int", rule="0-2"),
                ConfigField(path="interface.vrf.name", type="string", required=True, rule="required when vrf is set"),
                ConfigField(path="interface.vrf.table", type="int", rule="> 0 and not 253-255"),
                ConfigField(path="routes[].destination", type="string", required=True, rule="CIDR"),
                ConfigField(path="routes[].gateway", type="string", rule="required for scope 0"),
                ConfigField(path="routes[].source", type="string"),
                ConfigField(path="routes[].scope", type="int", values=(0, 253)),
                ConfigField(path="routes[].table", type="int"),
                ConfigField(path="rules[].priority", type="int", rule="0-32767; rules are not allowed with vrf"),
                ConfigField(path="rules[].source / destination / table", type="string, string, int"),
                ConfigField(path="neighbors[].destination", type="string", required=True, rule="IP; the docs wrongly call it ipAddress"),
                ConfigField(path="neighbors[].hardwareAddr", type="string", required=True),
                ConfigField(path="ethtool.features", type="map of string to bool"),
                ConfigField(path="ethtool.privateFlags", type="map of string to bool"),
            ),
            note="adding apiVersion or kind makes strict decoding fail",
        ),
    ),
    version_seen="v1.4.0+70",
    verified="source",
    sources=(
        Source(
            repository="kubernetes-sigs/dranet",
            commit="f258477cbea0551b7ad239e3873a997a7a3d116b",
            paths=("pkg/apis/", "pkg/inventory/", "pkg/driver/dra_hooks.go", "pkg/cloudprovider/", "site/content/docs/"),
        ),
        Source(repository="google/dranet", commit="7b7661a1", paths=("same layout",), note="archived predecessor"),
    ),
    device_name="normalised PCI address (or interface name)",
    config_note=(
        "First matching entry wins, class before claim, so a class-level config hides the claim-level one; the winner "
        "is then merged over cloud-provider and profile settings (user values win, lists are appended). Network fields "
        "on an RDMA-only device are rejected. One pod per claim."
    ),
    admin_access="not specific",
    requirements={
        "kubernetes": "1.34+",
        "runtime": "NRI plugin support in containerd/CRI-O",
        "other": "RDMA netns mode shared or exclusive changes what the pod sees; veth interfaces are filtered out by default",
    },
    driver_gates={"DRAListTypeAttributes": "alpha off", "PersistentResourceSliceAttributes": "alpha off"},
    idioms=(
        'device.attributes["dra.net"].rdma',
        'has(device.attributes["dra.net"].ifName) && device.attributes["dra.net"].ifName == "eth1"',
        'device.attributes["dra.net"].rdma && !device.attributes["dra.net"].?virtual.orValue(false)',
        "constraint matchAttribute resource.kubernetes.io/pcieRoot with a GPU request",
    ),
    traps=(
        (
            'Several upstream samples elsewhere write device.attributes["dra.net/rdma"].bool == true; that is an evaluation'
            " error and aborts allocation."
        ),
        "On GKE and EKS class names differ; make the class name a required parameter.",
        (
            "Every key except rdma can be missing, so guard all of them; a class selector such as the EFA one is safe only "
            "where the plugin publishes EFA devices alone (AWS guides and the Karpenter page disagree on whether the AWS "
            "chart filters)."
        ),
    ),
)


class Nic(Devices, driver=_NIC):
    """Network interfaces. `rdma` is the one attribute that every device has; the clouds' own attributes start with the cloud's name."""

    if_name = String("ifName", published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    pci_address = String("pciAddress", published="PCI device")
    mac = String("mac", published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    pci_vendor = String("pciVendor", examples=("Mellanox Technologies", "Amazon.com, Inc."), published="PCI device found in the PCI database")
    pci_device = String("pciDevice", examples=("Elastic Fabric Adapter (EFA)",), published="as pciVendor")
    pci_subsystem = String("pciSubsystem", examples=("efa1",), published="as pciVendor")
    mtu = Integer("mtu", published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    encapsulation = String("encapsulation", examples=("ether",), published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    alias = String("alias", published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    state = String("state", examples=("up", "down"), published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    type = String("type", examples=("device", "dummy", "vlan"), published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    ipv4 = String("ipv4", published="only when set", note="comma list cut at 64 characters")
    ipv6 = String("ipv6", published="only when set", note="as ipv4")
    tc_filter_names = String("tcFilterNames", published="only when set")
    tcx_program_names = String("tcxProgramNames", published="only when set")
    ebpf = Boolean("ebpf", published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    sriov = Boolean("sriov", published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    sriov_vfs = Integer("sriovVfs", published="only when sriov is true")
    is_sriov_vf = Boolean("isSriovVf", published="only when true", note="not in google/dranet")
    virtual = Boolean("virtual", published="netdev devices only (missing on RDMA-only or driverless PCI devices)")
    rdma = Boolean("rdma", note="the one key every device has")
    rdma_device = String("rdmaDevice", examples=("mlx5_0",), published="only for RDMA devices", note="not in google/dranet")
    own_numa_node = Integer("numaNode", published="PCI device", deprecated="legacy; use the standard key")
    numa_node = Integer("numaNode", domain=STANDARD_DOMAIN, published="when known", absent="rarely", note="list with the gate")
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, published="when known", absent="rarely")
    gce_block = String("block", domain="gce.dra.net", published="GCE")
    gce_sub_block = String("subBlock", domain="gce.dra.net", published="GCE")
    gce_host = String("host", domain="gce.dra.net", published="GCE")
    gce_network_name = String("networkName", domain="gce.dra.net", published="GCE")
    gce_ip_aliases = String("ipAliases", domain="gce.dra.net", published="GCE")
    gce_machine_type = String("machineType", domain="gce.dra.net", published="GCE")
    gce_network_project_number = Integer("networkProjectNumber", domain="gce.dra.net", published="GCE")
    azure_placement_group_id = String("placementGroupId", domain="azure.dra.net", published="Azure")
    azure_vm_size = String("vmSize", domain="azure.dra.net", published="Azure")
    azure_interconnect_group_id = String("interconnectGroupId", domain="azure.dra.net", published="Azure")
    azure_interconnect_subgroup_id = String("interconnectSubgroupId", domain="azure.dra.net", published="Azure")
    oke_hpc_island_id = String("hpcIslandId", domain="oke.dra.net", published="OKE")
    oke_network_block_id = String("networkBlockId", domain="oke.dra.net", published="OKE")
    oke_local_block_id = String("localBlockId", domain="oke.dra.net", published="OKE")
    oke_rack_id = String("rackId", domain="oke.dra.net", published="OKE")
    oke_gpu_memory_fabric_id = String("gpuMemoryFabricId", domain="oke.dra.net", published="OKE")
    alibaba_instance_type = String("instanceType", domain="alibaba.dra.net", published="Alibaba")
    alibaba_erdma = Boolean("erdma", domain="alibaba.dra.net", published="Alibaba")
    devicegroup1_id = String(
        "devicegroup1_id",
        domain="resource.aws.com",
        published="EFA on Trainium instances",
        note="same values as the Neuron driver, made for matchAttribute across the two",
    )
    devicegroup4_id = String(
        "devicegroup4_id",
        domain="resource.aws.com",
        published="EFA on Trainium instances",
        note="same values as the Neuron driver, made for matchAttribute across the two",
    )
    devicegroup8_id = String(
        "devicegroup8_id",
        domain="resource.aws.com",
        published="EFA on Trainium instances",
        note="same values as the Neuron driver, made for matchAttribute across the two",
    )
    devicegroup16_id = String(
        "devicegroup16_id",
        domain="resource.aws.com",
        published="EFA on Trainium instances",
        note="same values as the Neuron driver, made for matchAttribute across the two",
    )


nic = Nic()
"""Network interfaces. `rdma` is the one attribute that every device has; the clouds' own attributes start with the cloud's name."""


@frozen(eq=False, repr=False)
class RdmaNic(Request):
    """RDMA NICs through DRANET. Clusters name the class themselves, so `device_class` is needed: `mrdma.google.com` on GKE,
    `efa.networking.k8s.aws` on EKS, often `dranet` or `rdma` elsewhere.

    Attributes:
        name: Name of the request. Default `nic`.
        rdma_device: Name of the RDMA device, e.g. `mlx5_0`.
    """

    name: str = "nic"
    device: Devices = field(default=nic, init=False, repr=False)
    rdma_device: str | None = field(default=None, kw_only=True, metadata=equals(nic.rdma_device))

    def own_conditions(self) -> dict[str, Expression]:
        """RDMA, and the device."""
        return {"rdma": nic.rdma, **super().own_conditions()}
