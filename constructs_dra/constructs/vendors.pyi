# Written by tools/write_vendors.py from constructs_dra/drivers/.

from collections.abc import Iterable
from typing import Unpack

from constructs import Construct

from constructs_dra.constructs.claims import RequestClaim, RequestFields
from constructs_dra.drivers import amd, aws, google, intel, nvidia, rebellions

class IntelGpuClaim(RequestClaim):
    """A claim with one request `IntelGpu`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        family: intel.GpuFamily | None = None,
        model: str | None = None,
        memory: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            family: Product family.
            model: Marketing model name, e.g. `Max 1550` or `B60`.
            memory: Least memory per GPU, e.g. `16Gi`. The driver publishes 0 until its health monitor has reported, and for integrated GPUs.
            fields: See `RequestFields` and `ClaimFields`.
        """

class GaudiClaim(RequestClaim):
    """A claim with one request `Gaudi`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        model: intel.GaudiModel | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            model: `Gaudi`, `Gaudi2` or `Gaudi3`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class QatClaim(RequestClaim):
    """A claim with one request `Qat`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        services: intel.QatService | Iterable[intel.QatService] = (),
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            services: Exactly the services the function offers, in any order: `sym`, `asym`, `dc`, `dcc`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class NvidiaGpuClaim(RequestClaim):
    """A claim with one request `NvidiaGpu`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        product_name: str | None = None,
        architecture: nvidia.GpuArchitecture | None = None,
        memory: str | None = None,
        cuda_compute_capability: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            product_name: Product, exactly as the driver reports it, e.g. `NVIDIA H100 80GB HBM3`. To match a part of it use `where`.
            architecture: Architecture, e.g. `Hopper`.
            memory: Least memory per GPU, e.g. `40Gi`.
            cuda_compute_capability: Least compute capability, e.g. `9.0.0`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class MigClaim(RequestClaim):
    """A claim with one request `Mig`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        profile: str | None = None,
        memory: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            profile: Profile of the slice, e.g. `1g.5gb`.
            memory: Least memory per slice, e.g. `10Gi`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class AmdGpuClaim(RequestClaim):
    """A claim with one request `AmdGpu`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        type: amd.GpuType = "amdgpu",
        product_name: str | None = None,
        memory: str | None = None,
        compute_partition: amd.GpuComputePartition | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            type: `amdgpu` for whole GPUs, `amdgpu-partition` or `vfio`; the usual class matches all of them. Default `amdgpu`.
            product_name: Product with underscores for blanks, e.g. `Instinct_MI300X`.
            memory: Least memory per GPU, e.g. `64Gi`. On auto-partitioned GPUs the driver publishes the memory of the whole.
            compute_partition: Mode of an auto-partitioned GPU, e.g. `cpx`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class GoogleTpuClaim(RequestClaim):
    """A claim with one request `GoogleTpu`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tpu_gen: google.TpuGen | None = None,
        topology: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            tpu_gen: Generation, e.g. `v6e`.
            topology: Topology of the slice, e.g. `2x2x1`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class AwsNeuronClaim(RequestClaim):
    """A claim with one request `AwsNeuron`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        resource_type: aws.NeuronResourceType = "neuron_device",
        instance_type: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            resource_type: `neuron_device`, or `neuron_node` for a whole UltraServer node; the class matches both. Default `neuron_device`.
            instance_type: Instance type, e.g. `trn2.48xlarge`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class RebellionsNpuClaim(RequestClaim):
    """A claim with one request `RebellionsNpu`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        type: rebellions.NpuType = "npu",
        product_name: str | None = None,
        memory: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            type: `npu`, or `vfio` for virtual machines; the class matches both. Default `npu`.
            product_name: Product, e.g. `RBLN-CA25`.
            memory: Least memory per NPU, e.g. `16Gi`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class RdmaNicClaim(RequestClaim):
    """A claim with one request `RdmaNic`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        rdma_device: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            rdma_device: Name of the RDMA device, e.g. `mlx5_0`.
            fields: See `RequestFields` and `ClaimFields`.
        """

class SriovVfClaim(RequestClaim):
    """A claim with one request `SriovVf`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pf_name: str | None = None,
        resource_name: str | None = None,
        rdma: bool = False,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            pf_name: Name of the physical function's interface, e.g. `ens1f0`.
            resource_name: Pool that a DeviceAttributes object put it in.
            rdma: Whether it must be able to do RDMA. Default no.
            fields: See `RequestFields` and `ClaimFields`.
        """
