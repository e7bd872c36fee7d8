"""How a program ends when what it describes is wrong: the problems on stderr, exit status 1, no traceback.

stderr, because `cdk8s synth` swallows an app's stdout.
"""

import inspect
import re
import sys
import traceback
from types import TracebackType

import constructs_dra
from constructs_dra.catalogue.fields import UnpublishedError
from constructs_dra.constructs.notices import called_from
from constructs_dra.errors import SpecError, did_you_mean
from constructs_dra.noted import is_users

__all__ = ["NodeError", "install", "report"]


class NodeError(ImportError):
    """cdk8s cannot start Node; the message says how to get one."""


def install() -> None:
    """Make the interpreter show wrong input and a missing Node as their message alone; every other exception as before."""
    before = sys.excepthook
    if getattr(before, "__module__", "") == __name__:
        return

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        text = report(error)
        if text is None:
            before(kind, error, trace)
        else:
            print(text, file=sys.stderr)  # noqa: T201  (a program that ends says why)

    sys.excepthook = show


def report(error: BaseException) -> str | None:
    """The text shown for wrong input: where in the user's program it was raised, then every problem; None for an error of another kind."""
    if isinstance(error, NodeError):
        return str(error)
    problems = str(error) if isinstance(error, SpecError | UnpublishedError) else _wrong_call(error) if isinstance(error, TypeError) else None
    place = _place(error.__traceback__)
    return f"{place}: wrong input\n{problems}" if place and problems else problems


def _wrong_call(error: TypeError) -> str | None:
    """What Python says of a field that one of our classes does not have, or must have, in the words of a problem."""
    unknown = re.match(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'", str(error))
    missing = re.match(r"(\w+)\.__init__\(\) missing \d+ required .*?: (.*)", str(error))
    found = unknown or missing
    kind = getattr(constructs_dra, found[1], None) if found and found[1] in dir(constructs_dra) else None
    if found is None or kind is None:
        return None
    if missing:
        return f"{found[1]}: {found[2]}: missing"
    fields = [name for name in inspect.signature(kind.__init__).parameters if name not in ("self", "scope", "id")]
    return f"{found[1]}: {found[2]}: there is no such field;\n  {did_you_mean(found[2], fields)}"


def _place(trace: TracebackType | None) -> str:
    """File and line of the innermost frame that is neither ours nor a library's, and of the user's calls that led to it."""
    return called_from([(frame.filename, frame.lineno or 0) for frame in reversed(traceback.extract_tb(trace)) if is_users(frame.filename)])
