"""A claim whose computing devices each get a network interface on their own PCIe root."""

from attrs import evolve

from constructs_dra.claims.claim import Claim
from constructs_dra.claims.constraints import PCIE_ROOT, MatchAttribute
from constructs_dra.claims.request import Request
from constructs_dra.errors import Problem, SpecError

__all__ = ["paired"]


def paired(claim: Claim, nic: Request, devices: int) -> Claim:
    """The claim with one interface beside each of its devices, every pair on one PCIe root.

    Args:
        claim: A claim with one request that computes.
        nic: The request for an interface.
        devices: How many devices the claim gives where its request does not say.

    Raises:
        SpecError: The claim has no such single request, or constraints of its own that name requests; Kubernetes refuses so many requests.
    """
    computing = [request for request in claim.requests if request.computes]
    first = computing[0] if len(computing) == 1 else None
    if not isinstance(first, Request) or first.takes_all:
        raise SpecError([Problem("", f"claim {claim.name!r} has no single request for a number of devices", "write the pairs in the claim itself")])
    if len(claim.requests) > 1 or any(constraint.requests for constraint in claim.constraints):
        raise SpecError([Problem("", f"claim {claim.name!r} has further requests or constraints", "write the pairs in the claim itself")])
    count = devices if first.count is None else first.count
    pairs = [(first, nic)] if count == 1 else [(_numbered(first, index), _numbered(nic, index)) for index in range(count)]
    return Claim(
        claim.name,
        *(request for pair in pairs for request in pair),
        constraints=[*claim.constraints, *(MatchAttribute(PCIE_ROOT, requests=[request.name for request in pair]) for pair in pairs)],
        config=claim.config,
        shared=claim.shared,
        labels=claim.labels,
        annotations=claim.annotations,
        accept=claim.accept,
    )


def _numbered(request: Request, index: int) -> Request:
    return evolve(request, name=f"{request.name}-{index}", count=1)
