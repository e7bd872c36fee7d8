"""One question to the allocator: do these claims get their devices on this node?"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from constructs_dra.errors import Problem, Problems, SpecError, did_you_mean, shown
from constructs_dra.placement.allocation import Allocation, DevicesInUse
from constructs_dra.placement.arguments import check_budget, check_instance, listed
from constructs_dra.placement.features import Features
from constructs_dra.placement.holdings import Holdings
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.nodes import Node
from constructs_dra.placement.pools import SliceIndex
from constructs_dra.placement.requests import ClaimSpec, read_claim, read_claim_spec
from constructs_dra.placement.search import DEFAULT_BUDGET, search
from constructs_dra.placement.shapes import shape_problems
from constructs_dra.placement.view import Views
from constructs_dra.records import valid

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
        SpecError: An argument is of the wrong type, a claim cannot be read, or there is no such node.
    """
    problems = Problems()
    given = listed(claims, "claims", problems, "claims")
    check_instance(inventory, "inventory", problems, Inventory, hint='Inventory.from_files(["cluster.yaml"]) reads one')
    check_instance(features, "features", problems, Features, optional=True)
    check_instance(in_use, "in_use", problems, DevicesInUse, optional=True)
    check_budget(budget, problems)
    if not isinstance(node, Node | str):
        valid.wrong(problems, "node", node, "a Node or the name of one")
    specs = []
    for number, claim in enumerate(given):
        with problems.gather(f"claims[{number}]"):
            specs.append(_spec(claim, number))
    problems.raise_errors()
    views = Views(SliceIndex(inventory.slices), {each.name: each for each in inventory.classes}, features or inventory.features())
    view = views.of(_node(node, inventory, views.index) if isinstance(node, str) else node)
    return search(views, view, specs, Holdings(inventory.in_use() if in_use is None else in_use), budget=budget)


def _spec(claim: AnyClaim, number: int) -> ClaimSpec:
    if isinstance(claim, ClaimSpec):
        return claim
    make = None if isinstance(claim, Mapping | type) else getattr(claim, "manifest", None)
    manifest = make() if callable(make) else claim
    if not isinstance(manifest, Mapping):
        hint = "give a manifest, a ResourceClaim or a ResourceClaimTemplate of constructs_dra.claims"
        raise SpecError([Problem("", f"must be a claim, not {shown(claim)}", hint)])
    if manifest.get("kind") not in ("ResourceClaim", "ResourceClaimTemplate"):  # a list or mapping may stand there
        raise SpecError([Problem("kind", f"must be ResourceClaim or ResourceClaimTemplate, not {shown(manifest.get('kind'))}")])
    served = manifest.get("apiVersion", "resource.k8s.io/v1")
    if not isinstance(served, str) or not served.startswith("resource.k8s.io/"):
        raise SpecError([Problem("apiVersion", f"must be a version of resource.k8s.io, not {shown(served)}", "write resource.k8s.io/v1")])
    if misshapen := shape_problems({**manifest, "apiVersion": served}, ""):
        raise SpecError(misshapen)
    if manifest["kind"] == "ResourceClaimTemplate":
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
    raise SpecError([Problem("node", f"{shown(name)} is not in the inventory", did_you_mean(shown(name) if len(name) > 100 else name, known))])
