"""Device claims: requests, constraints, configuration, and the claims that hold them.

    Claim("gpu-nic", Request("gpu", intel.gpu), RdmaNic(device_class="rdma"), aligned_on=PCIE_ROOT)
    Claim("any", FirstAvailable("acc", Gaudi(count=2, model="Gaudi3"), IntelGpu(count=4, memory="16Gi")))

Names load on first use: asking for one vendor's devices does not load what is known about the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_dra.claims.accelerators import AmdGpu, AwsNeuron, GoogleTpu, RebellionsNpu
    from constructs_dra.claims.claim import ACCEPT_ANNOTATION, ADMIN_ACCESS_LABEL, Claim
    from constructs_dra.claims.constraints import NUMA_NODE, PCI_BUS_ID, PCIE_ROOT, Constraint, DistinctAttribute, MatchAttribute
    from constructs_dra.claims.device_class import DeviceClass, DeviceTaintRule
    from constructs_dra.claims.existing import ExistingClaim, ExistingClaimTemplate
    from constructs_dra.claims.extended import ExtendedResource
    from constructs_dra.claims.intel import Gaudi, IntelGpu, Qat, QatService
    from constructs_dra.claims.network import RdmaNic, SriovVf
    from constructs_dra.claims.nvidia import ComputeDomain, Mig, NvidiaGpu
    from constructs_dra.claims.parallelism import parallelism_problems
    from constructs_dra.claims.request import AllocationMode, FirstAvailable, Request, Where
    from constructs_dra.claims.resource_slice import Device, ResourceSlice
    from constructs_dra.claims.tolerations import Toleration

__all__ = [
    "ACCEPT_ANNOTATION",
    "ADMIN_ACCESS_LABEL",
    "NUMA_NODE",
    "PCIE_ROOT",
    "PCI_BUS_ID",
    "AllocationMode",
    "AmdGpu",
    "AwsNeuron",
    "Claim",
    "ComputeDomain",
    "Constraint",
    "Device",
    "DeviceClass",
    "DeviceTaintRule",
    "DistinctAttribute",
    "ExistingClaim",
    "ExistingClaimTemplate",
    "ExtendedResource",
    "FirstAvailable",
    "Gaudi",
    "GoogleTpu",
    "IntelGpu",
    "MatchAttribute",
    "Mig",
    "NvidiaGpu",
    "Qat",
    "QatService",
    "RdmaNic",
    "RebellionsNpu",
    "Request",
    "ResourceSlice",
    "SriovVf",
    "Toleration",
    "Where",
    "parallelism_problems",
]

_HOMES = {
    "ACCEPT_ANNOTATION": "claim",
    "ADMIN_ACCESS_LABEL": "claim",
    "NUMA_NODE": "constraints",
    "PCIE_ROOT": "constraints",
    "PCI_BUS_ID": "constraints",
    "AllocationMode": "request",
    "AmdGpu": "accelerators",
    "AwsNeuron": "accelerators",
    "Claim": "claim",
    "ComputeDomain": "nvidia",
    "Constraint": "constraints",
    "Device": "resource_slice",
    "DeviceClass": "device_class",
    "DeviceTaintRule": "device_class",
    "DistinctAttribute": "constraints",
    "ExistingClaim": "existing",
    "ExistingClaimTemplate": "existing",
    "ExtendedResource": "extended",
    "FirstAvailable": "request",
    "Gaudi": "intel",
    "GoogleTpu": "accelerators",
    "IntelGpu": "intel",
    "MatchAttribute": "constraints",
    "Mig": "nvidia",
    "NvidiaGpu": "nvidia",
    "Qat": "intel",
    "QatService": "intel",
    "RdmaNic": "network",
    "RebellionsNpu": "accelerators",
    "Request": "request",
    "ResourceSlice": "resource_slice",
    "SriovVf": "network",
    "Toleration": "tolerations",
    "Where": "request",
    "parallelism_problems": "parallelism",
}
"""The module of each name."""


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
