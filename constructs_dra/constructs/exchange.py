"""Bring a folder from one state to the next so that nobody sees a mixture of both."""

import ctypes
import errno
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # not on every system
    fcntl = None

__all__ = ["changed", "commit", "locked", "stale"]

_MOST_COPIED = 1_000
"""Files of others that a folder may hold and still be exchanged as a whole: each becomes a second name of the same file first."""

_SWAP = 2
"""RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS."""

_AT_FDCWD = -100


def changed(source: Path, target: Path) -> bool:
    """Whether a file differs from what stands where it goes; files that are the same are left alone, with their times."""
    try:
        return target.is_symlink() or source.read_bytes() != target.read_bytes()
    except OSError:
        return True


def commit(staging: Path, folder: Path, moved: Sequence[str], gone: Sequence[str], *, minor: Sequence[str] = ()) -> None:
    """Move files from a staging folder into a folder and remove others from it, together.

    Args:
        staging: The folder on the same file system that holds the new files.
        folder: The folder, which need not exist.
        moved: Paths of the files that go into it.
        gone: Paths of the files that go from it.
        minor: Paths of files that may be older or newer than the others when the process is killed.

    Raises:
        OSError: It cannot be done; the folder is as it was, but for a failure in the middle of moving file by file.
    """
    if not moved and not gone:
        folder.mkdir(parents=True, exist_ok=True)
        return
    for name in moved:  # before anything has moved
        if (target := folder / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        if staging.parent != folder:
            staging.rename(folder)
            return
    with _signals_held(), locked(folder.parent, wait=True):
        concerned = [name for name in (*moved, *gone) if name not in minor]
        if len(concerned) > 1 and _exchanged(staging, folder, moved, gone):
            return
        for name in moved:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_file() and not target.is_symlink():
                shutil.copymode(target, staging / name)
            (staging / name).replace(target)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
            _remove_empty((folder / name).parent, folder)


def _remove_empty(path: Path, top: Path) -> None:
    """Remove a folder that a removed file leaves empty, and those around it."""
    while path != top and path.is_relative_to(top):
        try:
            path.rmdir()
        except OSError:
            return
        path = path.parent


def _exchanged(staging: Path, folder: Path, moved: Sequence[str], gone: Sequence[str]) -> bool:
    """Give the staging folder everything the folder holds besides, and swap the two; False where that is not possible here."""
    swap = _swap_call()
    if swap is None or staging.parent == folder or os.path.ismount(folder):
        return False
    try:
        others = _others(folder, {*moved, *gone})
        if others is None:
            return False
        for source, copy in ((path, staging / path.relative_to(folder)) for path in others):
            if source.is_dir() and not source.is_symlink():
                copy.mkdir(exist_ok=True)
                shutil.copystat(source, copy)
            elif not copy.exists():
                os.link(source, copy, follow_symlinks=False)
        for name in gone:
            _remove_empty((staging / name).parent, staging)
        shutil.copystat(folder, staging)
        return swap(staging, folder)
    except OSError:
        return False


def _others(folder: Path, concerned: set[str]) -> list[Path] | None:
    """Everything in a folder besides the files concerned, outer ones first; None where it is too much to take along."""
    found: list[Path] = []
    for home, folders, files in os.walk(folder):
        found += (Path(home, name) for name in folders)
        found += (path for name in files if (path := Path(home, name)).relative_to(folder).as_posix() not in concerned)
        if len(found) > _MOST_COPIED or any(os.path.ismount(Path(home, name)) for name in folders):
            return None
    return found


def _swap_call() -> Callable[[Path, Path], bool] | None:
    """A function that swaps two folders in one step; None where the system has none."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            call = libc.renamex_np
            return lambda one, other: bool(call(os.fsencode(one), os.fsencode(other), _SWAP) == 0)
        call = libc.renameat2
    except (AttributeError, OSError, TypeError):
        return None
    return lambda one, other: bool(call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _SWAP) == 0)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Let signals that would end the program wait until the block is done."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_held: set[tuple[int, int]] = set()
"""Folders that this process holds a lock on."""


@contextmanager
def locked(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold a lock on a folder that programs of this library respect, as far as the system has such locks; it goes with the process.

    Args:
        folder: The folder.
        wait: Whether to wait for whoever holds it. Default: go on without the lock.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    state = os.fstat(handle)
    key = (state.st_dev, state.st_ino)
    if key in _held:  # by this process, which would wait for itself
        os.close(handle)
        yield
        return
    _held.add(key)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        _held.discard(key)
        os.close(handle)


def stale(staging: Path) -> list[Path]:
    """Staging folders for the same output that a killed process left behind: its process is gone, and so is its lock."""
    if fcntl is None:
        return []
    pattern = re.compile(re.escape(staging.name.rsplit("-", 2)[0]) + r"-([0-9]+)-[0-9]+\Z")
    found: list[Path] = []
    with suppress(OSError):
        for path in staging.parent.iterdir():
            match = pattern.match(path.name)
            # a process may have the number of one that is gone (in containers most do): the lock tells
            if match is None or path.is_symlink() or (int(match.group(1)) != os.getpid() and _runs(int(match.group(1)))):
                continue
            with suppress(OSError):  # not ours to open, or somebody is at work there
                handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    found.append(path)
                finally:
                    os.close(handle)
    return found


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
