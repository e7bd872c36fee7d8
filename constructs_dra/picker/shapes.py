"""How Go decodes a value into a shape: which fields are unknown, which values have another type, and what the decoder says of them."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from constructs_dra.cel.time_functions import parse_duration
from constructs_dra.errors import did_you_mean, shown
from constructs_dra.lexical.quantity import is_quantity
from constructs_dra.paths import child
from constructs_dra.picker.catalogue import Shape

__all__ = ["Mismatch", "decode", "duration_fault", "fields_of", "go_kind", "quoted"]

_QUANTITY_WORDS = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_GO_TYPES = {"string": "string", "int": "int", "float": "float64", "bool": "bool", "duration": "string"}
_WANTED = {
    "string": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "duration": "a duration in quotes such as '500ms' or '30s'",
    "quantity": "a quantity such as '1Gi' or 1000",
    "object": "a mapping",
    "list": "a list",
}


@frozen(kw_only=True)
class Mismatch:
    """One value that does not decode.

    Attributes:
        path: Its place.
        fault: What is wrong, in this library's words.
        words: What the decoder says, up to what it calls the type it decodes into.
        hint: What to do about it.
        unknown: Whether it is a field nobody knows; a lenient decoder passes over it.
    """

    path: str
    fault: str
    words: str
    hint: str = ""
    unknown: bool = False


def quoted(value: object) -> str:
    """A value as Go's `%q` writes it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else shown(value)


def go_kind(value: object) -> str:
    """What the decoder calls a value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Mapping) else "array" if isinstance(value, list | tuple) else "number"


def fields_of(shape: Shape, at: int) -> dict[str, Shape]:
    """The fields of a shape that a column has."""
    return {name: inner for name, (first, last, inner) in shape["fields"].items() if first <= at <= last}


def duration_fault(text: str) -> str:
    """What Go says of a string that is not a duration; empty for one that is."""
    try:
        parse_duration(text)
    except ValueError:
        digits = text.lstrip("+-")
        if digits and digits.replace(".", "", 1).isdigit():
            return f"time: missing unit in duration {quoted(text)}"
        return f"time: invalid duration {quoted(text)}"
    return ""


def decode(
    value: Any, fields: Mapping[str, Shape], path: str, *, at: int, exact: bool, struct: Callable[[str], str] | None = None
) -> Iterator[Mismatch]:
    """Decode a mapping, in the order of its keys, which is the decoder's.

    Args:
        value: The mapping.
        fields: What it may hold.
        path: Its place.
        at: The column whose fields of inner shapes count.
        exact: Whether the case of names counts; it does in the configuration, and does not in parameters.
        struct: What the decoder calls the type around a place. Default: not on record.
    """
    if not isinstance(value, Mapping):
        yield Mismatch(
            path=path, fault=f"must be a mapping, not {shown(value)}", words=f"json: cannot unmarshal {go_kind(value)} into Go value of type …"
        )
        return
    folded = {name.casefold(): name for name in fields} if not exact else {}
    for key in sorted(value, key=str):
        item = value[key]
        name = key if key in fields else folded.get(str(key).casefold())
        if name is None:
            place = child(path, str(key))
            yield Mismatch(
                path=place,
                fault=f"{shown(key)} is not a field here",
                words=f"unknown field {quoted(_relative(place) if exact else str(key))}",
                hint=did_you_mean(key, fields) if fields else "it takes none",
                unknown=True,
            )
        elif item is not None:
            yield from _value(item, fields[name], child(path, str(key)), at=at, exact=exact, struct=struct)


def _relative(place: str) -> str:
    return place


def _value(value: Any, shape: Shape, path: str, *, at: int, exact: bool, struct: Callable[[str], str] | None) -> Iterator[Mismatch]:
    if isinstance(shape, Mapping):
        if "fields" in shape:
            if isinstance(value, Mapping):
                yield from decode(value, fields_of(shape, at), path, at=at, exact=exact, struct=struct)
            else:
                yield _wrong(value, "object", path, struct)
        elif "list" in shape:
            if not isinstance(value, list | tuple):
                yield _wrong(value, "list", path, struct)
                return
            for index, item in enumerate(value):
                if item is not None:
                    yield from _value(item, shape["list"], f"{path}[{index}]", at=at, exact=exact, struct=struct)
        elif not isinstance(value, Mapping):
            yield _wrong(value, "object", path, struct)
        else:
            for key in sorted(value, key=str):
                if value[key] is not None:
                    yield from _value(value[key], shape["map"], child(path, str(key)), at=at, exact=exact, struct=struct)
    elif not _fits(value, shape):
        yield _wrong(value, shape, path, struct)
    elif shape == "duration" and exact and (fault := duration_fault(value)):
        yield Mismatch(
            path=path, fault=f"{shown(value)} is not a duration", words=fault, hint="write a number with its unit, such as '500ms' or '30s'"
        )
    elif shape == "quantity" and not is_quantity(value):
        yield Mismatch(
            path=path,
            fault=f"{shown(value)} is not a valid quantity",
            words=_QUANTITY_WORDS,
            hint="write a number with an optional suffix, such as 1Gi or 500M",
        )


def _fits(value: Any, shape: str) -> bool:
    if shape == "any":
        return True
    if shape in {"string", "duration"}:
        return isinstance(value, str)
    if shape == "bool":
        return isinstance(value, bool)
    if shape == "object":
        return isinstance(value, Mapping)
    if shape == "list":
        return isinstance(value, list | tuple)
    if shape == "quantity":
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and (shape == "float" or (float(value).is_integer() and abs(value) < 2**63))


def _wrong(value: Any, shape: str, path: str, struct: Callable[[str], str] | None) -> Mismatch:
    kind = go_kind(value)
    if kind == "number" and shape == "int":
        kind = f"number {value}"
    where = struct(path) if struct is not None else "…"
    words = (
        f"json: cannot unmarshal {kind} into Go {where} of type {_GO_TYPES.get(shape, '…')}"
        if where != "…"
        else f"json: cannot unmarshal {kind} into Go …"
    )
    return Mismatch(path=path, fault=f"must be {_WANTED.get(shape, 'something else')}, not {shown(value)}", words=words)
