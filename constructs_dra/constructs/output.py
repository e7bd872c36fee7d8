"""Write files so that a failure changes nothing, a kill at any moment leaves all old or all new, and what is no longer made goes away.

Files are written to a folder of their own on the same file system first. Then, where only one file changes, it is renamed into place; where
several do, the folder is exchanged for its new state in one step, as far as the system can (Linux, macOS), else file by file with signals held
back. A record in the folder (`.constructs-dra-files`) says which program wrote which file: what the program wrote before and does not write now
is removed, unless somebody changed it since. Nothing else is ever removed.

Knows nothing of cdk8s: a program without Node uses it too, and honours `CDK8S_OUTDIR` as cdk8s does, so that it can be the `app:` of a
`cdk8s.yaml`.
"""

import errno
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import cast

from constructs_dra.constructs.agreement import agree
from constructs_dra.constructs.exchange import changed, commit, locked, stale
from constructs_dra.constructs.notices import Warnings
from constructs_dra.constructs.record import RECORD, Record
from constructs_dra.errors import Problem, Problems, SpecError, shown
from constructs_dra.garbage import uncollected
from constructs_dra.manifest import Manifest, to_yaml

__all__ = ["beside", "output_folder", "staged", "write_files", "writer"]


def output_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Where output goes: `folder` if given, else what `cdk8s synth` asks for (`CDK8S_OUTDIR`), else `dist`."""
    return Path(folder or os.environ.get("CDK8S_OUTDIR") or "dist")


@uncollected
def write_files(
    files: Mapping[str, str | Manifest | Iterable[Manifest]],
    *,
    folder: str | os.PathLike[str] | None = None,
    warnings: Warnings | None = None,
) -> list[Path]:
    """Write all the files or none.

    Other files in the folder stay, but for those that an earlier run of the same program wrote here and this one does not. Manifests that disagree
    with each other are errors and warnings as in `constructs-dra check`; texts are not read.

    Args:
        files: Text, one manifest or several per path; paths are relative to the folder, e.g. `cluster-a/llama.yaml`.
        folder: Default: `CDK8S_OUTDIR`, which `cdk8s synth` sets, else `dist`.
        warnings: What becomes of warnings about the objects made so far: `show` prints them to stderr, `error` refuses to write, `ignore` says
            nothing. Default: what `CONSTRUCTS_DRA_WARNINGS` says, else `show`.

    Returns:
        The files written, in the order given.

    Raises:
        SpecError: A path leads out of the folder or cannot be written, a manifest is not JSON, manifests disagree, nothing is given to write, or the
            folder cannot be written.
    """
    target = output_folder(folder)
    problems = Problems()
    if not isinstance(files, Mapping):
        problems.add("files", f"must be a mapping of paths to manifests, not {shown(files)}", 'write {"cluster-a/llama.yaml": manifests}')
        problems.raise_errors()
    if not files:
        problems.add("files", "there is nothing to write", "give at least one path and its manifests")
    texts: dict[str, str] = {}
    objects: dict[str, list[Manifest]] = {}
    for name, content in files.items():
        place = f"files[{shown(name)}]"
        if fault := _path_fault(name):
            problems.add(place, fault, "give a path relative to the folder, such as 'cluster-a/llama.yaml'")
        elif not isinstance(content, str) and not isinstance(content, Iterable):
            problems.add(place, f"must be a string or manifests, not {shown(content)}")
        else:
            with problems.gather(under=place):
                texts[name], objects[name] = _text(content)
    problems.raise_errors()
    agree(objects, warnings)
    with staged(target) as staging:
        for name, text in texts.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return [target / name for name in texts]


def _text(content: str | Manifest | Iterable[Manifest]) -> tuple[str, list[Manifest]]:
    """What is written, and the objects in it; a text is written as it is."""
    if not isinstance(content, str):
        manifests: list[Manifest] = [cast("Manifest", content)] if isinstance(content, Mapping) else list(content)
        return to_yaml(manifests), manifests
    try:
        content.encode()
    except UnicodeEncodeError:
        raise SpecError([Problem("", "has half of a surrogate pair, which no encoding can write")]) from None
    return content, []


def _path_fault(name: object) -> str:
    """What is wrong with a path below the output folder; empty when nothing is."""
    if not isinstance(name, str):
        return "a path must be a string"
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or not parts.name:
        return "the path leads out of the output folder"
    try:
        longest = max(len(part.encode()) for part in parts.parts)
    except UnicodeEncodeError:
        return "the path has half of a surrogate pair"
    if "\0" in name or longest > 255:
        return "the path has " + ("a NUL character" if "\0" in name else "a part longer than 255 bytes")
    return f"the path is the one of the record of written files, {RECORD}" if RECORD in parts.parts else ""


def beside(folder: Path) -> Path:
    """The path of a folder that does not exist yet, on the file system of `folder` and without new parents to leave behind.

    Where `folder` is a link or the root of a file system, or its parent cannot be written, that is inside it.
    """
    real = Path(os.path.realpath(folder))
    name = f".{real.name}-{os.getpid()}-{time.time_ns()}"
    home = next(path for path in (real.parent, *real.parents) if _is_there(path))
    if _is_there(real) and (os.path.ismount(real) or real.stat().st_dev != home.stat().st_dev or not os.access(home, os.W_OK | os.X_OK)):
        return real / name
    return home / name


def _is_there(folder: Path) -> bool:
    """Whether a folder exists; what cannot even be asked for, such as a name that is too long, does not."""
    try:
        return folder.is_dir()
    except OSError:
        return False


@contextmanager
def staged(folder: Path, staging: Path | None = None, *, by: str = "", recorded: bool = True) -> Iterator[Path]:
    """A new folder on the file system of `folder`, whose files move into it when the block ends well and vanish when it does not.

    Args:
        folder: Where the files go in the end.
        staging: Where they are written first. Default: what `beside` gives.
        by: Who writes them, see `writer`: what it wrote before and does not write now is removed. Default: a new writer at each call.
        recorded: Whether the folder's record says so. No, for folders that are not output alone: nothing is removed from them then, and a folder
            that is there stays the same one. Default yes.

    Raises:
        SpecError: The folder, or a file in it, cannot be written: no permission, no space left, a name that is too long.
    """
    real = Path(os.path.realpath(folder))
    try:
        staging = staging or (beside(folder) if recorded or not _is_there(real) else real / beside(folder).name)
        for left in stale(staging):
            shutil.rmtree(left, ignore_errors=True)
        staging.mkdir()
    except OSError as error:
        raise SpecError([_unwritable(folder, error)]) from error
    try:
        with locked(staging):
            try:
                yield staging
            except OSError as error:
                if _is_output(error, staging):
                    raise SpecError([_unwritable(folder, error)]) from error
                raise
            try:
                _take_over(staging, real, (by or writer(real)) if recorded else None)
            except OSError as error:
                raise SpecError([_unwritable(folder, error)]) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _take_over(staging: Path, folder: Path, by: str | None) -> None:
    """Make the folder hold what was written, without what an earlier run wrote and this one did not; without `by` nobody records it."""
    with suppress(FileNotFoundError):
        (staging / RECORD).unlink()  # of a program inside this one
    written = {source.relative_to(staging).as_posix(): source for source in sorted(staging.rglob("*")) if source.is_file()}
    if by is None:
        commit(staging, folder, list(written), [])
        return
    record = Record.read(folder)
    gone = record.replace(by, written)
    if written or record.files or (folder / RECORD).exists():
        (staging / RECORD).write_text(record.text(), encoding="utf-8")
        written[RECORD] = staging / RECORD
    commit(staging, folder, [name for name, source in written.items() if changed(source, folder / name)], gone, minor=[RECORD])


_writers: Counter[Path] = Counter()


def writer(folder: Path) -> str:
    """What the record calls whoever writes to a folder: the program's file, with a number from the second writer in it on."""
    real = Path(os.path.realpath(folder))
    script = sys.argv[0] if sys.argv and sys.argv[0] not in ("", "-c", "-m") else "-"
    name = script if script == "-" else Path(os.path.relpath(os.path.realpath(script), real)).as_posix()
    _writers[real] += 1
    return name if _writers[real] == 1 else f"{name} ({_writers[real]})"


def _is_output(error: OSError, staging: Path) -> bool:
    """Whether an error is about writing output, and not one of the caller's own; a full disk does not say which file it has no room for."""
    return error.errno in _FULL or any(str(name).startswith(str(staging)) for name in (error.filename, error.filename2) if name is not None)


_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO))


def _unwritable(folder: Path, error: OSError) -> Problem:
    return Problem(str(folder), f"cannot write the output: {error.strerror or error}", "name a folder that can be written")
