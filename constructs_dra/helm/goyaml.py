"""YAML in the spelling of Helm's `toYaml`: keys sorted, lists not indented, texts quoted only where a plain word would mean something else.

The library's own manifests go through `constructs_dra.manifest`; this spelling is for `toYaml` inside values, whose text is cut, indented and read
again by templates.
"""

import json
import re
from typing import Any

from constructs_dra.yaml_reader import plain_value

__all__ = ["to_yaml"]

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def to_yaml(value: Any) -> str:
    """One value as YAML, without a newline at its end."""
    lines: list[str] = []
    _block(value, "", "", lines)
    return "\n".join(lines)


def _block(value: Any, indent: str, lead: str, lines: list[str]) -> None:
    """Write a value whose first line starts with `lead` and whose other lines start with `indent`."""
    if isinstance(value, dict) and value:
        for number, key in enumerate(sorted(value)):
            item = value[key]
            start = (lead if number == 0 else indent) + _text(str(key), indent, key=True) + ":"
            if isinstance(item, dict) and item:
                lines.append(start)
                _block(item, indent + "  ", indent + "  ", lines)
            elif isinstance(item, list) and item:
                lines.append(start)
                _block(item, indent, indent, lines)
            else:
                lines.append(f"{start} {_scalar(item, indent)}")
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            start = lead if number == 0 else indent
            if isinstance(item, dict | list) and item:
                _block(item, indent + "  ", start + "- ", lines)
            else:
                lines.append(f"{start}- {_scalar(item, indent)}")
    else:
        lines.append(lead + _scalar(value, indent))


def _scalar(value: Any, indent: str) -> str:
    if isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value)  # null, true, numbers, {} and [] are spelt as in JSON


def _text(text: str, indent: str, *, key: bool = False) -> str:
    if not text or plain_value(text) != text:
        return json.dumps(text, ensure_ascii=False)
    if _UNPRINTABLE.search(text):
        return _UNPRINTABLE.sub(_escape, json.dumps(text, ensure_ascii=False))
    if "\n" in text:
        if key or text[0] in " \n\t" or any(line != line.rstrip(" ") for line in text.split("\n")):
            return json.dumps(text, ensure_ascii=False)
        mark = "|-" if not text.endswith("\n") else "|+" if text.endswith("\n\n") else "|"
        body = text.removesuffix("\n")
        return mark + "".join(f"\n{indent}  {line}" if line else "\n" for line in body.split("\n"))
    if _is_plain(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_plain(text: str) -> bool:
    if text != text.strip(" ") or text.startswith(("---", "...")) or "\n" in text:
        return False
    if text[0] in _INDICATORS and not (text[0] in "-?:" and len(text) > 1 and text[1] not in " \t"):
        return False
    return ": " not in text and " #" not in text and not text.endswith(":") and "\t" not in text
