"""Types: whether an expression fits together, and which overload each call means; by the rules of cel-go's checker and Kubernetes' validators."""

from functools import cache, lru_cache

from attrs import frozen

from constructs_dra.cel.library import QUANTITY, TYPE_NAMES, Overload, overloads
from constructs_dra.cel.syntax import Call, Comprehension, Const, CreateList, CreateMap, CreateMessage, Ident, Node, Select
from constructs_dra.cel.types import (
    ANY,
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    ERROR,
    INT,
    NULL,
    STRING,
    UINT,
    Substitution,
    Type,
    list_of,
    map_of,
    optional_of,
    struct,
    type_of,
)
from constructs_dra.cel.values import Uint
from constructs_dra.errors import did_you_mean

__all__ = ["ANY_MINOR", "DEVICE", "Environment", "Fault", "check_types"]

DEVICE = struct("kubernetes.DRADevice")

ANY_MINOR = 1_000
"""A minor version of Kubernetes after all others."""

_OF_VALUE: dict[type, Type] = {bool: BOOL, int: INT, Uint: UINT, float: DOUBLE, str: STRING, bytes: BYTES, type(None): NULL}


@frozen
class Environment:
    """What a selector may use, which depends on feature gates.

    Attributes:
        consumable_capacity: `device.allowMultipleAllocations` (gate DRAConsumableCapacity).
        list_type_attributes: Attributes may be lists and `includes` exists (gate DRAListTypeAttributes).
        minor: Minor version of Kubernetes, which decides what functions there are. Default: all that any version has.
        root: The variable: `device` in selectors, `self` (of any type) in the rules of custom resources.
    """

    consumable_capacity: bool = True
    list_type_attributes: bool = False
    minor: int = ANY_MINOR
    root: str = "device"

    @property
    def root_type(self) -> Type:
        """Type of the variable."""
        return DEVICE if self.root == "device" else DYN

    @property
    def attribute(self) -> Type:
        """Type of an attribute: unknown, and iterable only where lists are allowed."""
        return DYN if self.list_type_attributes else ANY

    def fields(self) -> dict[str, Type]:
        """What `device` has."""
        return _fields(self.consumable_capacity, self.list_type_attributes)

    def function(self, name: str) -> tuple[Overload, ...] | None:
        """The overloads of a function, or None."""
        if name == "includes":
            return _INCLUDES if self.list_type_attributes else None
        declared = overloads().get(name)
        return declared if declared is None or declared[0].since <= self.minor else None


_INCLUDES = (Overload("dra_includes_dyn_dyn", member=True, parameters=(DYN, DYN), result=BOOL, generic=False),)


@cache
def _fields(consumable: bool, lists: bool) -> dict[str, Type]:
    fields = {
        "driver": STRING,
        "attributes": map_of(STRING, map_of(STRING, DYN if lists else ANY)),
        "capacity": map_of(STRING, map_of(STRING, QUANTITY)),
    }
    return {**fields, "allowMultipleAllocations": BOOL} if consumable else fields


@frozen
class Fault:
    """Something that does not fit.

    Attributes:
        message: What.
        position: Offset of the place.
        hint: What may be meant.
    """

    message: str
    position: int
    hint: str = ""


def check_types(tree: Node, environment: Environment) -> list[Fault]:
    """Write types and overloads into the tree; the faults found, in the order of the text."""
    checker = _Checker(environment)
    checker.check(tree)
    checker.settle()
    return sorted(checker.faults, key=lambda fault: fault.position)


