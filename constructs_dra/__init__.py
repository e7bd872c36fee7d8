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
        ComputeDomain,
        Device,
        DeviceClass,
        DeviceTaintRule,
        DistinctAttribute,
        ExistingClaim,
        ExistingClaimTemplate,
        ExtendedResource,
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
        ResourceSlice,
        SriovVf,
        Toleration,
    )
    from constructs_dra.constructs.accelerators import AmdGpuClaim, AwsNeuronClaim, GoogleTpuClaim, RebellionsNpuClaim
    from constructs_dra.constructs.app import App, Chart
    from constructs_dra.constructs.claims import DeviceClaim
    from constructs_dra.constructs.deployment import ModelServiceDeployment
    from constructs_dra.constructs.intel import GaudiClaim, IntelGpuClaim, QatClaim
    from constructs_dra.constructs.kubernetes import KubernetesObject
    from constructs_dra.constructs.network import RdmaNicClaim, SriovVfClaim
    from constructs_dra.constructs.nvidia import MigClaim, NvidiaGpuClaim
    from constructs_dra.constructs.output import write_files
    from constructs_dra.errors import Problem, SpecError
    from constructs_dra.manifest import Manifest, to_yaml
    from constructs_dra.placement import Fleet, Inventory, allocate, plan
    from constructs_dra.serving.accelerator import Accelerator, AcceleratorTypes
    from constructs_dra.serving.account import ServiceAccount
    from constructs_dra.serving.claims import RoleClaim
    from constructs_dra.serving.container import Container, Port
    from constructs_dra.serving.env import config_map_key_ref, field_ref, resource_field_ref, secret_key_ref
    from constructs_dra.serving.fleet import fleet_files
    from constructs_dra.serving.leaderworkerset import LeaderWorkerSet
    from constructs_dra.serving.model import ModelArtifacts
    from constructs_dra.serving.monitoring import PodMonitor
    from constructs_dra.serving.parallelism import Parallelism
    from constructs_dra.serving.pod import Pod
    from constructs_dra.serving.proxy import RoutingProxy
    from constructs_dra.serving.release import HelmRelease
    from constructs_dra.serving.requester import Requester
    from constructs_dra.serving.role import Role
    from constructs_dra.serving.service import ModelService
    from constructs_dra.serving.tracing import Tracing

__all__ = [
    "PCIE_ROOT",
    "Accelerator",
    "AcceleratorTypes",
    "AmdGpu",
    "AmdGpuClaim",
    "App",
    "AwsNeuron",
    "AwsNeuronClaim",
    "Chart",
    "Claim",
    "ComputeDomain",
    "Container",
    "Device",
    "DeviceClaim",
    "DeviceClass",
    "DeviceTaintRule",
    "DistinctAttribute",
    "ExistingClaim",
    "ExistingClaimTemplate",
    "ExtendedResource",
    "FirstAvailable",
    "Fleet",
    "Gaudi",
    "GaudiClaim",
    "GoogleTpu",
    "GoogleTpuClaim",
    "HelmRelease",
    "IntelGpu",
    "IntelGpuClaim",
    "Inventory",
    "KubernetesObject",
    "LeaderWorkerSet",
    "Manifest",
    "MatchAttribute",
    "Mig",
    "MigClaim",
    "ModelArtifacts",
    "ModelService",
    "ModelServiceDeployment",
    "NvidiaGpu",
    "NvidiaGpuClaim",
    "Parallelism",
    "Pod",
    "PodMonitor",
    "Port",
    "Problem",
    "Qat",
    "QatClaim",
    "RdmaNic",
    "RdmaNicClaim",
    "RebellionsNpu",
    "RebellionsNpuClaim",
    "Request",
    "Requester",
    "ResourceSlice",
    "Role",
    "RoleClaim",
    "RoutingProxy",
    "ServiceAccount",
    "SpecError",
    "SriovVf",
    "SriovVfClaim",
    "Toleration",
    "Tracing",
    "__version__",
    "allocate",
    "config_map_key_ref",
    "field_ref",
    "fleet_files",
    "plan",
    "resource_field_ref",
    "secret_key_ref",
    "to_yaml",
    "write_files",
]

