"""Passwords, keys and tokens that stand in a manifest in plain text, wherever in it; the messages never repeat them."""

import re
from collections.abc import Iterator
from typing import Any, Final

from constructs_dra.credentials import credential_flags, credential_in, is_credential
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.shapes import mapping, text
from constructs_dra.paths import child

__all__ = ["credential_problems"]

_PASSED_OVER: Final = frozenset({"Secret", "CustomResourceDefinition"})
"""Kinds that hold such strings by their nature, or only describe others."""

_LINE: Final = re.compile(
    r"(?im)^[ \t]*(?:export[ \t]+|-[ \t]+)?[\"']?([A-Za-z0-9_.-]*(?:password|passwd|api[_-]?key|secret[_-]?key|access[_-]?token|hf[_-]token))[\"']?"
    r"[ \t]*[:=][ \t]*[\"']?([^\s\"'#,;]+)"
)
_LONGEST: Final = 1_000_000
_DEEPEST: Final = 60
_HINT: Final = "put it into a Secret and refer to that: secretKeyRef for a variable, $(NAME) for an argument"


def credential_problems(manifest: Any) -> Iterator[Problem]:
    """Every credential in plain text of one object; a Secret has none."""
    if text(mapping(manifest).get("kind")) not in _PASSED_OVER:
        seen: set[str] = set()
        for place, what in _found(manifest, "", 0, data=text(mapping(manifest).get("kind")) == "ConfigMap"):
            if place not in seen:
                seen.add(place)
                yield Problem(place, f"holds {what} in plain text", _HINT, rule="plain-text-token")


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
