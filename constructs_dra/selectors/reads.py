"""What a selector reads of a device, and which of these reads cannot fail because the selector makes sure of them first."""

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from attrs import frozen

from constructs_dra.cel.recursion import deep_recursion
from constructs_dra.cel.syntax import Call, Comprehension, Const, Ident, Node, Select

__all__ = ["Place", "Reading", "Resolver", "readings"]

Kind = Literal["attribute", "capacity"]
_Found = TypeVar("_Found")

_KINDS: dict[str, Kind] = {"attributes": "attribute", "capacity": "capacity"}


@frozen
class Place:
    """An attribute or capacity: its kind, its domain and its name in there."""

    kind: Kind
    domain: str
    name: str


@frozen(kw_only=True)
class Reading:
    """One place where a selector reads an attribute or capacity.

    Attributes:
        kind: `attribute` or `capacity`.
        domain: What stands in the brackets, e.g. `gpu.intel.com`.
        name: The id, e.g. `family`.
        guarded: Whether its absence cannot fail the selector: presence is tested beside it, or it is read as an optional.
        test: Whether only its presence is read.
        position: Offset of the id in the expression.
        domain_position: Offset of the domain in the expression.
    """

    kind: Kind
    domain: str
    name: str
    guarded: bool
    test: bool
    position: int
    domain_position: int


def readings(tree: Node) -> tuple[Reading, ...]:
    """All reads of attributes and capacities whose domain and name are written out, in the order of the expression.

    Args:
        tree: A checked tree: `Selector.tree`.
    """
    reader = _Reader()
    with deep_recursion():
        reader.visit(tree, frozenset())
    return tuple(sorted(reader.found, key=lambda reading: reading.position))


class Resolver:
    """Follows selections, indices and `cel.bind` names back to `device`."""

    def __init__(self) -> None:
        self._bound: dict[str, list[Node | None]] = {}

    def bind(self, name: str, value: Node | None) -> None:
        """From here on a name stands for a value, or for something unknown."""
        self._bound.setdefault(name, []).append(value)

    def release(self, name: str) -> None:
        """Forget the latest meaning of a name."""
        self._bound[name].pop()

    def place(self, node: Node) -> Place | None:
        """The attribute or capacity a node reads (as a value or an optional), or None."""
        step = _step(node)
        if step is None:
            return self._through(node, self.place)
        domain = self.domain(step[0])
        return None if domain is None else Place(domain[0], domain[1], step[1])

    def domain(self, node: Node) -> tuple[Kind, str, int] | None:
        """The kind and domain whose map a node is, with the place where the domain is written; or None."""
        step = _step(node)
        if step is None:
            return self._through(node, self.domain)
        kind = self.kind(step[0])
        return None if kind is None else (kind, step[1], step[2])

    def kind(self, node: Node) -> Kind | None:
        """The kind whose map of domains a node is, or None."""
        if isinstance(node, Select) and isinstance(node.operand, Ident) and node.operand.name == "device" and not self._bound.get("device"):
            return _KINDS.get(node.field)
        return self._through(node, self.kind)

    def _through(self, node: Node, follow: Callable[[Node], _Found | None]) -> _Found | None:
        bound = self._bound.get(node.name) if isinstance(node, Ident) else None
        if not bound:
            return None
        value = bound.pop()  # the value was written where the name did not mean itself yet
        try:
            return follow(value) if value is not None else None
        finally:
            bound.append(value)


def _step(node: Node) -> tuple[Node, str, int] | None:
    """One step down a map by a name that is written out: what it is taken from, the name, and where the name stands."""
    if isinstance(node, Select):
        return node.operand, node.field, node.position
    if (
        isinstance(node, Call)
        and node.function in {"_[_]", "_[?_]", "_?._"}
        and isinstance(key := node.args[1], Const)
        and isinstance(key.value, str)
    ):
        return node.args[0], key.value, key.position
    return None


