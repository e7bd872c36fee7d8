"""Facts about llm-d's router as gzipped JSON; `tools/generate_router.py` writes them, and they are read on first use."""

from functools import cache
from typing import Any

from constructs_dra.packaged import packaged_json

__all__ = ["facts"]


@cache
def facts(subject: str) -> Any:
    """The facts about one subject: `picker`."""
    return packaged_json(__file__, f"{subject}.json.gz")
