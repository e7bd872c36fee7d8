"""Configuration that DRANET reads: untyped JSON, decoded strictly. An `apiVersion` or `kind` in it would make the pod fail."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_interface, ip_network
from re import fullmatch
from typing import Any, ClassVar

from attrs import field, frozen

from constructs_dra.drivers.config import OpaqueConfig
from constructs_dra.errors import Problem

__all__ = ["Ethtool", "Interface", "Neighbor", "NetworkConfig", "Route", "Rule", "Vrf"]

_NAME_BYTES = 15
"""Longest name of a network interface (Linux IFNAMSIZ less one)."""


def _texts(value: Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@frozen(kw_only=True)
class Vrf:
    """A routing domain of its own.

    Attributes:
        name: Its name.
        table: Its routing table; above 0 and none of 253 to 255.
    """

    name: str
    table: int | None = None


@frozen(kw_only=True)
class Interface:
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

    name: str | None = None
    addresses: tuple[str, ...] = field(default=(), converter=_texts)
    dhcp: bool | None = None
    mtu: int | None = None
    hardware_addr: str | None = None
    gso_max_size: int | None = None
    gro_max_size: int | None = None
    gso_ipv4_max_size: int | None = field(default=None, metadata={"key": "gsoIPv4MaxSize"})
    gro_ipv4_max_size: int | None = field(default=None, metadata={"key": "groIPv4MaxSize"})
    disable_ebpf_programs: bool | None = None
    forwarding: bool | None = None
    arp_ignore: int | None = None
    arp_announce: int | None = None
    vrf: Vrf | None = None

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if self.name is not None and (not isinstance(self.name, str) or not 0 < len(self.name.encode()) <= _NAME_BYTES):
            yield Problem("name", f"must have 1 to {_NAME_BYTES} characters, got {self.name!r}")
        for index, address in enumerate(self.addresses):
            if "/" not in str(address) or not _parses(ip_interface, address):
                yield Problem(f"addresses[{index}]", f"{address!r} is not an address with its prefix length", "write e.g. '10.0.0.2/24'")
        if self.dhcp and self.addresses:
            yield Problem("dhcp", "is not possible together with addresses", "leave out one of them")
        yield from _at_least("mtu", self.mtu, 68)
        for name in ("gso_max_size", "gro_max_size", "gso_ipv4_max_size", "gro_ipv4_max_size"):
            yield from _at_least(name, getattr(self, name), 1)
        if self.hardware_addr is not None and not _is_mac(self.hardware_addr):
            yield Problem("hardware_addr", f"{self.hardware_addr!r} is not a MAC address", "write e.g. '02:00:00:00:00:01'")
        if self.arp_ignore is not None and self.arp_ignore not in {0, 1, 2, 3, 8}:
            yield Problem("arp_ignore", f"must be 0 to 3 or 8, got {self.arp_ignore!r}")
        if self.arp_announce is not None and self.arp_announce not in {0, 1, 2}:
            yield Problem("arp_announce", f"must be 0 to 2, got {self.arp_announce!r}")
        if self.vrf is not None:
            if not self.vrf.name:
                yield Problem("vrf.name", "is needed")
            yield from _at_least("vrf.table", self.vrf.table, 1)
            if self.vrf.table in {253, 254, 255}:
                yield Problem("vrf.table", f"must not be {self.vrf.table}: the system uses it")


@frozen(kw_only=True)
class Route:
    """A route in the pod.

    Attributes:
        destination: Network, e.g. `0.0.0.0/0`.
        gateway: Address of the next hop; needed unless `scope` is 253 (link).
        source: Address to send from.
        scope: 0 (universe) or 253 (link).
        table: Routing table.
    """

    destination: str
    gateway: str | None = None
    source: str | None = None
    scope: int | None = None
    table: int | None = None

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if not _parses(lambda text: ip_network(text, strict=False), self.destination) or "/" not in self.destination:
            yield Problem("destination", f"{self.destination!r} is not a network", "write e.g. '10.0.0.0/8'")
        for name in ("gateway", "source"):
            if (value := getattr(self, name)) is not None and not _parses(ip_address, value):
                yield Problem(name, f"{value!r} is not an IP address")
        if self.scope not in {None, 0, 253}:
            yield Problem("scope", f"must be 0 or 253, got {self.scope!r}")
        if not self.scope and self.gateway is None:
            yield Problem("gateway", "is needed unless scope is 253")


@frozen(kw_only=True)
class Rule:
    """A routing rule in the pod; not together with a VRF.

    Attributes:
        priority: 0 to 32767, the lower first.
        source: Network the packets come from.
        destination: Network the packets go to.
        table: Routing table to use.
    """

    priority: int | None = None
    source: str | None = None
    destination: str | None = None
    table: int | None = None

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if self.priority is not None and (isinstance(self.priority, bool) or not isinstance(self.priority, int) or not 0 <= self.priority <= 32767):
            yield Problem("priority", f"must be 0 to 32767, got {self.priority!r}")


@frozen(kw_only=True)
class Neighbor:
    """A permanent neighbour (ARP or NDP entry).

    Attributes:
        destination: Its IP address.
        hardware_addr: Its MAC address.
    """

    destination: str
    hardware_addr: str

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if not _parses(ip_address, self.destination):
            yield Problem("destination", f"{self.destination!r} is not an IP address")
        if not _is_mac(self.hardware_addr):
            yield Problem("hardware_addr", f"{self.hardware_addr!r} is not a MAC address", "write e.g. '02:00:00:00:00:01'")


@frozen(kw_only=True)
class Ethtool:
    """Settings of the network card.

    Attributes:
        features: Name to on or off, as `ethtool -k` lists them.
        private_flags: Name to on or off, as `ethtool --show-priv-flags` lists them.
    """

    features: Mapping[str, bool] | None = None
    private_flags: Mapping[str, bool] | None = None


def _routes(value: Iterable[Route]) -> tuple[Route, ...]:
    return tuple(value)


def _rules(value: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(value)


def _neighbors(value: Iterable[Neighbor]) -> tuple[Neighbor, ...]:
    return tuple(value)


@frozen(kw_only=True)
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

    profile: str | None = field(default=None, metadata={"of": (str,)})
    interface: Interface | None = field(default=None, metadata={"of": (Interface,)})
    routes: tuple[Route, ...] = field(default=(), converter=_routes)
    rules: tuple[Rule, ...] = field(default=(), converter=_rules)
    neighbors: tuple[Neighbor, ...] = field(default=(), converter=_neighbors)
    ethtool: Ethtool | None = field(default=None, metadata={"of": (Ethtool,)})

    def problems(self) -> Iterator[Problem]:
        """What the driver would refuse."""
        if isinstance(self.interface, Interface):
            yield from (problem.under("interface") for problem in self.interface.problems())
            if self.interface.vrf is not None and self.rules:
                yield Problem("rules", "are not possible together with interface.vrf", "leave out one of them")
        lists: tuple[tuple[str, tuple[Any, ...], type], ...] = (
            ("routes", self.routes, Route),
            ("rules", self.rules, Rule),
            ("neighbors", self.neighbors, Neighbor),
        )
        for name, entries, kind in lists:
            for index, entry in enumerate(entries):
                if isinstance(entry, kind):
                    yield from (problem.under(f"{name}[{index}]") for problem in entry.problems())  # type: ignore[attr-defined]
                else:
                    yield Problem(f"{name}[{index}]", f"must be a {kind.__name__}, got {entry!r}")


def _parses(reader: Any, text: object) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return isinstance(text, str)


def _is_mac(text: object) -> bool:
    return isinstance(text, str) and fullmatch(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}", text) is not None


def _at_least(name: str, value: object, least: int) -> Iterator[Problem]:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        yield Problem(name, f"must be a whole number of at least {least}, got {value!r}")