class _Checker:
    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._types = Substitution()
        self._scope: dict[str, list[Type]] = {environment.root: [environment.root_type]}
        self._done: dict[int, Node] = {}
        self._formatting = 0
        self.faults: list[Fault] = []
        self._methods = {
            Const: self._const, Ident: self._ident, Select: self._select, Call: self._call, CreateList: self._list, CreateMap: self._map,
            CreateMessage: self._message, Comprehension: self._comprehension,
        }  # fmt: skip

    def settle(self) -> None:
        """Replace type parameters by what they turned out to be."""
        for node in self._done.values():
            if node.type.has_params:
                node.type = self._types.resolve(node.type, unknown_as_dyn=True)

    def check(self, node: Node) -> Type:
        if id(node) not in self._done:
            self._done[id(node)] = node
            node.type = self._methods[type(node)](node)  # type: ignore[operator]
        return node.type

    def _fault(self, node: Node, message: str, hint: str = "") -> Type:
        self.faults.append(Fault(message, node.position, hint))
        return ERROR

    def _const(self, node: Const) -> Type:
        return _OF_VALUE[type(node.value)]

    def _ident(self, node: Ident) -> Type:
        declared = self._scope.get(node.name)
        if declared:
            return declared[-1]
        node.name = node.name.removeprefix(".")  # a leading dot means the name outside of all macros
        if node.name == self._environment.root:
            return self._environment.root_type
        if node.name in TYPE_NAMES:
            node.type_value = TYPE_NAMES[node.name]
            return type_of(TYPE_NAMES[node.name])
        return self._fault(node, f"undeclared name {node.name!r}", did_you_mean(node.name, [name for name, types in self._scope.items() if types]))

    def _select(self, node: Select) -> Type:
        qualified = _qualified(node)
        if qualified is not None and qualified in TYPE_NAMES and not self._scope.get(qualified.split(".")[0]):
            node.type_value = TYPE_NAMES[qualified]
            return type_of(TYPE_NAMES[qualified])
        operand = self._types.resolve(self.check(node.operand))
        inner, wrapped = (operand.parameters[0], True) if operand.name == "optional_type" else (operand, False)
        field = self._field(node, self._types.resolve(inner), node.field)
        if node.test:
            return BOOL
        return optional_of(field) if wrapped else field

    def _field(self, node: Node, operand: Type, field: str) -> Type:
        if operand is DEVICE:
            fields = self._environment.fields()
            if field not in fields:
                return self._fault(node, f"undefined field {field!r}: a device has {', '.join(sorted(fields))}", did_you_mean(field, fields))
            return fields[field]
        if operand.kind == "map":
            return operand.parameters[1]  # whatever type its keys have
        if operand.kind == "param":
            self._types.assignable((DYN,), (operand,))
            return DYN
        if operand.kind in {"dyn", "any", "error"}:
            return DYN
        if operand.kind == "struct":
            return self._fault(node, f"undefined field {field!r}: a {operand} has no fields")
        return self._fault(node, f"a value of type {operand} has no fields, so {field!r} cannot be read from it")

    def _call(self, node: Call) -> Type:
        if node.function == "_?._":
            return self._optional_select(node)
        # what stands in a call of format() may be of different types
        self._formatting += node.function == "format"
        try:
            return self._checked_call(node)
        finally:
            self._formatting -= node.function == "format"

    def _checked_call(self, node: Call) -> Type:
        arguments = [self.check(argument) for argument in node.args]
        if node.target is None:
            return self._resolve(node, node.function, arguments)
        qualified = _qualified(node.target)
        if qualified is not None and self._environment.function(f"{qualified}.{node.function}") is not None:
            node.function = f"{qualified}.{node.function}"
            node.target = None
            return self._resolve(node, node.function, arguments)
        return self._resolve(node, node.function, [self.check(node.target), *arguments])

    def _optional_select(self, node: Call) -> Type:
        operand = self._types.resolve(self.check(node.args[0]))
        field = node.args[1]
        self.check(field)
        node.overloads = ("select_optional_field",)
        inner = self._types.resolve(operand.parameters[0]) if operand.name == "optional_type" else operand
        return optional_of(self._field(field, inner, str(field.value))) if isinstance(field, Const) else ERROR

    def _resolve(self, node: Call, name: str, arguments: list[Type]) -> Type:
        declared = self._environment.function(name)
        if declared is None:
            return self._unknown_function(node, name)
        given = tuple(arguments)
        if name in {"_&&_", "_||_"}:
            return self._logical(node, declared[0], given)
        member = node.target is not None
        concrete = not any(type_.has_params for type_ in given)
        result, matched = _resolved(declared, member, given) if concrete else self._matching(declared, member, given)
        node.overloads = matched
        return self._no_overload(node, name, given) if result is None else self._fresh(result) if concrete else result

    def _unknown_function(self, node: Node, name: str) -> Type:
        declared = overloads().get(name)
        if declared is not None:
            name = "sortBy" if name == "@sortByAssociatedKeys" else name
            return self._fault(node, f"function {name!r} comes with Kubernetes 1.{declared[0].since}; this is for 1.{self._environment.minor}")
        known = [each for each in overloads() if each[0].isalpha() and "@" not in each and self._environment.function(each) is not None]
        return self._fault(node, f"undeclared function {name!r}: Kubernetes has none of this name", did_you_mean(name, known))

    def _matching(self, declared: tuple[Overload, ...], member: bool, given: tuple[Type, ...]) -> tuple[Type | None, tuple[str, ...]]:
        """The overloads that take these types, and the type they give together; none where none does."""
        result: Type | None = None
        matched: list[str] = []
        for overload in declared:
            if overload.member != member or len(overload.parameters) != len(given):
                continue
            if overload.generic:
                expected_result, *expected = self._types.instantiate((overload.result, *overload.parameters))
            else:
                expected_result, expected = overload.result, list(overload.parameters)
            if self._types.assignable(given, tuple(expected)):
                matched.append(overload.id)
                found = self._types.resolve(expected_result)
                if result is None:
                    result = found
                elif result.kind not in {"dyn", "any"} and found is not result and str(found) != str(result):
                    result = DYN
        return result, tuple(matched)

    def _fresh(self, result: Type) -> Type:
        """A result known from before, its open type parameters made this expression's own."""
        return self._types.instantiate((result,))[0] if result.has_params else result

    def _logical(self, node: Call, overload: Overload, given: tuple[Type, ...]) -> Type:
        node.overloads = (overload.id,)
        fitting = [self._types.assignable((type_,), (BOOL,)) for type_ in given]
        for argument, type_, fits in zip(node.args, given, fitting, strict=True):
            if not fits:
                self._fault(argument, f"expected a bool on both sides of {_operator(node.function)}, found {self._types.resolve(type_)}")
        return BOOL if all(fitting) else ERROR

    def _no_overload(self, node: Call, name: str, given: tuple[Type, ...]) -> Type:
        shown = [str(self._types.resolve(type_)) for type_ in given]
        hint = _hint(name, given) or self._other_style(node, name, given)
        if node.target is not None:
            return self._fault(node, f"{name}() does not exist for {shown[0]}.({', '.join(shown[1:])})", hint)
        operator = _operator(name)
        if operator != name:
            return self._fault(node, f"{operator} does not exist for {' and '.join(shown)}", hint)
        return self._fault(node, f"{name}() does not exist for ({', '.join(shown)})", hint)

    def _other_style(self, node: Call, name: str, given: tuple[Type, ...]) -> str:
        """How a function is called that takes these values, though not in the way it is called here."""
        declared = self._environment.function(name) or ()
        if self._matching(declared, node.target is None, given)[0] is None:
            return ""
        return f"call it as a function: {name}(…)" if node.target is not None else f"call it on the value: ….{name}()"

    def _list(self, node: CreateList) -> Type:
        element: Type | None = None
        for index, item in enumerate(node.elements):
            found = self._unwrapped(item, optional=index in node.optional)
            element = self._joined(item, element, found)
        return list_of(element) if element is not None else Type("list", "list", (self._types.fresh(),))

    def _map(self, node: CreateMap) -> Type:
        key_type: Type | None = None
        value_type: Type | None = None
        for key, value, optional in node.entries:
            key_type = self._joined(key, key_type, self.check(key))
            value_type = self._joined(value, value_type, self._unwrapped(value, optional=optional))
        if key_type is None or value_type is None:
            return Type("map", "map", (self._types.fresh(), self._types.fresh()))
        return map_of(key_type, value_type)

    def _unwrapped(self, node: Node, *, optional: bool) -> Type:
        found = self._types.resolve(self.check(node))
        if not optional:
            return found
        if found.name == "optional_type":
            return found.parameters[0]
        return DYN if found.kind in {"dyn", "any", "error"} else self._fault(node, f"an entry marked with ? must be optional, found {found}")

    def _joined(self, node: Node, before: Type | None, found: Type) -> Type:
        joined = self._types.join(before, found)
        if before is None or self._formatting:
            return joined or DYN
        if joined is not None and _equivalent(before, found):
            return joined
        self._fault(node, f"all entries must have one type: expected {before}, found {found}")
        return before or ERROR

    def _message(self, node: CreateMessage) -> Type:
        for value in node.values:
            self.check(value)
        return self._fault(node, f"undeclared message type {node.name!r}")

    def _comprehension(self, node: Comprehension) -> Type:
        iterated = self._types.resolve(self.check(node.range))
        accumulated = self.check(node.init)
        first, second = self._iteration(node, iterated)
        names = {node.accumulator: accumulated, node.variable: first} | ({node.second: second} if node.second else {})
        for name, type_ in names.items():
            self._scope.setdefault(name, []).append(type_)
        self.check(node.condition)
        self._expect(node.condition, BOOL)
        self.check(node.step)
        self._expect(node.step, accumulated)
        for name in names:
            if name != node.accumulator:
                self._scope[name].pop()
        result = self.check(node.result)
        self._scope[node.accumulator].pop()
        return self._types.resolve(result)

    def _iteration(self, node: Comprehension, iterated: Type) -> tuple[Type, Type]:
        if iterated.kind == "list":
            return (INT, iterated.parameters[0]) if node.second else (iterated.parameters[0], ERROR)
        if iterated.kind == "map":
            return iterated.parameters[0], iterated.parameters[1]
        if iterated.kind in {"dyn", "error", "param"}:
            if iterated.kind == "param":
                self._types.assignable((DYN,), (iterated,))
            return DYN, DYN
        hint = "an attribute can be a list only with the feature gate DRAListTypeAttributes" if iterated is ANY else ""
        self._fault(node.range, f"{node.macro}() needs a list or a map, found {iterated}", hint)
        return ERROR, ERROR

    def _expect(self, node: Node, type_: Type) -> None:
        if not self._types.assignable((node.type,), (type_,)):
            self._fault(node, f"expected {self._types.resolve(type_)}, found {self._types.resolve(node.type)}")


