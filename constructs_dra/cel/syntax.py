"""The syntax tree of a CEL expression, macros already expanded.

Nodes are mutable on purpose: the checker writes each node's type and overloads into it, and the cost estimate and the evaluator read them there.
"""

from collections.abc import Iterator

from constructs_dra.cel.types import ERROR, Type

__all__ = ["Call", "Comprehension", "Const", "CreateList", "CreateMap", "CreateMessage", "Ident", "Node", "Select", "walk"]


class Node:
    """One expression.

    Attributes:
        position: Offset of its first character that names it (the operator of a call, the dot of a selection).
        type: Set by the checker.
    """

    __slots__ = ("position", "type")

    def __init__(self, position: int) -> None:
        self.position = position
        self.type: Type = ERROR

    def children(self) -> "tuple[Node, ...]":
        """The expressions directly below, in the order they are written."""
        return ()


class Const(Node):
    """A literal: bool, int, `Uint`, float, str, bytes or None."""

    __slots__ = ("value",)

    def __init__(self, position: int, value: object) -> None:
        super().__init__(position)
        self.value = value


class Ident(Node):
    """A variable, or after the check the name of a type, with dots."""

    __slots__ = ("name", "type_value")

    def __init__(self, position: int, name: str) -> None:
        super().__init__(position)
        self.name = name
        self.type_value: Type | None = None


class Select(Node):
    """`operand.field`, or `has(operand.field)` where `test` is set. `type_value` is set where the whole is a type's dotted name."""

    __slots__ = ("field", "operand", "test", "type_value")

    def __init__(self, position: int, operand: Node, field: str, *, test: bool = False) -> None:
        super().__init__(position)
        self.operand = operand
        self.field = field
        self.test = test
        self.type_value: Type | None = None

    def children(self) -> tuple[Node, ...]:
        """The expressions directly below."""
        return (self.operand,)


class Call(Node):
    """A function or operator (operators by CEL's names: `_==_`, `_[_]`, `!_`). `overloads` is set by the checker."""

    __slots__ = ("args", "function", "overloads", "target")

    def __init__(self, position: int, function: str, args: list[Node], target: Node | None = None) -> None:
        super().__init__(position)
        self.function = function
        self.args = args
        self.target = target
        self.overloads: tuple[str, ...] = ()

    def children(self) -> tuple[Node, ...]:
        """The expressions directly below."""
        return tuple(self.args) if self.target is None else (self.target, *self.args)


class CreateList(Node):
    """`[a, ?b]`; `optional` holds the indices marked with `?`."""

    __slots__ = ("elements", "optional")

    def __init__(self, position: int, elements: list[Node], optional: frozenset[int] = frozenset()) -> None:
        super().__init__(position)
        self.elements = elements
        self.optional = optional

    def children(self) -> tuple[Node, ...]:
        """The expressions directly below."""
        return tuple(self.elements)


class CreateMap(Node):
    """`{key: value, ?key: value}`: each entry with whether it is optional."""

    __slots__ = ("entries",)

    def __init__(self, position: int, entries: list[tuple[Node, Node, bool]]) -> None:
        super().__init__(position)
        self.entries = entries

    def children(self) -> tuple[Node, ...]:
        """The expressions directly below."""
        return tuple(node for key, value, _optional in self.entries for node in (key, value))


class CreateMessage(Node):
    """`name{field: value}`. No message type is declared in this environment, so the checker refuses each one."""

    __slots__ = ("name", "values")

    def __init__(self, position: int, name: str, values: list[Node]) -> None:
        super().__init__(position)
        self.name = name
        self.values = values

    def children(self) -> tuple[Node, ...]:
        """The expressions directly below."""
        return tuple(self.values)


class Comprehension(Node):
    """What the macros become: a fold over `range` that carries `accumulator`.

    Attributes:
        variable: Iteration variable: element of a list, key of a map.
        second: Second iteration variable of the two-variable macros (then `variable` is the index or key), or empty.
        range: What is iterated.
        accumulator: Name that carries the result.
        init: Its first value.
        condition: Evaluated before each step; the fold ends when it is false.
        step: Its next value.
        result: Value of the whole.
        macro: Name of the macro it was written as, e.g. `exists` or `bind`.
        body: What the user wrote for each element (or the result of a bind); inside `step` too.
    """

    __slots__ = ("accumulator", "body", "condition", "init", "macro", "range", "result", "second", "step", "variable")

    def __init__(
        self, position: int, *, macro: str, variable: str, iterated: Node, accumulator: str, init: Node, condition: Node, step: Node,
        result: Node, body: Node, second: str = "",
    ) -> None:  # fmt: skip
        super().__init__(position)
        self.macro = macro
        self.variable = variable
        self.second = second
        self.range = iterated
        self.accumulator = accumulator
        self.init = init
        self.condition = condition
        self.step = step
        self.result = result
        self.body = body

    @property
    def is_bind(self) -> bool:
        """Whether it names a value (`cel.bind`, `optMap`) instead of iterating."""
        return self.macro == "bind"

    def children(self) -> tuple[Node, ...]:
        """The expressions directly below."""
        return (self.range, self.init, self.condition, self.step, self.result)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below, parents first; a node that several macros share comes once."""
    seen: set[int] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            if children := current.children():
                pending += children[::-1]
