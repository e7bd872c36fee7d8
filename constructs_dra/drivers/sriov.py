"""SR-IOV virtual functions of network cards.

The facts are those of k8snetworkplumbingwg/dra-driver-sriov.
"""

from typing import Any, ClassVar, Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig, key
from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Boolean, Choice, Devices, Integer, String
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver, PublishedClass, Source
from constructs_dra.claims.conditions import condition, equals
from constructs_dra.claims.request import Request
from constructs_dra.expressions.build import Expression
from constructs_dra.records import valid

__all__ = ["SriovVf", "VfConfig", "VirtualFunction", "VirtualFunctionEswitchMode", "vf"]

VirtualFunctionEswitchMode: TypeAlias = Literal["legacy", "switchdev"]


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


_VF = Driver(
    name="sriovnetwork.k8snetworkplumbingwg.io",
    id="sriov",
    vendor="k8snetworkplumbingwg",
    kind="network-vf",
    accelerator=False,
    classes=(
        PublishedClass(
            name="sriovnetwork.k8snetworkplumbingwg.io",
            selectors=("device.driver == 'sriovnetwork.k8snetworkplumbingwg.io'",),
            created_by="helm chart",
            note="the extended-resource demo shows per-pool classes with their own extendedResourceName and a VfConfig in class config",
        ),
    ),
    configs=(
        ConfigKind(
            kind="VfConfig",
            api_version="sriovnetwork.k8snetworkplumbingwg.io/v1alpha1",
            applies_to="all",
            strict=True,
            fields=(
                ConfigField(path="driver", type="string", values=("", "vfio-pci")),
                ConfigField(path="addVhostMount", type="bool"),
                ConfigField(path="ifName", type="string"),
                ConfigField(path="netAttachDefName", type="string", rule="needed in STANDALONE mode"),
                ConfigField(path="netAttachDefNamespace", type="string"),
            ),
            note=(
                "a Validate() that would ask for driver and net-attach-def exists but is never called; merging class and claim "
                "ignores addVhostMount and netAttachDefNamespace"
            ),
        ),
    ),
    verified="source",
    sources=(
        Source(
            repository="k8snetworkplumbingwg/dra-driver-sriov",
            commit="cd9404f0301e088653abb562df6ed8b106b097d6",
            paths=(
                "pkg/consts/consts.go",
                "pkg/devicestate/discovery.go",
                "pkg/devicestate/state.go",
                "pkg/api/sriovdra/v1alpha1/",
                "deployments/helm/dra-driver-sriov/templates/deviceclass.yaml",
                "demo/",
            ),
        ),
    ),
    admin_access="not specific",
    requirements={
        "kubernetes": "1.34+",
        "runtime": "NRI in STANDALONE mode, or Multus mode",
        "other": "nothing is published until a SriovResourcePolicy selects VFs",
    },
    custom_resources=(
        "sriovnetwork.k8snetworkplumbingwg.io/v1alpha1 SriovResourcePolicy",
        "sriovnetwork.k8snetworkplumbingwg.io/v1alpha1 DeviceAttributes",
    ),
    idioms=(
        'device.attributes["sriovnetwork.k8snetworkplumbingwg.io"].PFName == "ens1f0"',
        'device.attributes["sriovnetwork.k8snetworkplumbingwg.io"].rdmaCapable',
        (
            'has(device.attributes["sriovnetwork.k8snetworkplumbingwg.io"].resourceName) && '
            'device.attributes["sriovnetwork.k8snetworkplumbingwg.io"].resourceName == "port1-vfs"'
        ),
    ),
    traps=("PFName and EswitchMode start with a capital letter.",),
)


class VirtualFunction(Devices, driver=_VF):
    """Virtual functions; none is published until a SriovResourcePolicy selects it."""

    vendor = String("vendor")
    device_id = String("deviceID")
    pf_device_id = String("pfDeviceID")
    pci_address = String("pciAddress")
    pf_name = String("PFName")
    pf_pci_address = String("pfPciAddress")
    link_type = String("linkType")
    interface_name = String("interfaceName")
    eswitch_mode = Choice[VirtualFunctionEswitchMode]("EswitchMode", values=get_args(VirtualFunctionEswitchMode))
    vf_id = Integer("vfID")
    rdma_capable = Boolean("rdmaCapable")
    resource_name = String("resourceName", published="when a DeviceAttributes object sets it")
    cni_device_id = String("deviceID", domain="k8s.cni.cncf.io")
    cni_resource_name = String("resourceName", domain="k8s.cni.cncf.io", published="policy")
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, published="when known", absent="rarely")
    pci_bus_id = String("pciBusID", domain=STANDARD_DOMAIN, published="when known", absent="rarely")
    dranet_numa_node = Integer("numaNode", domain="dra.net", note="may be -1")


vf = VirtualFunction()
"""Virtual functions; none is published until a SriovResourcePolicy selects it."""


def _rdma(wanted: Any) -> Expression | None:
    """What is not a boolean becomes a comparison that says so."""
    return None if wanted is False else vf.rdma_capable if wanted is True else vf.rdma_capable == wanted


@frozen(eq=False, repr=False)
class SriovVf(Request):
    """Virtual functions of network cards (SR-IOV).

    Attributes:
        name: Name of the request. Default `vf`.
        pf_name: Name of the physical function's interface, e.g. `ens1f0`.
        resource_name: Pool that a DeviceAttributes object put it in.
        rdma: Whether it must be able to do RDMA. Default no.
    """

    name: str = "vf"
    device: Devices = field(default=vf, init=False, repr=False)
    pf_name: str | None = field(default=None, kw_only=True, metadata=equals(vf.pf_name))
    resource_name: str | None = field(default=None, kw_only=True, metadata=equals(vf.resource_name))
    rdma: bool = field(default=False, kw_only=True, metadata=condition(_rdma))
