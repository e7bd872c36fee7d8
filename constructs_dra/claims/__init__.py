"""Device claims: requests, constraints, configuration, and the claims that hold them.

Claim("gpu-nic", Request("gpu", intel.gpu), RdmaNic(device_class="rdma"), aligned_on=PCIE_ROOT)
Claim("any", FirstAvailable("acc", Gaudi("gaudi", count=2, model="Gaudi3"), IntelGpu("gpu", count=4, memory="16Gi")))
"""

from constructs_dra.claims.claim import ACCEPT_ANNOTATION, ADMIN_ACCESS_LABEL, Claim, ClaimPart
from constructs_dra.claims.constraints import NUMA_NODE, PCI_BUS_ID, PCIE_ROOT, Constraint, DistinctAttribute, MatchAttribute
from constructs_dra.claims.existing import ExistingClaim, ExistingClaimTemplate
from constructs_dra.claims.intel import Gaudi, IntelGpu, Qat, QatService
from constructs_dra.claims.parallelism import parallelism_problems
from constructs_dra.claims.request import AllocationMode, FirstAvailable, Request, Where
from constructs_dra.claims.tolerations import Toleration

__all__ = [
    "ACCEPT_ANNOTATION",
    "ADMIN_ACCESS_LABEL",
    "NUMA_NODE",
    "PCIE_ROOT",
    "PCI_BUS_ID",
    "AllocationMode",
    "Claim",
    "ClaimPart",
    "Constraint",
    "DistinctAttribute",
    "ExistingClaim",
    "ExistingClaimTemplate",
    "FirstAvailable",
    "Gaudi",
    "IntelGpu",
    "MatchAttribute",
    "Qat",
    "QatService",
    "Request",
    "Toleration",
    "Where",
    "parallelism_problems",
]
