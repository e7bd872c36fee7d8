"""Constructs of claims for network devices."""

from typing import Unpack

from constructs_dra.claims import RdmaNic, SriovVf
from constructs_dra.constructs.claims import RequestClaim, RequestFields
from constructs_dra.constructs.node import constructs

__all__ = ["RdmaNicClaim", "SriovVfClaim"]


class RdmaNicClaim(RequestClaim):
    """RDMA NICs of DRANET: a claim with one request `RdmaNic`."""

    request = RdmaNic

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        rdma_device: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for RDMA NICs of DRANET into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            rdma_device: Name of the RDMA device, e.g. `mlx5_0`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, rdma_device=rdma_device, **fields)


class SriovVfClaim(RequestClaim):
    """virtual functions of SR-IOV NICs: a claim with one request `SriovVf`."""

    request = SriovVf

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        pf_name: str | None = None,
        resource_name: str | None = None,
        rdma: bool = False,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for virtual functions of SR-IOV NICs into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            pf_name: Name of the physical function's interface, e.g. `ens1f0`. Default: any.
            resource_name: Pool that a DeviceAttributes object put it in. Default: any.
            rdma: Whether it must be able to do RDMA. Default no.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, pf_name=pf_name, resource_name=resource_name, rdma=rdma, **fields)
