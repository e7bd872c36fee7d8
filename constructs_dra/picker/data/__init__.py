"""Facts about llm-d's router as gzipped JSON; `tools/generate_router.py` writes them, and they are read on first use."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["facts"]

_FOLDER = Path(__file__).resolve().parent


@cache
def facts(subject: str) -> Any:
    """The facts about one subject: `picker`."""
    return json.loads(gzip.decompress((_FOLDER / f"{subject}.json.gz").read_bytes()))
