"""Files that commands write where the user says: nothing is overwritten unasked, and what cannot be written is one error."""

import os
from collections.abc import Mapping
from pathlib import Path

from constructs_dra.constructs.output import staged
from constructs_dra.errors import Problem, SpecError

__all__ = ["is_there", "taken", "write", "write_all"]


def is_there(path: Path) -> bool:
    """Whether a file or folder exists; what cannot even be asked for, such as a name that is too long, does not."""
    try:
        return path.exists()
    except OSError:
        return False


def taken(path: Path, hint: str = "name another file, or write --force") -> Problem:
    """That a file exists already.

    Args:
        path: The file.
        hint: What to do.
    """
    return Problem("", "exists already", hint, source=str(path))


def write(file: Path, text: str) -> list[Problem]:
    """Write a file whole or not at all; a link stays and what it leads to is written, and so are pipes and terminals.

    Args:
        file: The file; its folder is made where it does not exist.
        text: What it holds then.

    Returns:
        Why it cannot be written; nothing when it was.
    """
    real = Path(os.path.realpath(file))
    if not is_there(real) or real.is_file():
        return write_all(real.parent, {real.name: text}, said=file)
    try:
        real.write_text(text, encoding="utf-8")
    except OSError as error:
        return [_unwritable(file, error)]
    return []


def write_all(folder: Path, texts: Mapping[str, str], *, said: Path | None = None) -> list[Problem]:
    """Write files into a folder: what fails half-way leaves nothing half-written, and what is killed leaves every file old or new.

    Args:
        folder: The folder; it is made where it does not exist.
        texts: What each file holds, by its path in the folder.
        said: What an error names. Default: the folder.

    Returns:
        Why they cannot be written; nothing when they were.
    """
    try:
        with staged(folder, recorded=False) as staging:
            for name, text in texts.items():
                (staging / name).parent.mkdir(parents=True, exist_ok=True)
                (staging / name).write_text(text, encoding="utf-8")
    except SpecError as error:
        cause = error.__cause__
        if isinstance(cause, IsADirectoryError):
            return [_unwritable(Path(cause.filename), cause)]
        return [_unwritable(said or folder, cause)] if isinstance(cause, OSError) else list(error.problems)
    return []


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem("", f"cannot be written: {error.strerror or error}", source=str(path))
