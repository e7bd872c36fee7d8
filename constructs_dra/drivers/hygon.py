"""Hygon HCUs.

The facts are those of HYGON-AI/k8s-hcu-dra-driver.
"""

from typing import Literal, TypeAlias, get_args

from constructs_dra.catalogue.fields import Bytes, Choice, Devices, Quantity, String
from constructs_dra.catalogue.model import Driver, PublishedClass, Sharing, Source

__all__ = ["Hcu", "HcuType", "hcu"]

HcuType: TypeAlias = Literal["hcu"]

_HCU = Driver(
    name="dra.hygon.com",
    id="hygon-hcu",
    vendor="Hygon",
    kind="gpu",
    classes=(
        PublishedClass(
            name="dra.hygon.com",
            selectors=('device.driver == "dra.hygon.com" && device.attributes["dra.hygon.com"].type == "hcu"',),
            created_by="manifest",
        ),
    ),
    consumable=Sharing(
        gate="DRAConsumableCapacity on apiserver, scheduler and kubelet",
        note="no capacity.requests = whole card; with requests a vHCU is cut at Prepare, at most 4 per card",
    ),
    version_seen="v1.0.0",
    verified="index",
    sources=(
        Source(
            repository="HYGON-AI/k8s-hcu-dra-driver",
            commit="643ba6d5d1844c6673510d7fa7512a6e65157d53",
            paths=("internal/driver/allocatable_device.go",),
        ),
        Source(
            repository="HYGON-AI/k8s-hcu-dra-driver",
            commit="10135b250a19dd50c76657a2412abc84c1646841",
            paths=("internal/driver/const.go", "README.md"),
        ),
        Source(
            repository="HYGON-AI/k8s-hcu-dra-driver",
            commit="cbc4e9dd09e2d22bef5c150a9e883ddc00d46fab",
            paths=("deployments/static/hcu-dra-driver.yaml",),
        ),
    ),
    device_name="hcu-<pci address with dashes>",
    config_note="Prepare decodes no configuration.",
    admin_access="not specific",
    requirements={"kubernetes": "1.34+", "runtime": "CDI enabled in containerd", "other": "node label hcu=on; cards with pre-cut vHCUs are skipped"},
    node_labels=("hcu=on",),
    idioms=('capacity.requests: {cores: "60", memory: 20Gi}',),
    traps=("No pcieRoot, pciBusID or numaNode.",),
)


class Hcu(Devices, driver=_HCU):
    """HCUs, whole or cut into at most four virtual ones."""

    type = Choice[HcuType]("type", values=get_args(HcuType))
    uuid = String("uuid")
    product_name = String("productName")
    brand = String("brand")
    architecture = String("architecture", examples=("",), note="always empty in this version")
    cores = Quantity("cores", "compute units", request_policy="default full, min 0, step 1")
    memory = Bytes("memory", "bytes", request_policy="default full, min 0, step 1Mi")
    slices = Quantity("slices", "4", request_policy="default 1, min 1, step 1, max 4")


hcu = Hcu()
"""HCUs, whole or cut into at most four virtual ones."""
