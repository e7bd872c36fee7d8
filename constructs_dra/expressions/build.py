"""Selector expressions from Python operators: a small tree, printed as people write CEL by hand.

Terms (`constructs_dra.expressions.terms`) compare what a device publishes with a value; each comparison is an `Expression`, joined with `&`, `|`
and `~`:

    (intel.gpu.family == "Data Center Flex") & (intel.gpu.memory >= "16Gi")

Reading an attribute that a device does not publish is an error in CEL, and that error stops the allocation of the whole claim. So what is not
always published is guarded with `has(…)`. What that means:

- A comparison needs its attribute: where the attribute is absent the comparison is false, `!=` included.
- `~` is plain negation: `~(x == "a")` is true where `x` is absent, while `x != "a"` is not. The usual laws (De Morgan, double negation) hold.
- `x.present` is the guard itself.

A guard is printed once: what is left of a `&` holds for what is right of it (and the reverse for `|`).
"""

import re
from collections.abc import Container, Iterable
from typing import Literal, NoReturn, TypeAlias

from attrs import frozen

from constructs_dra.errors import Problem, SpecError
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["Expression", "Reference", "cel", "quoted"]

_OR, _AND, _RELATION, _UNARY, _MEMBER = range(5)
"""CEL's precedences as far as we print them, loosest first."""

_IDENTIFIER = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)
_RESERVED = frozenset((
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let",
    "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
))  # fmt: skip
"""Words CEL does not take as a field name after a dot; such an attribute is read by index."""

_TEXTLESS = frozenset({"value-type", "value-literal"})
"""Rules about values that have no CEL text."""

_ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}  # fmt: skip


def quoted(text: str) -> str:
    """A string as CEL writes it: in double quotes, with what would end it or be invisible escaped."""
    return '"' + "".join(_ESCAPES.get(char) or (char if char.isprintable() else _escaped(ord(char))) for char in text) + '"'


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@frozen(kw_only=True, eq=False, repr=False)
class Reference(Valued):
    """One thing a device publishes, as an expression reads it.

    Attributes:
        map: `attributes` or `capacity`.
        domain: Domain of the key: the driver's name unless the driver says otherwise.
        name: Key without its domain.
        optional: Whether some devices of the driver do not publish it, so that reading it needs a guard.
        kinds: Kinds of device that publish it, e.g. `("mig",)`; empty means all. A device class that picks only such kinds makes the guard needless.
    """

    map: Literal["attributes", "capacity"]
    domain: str
    name: str
    optional: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def _by_name(self) -> bool:
        return _IDENTIFIER.match(self.name) is not None and self.name not in _RESERVED

    @property
    def text(self) -> str:
        """The expression that reads it."""
        holder = f"device.{self.map}[{quoted(self.domain)}]"
        return f"{holder}.{self.name}" if self._by_name else f"{holder}[{quoted(self.name)}]"

    @property
    def guard(self) -> str:
        """The expression that tells whether a device publishes it."""
        return f"has({self.text})" if self._by_name else f"{quoted(self.name)} in device.{self.map}[{quoted(self.domain)}]"

    def guarded_for(self, kinds: tuple[str, ...]) -> bool:
        """Whether reading it needs a guard on devices of these kinds (none given: on any device of the driver)."""
        return self.optional or bool(self.kinds and not (kinds and set(kinds) <= set(self.kinds)))


@frozen(eq=False, repr=False)
class _Atom(Valued):
    """A comparison: its text and the text of its opposite, each with its precedence, and what both read."""

    text: str
    precedence: int
    opposite: str
    opposite_precedence: int
    reads: tuple[Reference, ...]


@frozen(eq=False, repr=False)
class _Present(Valued):
    reference: Reference


@frozen(eq=False, repr=False)
class _Not(Valued):
    node: "_Node"


@frozen(eq=False, repr=False)
class _All(Valued):
    nodes: tuple["_Node", ...]


@frozen(eq=False, repr=False)
class _Any(Valued):
    nodes: tuple["_Node", ...]


_Node: TypeAlias = _Atom | _Present | _Not | _All | _Any


@frozen(eq=False, repr=False)
class _Text(Valued):
    """A finished piece of a tree whose negations are resolved."""

    text: str
    precedence: int


@frozen(eq=False, repr=False)
class _Guard(Valued):
    reference: Reference
    negated: bool


@frozen(eq=False, repr=False)
class _Chain(Valued):
    """`&&` or `||` over pieces, none of which is a chain of the same kind."""

    conjunction: bool
    parts: tuple["_Piece", ...]


_Piece: TypeAlias = _Text | _Guard | _Chain