@lru_cache(maxsize=4096)
def _resolved(declared: tuple[Overload, ...], member: bool, given: tuple[Type, ...]) -> tuple[Type | None, tuple[str, ...]]:
    """What `_matching` finds for types without parameters, which depends on nothing else."""
    return _Checker(Environment())._matching(declared, member, given)  # noqa: SLF001


def _equivalent(one: Type, other: Type) -> bool:
    """Kubernetes' validator of literals: no mixing with values of unknown type either."""
    if one.kind == "param" or other.kind == "param":
        return True
    if one.kind != other.kind or one.name != other.name or len(one.parameters) != len(other.parameters):
        return False
    return all(_equivalent(left, right) for left, right in zip(one.parameters, other.parameters, strict=True))


def _qualified(node: Node) -> str | None:
    """The dotted name a chain of selections spells, or None."""
    parts: list[str] = []
    while isinstance(node, Select) and not node.test:
        parts.append(node.field)
        node = node.operand
    if not isinstance(node, Ident):
        return None
    parts.append(node.name)
    return ".".join(reversed(parts))


def _operator(function: str) -> str:
    return {"@in": "in", "_[_]": "[ ]", "_[?_]": "[? ]", "_?_:_": "? :"}.get(function) or (
        function.strip("_") if "_" in {function[0], function[-1]} else function
    )


def _hint(name: str, given: tuple[Type, ...]) -> str:
    """What to do about the mistakes people make with quantities and versions."""
    if QUANTITY in given and name in _COMPARED:
        return f"""compare quantities with .compareTo(quantity("16Gi")) {_operator(name)} 0"""
    return ""


_COMPARED = frozenset(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"))
