"""Facts about engines as gzipped JSON, one file for each subject; `tools/generate_engines.py` writes them, and each is read on first use."""

from functools import cache
from typing import Any

from constructs_dra.packaged import packaged_json

__all__ = ["facts"]


@cache
def facts(subject: str) -> Any:
    """The facts about one subject: `vllm`, `names`, `environment`, `images`, `models`, `rules`, `router`."""
    return packaged_json(__file__, f"{subject}.json.gz")
