"""Manifests: plain dicts in Kubernetes' own spelling, written as YAML, ordered and compared.

The emitter is ours because it is ten times faster than PyYAML's and, unlike the fast ones, quotes for YAML 1.1 readers too (`yes`, `012`,
`1_000`, `2024-01-01`, `12:30:45` stay strings everywhere). A property test holds it to PyYAML's reader.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Final, TypeAlias

from constructs_dra.errors import Problem, SpecError, shown
from constructs_dra.lazy import lazy_pattern

__all__ = ["Manifest", "identity", "order", "to_yaml"]

Manifest: TypeAlias = dict[str, Any]
"""One Kubernetes object: JSON-like values only (dict, list, str, int, float, bool, None)."""

_PLAIN = lazy_pattern(r"[A-Za-z/_$][A-Za-z0-9_./$@+()-]*(?:[ :=,][A-Za-z0-9_./$@+()-]+)*\Z", re.ASCII)
"""Texts that no YAML reader takes for anything but a string, `_RESERVED` aside; everything else is quoted."""

_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""YAML 1.1 words with a meaning, case-folded. `~`, `.inf`, `<<` and `=` cannot start a string that `_PLAIN` accepts."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_ESCAPED = lazy_pattern(r'[\\"\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_UNPRINTABLE = lazy_pattern(r"[\x00-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff\t]")

_HALF = lazy_pattern("[\ud800-\udfff]")

_KIND_ORDER = {
    kind: rank
    for rank, kind in enumerate((
        "Namespace", "ServiceAccount", "Secret", "ConfigMap", "DeviceClass", "PersistentVolumeClaim", "Role", "RoleBinding",
        "ResourceClaimTemplate", "ResourceClaim", "Service",
    ))
}  # fmt: skip


def identity(manifest: Mapping[str, Any], *, namespace: str = "") -> tuple[str, str, str, str]:
    """What makes two manifests the same object: API version, kind, namespace (`namespace` where none is written) and name."""
    metadata = manifest.get("metadata") or {}
    return (
        str(manifest.get("apiVersion", "")),
        str(manifest.get("kind", "")),
        str(metadata.get("namespace") or namespace),
        str(metadata.get("name", "")),
    )


def order(manifests: Iterable[Manifest]) -> list[Manifest]:
    """What others refer to comes first (accounts, classes, claim templates, then workloads); otherwise the order stays as it was."""
    return sorted(manifests, key=lambda manifest: _KIND_ORDER.get(manifest.get("kind", ""), len(_KIND_ORDER)))


def to_yaml(manifests: Manifest | Iterable[Manifest]) -> str:
    """Write one or several manifests as a YAML stream; documents are separated by `---`.

    Keys keep their order, but for the object's own metadata: name and namespace come first, labels and annotations are sorted. Strings are
    quoted whenever a YAML 1.1 or 1.2 reader could take them for something else; those of several lines become literal blocks where that loses
    nothing.

    Raises:
        SpecError: A value cannot be written as JSON (a tuple, a set, an object, an infinite number, half a character), with its path.
    """
    if isinstance(manifests, str | bytes) or not isinstance(manifests, Mapping | Iterable):
        raise _not_json(manifests, "", "a manifest is a mapping, and several are a list of them")
    documents = [manifests] if isinstance(manifests, Mapping) else list(manifests)
    parts: list[str] = []
    for document in map(_arranged, documents):
        if parts:
            parts.append("---\n")
        try:
            _write(document, parts)
        except _HalfError as half:
            raise _not_json(half.text, _place_of(document, half.text), "it has half of a surrogate pair") from None
        except _NotJsonError as found:
            raise _not_json(found.value, _found_at(document, found.value, found.inside), found.why) from None
        except RecursionError:
            raise SpecError([Problem("manifest", "contains itself, or is nested deeper than anything in Kubernetes")]) from None
    return "".join(parts)


class _HalfError(Exception):
    """A string with half of a surrogate pair, which no encoding can write."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _place_of(value: object, text: str, path: str = "") -> str:
    """Where a string stands in a value, as a value or as a key; empty when it does not."""
    if isinstance(value, Mapping):
        entries = [(f"{path}.{key}", item) for key, item in value.items()]
        if text in value:
            return f"{path}.{shown(text)}"
    elif isinstance(value, list):
        entries = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    else:
        return path if value == text else ""
    return next((place for inner, item in entries if (place := _place_of(item, text, inner))), "")


class _NotJsonError(Exception):
    """A value or key that JSON does not have; where it is is looked for when it is met, and not on the way."""

    def __init__(self, value: object, why: str, inside: object = None) -> None:
        super().__init__(why)
        self.value = value
        self.why = why
        self.inside = inside
        """The mapping that has it as a key."""


def _found_at(document: object, value: object, inside: object, path: str = "") -> str:
    """Where a value, or the mapping that holds it as a key, stands in a document."""
    if document is (value if inside is None else inside):
        return path
    if isinstance(document, Mapping):
        entries = [(f"{path}.{key}", item) for key, item in document.items()]
    elif isinstance(document, Sequence) and not isinstance(document, str | bytes | tuple):
        entries = [(f"{path}[{index}]", item) for index, item in enumerate(document)]
    else:
        return ""
    return next((place for inner, item in entries if (place := _found_at(item, value, inside, inner))), "")


_METADATA = ("name", "namespace", "labels", "annotations")


