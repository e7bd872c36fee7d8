"""Whether any device could match: contradictions between the parts of a selector, and with what a driver publishes.

A selector is spread out into alternatives (`||`, `? :`), each a list of demands on single attributes and capacities. What cannot be understood
counts as possible, so a contradiction found is a contradiction.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from attrs import evolve, field, frozen

from constructs_dra.cel.syntax import Call, Comprehension, Const, Ident, Node, Select
from constructs_dra.cel.values import Quantity, Uint, quantity
from constructs_dra.lexical.regex import RegexError, compile_regex
from constructs_dra.lexical.semver import Semver, parse_semver
from constructs_dra.selectors.reads import Place, Resolver

__all__ = ["DRIVER", "Contradiction", "contradiction"]

DRIVER = Place("attribute", "", "driver")
"""`device.driver`, as if it were an attribute."""

_MAX_ALTERNATIVES = 64
_NUMBERS = frozenset((int, Uint, float))
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_SWAPPED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": lambda text, part: part in text,
}


@frozen
class _Demand:
    """One thing an alternative asks of one attribute or capacity: `== "xe"`, `>= 16Gi`, `present`, `startsWith "Arc"`."""

    place: Place
    operator: str
    value: Any
    position: int


@frozen
class Contradiction:
    """Why no device can match.

    Attributes:
        place: The attribute or capacity that cannot be as asked.
        first: The first demand, in words.
        second: The one that does not go with it; empty when the first goes with nothing a device publishes.
        position: Offset of the place in the expression.
    """

    place: Place
    first: str
    second: str
    position: int


_Alternative = tuple[_Demand, ...]


def contradiction(tree: Node, known: Mapping[Place, tuple[Any, ...]], absent: frozenset[Place] = frozenset()) -> Contradiction | None:
    """Why no device can match a checked selector, or None if one may.

    Args:
        tree: The checked tree.
        known: All values that an attribute can have, where they are known.
        absent: Attributes and capacities that no device has.
    """
    alternatives = _Spread().spread(tree, wanted=True)
    reasons: list[Contradiction] = []
    for alternative in alternatives:
        reason = _conflict(alternative, known, absent)
        if reason is None:
            return None
        reasons.append(reason)
    return reasons[0] if reasons else Contradiction(DRIVER, "", "", tree.position)


class _Spread(Resolver):
    def spread(self, node: Node, *, wanted: bool) -> list[_Alternative]:
        """The alternatives under which a condition is as wanted; an empty one where that is not understood."""
        if isinstance(node, Const):
            return [()] if node.value is wanted else []
        if isinstance(node, Comprehension) and node.is_bind:
            self.bind(node.accumulator, node.init)
            found = self.spread(node.result, wanted=wanted)
            self.release(node.accumulator)
            return found
        if isinstance(node, Call):
            return self._spread_call(node, wanted=wanted)
        place = self.subject(node)
        if place is None:
            return [()]
        if isinstance(node, Select) and node.test:
            return [(_Demand(place, "present" if wanted else "absent", None, node.position),)]
        return [(_Demand(place, "==", wanted, node.position),)]

    def _spread_call(self, node: Call, *, wanted: bool) -> list[_Alternative]:
        if node.function == "!_":
            return self.spread(node.args[0], wanted=not wanted)
        if node.function in {"_&&_", "_||_"}:
            left, right = (self.spread(part, wanted=wanted) for part in node.args)
            return _both(left, right) if wanted == (node.function == "_&&_") else _either(left, right)
        if node.function == "_?_:_":
            condition, accepted, refused = node.args
            return _either(
                _both(self.spread(condition, wanted=True), self.spread(accepted, wanted=wanted)),
                _both(self.spread(condition, wanted=False), self.spread(refused, wanted=wanted)),
            )
        return [self._demands(node, wanted=wanted)]

    def subject(self, node: Node) -> Place | None:
        """What is compared: an attribute, a capacity, or `device.driver`."""
        if isinstance(node, Select) and node.field == "driver" and isinstance(node.operand, Ident) and node.operand.name == "device":
            return DRIVER
        if isinstance(node, Call) and node.function in {"_?._", "_[?_]"}:
            return None  # an optional is not its value
        return self.place(node)

    def _demands(self, node: Call, *, wanted: bool) -> _Alternative:
        function = node.function
        if function == "@in":
            return self._membership(node, wanted=wanted)
        if function in _COMPARISONS:
            return self._comparison(node, wanted=wanted)
        place = self.subject(node.target) if node.target is not None else None
        if place is None or len(node.args) != 1:
            return ()
        value = constant(node.args[0])
        if function in _TEXT_TESTS or function == "matches":
            return (_Demand(place, function if wanted else f"not {function}", value, node.position),) if isinstance(value, str) else ()
        if function in {"isGreaterThan", "isLessThan"} and value is not None:
            operator = ">" if function == "isGreaterThan" else "<"
            return (_Demand(place, operator if wanted else _OPPOSITE[operator], value, node.position),)
        return ()

    def _membership(self, node: Call, *, wanted: bool) -> _Alternative:
        item, container = node.args
        domain = self.domain(container)
        if domain is not None and isinstance(item, Const) and isinstance(item.value, str):
            return (_Demand(Place(domain[0], domain[1], item.value), "present" if wanted else "absent", None, item.position),)
        place = self.subject(item)
        values = [constant(child) for child in container.children()]
        if place is None or not values or any(value is None for value in values):
            return ()
        if wanted:
            return (_Demand(place, "in", tuple(values), node.position),)
        return tuple(_Demand(place, "!=", value, node.position) for value in values)

    def _comparison(self, node: Call, *, wanted: bool) -> _Alternative:
        left, right = node.args
        operator = _COMPARISONS[node.function]
        if constant(left) is not None:
            left, right, operator = right, left, _SWAPPED[operator]
        value = constant(right)
        if value is None:
            return ()
        if isinstance(left, Call) and left.function == "compareTo" and left.target is not None and value in {-1, 0, 1} and len(left.args) == 1:
            operator = _of_comparison(operator, value)
            value, left = constant(left.args[0]), left.target
            if not operator or value is None:
                return ()
        place = self.subject(left)
        if place is None:
            return ()
        return (_Demand(place, operator if wanted else _OPPOSITE[operator], value, node.position),)


_COMPARISONS = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}


def _of_comparison(operator: str, sign: int) -> str:
    """What `a.compareTo(b) <operator> <sign>` says of a and b; empty when nothing simple."""
    holding = {result for result in (-1, 0, 1) if _ORDER[operator](result, sign)}
    return {frozenset((1,)): ">", frozenset((0, 1)): ">=", frozenset((-1,)): "<", frozenset((-1, 0)): "<=", frozenset((0,)): "==",
            frozenset((-1, 1)): "!="}.get(frozenset(holding), "")  # fmt: skip


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}  # fmt: skip


def constant(node: Node) -> Any:
    """The value of a literal, or of `quantity("…")` or `semver("…")` on one; None for everything else."""
    if isinstance(node, Const):
        return node.value
    if isinstance(node, Call) and node.function in {"quantity", "semver"} and isinstance(text := node.args[0], Const) and isinstance(text.value, str):
        normalize = len(node.args) == 2 and isinstance(node.args[1], Const) and node.args[1].value is True
        try:
            return quantity(text.value) if node.function == "quantity" else parse_semver(text.value, normalize=normalize)
        except ValueError:
            return None
    return None


def _both(left: list[_Alternative], right: list[_Alternative]) -> list[_Alternative]:
    if len(left) * len(right) > _MAX_ALTERNATIVES:
        return left if len(left) <= len(right) else right  # fewer demands: less is found, nothing wrongly
    return [one + other for one in left for other in right]


def _either(left: list[_Alternative], right: list[_Alternative]) -> list[_Alternative]:
    return left + right if len(left) + len(right) <= _MAX_ALTERNATIVES else [()]


@frozen(kw_only=True)
class _State:
    """What an alternative still allows for one attribute or capacity."""

    values: tuple[Any, ...] | None = None
    unequal: tuple[Any, ...] = ()
    low: "_Bound | None" = None
    high: "_Bound | None" = None
    present: bool | None = None
    tests: tuple[tuple[str, str], ...] = field(default=())


@frozen
class _Bound:
    value: Any
    included: bool


def _conflict(alternative: _Alternative, known: Mapping[Place, tuple[Any, ...]], absent: frozenset[Place]) -> Contradiction | None:
    """The first demand of an alternative that does not go with those before it."""
    states: dict[Place, tuple[_State, _Demand | None]] = {}
    for demand in alternative:
        place = demand.place
        before, earlier = states.get(place) or (_State(values=known.get(place), present=False if place in absent else None), None)
        state = _narrowed(before, demand)
        if state is None:
            # of two demands that agree with all others name the pair
            culprit = next((other for other in alternative if other is not demand and other.place == place and _clash(other, demand)), earlier)
            return Contradiction(place, _words(demand), _words(culprit) if culprit is not None else "", demand.position)
        states[place] = (state, demand)
    return None


def _clash(one: _Demand, other: _Demand) -> bool:
    state = _narrowed(_State(), one)
    return state is not None and _narrowed(state, other) is None


def _narrowed(state: _State, demand: _Demand) -> _State | None:
    """The state after one more demand, or None when nothing is left."""
    operator, value = demand.operator, demand.value
    if operator in {"present", "absent"}:
        wanted = operator == "present"
        return evolve(state, present=wanted) if state.present in {None, wanted} else None
    if state.present is False:
        return None
    state = evolve(state, present=True)
    if operator in {"==", "in"}:
        wanted_values = (value,) if operator == "==" else value
        kept = wanted_values if state.values is None else tuple(item for item in state.values if any(map(_equal_to(item), wanted_values)))
        state = evolve(state, values=kept)
    elif operator == "!=":
        state = evolve(state, unequal=(*state.unequal, value))
    elif operator in {"<", "<="}:
        state = evolve(state, high=_tighter(state.high, _Bound(value, operator == "<="), _ORDER["<"]))
    elif operator in {">", ">="}:
        state = evolve(state, low=_tighter(state.low, _Bound(value, operator == ">="), _ORDER[">"]))
    else:
        state = evolve(state, tests=(*state.tests, (operator, value)))
    return state if _possible(state) else None


def _equal_to(one: Any) -> Callable[[Any], bool]:
    return lambda other: (type(one) is type(other) or (type(one) in _NUMBERS and type(other) in _NUMBERS)) and bool(one == other)


def _tighter(old: _Bound | None, new: _Bound, before: Callable[[Any, Any], bool]) -> _Bound:
    if old is None or type(old.value) is not type(new.value):
        return new
    if _key(old.value) == _key(new.value):
        return old if not old.included else new
    return new if before(_key(new.value), _key(old.value)) else old


def _key(value: Any) -> Any:
    return value.value if isinstance(value, Quantity) else value


def _possible(state: _State) -> bool:
    if state.values is not None:
        return any(_allowed(value, state) for value in state.values)
    low, high = state.low, state.high
    if low is not None and high is not None and type(low.value) is type(high.value):
        if type(low.value) is int:
            return int(low.value) + (not low.included) <= int(high.value) - (not high.included)
        if _key(low.value) > _key(high.value) or (_key(low.value) == _key(high.value) and not (low.included and high.included)):
            return False
        if _key(low.value) == _key(high.value):
            return not any(map(_equal_to(low.value), state.unequal))
    if high is not None and isinstance(high.value, Quantity):  # no device publishes a negative amount
        return high.value.value > Decimal(0) or (high.included and high.value.value == 0)
    return True


def _allowed(value: Any, state: _State) -> bool:
    """Whether one value passes all demands."""
    if any(map(_equal_to(value), state.unequal)):
        return False
    for bound, holds in ((state.low, _ORDER[">"]), (state.high, _ORDER["<"])):
        if bound is None:
            continue
        if type(bound.value) is not type(value):
            if isinstance(value, str | bool):
                return False  # comparing them is an error
            continue
        if not holds(_key(value), _key(bound.value)) and not (bound.included and _key(value) == _key(bound.value)):
            return False
    return all(_passes(value, test, text) for test, text in state.tests)


def _passes(value: Any, test: str, text: str) -> bool:
    if not isinstance(value, str):
        return False
    negated, name = test.startswith("not "), test.removeprefix("not ")
    if name == "matches":
        try:
            return bool(compile_regex(text).matches(value)) != negated
        except RegexError:
            return True
    return _TEXT_TESTS[name](value, text) != negated


def _words(demand: _Demand) -> str:
    if demand.operator in {"present", "absent"}:
        return demand.operator
    if demand.operator == "in":
        return f"one of {', '.join(map(_shown, demand.value))}"
    return f"{demand.operator} {_shown(demand.value)}"


def _quantity_text(value: Decimal) -> str:
    if value.adjusted() > 30:
        return str(value)
    for power in (5, 4, 3, 2, 1):
        if value and value % 1024**power == 0:
            return f"{value / 1024**power:f}{'KMGTP'[power - 1]}i"
    return f"{value.normalize():f}"


def _shown(value: Any) -> str:
    if isinstance(value, Quantity):
        return _quantity_text(value.value)
    if isinstance(value, Semver):
        return str(value)
    return str(value).lower() if isinstance(value, bool) else repr(value)
