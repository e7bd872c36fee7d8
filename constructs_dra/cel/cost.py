"""The worst case of what an evaluation may cost, as the API server estimates it before it accepts a selector.

The rules are those of cel-go's cost estimate with Kubernetes' costs for its functions and the limits on devices: at most 32 domains and names,
names of 32 and domains of 63 characters, values of 64.
"""

from collections.abc import Sequence
from typing import NamedTuple

from constructs_dra.cel.cost_rules import FUNCTIONS, OVERLOADS
from constructs_dra.cel.macros import ACCUMULATOR
from constructs_dra.cel.sizes import ONE, UNKNOWN, UNLIMITED, Entries, Size, size_of_path
from constructs_dra.cel.syntax import Call, Comprehension, Const, CreateList, CreateMap, CreateMessage, Ident, Node, Select
from constructs_dra.cel.types import Type

__all__ = ["MAX_COST", "Estimate", "estimate"]

MAX_COST = 1_000_000
"""Kubernetes' limit (CELSelectorExpressionMaxCost), on the estimate and while a selector runs."""

_LIST, _MAP, _MESSAGE = 10, 30, 40
_SCALARS = frozenset(("bool", "double", "duration", "int", "timestamp", "uint"))


class _Local(NamedTuple):
    """What is known of a variable a macro declares."""

    path: tuple[str, ...]
    size: Size | None
    entries: Entries | None


def estimate(tree: Node) -> int:
    """The most a checked expression can cost."""
    return Estimate().cost(tree)


