"""What functions of this package are called with, checked before anything is done with it: all mistakes at once, each under the argument's name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from constructs_dra.errors import Problems, shown
from constructs_dra.records import valid

__all__ = ["check_budget", "check_instance", "check_sources", "listed"]


def listed(value: object, path: str, problems: Problems, wanted: str) -> list[Any]:
    """The items of an argument that takes any iterable; what is none, or one item by itself, is noted."""
    if isinstance(value, str | bytes | bytearray | memoryview | Mapping | type) or not isinstance(value, Iterable):
        hint = "put it into a list: […]" if isinstance(value, str | Mapping) else ""
        valid.wrong(problems, path, value, f"a list of {wanted}", hint)
        return []
    try:
        return list(value)
    except Exception as error:  # noqa: BLE001  (whatever an iterator of somebody else's raises)
        problems.add(path, f"cannot be gone through: {type(error).__name__}: {error}")
        return []


def check_instance(value: object, path: str, problems: Problems, kind: type, *, optional: bool = False, hint: str = "") -> None:
    """Note an argument that is not of a kind."""
    if not (optional and value is None) and not isinstance(value, kind):
        valid.wrong(problems, path, value, f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}", hint)


def check_budget(value: object, problems: Problems) -> None:
    """Note a number of search steps that is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        valid.wrong(problems, "budget", value, "a whole number")
    elif value < 1:
        problems.add("budget", f"must be at least 1, not {shown(value)}")


def check_sources(value: object, problems: Problems) -> None:
    """Note what is not a list of names of files."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        valid.wrong(problems, "sources", value, "a list of strings, one for each manifest")
    else:
        for index, item in enumerate(value):
            if not isinstance(item, str):
                valid.wrong(problems, f"sources[{index}]", item, "a string")


def check_callable(value: object, path: str, problems: Problems) -> None:
    """Note what is neither None nor can be called."""
    if value is not None and not isinstance(value, Callable):  # type: ignore[arg-type]
        valid.wrong(problems, path, value, "a function")
