"""Project HAMi: shares of Huawei Ascend NPUs and of NVIDIA GPUs.

The facts are those of Project-HAMi/ascend-dra-driver and Project-HAMi/k8s-dra-driver.
"""

from typing import Any, ClassVar, Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.config import Interval, OpaqueConfig, shared
from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Bytes, Choice, Devices, Integer, Quantity, String, Version
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver, PublishedClass, Sharing, Source
from constructs_dra.errors import Problems
from constructs_dra.records import valid

__all__ = ["Ascend", "AscendBrand", "AscendType", "Gpu", "GpuType", "NpuConfig", "ascend", "gpu"]

AscendBrand: TypeAlias = Literal["Huawei"]
AscendType: TypeAlias = Literal["NPU", "HAMivNPUCore"]
GpuType: TypeAlias = Literal["hami-gpu"]


@frozen(kw_only=True, eq=False, repr=False)
class NpuConfig(OpaqueConfig):
    """How an Ascend NPU is shared (HAMi).

    Attributes:
        interval: Length of a turn when containers take turns; not with `partition_count`.
        partition_count: Parts to cut the card into; not with `interval`.
        template_name: Name of a vNPU template the card supports, e.g. `vir02`.
    """

    driver: ClassVar[str] = "ascend.project-hami.io"
    api_version: ClassVar[str] = "ascend.project-hami.io/v1alpha1"
    kind: ClassVar[str] = "NpuConfig"

    interval: Interval | None = field(default=None, metadata=valid.choice("Default", "Short", "Medium", "Long"))
    partition_count: int | None = field(default=None, metadata=valid.integer())
    template_name: str | None = field(default=None, metadata=valid.text(empty=True))

    def cross_check(self, problems: Problems) -> None:
        """A device is shared in one way."""
        if self.interval is not None and self.partition_count is not None:
            problems.add("partition_count", "is not possible together with interval: a card is shared in time or in space", "leave out one")

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        found: dict[str, Any] = {"apiVersion": self.api_version, "kind": self.kind, **shared(self.interval, self.partition_count)}
        if self.template_name is not None:
            found["vnpuSpec"] = {"templateName": self.template_name}
        return found


_ASCEND = Driver(
    name="ascend.project-hami.io",
    id="hami-ascend",
    vendor="Project HAMi (Huawei Ascend)",
    kind="npu",
    classes=(
        PublishedClass(
            name="(none in shared mode)",
            selectors=(
                (
                    'user must create one, e.g. device.driver == "ascend.project-hami.io" && device.attributes["ascend.project-'
                    'hami.io"].type == "HAMivNPUCore"'
                ),
            ),
            created_by="user",
            literal=False,
            note="shared mode is the chart default",
        ),
        PublishedClass(
            name="npu-<model>.project-hami.io",
            selectors=('device.attributes["ascend.project-hami.io"].productName == "<model>" && ...type == "NPU"',),
            config="NpuConfig with empty templateName",
            created_by="driver at start, full-card/vNPU mode",
            literal=False,
        ),
        PublishedClass(
            name="npu-<model>-mem<N>.project-hami.io",
            selectors=('device.attributes["ascend.project-hami.io"].memory >= <N> && ...productName == "<model>"',),
            config="NpuConfig vnpuSpec.templateName=<template>",
            created_by="driver at start, full-card/vNPU mode",
            literal=False,
        ),
        PublishedClass(
            name="npu-<model>-aicore<N>.project-hami.io",
            selectors=('device.attributes["ascend.project-hami.io"].cores >= <N> && ...productName == "<model>"',),
            config="NpuConfig vnpuSpec.templateName=<template>",
            created_by="driver at start, full-card/vNPU mode",
            literal=False,
        ),
    ),
    configs=(
        ConfigKind(
            kind="NpuConfig",
            api_version="ascend.project-hami.io/v1alpha1",
            applies_to="all",
            strict=True,
            fields=(
                ConfigField(path="sharing.strategy", type="string", values=("TimeSlicing", "SpacePartitioning")),
                ConfigField(path="sharing.timeSlicingConfig.interval", type="string", values=("Default", "Short", "Medium", "Long")),
                ConfigField(path="sharing.spacePartitioningConfig.partitionCount", type="int", rule=">= 0"),
                ConfigField(path="vnpuSpec.templateName", type="string", rule="a template the card supports"),
            ),
            note="vir02 stands for any template name of the card",
        ),
    ),
    consumable=Sharing(
        gate=(
            "driver gate HAMivNPUCore (code default off, chart turns it on unless "
            "kubeletPlugin.fullCardAndTraditionalVNPU.enabled) + DRAConsumableCapacity"
        ),
        note="allowMultipleAllocations",
    ),
    verified="source",
    sources=(
        Source(
            repository="Project-HAMi/ascend-dra-driver",
            commit="dc1db52ee22085e63406da674fade2684bd13748",
            paths=(
                "cmd/ascend-dra-kubeletplugin/discovery.go",
                "cmd/ascend-dra-kubeletplugin/state.go",
                "api/project-hami.io/resource/npu/v1alpha1/api.go",
                "pkg/consts/consts.go",
                "deployments/helm/ascend-dra-driver/",
            ),
        ),
    ),
    admin_access="not specific",
    requirements={"kubernetes": "1.34+"},
    kubernetes_gates=("DRAConsumableCapacity in shared mode",),
    idioms=(
        'device.driver == "ascend.project-hami.io" && device.attributes["ascend.project-hami.io"].type == "HAMivNPUCore"',
        'capacity.requests: {cores: "20", memory: 8Gi}',
    ),
    traps=(
        ("The generated classes do not test device.driver: on a node with another driver's devices the lookup errors and allocation aborts."),
        "The chart's DeviceClass template is only a comment.",
        "Most demos are v1beta1 and use example.com class names.",
    ),
)


