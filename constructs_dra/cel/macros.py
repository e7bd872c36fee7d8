"""The macros Kubernetes turns on: calls that the parser replaces by folds, presence tests and bindings."""

from collections.abc import Callable

from constructs_dra.cel.syntax import Call, Comprehension, Const, CreateList, CreateMap, Ident, Node, Select
from constructs_dra.cel.tokens import CelSyntaxError

__all__ = ["ACCUMULATOR", "expand"]

ACCUMULATOR = "@result"
"""Name of what a macro's fold carries; no user can write it."""

_UNUSED = "#unused"
_Parts = tuple[Node, Node, Node, Node]  # init, condition, step, result


def expand(call: Call) -> Node:
    """What a call stands for: the macro's expansion, or the call itself when it is not written as a macro.

    Raises:
        CelSyntaxError: It is a macro written wrongly.
    """
    if call.target is None:
        return _has(call) if call.function == "has" and len(call.args) == 1 else call
    macro = _RECEIVERS.get((call.function, len(call.args)))
    return call if macro is None else macro(call, call.target)


def _call(call: Call, function: str, *args: Node) -> Call:
    return Call(call.position, function, list(args))


def _accumulated(call: Call) -> Ident:
    return Ident(call.position, ACCUMULATOR)


def _has(call: Call) -> Node:
    field = call.args[0]
    if not isinstance(field, Select) or field.test:
        raise CelSyntaxError("has() takes a field, like has(device.attributes['domain'].name)", field.position)
    return Select(field.position, field.operand, field.field, test=True)


def _variable(node: Node) -> str:
    if not isinstance(node, Ident):
        raise CelSyntaxError("a macro's variable must be a simple name", node.position)
    if node.name in {ACCUMULATOR, "__result__"} or node.name.startswith("."):
        raise CelSyntaxError(f"{node.name} cannot name a variable", node.position)
    return node.name


def _all(call: Call, body: Node) -> _Parts:
    return (
        Const(call.position, value=True),
        _call(call, "@not_strictly_false", _accumulated(call)),
        _call(call, "_&&_", _accumulated(call), body),
        _accumulated(call),
    )


def _exists(call: Call, body: Node) -> _Parts:
    return (
        Const(call.position, value=False),
        _call(call, "@not_strictly_false", _call(call, "!_", _accumulated(call))),
        _call(call, "_||_", _accumulated(call), body),
        _accumulated(call),
    )


def _exists_one(call: Call, body: Node) -> _Parts:
    counted = _call(call, "_+_", _accumulated(call), Const(call.position, 1))
    return (
        Const(call.position, 0),
        Const(call.position, value=True),
        _call(call, "_?_:_", body, counted, _accumulated(call)),
        _call(call, "_==_", _accumulated(call), Const(call.position, 1)),
    )


def _collected(call: Call, item: Node, keep: Node | None) -> _Parts:
    step: Node = _call(call, "_+_", _accumulated(call), CreateList(call.position, [item]))
    if keep is not None:
        step = _call(call, "_?_:_", keep, step, _accumulated(call))
    return CreateList(call.position, []), Const(call.position, value=True), step, _accumulated(call)


def _inserted(call: Call, inserted: list[Node], keep: Node | None) -> _Parts:
    step: Node = _call(call, "cel.@mapInsert", _accumulated(call), *inserted)
    if keep is not None:
        step = _call(call, "_?_:_", keep, step, _accumulated(call))
    return CreateMap(call.position, []), Const(call.position, value=True), step, _accumulated(call)


def _fold(call: Call, target: Node, parts: _Parts, body: Node, *variables: str) -> Node:
    init, condition, step, result = parts
    first, second = (*variables, "")[:2]
    return Comprehension(
        call.position, macro=call.function, variable=first, second=second, iterated=target, accumulator=ACCUMULATOR, init=init,
        condition=condition, step=step, result=result, body=body,
    )  # fmt: skip


