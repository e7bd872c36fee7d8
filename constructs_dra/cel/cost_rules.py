"""What single calls cost and how large their results are: Kubernetes' rules by function, cel-go's by overload."""

from collections.abc import Callable
from math import ceil
from typing import Protocol, TypeAlias

from constructs_dra.cel.library import COMPARABLE
from constructs_dra.cel.sizes import ONE, PER_CHARACTER, PER_REGEX_CHARACTER, UNKNOWN, UNLIMITED, Entries, Size, scaled, size_of_path
from constructs_dra.cel.syntax import Call, Const, Node

__all__ = ["FUNCTIONS", "OVERLOADS", "Sizes"]


class Sizes(Protocol):
    """What an estimate in the making knows of the nodes seen so far."""

    def path(self, node: Node) -> tuple[str, ...]:
        """How the value hangs on a variable; empty when it does not."""
        raise NotImplementedError

    def size(self, node: Node) -> Size | None:
        """What is known of the size of a value."""
        raise NotImplementedError

    def size_or_unknown(self, node: Node) -> Size:
        """What is known of the size of a value, or no limit."""
        raise NotImplementedError

    def known_size(self, node: Node) -> Size:
        """The size as Kubernetes' own rules take it."""
        raise NotImplementedError

    def entries(self, node: Node) -> Entries | None:
        """Sizes of the entries of a list or map that the expression makes, where known."""
        raise NotImplementedError

    def keep_entries(self, node: Node, entries: Entries | None) -> None:
        """Remember the entries of a node."""


_Known: TypeAlias = tuple[int, Size | None] | None
_Rule: TypeAlias = Callable[[Sizes, Call, str], _Known]


def _unit(_sizes: Sizes, _node: Call, _overload: str) -> _Known:
    return 1, None


