"""Requests for NVIDIA devices."""

from typing import Literal

from attrs import field, frozen

from constructs_dra.claims.conditions import at_least, equals
from constructs_dra.claims.existing import ExistingClaimTemplate
from constructs_dra.claims.request import Request
from constructs_dra.drivers import nvidia
from constructs_dra.drivers.fields import Devices
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["ComputeDomain", "Mig", "NvidiaGpu"]


@frozen(eq=False, repr=False)
class NvidiaGpu(Request):
    """Whole NVIDIA GPUs; for slices of them ask for `Mig`.

    Attributes:
        name: Name of the request. Default `nvidia`.
        product_name: Product, exactly as the driver reports it, e.g. `NVIDIA H100 80GB HBM3`. To match a part of it use `where`.
        architecture: Architecture, e.g. `Hopper`.
        memory: Least memory per GPU, e.g. `40Gi`.
        cuda_compute_capability: Least compute capability, e.g. `9.0.0`.
    """

    name: str = "nvidia"
    device: Devices = field(default=nvidia.gpu, init=False, repr=False)
    product_name: str | None = field(default=None, kw_only=True, metadata=equals(nvidia.gpu.product_name))
    architecture: nvidia.GpuArchitecture | None = field(default=None, kw_only=True, metadata=equals(nvidia.gpu.architecture))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(nvidia.gpu.memory))
    cuda_compute_capability: str | None = field(default=None, kw_only=True, metadata=at_least(nvidia.gpu.cuda_compute_capability))


@frozen(eq=False, repr=False)
class Mig(Request):
    """Slices of NVIDIA GPUs (MIG). For several slices of one GPU, constrain the claim: `aligned_on="gpu.nvidia.com/parentUUID"`.

    Attributes:
        name: Name of the request. Default `mig`.
        device_class: Default `mig.nvidia.com`.
        profile: Profile of the slice, e.g. `1g.5gb`.
        memory: Least memory per slice, e.g. `10Gi`.
    """

    name: str = "mig"
    device: Devices = field(default=nvidia.gpu, init=False, repr=False)
    device_class: str = field(default="mig.nvidia.com", kw_only=True)
    profile: str | None = field(default=None, kw_only=True, metadata=equals(nvidia.gpu.profile))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(nvidia.gpu.memory))


@frozen(eq=False, repr=False)
class ComputeDomain(Record):
    """Pods that reach each other's GPUs over NVLink across nodes. NVIDIA's controller makes the claim template for its channels itself.

    Attributes:
        name: Name of the ComputeDomain.
        template_name: Name the controller gives the ResourceClaimTemplate. Default `<name>-channel`.
        allocation_mode: `Single` channel per pod or `All` of them. Default `Single`.
    """

    name: str = field(metadata=valid.dns_subdomain())
    template_name: str = field(default="", kw_only=True, metadata=valid.dns_subdomain())
    allocation_mode: Literal["Single", "All"] = field(default="Single", kw_only=True, metadata=valid.choice("Single", "All"))

    def __attrs_post_init__(self) -> None:
        """Name the template after the domain, and check the fields."""
        if isinstance(self.template_name, str) and not self.template_name and isinstance(self.name, str):
            object.__setattr__(self, "template_name", f"{self.name}-channel")
        super().__attrs_post_init__()

    def manifest(self, *, namespace: str | None = None) -> Manifest:
        """The ComputeDomain object."""
        metadata = {"name": self.name, **({"namespace": namespace} if namespace else {})}
        channel: Manifest = {"resourceClaimTemplate": {"name": self.template_name}}
        if self.allocation_mode != "Single":
            channel["allocationMode"] = self.allocation_mode
        return {"apiVersion": "resource.nvidia.com/v1beta1", "kind": "ComputeDomain", "metadata": metadata, "spec": {"channel": channel}}

    def claim(self, name: str = "") -> ExistingClaimTemplate:
        """The channel, for pods to claim; `name` is the claim's name in the pod, by default that of the template."""
        return ExistingClaimTemplate(self.template_name, name=name, device_class="compute-domain-default-channel.nvidia.com", count=1)
