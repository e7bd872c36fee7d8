"""Selectors: CEL expressions that say of a device whether a request may have it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from constructs_dra.cel.checker import ANY_MINOR, DEVICE, Environment, check_types
from constructs_dra.cel.cost import MAX_COST, estimate
from constructs_dra.cel.device import DeviceView, device_view
from constructs_dra.cel.evaluate import Program, compile_program
from constructs_dra.cel.literals import check_literals
from constructs_dra.cel.metering import Meter
from constructs_dra.cel.parser import parse
from constructs_dra.cel.recursion import deep_recursion
from constructs_dra.cel.source import problem_at
from constructs_dra.cel.syntax import Node, Select, walk
from constructs_dra.cel.tokens import CelSyntaxError
from constructs_dra.cel.values import NAMES, CelEvaluationError, EvaluationAbortedError
from constructs_dra.errors import Problem, SpecError, shown
from constructs_dra.lexical.versions import NEWEST_VERSION, KubernetesVersion

__all__ = ["MAX_LENGTH", "Selector", "compile_selector"]

MAX_LENGTH = 10 * 1024
"""Longest expression Kubernetes takes, in bytes of UTF-8 (CELSelectorExpressionMaxLength)."""


class Selector:
    """A compiled selector. `compile_selector` makes them.

    Attributes:
        expression: The text.
        max_cost: Worst-case cost, as the API server estimates it; its limit is 1,000,000.
        gates: Feature gates of Kubernetes that it needs beyond plain DRA.
        tree: The checked syntax tree.
    """

    __slots__ = ("_deep", "_limit", "_program", "_size", "environment", "expression", "gates", "max_cost", "tree")

    def __init__(self, expression: str, environment: Environment, tree: Node, max_cost: int) -> None:
        self.expression = expression
        self.environment = environment
        self.tree = tree
        self.max_cost = max_cost
        self.gates = _gates(expression, tree, environment)
        self._deep = _nests_deep(expression)
        self._limit = MAX_COST
        self._program: Program | None = None
        self._size = 0

    def __repr__(self) -> str:
        return f"Selector({self.expression!r})"

    def matches(self, device: Mapping[str, Any]) -> bool:
        """Whether the selector takes a device, as the scheduler decides it.

        Args:
            device: ResourceSlice-shaped: `driver`, `attributes`, `capacity`, `allowMultipleAllocations`; or a view of it made by `device_view`.

        Raises:
            CelEvaluationError: The selector fails on this device, e.g. because it reads an attribute the device does not have. In a cluster that
                stops the allocation of the whole claim.
        """
        view = device if type(device) is DeviceView else device_view(device)
        program = self._program
        if program is None:
            with deep_recursion():
                program, self._size = compile_program(self.tree, self.environment)
            self._program = program
        if self.max_cost > self._limit or self._deep:
            return self._guarded(view, program)
        frame: list[Any] = [None] * self._size
        frame[0] = view
        try:
            return _as_bool(program(frame))
        except EvaluationAbortedError as error:
            raise CelEvaluationError(str(error)) from None

    def _guarded(self, view: DeviceView, program: Program) -> bool:
        """The same for expressions that may cost more than allowed or nest deeper than Python's stack."""
        with deep_recursion():
            size = self._size
            if self.max_cost > self._limit:
                program, size = compile_program(self.tree, self.environment, meter=Meter(self._limit))
            frame: list[Any] = [None] * size
            frame[0] = view
            try:
                return _as_bool(program(frame))
            except EvaluationAbortedError as error:
                raise CelEvaluationError(str(error)) from None


def _gates(expression: str, tree: Node, environment: Environment) -> tuple[str, ...]:
    field = "allowMultipleAllocations"
    shared = field in expression and any(isinstance(node, Select) and node.field == field and node.operand.type is DEVICE for node in walk(tree))
    return ("DRAConsumableCapacity",) * shared + ("DRAListTypeAttributes",) * environment.list_type_attributes


def _as_bool(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    name = NAMES.get(type(value), type(value).__name__)
    raise CelEvaluationError(f"CEL result of type {name} could not be converted to bool")


def _nests_deep(expression: str) -> bool:
    """Whether it could nest so deep that Python's default stack is too small; counting its characters errs on the safe side."""
    return sum(map(expression.count, "([{.+-*/%?<>=!")) > 150


def compile_selector(
    expression: str,
    *,
    consumable_capacity: bool = True,
    list_type_attributes: bool = False,
    stored: bool = False,
    kubernetes: KubernetesVersion = NEWEST_VERSION,
) -> Selector:
    """Compile a selector, or give the one compiled before.

    Args:
        expression: The CEL text.
        consumable_capacity: Whether `device.allowMultipleAllocations` may be used (gate DRAConsumableCapacity). Default on.
        list_type_attributes: Whether attributes may be lists (gate DRAListTypeAttributes). Default off.
        stored: Take what a cluster has already stored: everything newer gates and versions allow, and any cost. Default off.
        kubernetes: Version whose functions there are. Default: the newest known here.

    Raises:
        SpecError: Kubernetes would refuse it, with the place.
    """
    if not isinstance(expression, str):
        raise SpecError([Problem("", f"must be a string, got {shown(expression)} ({type(expression).__name__})", rule="cel-syntax")])
    minor = ANY_MINOR if stored else kubernetes.minor
    result = _compiled(expression, consumable_capacity, list_type_attributes, stored, minor)
    if isinstance(result, Selector):
        return result
    raise SpecError(result)


@lru_cache(maxsize=4096)
def _compiled(expression: str, consumable: bool, lists: bool, stored: bool, minor: int) -> Selector | tuple[Problem, ...]:
    environment = Environment(consumable or stored, lists or stored, minor)
    if not expression.strip():
        return (Problem("", "the expression is empty", "write a CEL expression that gives a bool", rule="cel-syntax"),)
    if len(expression.encode(errors="replace")) > MAX_LENGTH:
        return (
            Problem(
                "",
                f"the expression has {len(expression.encode(errors='replace'))} bytes, more than the {MAX_LENGTH} Kubernetes takes",
                rule="cel-length",
            ),
        )
    with deep_recursion():
        return _compile(expression, environment, stored=stored)


def _compile(expression: str, environment: Environment, *, stored: bool) -> Selector | tuple[Problem, ...]:
    try:
        tree = parse(expression)
    except CelSyntaxError as error:
        return (problem_at(expression, error.position, f"syntax error: {error.message}", rule="cel-syntax"),)
    faults = check_types(tree, environment) or check_literals(tree, environment)
    if faults:
        return tuple(problem_at(expression, fault.position, fault.message, fault.hint, rule="cel-type") for fault in faults)
    if tree.type.kind != "bool" and tree.type is not environment.attribute:
        return (problem_at(expression, tree.position, f"a selector must give a bool, this gives {tree.type}", rule="cel-result"),)
    cost = estimate(tree)
    if cost > MAX_COST and not stored:
        message = f"the expression may cost {cost}, more than the {MAX_COST} Kubernetes allows"
        return (Problem("", message, "iterate less deep, or compare with == instead of patterns", rule="cel-cost"),)
    return Selector(expression, environment, tree, cost)
