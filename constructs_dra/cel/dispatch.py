"""From a call to what it does: the functions behind operators and names, chosen by the types of the values at run time."""

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from constructs_dra.cel.checker import Environment
from constructs_dra.cel.device import DeviceView
from constructs_dra.cel.equality import equal, no_overload, ordered, same
from constructs_dra.cel.functions import STANDARD, Function
from constructs_dra.cel.kubernetes_functions import KUBERNETES
from constructs_dra.cel.list_functions import LONGEST_LIST
from constructs_dra.cel.metering import OVER_LIMIT
from constructs_dra.cel.syntax import Call
from constructs_dra.cel.text_functions import TEXT
from constructs_dra.cel.types import Type
from constructs_dra.cel.values import (
    NAMES,
    CelEvaluationError,
    Cidr,
    Domains,
    Duration,
    EvaluationAbortedError,
    Format,
    Ip,
    MadeMap,
    Optional,
    Quantity,
    Timestamp,
    TypeValue,
    Uint,
    Url,
)  # fmt: skip
from constructs_dra.lexical.semver import Semver

__all__ = ["appended", "function_for", "has", "hashed", "made_map", "membership", "selected"]

_MAPS: frozenset[type] = frozenset((dict, Domains, MadeMap))
_CLASSES: dict[str, frozenset[type]] = {
    "bool": frozenset({bool}), "bytes": frozenset({bytes}), "double": frozenset({float}), "int": frozenset({int}), "uint": frozenset({Uint}),
    "string": frozenset({str}), "list": frozenset({list}), "map": _MAPS, "google.protobuf.Timestamp": frozenset({Timestamp}),
    "google.protobuf.Duration": frozenset({Duration}), "kubernetes.Quantity": frozenset({Quantity}), "kubernetes.Semver": frozenset({Semver}),
    "kubernetes.URL": frozenset({Url}), "kubernetes.NamedFormat": frozenset({Format}), "net.IP": frozenset({Ip}), "net.CIDR": frozenset({Cidr}),
    "optional_type": frozenset({Optional}),
}  # fmt: skip
_EVERYTHING = frozenset(("dyn", "any", "param", "type"))
_IMPLEMENTED: dict[str, Function] = {**STANDARD, **TEXT, **KUBERNETES}
_MAX_INCLUDES = 48
"""Longest list `includes` takes: as many values as a device may have (ResourceSliceMaxAttributeValuesPerDevice)."""


def function_for(node: Call, environment: Environment) -> Function:
    """What a checked call does with the values of its arguments (of its target first).

    The function raises `CelEvaluationError` for values no overload takes.
    """
    operation = _OPERATORS.get(node.function)
    if operation is not None:
        return operation
    declared = {overload.id: overload for overload in environment.function(node.function) or ()}
    candidates = [
        (tuple(_accepted(parameter) for parameter in declared[id_].parameters), _IMPLEMENTED[id_]) for id_ in node.overloads if id_ in _IMPLEMENTED
    ]
    if len(candidates) == 1:
        return _guarded(*candidates[0])

    def dispatch(*values: Any) -> Any:
        for classes, function in candidates:
            if all(accepted is None or type(value) in accepted for accepted, value in zip(classes, values, strict=True)):
                return function(*values)
        raise no_overload()

    return dispatch


def _accepted(parameter: Type) -> frozenset[type] | None:
    """The classes of values a parameter takes; None for all."""
    return None if parameter.kind in _EVERYTHING else _CLASSES.get(parameter.name, frozenset())


def _guarded(classes: tuple[frozenset[type] | None, ...], function: Function) -> Function:
    """The function, refusing values of other classes."""
    if len(classes) == 1:
        return _guarded_one(classes[0], function)
    if len(classes) == 2:
        first, second = classes

        def two(one: Any, other: Any) -> Any:
            if (first is None or type(one) in first) and (second is None or type(other) in second):
                return function(one, other)
            raise no_overload()

        return two

    def many(*values: Any) -> Any:
        if all(accepted is None or type(value) in accepted for accepted, value in zip(classes, values, strict=True)):
            return function(*values)
        raise no_overload()

    return many


def _guarded_one(accepted: frozenset[type] | None, function: Function) -> Function:
    def one(value: Any) -> Any:
        if accepted is None or type(value) in accepted:
            return function(value)
        raise no_overload()

    return one


def _missing(key: Any) -> CelEvaluationError:
    return CelEvaluationError(f"no such key: {key}")


def selected(value: Any, field: Any) -> Any:
    """`value.field` and `value[field]` where plain lookup failed: a domain's empty map, a field of an optional, or the error."""
    if type(value) is Domains:
        return {}
    if type(value) is Optional:
        return _optional_index(value, field)
    raise _missing(field)


def has(value: Any, field: str) -> bool:
    """`has(value.field)`. Every domain is present; nothing is present in what has no fields."""
    kind = type(value)
    if kind in _FIELDS:
        return field in value
    if kind is Optional:
        return value.present and has(value.value, field)
    return kind is Domains


