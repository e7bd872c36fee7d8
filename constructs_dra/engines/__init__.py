"""Model servers by version: what their command lines take, which version is in an image, what is wrong with how a container starts one.

Models by their shape, and whether they fit their devices: `model_facts("Qwen/Qwen3-32B")`, `memory(model, compute_device("H100"))`, `sizes(…)`.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
