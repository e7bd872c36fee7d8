"""One flag's value as the engine's parser reads it: numbers with suffixes, closed lists, JSON and its keys."""

import ast
import json
import re
from typing import Any

from attrs import frozen

from constructs_dra.engines.catalogue import Dialect, Flag
from constructs_dra.engines.lax import misfit
from constructs_dra.engines.shell import OPAQUE
from constructs_dra.engines.versions import span_words
from constructs_dra.errors import did_you_mean, shown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["UNKNOWN", "Bad", "Unknown", "read_config", "read_value", "whole_number"]

_SUFFIXED = lazy_pattern(r"(\d+(?:\.\d+)?)([kKmMgGtT])")
_FACTORS = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_MAPPING = lazy_pattern(r"(?s)\s*{.*}\s*\Z")


class Unknown:
    """A value that only the running container knows."""

    def __repr__(self) -> str:
        return "unknown before the container runs"


UNKNOWN = Unknown()
"""The one such value."""


@frozen(kw_only=True, eq=False, repr=False)
class Bad(Valued):
    """Why the parser does not take a value.

    Attributes:
        kind: `type`, `choice`, `json`, `key` or `value`.
        words: What is wrong, as a clause after the flag's name.
        hint: What to do about it. Default: nothing.
    """

    kind: str
    words: str
    hint: str = ""


def whole_number(text: str) -> int:
    """An integer with an optional suffix: `32k` is 32000, `32K` is 32768, `1.5k` is 1500.

    Raises:
        ValueError: It is neither; its message says why where that is not obvious.
    """
    match = _SUFFIXED.fullmatch(text.strip())
    if match is None:
        return int(text)
    number, suffix = match.groups()
    if suffix.isupper():
        if "." in number:
            raise ValueError(f"Decimals are not allowed with binary suffixes like {suffix}. Did you mean to use {number}{suffix.lower()} instead?")
        return int(number) * _FACTORS[suffix]
    return int(float(number) * _FACTORS[suffix])


def read_value(flag: Flag, text: str, dialect: Dialect) -> Any:
    """The value of one argument of a flag; a `Bad` where the parser refuses it, `UNKNOWN` where only the running container knows it."""
    value: Any
    if OPAQUE in text:
        if not flag.type.startswith("json") or text == OPAQUE:
            return UNKNOWN
        value = _typed(flag, text, dialect)
        # what is not known may be a number, or hold quotes
        return UNKNOWN if isinstance(value, Bad) and (value.kind == "json" or OPAQUE in value.words) else value
    value = None if flag.none_ok and text in {"", "None"} else _typed(flag, text, dialect)
    if isinstance(value, Bad):
        return value
    if flag.choices is not None and value not in flag.choices and not (value is None and dialect.trait("none-is-a-choice")):
        return Bad(kind="choice", words=f"invalid choice: {shown(value)}", hint=_choices(flag, value))
    return value


def _choices(flag: Flag, value: object) -> str:
    choices = [str(each) for each in flag.choices or ()]
    return did_you_mean(str(value), choices, fallback=lambda names: f"one of {', '.join(names)}" if len(names) <= 24 else "")


def _typed(flag: Flag, text: str, dialect: Dialect) -> Any:
    reader = _READERS.get(flag.type)
    return text if reader is None else reader(flag, text, dialect)


def _int(_flag: Flag, text: str, _dialect: Dialect) -> Any:
    try:
        return int(text)
    except ValueError:
        return Bad(kind="type", words=f"invalid int value: {shown(text)}", hint=_number_hint(text))


def _number_hint(text: str) -> str:
    try:
        return f"write {whole_number(text)}: this flag takes no suffix"
    except ValueError:
        return "write a whole number"


def _float(_flag: Flag, text: str, _dialect: Dialect) -> Any:
    try:
        return float(text)
    except ValueError:
        return Bad(kind="type", words=f"invalid float value: {shown(text)}", hint="write a number")


def _suffixed(flag: Flag, text: str, _dialect: Dialect) -> Any:
    automatic = flag.type == "int_suffix_or_auto"
    if automatic and text.strip().lower() in {"-1", "auto"}:
        return -1
    try:
        return whole_number(text)
    except ValueError as error:
        if str(error).startswith("Decimals"):
            return Bad(kind="type", words=str(error))
        kind = "human_readable_int_or_auto" if automatic else "human_readable_int"
        return Bad(
            kind="type", words=f"invalid {kind} value: {shown(text)}", hint="write a whole number, like 32768, 32K (1024 each) or 32k (1000 each)"
        )


def _text_as_bool(_flag: Flag, text: str, _dialect: Dialect) -> bool:
    return bool(text)


def _pairs(flag: Flag, text: str, dialect: Dialect) -> Any:
    """`image=1,video=2`, which old versions take."""
    if flag.type == "pairs_or_json" and text.lstrip().startswith("{"):
        return _json(flag, text, dialect)
    made: dict[str, int] = {}
    for item in text.split(","):
        key, equals, value = item.lower().strip().partition("=")
        if not equals or "=" in value:
            return Bad(kind="value", words="Each item should be in the form KEY=VALUE", hint="write it like image=1,video=2")
        try:
            made[key] = int(value)
        except ValueError:
            return Bad(kind="type", words=f"Failed to parse value of item {shown(item)}")
    return made