def _arranged(document: object) -> object:
    """The document with its metadata in one order, however it was made: name and namespace first, labels and annotations by key."""
    metadata = document.get("metadata") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or not isinstance(metadata, Mapping):
        return document
    ordered = {key: metadata[key] for key in _METADATA if key in metadata} | dict(metadata)
    for key in ("labels", "annotations"):
        entries = metadata.get(key)
        if isinstance(entries, Mapping) and all(isinstance(name, str) for name in entries):
            ordered[key] = dict(sorted(entries.items()))
    return {key: ordered if key == "metadata" else value for key, value in document.items()}


def _write(value: object, out: list[str]) -> None:
    """Append a document."""
    if isinstance(value, Mapping) and value:
        _write_mapping(value, "", out.append, "")
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes | tuple) and value:
        _write_sequence(value, "", out.append)
    else:
        out.append(f"{_scalar(value, '')}\n")


def _write_mapping(value: Mapping[Any, Any], indent: str, append: Callable[[str], None], first: str) -> None:
    """Append a mapping whose lines start at `indent`, the first one with `first`."""
    prefix = first
    for key, item in value.items():
        name = _KEYS[key] or _unusual_key(key, indent, value)
        kind = type(item)
        if kind is str:
            append(f"{prefix}{name}: {_TEXTS[item] or _text(item, indent)}\n")
        elif kind is int:
            append(f"{prefix}{name}: {item}\n")
        elif (kind is dict or (kind is not list and isinstance(item, Mapping))) and item:
            append(f"{prefix}{name}:\n")
            deeper = f"{indent}  "
            _write_mapping(item, deeper, append, deeper)
        elif isinstance(item, list) and item:
            append(f"{prefix}{name}:\n")
            _write_sequence(item, indent, append)
        else:
            append(f"{prefix}{name}: {_scalar(item, indent)}\n")
        prefix = indent


def _write_sequence(value: Sequence[Any], indent: str, append: Callable[[str], None]) -> None:
    deeper = f"{indent}  "
    for item in value:
        kind = type(item)
        if kind is str:
            append(f"{indent}- {_TEXTS[item] or _text(item, indent)}\n")
        elif (kind is dict or (kind is not list and isinstance(item, Mapping))) and item:
            _write_mapping(item, deeper, append, f"{indent}- ")
        elif isinstance(item, list) and item:
            append(f"{indent}-\n")
            _write_sequence(item, deeper, append)
        else:
            append(f"{indent}- {_scalar(item, indent)}\n")


class _Written(dict[str, str]):
    """How short strings are written, as far as it is the same everywhere; manifests repeat few very often. Others are not kept, and empty."""

    def __missing__(self, text: object) -> str:
        if type(text) is not str or len(text) >= 100 or "\n" in text:
            return ""
        written = text if _is_plain(text) else _quoted(text)
        if len(written) >= 120:
            return ""
        if len(self) >= 4096:
            self.clear()
        self[text] = written
        return written


_KEYS: Final = _Written()
_TEXTS: Final = _Written()


def _unusual_key(key: object, indent: str, mapping: Mapping[Any, Any]) -> str:
    if not isinstance(key, str):
        raise _NotJsonError(key, "keys must be strings", mapping)
    text = str.__str__(key)  # the text of a str enum, not its name
    name = text if _is_plain(text) and len(text) < 120 else _quoted(text)
    return name if len(name) < 120 else f"? {name}\n{indent}"  # YAML limits an implicit key to 1024 characters on one line


def _scalar(value: object, indent: str) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _text(str.__str__(value), indent)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        if not isfinite(value):
            raise _NotJsonError(value, "JSON has finite numbers only")
        return _number(value)
    if isinstance(value, Mapping) and not value:
        return "{}"
    if isinstance(value, list) and not value:
        return "[]"
    raise _NotJsonError(value, "only JSON-like values can be written")


def _number(value: float) -> str:
    text = repr(value)
    # YAML 1.1 takes 1e+16 and 1e-05 for strings: a fraction and a signed exponent make it a number for every reader
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"


def _not_json(value: object, path: str, why: str) -> SpecError:
    return SpecError([Problem(path.lstrip(".") or "manifest", f"cannot write {shown(value)} ({type(value).__name__}) as YAML; {why}")])


def _is_plain(text: str) -> bool:
    return _PLAIN.match(text) is not None and (len(text) > 5 or text.casefold() not in _RESERVED)


def _text(text: str, indent: str) -> str:
    if _PLAIN.match(text) is not None and (len(text) > 5 or text.casefold() not in _RESERVED):  # _is_plain, without the call
        return text
    if "\n" in text and _fits_block(text):
        chomp = "-" if not text.endswith("\n") else "+" if text.endswith("\n\n") else ""
        body = text if chomp == "-" else text[:-1]
        lines = "\n".join(f"{indent}  {line}" if line else "" for line in body.split("\n"))
        return f"|{chomp}\n{lines}"
    return _quoted(text)


def _fits_block(text: str) -> bool:
    """Whether a literal block gives the text back: no control characters, a first line without a leading blank, something on it."""
    return text[0] not in " \n" and _UNPRINTABLE.search(text) is None


def _quoted(text: str) -> str:
    if _ESCAPED.search(text) is None:
        return f'"{text}"' if "'" in text else f"'{text}'"
    if _UNPRINTABLE.search(text) is None and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    if _HALF.search(text) is not None:
        raise _HalfError(text)
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    return _ESCAPES.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}")