_HOMES = {
    "PCIE_ROOT": "constructs_dra.claims",
    "Accelerator": "constructs_dra.serving.accelerator",
    "AcceleratorTypes": "constructs_dra.serving.accelerator",
    "AmdGpu": "constructs_dra.claims",
    "AmdGpuClaim": "constructs_dra.constructs.accelerators",
    "App": "constructs_dra.constructs.app",
    "AwsNeuron": "constructs_dra.claims",
    "AwsNeuronClaim": "constructs_dra.constructs.accelerators",
    "Chart": "constructs_dra.constructs.app",
    "Claim": "constructs_dra.claims",
    "ComputeDomain": "constructs_dra.claims",
    "Container": "constructs_dra.serving.container",
    "Device": "constructs_dra.claims",
    "DeviceClaim": "constructs_dra.constructs.claims",
    "DeviceClass": "constructs_dra.claims",
    "DeviceTaintRule": "constructs_dra.claims",
    "DistinctAttribute": "constructs_dra.claims",
    "ExistingClaim": "constructs_dra.claims",
    "ExistingClaimTemplate": "constructs_dra.claims",
    "ExtendedResource": "constructs_dra.claims",
    "FirstAvailable": "constructs_dra.claims",
    "Fleet": "constructs_dra.placement",
    "Gaudi": "constructs_dra.claims",
    "GaudiClaim": "constructs_dra.constructs.intel",
    "GoogleTpu": "constructs_dra.claims",
    "GoogleTpuClaim": "constructs_dra.constructs.accelerators",
    "HelmRelease": "constructs_dra.serving.release",
    "IntelGpu": "constructs_dra.claims",
    "IntelGpuClaim": "constructs_dra.constructs.intel",
    "Inventory": "constructs_dra.placement",
    "KubernetesObject": "constructs_dra.constructs.kubernetes",
    "LeaderWorkerSet": "constructs_dra.serving.leaderworkerset",
    "Manifest": "constructs_dra.manifest",
    "MatchAttribute": "constructs_dra.claims",
    "Mig": "constructs_dra.claims",
    "MigClaim": "constructs_dra.constructs.nvidia",
    "ModelArtifacts": "constructs_dra.serving.model",
    "ModelService": "constructs_dra.serving.service",
    "ModelServiceDeployment": "constructs_dra.constructs.deployment",
    "NvidiaGpu": "constructs_dra.claims",
    "NvidiaGpuClaim": "constructs_dra.constructs.nvidia",
    "Parallelism": "constructs_dra.serving.parallelism",
    "Pod": "constructs_dra.serving.pod",
    "PodMonitor": "constructs_dra.serving.monitoring",
    "Port": "constructs_dra.serving.container",
    "Problem": "constructs_dra.errors",
    "Qat": "constructs_dra.claims",
    "QatClaim": "constructs_dra.constructs.intel",
    "RdmaNic": "constructs_dra.claims",
    "RdmaNicClaim": "constructs_dra.constructs.network",
    "RebellionsNpu": "constructs_dra.claims",
    "RebellionsNpuClaim": "constructs_dra.constructs.accelerators",
    "Request": "constructs_dra.claims",
    "Requester": "constructs_dra.serving.requester",
    "ResourceSlice": "constructs_dra.claims",
    "Role": "constructs_dra.serving.role",
    "RoleClaim": "constructs_dra.serving.claims",
    "RoutingProxy": "constructs_dra.serving.proxy",
    "ServiceAccount": "constructs_dra.serving.account",
    "SpecError": "constructs_dra.errors",
    "SriovVf": "constructs_dra.claims",
    "SriovVfClaim": "constructs_dra.constructs.network",
    "Toleration": "constructs_dra.claims",
    "Tracing": "constructs_dra.serving.tracing",
    "allocate": "constructs_dra.placement",
    "config_map_key_ref": "constructs_dra.serving.env",
    "field_ref": "constructs_dra.serving.env",
    "fleet_files": "constructs_dra.serving.fleet",
    "plan": "constructs_dra.placement",
    "resource_field_ref": "constructs_dra.serving.env",
    "secret_key_ref": "constructs_dra.serving.env",
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
