"""Requests for the accelerators of AMD, AWS, Google and Rebellions."""

from attrs import field, frozen

from constructs_dra.claims.request import AllocationMode, Request
from constructs_dra.drivers import amd, aws, google, rebellions
from constructs_dra.drivers.fields import Devices
from constructs_dra.expressions.build import Expression

__all__ = ["AmdGpu", "AwsNeuron", "GoogleTpu", "RebellionsNpu"]


@frozen
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
    type: amd.GpuType = field(default="amdgpu", kw_only=True)
    product_name: str | None = field(default=None, kw_only=True)
    memory: str | None = field(default=None, kw_only=True)
    compute_partition: amd.GpuComputePartition | None = field(default=None, kw_only=True)

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.type,)

    def own_conditions(self) -> dict[str, Expression]:
        """Type, product, memory and partition mode."""
        found: dict[str, Expression] = {"type": amd.gpu.type == self.type}
        if self.product_name is not None:
            found["product_name"] = amd.gpu.product_name == self.product_name
        if self.memory is not None:
            found["memory"] = amd.gpu.memory >= self.memory
        if self.compute_partition is not None:
            found["compute_partition"] = amd.gpu.compute_partition == self.compute_partition
        return found


@frozen
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
    tpu_gen: google.TpuGen | None = field(default=None, kw_only=True)
    topology: str | None = field(default=None, kw_only=True)

    def own_conditions(self) -> dict[str, Expression]:
        """Generation and topology."""
        found: dict[str, Expression] = {}
        if self.tpu_gen is not None:
            found["tpu_gen"] = google.tpu.tpu_gen == self.tpu_gen
        if self.topology is not None:
            found["topology"] = google.tpu.topology == self.topology
        return found


@frozen
class AwsNeuron(Request):
    """AWS Neuron devices. Groups of connected devices agree in `resource.aws.com/devicegroup4_id` (or 8, 16), a device and its EFA in `…1_id`.

    Attributes:
        name: Name of the request. Default `neuron`.
        resource_type: `neuron_device`, or `neuron_node` for a whole UltraServer node; the class matches both. Default `neuron_device`.
        instance_type: Instance type, e.g. `trn2.48xlarge`.
    """

    name: str = "neuron"
    device: Devices = field(default=aws.neuron, init=False, repr=False)
    resource_type: aws.NeuronResourceType = field(default="neuron_device", kw_only=True)
    instance_type: str | None = field(default=None, kw_only=True)

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.resource_type,)

    def own_conditions(self) -> dict[str, Expression]:
        """Type and instance type."""
        found: dict[str, Expression] = {"resource_type": aws.neuron.resource_type == self.resource_type}
        if self.instance_type is not None:
            found["instance_type"] = aws.neuron.instance_type == self.instance_type
        return found


@frozen
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
    type: rebellions.NpuType = field(default="npu", kw_only=True)
    product_name: str | None = field(default=None, kw_only=True)
    memory: str | None = field(default=None, kw_only=True)

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.type,)

    def own_conditions(self) -> dict[str, Expression]:
        """Type, product and memory."""
        found: dict[str, Expression] = {"type": rebellions.npu.type == self.type}
        if self.product_name is not None:
            found["product_name"] = rebellions.npu.product_name == self.product_name
        if self.memory is not None:
            found["memory"] = rebellions.npu.memory >= self.memory
        return found
