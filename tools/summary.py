"""Say what each file of an output folder holds; exit 1 when there is nothing, since `cdk8s synth` itself ends well then."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def main() -> int:
    """Print one line per file; count a file without objects, and a folder without files, as a failure."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    files = sorted(path for path in folder.rglob("*.yaml") if path.is_file())
    if not files:
        print(f"nothing was made: no YAML file in {folder}/", file=sys.stderr)
        return 1
    contents = {path: describe(path) for path in files}
    for path, objects in contents.items():
        print(f"{path}: {', '.join(objects) or 'no object'}")
    return 0 if all(contents.values()) else 1


def describe(path: Path) -> list[str]:
    """Kind and name of each object in the file, in the file's order; of more than eight objects, how many there are of each kind."""
    objects = list(_objects(path))
    if len(objects) > 8:
        return [f"{count} {kind}" for kind, count in Counter(str(item.get("kind")) for item in objects).items()]
    return [f"{item.get('kind')} {(item.get('metadata') or {}).get('name')}" for item in objects]


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        yield from filter(None, yaml.load_all(stream, Loader=yaml.CSafeLoader))


if __name__ == "__main__":
    sys.exit(main())
