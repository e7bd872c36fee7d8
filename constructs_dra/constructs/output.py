"""Write files so that a failure changes nothing: beside the folder first, then into it.

Knows nothing of cdk8s: a program without Node uses it too, and honours `CDK8S_OUTDIR` as cdk8s does, so that it can be the `app:` of a
`cdk8s.yaml`.
"""

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from constructs_dra.errors import Problem, Problems, SpecError
from constructs_dra.manifest import Manifest, to_yaml

__all__ = ["beside", "output_folder", "staged", "write_files"]


def output_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Where output goes: `folder` if given, else what `cdk8s synth` asks for (`CDK8S_OUTDIR`), else `dist`."""
    return Path(folder or os.environ.get("CDK8S_OUTDIR") or "dist")


def write_files(
    files: Mapping[str, str | Manifest | Iterable[Manifest]],
    *,
    folder: str | os.PathLike[str] | None = None,
) -> list[Path]:
    """Write all the files or none.

    Other files already in the folder stay.

    Args:
        files: Text, one manifest or several per path; paths are relative to the folder, e.g. `cluster-a/llama.yaml`.
        folder: Default: `CDK8S_OUTDIR`, which `cdk8s synth` sets, else `dist`.

    Returns:
        The files written, in the order given.

    Raises:
        SpecError: A path leads out of the folder, nothing is given to write, or the folder cannot be written.
    """
    target = output_folder(folder)
    problems = Problems()
    if not files:
        problems.add("files", "there is nothing to write", "give at least one path and its manifests")
    for name in files:
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or not parts.name:
            problems.add(f"files[{name!r}]", "the path leads out of the output folder", "give a path relative to it, such as 'cluster-a/llama.yaml'")
    problems.raise_errors()
    texts = {name: content if isinstance(content, str) else to_yaml(content) for name, content in files.items()}
    with staged(target) as staging:
        for name, text in texts.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return [target / name for name in texts]


def beside(folder: Path) -> Path:
    """The path of a folder that does not exist yet, on the file system of `folder` and without new parents to leave behind."""
    above = folder.absolute().parent
    home = next(path for path in (above, *above.parents) if path.is_dir())
    return home / f".{folder.name}-{os.getpid()}-{time.time_ns()}"


@contextmanager
def staged(folder: Path, staging: Path | None = None) -> Iterator[Path]:
    """A new folder beside `folder`, whose files move into it when the block ends well and vanish when it does not.

    Args:
        folder: Where the files go in the end.
        staging: Where they are written first. Default: what `beside` gives.

    Raises:
        SpecError: The folder cannot be written.
    """
    staging = staging or beside(folder)
    try:
        staging.mkdir()
    except OSError as error:
        raise SpecError([_unwritable(folder, error)]) from error
    try:
        yield staging
        _move_files(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move_files(staging: Path, folder: Path) -> None:
    try:
        for source in sorted(path for path in staging.rglob("*") if path.is_file()):
            target = folder / source.relative_to(staging)
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
    except OSError as error:
        raise SpecError([_unwritable(folder, error)]) from error


def _unwritable(folder: Path, error: OSError) -> Problem:
    return Problem(str(folder), f"cannot write the output: {error.strerror or error}", "name a folder that can be written")
