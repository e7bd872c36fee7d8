"""After a search: what it found, as `status.allocation` of each claim has it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from attrs import define, field

from constructs_dra.placement.allocation import AllocatedDevice, ClaimAllocation
from constructs_dra.placement.preparation import Option
from constructs_dra.placement.requests import ClaimSpec
from constructs_dra.placement.view import Candidate

__all__ = ["Given", "claim_allocation"]


@define(eq=False)
class Given:
    """A device given to a request while a search goes on.

    Attributes:
        candidate: The device.
        option: What it was given to.
        shared: Whether it is a share.
        taken: What of a shared device it takes, by capacity.
        counted: Whether it took counters.
    """

    candidate: Candidate
    option: Option
    shared: bool = False
    taken: dict[str, str] = field(factory=dict)
    counted: bool = False


def claim_allocation(claim: ClaimSpec, given: Sequence[Given], node: str) -> ClaimAllocation:
    """The allocation of one claim.

    Args:
        claim: The claim.
        given: Its devices, in order.
        node: The node it was searched for.
    """
    return ClaimAllocation(
        claim=claim.label,
        devices=tuple(_device(claim, each, number) for number, each in enumerate(given)),
        config=tuple(_config(claim, {each.option.parent: each.option for each in given})),
        node_selector=_node_selector([each.candidate for each in given], node),
    )


def _device(claim: ClaimSpec, given: Given, number: int) -> AllocatedDevice:
    request, device = given.option.request_name, given.candidate.device
    return AllocatedDevice(
        request=request,
        id=given.candidate.id,
        admin_access=bool(given.option.spec.admin_access),
        tolerations=given.option.spec.tolerations,
        # a cluster draws share ids at random; these are the same for the same plan
        share_id=str(uuid5(NAMESPACE_OID, f"{claim.label}/{request}/{given.candidate.id}/{number}")) if given.shared else "",
        consumed_capacity=given.taken,
        binding_conditions=device.binding_conditions,
        binding_failure_conditions=device.binding_failure_conditions,
    )


def _config(claim: ClaimSpec, chosen: Mapping[str, Option]) -> Iterator[dict[str, Any]]:
    """Class configuration once per class, naming all requests of the class, then the claim's."""
    by_class: dict[str, list[Option]] = {}
    for option in chosen.values():
        by_class.setdefault(option.device_class.name, []).append(option)
    for options in by_class.values():
        for entry in options[0].device_class.config:
            yield {"source": "FromClass", "requests": [option.request_name for option in options], **entry}
    for entry in claim.config:
        body = {"source": "FromClaim", **entry}
        requests = entry.get("requests") or []
        if not requests:
            yield body
            continue
        for option in chosen.values():
            if option.parent in requests or (option.alternative and option.request_name in requests):
                yield body


def _node_selector(candidates: Iterable[Candidate], node: str) -> dict[str, Any] | None:
    """The nodes that can use all the devices: one term with the requirements of all, or the one node a device is bound to."""
    term: dict[str, list[dict[str, Any]]] = {"matchFields": [], "matchExpressions": []}
    for candidate in candidates:
        place = candidate.device if candidate.slice.per_device_node_selection else candidate.slice
        if place.node_name or candidate.device.binds_to_node:
            return {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}]}
        for wanted in (place.node_selector or {}).get("nodeSelectorTerms") or ():
            for part, known in term.items():
                for requirement in wanted.get(part) or ():
                    if not any(_same(requirement, other) for other in known):
                        known.append(dict(requirement))
    term = {part: known for part, known in term.items() if known}
    return {"nodeSelectorTerms": [term]} if term else None


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    same_test = one.get("key") == other.get("key") and one.get("operator") == other.get("operator")
    return same_test and set(one.get("values") or ()) == set(other.get("values") or ())
