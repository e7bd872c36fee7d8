"""Before a search: what Kubernetes refuses to work on, and what each option of a request may have."""

from collections.abc import Callable, Iterable

from attrs import define

from constructs_dra.kubernetes.dra.limits import DEVICES_MAX
from constructs_dra.placement.devices import InventoryClass
from constructs_dra.placement.eligibility import Fault
from constructs_dra.placement.requests import ClaimSpec, DeviceRequest, RequestOption
from constructs_dra.placement.view import Candidate, NodeView, Views

__all__ = ["ClaimError", "Option", "Preparation", "wants_all"]


class ClaimError(Exception):
    """Kubernetes would report this instead of trying other nodes."""


@define(eq=False)
class Option:
    """An option of a request, ready to be tried.

    Attributes:
        spec: What was asked.
        device_class: Its class.
        number: Devices it needs.
        parent: Name of the request.
        alternative: Name of the alternative; empty for a plain request.
        choices: Devices it may have, in order, some with the fault of a selector.
        wants_all: Whether it wants all devices.
        required: Those devices, where it does.
    """

    spec: RequestOption
    device_class: InventoryClass
    number: int
    parent: str
    alternative: str
    choices: list[tuple[Candidate, Fault | None]]
    wants_all: bool
    required: list[Candidate]

    @property
    def request_name(self) -> str:
        """The request as results name it: `request` or `request/alternative`."""
        return f"{self.parent}/{self.alternative}" if self.alternative else self.parent


class Preparation:
    """Gets claims ready for one node.

    Attributes:
        enough: Tells whether a device has the capacity an option asks for, next to what is taken.
    """

    def __init__(self, views: Views, view: NodeView, enough: Callable[[Candidate, RequestOption], bool]) -> None:
        self.enough = enough
        self._views = views
        self._view = view

    def options(self, claim: ClaimSpec) -> list[list[Option]]:
        """The options of each request of a claim.

        Raises:
            ClaimError: Kubernetes would not even start.
        """
        prepared = []
        for request in claim.requests:
            self._check_features(claim, request)
            prepared.append([self._option(claim, request, option) for option in request.options])
        least = sum(min(option.number for option in options) for options in prepared)
        if least > DEVICES_MAX:
            raise ClaimError(f"claim {claim.label}: number of requested devices {least} exceeds the claim limit of {DEVICES_MAX}")
        for index, constraint in enumerate(claim.constraints):
            if not constraint.attribute or (constraint.distinct and not self._views.features.consumable_capacity):
                raise ClaimError(f"claim {claim.label}, constraint #{index}: empty constraint (unsupported constraint type?)")
        return prepared

    def _check_features(self, claim: ClaimSpec, request: DeviceRequest) -> None:
        where = f"claim {claim.label}, request {request.name}"
        if request.prioritized and not self._views.features.prioritized_list:
            raise ClaimError(f"{where}: has subrequests, but the DRAPrioritizedList feature is disabled")
        if not self._views.features.consumable_capacity:
            for option in request.options:
                if option.capacity is not None:
                    place = f"claim {claim.label}, subrequest {option.name}" if request.prioritized else where
                    raise ClaimError(f"{place}: has capacity requests, but the DRAConsumableCapacity feature is disabled")

    def _option(self, claim: ClaimSpec, request: DeviceRequest, option: RequestOption) -> Option:
        where = f"claim {claim.label}, request {option.name}"
        for index, selector in enumerate(option.selectors):
            if not selector:
                raise ClaimError(f"{where}, selector #{index}: CEL expression empty (unsupported selector type?)")
        if option.admin_access is not None and not self._views.features.admin_access:
            raise ClaimError(f"{where}: admin access is requested, but the feature is disabled")
        if not option.device_class:
            raise ClaimError(f"{where}: missing device class name (unsupported request type?)")
        device_class = self._views.classes.get(option.device_class)
        if device_class is None:
            raise ClaimError(f'{where}: could not retrieve device class {option.device_class}:  "not found" not found')
        if option.mode not in {"ExactCount", "All"}:
            raise ClaimError(f"{where}: unsupported count mode {option.mode}")
        choices = self._view.choices(option, device_class)
        wants_all = option.mode == "All"
        required = self._all(claim, where, option, choices) if wants_all else []
        return Option(
            spec=option,
            device_class=device_class,
            number=len(required) if wants_all else option.count,
            parent=request.name,
            alternative=option.name if request.prioritized else "",
            choices=choices,
            wants_all=wants_all,
            required=required,
        )

    def _all(self, claim: ClaimSpec, where: str, option: RequestOption, choices: list[tuple[Candidate, Fault | None]]) -> list[Candidate]:
        for index, pool in enumerate(self._view.pools):
            if not pool.usable:
                self._raise_first_fault(claim, choices, index)
                state = "being updated" if pool.incomplete else "invalid"
                raise ClaimError(f"{where}: asks for all devices, but resource pool {pool} is currently {state}")
        self._raise_first_fault(claim, choices, len(self._view.pools))
        return [candidate for candidate, _ in choices if self.enough(candidate, option)]

    @staticmethod
    def _raise_first_fault(claim: ClaimSpec, choices: Iterable[tuple[Candidate, Fault | None]], pools: int) -> None:
        for candidate, fault in choices:
            if fault is not None and candidate.pool_index < pools:
                raise ClaimError(fault.text(claim.label))


def wants_all(claim: ClaimSpec) -> bool:
    """Whether a request of the claim wants all devices."""
    return any(option.mode == "All" for request in claim.requests for option in request.options)
