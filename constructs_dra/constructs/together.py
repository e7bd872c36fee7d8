"""Several charts, clusters or programs written as one: either all of them write their files, or none, and every mistake is reported.

with write_together() as run:
for path in programs:
with run.part(path.name):
runpy.run_path(str(path), run_name="__main__")
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from constructs_dra.constructs.error_report import report
from constructs_dra.constructs.output import output_folder, staged

__all__ = ["Together", "write_together"]

_ASKED = "CDK8S_OUTDIR"


class Together:
    """One run of several parts.

    Attributes:
        folder: Where the parts write until all of them are done; App and `write_files` go there by themselves.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._failed = False

    @property
    def failed(self) -> bool:
        """Whether a part was wrong; nothing is written then."""
        return self._failed

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """One part. Wrong input in it, and a file that another part wrote, go to stderr; the parts after it still run.

        Args:
            name: What the part is called on stderr.
        """
        with TemporaryDirectory(dir=self.folder, prefix=".") as scratch:
            os.environ[_ASKED] = scratch
            try:
                yield
            except Exception as error:
                self._failed = True
                if not _reported(error):
                    raise
            finally:
                os.environ[_ASKED] = str(self.folder)
            for source in sorted(path for path in Path(scratch).rglob("[!.]*") if path.is_file()):
                target = self.folder / source.relative_to(scratch)
                if target.exists():
                    self._failed = True
                    print(f"{name} writes {target.name}, which another app wrote; give its chart another id", file=sys.stderr)  # noqa: T201
                target.parent.mkdir(parents=True, exist_ok=True)
                source.replace(target)


def _reported(error: BaseException) -> bool:
    """Whether an error was wrong input, which is on stderr now."""
    text = report(error)
    if text is not None:
        print(text, file=sys.stderr)  # noqa: T201  (stdout of an app is swallowed by `cdk8s synth`)
    return text is not None


@contextmanager
def write_together(folder: str | os.PathLike[str] | None = None) -> Iterator[Together]:
    """A block in which App and `write_files` write beside the output folder; their files move into it when all went well.

    Wrong input (`SpecError`, a field that does not exist, a missing Node) is reported on stderr and ends the program with exit status 1; nothing is
    written then. Exceptions of other kinds pass through, and nothing is written either.

    Args:
        folder: The output folder. Default: `CDK8S_OUTDIR`, which `cdk8s synth` sets, else `dist`.

    Raises:
        SystemExit: Something was wrong; it has been reported.
    """
    asked = os.environ.get(_ASKED)
    try:
        with staged(output_folder(folder)) as staging:
            os.environ[_ASKED] = str(staging)
            run = Together(staging)
            yield run
            if run.failed:
                sys.exit(1)
    except Exception as error:
        if not _reported(error):
            raise
        sys.exit(1)
    finally:
        if asked is None:
            os.environ.pop(_ASKED, None)
        else:
            os.environ[_ASKED] = asked
