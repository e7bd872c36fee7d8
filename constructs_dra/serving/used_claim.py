"""A claim as one role uses it, its names worked out."""

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from constructs_dra.manifest import Manifest
from constructs_dra.records.valued import Valued
from constructs_dra.serving.claims import RoleClaim
from constructs_dra.serving.container import ClaimRequest

__all__ = ["UsedClaim", "claim_references", "device_classes"]


@frozen(kw_only=True, eq=False, repr=False)
class UsedClaim(Valued):
    """A claim as one role uses it.

    Attributes:
        claim: The claim.
        name: Its name inside the pod.
        object_name: Name of the claim or claim template object.
    """

    claim: RoleClaim
    name: str
    object_name: str

    def pod_entry(self) -> Manifest:
        """The entry of the pod's `resourceClaims`."""
        entry: Manifest = self.claim.spec.pod_claim(self.object_name)
        entry["name"] = self.name
        return entry


def claim_references(claims: Iterable[UsedClaim], wanted: Iterable[str | ClaimRequest]) -> list[Manifest]:
    """What a container names under `resources.claims`: claims by their own name, `claim/request`, or a part of a claim."""
    known = {used.claim.spec.name: used.name for used in claims}
    references: list[Manifest] = []
    for item in wanted:
        claim, _, request = item.partition("/") if isinstance(item, str) else (item.claim, "", item.request)
        reference = {"name": known.get(claim, claim)}
        references.append({**reference, "request": request} if request else reference)
    return references


def device_classes(spec: Any) -> frozenset[str]:
    """The device classes a claim asks for, as far as they are known."""
    if not hasattr(spec, "requests"):
        return frozenset({spec.device_class} if getattr(spec, "device_class", "") else ())
    classes: frozenset[str] = spec.device_classes
    return classes
