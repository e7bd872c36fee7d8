"""How a program ends when what it describes is wrong: the problems on stderr, exit status 1, no traceback.

stderr, because `cdk8s synth` swallows an app's stdout.
"""

import sys
import sysconfig
import traceback
from pathlib import Path
from types import TracebackType

from constructs_dra.errors import SpecError

__all__ = ["NodeError", "install", "report"]

_NOT_THE_USERS = (str(Path(__file__).resolve().parents[1]), *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")))


class NodeError(ImportError):
    """cdk8s cannot start Node; the message says how to get one."""


def report(error: SpecError) -> str:
    """The text shown for wrong input: where in the user's program it was raised, then every problem."""
    place = _place(error.__traceback__)
    return f"{place}: wrong input\n{error}" if place else str(error)


def install() -> None:
    """Make the interpreter show a `SpecError` or a missing Node as its message alone; every other exception as before."""
    before = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, SpecError):
            print(report(error), file=sys.stderr)  # noqa: T201  (the last words of a program)
        elif isinstance(error, NodeError):
            print(error, file=sys.stderr)  # noqa: T201
        else:
            before(kind, error, trace)

    sys.excepthook = show


def _place(trace: TracebackType | None) -> str:
    """File and line of the innermost frame that is neither ours nor a library's, as the user would name it."""
    frames = [frame for frame in traceback.extract_tb(trace) if _is_users(frame.filename)]
    if not frames:
        return ""
    path = Path(frames[-1].filename)
    here = Path.cwd()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}:{frames[-1].lineno}"


def _is_users(filename: str) -> bool:
    path = Path(filename)
    return path.is_file() and not str(path.resolve()).startswith(_NOT_THE_USERS)