def _walked(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None:
        return None
    size = sizes.known_size(node.target)
    if not node.target.type.parameters:
        return size.cost(PER_CHARACTER), None
    element = node.target.type.parameters[0]
    each = 1
    if element.kind in {"string", "bytes"}:
        item = size_of_path((*sizes.path(node.target), "@items")) or UNKNOWN
        each = min(1 + item.cost(PER_CHARACTER), UNLIMITED)
    return min(size.high * each, UNLIMITED), None


def _read(sizes: Sizes, node: Call, _overload: str) -> _Known:
    """Reading a quantity, version, address or network: once through the string."""
    return sizes.known_size(node.args[0]).cost(PER_CHARACTER), None


def _url(sizes: Sizes, node: Call, _overload: str) -> _Known:
    return (sizes.known_size(node.args[0]).cost(PER_CHARACTER), None) if len(node.args) == 1 else None


def _same_size(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None:
        return None
    size = sizes.known_size(node.target)
    return size.cost(PER_CHARACTER), size


def _replace(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None or len(node.args) < 2:
        return None
    size, old, new = map(sizes.known_size, (node.target, *node.args[:2]))
    if old.low == 0:
        longest = min(min(size.high + 1, UNLIMITED) * new.high + size.high, UNLIMITED)
    elif new.high <= old.low:
        longest = size.high
    else:
        longest = min(ceil(size.high / old.low) * new.high, UNLIMITED)
    if old.high == 0:
        shortest = (size.low + 1) * new.low + size.low
    elif old.high <= new.low:
        shortest = size.low
    else:
        shortest = ceil(size.low / old.high) * new.low
    return size.cost(2 * PER_CHARACTER), Size(shortest, longest)


def _split(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None:
        return None
    size = sizes.known_size(node.target)
    most = size.high
    if len(node.args) > 1 and isinstance(limit := node.args[1], Const) and isinstance(limit.value, int) and limit.value >= 0:
        most = int(limit.value)
    return size.cost(2 * PER_CHARACTER), Size(0, most)


def _join(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None:
        return None
    count = sizes.known_size(node.target)
    size = Size(0, 0)
    if node.target.type.parameters:
        size = count.times(size_of_path((*sizes.path(node.target), "@items")) or UNKNOWN)
    if node.args:
        size = size.plus(sizes.known_size(node.args[0]).times(Size(max(count.low - 1, 0), max(count.high - 1, 0))))
    return size.cost(PER_CHARACTER), size


def _find(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None or not node.args:
        return None
    size = sizes.known_size(node.target)
    cost = size.plus(ONE).cost(PER_CHARACTER) * sizes.known_size(node.args[0]).cost(PER_REGEX_CHARACTER)
    return min(cost, UNLIMITED), Size(0, size.high)


def _ip(sizes: Sizes, node: Call, overload: str) -> _Known:
    return _read(sizes, node, overload) if node.target is None else (1, None)


def _contains_ip(sizes: Sizes, node: Call, overload: str) -> _Known:
    if node.target is None or not node.args:
        return None
    cost = scaled(32, PER_CHARACTER)  # two addresses of at most 16 bytes
    if node.function == "containsCIDR":
        cost += scaled(16, PER_CHARACTER) + 1
    if overload.endswith("_string"):
        cost += sizes.known_size(node.args[0]).cost(PER_CHARACTER)
    return min(cost, UNLIMITED), None


def _is_canonical(sizes: Sizes, node: Call, _overload: str) -> _Known:
    return sizes.known_size(node.args[0]).cost(2 * PER_CHARACTER), None


_MAX_FORMAT_REGEX = 128
"""Length of the longest pattern behind a named format (MaxNameFormatRegexSize)."""


def _validate(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None:
        return None
    read = sizes.known_size(node.args[0]).cost(PER_CHARACTER)
    return scaled(read, _MAX_FORMAT_REGEX * PER_REGEX_CHARACTER), None


_UNIT_TYPES = frozenset((
    "kubernetes.Quantity", "kubernetes.Semver", "net.IP", "net.CIDR", "kubernetes.authorization.Authorizer", "kubernetes.authorization.PathCheck",
    "kubernetes.authorization.GroupCheck", "kubernetes.authorization.ResourceCheck", "kubernetes.authorization.Decision",
))  # fmt: skip
_MAX_FORMAT = 64


def _equality(sizes: Sizes, node: Call, _overload: str) -> _Known:
    """Values of Kubernetes' types compare in one step, unlike others of unknown size."""
    one, other = node.args
    if one.type is not other.type:
        return None
    if one.type.name in _UNIT_TYPES:
        return 1, None
    if one.type.name == "kubernetes.NamedFormat":
        return scaled(_MAX_FORMAT, PER_CHARACTER), None
    if one.type.name == "kubernetes.URL":
        return (sizes.size(other) or ONE).cost(PER_CHARACTER), None
    return None


def _sets(factor: int) -> _Rule:
    def rule(sizes: Sizes, node: Call, _overload: str) -> _Known:
        one, other = map(sizes.known_size, node.args)
        return min(one.times(other).high * factor + 1, UNLIMITED), None

    return rule


def _includes(_sizes: Sizes, _node: Call, _overload: str) -> _Known:
    return 48, None


def _argument_walked(sizes: Sizes, node: Call, _overload: str) -> _Known:
    return sizes.size_or_unknown(node.args[0]).cost(PER_CHARACTER), None


def _to_bytes(sizes: Sizes, node: Call, _overload: str) -> _Known:
    size = sizes.size_or_unknown(node.args[0])
    return size.cost(PER_CHARACTER), Size(size.low, min(size.high * 4, UNLIMITED))


def _to_string(sizes: Sizes, node: Call, _overload: str) -> _Known:
    size = sizes.size_or_unknown(node.args[0])
    return size.cost(PER_CHARACTER), Size(size.low // 4, size.high)


def _quoted(sizes: Sizes, node: Call, _overload: str) -> _Known:
    size = sizes.size_or_unknown(node.args[0])
    return size.cost(PER_CHARACTER), Size(size.low + 2, min(size.high * 2 + 2, UNLIMITED))


def _formatted(sizes: Sizes, node: Call, _overload: str) -> _Known:
    return None if node.target is None else (sizes.size_or_unknown(node.target).cost(PER_CHARACTER), None)


def _in_list(sizes: Sizes, node: Call, _overload: str) -> _Known:
    return sizes.size_or_unknown(node.args[1]).cost(), None


def _matches(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None:
        return None
    text = sizes.size_or_unknown(node.target).plus(ONE).cost(PER_CHARACTER)
    return min(text * sizes.size_or_unknown(node.args[0]).cost(PER_REGEX_CHARACTER), UNLIMITED), None


def _contains(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None:
        return None
    text = sizes.size_or_unknown(node.target).cost(PER_CHARACTER)
    return min(text * sizes.size_or_unknown(node.args[0]).cost(PER_CHARACTER), UNLIMITED), None


def _added(sizes: Sizes, node: Call, overload: str) -> _Known:
    size = sizes.size_or_unknown(node.args[0]).plus(sizes.size_or_unknown(node.args[1]))
    one, other = map(sizes.entries, node.args)
    if one is not None and other is not None:
        sizes.keep_entries(node, Entries(one.kind, one.key.union(other.key), one.value.union(other.value)))
    return (1 if overload == "add_list" else size.cost(PER_CHARACTER)), size


def _compared(sizes: Sizes, node: Call, _overload: str) -> _Known:
    one, other = map(sizes.size_or_unknown, node.args)
    return scaled(min(one.high, other.high), PER_CHARACTER), None


_CALL_WITH_LIST = 11
"""A call, and the list it makes."""


def _made_list(factor: float, size: Size) -> _Known:
    return min(size.cost(factor) + _CALL_WITH_LIST, UNLIMITED), size


def _whole(node: Node, otherwise: int) -> int:
    """The value of a whole number that is written out."""
    return max(node.value, 0) if isinstance(node, Const) and type(node.value) is int else otherwise


def _slice(sizes: Sizes, node: Call, _overload: str) -> _Known:
    if node.target is None:
        return None
    length = (_whole(node.args[1], sizes.size_or_unknown(node.target).high) - _whole(node.args[0], 0)) % 2**64
    return _made_list(1, Size(length, length))


def _range(_sizes: Sizes, node: Call, _overload: str) -> _Known:
    count = _whole(node.args[0], UNLIMITED)
    return _made_list(1, Size(count, count))


def _reversed(sizes: Sizes, node: Call, _overload: str) -> _Known:
    return None if node.target is None else _made_list(1, sizes.size_or_unknown(node.target))


def _flattened(sizes: Sizes, node: Call, _overload: str) -> _Known:
    depth = _whole(node.args[0], UNLIMITED) if node.args else 1
    return None if node.target is None else _made_list(float(depth), sizes.size_or_unknown(node.target))


def _paired(node: Node, sizes: Sizes, factor: float) -> _Known:
    """Each element beside each other one."""
    size = sizes.size_or_unknown(node)
    return _made_list(factor, size.times(size))


def _distinct(sizes: Sizes, node: Call, _overload: str) -> _Known:
    return None if node.target is None else _paired(node.target, sizes, 2)


def _sort(sizes: Sizes, node: Call, overload: str) -> _Known:
    keys = node.args[0] if node.args else node.target
    factor = 2 + PER_CHARACTER if overload.startswith(("list_string_", "list_bytes_")) else 2
    return None if keys is None else _paired(keys, sizes, factor)


FUNCTIONS: dict[str, _Rule] = {
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), _walked), "url": _url,
    **dict.fromkeys(("lowerAscii", "upperAscii", "substring", "trim"), _same_size), "replace": _replace, "split": _split, "join": _join,
    **dict.fromkeys(("quantity", "isQuantity", "semver", "isSemver", "cidr", "isIP", "isCIDR"), _read),
    **dict.fromkeys(("find", "findAll"), _find), "ip": _ip, **dict.fromkeys(("containsIP", "containsCIDR"), _contains_ip), "validate": _validate,
    "ip.isCanonical": _is_canonical,
    "_==_": _equality, "sets.contains": _sets(1), "sets.intersects": _sets(1), "sets.equivalent": _sets(2), "includes": _includes,
    **dict.fromkeys((
        "masked", "prefixLength", "family", "isUnspecified", "isLoopback", "isLinkLocalMulticast", "isLinkLocalUnicast", "sign", "asInteger",
        "isInteger", "asApproximateFloat", "isGreaterThan", "isLessThan", "compareTo", "add", "sub", "major", "minor", "patch",
    ), _unit),
    "check": lambda _sizes, _node, _overload: (350_000, None),
}  # fmt: skip
"""Kubernetes' own costs, by function."""

OVERLOADS: dict[str, _Rule] = {
    "string_to_bytes": _to_bytes, "bytes_to_string": _to_string, "strings_quote": _quoted, "string_format": _formatted,
    "starts_with_string": _argument_walked, "ends_with_string": _argument_walked, "in_list": _in_list, "matches_string": _matches,
    "list_slice": _slice, "lists_range": _range, "list_reverse": _reversed, "list_flatten": _flattened, "list_flatten_int": _flattened,
    "list_distinct": _distinct,
    **{f"list_{kind}_{function}": _sort for kind in COMPARABLE for function in ("sort", "sortByAssociatedKeys")},
    "contains_string": _contains, "add_string": _added, "add_bytes": _added, "add_list": _added, "equals": _compared, "not_equals": _compared,
    **{f"{word}_{kind}": _compared for word in ("less", "less_equals", "greater", "greater_equals") for kind in ("string", "bytes")},
}  # fmt: skip
"""cel-go's costs, by overload; every other call costs 1."""
