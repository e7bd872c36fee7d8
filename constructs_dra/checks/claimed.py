"""What the claims of pods ask for, read from the claim or the template that a pod names."""

from collections.abc import Iterator
from typing import Any

from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.kubernetes.shapes import items, mapping, text

__all__ = ["has_alternatives", "requests", "target"]


def target(claim: dict[str, Any], user: Item, cluster: Cluster) -> Item | None:
    """The claim or template that an entry of a pod's `resourceClaims` names, where it is here."""
    for kind, key in (("ResourceClaimTemplate", "resourceClaimTemplateName"), ("ResourceClaim", "resourceClaimName")):
        if name := text(claim.get(key)):
            return cluster.find(kind, name, user)
    return None


def requests(claim: Item) -> Iterator[dict[str, Any]]:
    """The requests of a claim or a template."""
    spec = mapping(claim.spec.get("spec")) if claim.kind == "ResourceClaimTemplate" else claim.spec
    yield from (request for request, _ in items(mapping(spec.get("devices")), "requests", ""))


def has_alternatives(claim: Item) -> bool:
    """Whether it leaves open which devices it gets."""
    return any(request.get("firstAvailable") for request in requests(claim))
