"""Passwords, keys and tokens in plain text: how they are recognised among other texts, and how they are kept out of messages.

Some give themselves away by their form (`hf_…`, `AKIA…`, a private key, a password in a URL), others by the name they are given (`DB_PASSWORD`,
`--api-key`). What only stands for one (`$(NAME)`, `<token>`, `changeme`) is none.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from constructs_dra.lazy import lazy_pattern

__all__ = ["credential_flags", "credential_in", "is_credential", "is_telling", "may_hold_credential", "without_credentials"]

_FORMS: Final = (
    # in words, a string that each one holds (looking for it first is fast), and how it is written
    ("a private key", "PRIVATE KEY-----", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[^-]*(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----)?"),
    ("a password in a URL", "://", r"\b[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/:@'\"]{0,200}:(?P<password>[^\s/@'\"]{1,500})@"),
    ("a token of Hugging Face", "hf_", r"\bhf_[A-Za-z0-9]{16,}\b"),
    ("an access key of AWS", "IA", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("a token of GitHub", "gh", r"\bgh[pousr]_[A-Za-z0-9]{20,}\b"),
    ("a token of GitHub", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{22,}\b"),
    ("a token of GitLab", "glpat-", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("a token of Slack", "xox", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("an API key of NVIDIA", "nvapi-", r"\bnvapi-[A-Za-z0-9_-]{20,}"),
    ("an API key of Google", "AIza", r"\bAIza[0-9A-Za-z_-]{35}"),
    ("an API key", "sk-", r"\bsk-[A-Za-z0-9_-]{20,}"),
    ("a JSON Web Token", "eyJ", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
)
_COMPILED: Final = tuple((words, hint, lazy_pattern(pattern)) for words, hint, pattern in _FORMS)
_NAME: Final = lazy_pattern(
    r"(?:^|[_.-])(?:token|pass(?:word|wd|phrase)|secret|credentials?|(?:api|secret|access|private|account|auth|master)[_-]?key)s?\Z", re.IGNORECASE
)
_PASSWORD: Final = lazy_pattern(r"pass(?:word|wd|phrase)\Z", re.IGNORECASE)
_WORDS_OF_A_TOKENIZER: Final = lazy_pattern(
    r"(?:^|[_.-])(?:bos|eos|pad|unk|mask|sep|cls|stop|special|image|video|audio|end|start|max|min|think)[_.-]?tokens?\Z", re.IGNORECASE
)
_FLAG: Final = lazy_pattern(
    r"--?(?:[a-z0-9]+[-_])*(?:api[-_]?key|pass(?:word|wd)|hf[-_]token|(?:auth|access|bearer)[-_]token|secret(?:[-_]key)?)\Z", re.IGNORECASE
)
_FLAG_IN_TEXT: Final = lazy_pattern(r"(?<![\w-])(--?[A-Za-z0-9_-]*(?:key|password|passwd|token|secret))(?:[= ]+)(\"[^\"\n]*\"|'[^'\n]*'|[^\s\\\"']+)")
_STANDS_FOR: Final = lazy_pattern(
    r"[$<>{}*…]|\A(?:%|@|file:|/|\./|env:|vault:|secret:|your|my[-_]|replace|change|insert|example|placeholder|redacted|todo|fixme|xxx|test\Z)"
    r"|example\Z|\A(?:true|false|yes|no|none|null|nil|empty|dummy|unused|default|auto|password|secret|token|string|na|n/a)\Z",
    re.IGNORECASE,
)


def credential_in(text: str) -> str:
    """What kind of credential a string holds by its form, e.g. `a token of Hugging Face`; empty when it holds none."""
    return next((words for words, _, _ in _found(text)), "")


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    """The credentials in a string, each in words and with its place."""
    if len(text) < 8:
        return
    for words, hint, pattern in _COMPILED:
        if hint not in text:
            continue
        for match in pattern.finditer(text):
            group = "password" if "password" in match.groupdict() else 0
            if group and _STANDS_FOR.search(match[group]):
                continue
            if not match[0].upper().endswith("EXAMPLE"):
                yield words, match.start(group), match.end(group)


def may_hold_credential(text: str) -> bool:
    """Whether a string could be a credential by its form: a quick look, which says yes to some that hold none."""
    return any(hint in text and pattern.search(text) is not None for _, hint, pattern in _COMPILED)


@lru_cache(maxsize=8192)
def is_telling(name: str) -> bool:
    """Whether something called so is a credential unless its value says otherwise."""
    return _NAME.search(name) is not None and not _WORDS_OF_A_TOKENIZER.search(name)


def is_credential(name: str, value: str) -> bool:
    """Whether a variable, key or flag of that name holds a credential: by the value's form, or because it is called so and is not a placeholder."""
    return _is_short_credential(name, value) if len(value) < 200 else _is_credential(name, value)


def _is_credential(name: str, value: str) -> bool:
    if credential_in(value):
        return True
    if len(value) < 3 or not is_telling(name) or _STANDS_FOR.search(value):
        return False
    return not value.isdigit() or _PASSWORD.search(name) is not None


_is_short_credential = lru_cache(maxsize=4096)(_is_credential)
"""The same variables stand in every pod of a fleet."""


def credential_flags(arguments: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Flags of a command line that are given a credential, each with the index of the argument that holds it."""
    waiting = ""
    for index, argument in enumerate(arguments):
        if not isinstance(argument, str):
            waiting = ""
            continue
        if waiting and not argument.startswith("-") and len(argument) > 2 and not _STANDS_FOR.search(argument):
            yield index, waiting
        is_flag, inside = _looked_at(argument) if len(argument) < 200 else _look_at(argument)
        waiting = argument if is_flag else ""
        for flag in inside:
            yield index, flag


def _look_at(argument: str) -> tuple[bool, tuple[str, ...]]:
    """Whether an argument is a flag that takes a credential, and the flags in it that are given one."""
    flag, equals, value = argument.partition("=")
    is_flag = _FLAG.match(argument) is not None
    if equals and _FLAG.match(flag) and len(value) > 2 and not _STANDS_FOR.search(value):
        return is_flag, (flag,)
    if "\n" not in argument and " " not in argument:
        return is_flag, ()
    found = ((match[1], match[2].strip("'\"")) for match in _FLAG_IN_TEXT.finditer(argument))
    return is_flag, tuple(name for name, value in found if _FLAG.match(name) and len(value) > 2 and not _STANDS_FOR.search(value))


_looked_at = lru_cache(maxsize=4096)(_look_at)
"""The same arguments stand in every pod of a fleet."""


def without_credentials(text: str) -> str:
    """A string for a message: what has the form of a credential is left out."""
    if len(text) < 8:  # as in `_found`
        return text
    return _short_without(text) if len(text) < 1000 else _without(text)


def _without(text: str) -> str:
    for words, start, end in sorted(_found(text), key=lambda found: -found[1]):
        text = f"{text[:start]}({words}){text[end:]}"
    return text


_short_without = lru_cache(maxsize=1024)(_without)
"""The same warnings are given for every service of a fleet."""
