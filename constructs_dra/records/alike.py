"""Records that are alike are checked once: the services of a fleet differ in names, and their containers, claims and roles hardly at all.

What a record was made with is its key, for what is written as JSON as bytes (`marshal` tells `1` from `True` and lists from tuples, keeps the order
of mappings, and takes a microsecond), for records the number that each kind of content got when it was found right. What cannot be told that way,
such as an expression, keeps the record from being remembered, and so does anything there is to say about it.
"""

from collections.abc import Callable
from functools import wraps
from itertools import count
from marshal import dumps
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeAlias, TypeVar

__all__ = ["Key", "forget", "kept", "once_alike", "recall", "remember"]

Key: TypeAlias = tuple[bytes, tuple[Any, ...]]
"""The values of a record but for defaults, and the numbers of the records among them."""

_MOST = 1024
"""Contents remembered of one class; a fleet of services that are not alike must not grow the process."""

_LARGEST = 16_384
"""Bytes of a content that is remembered."""

_FORMAT: Final = 2
"""The version of marshal's format in which equal values give equal bytes: later ones say whether an object was met before."""

_numbers = count(1)
_known: dict[type, dict[Key, int]] = {}
_answers: list[dict[tuple[Any, ...], Any]] = []
"""What methods answered, by the number of the record that was asked, and the arguments."""


class _Numbered(Protocol):
    @property
    def likeness(self) -> int: ...


P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=_Numbered)


def once_alike(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """A method that records of one content are asked once; what it gives must not change, and follow from the content and the arguments alone."""
    answers: dict[tuple[Any, ...], R] = {}
    _answers.append(answers)

    @wraps(method)
    def asked(record: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        number = record.likeness
        if not number or kwargs:
            return method(record, *args, **kwargs)
        key = (number, *args)
        try:
            return answers[key]
        except KeyError:
            if len(answers) >= _MOST:
                answers.clear()
            answer = answers[key] = method(record, *args, **kwargs)
            return answer

    return asked


def recall(kind: type, values: list[Any], records: list[Any]) -> tuple[Key | None, int]:
    """The key of a content, None where it has none, and its number, 0 where it was not found right before.

    Args:
        kind: The class of the record.
        values: The values that are no records, each after something that says which field it is of.
        records: The numbers of those that are, in the same way.
    """
    try:
        text = dumps(values, _FORMAT)
    except ValueError:  # something else than JSON, or nested without end
        return None, 0
    if len(text) > _LARGEST:
        return None, 0
    key = (text, tuple(records))
    known = _known.get(kind)
    return key, known.get(key, 0) if known is not None else 0


def remember(kind: type, key: Key) -> int:
    """The number of a content that was found right."""
    known = _known.setdefault(kind, {})
    if len(known) >= _MOST:
        known.clear()
    number = known[key] = next(_numbers)
    return number


def forget() -> None:
    """Check everything anew from now on, as what the checks know has changed."""
    _known.clear()
    for answers in _answers:
        answers.clear()


def kept(kind: type) -> int:
    """How many contents of a class are remembered."""
    return len(_known.get(kind, ()))