class Estimate:
    """One estimate in the making: costs, sizes and paths of the nodes seen so far."""

    def __init__(self) -> None:
        self._costs: dict[int, int] = {}
        self._sizes: dict[int, Size] = {}
        self._entries: dict[int, Entries] = {}
        self._paths: dict[int, tuple[str, ...]] = {}
        self._locals: dict[str, list[_Local]] = {}

    def cost(self, node: Node) -> int:
        """Worst-case cost of a node with all below it."""
        if type(node) is Const:
            return 0
        found = self._costs.get(id(node))
        if found is None:
            found = self._costs[id(node)] = min(self._cost(node), UNLIMITED)
        return found

    def _cost(self, node: Node) -> int:
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Select):
            return self._select(node)
        if isinstance(node, Ident):
            return 1
        if isinstance(node, CreateList):
            return self._list(node)
        if isinstance(node, CreateMap):
            return self._map(node)
        if isinstance(node, Comprehension):
            return self._bind(node) if node.is_bind else self._fold(node)
        return _MESSAGE + sum(map(self.cost, node.children())) if isinstance(node, CreateMessage) else 0

    def path(self, node: Node) -> tuple[str, ...]:
        """How the value hangs on a variable: `("device", "attributes", "@values", "model")`; empty when it does not."""
        if isinstance(node, Ident):
            declared = self._locals.get(node.name)
            return declared[-1].path if declared else (node.name,)
        return self._paths.get(id(node), ())

    def size(self, node: Node) -> Size | None:
        """What is known of the size of a value."""
        known = self._sizes.get(id(node))
        if known is not None:
            return known
        if isinstance(node, Const):
            return Size(*(len(node.value),) * 2) if isinstance(node.value, str | bytes) else ONE
        if isinstance(node, CreateList):
            return Size(len(node.elements), len(node.elements))
        if isinstance(node, CreateMap):
            return Size(len(node.entries), len(node.entries))
        limited = size_of_path(self.path(node))
        if limited is not None:
            return limited
        if _is_scalar(node.type):
            return ONE
        if isinstance(node, Ident) and (declared := self._locals.get(node.name)):
            return declared[-1].size
        return None

    def size_or_unknown(self, node: Node) -> Size:
        """What is known of the size of a value, or no limit."""
        return self.size(node) or UNKNOWN

    def entries(self, node: Node) -> Entries | None:
        """Sizes of the entries of a list or map that the expression makes, where known."""
        found = self._entries.get(id(node))
        if found is None and isinstance(node, Ident) and (declared := self._locals.get(node.name)):
            return declared[-1].entries
        return found

    def _keep_size(self, node: Node, size: Size | None) -> None:
        if size is not None:
            self._sizes[id(node)] = size

    def keep_entries(self, node: Node, entries: Entries | None) -> None:
        """Remember the entries of a node."""
        if entries is not None:
            self._entries[id(node)] = entries

    def _select(self, node: Select) -> int:
        below = self.cost(node.operand)
        if node.test:
            return below
        self._paths[id(node)] = (*self.path(node.operand), node.field)
        return below + (node.operand.type.kind in {"map", "struct", "param"})

    def _list(self, node: CreateList) -> int:
        total = _LIST + sum(map(self.cost, node.elements))
        items = [self.size_or_unknown(element) for element in node.elements]
        self._entries[id(node)] = Entries("list", ONE, _united(items))
        return total

    def _map(self, node: CreateMap) -> int:
        total = _MAP
        keys: list[Size] = []
        values: list[Size] = []
        for key, value, _optional in node.entries:
            total += self.cost(key) + self.cost(value)
            keys.append(self.size_or_unknown(key))
            values.append(self.size_or_unknown(value))
        self._entries[id(node)] = Entries("map", _united(keys), _united(values))
        return total

    def _call(self, node: Call) -> int:
        if node.function == "dyn":
            total = 1 + self.cost(node.args[0])
            self._keep_size(node, self.size(node.args[0]))
            self.keep_entries(node, self.entries(node.args[0]))
            return total
        costs = [self.cost(argument) for argument in node.args]
        target = 0 if node.target is None else self.cost(node.target)
        most, size = 0, None
        for overload in node.overloads:
            cost, result = self._overload(node, overload, costs)
            most = max(most, cost)
            if result is not None:
                size = result if size is None else size.union(result)
            if overload in {"index_list", "index_map"}:
                entries = self.entries(node.args[0])
                size = None if entries is None else entries.value
                self._paths[id(node)] = (*self.path(node.args[0]), "@items" if overload == "index_list" else "@values")
            if size is None:
                size = self.size(node)
        self._keep_size(node, size)
        return target + most

    def _overload(self, node: Call, overload: str, costs: list[int]) -> tuple[int, Size | None]:
        """What a call of one overload costs with its arguments, and the size of its result."""
        if overload in {"logical_and", "logical_or"}:
            return sum(costs), None
        if overload == "conditional":
            return self._conditional(node, costs)
        rule = FUNCTIONS.get(node.function)
        known = rule(self, node, overload) if rule is not None else None
        if known is None:
            by_overload = OVERLOADS.get(overload)
            known = by_overload(self, node, overload) if by_overload is not None else None
        cost, size = known or (1, None)
        return cost + sum(costs), size

    def _conditional(self, node: Call, costs: list[int]) -> tuple[int, Size | None]:
        _condition, accepted, refused = node.args
        one, other = self.entries(accepted), self.entries(refused)
        if one is not None and other is not None:
            self._entries[id(node)] = Entries(one.kind, one.key.union(other.key), one.value.union(other.value))
        return costs[0] + max(costs[1], costs[2]), self.size_or_unknown(accepted).union(self.size_or_unknown(refused))

    def _bind(self, node: Comprehension) -> int:
        total = self.cost(node.range) + self.cost(node.init)
        self._declare(node.accumulator, _Local(self.path(node.init), self.size(node.init), self.entries(node.init)))
        total += self.cost(node.result)
        self._keep_size(node, self.size(node.result))
        self.keep_entries(node, self.entries(node.result))
        self._locals[node.accumulator].pop()
        return total

    def _declare(self, name: str, local: _Local) -> None:
        self._locals.setdefault(name, []).append(local)

    def _fold(self, node: Comprehension) -> int:
        total = self.cost(node.range) + self.cost(node.init)
        self._declare(node.accumulator, _Local(self.path(node.init), self.size(node.init), self.entries(node.init)))
        self._declare_iteration(node)
        each = self.cost(node.condition) + self.cost(node.step)
        for name in filter(None, (node.variable, node.second)):
            self._locals[name].pop()
        total += self.cost(node.result)
        count = self.size_or_unknown(node.range)
        if isinstance(node.init, Const):
            self._keep_size(node, self.size(node.init))
        else:
            self._sizes[id(node)] = count
            self.keep_entries(node, self.entries(node.step))
        self._locals[node.accumulator].pop()
        return total + min(count.high * each, UNLIMITED)

    def _declare_iteration(self, node: Comprehension) -> None:
        entries, path = self.entries(node.range), self.path(node.range)
        is_list = (entries.kind if entries is not None else node.range.type.kind) == "list"
        key, value = (entries.key, entries.value) if entries is not None else (None, None)
        if node.second:
            self._declare(node.variable, _Local((*path, "@indices" if is_list else "@keys"), key, None))
            self._declare(node.second, _Local((*path, "@items" if is_list else "@values"), value, None))
        else:
            self._declare(node.variable, _Local((*path, "@items" if is_list else "@keys"), value if is_list else key, None))

    def known_size(self, node: Node) -> Size:
        """The size as Kubernetes' rules take it: a variable of a macro's own has no path."""
        path = self.path(node)
        return (None if path and path[0] == ACCUMULATOR else self.size(node)) or UNKNOWN


def _united(sizes: Sequence[Size]) -> Size:
    return Size(min(size.low for size in sizes), max(size.high for size in sizes)) if sizes else Size(0, 0)


def _is_scalar(type_: Type) -> bool:
    return type_.kind in _SCALARS or (type_.name == "optional_type" and bool(type_.parameters) and _is_scalar(type_.parameters[0]))
