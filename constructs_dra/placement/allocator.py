"""One question to the allocator: do these claims get their devices on this node?"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from constructs_dra.errors import Problem, SpecError, did_you_mean
from constructs_dra.placement.allocation import Allocation, DevicesInUse
from constructs_dra.placement.features import Features
from constructs_dra.placement.holdings import Holdings
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.nodes import Node
from constructs_dra.placement.pools import SliceIndex
from constructs_dra.placement.requests import ClaimSpec, read_claim, read_claim_spec
from constructs_dra.placement.search import DEFAULT_BUDGET, search
from constructs_dra.placement.view import Views

__all__ = ["AnyClaim", "allocate"]


class _HasManifest(Protocol):
    def manifest(self) -> Mapping[str, Any]: ...


AnyClaim = Mapping[str, Any] | ClaimSpec | _HasManifest
"""A claim: a manifest of a ResourceClaim or ResourceClaimTemplate, a spec of `constructs_dra.claims`, or what was read from either."""


def allocate(
    claims: Iterable[AnyClaim],
    inventory: Inventory,
    *,
    node: Node | str,
    features: Features | None = None,
    in_use: DevicesInUse | None = None,
    budget: int = DEFAULT_BUDGET,
) -> Allocation:
    """Allocate the claims of one pod on one node, as Kubernetes' allocator does: the same devices in the same order, or the same refusal.

    Args:
        claims: The claims that have no devices yet.
        inventory: What the cluster has.
        node: The node, or its name.
        features: The cluster's DRA features. Default: those of Kubernetes 1.36, list attributes where a device has one.
        in_use: What is taken already. Default: what the inventory's claims hold.
        budget: Search steps before giving up. Default 200,000.

    Raises:
        SpecError: There is no such node.
    """
    specs = [_spec(claim, number) for number, claim in enumerate(claims)]
    views = Views(SliceIndex(inventory.slices), {each.name: each for each in inventory.classes}, features or inventory.features())
    view = views.of(_node(node, inventory, views.index) if isinstance(node, str) else node)
    return search(views, view, specs, Holdings(inventory.in_use() if in_use is None else in_use), budget=budget)


def _spec(claim: AnyClaim, number: int) -> ClaimSpec:
    if isinstance(claim, ClaimSpec):
        return claim
    manifest = claim if isinstance(claim, Mapping) else claim.manifest()
    if manifest.get("kind") == "ResourceClaimTemplate":
        metadata = manifest.get("metadata") or {}
        name, namespace = str(metadata.get("name") or f"claim-{number}"), str(metadata.get("namespace") or "")
        return read_claim_spec((manifest.get("spec") or {}).get("spec") or {}, name=name, namespace=namespace)
    return read_claim(manifest)


def _node(name: str, inventory: Inventory, index: SliceIndex) -> Node:
    for node in inventory.nodes:
        if node.name == name:
            return node
    known = [node.name for node in inventory.nodes] or list(index.node_names)
    if name in known and not inventory.nodes:
        return Node(name=name, labels={"kubernetes.io/hostname": name})
    raise SpecError([Problem("node", f"{name!r} is not in the inventory", did_you_mean(name, known))])
