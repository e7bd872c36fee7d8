"""Files that commands write where the user says: nothing is overwritten unasked, and what cannot be written is one error."""

from pathlib import Path

from constructs_dra.errors import Problem

__all__ = ["is_there", "taken", "unwritable"]


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


def unwritable(path: Path, error: OSError) -> Problem:
    """That something cannot be written, and why.

    Args:
        path: What was to be written; the file that the error names, where it names one, is said instead.
        error: What the system said.
    """
    return Problem("", f"cannot be written: {error.strerror or error}", source=str(error.filename or path))
