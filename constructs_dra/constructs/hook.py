"""How a program ends when what it describes is wrong: the problems on stderr, exit status 1, no traceback.

stderr, because `cdk8s synth` swallows an app's stdout.
"""

import sys
from types import TracebackType

__all__ = ["NodeError", "install"]


class NodeError(ImportError):
    """cdk8s cannot start Node; the message says how to get one."""


def install() -> None:
    """Make the interpreter show wrong input and a missing Node as their message alone; every other exception as before."""
    before = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        from constructs_dra.constructs.last_words import report  # noqa: PLC0415  (programs that end well need not pay for it)

        text = report(error)
        if text is None:
            before(kind, error, trace)
        else:
            print(text, file=sys.stderr)  # noqa: T201  (the last words of a program)

    sys.excepthook = show
