"""The claims of a role: their entries in the pod, references of containers to them, and the objects made for them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from attrs import frozen

from constructs_dra.manifest import Manifest
from constructs_dra.serving.claims import RoleClaim, role_claim
from constructs_dra.serving.container import ClaimRequest
from constructs_dra.serving.manifests.conventions import Conventions
from constructs_dra.serving.role import Role

if TYPE_CHECKING:
    from constructs_dra.serving.service import ModelService

__all__ = ["UsedClaim", "claim_manifests", "claim_references", "used_claims"]


@frozen(kw_only=True)
class UsedClaim:
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


def used_claims(conventions: Conventions, name: str, role: Role) -> tuple[UsedClaim, ...]:
    """The claims of a role with the names they go by."""
    used = []
    for item in role.claims:
        claim = role_claim(item)
        object_name = claim.object_name or claim.existing_name or conventions.claim_object_name(name, claim)
        used.append(UsedClaim(claim=claim, name=conventions.pod_claim_name(name, claim), object_name=object_name))
    return tuple(used)


def claim_references(claims: Iterable[UsedClaim], wanted: Iterable[str | ClaimRequest]) -> list[Manifest]:
    """What a container names under `resources.claims`: claims by their own name, `claim/request`, or a part of a claim."""
    known = {used.claim.spec.name: used.name for used in claims}
    references: list[Manifest] = []
    for item in wanted:
        claim, _, request = item.partition("/") if isinstance(item, str) else (item.claim, "", item.request)
        reference = {"name": known.get(claim, claim)}
        references.append({**reference, "request": request} if request else reference)
    return references


def claim_manifests(service: "ModelService", conventions: Conventions, name: str, role: Role, used: Iterable[UsedClaim]) -> list[Manifest]:
    """The claim templates (and shared claims) that are made for a role."""
    from constructs_dra.claims.claim import ACCEPT_ANNOTATION  # noqa: PLC0415 - only who has claims pays for them

    made: list[Manifest] = []
    for item in used:
        if item.claim.existing:
            continue
        claim: Any = item.claim.spec
        labels = conventions.labels() if claim.shared else conventions.claim_labels(name)
        devices = role.parallelism.devices_per_pod
        names = {"name": item.object_name, "namespace": service.namespace}
        manifest = claim.manifest(**names, devices_per_pod=devices, labels=labels, defaults=service.release is None)
        if service.release is not None and "annotations" in manifest["metadata"]:
            # the objects of a release stay as they are: reasons are in the code only
            metadata = manifest["metadata"]
            annotations = {key: value for key, value in metadata.pop("annotations").items() if not key.startswith(ACCEPT_ANNOTATION)}
            metadata |= {"annotations": annotations} if annotations else {}
        made.append(manifest)
    return made
