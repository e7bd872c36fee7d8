"""Nodes, and which of them a selector picks.

Selectors are kept as manifests have them; the rules are those of k8s.io/component-helpers `nodeaffinity`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from constructs_dra.errors import Problems, shown, unquoted
from constructs_dra.placement.quantities import nanos
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["Node", "NodeTaint", "check_amounts", "matches_labels", "matches_node_selector", "matches_term", "requirement_faults", "tolerates"]


_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")


@frozen(kw_only=True, eq=False, repr=False)
class NodeTaint(Record):
    """A mark on a node that keeps pods without a toleration away.

    Attributes:
        key: Its name.
        value: Its value. Default empty.
        effect: `NoSchedule` and `NoExecute` keep pods away; `PreferNoSchedule` makes the node a second choice. Default `NoSchedule`.
    """

    key: str = field(metadata=valid.text(empty=True))
    value: str = field(default="", metadata=valid.text(empty=True))
    effect: str = field(default="NoSchedule", metadata=valid.text(empty=True))


def _check_labels(value: Any, path: str, problems: Problems) -> None:
    """Labels as a cluster stored them: strings; the rules for keys and values were its own."""
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of strings")
        return
    for key, label in value.items():
        if not isinstance(key, str) or not isinstance(label, str):
            problems.add(f"{path}[{shown(key)}]", f"must be a string, not {shown(label)}", unquoted(label))


def check_amounts(value: Any, path: str, problems: Problems) -> None:
    """Note what is not a mapping of quantities."""
    if value is None:
        return
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of quantities by resource")
        return
    for name, amount in value.items():
        place = f"{path}[{shown(name)}]"
        if not isinstance(name, str):
            problems.add(place, "must be a string, the name of a resource")
        elif isinstance(amount, bool) or not isinstance(amount, str | int | float):
            valid.wrong(problems, place, amount, "a quantity")
        else:
            try:
                nanos(amount)
            except ValueError as error:
                problems.add(place, str(error))


@frozen(kw_only=True, eq=False, repr=False)
class Node(Record):
    """A node, as far as placing pods depends on it.

    Attributes:
        name: The object's name.
        labels: Its labels. Default none.
        taints: Its taints. Default none.
        unschedulable: Whether it was cordoned. Default false.
        allocatable: Amounts by resource (`cpu`, `memory`, `pods`, `nvidia.com/gpu`) as quantities; None: not known, so nothing limits pods.
    """

    name: str = field(metadata=valid.text(empty=True))
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.custom(_check_labels))
    taints: tuple[NodeTaint, ...] = field(default=(), metadata=valid.instances(NodeTaint))
    unschedulable: bool = field(default=False, metadata=valid.boolean())
    allocatable: Mapping[str, str] | None = field(default=None, metadata=valid.custom(check_amounts))


def matches_node_selector(selector: Mapping[str, Any], node: Node) -> bool:
    """Whether a node selector (terms, any of which suffices) picks the node.

    Raises:
        ValueError: A requirement has an operator or values that Kubernetes refuses.
    """
    return any(matches_term(term, node) for term in selector.get("nodeSelectorTerms") or ())


def matches_term(term: Mapping[str, Any], node: Node) -> bool:
    """Whether one term of a node selector picks the node; an empty term picks none.

    Raises:
        ValueError: See `matches_node_selector`.
    """
    expressions = term.get("matchExpressions") or ()
    fields = term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    return all(_meets(requirement, node.labels) for requirement in expressions) and all(
        _meets(requirement, {"metadata.name": node.name}) for requirement in fields
    )


def requirement_faults(selector: Any) -> Iterator[str]:
    """Operators in a selector, or anything that holds selectors, which Kubernetes does not know."""
    if isinstance(selector, Mapping):
        for key, value in selector.items():
            if key in {"matchExpressions", "matchFields"} and isinstance(value, list):
                for requirement in value:
                    operator = requirement.get("operator") if isinstance(requirement, Mapping) else None
                    if operator not in _OPERATORS:
                        yield f"{operator!r} is not a valid label selector operator"
            else:
                yield from requirement_faults(value)
    elif isinstance(selector, list):
        for entry in selector:
            yield from requirement_faults(entry)


def matches_labels(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector (`matchLabels`, `matchExpressions`) picks an object with these labels; an empty selector picks all."""
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()) and all(
        _meets(requirement, labels) for requirement in selector.get("matchExpressions") or ()
    )


def _meets(requirement: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, operator, values = requirement.get("key", ""), requirement.get("operator", ""), requirement.get("values") or ()
    found = labels.get(key)
    match operator:
        case "In":
            return found is not None and found in values
        case "NotIn":
            return found is None or found not in values
        case "Exists":
            return found is not None
        case "DoesNotExist":
            return found is None
        case "Gt" | "Lt":
            return _compares(operator, found, values)
    raise ValueError(f"{operator!r} is not a valid label selector operator")


def _compares(operator: str, found: str | None, values: Sequence[str]) -> bool:
    try:
        limit = int(values[0])
        number = int(found) if found is not None else None
    except (ValueError, IndexError):
        return False
    return number is not None and (number > limit if operator == "Gt" else number < limit)


def tolerates(tolerations: Sequence[Mapping[str, Any]], key: str, value: str, effect: str) -> bool:
    """Whether one of the tolerations covers the taint: the rule is the same for nodes and devices.

    An empty effect covers all, an empty key with `Exists` too; the operator defaults to `Equal`.
    """
    return any(_tolerates(toleration, key, value, effect) for toleration in tolerations)


def _tolerates(toleration: Mapping[str, Any], key: str, value: str, effect: str) -> bool:
    if toleration.get("effect") and toleration["effect"] != effect:
        return False
    if toleration.get("key") and toleration["key"] != key:
        return False
    match toleration.get("operator") or "Equal":
        case "Exists":
            return True
        case "Equal":
            return (toleration.get("value") or "") == value
    return False
