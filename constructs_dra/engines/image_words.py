"""What images of model servers are built for, by a word in their name: `llm-d-hpu`, `vllm-openai-rocm`, `vllm:0.10.0-xpu`."""

from collections.abc import Mapping
from typing import Final

__all__ = ["IMAGE_DRIVERS"]

IMAGE_DRIVERS: Final[Mapping[str, frozenset[str]]] = {
    "cuda": frozenset({"gpu.nvidia.com"}),
    "gaudi": frozenset({"gaudi.intel.com"}),
    "hpu": frozenset({"gaudi.intel.com"}),
    "neuron": frozenset({"neuron.aws.com"}),
    "rebellions": frozenset({"npu.rebellions.ai"}),
    "rocm": frozenset({"gpu.amd.com"}),
    "tpu": frozenset({"tpu.google.com"}),
    "xpu": frozenset({"gpu.intel.com"}),
}
"""Drivers whose devices an image with that word in its name can use; images without such a word are not judged."""
