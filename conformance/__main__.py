"""Print every score; exit 1 when a case falls short.

Each family is a module with `scores(shared: Path) -> Iterable[Score]`; a family without answers says so and counts as skipped, or as fallen
short with `--require`.
"""

import argparse
import os
import sys
import time
from importlib import import_module
from pathlib import Path

FAMILIES = (
    "cel",
    "validation",
    "objects",
    "guides_server",
    "allocator",
    "cluster",
    "diff",
    "parity",
    "behaviour",
    "real_files",
    "memory",
    "mistakes",
    "router_cases",
    "guides",
)


def main() -> int:
    """Run the families asked for and print one line per file, then the cases that fall short."""
    parser = argparse.ArgumentParser(prog="conformance", description=__doc__)
    parser.add_argument("families", nargs="*", choices=[*FAMILIES, []], help="only these families")
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared", help="folder of recorded answers")
    parser.add_argument("--verbose", action="store_true", help="what differed in each case that falls short")
    parser.add_argument("--require", action="store_true", help="fail where recorded answers are absent, instead of skipping")
    options = parser.parse_args()
    os.environ.setdefault("CONSTRUCTS_DRA_WARNINGS", "ignore")  # migrated apps are run, and what they warn of is not the question here
    if not options.shared.is_dir():
        print(f"{'absent' if options.require else 'skipped'}: no recorded answers at {options.shared}")
        return int(options.require)
    worst = 0
    for family in options.families or FAMILIES:
        start = time.perf_counter()
        count = 0
        for score in import_module(f"conformance.{family}").scores(options.shared):
            seconds = time.perf_counter() - start
            print(f"{score}  ({seconds:.1f} s)", flush=True)
            for name, difference in score.short:
                print(f"  short: {name}" + (f"\n    {difference}" if options.verbose else ""))
            worst |= not score.enough
            count += 1
            start = time.perf_counter()
        if not count:
            print(f"{'absent' if options.require else 'skipped'}: no recorded answers of the family {family}")
            worst |= options.require
    return worst


if __name__ == "__main__":
    sys.exit(main())