class _Reader(Resolver):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Reading] = []
        self._seen: set[int] = set()

    def visit(self, node: Node, present: frozenset[Place]) -> None:
        if type(node) is Const or id(node) in self._seen:
            return
        self._seen.add(id(node))
        place = self.place(node) if _step(node) is not None else None
        if place is not None:
            self._note(node, place, place in present)
        if isinstance(node, Call) and node.function in {"_&&_", "_||_"}:
            self._logical(node, present)
        elif isinstance(node, Call) and node.function == "_?_:_":
            condition, accepted, refused = node.args
            self.visit(condition, present)
            self.visit(accepted, present | self._facts(condition, holds=True))
            self.visit(refused, present | self._facts(condition, holds=False))
        elif isinstance(node, Comprehension):
            self._scoped(node, present)
        else:
            if isinstance(node, Call) and node.function == "@in" and (tested := self._tested(node)) is not None:
                self.found.append(
                    Reading(
                        kind=tested.kind,
                        domain=tested.domain,
                        name=tested.name,
                        guarded=True,
                        test=True,
                        position=node.args[0].position,
                        domain_position=self._domain_position(node.args[1]),
                    )
                )
            for child in node.children():
                self.visit(child, present)

    def _note(self, node: Node, place: Place, present: bool) -> None:
        step = _step(node)
        if step is None:
            return
        test = isinstance(node, Select) and node.test
        optional = isinstance(node, Call) and node.function != "_[_]"
        self.found.append(
            Reading(
                kind=place.kind,
                domain=place.domain,
                name=place.name,
                guarded=test or optional or present,
                test=test,
                position=step[2],
                domain_position=self._domain_position(step[0]),
            )
        )

    def _domain_position(self, node: Node) -> int:
        domain = self.domain(node)
        return node.position if domain is None else domain[2]

    def _logical(self, node: Call, present: frozenset[Place]) -> None:
        """The terms of a chain guard each other in both directions: `error && false` is false."""
        holds = node.function == "_&&_"
        terms = list(_terms(node, node.function))
        facts = [self._facts(term, holds=holds) for term in terms]
        for index, term in enumerate(terms):
            others = frozenset[Place]().union(*(fact for other, fact in enumerate(facts) if other != index))
            self.visit(term, present | others)

    def _scoped(self, node: Comprehension, present: frozenset[Place]) -> None:
        if node.is_bind:
            self.visit(node.init, present)
            self.bind(node.accumulator, node.init)
            self.visit(node.result, present)
            self.release(node.accumulator)
            return
        self.visit(node.range, present)
        names = [name for name in (node.accumulator, node.variable, node.second) if name]
        for name in names:
            self.bind(name, None)
        self.visit(node.step, present)
        for name in names:
            self.release(name)

    def _tested(self, node: Call) -> Place | None:
        """`"name" in device.attributes["domain"]`."""
        key, container = node.args
        domain = self.domain(container)
        if domain is None or not isinstance(key, Const) or not isinstance(key.value, str):
            return None
        return Place(domain[0], domain[1], key.value)

    def _facts(self, node: Node, *, holds: bool) -> frozenset[Place]:
        """What is certainly present when a condition holds (or when it does not)."""
        if isinstance(node, Select) and node.test:
            place = self.place(node)
            return frozenset((place,)) if holds and place is not None else frozenset()
        if isinstance(node, Comprehension):
            return self._comprehension_facts(node, holds=holds)
        if not isinstance(node, Call):
            return frozenset()
        if node.function == "!_":
            return self._facts(node.args[0], holds=not holds)
        if node.function in {"_&&_", "_||_"}:
            parts = [self._facts(term, holds=holds) for term in node.args]
            return parts[0] | parts[1] if holds == (node.function == "_&&_") else parts[0] & parts[1]
        if not holds:
            return frozenset()
        place = None
        if node.function == "@in":
            place = self._tested(node)
        elif node.function == "hasValue" and node.target is not None:
            place = self.place(node.target)
        return frozenset((place,)) if place is not None else frozenset()

    def _comprehension_facts(self, node: Comprehension, *, holds: bool) -> frozenset[Place]:
        """`exists(k, k == "name")` over a domain's map, or a condition inside `cel.bind`."""
        if node.is_bind:
            self.bind(node.accumulator, node.init)
            facts = self._facts(node.result, holds=holds)
            self.release(node.accumulator)
            return facts
        domain = self.domain(node.range)
        body = node.body
        if not holds or domain is None or node.macro != "exists" or not isinstance(body, Call) or body.function != "_==_":
            return frozenset()
        names = [part.value for part in body.args if isinstance(part, Const) and isinstance(part.value, str)]
        keys = [part for part in body.args if isinstance(part, Ident) and part.name == node.variable]
        return frozenset((Place(domain[0], domain[1], names[0]),)) if names and keys else frozenset()


def _terms(node: Node, function: str) -> Iterable[Node]:
    """The terms of a chain of one logical operator, in order."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Call) and current.function == function:
            pending.extend(reversed(current.args))
        else:
            yield current
