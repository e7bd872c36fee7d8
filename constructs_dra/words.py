"""How values and names are put into messages: shown as Python writes them, quoted for YAML, corrected by the nearest known name."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from constructs_dra.credentials import without_credentials

__all__ = ["alternative", "counted", "did_you_mean", "nearest", "one_of", "printable", "shown", "unquoted"]


def shown(value: object) -> str:
    """A value as an error shows it: as Python writes it, long ones without their middle, none with a password or key in it.

    What cannot write itself is called by its type.
    """
    try:
        words = repr(value)
    except Exception:  # noqa: BLE001 - the value is somebody's mistake already; how it fails to be shown is of no interest
        return f"something of type {type(value).__name__}"
    words = without_credentials(words)
    return words if len(words) <= 100 else f"{words[:70]}…{words[-20:]}"


def printable(text: str, *, lines: bool = False) -> str:
    """The text for a terminal: characters that cannot be printed are escaped as in Python, so that no name colours, hides or forges what is printed.

    Args:
        text: Words that may come from a file.
        lines: Whether line ends stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or (lines and char == "\n") else repr(char)[1:-1] for char in text)


def counted(number: int, noun: str) -> str:
    """A number and its noun: `1 object`, `3 objects`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def alternative(hint: str, other: str) -> str:
    """A hint and what else could be done: one sentence, or two where the hint is a question."""
    if not hint:
        return other
    return f"{hint} {other[:1].upper()}{other[1:]}" if hint.endswith(("?", ".")) else f"{hint}; or {other}"


def unquoted(value: object) -> str:
    """The hint for a slip in YAML: a number or boolean where Kubernetes wants a string."""
    if isinstance(value, bool):
        return f'write "{str(value).lower()}"'
    return f'write "{shown(value)}"' if isinstance(value, int | float) else ""


def _stem(word: str) -> str:
    """A name without the number at its end."""
    return word.casefold().rstrip("0123456789")


def one_of(names: Sequence[str]) -> str:
    """The hint that one of a few names was meant; empty where there is none."""
    *first, last = [*map(repr, names)] or [""]
    listed = f"{', '.join(first)} or {last}" if first else last
    return f"did you mean {listed}?" if listed else ""


_SHORT = 4
"""Letters of a word in which one slip is a large part."""


def _closest(word: str, names: tuple[str, ...], cutoff: float) -> str | None:
    if not names:
        return None
    from difflib import get_close_matches  # noqa: PLC0415  (2 ms that only mistakes pay)

    return next(iter(get_close_matches(word, names, n=1, cutoff=cutoff)), None)


_remembered = lru_cache(maxsize=256)(_closest)
"""A fleet repeats its misspellings, and comparing one with all flags of an engine takes milliseconds."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that a word is a slip of: another case, or a misspelling; None where nothing is near."""
    folded = {name.casefold(): name for name in reversed(list(known))}
    if word.casefold() in folded:
        return folded[word.casefold()]
    closest = _remembered if len(word) < 100 and len(folded) < 1000 else _closest
    close = closest(word.casefold(), tuple(folded), 0.6 if len(word) <= _SHORT else 0.7)
    return folded[close] if close is not None else None


def did_you_mean(word: object, known: Iterable[str], *, fallback: Callable[[Sequence[str]], str] | None = None) -> str:
    """A hint for an unknown name: the nearest known one, else the list of all when it is short.

    Differences of case are found first (`gaudi2` for `Gaudi2`), then misspellings.

    Args:
        word: What was written.
        known: What could have been written.
        fallback: Words for when nothing is near; the default lists up to twelve names.
    """
    names = list(dict.fromkeys(known))
    text = word if isinstance(word, str) else shown(word)
    near = nearest(text, names)
    stem = _stem(text)
    alike = [name for name in names if _stem(name) == stem] if near is not None and near.casefold() != text.casefold() and stem else []
    if len(alike) > 1 and stem != text.casefold():  # they differ in their number alone: which one was meant nobody can tell
        return one_of(alike)
    if near is not None:
        return one_of([near])
    if fallback is not None:
        return fallback(names)
    if not names:
        return ""
    listed = ", ".join(repr(name) for name in names[:12])
    return f"known: {listed}" + (f" and {len(names) - 12} more" if len(names) > 12 else "")
