"""Requests for the accelerators of AMD, AWS, Google and Rebellions."""

from attrs import field, frozen

from constructs_dra.claims.conditions import at_least, equals
from constructs_dra.claims.request import AllocationMode, Request
from constructs_dra.drivers import amd, aws, google, rebellions
from constructs_dra.drivers.fields import Devices

__all__ = ["AmdGpu", "AwsNeuron", "GoogleTpu", "RebellionsNpu"]


@frozen(eq=False, repr=False)
class AmdGpu(Request):
    """AMD GPUs, or partitions of them. Several partitions of one GPU agree in `resource.kubernetes.io/pciBusID`.

    Attributes:
        name: Name of the request. Default `amd`.
        type: `amdgpu` for whole GPUs, `amdgpu-partition` or `vfio`; the usual class matches all of them. Default `amdgpu`.
        product_name: Product with underscores for blanks, e.g. `Instinct_MI300X`.
        memory: Least memory per GPU, e.g. `64Gi`. On auto-partitioned GPUs the driver publishes the memory of the whole.
        compute_partition: Mode of an auto-partitioned GPU, e.g. `cpx`.
    """

    name: str = "amd"
    device: Devices = field(default=amd.gpu, init=False, repr=False)
    type: amd.GpuType = field(default="amdgpu", kw_only=True, metadata=equals(amd.gpu.type))
    product_name: str | None = field(default=None, kw_only=True, metadata=equals(amd.gpu.product_name))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(amd.gpu.memory))
    compute_partition: amd.GpuComputePartition | None = field(default=None, kw_only=True, metadata=equals(amd.gpu.compute_partition))

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.type,)


@frozen(eq=False, repr=False)
class GoogleTpu(Request):
    """All TPU chips of a node: the driver prepares nothing less, so there is no count.

    Attributes:
        name: Name of the request. Default `tpu`.
        tpu_gen: Generation, e.g. `v6e`.
        topology: Topology of the slice, e.g. `2x2x1`.
    """

    name: str = "tpu"
    device: Devices = field(default=google.tpu, init=False, repr=False)
    allocation_mode: AllocationMode = field(default="All", kw_only=True)
    tpu_gen: google.TpuGen | None = field(default=None, kw_only=True, metadata=equals(google.tpu.tpu_gen))
    topology: str | None = field(default=None, kw_only=True, metadata=equals(google.tpu.topology))


@frozen(eq=False, repr=False)
class AwsNeuron(Request):
    """AWS Neuron devices. Groups of connected devices agree in `resource.aws.com/devicegroup4_id` (or 8, 16), a device and its EFA in `…1_id`.

    Attributes:
        name: Name of the request. Default `neuron`.
        resource_type: `neuron_device`, or `neuron_node` for a whole UltraServer node; the class matches both. Default `neuron_device`.
        instance_type: Instance type, e.g. `trn2.48xlarge`.
    """

    name: str = "neuron"
    device: Devices = field(default=aws.neuron, init=False, repr=False)
    resource_type: aws.NeuronResourceType = field(default="neuron_device", kw_only=True, metadata=equals(aws.neuron.resource_type))
    instance_type: str | None = field(default=None, kw_only=True, metadata=equals(aws.neuron.instance_type))

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.resource_type,)


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
    device: Devices = field(default=rebellions.npu, init=False, repr=False)
    type: rebellions.NpuType = field(default="npu", kw_only=True, metadata=equals(rebellions.npu.type))
    product_name: str | None = field(default=None, kw_only=True, metadata=equals(rebellions.npu.product_name))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(rebellions.npu.memory))

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.type,)
