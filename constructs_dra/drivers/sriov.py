"""SR-IOV virtual functions of network cards.

The facts are those of k8snetworkplumbingwg/dra-driver-sriov.
"""

from typing import Literal, TypeAlias, get_args

from constructs_dra.drivers.fields import Boolean, Choice, Devices, Integer, String
from constructs_dra.drivers.model import STANDARD_DOMAIN, ConfigField, ConfigKind, Driver, PublishedClass, Source
from constructs_dra.drivers.vendor_configs import VfConfig

__all__ = ["VfConfig", "VirtualFunction", "VirtualFunctionEswitchMode", "vf"]

VirtualFunctionEswitchMode: TypeAlias = Literal["legacy", "switchdev"]

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
                ConfigField(
                    path="driver",
                    type="string",
                    values=(
                        "",
                        "vfio-pci",
                    ),
                ),
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

    vendor = String(
        "vendor",
    )
    device_id = String(
        "deviceID",
    )
    pf_device_id = String(
        "pfDeviceID",
    )
    pci_address = String(
        "pciAddress",
    )
    pf_name = String(
        "PFName",
    )
    pf_pci_address = String(
        "pfPciAddress",
    )
    link_type = String(
        "linkType",
    )
    interface_name = String(
        "interfaceName",
    )
    eswitch_mode = Choice[VirtualFunctionEswitchMode]("EswitchMode", values=get_args(VirtualFunctionEswitchMode))
    vf_id = Integer(
        "vfID",
    )
    rdma_capable = Boolean(
        "rdmaCapable",
    )
    resource_name = String("resourceName", published="when a DeviceAttributes object sets it")
    cni_device_id = String("deviceID", domain="k8s.cni.cncf.io")
    cni_resource_name = String("resourceName", domain="k8s.cni.cncf.io", published="policy")
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, published="when known", absent="rarely")
    pci_bus_id = String("pciBusID", domain=STANDARD_DOMAIN, published="when known", absent="rarely")
    dranet_numa_node = Integer("numaNode", domain="dra.net", note="may be -1")


vf = VirtualFunction()
"""Virtual functions; none is published until a SriovResourcePolicy selects it."""
