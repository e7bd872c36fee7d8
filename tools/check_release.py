"""Say whether a release can be made: `python tools/check_release.py v0.1.0`. Tag, version and changelog must agree, and the heading have its date."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["faults"]

ROOT = Path(__file__).resolve().parents[1]


def faults(tag: str, version: str, changelog: str) -> Iterator[str]:
    """What keeps a release from being made; nothing when all is well.

    Args:
        tag: The tag, e.g. `v0.1.0`.
        version: Content of `_version.py`.
        changelog: Content of `CHANGELOG.md`.
    """
    if not re.fullmatch(r"v\d+\.\d+\.\d+", tag):
        yield f"{tag!r} is not a tag of a release; write it like v1.2.3"
        return
    number = tag.removeprefix("v")
    if f'__version__ = "{number}"' not in version:
        yield f"constructs_dra/_version.py does not say {number}"
    heading = re.search(r"^## (.*)$", changelog, re.MULTILINE)
    if heading is None or not re.fullmatch(rf"{re.escape(number)} \(\d{{4}}-\d{{2}}-\d{{2}}\)", heading[1]):
        yield f"the first heading of CHANGELOG.md is not '{number} (YYYY-MM-DD)'"


def main() -> int:
    """Print every fault; exit 1 when there is one."""
    if len(sys.argv) != 2:
        print("usage: python tools/check_release.py vX.Y.Z", file=sys.stderr)
        return 2
    found = list(
        faults(
            sys.argv[1],
            (ROOT / "constructs_dra" / "_version.py").read_text(encoding="utf-8"),
            (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        )
    )
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
