"""Constructs of claims for the accelerators of AMD, Google, AWS and Rebellions."""

from typing import Unpack

from constructs_dra.claims import AmdGpu, AwsNeuron, GoogleTpu, RebellionsNpu
from constructs_dra.constructs.claims import RequestClaim, RequestFields
from constructs_dra.constructs.node import constructs
from constructs_dra.drivers import amd, aws, google, rebellions

__all__ = ["AmdGpuClaim", "AwsNeuronClaim", "GoogleTpuClaim", "RebellionsNpuClaim"]


class AmdGpuClaim(RequestClaim):
    """AMD GPUs: a claim with one request `AmdGpu`."""

    request = AmdGpu

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        type: amd.GpuType = "amdgpu",  # noqa: A002  (the attribute's name)
        product_name: str | None = None,
        memory: str | None = None,
        compute_partition: amd.GpuComputePartition | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for AMD GPUs into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            type: `amdgpu` for whole GPUs, `amdgpu-partition` or `vfio`. Default `amdgpu`.
            product_name: Product with underscores for blanks, e.g. `Instinct_MI300X`. Default: any.
            memory: Least memory per GPU, e.g. `64Gi`. Default: any.
            compute_partition: Mode of an auto-partitioned GPU, e.g. `cpx`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, type=type, product_name=product_name, memory=memory, compute_partition=compute_partition, **fields)


class AwsNeuronClaim(RequestClaim):
    """AWS Neuron devices: a claim with one request `AwsNeuron`."""

    request = AwsNeuron

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        resource_type: aws.NeuronResourceType = "neuron_device",
        instance_type: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for AWS Neuron devices into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            resource_type: `neuron_device`, or `neuron_node` for a whole UltraServer node. Default `neuron_device`.
            instance_type: Instance type, e.g. `trn2.48xlarge`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, resource_type=resource_type, instance_type=instance_type, **fields)


class GoogleTpuClaim(RequestClaim):
    """Google TPUs, all chips of a node: a claim with one request `GoogleTpu`."""

    request = GoogleTpu

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        tpu_gen: google.TpuGen | None = None,
        topology: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for Google TPUs, all chips of a node into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            tpu_gen: Generation, e.g. `v6e`. Default: any.
            topology: Topology of the slice, e.g. `2x2x1`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, tpu_gen=tpu_gen, topology=topology, **fields)


class RebellionsNpuClaim(RequestClaim):
    """Rebellions NPUs: a claim with one request `RebellionsNpu`."""

    request = RebellionsNpu

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        type: rebellions.NpuType = "npu",  # noqa: A002  (the attribute's name)
        product_name: str | None = None,
        memory: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for Rebellions NPUs into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            type: `npu`, or `vfio` for virtual machines. Default `npu`.
            product_name: Product, e.g. `RBLN-CA25`. Default: any.
            memory: Least memory per NPU, e.g. `16Gi`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, type=type, product_name=product_name, memory=memory, **fields)
