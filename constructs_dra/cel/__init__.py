"""CEL selectors: compile and check them as the API server does, evaluate them as the scheduler does."""

from constructs_dra.cel.device import DeviceView, device_view
from constructs_dra.cel.selector import MAX_LENGTH, Selector, compile_selector
from constructs_dra.cel.values import CelEvaluationError

__all__ = ["MAX_LENGTH", "CelEvaluationError", "DeviceView", "Selector", "compile_selector", "device_view"]
