"""`python -m tests.fuzz [--budget N] [--seed N] [TARGET…]`: print what broke; exit 1 if anything did."""

import argparse
import sys
import time

from tests.fuzz.harness import run
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Run the targets asked for."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help="names, or parts of them; all when none is given")
    parser.add_argument("--budget", type=int, default=20_000, help="inputs in all")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="where the inputs start; printed, to run them again")
    options = parser.parse_args()
    chosen = [target for target in TARGETS if not options.targets or any(part in target.name for part in options.targets)]
    print(f"{options.budget:,} inputs for {len(chosen)} targets, seed {options.seed}", flush=True)
    count = 0
    for finding in run(chosen, options.budget, options.seed):
        print(finding, flush=True)
        count += 1
    print(f"{count} findings")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
