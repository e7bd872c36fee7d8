"""Print one table: what was measured, the number, what it has to reach, and whether it does. Exit 1 when a target is missed."""

import sys
from importlib import import_module
from importlib.util import find_spec

FAMILIES = ("core", "checks", "engines", "placement", "helm")


def main() -> int:
    """Measure the families named on the command line, else all of them."""
    missed = 0
    print(f"{'measured, medians of fresh processes':<78}{'':>14}  target")
    for family in sys.argv[1:] or FAMILIES:
        if find_spec(f"benchmarks.{family}") is None:
            continue
        for row in import_module(f"benchmarks.{family}").rows():
            print(row, flush=True)
            missed += not row.passed
    print(f"{missed} target{'' if missed == 1 else 's'} missed" if missed else "all targets reached")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
