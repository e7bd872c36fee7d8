"""Run every example app of this folder; `cdk8s.yaml` names it. Either all of them write their files, or none."""

import os
import runpy
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from constructs_dra.constructs.last_words import report
from constructs_dra.constructs.output import output_folder, staged
from constructs_dra.errors import SpecError


def main() -> None:
    """Run them in one process, so that Node starts once; report every app that fails."""
    apps = [path for path in sorted(Path(__file__).parent.glob("*.py")) if not path.name.startswith("_")]
    with staged(output_folder()) as staging:
        if sum(runs(path, staging) for path in apps) < len(apps):  # a sum runs them all
            sys.exit(1)


def runs(path: Path, staging: Path) -> bool:
    """Run one app as a program; say on stderr what is wrong with it, or that it makes a file which another app made."""
    with TemporaryDirectory(dir=staging, prefix=".") as folder:
        os.environ["CDK8S_OUTDIR"] = folder
        try:
            runpy.run_path(str(path), run_name="__main__")
        except (SpecError, TypeError) as error:
            text = report(error)
            if text is None:
                raise
            print(text, file=sys.stderr)
            return False
        files = {file.relative_to(folder): file for file in Path(folder).rglob("[!.]*") if file.is_file()}
        taken = [name for name in files if (staging / name).exists()]
        for name in taken:
            print(f"{path.name} writes {name}, which another app wrote; give its chart another id", file=sys.stderr)
        for name, file in files.items():
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            file.replace(staging / name)
        return not taken


if __name__ == "__main__":
    main()
