"""Do the claims of a pod bring as many devices as its parallelism needs?"""

from collections.abc import Iterable
from itertools import product

from constructs_dra.claims.claim import Claim
from constructs_dra.claims.existing import ExistingClaim, ExistingClaimTemplate
from constructs_dra.errors import Problem

__all__ = ["parallelism_problems"]


def parallelism_problems(
    claims: Iterable[Claim | ExistingClaim | ExistingClaimTemplate],
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
    totals = sorted({sum(choice) for choice in product(*known)})
    if totals == [devices_per_pod]:
        return []
    asked = " or ".join(map(str, totals))
    fault = f"asks for {asked} device{'' if totals == [1] else 's'}, but {needs} {devices_per_pod} per pod"
    names = ", ".join(repr(claim.name) for claim in counting)
    fault = f"claim {names} {fault}" if len(counting) == 1 else f"claims {names} together: {fault}"
    return [Problem("", fault, 'leave count out, or pass count_reason="…" if the difference is meant', rule="count-parallelism")]
