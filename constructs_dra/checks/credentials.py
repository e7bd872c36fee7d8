"""Passwords, keys and tokens that stand in a manifest in plain text, wherever in it; the messages never repeat them."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_dra.credentials import credential_flags, credential_in, is_credential, is_telling, may_hold_credential
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.shapes import mapping, text
from constructs_dra.lazy import lazy_pattern
from constructs_dra.paths import child

__all__ = ["credential_problems"]

_PASSED_OVER: Final = frozenset({"Secret", "CustomResourceDefinition"})
"""Kinds that hold such strings by their nature, or only describe others."""

_LINE: Final = lazy_pattern(
    r"(?im)^[ \t]*(?:export[ \t]+|-[ \t]+)?[\"']?([A-Za-z0-9_.-]*(?:password|passwd|api[_-]?key|secret[_-]?key|access[_-]?token|hf[_-]token))[\"']?"
    r"[ \t]*[:=][ \t]*[\"']?([^\s\"'#,;]+)"
)
_LONGEST: Final = 1_000_000
_DEEPEST: Final = 60
_HINT: Final = "put it into a Secret and refer to that: secretKeyRef for a variable, $(NAME) for an argument"


def credential_problems(manifest: Any) -> Iterator[Problem]:
    """Every credential in plain text of one object; a Secret has none."""
    kind = text(mapping(manifest).get("kind"))
    if kind not in _PASSED_OVER and _may_hold(manifest, data=kind == "ConfigMap"):
        seen: set[str] = set()
        for place, what in _found(manifest, "", 0, data=kind == "ConfigMap"):
            if place not in seen:
                seen.add(place)
                yield Problem(place, f"holds {what} in plain text", _HINT, rule="plain-text-token")


_WORDS: Final = ("key", "pass", "token", "secret")
"""Words of which every flag and every line that is given a credential has one."""


def _may_hold(manifest: Any, *, data: bool) -> bool:
    """Whether the closer look at an object, which minds each place, can find anything: a quick look at all its texts, since most hold nothing."""
    texts: list[str] = []
    waiting = [(manifest, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _DEEPEST:
            continue
        if isinstance(value, dict):
            name = value.get("name")
            if isinstance(name, str) and is_telling(name) and isinstance(value.get("value"), str):
                return True
            for key, item in value.items():
                if isinstance(item, str):
                    texts.append(item)
                    if (data or str(key)[-1:] in "dD") and is_telling(str(key)):  # a password, or whatever a ConfigMap holds
                        return True
                elif isinstance(item, dict | list):
                    waiting.append((item, depth + 1))
        elif isinstance(value, list):
            strings = [item for item in value if isinstance(item, str)]
            texts += strings
            if strings and any(word in "\n".join(strings).lower() for word in _WORDS) and any(True for _ in credential_flags(value)):
                return True
            waiting += [(item, depth + 1) for item in value if isinstance(item, dict | list)]
    joined = "\n".join(texts)
    return may_hold_credential(joined) or (data and any(word in joined.lower() for word in _WORDS))


def _found(value: Any, path: str, depth: int, *, data: bool) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        name, literal = value.get("name"), value.get("value")
        if isinstance(name, str) and isinstance(literal, str) and is_credential(name, literal):
            yield child(path, "value"), credential_in(literal) or f"the value of {name}"
        for key, item in value.items():
            if isinstance(item, str):
                yield from _text(str(key), item, child(path, str(key)), data=data)
            elif isinstance(item, dict | list):
                yield from _found(item, child(path, str(key)), depth + 1, data=data)
    else:
        strings = [item if isinstance(item, str) else None for item in value]
        for index, flag in credential_flags(strings) if any(strings) else ():
            yield child(path, index), f"the value of {flag}"
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield from _text("", item, child(path, index), data=data)
            elif isinstance(item, dict | list):
                yield from _found(item, child(path, index), depth + 1, data=data)


def _text(name: str, value: str, path: str, *, data: bool) -> Iterator[tuple[str, str]]:
    if len(value) > _LONGEST:
        return
    if what := credential_in(value):
        yield path, what
    elif (data or name.lower().endswith(("password", "passwd"))) and name and "\n" not in value and is_credential(name, value):
        yield path, f"the value of {name}"
    elif data and ("\n" in value or ":" in value or "=" in value):
        for match in _LINE.finditer(value):
            if is_credential(match[1], match[2]):
                yield path, f"the value of {match[1]}"
                return
