"""IP addresses and blocks, as Kubernetes takes them in new objects: no leading zeros, no zone, blocks with their length in bits."""

from ipaddress import ip_address, ip_network

__all__ = ["cidr_problem", "ip_problem"]


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
