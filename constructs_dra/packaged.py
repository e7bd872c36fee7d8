"""Data files of this package, each beside the code that reads it, on first use: `.json`, `.json.gz` and text.

Plain `open` and `zlib` instead of `pathlib` and `gzip`, which take 5 ms to load: a claim alone reads nothing but the API of its Kubernetes version.
"""

import json
import zlib
from os.path import dirname, join
from typing import Any, Final

from constructs_dra.garbage import uncollected

__all__ = ["packaged_json", "packaged_text"]

_GZIP: Final = zlib.MAX_WBITS | 16
"""Says to zlib that the data is wrapped as gzip does it."""


@uncollected
def packaged_json(file: str, name: str) -> Any:
    """What a JSON file holds, gzipped where its name ends in `.gz`.

    Args:
        file: `__file__` of a module in the folder that `name` starts from.
        name: The file's name, e.g. `data/kubernetes.json.gz`.
    """
    raw = _read(file, name)
    return json.loads(zlib.decompress(raw, _GZIP) if name.endswith(".gz") else raw)


def packaged_text(file: str, name: str) -> str:
    """What a text file holds; see `packaged_json`."""
    return _read(file, name).decode()


def _read(file: str, name: str) -> bytes:
    with open(join(dirname(file), name), "rb") as opened:  # noqa: PTH118, PTH120, PTH123  (see above)
        return opened.read()
