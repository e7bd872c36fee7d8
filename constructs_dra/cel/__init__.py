"""CEL selectors: compile and check them as the API server does, evaluate them as the scheduler does.

    from constructs_dra.cel import compile_selector
    compile_selector('device.attributes["gpu.intel.com"].family == "Data Center Flex"').matches(device)

Names load on first use: printing an expression needs no evaluator.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