_FIELDS: frozenset[type] = frozenset((dict, MadeMap, DeviceView))
_ABSENT = object()
_WHOLE = frozenset((int, Uint))


def _key(container: Any, key: Any) -> Any:
    """The key of a map that an index means, or `_ABSENT`.

    A whole number is found under a whole number of either type, a double also under one of those, everything else under its own type.
    """
    kind = type(key)
    if kind is str:
        return key if key in container else _ABSENT
    if kind in _UNHASHABLE:
        if type(container) is MadeMap and container:
            raise _unhashable(kind)
        return _ABSENT
    kinds = _WHOLE if kind in _WHOLE else _WHOLE | {float} if kind is float else {kind}
    return next((known for known in container if type(known) in kinds and known == key), _ABSENT)


def _index(value: Any, key: Any) -> Any:
    kind = type(value)
    if kind in _MAPS:
        if type(key) is str:
            try:
                return value[key]
            except KeyError:
                return selected(value, key)
        found = _key(value, key)
        if found is _ABSENT:
            raise _missing(key)
        return value[found]
    if kind is list:
        index = int(key) if type(key) is float and key.is_integer() else key
        if type(index) not in _WHOLE:
            raise CelEvaluationError(f"unsupported index type '{NAMES.get(type(key), type(key).__name__)}' in list")
        if not 0 <= index < len(value):
            raise CelEvaluationError(f"index out of bounds: {index}")
        return value[index]
    if kind is Optional:
        return _optional_index(value, key)
    raise no_overload()


def _optional_index(value: Any, key: Any) -> Optional:
    """`value[?key]` and `value.?key`: none where it is absent."""
    if type(value) is Optional:
        if not value.present:
            return value
        value = value.value
    if type(value) not in _MAPS and type(value) is not list:
        raise no_overload()
    try:
        return Optional(_index(value, key), present=True)
    except CelEvaluationError:
        return Optional()


def _in(item: Any, container: Any) -> bool:
    kind = type(container)
    if kind is list:
        return any(same(item, candidate) for candidate in container)
    if kind in _MAPS:
        return _key(container, item) is not _ABSENT
    raise no_overload()


_UNHASHABLE: frozenset[type] = frozenset((bytes, Semver))


def _unhashable(kind: type) -> EvaluationAbortedError:
    return EvaluationAbortedError(f"internal error: runtime error: hash of unhashable type {NAMES[kind]}")


def made_map(entries: Iterable[tuple[Any, Any, bool]]) -> MadeMap:
    """A map of entries, each with whether it is kept; of two with one key the last counts."""
    made = MadeMap()
    for key, value, kept in entries:
        kind = type(key)
        if kind in _UNHASHABLE:
            raise _unhashable(kind)
        if kind not in _KEYS:
            raise CelEvaluationError("unsupported key type")
        if kept:
            made[key] = value
        else:
            made.pop(key, None)
    return made


_KEYS: frozenset[type] = frozenset((bool, int, Uint, float, str, Timestamp, Duration, TypeValue, Ip, Cidr, type(None)))


def membership(values: frozenset[Any]) -> Function:
    """`in` a list of literals, which Kubernetes looks up in a hash table: versions and bytes cannot be hashed there, and end the evaluation."""

    def among(item: Any) -> bool:
        kind = type(item)
        if kind in _UNHASHABLE:
            raise _unhashable(kind)
        return (kind is bool, item) in values if kind in _HASHED else False

    return among


def hashed(values: Sequence[Any]) -> frozenset[Any] | None:
    """Literals for `membership`, or None when Kubernetes compares them one by one. A bool is not a number here, unlike in Python."""
    return frozenset((type(value) is bool, value) for value in values) if all(type(value) in _HASHED for value in values) else None


_HASHED: frozenset[type] = frozenset((bool, int, Uint, float, str))


def _not_equal(one: Any, other: Any) -> bool:
    return not same(one, other)


def _includes(target: Any, wanted: Any) -> bool:
    """A list includes its elements, anything else itself."""
    if type(target) is not list:
        return same(target, wanted)
    for index, item in enumerate(target):
        if index >= _MAX_INCLUDES:
            raise CelEvaluationError(f"'includes' function cannot be applied to lists longer than {_MAX_INCLUDES} values")
        if same(item, wanted):
            return True
    return False


def appended(collected: list[Any], more: list[Any]) -> list[Any]:
    """What `map` and `filter` do in each step; the list is their own, so it grows in place."""
    collected += more
    if len(collected) > LONGEST_LIST:
        raise EvaluationAbortedError(OVER_LIMIT)
    return collected


_OPERATORS: dict[str, Callable[..., Any]] = {
    "_==_": equal, "_!=_": _not_equal, "_<_": ordered(operator.lt), "_<=_": ordered(operator.le), "_>_": ordered(operator.gt),
    "_>=_": ordered(operator.ge), "@in": _in, "_[_]": _index, "_[?_]": _optional_index, "_?._": _optional_index, "includes": _includes,
}  # fmt: skip
"""Operators, which look at their values themselves."""
