"""How large a model is, as far as its name or the catalogue of models says."""

import re
from functools import lru_cache
from typing import Final

from constructs_dra.lazy import lazy_pattern
from constructs_dra.serving.model import ModelArtifacts

__all__ = ["weights_gib"]

_PARAMETERS: Final = lazy_pattern(r"(?<![\d.a-zA-Z])(?:(?P<experts>\d+)x)?(?P<billions>\d+(?:\.\d+)?)b(?![a-z])", re.IGNORECASE)
"""`70B`, `8x7B`, `0.6B` in a model's name; the first one counts all parameters (`30B-A3B`)."""

_BYTES: Final = (
    (lazy_pattern(r"(?:fp|nvfp|mxfp|int|w)4|awq|gptq|4bit", re.IGNORECASE), 0.6),
    (lazy_pattern(r"(?:fp|int|w)8|8bit", re.IGNORECASE), 1.0),
)
"""Bytes of a parameter by the words for a quantisation in the name, scales included; 2 for all others."""


def weights_gib(model: ModelArtifacts) -> float | None:
    """GiB of the model's weights; `None` where it is not known."""
    return _weights_gib(model.argument, model.name)


@lru_cache(maxsize=1024)
def _weights_gib(argument: str, name: str) -> float | None:
    for words in (argument, name):
        if found := _PARAMETERS.search(words.rpartition("/")[2]):
            billions = float(found["billions"]) * int(found["experts"] or 1)
            return billions * 1e9 * next((size for pattern, size in _BYTES if pattern.search(words)), 2.0) / 2**30
    return None
