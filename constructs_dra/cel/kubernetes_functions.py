"""Kubernetes' own CEL functions: quantities, versions, addresses, URLs and named formats."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import parse_qs, urlsplit

from constructs_dra.cel.time_functions import parse_timestamp
from constructs_dra.cel.values import CelEvaluationError, Cidr, Format, Ip, Optional, Quantity, Url, quantity
from constructs_dra.lexical.names import dns_label_problem, dns_subdomain_problem, label_value_problem, qualified_name_problem
from constructs_dra.lexical.quantity import is_quantity
from constructs_dra.lexical.semver import Semver, is_semver, parse_semver

__all__ = ["KUBERNETES"]

_LARGEST = 2**63 - 1
_BAD_QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_URL = re.compile(r"(?:([a-zA-Z][a-zA-Z0-9+.-]*):(?=/)|(?=/))[^\x00-\x20\x7f]*\Z")
_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_DNS_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\Z", re.IGNORECASE)


def _read_quantity(text: str) -> Quantity:
    try:
        return quantity(text)
    except ValueError:
        raise CelEvaluationError(_BAD_QUANTITY) from None


def _is_integer(value: Quantity) -> bool:
    return value.value == value.value.to_integral_value() and -_LARGEST - 1 <= value.value <= _LARGEST


def _as_integer(value: Quantity) -> int:
    if not _is_integer(value):
        raise CelEvaluationError("cannot convert value to integer")
    return int(value.value)


def _compared(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def _read_semver(text: str, normalize: bool = False) -> Semver:
    try:
        return parse_semver(text, normalize=normalize)
    except ValueError as error:
        raise CelEvaluationError("No Major.Minor.Patch elements found" if text.count(".") < 2 else str(error)) from None


def _address(text: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(text)
    except ValueError:
        raise CelEvaluationError(f"IP Address {text!r} parse error during conversion from string") from None
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address.ipv4_mapped is not None):
        raise CelEvaluationError(f"IP address {text!r}: zones and IPv4-mapped addresses are not allowed")
    return address


def _network(text: str) -> Cidr:
    host, slash, prefix = text.partition("/")
    if not slash or not prefix.isdigit() or not prefix.isascii() or len(prefix) > 3 or (len(prefix) > 1 and prefix[0] == "0"):
        raise CelEvaluationError(f"network address parse error during conversion from string: {text!r}")
    address = _address(host)
    if int(prefix) > address.max_prefixlen:
        raise CelEvaluationError(f"network address parse error during conversion from string: {text!r}")
    return Cidr(address, ip_network(text, strict=False))


def _is(read: Callable[[str], Any]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            read(text)
        except CelEvaluationError:
            return False
        return True

    return check


def _link_local_multicast(ip: Ip) -> bool:
    raw = ip.address.packed
    return raw[:3] == b"\xe0\x00\x00" if isinstance(ip.address, IPv4Address) else raw[0] == 0xFF and raw[1] & 0x0F == 2


def _global_unicast(ip: Ip) -> bool:
    address = ip.address
    other = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not other and address != IPv4Address("255.255.255.255")


def _contains_ip(cidr: Cidr, ip: Ip) -> bool:
    return ip.address in cidr.network


def _contains_cidr(cidr: Cidr, other: Cidr) -> bool:
    return other.address in cidr.network and cidr.network.prefixlen <= other.network.prefixlen


def _masked(cidr: Cidr) -> Cidr:
    return Cidr(cidr.network.network_address, cidr.network)


def _url(text: str) -> Url:
    fault = CelEvaluationError(f"URL parse error during conversion from string: {text!r}")
    if _URL.match(text) is None or _PERCENT.search(text) is not None:
        raise fault
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise fault from None
    return Url(text, parts)


def _host(url: Url) -> str:
    return url.parts.netloc.rpartition("@")[2]


def _hostname(url: Url) -> str:
    host = _host(url)
    return host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0]


def _port(url: Url) -> str:
    tail = _host(url).rpartition("]")[2]
    return tail.partition(":")[2]


def _dns_1035(text: str) -> str:
    return "" if len(text) <= 63 and _DNS_1035.match(text) else "must be a DNS-1035 label"


def _prefix_of(check: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: check(f"{text[:-1]}a" if text.endswith("-") else text)


def _parses(read: Callable[[str], Any], problem: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            read(text)
        except (ValueError, CelEvaluationError, binascii.Error):
            return problem
        return ""

    return check


_FORMATS: dict[str, Callable[[str], str]] = {
    "dns1123Label": dns_label_problem, "dns1123Subdomain": dns_subdomain_problem, "dns1035Label": _dns_1035,
    "qualifiedName": qualified_name_problem, "dns1123LabelPrefix": _prefix_of(dns_label_problem),
    "dns1123SubdomainPrefix": _prefix_of(dns_subdomain_problem), "dns1035LabelPrefix": _prefix_of(_dns_1035), "labelValue": label_value_problem,
    "uri": _parses(_url, "must be a URI"), "uuid": lambda text: "" if _UUID.match(text) else "does not match the UUID format",
    "byte": _parses(lambda text: base64.b64decode(text, validate=True), "must be base64"),
    "date": _parses(date.fromisoformat, "must be a date"), "datetime": _parses(parse_timestamp, "must be a timestamp"),
}  # fmt: skip


def _named_format(name: str) -> Optional:
    return Optional(Format(name), present=True) if name in _FORMATS else Optional()


def _validated(format_: Format, text: str) -> Optional:
    problem = _FORMATS[format_.name](text)
    return Optional([problem], present=True) if problem else Optional()


def _constant(value: Format) -> Callable[[], Format]:
    return lambda: value


_DIGITS = Context(prec=200)
"""Enough for the sum of any two amounts a machine could have."""


def _changed(operation: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Quantity, Any], Quantity]:
    def change(one: Quantity, other: Any) -> Quantity:
        try:
            return Quantity(operation(one.value, other.value if isinstance(other, Quantity) else Decimal(other)))
        except ArithmeticError:
            raise CelEvaluationError("quantity out of range") from None

    return change


KUBERNETES: dict[str, Callable[..., Any]] = {
    "string_to_quantity": _read_quantity, "is_quantity_string": is_quantity, "quantity_sign": lambda value: _compared(value.value, 0),
    "quantity_is_greater_than": lambda one, other: one.value > other.value, "quantity_is_less_than": lambda one, other: one.value < other.value,
    "quantity_compare_to": lambda one, other: _compared(one.value, other.value), "quantity_get_float": lambda value: float(value.value),
    "quantity_get_int": _as_integer, "quantity_is_integer": _is_integer,
    **dict.fromkeys(("quantity_add", "quantity_add_int"), _changed(_DIGITS.add)),
    **dict.fromkeys(("quantity_sub", "quantity_sub_int"), _changed(_DIGITS.subtract)),
    **dict.fromkeys(("string_to_semver", "string_bool_to_semver"), _read_semver),
    "is_semver_string": is_semver, "is_semver_string_bool": lambda text, normalize: is_semver(text, normalize=normalize),
    "semver_is_greater_than": lambda one, other: one > other, "semver_is_less_than": lambda one, other: one < other, "semver_compare_to": _compared,
    "semver_major": lambda value: value.major, "semver_minor": lambda value: value.minor, "semver_patch": lambda value: value.patch,
    "string_to_ip": lambda text: Ip(_address(text)), "is_ip": _is(_address), "ip_is_canonical": lambda text: str(_address(text)) == text,
    "ip_to_string": lambda ip: str(ip.address), "ip_family": lambda ip: ip.address.version, "ip_is_unspecified": lambda ip: ip.address.is_unspecified,
    "ip_is_loopback": lambda ip: ip.address.is_loopback, "ip_is_link_local_multicast": _link_local_multicast,
    "ip_is_link_local_unicast": lambda ip: ip.address.is_link_local, "ip_is_global_unicast": _global_unicast,
    "string_to_cidr": _network, "is_cidr": _is(_network), "cidr_ip": lambda cidr: Ip(cidr.address), "cidr_masked": _masked,
    "cidr_prefix_length": lambda cidr: cidr.network.prefixlen, "cidr_to_string": lambda cidr: f"{cidr.address}/{cidr.network.prefixlen}",
    "cidr_contains_ip_ip": _contains_ip, "cidr_contains_ip_string": lambda cidr, text: _contains_ip(cidr, Ip(_address(text))),
    "cidr_contains_cidr": _contains_cidr, "cidr_contains_cidr_string": lambda cidr, text: _contains_cidr(cidr, _network(text)),
    "string_to_url": _url, "is_url_string": _is(_url), "url_get_scheme": lambda url: url.parts.scheme, "url_get_host": _host,
    "url_get_hostname": _hostname, "url_get_port": _port, "url_get_escaped_path": lambda url: url.parts.path,
    "url_get_query": lambda url: parse_qs(url.parts.query, keep_blank_values=True),
    "format-named": _named_format, "format-validate": _validated, **{f"format-{name}": _constant(Format(name)) for name in _FORMATS},
}  # fmt: skip
"""Implementations by overload id."""