def _json_or_text(flag: Flag, text: str, dialect: Dialect) -> Any:
    return _json(flag, text, dialect) if _MAPPING.match(text) else text


def _json(flag: Flag, text: str, dialect: Dialect) -> Any:
    legacy = flag.config == "CompilationConfig" and dialect.trait("dotted") is None
    if flag.config == "CompilationConfig" and dialect.trait("level-as-config") and text in {"0", "1", "2", "3"}:
        return {"level": int(text)}
    try:
        value = ast.literal_eval(text) if legacy else json.loads(text)
    except (ValueError, SyntaxError) as error:
        return Bad(kind="json", words=f"is not valid JSON: {_json_fault(error)}: {shown(text)}", hint=_json_hint(text))
    except RecursionError:
        return Bad(kind="json", words="is not valid JSON: it is nested too deeply")
    if not flag.config or flag.unchecked:
        return value
    return read_config(value, flag.config, dialect)


def _json_fault(error: ValueError | SyntaxError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}" if error.lineno == 1 else f"{error.msg} at line {error.lineno}, column {error.colno}"
    return getattr(error, "msg", "") or str(error)


def _json_hint(text: str) -> str:
    if "'" in text and '"' not in text:
        return "JSON has double quotes around keys and strings"
    if "True" in text or "False" in text or "None" in text:
        return "JSON writes true, false and null"
    return ""


def read_config(value: Any, config: str, dialect: Dialect) -> Any:
    """A JSON value as the class whose keys it names; a `Bad` where the class refuses it."""
    if not isinstance(value, dict):
        return Bad(kind="json", words=f"Input should be an object, not {shown(value)}", hint='write JSON like {"key": "value"}')
    fields = dialect.fields(config)
    strict = dialect.trait(f"unknown-keys {config}") or dialect.trait("unknown-keys")
    for key, item in value.items():
        if fields is None:
            break
        if key not in fields:
            if strict == "refused":
                return Bad(kind="key", words=f"{_short(key)}: Unexpected keyword argument", hint=_key_hint(key, config, fields, dialect))
            continue
        kind = fields[key][0]
        if isinstance(item, dict) and dialect.fields(kind) is not None:
            inner = read_config(item, kind, dialect)
            if isinstance(inner, Bad):
                return Bad(kind=inner.kind, words=f"{_short(key)}.{inner.words}", hint=inner.hint)
        elif fault := misfit(item, kind):
            return Bad(kind="value", words=f"{_short(key)}: {fault}, not {shown(item)}", hint=_literal_hint(item, fault))
    return _ruled(value, config) or value


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}…"


def _literal_hint(value: Any, fault: str) -> str:
    choices = re.findall(r"'([^']*)'", fault)
    return did_you_mean(value, choices, fallback=lambda _: "") if choices else ""


def _key_hint(key: str, config: str, fields: dict[str, tuple[str, Any]], dialect: Dialect) -> str:
    spans = dialect.key_spans(config, key)
    return f"this version has no such key; versions that do: {span_words(spans)}" if spans else did_you_mean(key, fields)


def _ruled(value: dict[str, Any], config: str) -> Bad | None:
    """The rule of a class over its own keys that the parser already enforces."""
    if config == "KVTransferConfig":
        roles = ("kv_both", "kv_consumer", "kv_producer")
        if value.get("kv_role") is not None and value["kv_role"] not in roles:
            return Bad(
                kind="value",
                words=f"Unsupported kv_role: {shown(value['kv_role'])}. Supported roles are {', '.join(roles)}",
                hint=did_you_mean(value["kv_role"], roles),
            )
        if value.get("kv_connector") is not None and value.get("kv_role") is None:
            return Bad(kind="value", words=f"Please specify kv_role when kv_connector is set, supported roles are {', '.join(roles)}")
    return None


def _module(flag: Flag, text: str, _dialect: Dialect) -> Any:
    """`name=path` or JSON, of `--lora-modules` and `--prompt-adapters`."""
    if "=" in text and "," not in text:
        if text.count("=") > 1:
            return Bad(kind="value", words=f"too many values to unpack in {shown(text)}", hint='write JSON: {"name": …, "path": …}')
        name, _, path = text.partition("=")
        return {"name": name, "path": path}
    try:
        value = json.loads(text)
    except ValueError:
        return Bad(kind="json", words=f"Invalid JSON format for {flag.name}: {shown(text)}", hint='write name=path, or JSON: {"name": …, "path": …}')
    if not isinstance(value, dict) or not {"name", "path"} <= value.keys() or value.keys() - {"name", "path", "base_model_name"}:
        return Bad(kind="key", words=f"Invalid fields for {flag.name}: {shown(text)}", hint="the keys are name, path and base_model_name")
    return value


def _list(_flag: Flag, text: str, _dialect: Dialect) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


_READERS = {
    "int": _int,
    "float": _float,
    "int_suffix": _suffixed,
    "int_suffix_or_auto": _suffixed,
    "json": _json,
    "json_or_str": _json_or_text,
    "list": _list,
    "bool_of_text": _text_as_bool,
    "pairs": _pairs,
    "pairs_or_json": _pairs,
    "name=path or json": _module,
}
