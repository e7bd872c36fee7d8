"""CEL selectors: compile and check them as the API server does, evaluate them as the scheduler does.

    from constructs_dra.cel import compile_selector
    compile_selector('device.attributes["gpu.intel.com"].family == "Data Center Flex"').matches(device)

Names load on first use: printing an expression needs no evaluator.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_dra.cel.device import DeviceView, device_view
    from constructs_dra.cel.selector import MAX_LENGTH, Selector, compile_selector
    from constructs_dra.cel.values import CelEvaluationError

__all__ = ["MAX_LENGTH", "CelEvaluationError", "DeviceView", "Selector", "compile_selector", "device_view"]

_HOMES = {
    "CelEvaluationError": "values",
    "DeviceView": "device",
    "MAX_LENGTH": "selector",
    "Selector": "selector",
    "compile_selector": "selector",
    "device_view": "device",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
