"""Standard input, as commands read it."""

import sys

from constructs_dra.yaml.documents import MAX_BYTES

__all__ = ["standard_input"]


def standard_input() -> bytes:
    """What is piped in, up to one byte more than is ever read of a file, so that an endless input ends and is refused for its length."""
    return sys.stdin.buffer.read(MAX_BYTES + 1)
