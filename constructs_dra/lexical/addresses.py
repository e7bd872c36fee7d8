"""IP addresses and blocks, as Kubernetes takes them in new objects: no leading zeros, no zone, blocks with their length in bits."""

from ipaddress import ip_address, ip_network

__all__ = ["cidr_problem", "ip_problem", "unreachable_problem"]

_LINK_LOCAL_GROUPS = ip_network("224.0.0.0/24")


def ip_problem(text: str) -> str:
    """What is wrong with an IPv4 or IPv6 address; empty when it is valid."""
    try:
        ip_address(text)
    except ValueError:
        return "is not an IP address"
    return "must not have a zone" if "%" in text else ""


def cidr_problem(text: str) -> str:
    """What is wrong with a block of addresses such as `10.9.8.0/24`; empty when it is valid."""
    address, slash, bits = text.partition("/")
    if not slash or ip_problem(address) or not (bits.isascii() and bits.isdigit()) or (len(bits) > 1 and bits[0] == "0"):
        return "is not a CIDR block like 10.9.8.0/24"
    try:
        ip_network(text, strict=False)
    except ValueError:
        return "is not a CIDR block like 10.9.8.0/24"
    return ""


def unreachable_problem(text: str) -> str:
    """What keeps others from reaching a valid address; empty when nothing does."""
    address = ip_address(text)
    link_local = (
        address.is_link_local
        or (address.version == 4 and address in _LINK_LOCAL_GROUPS)
        or (address.version == 6 and text.lower().startswith("ff02:"))
    )
    return "is not an address that others can reach" if address.is_unspecified or address.is_loopback or link_local else ""