class Expression:
    """A condition on a device. Join with `&`, `|`, `~`; `str()` gives the CEL text.

    Attributes:
        problems: What is wrong with it (a value of the wrong type, one the driver never publishes, …). Whoever uses the expression reports them
            beside its own; an expression with errors has no text.
    """

    __slots__ = ("_node", "problems")

    def __init__(self, node: _Node, problems: Iterable[Problem] = ()) -> None:
        self._node = node
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __and__(self, other: "Expression") -> "Expression":
        return _joined(_All, self, other) if isinstance(other, Expression) else NotImplemented

    def __or__(self, other: "Expression") -> "Expression":
        return _joined(_Any, self, other) if isinstance(other, Expression) else NotImplemented

    def __invert__(self) -> "Expression":
        node = self._node.node if isinstance(self._node, _Not) else _Not(self._node)
        return Expression(node, self.problems)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a selector expression is neither true nor false before it meets a device; "
            "join expressions with &, | and ~ (each comparison in parentheses) instead of and, or, not; "
            "write (low <= x) & (x <= high) instead of low <= x <= high, and x.in_([…]) instead of x in […]",
        )

    def __str__(self) -> str:
        return self.cel()

    def __repr__(self) -> str:
        errors = self.errors()
        return f"<Expression {'; '.join(problem.message for problem in errors) if errors else self.cel()}>"

    @property
    def reads(self) -> tuple[Reference, ...]:
        """Everything it reads, each once, in the order of the text."""
        return tuple(dict.fromkeys(_reads(self._node)))

    @property
    def plain(self) -> bool:
        """Whether it is one comparison of one thing with a value, or its opposite: what the operators have checked wholly."""
        node = self._node.node if isinstance(self._node, _Not) else self._node
        return isinstance(node, _Atom) and len(node.reads) == 1 and ".matches(" not in node.text

    def errors(self, accept: Container[str] = ()) -> list[Problem]:
        """What is wrong with it, rules in `accept` aside. Only what has a string can be accepted: not a value of the wrong type or spelling."""
        return [problem for problem in self.problems if problem.severity == "error" and (problem.rule not in accept or problem.rule in _TEXTLESS)]

    def cel(self, *, kinds: tuple[str, ...] = (), accept: Container[str] = ()) -> str:
        """The CEL text.

        Args:
            kinds: Kinds of device that the request's device class has picked already, e.g. `("mig",)`; what all of them publish needs no guard.
            accept: Rules that do not hold here, e.g. `{"strict-value"}` for a value that only a newer driver publishes.

        Raises:
            SpecError: The expression has errors.
        """
        if errors := self.errors(accept):
            raise SpecError(errors)
        return _print(_resolve(self._node, negated=False, kinds=kinds), frozenset())[0]


def cel(text: str) -> Expression:
    """CEL text as an expression, to be joined with others; it is taken verbatim, in parentheses when joined, and never guarded."""
    whole = f"{text}\n" if "//" in text else text  # a comment must not swallow the parenthesis that follows
    return Expression(_Atom(whole, -1, f"!({whole})", _UNARY, ()))


def atom(text: str, opposite: str, reads: tuple[Reference, ...], problems: Iterable[Problem], *, relation: bool = True) -> Expression:
    """A comparison. `relation` tells whether its text has an operator (`a == b`) or is a call or field (`a.startsWith(b)`).

    The opposite of a relation is taken to be a relation, that of a call to start with `!`, unless it says otherwise itself.
    """
    precedence = _RELATION if relation else _MEMBER
    return Expression(_Atom(text, precedence, opposite, _UNARY if opposite.startswith("!") else precedence, reads), problems)


def present(reference: Reference) -> Expression:
    """Whether the device publishes it."""
    return Expression(_Present(reference))


def _joined(kind: type[_All] | type[_Any], left: Expression, right: Expression) -> Expression:
    nodes: list[_Node] = []
    for side in (left._node, right._node):  # noqa: SLF001  (an expression's own tree)
        nodes.extend(side.nodes if isinstance(side, kind) else (side,))
    return Expression(kind(tuple(nodes)), (*left.problems, *right.problems))


def _reads(node: _Node) -> Iterable[Reference]:
    if isinstance(node, _Atom):
        yield from node.reads
    elif isinstance(node, _Present):
        yield node.reference
    elif isinstance(node, _Not):
        yield from _reads(node.node)
    else:
        for part in node.nodes:
            yield from _reads(part)


def _resolve(node: _Node, *, negated: bool, kinds: tuple[str, ...]) -> _Piece:
    """Push negations down to the atoms and put guards beside what needs them."""
    if isinstance(node, _Not):
        return _resolve(node.node, negated=not negated, kinds=kinds)
    if isinstance(node, _Present):
        return _Guard(node.reference, negated)
    if isinstance(node, _Atom):
        text = _Text(node.opposite, node.opposite_precedence) if negated else _Text(node.text, node.precedence)
        guards = [_Guard(reference, negated) for reference in dict.fromkeys(node.reads) if reference.guarded_for(kinds)]
        return _chain(not negated, (*guards, text)) if guards else text
    conjunction = isinstance(node, _All) != negated
    return _chain(conjunction, (_resolve(part, negated=negated, kinds=kinds) for part in node.nodes))


def _chain(conjunction: bool, parts: Iterable[_Piece]) -> _Chain:
    flat: list[_Piece] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, _Chain) and part.conjunction == conjunction else (part,))
    return _Chain(conjunction, tuple(flat))


def _print(piece: _Piece, present_here: frozenset[Reference]) -> tuple[str, int]:
    """Text and precedence. `present_here` are the references a guard to the left has settled: `has(x) && …`, and in the same way `!has(x) || …`."""
    if isinstance(piece, _Text):
        return piece.text, piece.precedence
    if isinstance(piece, _Guard):
        if not piece.negated:
            return piece.reference.guard, _MEMBER if piece.reference.guard.startswith("has(") else _RELATION
        return (f"!{piece.reference.guard}" if piece.reference.guard.startswith("has(") else f"!({piece.reference.guard})"), _UNARY
    own = _AND if piece.conjunction else _OR
    printed: list[tuple[str, int]] = []
    settled = present_here
    for part in piece.parts:
        if isinstance(part, _Guard) and part.negated != piece.conjunction:
            if part.reference in settled:
                continue
            settled |= {part.reference}
        printed.append(_print(part, settled))
    if not printed:  # every part was a guard that is settled already
        return _print(piece.parts[0], present_here)
    if len(printed) == 1:
        return printed[0]
    joint = " && " if piece.conjunction else " || "
    return joint.join(f"({text})" if precedence <= own else text for text, precedence in printed), own
