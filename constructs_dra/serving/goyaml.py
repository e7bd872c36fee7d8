"""YAML as Go programs write it (sigs.k8s.io/yaml): sorted keys, lists not indented, its own rules for quotes.

Needed where a running release holds YAML as text, which is compared to the byte.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from constructs_dra.lazy import lazy_pattern

__all__ = ["go_lines", "go_scalar"]

_TYPED = (
    r"(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9_]+(?:[eE][-+]?[0-9]+)?|[-+]?0[xob][0-9a-fA-F_]+|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN)|~|=|<<|y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE|null|Null|NULL"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?|[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?)?"
)
"""Texts a YAML reader takes for something else; Go writes them in double quotes."""

_UNFIT_FOR_BLOCK = lazy_pattern(r" \n| \Z|[^\n -~\xa0-\ud7ff\ue000-\U0010ffff]")
"""What keeps Go from writing a text of several lines as a literal block: blanks at the end of a line, and what cannot be printed."""

_UNPRINTABLE = lazy_pattern(r"[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML holds as escapes only."""

_INDICATORS = frozenset(",[]{}#&*!|>'\"%@`")


def _is_plain(text: str) -> bool:
    if text[0] in _INDICATORS or text[0] == " " or text[-1] in " :":
        return False
    if text[0] in "-?:" and (len(text) == 1 or text[1] == " "):
        return False
    return ": " not in text and " #" not in text and not text.startswith(("---", "..."))


def go_scalar(value: object, indent: str = "") -> str:
    """One value; a text of several lines becomes a literal block whose lines start deeper than `indent`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    if _UNPRINTABLE.search(value) or ("\t" in value and "\n" not in value):
        return _UNPRINTABLE.sub(_escape, json.dumps(value, ensure_ascii=False))
    if "\n" in value:
        if _UNFIT_FOR_BLOCK.search(value):
            return json.dumps(value, ensure_ascii=False)
        hint = "2" if value[0] in " \n" else ""
        chomp = "-" if not value.endswith("\n") else "+" if value == "\n" or value.endswith("\n\n") else ""
        return f"|{hint}{chomp}\n" + "\n".join(f"{indent}  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    if re.fullmatch(_TYPED, value):  # compiled when the first text is written: that takes 4 ms
        return f'"{value}"'
    if _is_plain(value):
        return value
    return "'" + value.replace("'", "''") + "'"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _key(text: str) -> str:
    return _UNPRINTABLE.sub(_escape, json.dumps(text, ensure_ascii=False)) if "\n" in text else go_scalar(text)


def go_lines(value: Any) -> list[str]:
    """The lines of a mapping or list."""
    if isinstance(value, Mapping):
        return [line for key in sorted(value) for line in _entry(f"{_key(key)}:", value[key], nested="  ")] or ["{}"]
    lines: list[str] = []
    for item in value:
        if isinstance(item, Mapping | list) and item:
            first, *rest = "\n".join(go_lines(item)).split("\n")
            lines += [f"- {first}", *(f"  {line}" if line else line for line in rest)]
        else:
            lines += _entry("-", item, nested="  ")
    return lines or ["[]"]


def _entry(head: str, value: Any, *, nested: str) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [head, *(f"{nested}{line}" if line else line for line in "\n".join(go_lines(value)).split("\n"))]
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return [head, *"\n".join(go_lines(value)).split("\n")]
    if isinstance(value, Mapping | list | tuple):
        return [f"{head} {'{}' if isinstance(value, Mapping) else '[]'}"]
    return f"{head} {go_scalar(value)}".split("\n")
