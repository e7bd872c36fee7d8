"""The allocator's search: the first set of devices, in the order devices are published, that satisfies all claims of a pod on one node.

Semantics are those of k8s.io/dynamic-resource-allocation/structured in Kubernetes 1.36: claims and requests one after the other, alternatives best
first, every combination of devices tried until one satisfies everything. Two things differ, neither of them in the result: devices that look
the same as one that led nowhere are not tried again, and the search ends after a number of steps.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from constructs_dra.kubernetes.dra.limits import DEVICES_MAX
from constructs_dra.placement.allocation import Allocation, ClaimAllocation
from constructs_dra.placement.capacity import consumption, fits_capacity
from constructs_dra.placement.constraints import Check, attribute_of, make_check
from constructs_dra.placement.devices import CounterConsumption, DeviceId, InventoryDevice
from constructs_dra.placement.eligibility import Verdict
from constructs_dra.placement.holdings import Counters, Holdings, free_counters
from constructs_dra.placement.nodes import tolerates
from constructs_dra.placement.pools import Pool
from constructs_dra.placement.preparation import ClaimError, Option, Preparation, wants_all
from constructs_dra.placement.quantities import nanos
from constructs_dra.placement.requests import ClaimSpec, RequestOption
from constructs_dra.placement.results import Given, claim_allocation
from constructs_dra.placement.view import Candidate, NodeView, Views

__all__ = ["DEFAULT_BUDGET", "search", "untolerated_taints"]

DEFAULT_BUDGET = 200_000
"""Steps before a search gives up: about a second."""


class _LimitExceededError(Exception):
    """The claim would get more devices than an allocation can hold, whatever is chosen from here on."""


class _BudgetError(Exception):
    """No more steps."""


def search(views: Views, view: NodeView, claims: Sequence[ClaimSpec], holdings: Holdings, *, budget: int = DEFAULT_BUDGET) -> Allocation:
    """Satisfy all claims of a pod on one node.

    Args:
        views: The cluster.
        view: The node.
        claims: The claims that have no allocation yet.
        holdings: What is taken already; stays as it is.
        budget: Steps before giving up.
    """
    attempt = _Search(views, view, claims, holdings, budget)
    try:
        attempt.prepare()
        with _deep_enough(sum(DEVICES_MAX + 2 * len(claim.requests) for claim in claims)):
            found = attempt.request(0, 0)
    except ClaimError as error:
        return Allocation(outcome="error", reason=str(error), steps=attempt.steps)
    except _LimitExceededError:
        found = False
    except _BudgetError:
        return Allocation(outcome="unknown", reason=f"gave up after {budget} search steps", steps=attempt.steps)
    if found:
        return Allocation(outcome="allocated", claims=attempt.result(), steps=attempt.steps)
    if any(pool.invalid for pool in view.pools):
        return Allocation(outcome="error", reason="invalid resource pools were encountered", steps=attempt.steps, node_only=True)
    return Allocation(outcome="refused", steps=attempt.steps)


@contextmanager
def _deep_enough(depth: int) -> Iterator[None]:
    """Room on the stack for pods with very many requests."""
    before = sys.getrecursionlimit()
    if depth > 600:
        sys.setrecursionlimit(before + depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def untolerated_taints(device: InventoryDevice, tolerations: Sequence[Mapping[str, Any]]) -> list[str]:
    """The taints of a device that keep a request with these tolerations away, each as `key=value:effect`."""
    return [
        f"{taint.key}={taint.value}:{taint.effect}" if taint.value else f"{taint.key}:{taint.effect}"
        for taint in device.taints
        if taint.effect in {"NoSchedule", "NoExecute"} and not tolerates(tolerations, taint.key, taint.value, taint.effect)
    ]


class _Search:
    def __init__(self, views: Views, view: NodeView, claims: Sequence[ClaimSpec], holdings: Holdings, budget: int) -> None:
        self.views = views
        self.features = views.features
        self.view = view
        self.claims = claims
        self.holdings = holdings
        self.steps = 0
        self.budget = budget
        self.options: list[list[list[Option]]] = []
        self.checks: list[list[Check]] = []
        self.given: list[list[Given]] = [[] for _ in claims]
        self.taking: dict[DeviceId, set[int]] = {}
        self.shares: dict[DeviceId, dict[str, int]] = {}
        self.counters: dict[tuple[str, str], Counters] = {}
        self.looks: dict[int, tuple[Any, ...]] = {}
        # which of two look-alikes is taken tells a refusal from an error where "all" devices meet a constraint; and a defect of Kubernetes'
        # makes the order of attempts matter
        self.prunes = not views.features.known_defects and not any(claim.constraints and wants_all(claim) for claim in claims)
        self.compared = sorted({constraint.attribute for claim in claims for constraint in claim.constraints})

    def prepare(self) -> None:
        """Get the claims ready.

        Raises:
            ClaimError: Kubernetes would not even start.
        """
        preparation = Preparation(self.views, self.view, self._enough)
        for claim in self.claims:
            self.options.append(preparation.options(claim))
            self.checks.append([make_check(constraint, self.features) for constraint in claim.constraints])

    # The search: each method tells whether everything from there on could be satisfied, and then leaves the choices in place.

    def request(self, claim: int, number: int) -> bool:
        """Satisfy a request of a claim, and all that follow."""
        if claim == len(self.claims):
            return True
        if number == len(self.claims[claim].requests):
            try:
                return self.request(claim + 1, 0)
            except _LimitExceededError:
                return False  # an earlier claim may leave other alternatives to the later one
        if not self.claims[claim].requests[number].prioritized:
            return self.devices(claim, number, self.options[claim][number][0], 0, 0)
        only_limits = True
        for option in self.options[claim][number]:
            try:
                if self.devices(claim, number, option, 0, 0):
                    return True
            except _LimitExceededError:
                continue
            only_limits = False
        if only_limits:
            raise _LimitExceededError
        return False

    def devices(self, claim: int, number: int, option: Option, have: int, start: int) -> bool:
        """Find one more device for an option, at or behind a place in its choices, and all that follow."""
        if option.wants_all and not option.required:
            return False
        if have >= option.number:
            return self.request(claim, number + 1)
        if len(self.given[claim]) + option.number - have > DEVICES_MAX:
            raise _LimitExceededError
        if option.wants_all:
            if not self._take(claim, option, option.required[have], must=True):
                return False
            return self._go_on(claim, number, option, have, 0)
        choices = option.choices
        if self.prunes and not self._enough_left(claim, option, option.number - have, start):
            return False
        hopeless: set[tuple[Any, ...]] = set()
        for place in range(start, len(choices)):
            candidate, fault = choices[place]
            if self._busy(claim, option, candidate.id):
                continue
            if fault is not None:
                raise ClaimError(fault.text(self.claims[claim].label))
            if hopeless and self._look(candidate) in hopeless:
                continue
            self._step()
            if not self._enough(candidate, option.spec):
                continue
            if self._take(claim, option, candidate, must=False) and self._go_on(claim, number, option, have, place + 1):
                return True
            if self.prunes:
                hopeless.add(self._look(candidate))
        return False

    def _enough_left(self, claim: int, option: Option, needed: int, start: int) -> bool:
        """Whether so many of the choices ahead could still be added, each by itself: what constraints refuse now they refuse later too."""
        if needed == 1:
            return True
        for candidate, fault in islice(option.choices, start, None):
            if self._busy(claim, option, candidate.id):
                continue
            if fault is not None:
                return True  # it has to be met
            if self._constraints_allow(claim, option, candidate, must=False):
                self._forget(claim, option)
                needed -= 1
                if not needed:
                    return True
        return False

    def _go_on(self, claim: int, number: int, option: Option, have: int, start: int) -> bool:
        try:
            found = self.devices(claim, number, option, have + 1, start)
        except _LimitExceededError:
            self._give_back(claim)
            raise
        if not found:
            self._give_back(claim)
        return found

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.budget:
            raise _BudgetError

    def _busy(self, claim: int, option: Option, device: DeviceId) -> bool:
        takers = self.taking.get(device)
        if option.spec.admin_access:
            return takers is not None and claim in takers
        return bool(takers) or device in self.holdings.devices

    def _look(self, candidate: Candidate) -> tuple[Any, ...]:
        """What decides whether a device can take another's place in the rest of the search."""
        static = self.looks.get(id(candidate))
        if static is None:
            device = candidate.device
            static = self.looks[id(candidate)] = (
                tuple(self._verdicts(candidate)),
                device.allow_multiple_allocations,
                tuple(sorted((name, capacity.value, capacity.policy) for name, capacity in device.capacity.items())) if device.capacity else (),
                tuple(str(attribute_of(device, candidate.id.driver, name)) for name in self.compared),
                device.taints,
                (str(candidate.pool), str(device.consumes_counters)) if device.consumes_counters else (),
            )
        taken = candidate.id if candidate.id in self.holdings.capacity or candidate.id in self.shares else None
        takers = self.taking.get(candidate.id)
        return (*static, taken, candidate.id in self.holdings.devices, frozenset(takers) if takers else None)

    def _verdicts(self, candidate: Candidate) -> Iterator[Verdict]:
        for option in (option for claim in self.options for request in claim for option in request):
            yield self.view.verdict(candidate, option.spec, option.device_class)

    # One device.

    def _enough(self, candidate: Candidate, option: RequestOption) -> bool:
        if not self.features.consumable_capacity:
            return True
        taken = (self.holdings.capacity.get(candidate.id, {}), self.shares.get(candidate.id, {}))
        return fits_capacity(candidate.device, option.capacity, *taken)

    def _take(self, claim: int, option: Option, candidate: Candidate, *, must: bool) -> bool:
        device, device_id = candidate.device, candidate.id
        shared = device.allow_multiple_allocations and self.features.consumable_capacity
        if must:
            self._step()
            if self._busy(claim, option, device_id):
                return False
        counted = False
        if device.consumes_counters:
            if not self.features.partitionable_devices:
                return False
            # a share of a device in use needs no counters of its own
            if not (shared and self._has_shares(device_id)):
                if not self._counters_allow(candidate):
                    return False
                self._count(candidate, -1)
                counted = True
        if self.features.device_taints and device.taints and untolerated_taints(device, option.spec.tolerations):
            return self._refuse(candidate, counted=counted)
        if not self._constraints_allow(claim, option, candidate, must=must):
            return self._refuse(candidate, counted=counted)
        if must and not self._enough(candidate, option.spec):
            if not self.features.known_defects:
                self._forget(claim, option)
            return self._refuse(candidate, counted=counted)
        given = Given(candidate, option, counted=counted)
        if shared:
            given.taken = consumption(device, option.spec.capacity)
            given.shared = True
            amounts = self.shares.setdefault(device_id, {})
            for name, amount in given.taken.items():
                amounts[name] = amounts.get(name, 0) + nanos(amount)
        else:
            self.taking.setdefault(device_id, set()).add(claim)
        self.given[claim].append(given)
        return True

    def _refuse(self, candidate: Candidate, *, counted: bool) -> bool:
        if counted and not self.features.known_defects:
            self._count(candidate, 1)
        return False

    def _has_shares(self, device: DeviceId) -> bool:
        if device in self.holdings.capacity or device in self.shares:
            return True
        return device in self.holdings.shared and not self.features.known_defects

    def _constraints_allow(self, claim: int, option: Option, candidate: Candidate, *, must: bool) -> bool:
        checks = self.checks[claim]
        for index, check in enumerate(checks):
            if check.add(option.parent, option.alternative, candidate.device, candidate.id.driver):
                continue
            if must:
                raise ClaimError(
                    f"claim {self.claims[claim].label}, request {option.spec.name}: cannot add device {candidate.id} "
                    "because a claim constraint would not be satisfied"
                )
            for earlier in checks[:index]:
                earlier.remove(option.parent, option.alternative)
            return False
        return True

    def _forget(self, claim: int, option: Option) -> None:
        for check in self.checks[claim]:
            check.remove(option.parent, option.alternative)

    def _give_back(self, claim: int) -> None:
        given = self.given[claim].pop()
        self._forget(claim, given.option)
        device_id = given.candidate.id
        if given.counted and not (given.shared and self.features.known_defects):
            self._count(given.candidate, 1)
        if not given.shared:
            self.taking[device_id].discard(claim)
            return
        amounts = self.shares.get(device_id, {})
        for name in amounts:
            amounts[name] -= nanos(given.taken[name])
        # the same defect: a share that took no amount is never forgotten
        if not any(amounts.values()) and (given.taken or not self.features.known_defects):
            self.shares.pop(device_id, None)

    def _counters(self, pool: Pool) -> Counters:
        key = (pool.driver, pool.name)
        left = self.counters.get(key)
        if left is None:
            left = self.counters[key] = free_counters(pool, self.holdings)
        return left

    def _counters_allow(self, candidate: Candidate) -> bool:
        left = self._counters(candidate.pool)
        needed: Counters = {}
        for name, counter, amount in _consumed(candidate.device.consumes_counters):
            needed[name, counter] = needed.get((name, counter), 0) + amount
        # a counter that is overdrawn anywhere in the pool blocks it, whether this device needs it or not
        return all(amount >= needed.get(key, 0) for key, amount in left.items())

    def _count(self, candidate: Candidate, sign: int) -> None:
        left = self._counters(candidate.pool)
        for name, counter, amount in _consumed(candidate.device.consumes_counters):
            left[name, counter] += sign * amount

    def result(self) -> tuple[ClaimAllocation, ...]:
        """What every claim gets."""
        node = self.view.node.name
        return tuple(claim_allocation(claim, given, node) for claim, given in zip(self.claims, self.given, strict=True))


def _consumed(consumptions: Iterable[CounterConsumption]) -> Iterator[tuple[str, str, int]]:
    for each in consumptions:
        for counter, amount in each.counters.items():
            yield each.counter_set, counter, nanos(amount)
