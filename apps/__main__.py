"""Run every example app of this folder; `cdk8s.yaml` names it. Either all of them write their files, or none."""

import runpy
from pathlib import Path

from constructs_dra import write_together


def main() -> None:
    """Run them in one process, so that Node starts once; every app that fails is reported."""
    with write_together() as run:
        for path in sorted(Path(__file__).parent.glob("*.py")):
            if not path.name.startswith("_"):
                with run.part(path.name):
                    runpy.run_path(str(path), run_name="__main__")


if __name__ == "__main__":
    main()
