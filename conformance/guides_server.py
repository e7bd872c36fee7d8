"""What an API server with the CRDs of `crds/` says to each object of the guides (`guides/server.json`), against ours.

An object agrees when both accept or both refuse. Stricter rules and warnings do not count, and neither do kinds that the server did not have: here
they are a warning. `newest/` holds files that are not manifests too (values, Kustomize patches); only its objects are looked at.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from conformance.score import Score
from conformance.validation import refusals

__all__ = ["scores"]

_NO_KIND = "no such kind"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def scores(shared: Path) -> Iterator[Score]:
    """One score: an object of a file is a case."""
    folder = shared / "guides"
    if not (folder / "server.json").is_file():
        return
    recorded = json.loads((folder / "server.json").read_text(encoding="utf-8"))["refused"]
    refused = {(file, case["object"]): case["error"] for file, cases in recorded.items() for case in cases}
    total, short = 0, []
    for file in sorted(folder.rglob("*.yaml")):
        name = file.relative_to(folder).as_posix()
        for manifest in _objects(file):
            title = f"{manifest['kind']}/{(manifest.get('metadata') or {}).get('name')}"
            total += 1
            if difference := _difference(manifest, refused.get((name, title), "")):
                short.append((f"{name} {title}", difference))
    yield Score(name="guides-server", passed=total - len(short), total=total, short=short)


def _objects(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file that a server could be given; configuration of Kustomize and its patches are none."""
    if file.name.startswith("patch"):
        return
    try:
        documents = list(yaml.load_all(file.read_text(encoding="utf-8"), Loader=_LOADER))
    except yaml.YAMLError:
        return
    for value in documents:
        if not isinstance(value, dict) or not isinstance(value.get("apiVersion"), str) or not isinstance(value.get("kind"), str):
            continue
        if "kustomize" not in value["apiVersion"] and isinstance((value.get("metadata") or {}).get("name"), str):
            yield value


def _difference(manifest: dict[str, Any], error: str) -> str:
    found = refusals(manifest)
    if error and not error.startswith(_NO_KIND):
        return "" if found else f"we accept; the API server: {error}"
    return f"we refuse: {'; '.join(map(str, found))}" if found else ""
