"""Google TPUs.

The facts are those of kubernetes-sigs/dra-driver-google-tpu.
"""

from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.fields import Choice, Devices, Integer, String
from constructs_dra.catalogue.model import Driver, PublishedClass, Source
from constructs_dra.claims.conditions import equals
from constructs_dra.claims.request import AllocationMode, Request

__all__ = ["GoogleTpu", "Tpu", "TpuBrand", "TpuGen", "tpu"]

TpuGen: TypeAlias = Literal["v3", "v4", "v4lite", "v5lite", "v5litepod", "v5p", "v6e"]
TpuBrand: TypeAlias = Literal["Google"]

_TPU = Driver(
    name="tpu.google.com",
    id="google-tpu",
    vendor="Google (kubernetes-sigs)",
    kind="tpu",
    classes=(
        PublishedClass(
            name="tpu.google.com",
            selectors=('device.driver == "tpu.google.com"',),
            extended_resource_condition="none by default; newer chart has deviceClass.extendedResourceName, empty default, google.com/tpu suggested",
            created_by="helm chart",
        ),
    ),
    every_device=True,
    version_seen="v0.2.0",
    verified="source",
    sources=(
        Source(
            repository="kubernetes-sigs/dra-driver-google-tpu",
            commit="f5a9d8c8322ba8061112a7115b8ca2597e2a40f1",
            paths=("cmd/tpu-dra-kubeletplugin/manager.go", "cmd/tpu-dra-kubeletplugin/cdi.go", "deployments/helm/"),
        ),
        Source(
            repository="kubernetes-sigs/dra-driver-google-tpu",
            commit="2821f13480aba0b9b746d54f6290434dfac97b70",
            paths=("deployments/helm/dra-driver-google-tpu/templates/deviceclass.yaml", "deployments/helm/dra-driver-google-tpu/values.yaml"),
            note="newer, index",
        ),
    ),
    config_note="No opaque configuration.",
    taint_note="Unhealthy chips disappear from the slice instead of being tainted.",
    admin_access="not specific",
    requirements={
        "kubernetes": "1.34+",
        "runtime": "CDI",
        "other": (
            "DaemonSet runs on nodes with cloud.google.com/gke-tpu-accelerator and cloud.google.com/gke-tpu-dra-"
            "driver=true; pods need a toleration for google.com/tpu"
        ),
    },
    node_labels=("cloud.google.com/gke-tpu-accelerator", "cloud.google.com/gke-tpu-topology", "cloud.google.com/gke-tpu-dra-driver=true"),
    idioms=('device.attributes["tpu.google.com"].tpuGen == "v6e"', "allocationMode: All"),
    traps=(
        ("Prepare fails unless one claim holds EVERY chip of the node, so allocationMode All is the only useful mode and count is a trap."),
        "The upstream multi-tpu-pod demo is still v1beta1.",
        "No pcieRoot, no numaNode, no capacity.",
    ),
)


class Tpu(Devices, driver=_TPU):
    """TPU chips. One claim must hold every chip of a node: only `allocation_mode="All"` works."""

    index = Integer("index")
    uuid = String("uuid", note="derived from the node name")
    tpu_gen = Choice[TpuGen]("tpuGen", values=get_args(TpuGen), note="v7x is not in the list at this commit")
    brand = Choice[TpuBrand]("brand", values=get_args(TpuBrand))
    accelerator = String("accelerator", examples=("tpu-v6e-slice",))
    chip_count = Integer("chipCount")
    topology = String("topology", examples=("2x2x1",), published="omitted when unknown", absent="rarely")


tpu = Tpu()
"""TPU chips. One claim must hold every chip of a node: only `allocation_mode="All"` works."""


@frozen(eq=False, repr=False)
class GoogleTpu(Request):
    """All TPU chips of a node: the driver prepares nothing less, so there is no count.

    Attributes:
        name: Name of the request. Default `tpu`.
        tpu_gen: Generation, e.g. `v6e`.
        topology: Topology of the slice, e.g. `2x2x1`.
    """

    name: str = "tpu"
    device: Devices = field(default=tpu, init=False, repr=False)
    allocation_mode: AllocationMode = field(default="All", kw_only=True)
    tpu_gen: TpuGen | None = field(default=None, kw_only=True, metadata=equals(tpu.tpu_gen))
    topology: str | None = field(default=None, kw_only=True, metadata=equals(tpu.topology))
