"""CEL's values as Python sees them, and the error an evaluation ends with.

int, float, str, bytes, bool, None, list and dict stand for themselves; the classes here stand for the rest.
"""

from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult

from attrs import frozen

from constructs_dra.lexical.quantity import parse_quantity
from constructs_dra.lexical.semver import Semver

if TYPE_CHECKING:
    from constructs_dra.cel.types import Type

__all__ = [
    "CelEvaluationError",
    "Cidr",
    "Domains",
    "Duration",
    "EvaluationAbortedError",
    "Format",
    "Ip",
    "MadeMap",
    "Optional",
    "Quantity",
    "Timestamp",
    "TypeValue",
    "Uint",
    "Url",
    "quantity",
]


class CelEvaluationError(Exception):
    """A selector failed on a device, as it would in the scheduler. That stops the allocation of the whole claim, not only of this device."""


class EvaluationAbortedError(Exception):
    """The evaluation ended as a whole, with this message: no `||` makes up for it, as it does for a `CelEvaluationError`."""


class Uint(int):
    """An unsigned integer (`5u`)."""

    __slots__ = ()


class Duration(int):
    """A duration in nanoseconds."""

    __slots__ = ()


class Timestamp(int):
    """A point in time, in nanoseconds since 1970 in UTC."""

    __slots__ = ()


class Domains(dict[str, Any]):
    """`device.attributes` and `device.capacity`: looking up a domain the device has nothing in gives an empty map, though `in` says no."""

    __slots__ = ()


class MadeMap(dict[Any, Any]):
    """A map that the expression itself makes. Looking up a version or bytes in it ends the evaluation: Kubernetes cannot hash them."""

    __slots__ = ()


@frozen
class Quantity:
    """A Kubernetes quantity."""

    value: Decimal


@lru_cache(maxsize=8192)
def quantity(text: str) -> Quantity:
    """Read a quantity.

    Raises:
        ValueError: Kubernetes would refuse it.
    """
    return Quantity(parse_quantity(text))


@frozen
class Optional:
    """`optional.of(value)`, or `optional.none()` where `present` is off."""

    value: Any = None
    present: bool = False


@frozen
class TypeValue:
    """A type as a value: what `type(x)` and a type's name give."""

    name: str


@frozen
class Ip:
    """An address of `ip(text)`."""

    address: IPv4Address | IPv6Address


@frozen
class Cidr:
    """A network of `cidr(text)`; its address may have bits beyond the prefix."""

    address: IPv4Address | IPv6Address
    network: IPv4Network | IPv6Network


@frozen
class Url:
    """A URL of `url(text)`."""

    text: str
    parts: SplitResult


@frozen
class Format:
    """A named format of `format.named(name)`."""

    name: str


NAMES: dict[type, str] = {
    bool: "bool", int: "int", Uint: "uint", float: "double", str: "string", bytes: "bytes", list: "list", dict: "map", Domains: "map", MadeMap: "map",
    type(None): "null_type", Quantity: "kubernetes.Quantity", Semver: "kubernetes.Semver", Optional: "optional_type", TypeValue: "type",
    Duration: "google.protobuf.Duration", Timestamp: "google.protobuf.Timestamp", Ip: "net.IP", Cidr: "net.CIDR", Url: "kubernetes.URL",
    Format: "kubernetes.NamedFormat",
}  # fmt: skip
"""What CEL calls the type of a value."""


def type_value(type_: "Type") -> TypeValue:
    """The value that naming a type gives."""
    return TypeValue("null_type" if type_.kind == "null" else type_.name)
