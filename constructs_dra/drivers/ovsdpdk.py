"""Ports of OVS-DPDK bridges.

The facts are those of k8snetworkplumbingwg/dra-driver-ovsdpdk.
"""

from typing import ClassVar

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig, Part, key
from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Devices, Integer, Quantity, String
from constructs_dra.catalogue.model import Driver, PublishedClass, Sharing, Source
from constructs_dra.records import valid

__all__ = ["Bridge", "OvsPortConfig", "Policing", "bridge"]


@frozen(kw_only=True, eq=False, repr=False)
class Policing(Part):
    """How much traffic a port may send in.

    Attributes:
        max_rate: Kilobits per second; 0 for no limit.
        burst: Kilobits above that at once.
    """

    max_rate: int = field(metadata=key("max_rate", valid.integer(0, 2**32 - 1)))
    burst: int | None = field(default=None, metadata=valid.integer(0, 2**32 - 1))


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


_BRIDGE = Driver(
    name="ovsdpdk.k8snetworkplumbingwg.io",
    id="ovs-dpdk",
    vendor="k8snetworkplumbingwg",
    kind="network-vhost",
    accelerator=False,
    classes=(PublishedClass(name="ovsdpdk", selectors=('device.driver == "ovsdpdk.k8snetworkplumbingwg.io"',), created_by="kustomize"),),
    configs=(
        ConfigKind(
            kind="OvsPortConfig",
            api_version="ovsdpdk.k8snetworkplumbingwg.io/v1alpha1",
            applies_to="all",
            strict=True,
            fields=(
                ConfigField(path="vlan", type="int", rule="0-4095"),
                ConfigField(path="policing.max_rate", type="uint32 kbps", rule="required when policing is set; 0 = unlimited"),
                ConfigField(path="policing.burst", type="uint32 kb"),
            ),
            note="max_rate is snake_case",
        ),
    ),
    consumable=Sharing(gate="DRAConsumableCapacity", note="allowMultipleAllocations=true per bridge"),
    verified="source",
    sources=(
        Source(
            repository="k8snetworkplumbingwg/dra-driver-ovsdpdk",
            commit="fa2d3165",
            paths=(
                "pkg/consts/consts.go",
                "pkg/devicestate/devicestate.go",
                "pkg/api/ovsport/v1alpha1/types.go",
                "deployments/base/deviceclass.yaml",
                "README.md",
            ),
        ),
    ),
    admin_access="not specific",
    requirements={"kubernetes": "1.36+", "other": "OVS-DPDK bridges already on the node"},
    kubernetes_gates=("DRAConsumableCapacity", "DRAResourceClaimDeviceStatus"),
    custom_resources=("ovsdpdk.k8snetworkplumbingwg.io/v1alpha1 OvsDpdkConfig", "ovsdpdk.k8snetworkplumbingwg.io/v1alpha1 OvsDpdkResourcePolicy"),
    idioms=('device.attributes["ovsdpdk.k8snetworkplumbingwg.io"].bridgeName == "br0"',),
)


class Bridge(Devices, driver=_BRIDGE):
    """Bridges, shared by their ports."""

    bridge_name = String("bridgeName")
    mtu = Integer("mtu", published="when set in the policy")
    ports = Quantity("ports", "32768 per bridge", request_policy="default 1, min 1, step 1")


bridge = Bridge()
"""Bridges, shared by their ports."""
