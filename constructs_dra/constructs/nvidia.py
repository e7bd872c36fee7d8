"""Constructs of claims for NVIDIA devices."""

from typing import Unpack

from constructs_dra.claims import Mig, NvidiaGpu
from constructs_dra.constructs.claims import RequestClaim, RequestFields
from constructs_dra.constructs.node import constructs
from constructs_dra.drivers import nvidia

__all__ = ["MigClaim", "NvidiaGpuClaim"]


class NvidiaGpuClaim(RequestClaim):
    """NVIDIA GPUs: a claim with one request `NvidiaGpu`."""

    request = NvidiaGpu

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        product_name: str | None = None,
        architecture: nvidia.GpuArchitecture | None = None,
        memory: str | None = None,
        cuda_compute_capability: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for NVIDIA GPUs into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            product_name: Product, exactly as the driver reports it. Default: any.
            architecture: Architecture, e.g. `Hopper`. Default: any.
            memory: Least memory per GPU, e.g. `40Gi`. Default: any.
            cuda_compute_capability: Least compute capability, e.g. `9.0.0`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(
            scope, id, product_name=product_name, architecture=architecture, memory=memory, cuda_compute_capability=cuda_compute_capability, **fields
        )


class MigClaim(RequestClaim):
    """MIG slices of NVIDIA GPUs: a claim with one request `Mig`."""

    request = Mig

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        profile: str | None = None,
        memory: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for MIG slices of NVIDIA GPUs into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            profile: Profile of the slice, e.g. `1g.5gb`. Default: any.
            memory: Least memory per slice, e.g. `10Gi`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, profile=profile, memory=memory, **fields)
