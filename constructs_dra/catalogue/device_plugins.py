"""Names under which device plugins, the older way, offer the same devices. Never run one beside the DRA driver of the same devices."""

from typing import Final

from attrs import frozen

__all__ = ["DEVICE_PLUGIN_RESOURCES", "DevicePluginResource", "is_computing_resource"]


@frozen(kw_only=True)
class DevicePluginResource:
    """An extended resource that a device plugin offers.

    Attributes:
        vendor: Whose devices.
        resource: Its name; `<…>` stands for a part that varies, several names are separated by commas.
        meaning: What one of it is.
        llm_d_type: The chart llm-d-modelservice's name for it (`accelerator.type`); empty when it has none.
        verified: How the name was found.
        computes: Whether it computes a model; network interfaces do not. Default yes.
    """

    vendor: str
    resource: str
    meaning: str
    llm_d_type: str = ""
    verified: str = ""
    computes: bool = True


DEVICE_PLUGIN_RESOURCES = (
    DevicePluginResource(
        vendor="NVIDIA",
        resource="nvidia.com/gpu",
        meaning="whole GPU (or a time-slice)",
        llm_d_type="nvidia",
        verified="source: llm-d chart, DRA chart",
    ),
    DevicePluginResource(
        vendor="NVIDIA",
        resource="nvidia.com/mig-<profile>",
        meaning="MIG slice, e.g. mig-1g.5gb, mixed strategy",
        verified="unverified (device-plugin repository not read)",
    ),
    DevicePluginResource(
        vendor="Intel",
        resource="gpu.intel.com/i915",
        meaning="GPU on the i915 kernel driver",
        llm_d_type="intel-i915",
        verified="source: llm-d chart",
    ),
    DevicePluginResource(
        vendor="Intel", resource="gpu.intel.com/xe", meaning="GPU on the xe kernel driver", llm_d_type="intel-xe", verified="source: llm-d chart"
    ),
    DevicePluginResource(
        vendor="Intel",
        resource="intel.com/gpu, intel.com/gaudi, intel.com/qat",
        meaning="NOT a device plugin: DRA extended resource names of the Intel charts, off by default",
        verified="source: Intel DRA charts",
    ),
    DevicePluginResource(
        vendor="Intel Gaudi", resource="habana.ai/gaudi", meaning="Gaudi card", llm_d_type="intel-gaudi", verified="source: llm-d chart"
    ),
    DevicePluginResource(vendor="AMD", resource="amd.com/gpu", meaning="GPU", llm_d_type="amd", verified="source: llm-d chart, AMD DRA chart"),
    DevicePluginResource(
        vendor="AMD", resource="amd.com/<compute>_<memory>", meaning="partition, e.g. amd.com/cpx_nps4", verified="docs: AMD DRA migration page"
    ),
    DevicePluginResource(vendor="Google", resource="google.com/tpu", meaning="TPU chip", llm_d_type="google", verified="source: llm-d chart"),
    DevicePluginResource(
        vendor="Rebellions",
        resource="rebellions.ai/ATOM, rebellions.ai/REBEL",
        meaning="NPU by family, legacy naming",
        llm_d_type="rebellions-atom (rebellions.ai/ATOM)",
        verified="source: llm-d chart; index: device plugin flag text",
    ),
    DevicePluginResource(
        vendor="Rebellions",
        resource="rebellions.ai/npu",
        meaning="NPU, generic naming (USE_GENERIC_RESOURCE_NAME) and the DRA extended resource",
        verified="source: DRA class; index: device plugin",
    ),
    DevicePluginResource(
        vendor="Rebellions",
        resource="rebellions.ai/ATOM_CA22_PT, rebellions.ai/ATOM_CA25_PT, later RBLN-CA22_PF / RBLN-CA25_PF",
        meaning="sandbox plugin, VM passthrough",
        verified="docs",
    ),
    DevicePluginResource(
        vendor="FuriosaAI",
        resource="furiosa.ai/rngd",
        meaning="card; partitions furiosa.ai/rngd-1core.6gb, -2core.12gb, -4core.24gb",
        llm_d_type="furiosa (Furiosa's own fork of the chart)",
        verified="docs; source: fork values.yaml",
    ),
    DevicePluginResource(vendor="AWS", resource="aws.amazon.com/neuron, aws.amazon.com/neuroncore", meaning="Neuron device, core", verified="docs"),
    DevicePluginResource(vendor="AWS", resource="vpc.amazonaws.com/efa", meaning="EFA NIC", verified="docs", computes=False),
    DevicePluginResource(
        vendor="Huawei",
        resource="huawei.com/Ascend910",
        meaning="Ascend NPU (Volcano/MindCluster); HAMi adds per-model names such as huawei.com/Ascend910A and -memory",
        verified="index",
    ),
    DevicePluginResource(vendor="Hygon", resource="hygon.cn/hcu", meaning="HCU", verified="index: DRA README"),
    DevicePluginResource(
        vendor="Tenstorrent", resource="tenstorrent.com/chip", meaning="DRA extended resource, no device plugin read", verified="index: DRA class"
    ),
    DevicePluginResource(
        vendor="RDMA",
        resource="rdma/ib, nvidia.com/sriov-rdma-vf",
        meaning="NIC names used by llm-d guides (AMD P/D)",
        verified="source: llm-d guide values",
        computes=False,
    ),
)
"""All names that were found."""

_COMPUTING: Final = tuple(name.partition("<")[::2] for entry in DEVICE_PLUGIN_RESOURCES if entry.computes for name in entry.resource.split(", "))


def is_computing_resource(name: str) -> bool:
    """Whether an extended resource is known to be a device that computes."""
    return any(name.startswith(start) if varies else name == start for start, varies in _COMPUTING)
