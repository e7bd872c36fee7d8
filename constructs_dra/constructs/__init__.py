"""The cdk8s door: construct classes over the specs of the core.

Importing this package starts nothing; the first class taken from it loads cdk8s, and with it Node. From then on an uncaught `SpecError` ends the
program with its problems and exit status 1, not with a traceback.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_dra.constructs import hook

if TYPE_CHECKING:
    from constructs_dra.constructs.app import App, Chart
    from constructs_dra.constructs.claims import DeviceClaim, GaudiClaim, IntelGpuClaim, QatClaim
    from constructs_dra.constructs.hook import NodeError
    from constructs_dra.constructs.output import write_files

__all__ = [
    "App",
    "Chart",
    "DeviceClaim",
    "GaudiClaim",
    "IntelGpuClaim",
    "NodeError",
    "QatClaim",
    "write_files",
]

_HOMES = {
    "App": "constructs_dra.constructs.app",
    "Chart": "constructs_dra.constructs.app",
    "DeviceClaim": "constructs_dra.constructs.claims",
    "GaudiClaim": "constructs_dra.constructs.claims",
    "IntelGpuClaim": "constructs_dra.constructs.claims",
    "NodeError": "constructs_dra.constructs.hook",
    "QatClaim": "constructs_dra.constructs.claims",
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
