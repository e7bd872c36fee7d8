"""Opaque configuration: what drivers read, and what they would refuse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_dra import SpecError, drivers
from constructs_dra.catalogue.config import OpaqueConfig, RawConfig
from constructs_dra.drivers import amd, aws, dranet, example, hami, ibm, node, nvidia, ovsdpdk, sriov

_MINIMAL: dict[str, OpaqueConfig] = {
    "gpu.nvidia.com GpuConfig": nvidia.GpuConfig(sharing=nvidia.TimeSlicing(interval="Long")),
    "gpu.nvidia.com MigDeviceConfig": nvidia.MigDeviceConfig(sharing=nvidia.Mps(default_active_thread_percentage=50)),
    "gpu.nvidia.com VfioDeviceConfig": nvidia.VfioDeviceConfig(iommu=nvidia.Iommu(backend_policy="PreferIommuFD")),
    "gpu.amd.com VfioDeviceConfig": amd.VfioDeviceConfig(iommu=amd.Iommu(backend_policy="LegacyOnly")),
    "neuron.aws.com NeuronConfig": aws.NeuronConfig(logical_neuron_core=2),
    "neuron.aws.com UltraServerConfig": aws.UltraServerConfig(ultraserver_mode=4),
    "ascend.project-hami.io NpuConfig": hami.NpuConfig(template_name="vir02"),
    "cex-driver.ibm.com CryptoConfig": ibm.CryptoConfig(control_domain_mode="usage-only"),
    "dra.net None": dranet.NetworkConfig(interface=dranet.Interface(name="eth1", mtu=9000)),
    "sriovnetwork.k8snetworkplumbingwg.io VfConfig": sriov.VfConfig(net_attach_def_name="vf-net"),
    "ovsdpdk.k8snetworkplumbingwg.io OvsPortConfig": ovsdpdk.OvsPortConfig(vlan=100),
    "gpu.example.com GpuConfig": example.GpuConfig(partition_count=2),
    "net.example.com NetConfig": example.NetConfig(ingress_burst=1000000, egress_burst=1000000),
}


def test_every_documented_example_can_be_written(shared: Path) -> None:
    facts = yaml.load((shared / "facts" / "drivers.yaml").read_text(), Loader=yaml.CSafeLoader)
    useless = {"gpu.amd.com GpuConfig"}  # it has no fields, and the catalogue says so
    seen = set()
    for entry in facts["drivers"]:
        for config in entry["opaque_configs"]:
            driver = f"{config['applies_to']}.example.com" if entry["id"] == "example" else entry["driver"]
            name = f"{driver} {config['kind']}"
            if config["minimal_example"] is None or name in useless:
                continue
            assert _MINIMAL[name].parameters() == config["minimal_example"], name
            seen.add(name)
    assert seen == set(_MINIMAL)


def test_fields_that_were_not_given_are_left_out() -> None:
    everything = dranet.NetworkConfig(
        interface=dranet.Interface(addresses=["10.0.0.2/24"], gso_ipv4_max_size=65536, vrf=dranet.Vrf(name="blue", table=10)),
        routes=[dranet.Route(destination="0.0.0.0/0", gateway="10.0.0.1")],
        neighbors=[dranet.Neighbor(destination="10.0.0.9", hardware_addr="02:00:00:00:00:01")],
        ethtool=dranet.Ethtool(features={"tso": False}),
    )
    assert everything.parameters() == {
        "interface": {"addresses": ["10.0.0.2/24"], "gsoIPv4MaxSize": 65536, "vrf": {"name": "blue", "table": 10}},
        "routes": [{"destination": "0.0.0.0/0", "gateway": "10.0.0.1"}],
        "neighbors": [{"destination": "10.0.0.9", "hardwareAddr": "02:00:00:00:00:01"}],
        "ethtool": {"features": {"tso": False}},
    }
    assert nvidia.VfioDeviceConfig(iommu=nvidia.Iommu(enable_api_device=True)).parameters()["iommu"] == {"enableAPIDevice": True}
    assert ovsdpdk.OvsPortConfig(policing=ovsdpdk.Policing(max_rate=0)).parameters()["policing"] == {"max_rate": 0}
    assert sriov.VfConfig(vf_driver="vfio-pci").parameters()["driver"] == "vfio-pci"
    assert node.CpuConfig(cpuset="0-3,8").parameters() == {"apiVersion": "v1alpha1", "cpuConfig": {"cpuset": "0-3,8"}}
    assert RawConfig("a.example.org", {"x": 1}).parameters() == {"x": 1}


_any: Any = drivers
"""The modules as those see them who have no type checker."""


@pytest.mark.parametrize(
    ("make", "paths"),
    [
        (lambda: _any.nvidia.GpuConfig(sharing=_any.nvidia.TimeSlicing(interval="Longer")), ["GpuConfig.sharing.interval"]),
        (lambda: _any.nvidia.GpuConfig(sharing={"strategy": "MPS"}), ["GpuConfig.sharing"]),
        (
            lambda: _any.nvidia.GpuConfig(
                sharing=_any.nvidia.Mps(
                    default_active_thread_percentage=101,
                    default_pinned_device_memory_limit="1Ki",
                    default_per_device_pinned_memory_limit={"0": "1x"},
                )
            ),
            [
                "GpuConfig.sharing.default_active_thread_percentage",
                "GpuConfig.sharing.default_pinned_device_memory_limit",
                "GpuConfig.sharing.default_per_device_pinned_memory_limit['0']",
            ],
        ),
        (lambda: _any.nvidia.MigDeviceConfig(sharing=_any.nvidia.TimeSlicing()), ["MigDeviceConfig.sharing"]),
        (lambda: _any.nvidia.VfioDeviceConfig(iommu=_any.nvidia.Iommu(backend_policy="No")), ["VfioDeviceConfig.iommu.backend_policy"]),
        (lambda: _any.aws.NeuronConfig(logical_neuron_core=3), ["NeuronConfig.logical_neuron_core"]),
        (lambda: _any.hami.NpuConfig(interval="Long", partition_count=2), ["NpuConfig.partition_count"]),
        (lambda: _any.hami.NpuConfig(template_name=5), ["NpuConfig.template_name"]),
        (lambda: _any.ibm.CryptoConfig(control_domain_mode="all-control-domains"), ["CryptoConfig.control_domain_mode"]),
        (
            lambda: _any.ovsdpdk.OvsPortConfig(vlan=4096, policing=_any.ovsdpdk.Policing(max_rate=-1)),
            ["OvsPortConfig.vlan", "OvsPortConfig.policing.max_rate"],
        ),
        (lambda: _any.node.CpuConfig(cpuset="3-1"), ["CpuConfig.cpuset"]),
        (_any.example.GpuConfig, ["GpuConfig.partition_count"]),
        (lambda: _any.example.NetConfig(ingress_burst=-1), ["NetConfig.ingress_burst"]),
        (
            lambda: _any.dranet.NetworkConfig(
                interface=_any.dranet.Interface(
                    name="x" * 16,
                    addresses=("10.0.0.1",),
                    dhcp=True,
                    mtu=67,
                    hardware_addr="02:00",
                    gso_max_size=0,
                    arp_ignore=4,
                    arp_announce=3,
                    vrf=_any.dranet.Vrf(name="", table=254),
                ),
                routes=(_any.dranet.Route(destination="10.0.0.1", scope=1),),
                rules=(_any.dranet.Rule(priority=40000),),
                neighbors=(_any.dranet.Neighbor(destination="x", hardware_addr="y"),),
            ),
            [
                "NetworkConfig.interface.name",
                "NetworkConfig.interface.addresses[0]",
                "NetworkConfig.interface.mtu",
                "NetworkConfig.interface.hardware_addr",
                "NetworkConfig.interface.gso_max_size",
                "NetworkConfig.interface.arp_ignore",
                "NetworkConfig.interface.arp_announce",
                "NetworkConfig.interface.vrf.name",
                "NetworkConfig.interface.vrf.table",
                "NetworkConfig.interface.dhcp",
                "NetworkConfig.routes[0].destination",
                "NetworkConfig.routes[0].scope",
                "NetworkConfig.rules[0].priority",
                "NetworkConfig.neighbors[0].destination",
                "NetworkConfig.neighbors[0].hardware_addr",
                "NetworkConfig.rules",
            ],
        ),
    ],
)
def test_what_a_driver_would_refuse_is_refused_at_once(make: Callable[[], Any], paths: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert [problem.path for problem in caught.value.problems] == paths
