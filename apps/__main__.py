"""Run every example app of this folder; `cdk8s.yaml` names it. Either all of them write their files, or none."""

import os
import runpy
import sys
from pathlib import Path

from constructs_dra.constructs.last_words import report
from constructs_dra.constructs.output import output_folder, staged
from constructs_dra.errors import SpecError


def main() -> None:
    """Run them in one process, so that Node starts once; report every app that fails."""
    apps = [path for path in sorted(Path(__file__).parent.glob("*.py")) if not path.name.startswith("_")]
    with staged(output_folder()) as staging:
        os.environ["CDK8S_OUTDIR"] = str(staging)
        if sum(runs(path, staging) for path in apps) < len(apps):  # a sum runs them all
            sys.exit(1)


def runs(path: Path, staging: Path) -> bool:
    """Run one app as a program; say on stderr what is wrong with it, or that it overwrote what another app made."""
    before = {file: file.stat().st_ino for file in staging.rglob("*")}
    try:
        runpy.run_path(str(path), run_name="__main__")
    except (SpecError, TypeError) as error:
        text = report(error)
        if text is None:
            raise
        print(text, file=sys.stderr)
        return False
    overwritten = [file.name for file, inode in before.items() if file.is_file() and file.stat().st_ino != inode]
    for name in overwritten:
        print(f"{path.name} writes {name}, which another app wrote; give its chart another id", file=sys.stderr)
    return not overwritten


if __name__ == "__main__":
    main()
