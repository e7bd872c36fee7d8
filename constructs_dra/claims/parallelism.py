"""Do the claims of a pod bring as many devices as its parallelism needs?"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING

from constructs_dra.catalogue.claims import over_node_limit
from constructs_dra.claims.claim import Claim
from constructs_dra.claims.manifest import every_request
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.dra.limits import DEVICES_MAX

if TYPE_CHECKING:
    from constructs_dra.claims.existing import ExistingClaim, ExistingClaimTemplate

__all__ = ["parallelism_problems"]


def parallelism_problems(
    claims: "Iterable[Claim | ExistingClaim | ExistingClaimTemplate]",
    devices_per_pod: int,
    *,
    needs: str = "the parallelism needs",
) -> list[Problem]:
    """Compare the devices of a pod's claims with what its parallelism needs.

    Claims whose number is not known (allocation mode `All`, existing claims without a count) make the comparison impossible, and then nothing is
    said; nor is it where a claim gives a reason (`count_reason`, `accept`), or where no claim has devices that compute.

    Args:
        claims: All claims of one pod.
        devices_per_pod: Devices that the model container's parallelism needs.
        needs: Words for the message, e.g. `decode.parallelism needs`; the number follows.
    """
    counting = [claim for claim in claims if claim.computes]
    if not counting or any("count-parallelism" in claim.accepted for claim in counting):
        return []
    try:
        counts = [claim.device_counts(devices_per_pod) for claim in counting]
    except ValueError as error:
        return [*getattr(error, "problems", ())]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts):
        return []
    over = list(_over_node_limit(counting, devices_per_pod))
    if over:
        return over
    totals = sorted({sum(choice) for choice in product(*known)})
    if totals == [devices_per_pod]:
        return []
    asked = " or ".join(map(str, totals))
    fault = f"asks for {asked} device{'' if totals == [1] else 's'}, but {needs} {devices_per_pod} per pod"
    names = ", ".join(repr(claim.name) for claim in counting)
    fault = f"claim {names} {fault}" if len(counting) == 1 else f"claims {names} together: {fault}"
    return [Problem("", fault, 'leave count out, or pass count_reason="…" if the difference is meant', rule="count-parallelism")]


def _over_node_limit(claims: "Iterable[Claim | ExistingClaim | ExistingClaimTemplate]", devices_per_pod: int) -> Iterator[Problem]:
    """Requests that follow the parallelism to more devices than a node has; with a count of their own the claim says it."""
    for claim in claims:
        if not isinstance(claim, Claim) or "strict-node-limit" in claim.accepted:
            continue
        for _, request in every_request(claim.requests):
            known = request.driver
            if request.follows_parallelism and known is not None and known.most_per_node and known.most_per_node < devices_per_pod <= DEVICES_MAX:
                yield over_node_limit(known, devices_per_pod, "")
                break
