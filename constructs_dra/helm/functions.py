"""The functions that templates inside values may call: Go's own and the part of Sprig whose result does not change from run to run."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from constructs_dra.errors import shown
from constructs_dra.helm.budget import MAX_LIST, TemplateError, bounded
from constructs_dra.lexical.regex import Regex, RegexError, RegexLimitError, compile_regex
from constructs_dra.serving.goyaml import go_lines, go_scalar
from constructs_dra.yaml.documents import load_documents

__all__ = ["FUNCTIONS", "UNSTABLE", "is_true", "printed", "to_yaml"]


UNSTABLE = {
    "now", "date", "dateInZone", "ago", "unixEpoch", "randAlphaNum", "randAlpha", "randNumeric", "randAscii", "randInt", "randBytes", "uuidv4",
    "shuffle", "genCA", "genSelfSignedCert", "genSignedCert", "genPrivateKey", "htpasswd", "bcrypt", "derivePassword", "lookup", "getHostByName",
    "env", "expandenv",
}  # fmt: skip
"""Functions of Helm whose result depends on the time, on chance, on a cluster or on the machine."""


def is_true(value: Any) -> bool:
    """What Go templates take for true: everything but false, zero, nothing and what is empty."""
    return bool(value)


def printed(value: Any) -> str:
    """A value as `{{ … }}` writes it."""
    if value is None:
        return ""  # Go writes <no value>, which Helm takes out again
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{printed(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(printed, value)) + "]"
    return str(value)


def to_yaml(value: Any) -> str:
    """YAML as Helm's `toYaml` writes it, without a newline at its end."""
    return "\n".join(go_lines(value)) if isinstance(value, Mapping | list) else go_scalar(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return repr(value)


def _int64(number: int) -> int:
    """The number as Go's 64-bit integers hold it: what is too large wraps around."""
    return (number + 2**63) % 2**64 - 2**63


def _integer(value: Any) -> int:
    """Sprig's `int`: what is not a number is 0."""
    try:
        return _int64(int(float(value)) if not isinstance(value, int) else int(value))
    except (TypeError, ValueError, OverflowError):
        return 0


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _text(value: Any) -> str:
    return "<nil>" if value is None else printed(value)


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TemplateError(f"a list is needed, not {_kind(value)}")
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TemplateError(f"a mapping is needed, not {_kind(value)}")
    return value


def _kind(value: Any) -> str:
    for kind, name in ((bool, "bool"), (str, "string"), (int, "int"), (float, "float64"), (Mapping, "map"), (list, "slice")):
        if isinstance(value, kind):
            return name
    return "invalid"


def _default(default: Any, value: Any = None) -> Any:
    return value if is_true(value) else default


def _required(message: Any, value: Any) -> Any:
    if value is None or value == "":
        raise TemplateError(_text(message))
    return value


def _fail(message: Any) -> Any:
    raise TemplateError(_text(message))


def _printf(pattern: Any, *values: Any) -> str:
    rest = list(values)

    def one(match: re.Match[str]) -> str:
        flags, verb = match.groups()
        if verb == "%":
            return "%"
        if not rest:
            return f"%!{verb}(MISSING)"
        value = rest.pop(0)
        if verb == "v":
            return f"%{flags}s" % printed(value)
        if verb == "q":
            return json.dumps(_text(value), ensure_ascii=False)
        if verb == "t":
            return printed(bool(value))
        if verb == "s":
            return f"%{flags}s" % printed(value)
        if verb == "c":
            code = _integer(value)
            return chr(code) if 0 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else "\ufffd"
        try:
            return f"%{flags}{verb}" % (_integer(value) if verb in "dxXo" else _float(value))
        except (TypeError, ValueError, OverflowError):
            raise TemplateError(f"printf cannot write {value!r} as %{flags}{verb}") from None

    return re.sub(r"%([-+# 0]*\d{0,3}(?:\.\d{0,3})?)([vqtsdxXofeEgGc%])", one, _text(pattern))


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(str(key))
        elif isinstance(value, list | str) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            raise TemplateError(f"index {printed(key)} is not in {_kind(value)}")
    return value


def _compare(check: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(one: Any, other: Any) -> bool:
        try:
            return check(one, other)
        except TypeError:
            raise TemplateError(f"{_kind(one)} and {_kind(other)} cannot be compared") from None

    return compared


def _div(one: Any, other: Any) -> int:
    if _integer(other) == 0:
        raise TemplateError("division by zero")
    quotient = abs(_integer(one)) // abs(_integer(other))
    return _int64(quotient if (_integer(one) < 0) == (_integer(other) < 0) else -quotient)


def _substr(start: Any, end: Any, text: Any) -> str:
    first, last = max(_integer(start), 0), _integer(end)
    return _text(text)[first : last if last >= 0 else None]


def _trunc(length: Any, text: Any) -> str:
    size = _integer(length)
    return _text(text)[:size] if size >= 0 else _text(text)[size:]


def _indent(spaces: Any, text: Any) -> str:
    count = _integer(spaces)
    if count > 200:
        raise TemplateError(f"an indentation of {count} is not possible")
    lines = _text(text).split("\n")
    bounded(len(lines) * max(count, 0))
    return "\n".join(" " * count + line for line in lines)


def _join(mark: Any, items: Any) -> str:
    parts = list(map(_text, items if isinstance(items, list) else [items]))
    bounded(len(_text(mark)) * len(parts))
    return _text(mark).join(parts)


def _replace(old: Any, new: Any, text: Any) -> str:
    whole, part = _text(text), _text(old)
    bounded(len(whole) + (whole.count(part) if part else len(whole) + 1) * len(_text(new)))
    return whole.replace(part, _text(new))


def _of_items(keep: Callable[[set[str], str], bool]) -> Callable[..., list[Any]]:
    """A function that keeps some items of a list, told from each other by what they are written as."""

    def kept(items: Any, *others: Any) -> list[Any]:
        seen = {_written(other) for other in others}
        return [item for item in _items(items) if keep(seen, _written(item))]

    return kept


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _once(seen: set[str], written: str) -> bool:
    new = written not in seen
    seen.add(written)
    return new


def _sorted_texts(items: Any) -> list[str]:
    return sorted(map(_text, _items(items)))


def _from_yaml(text: Any) -> Any:
    documents, problems = load_documents(_text(text), "fromYaml")
    if problems:
        raise TemplateError(problems[0].message)
    return documents[0].value if documents else {}


def _from_json(text: Any) -> Any:
    def refuse(word: str) -> Any:
        raise ValueError(f"{word} is not a number")

    try:
        value = json.loads(_text(text), parse_constant=refuse, parse_int=lambda digits: _int64(int(digits)) if len(digits) < 40 else float(digits))
        # Go puts a mark where an escape stands for half a character
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")) if "\\u" in _text(text) else value
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"is not valid JSON: {error}") from None


def _dict(*parts: Any) -> dict[str, Any]:
    return {str(key): value for key, value in zip(parts[::2], [*parts[1::2], ""], strict=False)}


def _regex(search: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a pattern, a string and what else the search takes."""

    def function(pattern: Any, text: Any, *more: Any) -> Any:
        try:
            return search(compile_regex(_text(pattern)), _text(text), *map(_text, more))
        except RegexLimitError as error:
            raise TemplateError(str(error)) from None
        except RegexError as error:
            raise TemplateError(f"{shown(pattern)} is not a valid regular expression: {error}") from None

    return function


def _replaced(regex: Regex, text: str, template: str) -> str:
    result = regex.replace_all(text, template)
    bounded(len(result))
    return result


def _b64enc(text: Any) -> str:
    return base64.b64encode(_text(text).encode()).decode()


def _sha256sum(text: Any) -> str:
    return hashlib.sha256(_text(text).encode()).hexdigest()


def _b64dec(text: Any) -> str:
    try:
        return base64.b64decode(_text(text), validate=True).decode(errors="replace")
    except ValueError as error:
        raise TemplateError(str(error)) from None


def _repeat(count: Any, text: Any) -> str:
    bounded(_integer(count) * len(_text(text)))
    return _text(text) * _integer(count)


def _until(count: Any) -> list[int]:
    if not 0 <= _integer(count) <= MAX_LIST:
        raise TemplateError(f"until {_integer(count)} is more than {MAX_LIST:,}, or negative")
    return list(range(_integer(count)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda *numbers: _int64(sum(map(_integer, numbers))),
    "add1": lambda number: _int64(_integer(number) + 1),
    "append": lambda items, item: [*_items(items), item],
    "b64dec": _b64dec,
    "b64enc": _b64enc,
    "cat": lambda *parts: " ".join(_text(part) for part in parts if part is not None),
    "ceil": lambda number: float(-(-_float(number) // 1)),
    "coalesce": lambda *parts: next((part for part in parts if is_true(part)), None),
    "compact": lambda items: [item for item in _items(items) if is_true(item)],
    "concat": lambda *lists: [item for items in lists for item in _items(items)],
    "contains": lambda part, text: _text(part) in _text(text),
    "default": _default,
    "dict": _dict,
    "div": _div,
    "empty": lambda value: not is_true(value),
    "eq": lambda one, *others: any(type(one) is type(other) and one == other for other in others),
    "fail": _fail,
    "first": lambda items: next(iter(_items(items)), None),
    "float64": _float,
    "floor": lambda number: float(_float(number) // 1),
    "fromJson": _from_json,
    "fromYaml": _from_yaml,
    "ge": _compare(lambda one, other: one >= other),
    "get": lambda mapping, key: _mapping(mapping).get(str(key), ""),
    "gt": _compare(lambda one, other: one > other),
    "has": lambda item, items: item in _items(items),
    "hasKey": lambda mapping, key: str(key) in _mapping(mapping),
    "hasPrefix": lambda part, text: _text(text).startswith(_text(part)),
    "hasSuffix": lambda part, text: _text(text).endswith(_text(part)),
    "indent": _indent,
    "index": _index,
    "initial": lambda items: _items(items)[:-1],
    "int": _integer,
    "int64": _integer,
    "join": _join,
    "keys": lambda mapping: sorted(_mapping(mapping)),
    "kindIs": lambda kind, value: _kind(value) == kind,
    "kindOf": _kind,
    "last": lambda items: (_items(items) or [None])[-1],
    "le": _compare(lambda one, other: one <= other),
    "len": lambda value: len(value) if isinstance(value, str | list | Mapping) else _fail(f"{_kind(value)} has no length"),
    "list": lambda *items: list(items),
    "lower": lambda text: _text(text).lower(),
    "lt": _compare(lambda one, other: one < other),
    "max": lambda *numbers: max(map(_integer, numbers)),
    "min": lambda *numbers: min(map(_integer, numbers)),
    "mod": lambda one, other: _int64(_integer(one) - _div(one, other) * _integer(other)),
    "mul": lambda *numbers: _product(numbers),
    "ne": lambda one, other: not (type(one) is type(other) and one == other),
    "nindent": lambda spaces, text: "\n" + _indent(spaces, text),
    "nospace": lambda text: re.sub(r"\s", "", _text(text)),
    "not": lambda value: not is_true(value),
    "omit": lambda mapping, *keys: {key: value for key, value in _mapping(mapping).items() if key not in keys},
    "pick": lambda mapping, *keys: {key: value for key, value in _mapping(mapping).items() if key in keys},
    "prepend": lambda items, item: [item, *_items(items)],
    "print": lambda *parts: "".join(map(printed, parts)),
    "printf": _printf,
    "println": lambda *parts: " ".join(map(printed, parts)) + "\n",
    "quote": lambda *parts: " ".join(json.dumps(printed(part), ensure_ascii=False) for part in parts if part is not None),
    "regexMatch": _regex(Regex.matches),
    "regexReplaceAll": _regex(_replaced),
    "repeat": _repeat,
    "replace": _replace,
    "required": _required,
    "rest": lambda items: _items(items)[1:],
    "reverse": lambda items: _items(items)[::-1],
    "sha256sum": _sha256sum,
    "sortAlpha": _sorted_texts,
    "split": lambda mark, text: {f"_{number}": part for number, part in enumerate(_text(text).split(_text(mark) or None))},
    "splitList": lambda mark, text: _text(text).split(_text(mark) or None),
    "squote": lambda *parts: " ".join(f"'{printed(part)}'" for part in parts if part is not None),
    "sub": lambda one, other: _int64(_integer(one) - _integer(other)),
    "substr": _substr,
    "ternary": lambda yes, no, check: yes if is_true(check) else no,
    "title": lambda text: _text(text).title(),
    "toJson": lambda value: json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False),
    "toPrettyJson": lambda value: json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False),
    "toString": _text,
    "toStrings": lambda items: list(map(_text, _items(items))),
    "toYaml": to_yaml,
    "trim": lambda text: _text(text).strip(),
    "trimAll": lambda marks, text: _text(text).strip(_text(marks)),
    "trimPrefix": lambda part, text: _text(text).removeprefix(_text(part)),
    "trimSuffix": lambda part, text: _text(text).removesuffix(_text(part)),
    "trunc": _trunc,
    "typeOf": _kind,
    "uniq": _of_items(_once),
    "until": _until,
    "untitle": lambda text: re.sub(r"\b\w", lambda match: match.group().lower(), _text(text)),
    "upper": lambda text: _text(text).upper(),
    "values": lambda mapping: [value for _, value in sorted(_mapping(mapping).items())],
    "without": _of_items(lambda gone, item: item not in gone),
}
"""What each name does. `and` and `or` are the evaluator's own, since they stop early; so are `include` and `tpl`."""


def _product(numbers: tuple[Any, ...]) -> int:
    product = 1
    for number in numbers:
        product = _int64(product * _integer(number))
    return product
