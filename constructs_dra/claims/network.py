"""Requests for network devices. They do not compute: without a count one is asked for, whatever the parallelism."""

from attrs import field, frozen

from constructs_dra.claims.request import Request
from constructs_dra.drivers import dranet, sriov
from constructs_dra.drivers.fields import Devices
from constructs_dra.expressions.build import Expression

__all__ = ["RdmaNic", "SriovVf"]


@frozen
class RdmaNic(Request):
    """RDMA NICs through DRANET. Clusters name the class themselves, so `device_class` is needed: `mrdma.google.com` on GKE,
    `efa.networking.k8s.aws` on EKS, often `dranet` or `rdma` elsewhere.

    Attributes:
        name: Name of the request. Default `nic`.
        rdma_device: Name of the RDMA device, e.g. `mlx5_0`.
    """

    name: str = "nic"
    device: Devices = field(default=dranet.nic, init=False, repr=False)
    rdma_device: str | None = field(default=None, kw_only=True)

    def own_conditions(self) -> dict[str, Expression]:
        """RDMA, and the device."""
        found: dict[str, Expression] = {"rdma": dranet.nic.rdma}
        if self.rdma_device is not None:
            found["rdma_device"] = dranet.nic.rdma_device == self.rdma_device
        return found


@frozen
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
    pf_name: str | None = field(default=None, kw_only=True)
    resource_name: str | None = field(default=None, kw_only=True)
    rdma: bool = field(default=False, kw_only=True)

    def own_conditions(self) -> dict[str, Expression]:
        """Physical function, pool and RDMA."""
        found: dict[str, Expression] = {}
        if self.pf_name is not None:
            found["pf_name"] = sriov.vf.pf_name == self.pf_name
        if self.resource_name is not None:
            found["resource_name"] = sriov.vf.resource_name == self.resource_name
        if self.rdma is not False:  # what is no boolean becomes a comparison that says so
            found["rdma"] = sriov.vf.rdma_capable if self.rdma is True else sriov.vf.rdma_capable == self.rdma
        return found
