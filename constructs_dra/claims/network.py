"""Requests for network devices. They do not compute: without a count one is asked for, whatever the parallelism."""

from typing import Any

from attrs import field, frozen

from constructs_dra.claims.conditions import condition, equals
from constructs_dra.claims.request import Request
from constructs_dra.drivers import dranet, sriov
from constructs_dra.drivers.fields import Devices
from constructs_dra.expressions.build import Expression

__all__ = ["RdmaNic", "SriovVf"]


@frozen(eq=False, repr=False)
class RdmaNic(Request):
    """RDMA NICs through DRANET. Clusters name the class themselves, so `device_class` is needed: `mrdma.google.com` on GKE,
    `efa.networking.k8s.aws` on EKS, often `dranet` or `rdma` elsewhere.

    Attributes:
        name: Name of the request. Default `nic`.
        rdma_device: Name of the RDMA device, e.g. `mlx5_0`.
    """

    name: str = "nic"
    device: Devices = field(default=dranet.nic, init=False, repr=False)
    rdma_device: str | None = field(default=None, kw_only=True, metadata=equals(dranet.nic.rdma_device))

    def own_conditions(self) -> dict[str, Expression]:
        """RDMA, and the device."""
        return {"rdma": dranet.nic.rdma, **super().own_conditions()}


def _rdma(wanted: Any) -> Expression | None:
    """What is not a boolean becomes a comparison that says so."""
    return None if wanted is False else sriov.vf.rdma_capable if wanted is True else sriov.vf.rdma_capable == wanted


@frozen(eq=False, repr=False)
class SriovVf(Request):
    """Virtual functions of network cards (SR-IOV).

    Attributes:
        name: Name of the request. Default `vf`.
        pf_name: Name of the physical function's interface, e.g. `ens1f0`.
        resource_name: Pool that a DeviceAttributes object put it in.
        rdma: Whether it must be able to do RDMA. Default no.
    """

    name: str = "vf"
    device: Devices = field(default=sriov.vf, init=False, repr=False)
    pf_name: str | None = field(default=None, kw_only=True, metadata=equals(sriov.vf.pf_name))
    resource_name: str | None = field(default=None, kw_only=True, metadata=equals(sriov.vf.resource_name))
    rdma: bool = field(default=False, kw_only=True, metadata=condition(_rdma))
