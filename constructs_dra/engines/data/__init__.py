"""Facts about engines as gzipped JSON, one file for each subject; `tools/generate_engines.py` writes them, and each is read on first use."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["facts"]

_FOLDER = Path(__file__).resolve().parent


@cache
def facts(subject: str) -> Any:
    """The facts about one subject: `vllm`, `names`, `environment`, `images`, `models`, `rules`, `router`."""
    return json.loads(gzip.decompress((_FOLDER / f"{subject}.json.gz").read_bytes()))
