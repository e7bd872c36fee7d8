"""How large a model's weights are: by the facts of its configuration, else by the catalogue of models, else as far as its name tells."""

import re
from functools import lru_cache
from typing import Final

from constructs_dra.engines.footprint import Spread, weight_bytes
from constructs_dra.engines.models import ModelFacts, model_facts
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

_WHOLE: Final = Spread()


def weights_gib(model: ModelArtifacts) -> float | None:
    """GiB of the model's weights; `None` where nothing tells."""
    given = model.facts
    if isinstance(given, ModelFacts) and (found := weight_bytes(given, _WHOLE)) is not None:
        return found / 2**30
    return _weights_gib(model.argument, model.name)


@lru_cache(maxsize=1024)
def _weights_gib(argument: str, name: str) -> float | None:
    for words in (name, argument):
        known = model_facts(words)
        found = weight_bytes(known, _WHOLE) if known is not None else None
        if found is not None:
            return found / 2**30
    for words in (argument, name):
        if match := _PARAMETERS.search(words.rpartition("/")[2]):
            billions = float(match["billions"]) * int(match["experts"] or 1)
            return billions * 1e9 * next((size for pattern, size in _BYTES if pattern.search(words)), 2.0) / 2**30
    return None