class Ascend(Devices, driver=_ASCEND):
    """Huawei Ascend NPUs, whole or (the default) in shares. The driver ships no class in shared mode."""

    index = Integer("index")
    physical_id = Integer("physicalID")
    uuid = String("uuid", note="<node>-<index>, not a hardware id")
    model = String("model")
    product_name = String("productName", note="same value as model")
    brand = Choice[AscendBrand]("brand", values=get_args(AscendBrand))
    type = Choice[AscendType]("type", values=get_args(AscendType))
    full_card_cores = Integer("cores", applies_to="full-card/vNPU mode", note="a capacity in shared mode")
    full_card_memory = Integer("memory", applies_to="full-card/vNPU mode", note="a capacity in shared mode")
    memory = Bytes(
        "memory", "bytes", applies_to="shared mode", request_policy="default full, min 1Mi, step 1Mi", note="32Gi fallback when it cannot be read"
    )
    cores = Quantity("cores", "100 (percent)", applies_to="shared mode", request_policy="default 100, min 0, step 1, max 100")


ascend = Ascend()
"""Huawei Ascend NPUs, whole or (the default) in shares. The driver ships no class in shared mode."""

_GPU = Driver(
    name="hami-core-gpu.project-hami.io",
    id="hami-gpu",
    vendor="Project HAMi (NVIDIA sharing)",
    kind="gpu",
    classes=(
        PublishedClass(
            name="hami-core-gpu.project-hami.io",
            selectors=(
                ("device.driver == 'hami-core-gpu.project-hami.io' && device.attributes['hami-core-gpu.project-hami.io'].type == 'hami-gpu'"),
            ),
            extended_resource_name="nvidia.com/gpu",
            extended_resource_condition="when the chart renders resource.k8s.io/v1",
            created_by="helm chart",
        ),
    ),
    configs=(
        ConfigKind(
            kind="GpuConfig",
            api_version="resource.nvidia.com/v1beta1",
            applies_to="hami-gpu",
            strict=True,
            fields=(ConfigField(path="sharing.*", type="see gpu.nvidia.com"),),
            avoid="its sharing settings replace those of HAMi; say what to share with capacity",
            note=(
                "NVIDIA's kinds are decoded under opaque.driver hami-core-gpu.project-hami.io; the sharing gates are off by "
                "default and the MPS branch replaces the HAMi container settings, so do not emit it. Limits come from "
                "capacity.requests"
            ),
        ),
    ),
    consumable=Sharing(gate="driver gate HAMiCoreSupport (on) + DRAConsumableCapacity", note="allowMultipleAllocations"),
    verified="source",
    sources=(
        Source(
            repository="Project-HAMi/k8s-dra-driver",
            commit="ebeaad97463a2af48dcc5f5a2603f65eaf792da8",
            paths=(
                "cmd/hami-kubelet-plugin/deviceinfo.go",
                "cmd/hami-kubelet-plugin/hami_core.go",
                "cmd/hami-kubelet-plugin/device_state.go",
                "pkg/featuregates/featuregates.go",
                "chart/hami-dra-driver/templates/deviceclass-hami-gpu.yaml",
            ),
        ),
    ),
    admin_access="not specific",
    requirements={"kubernetes": "1.34+"},
    kubernetes_gates=("DRAConsumableCapacity",),
    idioms=('capacity.requests: {cores: "30", memory: 8Gi}',),
    traps=(
        "Claims nvidia.com/gpu as its extended resource: conflicts with the NVIDIA driver's class.",
        "The fork also contains NVIDIA's MIG and VFIO code; whether its chart ever publishes those types was not checked.",
    ),
)


class Gpu(Devices, driver=_GPU):
    """NVIDIA GPUs in shares of cores and memory."""

    type = Choice[GpuType]("type", values=get_args(GpuType))
    uuid = String("uuid")
    product_name = String("productName")
    brand = String("brand")
    architecture = String("architecture")
    minor = Integer("minor")
    cuda_compute_capability = Version("cudaComputeCapability")
    driver_version = Version("driverVersion")
    cuda_driver_version = Version("cudaDriverVersion")
    pcie_bus_id = String("pcieBusID", note="own key, spelled pcieBusID")
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, published="when known", absent="rarely")
    cores = Quantity("cores", "100 (percent)", request_policy="default 100, step 1")
    memory = Bytes("memory", "bytes", request_policy="default full, step 1Mi")


gpu = Gpu()
"""NVIDIA GPUs in shares of cores and memory."""
