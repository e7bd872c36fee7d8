"""Places inside an object, as problems name them: `spec.containers[0].name`, `metadata.labels['a.b/c']`."""

from ast import literal_eval
from collections.abc import Iterable

from constructs_dra.lazy import lazy_pattern

__all__ = ["child", "is_under", "split"]

_PLAIN = lazy_pattern(r"[A-Za-z0-9_$-]+\Z")
_STEP = lazy_pattern(r"\.?([A-Za-z0-9_$-]+)|\[(\d+)\]|\[('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\]")


def child(path: str, step: str | int) -> str:
    """The place of one entry (a key, or an index from 0) of the value at `path`. Keys that would be misread are quoted in brackets."""
    if not isinstance(step, str):
        return f"{path}[{step}]"
    if (step.isidentifier() and step.isascii()) or _PLAIN.match(step):
        return f"{path}.{step}" if path else step
    return f"{path}[{step!r}]"


def split(path: str) -> list[str | int]:
    """The keys and indices that lead to a place; what cannot be read as one ends the list."""
    steps: list[str | int] = []
    position = 0
    while position < len(path) and (match := _STEP.match(path, position)):
        plain, index, quoted = match.groups()
        if index is not None:
            steps.append(int(index) if len(index) < 19 else index)
        elif quoted is not None:
            try:
                steps.append(literal_eval(quoted))
            except (SyntaxError, ValueError):
                break
        else:
            steps.append(plain)
        position = match.end()
    return steps


def is_under(path: str, fields: Iterable[str]) -> bool:
    """Whether a place is one of some fields or inside one: `data[0]` and `data.x` are under `data`, `data_local` is not."""
    return any(path == field or path.startswith((f"{field}.", f"{field}[")) for field in fields)
