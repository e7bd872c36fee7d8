"""Evaluation: a checked tree becomes nested Python functions, which then run on devices as cel-go would in the scheduler.

A tree whose worst-case cost is within Kubernetes' limit runs unmetered; any other counts its cost as it runs and stops at the limit.
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from constructs_dra.cel.checker import Environment
from constructs_dra.cel.dispatch import appended, function_for, has, hashed, made_map, membership, selected
from constructs_dra.cel.equality import no_overload
from constructs_dra.cel.literals import CONVERSIONS
from constructs_dra.cel.macros import ACCUMULATOR
from constructs_dra.cel.metering import Meter, call_cost
from constructs_dra.cel.syntax import Call, Comprehension, Const, CreateList, CreateMap, Ident, Node, Select
from constructs_dra.cel.types import Type
from constructs_dra.cel.values import NAMES, CelEvaluationError, Domains, MadeMap, Optional, type_value

__all__ = ["Frame", "Program", "compile_program"]

Frame = list[Any]
"""Values of the variables of one evaluation; `device` is the first."""

Program = Callable[[Frame], Any]

_UNSET = object()
"""A bound value not needed yet."""


def compile_program(tree: Node, environment: Environment, *, meter: Meter | None = None) -> tuple[Program, int]:
    """The tree as one function of a frame, and how many values that frame holds.

    Args:
        tree: A checked tree.
        environment: What it was checked for.
        meter: Counts the cost while it runs; leave out where the worst case is within the limit.
    """
    compiler = _Compiler(environment, meter)
    program = compiler.compile(tree)
    return program, compiler.size


class _Compiler:
    def __init__(self, environment: Environment, meter: Meter | None) -> None:
        self._environment = environment
        self._meter = meter
        self._slots: dict[str, list[tuple[int, Program | None]]] = {environment.root: [(0, None)]}
        self._compiled: dict[int, Program] = {}
        self.size = 1

    def compile(self, node: Node) -> Program:
        """The function of a node, made once: `optMap` has its target in two places, and chains of it would double with each link."""
        program = self._compiled.get(id(node))
        if program is None:
            program = self._compiled[id(node)] = self._compile(node)
        return program

    def _compile(self, node: Node) -> Program:
        if isinstance(node, Const):
            value = node.value
            return lambda _frame: value
        if isinstance(node, Select):
            return self._metered(self._select(node), 0 if node.test else 1)
        if isinstance(node, Ident):
            return self._metered(self._ident(node), 1)
        if isinstance(node, Call):
            special = _SPECIAL.get(node.function)
            return special(self, node) if special is not None else self._call(node)
        if isinstance(node, CreateList):
            return self._metered(self._list(node), 0 if _is_constant(node) else 10)
        if isinstance(node, CreateMap):
            return self._metered(self._map(node), 0 if _is_constant(node) else 30)
        if isinstance(node, Comprehension):
            return self._bind(node) if node.is_bind else self._fold(node)
        raise TypeError(node)

    def _metered(self, program: Program, cost: int) -> Program:
        if self._meter is None or not cost:
            return program
        spend = self._meter.spend

        def metered(frame: Frame) -> Any:
            value = program(frame)
            spend(cost)
            return value

        return metered

    def _ident(self, node: Ident) -> Program:
        if node.type_value is not None:
            return _constant(node.type_value)
        slot, init = self._slots[node.name][-1]
        if slot == 0:
            return operator.itemgetter(0)

        def read(frame: Frame) -> Any:
            value = frame[slot]
            if value is _UNSET and init is not None:
                try:
                    value = init(frame)
                except CelEvaluationError as error:
                    value = error
                frame[slot] = value
            if type(value) is CelEvaluationError:
                raise value
            return value

        return read

    def _select(self, node: Select) -> Program:
        if node.type_value is not None:
            return _constant(node.type_value)
        operand, field = self.compile(node.operand), node.field
        if node.test:
            return lambda frame: has(operand(frame), field)

        def select(frame: Frame) -> Any:
            value = operand(frame)
            try:
                return value[field]
            except (KeyError, TypeError, IndexError):
                return selected(value, field)

        return select

    def _call(self, node: Call) -> Program:
        arguments = [self.compile(argument) for argument in node.children()]
        appends = node.function == "_+_" and isinstance(node.args[0], Ident) and node.args[0].name == ACCUMULATOR
        grows = appends and isinstance(node.args[1], CreateList)
        function: Callable[..., Any] = appended if grows else function_for(node, self._environment)
        if self._meter is not None and not _is_constant(node):
            return self._counted(node.function, function, arguments)
        if len(arguments) == 1:
            only = arguments[0]
            return lambda frame: function(only(frame))
        if len(arguments) == 2:
            left, right = arguments
            return lambda frame: function(left(frame), right(frame))
        return lambda frame: function(*[argument(frame) for argument in arguments])

    def _counted(self, name: str, function: Callable[..., Any], arguments: list[Program]) -> Program:
        spend = self._meter.spend if self._meter is not None else _free

        def counted(frame: Frame) -> Any:
            values = [argument(frame) for argument in arguments]
            result = function(*values)
            spend(call_cost(name, values, result))
            return result

        return counted

    def _logical(self, node: Call, decisive: bool) -> Program:
        """`&&` (decided by false) and `||` (by true): an error on one side counts only if the other does not decide."""
        left, right = map(self.compile, node.args)

        def logical(frame: Frame) -> Any:
            error: CelEvaluationError | None = None
            try:
                value = left(frame)
                if value is decisive:
                    return decisive
                if value is not (not decisive):
                    error = no_overload()
            except CelEvaluationError as failure:
                error = failure
            try:
                value = right(frame)
            except CelEvaluationError as failure:
                raise error or failure from None
            if value is decisive:
                return decisive
            if error is not None:
                raise error
            if value is not (not decisive):
                raise no_overload()
            return value

        return logical

    def _and(self, node: Call) -> Program:
        return self._logical(node, decisive=False)

    def _or(self, node: Call) -> Program:
        return self._logical(node, decisive=True)

    def _conditional(self, node: Call) -> Program:
        condition, accepted, refused = map(self.compile, node.args)

        def conditional(frame: Frame) -> Any:
            value = condition(frame)
            if value is True:
                return accepted(frame)
            if value is False:
                return refused(frame)
            raise no_overload()

        return conditional

    def _not_strictly_false(self, node: Call) -> Program:
        operand = self.compile(node.args[0])

        def not_strictly_false(frame: Frame) -> bool:
            try:
                return operand(frame) is not False
            except CelEvaluationError:
                return True

        return self._metered(not_strictly_false, 1)

    def _in(self, node: Call) -> Program:
        item, container = node.args
        literals = [child.value for child in container.children() if isinstance(child, Const)] if isinstance(container, CreateList) else None
        values = hashed(literals) if literals is not None and len(literals) == len(container.children()) else None
        if values is None:
            return self._call(node)
        if not values:
            return lambda _frame: False  # whatever the item, even if reading it fails
        among, read = membership(values), self.compile(item)
        return lambda frame: among(read(frame))

    def _list(self, node: CreateList) -> Program:
        elements = [self.compile(element) for element in node.elements]
        optional = node.optional
        if not optional:
            return lambda frame: [element(frame) for element in elements]

        def create(frame: Frame) -> list[Any]:
            values: list[Any] = []
            for index, element in enumerate(elements):
                value = element(frame)
                if index in optional:
                    values += _given(value)
                else:
                    values.append(value)
            return values

        return create

    def _map(self, node: CreateMap) -> Program:
        entries = [(self.compile(key), self.compile(value), optional) for key, value, optional in node.entries]

        def evaluated(frame: Frame) -> Iterator[tuple[Any, Any, bool]]:
            for key_of, value_of, optional in entries:
                key, value = key_of(frame), value_of(frame)
                if not optional:
                    yield key, value, True
                else:
                    given = _given(value)
                    yield key, given[0] if given else None, bool(given)

        return lambda frame: made_map(evaluated(frame))

    def _alternative(self, node: Call) -> Program:
        """`or` and `orValue`: what they are given is looked at only where there is no value."""
        if node.target is None or not set(node.overloads) & {"optional_or_optional", "optional_orValue_value"}:
            return self._call(node)
        optional, other, whole = self.compile(node.target), self.compile(node.args[0]), node.function == "or"

        def alternative(frame: Frame) -> Any:
            value = optional(frame)
            if type(value) is not Optional:
                raise no_overload()
            if value.present:
                return value if whole else value.value
            return other(frame)

        return self._metered(alternative, 1)

    def _enter(self, name: str, init: Program | None = None) -> int:
        slot = self.size
        self.size += 1
        self._slots.setdefault(name, []).append((slot, init))
        return slot

    def _bind(self, node: Comprehension) -> Program:
        init = self.compile(node.init)
        slot = self._enter(node.accumulator, init)
        result = self.compile(node.result)
        self._slots[node.accumulator].pop()

        def bind(frame: Frame) -> Any:
            frame[slot] = _UNSET
            return result(frame)

        return bind

    def _fold(self, node: Comprehension) -> Program:
        iterated, init = self.compile(node.range), self.compile(node.init)
        carried = self._enter(node.accumulator)
        first = self._enter(node.variable)
        second = self._enter(node.second) if node.second else 0
        condition = None if isinstance(node.condition, Const) else self.compile(node.condition)
        step = self.compile(node.step)
        for name in filter(None, (node.variable, node.second)):
            self._slots[name].pop()
        result = self.compile(node.result)
        self._slots[node.accumulator].pop()

        def fold(frame: Frame) -> Any:
            source = iterated(frame)
            frame[carried] = init(frame)
            for one, other in _pairs(source, two=bool(second)):
                frame[first] = one
                if second:
                    frame[second] = other
                if condition is not None and condition(frame) is not True:
                    break
                try:
                    frame[carried] = step(frame)
                except CelEvaluationError as error:
                    frame[carried] = error
            return result(frame)

        return fold


def _is_constant(node: Node) -> bool:
    """Whether Kubernetes works a node out beforehand, so that it costs nothing: literals, lists and maps of them, and their conversions."""
    if isinstance(node, Call) and (node.function not in CONVERSIONS or len(node.args) != 1):
        return False
    return isinstance(node, Const | CreateList | CreateMap | Call) and all(map(_is_constant, node.children()))


def _free(_cost: int) -> None:
    """The meter of a program that has none."""


def _constant(type_: Type) -> Program:
    value = type_value(type_)
    return lambda _frame: value


def _given(value: Any) -> list[Any]:
    """What an entry marked with `?` adds."""
    if type(value) is not Optional:
        raise CelEvaluationError("cannot initialize optional element from non-optional value")
    return [value.value] if value.present else []


def _pairs(source: Any, *, two: bool) -> Any:
    """What a fold iterates over: elements or keys, or with two variables indices and elements, keys and values."""
    kind = type(source)
    if kind is list:
        return list(enumerate(source)) if two else [(item, None) for item in source]
    if kind is dict or kind is Domains or kind is MadeMap:
        return list(source.items())
    raise CelEvaluationError(f"got '{NAMES.get(kind, kind.__name__)}', expected iterable type")


_SPECIAL: dict[str, Callable[[_Compiler, Call], Program]] = {
    "@in": _Compiler._in,  # noqa: SLF001
    "_&&_": _Compiler._and, "_||_": _Compiler._or, "_?_:_": _Compiler._conditional,  # noqa: SLF001
    "or": _Compiler._alternative, "orValue": _Compiler._alternative,  # noqa: SLF001
    "@not_strictly_false": _Compiler._not_strictly_false,  # noqa: SLF001
}  # fmt: skip
"""Calls that do not evaluate all their arguments."""
