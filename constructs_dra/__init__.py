"""Describe LLM serving on Kubernetes, with devices from Dynamic Resource Allocation, as typed Python.

Specs and checks are plain Python; the construct classes (`ModelServiceDeployment`, `GaudiClaim`, …) load cdk8s, and with it Node, on first use.
Every public name loads on first use, so that a command which needs one family pays for one family.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_dra._version import __version__

if TYPE_CHECKING:
    from constructs_dra.claims import (
        PCIE_ROOT,
        AmdGpu,
        AwsNeuron,
        Claim,
        ClaimPart,
        ComputeDomain,
        DistinctAttribute,
        ExistingClaim,
        ExistingClaimTemplate,
        FirstAvailable,
        Gaudi,
        GoogleTpu,
        IntelGpu,
        MatchAttribute,
        Mig,
        NvidiaGpu,
        Qat,
        RdmaNic,
        RebellionsNpu,
        Request,
        SriovVf,
        Toleration,
    )
    from constructs_dra.constructs.app import App, Chart
    from constructs_dra.constructs.claims import DeviceClaim, GaudiClaim, IntelGpuClaim, QatClaim
    from constructs_dra.constructs.output import write_files
    from constructs_dra.errors import Problem, SpecError
    from constructs_dra.manifest import Manifest, to_yaml

__all__ = [
    "PCIE_ROOT",
    "AmdGpu",
    "App",
    "AwsNeuron",
    "Chart",
    "Claim",
    "ClaimPart",
    "ComputeDomain",
    "DeviceClaim",
    "DistinctAttribute",
    "ExistingClaim",
    "ExistingClaimTemplate",
    "FirstAvailable",
    "Gaudi",
    "GaudiClaim",
    "GoogleTpu",
    "IntelGpu",
    "IntelGpuClaim",
    "Manifest",
    "MatchAttribute",
    "Mig",
    "NvidiaGpu",
    "Problem",
    "Qat",
    "QatClaim",
    "RdmaNic",
    "RebellionsNpu",
    "Request",
    "SpecError",
    "SriovVf",
    "Toleration",
    "__version__",
    "to_yaml",
    "write_files",
]

_HOMES = {
    "PCIE_ROOT": "constructs_dra.claims",
    "AmdGpu": "constructs_dra.claims",
    "App": "constructs_dra.constructs.app",
    "AwsNeuron": "constructs_dra.claims",
    "Chart": "constructs_dra.constructs.app",
    "Claim": "constructs_dra.claims",
    "ClaimPart": "constructs_dra.claims",
    "ComputeDomain": "constructs_dra.claims",
    "DeviceClaim": "constructs_dra.constructs.claims",
    "DistinctAttribute": "constructs_dra.claims",
    "ExistingClaim": "constructs_dra.claims",
    "ExistingClaimTemplate": "constructs_dra.claims",
    "FirstAvailable": "constructs_dra.claims",
    "Gaudi": "constructs_dra.claims",
    "GaudiClaim": "constructs_dra.constructs.claims",
    "GoogleTpu": "constructs_dra.claims",
    "IntelGpu": "constructs_dra.claims",
    "IntelGpuClaim": "constructs_dra.constructs.claims",
    "Manifest": "constructs_dra.manifest",
    "MatchAttribute": "constructs_dra.claims",
    "Mig": "constructs_dra.claims",
    "NvidiaGpu": "constructs_dra.claims",
    "Problem": "constructs_dra.errors",
    "Qat": "constructs_dra.claims",
    "QatClaim": "constructs_dra.constructs.claims",
    "RdmaNic": "constructs_dra.claims",
    "RebellionsNpu": "constructs_dra.claims",
    "Request": "constructs_dra.claims",
    "SpecError": "constructs_dra.errors",
    "SriovVf": "constructs_dra.claims",
    "Toleration": "constructs_dra.claims",
    "to_yaml": "constructs_dra.manifest",
    "write_files": "constructs_dra.constructs.output",
}
"""Where each public name lives. A test holds this table, `__all__` and the imports for type checkers to each other."""


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
