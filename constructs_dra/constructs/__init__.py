"""The cdk8s door: construct classes over the specs of the core.

Importing this package starts nothing; the first class taken from it loads cdk8s, and with it Node. From then on an uncaught `SpecError` ends the
program with its problems and exit status 1, not with a traceback.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_dra.constructs import hook

if TYPE_CHECKING:
    from constructs_dra.constructs.accelerators import AmdGpuClaim, AwsNeuronClaim, GoogleTpuClaim, RebellionsNpuClaim
    from constructs_dra.constructs.app import App, Chart
    from constructs_dra.constructs.claims import DeviceClaim
    from constructs_dra.constructs.deployment import ModelServiceDeployment
    from constructs_dra.constructs.hook import NodeError
    from constructs_dra.constructs.intel import GaudiClaim, IntelGpuClaim, QatClaim
    from constructs_dra.constructs.kubernetes import KubernetesObject
    from constructs_dra.constructs.network import RdmaNicClaim, SriovVfClaim
    from constructs_dra.constructs.nvidia import MigClaim, NvidiaGpuClaim
    from constructs_dra.constructs.output import write_files

__all__ = [
    "AmdGpuClaim",
    "App",
    "AwsNeuronClaim",
    "Chart",
    "DeviceClaim",
    "GaudiClaim",
    "GoogleTpuClaim",
    "IntelGpuClaim",
    "KubernetesObject",
    "MigClaim",
    "ModelServiceDeployment",
    "NodeError",
    "NvidiaGpuClaim",
    "QatClaim",
    "RdmaNicClaim",
    "RebellionsNpuClaim",
    "SriovVfClaim",
    "write_files",
]

_HOMES = {
    "AmdGpuClaim": "constructs_dra.constructs.accelerators",
    "App": "constructs_dra.constructs.app",
    "AwsNeuronClaim": "constructs_dra.constructs.accelerators",
    "Chart": "constructs_dra.constructs.app",
    "DeviceClaim": "constructs_dra.constructs.claims",
    "GaudiClaim": "constructs_dra.constructs.intel",
    "GoogleTpuClaim": "constructs_dra.constructs.accelerators",
    "IntelGpuClaim": "constructs_dra.constructs.intel",
    "KubernetesObject": "constructs_dra.constructs.kubernetes",
    "MigClaim": "constructs_dra.constructs.nvidia",
    "ModelServiceDeployment": "constructs_dra.constructs.deployment",
    "NodeError": "constructs_dra.constructs.hook",
    "NvidiaGpuClaim": "constructs_dra.constructs.nvidia",
    "QatClaim": "constructs_dra.constructs.intel",
    "RdmaNicClaim": "constructs_dra.constructs.network",
    "RebellionsNpuClaim": "constructs_dra.constructs.accelerators",
    "SriovVfClaim": "constructs_dra.constructs.network",
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


hook.install()
