"""Configuration that DRANET reads: untyped JSON, decoded strictly. An `apiVersion` or `kind` in it would make the pod fail."""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address, ip_interface, ip_network
from re import fullmatch
from typing import Any, ClassVar

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig, Part, key
from constructs_dra.errors import Problems, shown
from constructs_dra.records import valid
from constructs_dra.records.sequence import as_tuple

__all__ = ["Ethtool", "Interface", "Neighbor", "NetworkConfig", "Route", "Rule", "Vrf"]

_NAME_BYTES = 15
"""Longest name of a network interface (Linux IFNAMSIZ less one)."""


def _texts(value: Iterable[str]) -> tuple[str, ...]:
    return as_tuple(value)


def _fits(test: Callable[[str], object], what: str, hint: str = "") -> valid.Metadata:
    """A string that a reader takes; what it does not is no `what`."""

    def check(value: Any, path: str, problems: Problems) -> None:
        try:
            fits = isinstance(value, str) and test(value)
        except ValueError:
            fits = False
        if not fits:
            problems.add(path, f"{shown(value)} is not {what}", hint)

    return valid.custom(check)


def _numbers(*known: int, wanted: str) -> valid.Metadata:
    """One of a few numbers."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value not in known:
            valid.wrong(problems, path, value, wanted)

    return valid.custom(check)


def _name(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, str) or not 0 < len(value.encode(errors="replace")) <= _NAME_BYTES:
        valid.wrong(problems, path, value, f"a name of 1 to {_NAME_BYTES} bytes")


def _list_of(inner: valid.Metadata, wanted: str) -> valid.Metadata:
    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in valid.items_of(value, path, problems, wanted):
            inner["check"](item, place, problems)

    return valid.custom(check)


def _mac_like(text: str) -> bool:
    return fullmatch(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}", text) is not None


_ADDRESS = _fits(ip_address, "an IP address")
_MAC = _fits(_mac_like, "a MAC address", "write e.g. '02:00:00:00:00:01'")
_NETWORK = _fits(lambda text: "/" in text and ip_network(text, strict=False), "a network", "write e.g. '10.0.0.0/8'")
_PREFIXED = _fits(lambda text: "/" in text and ip_interface(text), "an address with its prefix length", "write e.g. '10.0.0.2/24'")
_TABLE = valid.integer(0, 2**32 - 1)
_SWITCHES = valid.mapping(valid.boolean(), "True or False")


@frozen(kw_only=True, eq=False, repr=False)
class Vrf(Part):
    """A routing domain of its own.

    Attributes:
        name: Its name.
        table: Its routing table; above 0 and none of 253 to 255.
    """

    name: str = field(metadata=valid.text())
    table: int | None = field(default=None, metadata=valid.integer(1, 2**32 - 1))

    def cross_check(self, problems: Problems) -> None:
        """Some tables belong to the system."""
        if isinstance(self.table, int) and 253 <= self.table <= 255:
            problems.add("table", f"must not be {self.table}: the system uses it")


@frozen(kw_only=True, eq=False, repr=False)
class Interface(Part):
    """How the interface looks in the pod. On devices that have only RDMA, none of it is allowed.

    Attributes:
        name: Its name in the pod, at most 15 characters.
        addresses: Addresses with prefix length, e.g. `10.0.0.2/24`; not together with `dhcp`.
        dhcp: Whether to ask a DHCP server.
        mtu: Largest packet in bytes, at least 68.
        hardware_addr: MAC address.
        gso_max_size: Segmentation offload limit in bytes.
        gro_max_size: Receive offload limit in bytes.
        gso_ipv4_max_size: Segmentation offload limit for IPv4 in bytes.
        gro_ipv4_max_size: Receive offload limit for IPv4 in bytes.
        disable_ebpf_programs: Whether to detach eBPF programs.
        forwarding: Whether to forward packets.
        arp_ignore: 0 to 3, or 8.
        arp_announce: 0 to 2.
        vrf: Routing domain to put it in.
    """

    name: str | None = field(default=None, metadata=valid.custom(_name))
    addresses: tuple[str, ...] = field(default=(), converter=_texts, metadata=_list_of(_PREFIXED, "addresses"))
    dhcp: bool | None = field(default=None, metadata=valid.boolean())
    mtu: int | None = field(default=None, metadata=valid.integer(68))
    hardware_addr: str | None = field(default=None, metadata=_MAC)
    gso_max_size: int | None = field(default=None, metadata=valid.integer(1))
    gro_max_size: int | None = field(default=None, metadata=valid.integer(1))
    gso_ipv4_max_size: int | None = field(default=None, metadata=key("gsoIPv4MaxSize", valid.integer(1)))
    gro_ipv4_max_size: int | None = field(default=None, metadata=key("groIPv4MaxSize", valid.integer(1)))
    disable_ebpf_programs: bool | None = field(default=None, metadata=valid.boolean())
    forwarding: bool | None = field(default=None, metadata=valid.boolean())
    arp_ignore: int | None = field(default=None, metadata=_numbers(0, 1, 2, 3, 8, wanted="0 to 3 or 8"))
    arp_announce: int | None = field(default=None, metadata=_numbers(0, 1, 2, wanted="0 to 2"))
    vrf: Vrf | None = field(default=None, metadata=valid.part(Vrf))

    def cross_check(self, problems: Problems) -> None:
        """An address is given or asked for."""
        if self.dhcp and self.addresses:
            problems.add("dhcp", "is not possible together with addresses", "leave out one of them")


@frozen(kw_only=True, eq=False, repr=False)
class Route(Part):
    """A route in the pod.

    Attributes:
        destination: Network, e.g. `0.0.0.0/0`.
        gateway: Address of the next hop; needed unless `scope` is 253 (link).
        source: Address to send from.
        scope: 0 (universe) or 253 (link).
        table: Routing table.
    """

    destination: str = field(metadata=_NETWORK)
    gateway: str | None = field(default=None, metadata=_ADDRESS)
    source: str | None = field(default=None, metadata=_ADDRESS)
    scope: int | None = field(default=None, metadata=_numbers(0, 253, wanted="0 or 253"))
    table: int | None = field(default=None, metadata=_TABLE)

    def cross_check(self, problems: Problems) -> None:
        """Only what is on the link needs no gateway."""
        if not self.scope and self.gateway is None:
            problems.add("gateway", "is needed unless scope is 253")


@frozen(kw_only=True, eq=False, repr=False)
class Rule(Part):
    """A routing rule in the pod; not together with a VRF.

    Attributes:
        priority: 0 to 32767, the lower first.
        source: Network the packets come from.
        destination: Network the packets go to.
        table: Routing table to use.
    """

    priority: int | None = field(default=None, metadata=valid.integer(0, 32767))
    source: str | None = field(default=None, metadata=valid.text())
    destination: str | None = field(default=None, metadata=valid.text())
    table: int | None = field(default=None, metadata=_TABLE)


@frozen(kw_only=True, eq=False, repr=False)
class Neighbor(Part):
    """A permanent neighbour (ARP or NDP entry).

    Attributes:
        destination: Its IP address.
        hardware_addr: Its MAC address.
    """

    destination: str = field(metadata=_ADDRESS)
    hardware_addr: str = field(metadata=_MAC)


@frozen(kw_only=True, eq=False, repr=False)
class Ethtool(Part):
    """Settings of the network card.

    Attributes:
        features: Name to on or off, as `ethtool -k` lists them.
        private_flags: Name to on or off, as `ethtool --show-priv-flags` lists them.
    """

    features: Mapping[str, bool] | None = field(default=None, metadata=_SWITCHES)
    private_flags: Mapping[str, bool] | None = field(default=None, metadata=_SWITCHES)


def _routes(value: Iterable[Route]) -> tuple[Route, ...]:
    return as_tuple(value)


def _rules(value: Iterable[Rule]) -> tuple[Rule, ...]:
    return as_tuple(value)


def _neighbors(value: Iterable[Neighbor]) -> tuple[Neighbor, ...]:
    return as_tuple(value)


@frozen(kw_only=True, eq=False, repr=False)
class NetworkConfig(OpaqueConfig):
    """How a network device comes into the pod. Where the device class has a configuration too, that one wins and this one is not read.

    Attributes:
        profile: Name of a profile of the driver to start from.
        interface: The interface itself.
        routes: Routes.
        rules: Routing rules; not together with a VRF.
        neighbors: Permanent neighbours.
        ethtool: Settings of the card.
    """

    driver: ClassVar[str] = "dra.net"

    profile: str | None = field(default=None, metadata=valid.text())
    interface: Interface | None = field(default=None, metadata=valid.part(Interface))
    routes: tuple[Route, ...] = field(default=(), converter=_routes, metadata=valid.parts(Route))
    rules: tuple[Rule, ...] = field(default=(), converter=_rules, metadata=valid.parts(Rule))
    neighbors: tuple[Neighbor, ...] = field(default=(), converter=_neighbors, metadata=valid.parts(Neighbor))
    ethtool: Ethtool | None = field(default=None, metadata=valid.part(Ethtool))

    def cross_check(self, problems: Problems) -> None:
        """Rules are for the main routing domain."""
        if isinstance(self.interface, Interface) and self.interface.vrf is not None and self.rules:
            problems.add("rules", "are not possible together with interface.vrf", "leave out one of them")
