"""Fetch a model into a Hugging Face cache, check every file against its checksum, and mark the revision as complete.

Arguments: folder of the cache, id of the model, revision, patterns of files to leave out. What an earlier run fetched is kept; a file whose content
is not what the hub said is removed, and the run fails, so that the next one fetches it again.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import snapshot_download  # pyright: ignore[reportMissingImports]  (it is in the image)

CHUNK = 1 << 24


def checksum(blob: Path) -> str:
    """What the name of a blob should be: SHA-256 for large files, the number git gives a file for small ones."""
    small = f"blob {blob.stat().st_size}\0".encode()
    digest = hashlib.sha256() if len(blob.name) == 64 else hashlib.sha1(small, usedforsecurity=False)
    with blob.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def faults(snapshot: Path) -> Iterator[tuple[Path, str]]:
    """Files of a snapshot that are missing or have another content."""
    for file in sorted(snapshot.rglob("*")):
        if file.is_dir():
            continue
        blob = file.resolve()
        if not blob.is_file():
            yield file, "is missing"
        elif len(blob.name) in (40, 64) and checksum(blob) != blob.name:
            yield file, "has another checksum than the hub gave it"
    for index in sorted(snapshot.glob("*.index.json")):
        if index.is_file():
            for name in sorted(set(json.loads(index.read_text(encoding="utf-8")).get("weight_map", {}).values())):
                if not (snapshot / name).is_file():
                    yield snapshot / name, f"is named in {index.name} and missing"


def main(cache: str, model: str, revision: str, *ignored: str) -> int:
    """Fetch, check, mark."""
    snapshot = Path(snapshot_download(model, revision=revision, cache_dir=cache, ignore_patterns=list(ignored) or None))
    complete = snapshot.parents[1] / ".complete" / snapshot.name
    if complete.is_file():
        print(f"{model} at {snapshot.name} is complete already", flush=True)
        return 0
    print(f"fetched {model} at {snapshot.name}; checking it", flush=True)
    broken = list(faults(snapshot))
    for file, fault in broken:
        print(f"{file.relative_to(snapshot)} {fault}", file=sys.stderr, flush=True)
        if file.is_symlink():
            file.resolve().unlink(missing_ok=True)
            file.unlink()
    if broken:
        return 1
    complete.parent.mkdir(exist_ok=True)
    complete.write_text(f"{model}\n", encoding="utf-8")
    print(f"{model} at {snapshot.name} is complete", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
