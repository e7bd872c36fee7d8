"""CEL's types, and which may stand where which is expected (with type parameters), by the rules of Kubernetes' CEL checker."""

from functools import lru_cache

__all__ = [
    "ANY", "BOOL", "BYTES", "DOUBLE", "DURATION", "DYN", "ERROR", "INT", "NULL", "STRING", "TIMESTAMP", "TYPE", "UINT", "Substitution", "Type",
    "list_of", "map_of", "opaque", "optional_of", "param", "struct", "type_of",
]  # fmt: skip


class Type:
    """A type; the same type is the same object.

    Attributes:
        kind: `int`, `list`, `struct`, `opaque`, `param`, ….
        name: What error messages call it, without its parameters.
        parameters: Element type of a list, key and value type of a map, ….
        has_params: Whether a type parameter occurs in it.
    """

    __slots__ = ("has_params", "kind", "name", "parameters")

    def __init__(self, kind: str, name: str, parameters: "tuple[Type, ...]" = ()) -> None:
        self.kind = kind
        self.name = name
        self.parameters = parameters
        self.has_params: bool = kind == "param" or any(parameter.has_params for parameter in parameters)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters))})" if self.parameters else self.name

    def __repr__(self) -> str:
        return f"<{self}>"


@lru_cache(maxsize=4096)
def _type(kind: str, name: str, parameters: tuple[Type, ...] = ()) -> Type:
    return Type(kind, name, parameters)


BOOL = _type("bool", "bool")
BYTES = _type("bytes", "bytes")
DOUBLE = _type("double", "double")
DURATION = _type("duration", "google.protobuf.Duration")
DYN = _type("dyn", "dyn")
ANY = _type("any", "any")
ERROR = _type("error", "!error!")
INT = _type("int", "int")
NULL = _type("null", "null")
STRING = _type("string", "string")
TIMESTAMP = _type("timestamp", "google.protobuf.Timestamp")
TYPE = _type("type", "type")
UINT = _type("uint", "uint")

_WILD = frozenset({"dyn", "any", "error"})
_NULLABLE = frozenset({"opaque", "struct", "null", "timestamp", "duration"})


def list_of(element: Type) -> Type:
    """`list(element)`."""
    return _type("list", "list", (element,))


def map_of(key: Type, value: Type) -> Type:
    """`map(key, value)`."""
    return _type("map", "map", (key, value))


def optional_of(value: Type) -> Type:
    """`optional_type(value)`."""
    return _type("opaque", "optional_type", (value,))


def opaque(name: str) -> Type:
    """A type with nothing to select, e.g. `net.IP`."""
    return _type("opaque", name)


def struct(name: str) -> Type:
    """A type with fields, or one of Kubernetes' own, e.g. `kubernetes.Quantity`."""
    return _type("struct", name)


def param(name: str) -> Type:
    """A type parameter."""
    return _type("param", name)


def type_of(value: Type) -> Type:
    """`type(value)`: what naming a type gives."""
    return _type("type", "type", (value,))


class Substitution:
    """What the type parameters of one expression stand for, as far as it is known."""

    __slots__ = ("_counter", "_known")

    def __init__(self) -> None:
        self._known: dict[Type, Type] = {}
        self._counter = 0

    def fresh(self) -> Type:
        """A type parameter not used before."""
        self._counter += 1
        return Type("param", f"_var{self._counter}")

    def assignable(self, given: tuple[Type, ...], expected: tuple[Type, ...]) -> bool:
        """Whether each type may stand where the other is expected; what that says about type parameters is kept only if all may."""
        if len(given) != len(expected):
            return False
        before = self._known.copy() if self._known else {}
        for one, other in zip(given, expected, strict=True):
            if one is not other and not self._fits(one, other):
                self._known = before
                return False
        return True

    def _fits(self, given: Type, expected: Type) -> bool:
        if given is expected:
            return True
        if expected.kind == "param":
            valid, known = self._substitutes(given, expected)
            if valid or known:
                return valid
        if given.kind == "param":
            return self._substitutes(expected, given)[0]
        if given.kind in _WILD or expected.kind in _WILD:
            return True
        if given.kind == "null":
            return expected.kind in _NULLABLE
        if given.kind != expected.kind:
            return False
        if given.kind == "type":
            return True
        if given.name != expected.name or len(given.parameters) != len(expected.parameters):
            return False
        return all(self._fits(one, other) for one, other in zip(given.parameters, expected.parameters, strict=True))

    def _substitutes(self, concrete: Type, parameter: Type) -> tuple[bool, bool]:
        """Whether the parameter may stand for the type, and whether it already stood for one."""
        known = self._known.get(parameter)
        if known is not None:
            if known is concrete:
                return True, True
            if self._fits(concrete, known):
                self._known[parameter] = _more_general(concrete, known)
                return True, True
            return False, True
        if self._occurs(parameter, concrete):
            return False, False
        self._known[parameter] = concrete
        return True, False

    def _occurs(self, parameter: Type, inside: Type) -> bool:
        if parameter is inside:
            return True
        if inside.kind == "param":
            known = self._known.get(inside)
            return known is not None and self._occurs(parameter, known)
        return any(self._occurs(parameter, part) for part in inside.parameters)

    def resolve(self, type_: Type, *, unknown_as_dyn: bool = False) -> Type:
        """The type with known parameters replaced."""
        if not type_.has_params:
            return type_
        known = self._known.get(type_)
        if known is not None:
            return self.resolve(known, unknown_as_dyn=unknown_as_dyn)
        if type_.kind == "param":
            return DYN if unknown_as_dyn else type_
        parameters = tuple(self.resolve(part, unknown_as_dyn=unknown_as_dyn) for part in type_.parameters)
        return Type(type_.kind, type_.name, parameters) if any(part.has_params for part in parameters) else _type(type_.kind, type_.name, parameters)

    def instantiate(self, types: tuple[Type, ...]) -> tuple[Type, ...]:
        """The types with each of their type parameters replaced by a fresh one, the same for the same."""
        fresh: dict[Type, Type] = {}
        return tuple(self._renamed(type_, fresh) for type_ in types)

    def _renamed(self, type_: Type, fresh: dict[Type, Type]) -> Type:
        if not type_.has_params:
            return type_
        if type_.kind == "param":
            if type_ not in fresh:
                fresh[type_] = self.fresh()
            return fresh[type_]
        return Type(type_.kind, type_.name, tuple(self._renamed(part, fresh) for part in type_.parameters))

    def join(self, one: Type | None, other: Type) -> Type | None:
        """The type of an aggregate that holds both, or None when they do not go together."""
        if one is None:
            return other
        return _more_general(one, other) if self.assignable((one,), (other,)) else None


def _more_general(one: Type, other: Type) -> Type:
    return one if _less_specific(one, other) else other


def _less_specific(one: Type, other: Type) -> bool:
    if one.kind in {"dyn", "any", "param"}:
        return True
    if other.kind in {"dyn", "any", "param"} or one.kind != other.kind:
        return False
    if one.kind == "type":
        return True
    if one.name != other.name or len(one.parameters) != len(other.parameters):
        return False
    return all(_less_specific(left, right) for left, right in zip(one.parameters, other.parameters, strict=True))