def _quantifier(parts: Callable[[Call, Node], _Parts]) -> Callable[[Call, Node], Node]:
    def macro(call: Call, target: Node) -> Node:
        *variables, body = call.args
        return _fold(call, target, parts(call, body), body, *_distinct(variables))

    return macro


def _distinct(variables: list[Node]) -> list[str]:
    names = [_variable(variable) for variable in variables]
    if len(set(names)) < len(names):
        raise CelSyntaxError(f"both variables are called {names[0]}", variables[1].position)
    return names


def _map(call: Call, target: Node) -> Node:
    variable, *keep, item = call.args
    return _fold(call, target, _collected(call, item, keep[0] if keep else None), item, _variable(variable))


def _filter(call: Call, target: Node) -> Node:
    variable, keep = call.args
    name = _variable(variable)
    return _fold(call, target, _collected(call, Ident(variable.position, name), keep), keep, name)


def _transform_list(call: Call, target: Node) -> Node:
    first, second, *keep, item = call.args
    return _fold(call, target, _collected(call, item, keep[0] if keep else None), item, *_distinct([first, second]))


def _transform_map(call: Call, target: Node) -> Node:
    first, second, *keep, item = call.args
    names = _distinct([first, second])
    return _fold(call, target, _inserted(call, [Ident(first.position, names[0]), item], keep[0] if keep else None), item, *names)


def _transform_entry(call: Call, target: Node) -> Node:
    first, second, *keep, item = call.args
    return _fold(call, target, _inserted(call, [item], keep[0] if keep else None), item, *_distinct([first, second]))


def _bound(call: Call, name: str, value: Node, body: Node) -> Node:
    return Comprehension(
        call.position, macro="bind", variable=_UNUSED, iterated=CreateList(call.position, []), accumulator=name, init=value,
        condition=Const(call.position, value=False), step=Ident(call.position, name), result=body, body=body,
    )  # fmt: skip


def _bind(call: Call, target: Node) -> Node:
    if not isinstance(target, Ident) or target.name != "cel":
        return call
    variable, value, body = call.args
    return _bound(call, _variable(variable), value, body)


def _sort_by(call: Call, target: Node) -> Node:
    name = "@__sortBy_input__"
    keys = _map(Call(call.position, "map", call.args), Ident(call.position, name))
    return _bound(call, name, target, Call(call.position, "@sortByAssociatedKeys", [keys], Ident(call.position, name)))


def _opt_map(call: Call, target: Node) -> Node:
    variable, body = call.args
    value = Call(call.position, "value", [], target)
    optional = Ident(call.position, "optional")
    mapped = _bound(call, _variable(variable), value, body)
    if call.function == "optMap":
        mapped = Call(call.position, "of", [mapped], optional)
    return _call(call, "_?_:_", Call(call.position, "hasValue", [], target), mapped, Call(call.position, "none", [], optional))


_RECEIVERS: dict[tuple[str, int], Callable[[Call, Node], Node]] = {
    ("all", 2): _quantifier(_all), ("all", 3): _quantifier(_all),
    ("exists", 2): _quantifier(_exists), ("exists", 3): _quantifier(_exists),
    ("exists_one", 2): _quantifier(_exists_one), ("exists_one", 3): _quantifier(_exists_one),
    ("existsOne", 3): _quantifier(_exists_one),
    ("map", 2): _map, ("map", 3): _map, ("filter", 2): _filter,
    ("transformList", 3): _transform_list, ("transformList", 4): _transform_list,
    ("transformMap", 3): _transform_map, ("transformMap", 4): _transform_map,
    ("transformMapEntry", 3): _transform_entry, ("transformMapEntry", 4): _transform_entry,
    ("bind", 3): _bind, ("sortBy", 2): _sort_by, ("optMap", 2): _opt_map, ("optFlatMap", 2): _opt_map,
}  # fmt: skip
"""Macros called on a value, by name and number of arguments."""
