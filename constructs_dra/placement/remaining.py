"""What is left of a cluster: free devices by class and node, and how many more replicas of each workload would fit."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from constructs_dra.placement.holdings import Counters, Holdings, free_counters
from constructs_dra.placement.placing import PlacedPod, Placer
from constructs_dra.placement.quantities import nanos, quantity_text
from constructs_dra.placement.view import Candidate
from constructs_dra.placement.workloads import Workload

__all__ = ["FreeDevices", "MoreReplicas", "Remaining", "remaining"]

MOST = 1_000
"""More replicas are counted up to this number, or less where nodes and workloads are very many."""

_LOOKS = 200_000
"""Nodes looked at while more replicas are counted, over all workloads."""


@frozen(kw_only=True)
class FreeDevices:
    """Devices of a class that could still be allocated on a node, each by itself.

    Attributes:
        device_class: Name of the class.
        node: Name of the node; empty for devices that several nodes can use.
        devices: Names as `pool/device`, in the order they would be tried.
        total: Devices of the class there, in use or not.
        shares: What is left of shared devices in use, by device and capacity, as quantities.
    """

    device_class: str
    node: str
    devices: tuple[str, ...]
    total: int
    shares: Mapping[str, Mapping[str, str]] = field(factory=dict)


@frozen(kw_only=True)
class MoreReplicas:
    """How many more replicas of one workload would fit, if nothing else came.

    Attributes:
        workload: `Kind/name`.
        namespace: Its namespace.
        count: How many.
        at_least: Whether the count stopped at its limit, so that even more may fit.
    """

    workload: str
    namespace: str
    count: int
    at_least: bool = False


@frozen(kw_only=True)
class Remaining:
    """What is left.

    Attributes:
        free: Free devices by class and node.
        more: More replicas by workload.
    """

    free: tuple[FreeDevices, ...] = ()
    more: tuple[MoreReplicas, ...] = ()


def remaining(placer: Placer, workloads: Iterable[Workload]) -> Remaining:
    """Count what is left on a cluster after workloads were placed."""
    wanted = list(workloads)
    most = max(20, min(MOST, _LOOKS // max(1, len(placer.room.states) * len(wanted))))
    return Remaining(free=tuple(_free(placer)), more=tuple(_more(placer, workload, most) for workload in wanted))


def _more(placer: Placer, workload: Workload, most: int) -> MoreReplicas:
    trial = placer.copy()
    count = 0
    while count < most and workload.members:
        pods = workload.pods(workload.replicas + count)
        tied = (trial.tied(pod, workload.namespace) for pod in pods)
        if not all(pod is not None and isinstance(trial.place(pod, workload.namespace), PlacedPod) for pod in tied):
            break
        count += 1
    return MoreReplicas(workload=workload.label, namespace=workload.namespace, count=count, at_least=count == most)


def _free(placer: Placer) -> Iterable[FreeDevices]:
    for device_class in placer.inventory.classes:
        nowhere: dict[str, Candidate] = {}
        found = []
        for state in placer.room.states:
            view = placer.views.of(state.node)
            there = [candidate for candidate in view.candidates if placer.views.selects(device_class, view, candidate)]
            nowhere.update({str(candidate.id): candidate for candidate in there if not _local(candidate)})
            local = [candidate for candidate in there if _local(candidate)]
            if local:
                found.append(_count(device_class.name, state.node.name, local, placer.holdings))
        if nowhere:
            found.append(_count(device_class.name, "", list(nowhere.values()), placer.holdings))
        yield from found


def _local(candidate: Candidate) -> bool:
    return bool(candidate.slice.node_name or candidate.device.node_name)


def _count(name: str, node: str, candidates: list[Candidate], holdings: Holdings) -> FreeDevices:
    counters: dict[str, Counters] = {}
    free, shares = [], {}
    for candidate in candidates:
        label = f"{candidate.id.pool}/{candidate.id.device}"
        device = candidate.device
        if candidate.id in holdings.devices:
            continue
        if candidate.id in holdings.shared and device.allow_multiple_allocations:
            taken = holdings.capacity.get(candidate.id, {})
            left = {each: nanos(capacity.value) - taken.get(each, 0) for each, capacity in device.capacity.items()}
            shares[label] = {each: quantity_text(amount) for each, amount in left.items()}
            if any(amount <= 0 for amount in left.values()):
                continue
        elif device.consumes_counters:
            pool = candidate.pool
            left_counters = counters.setdefault(str(pool), free_counters(pool, holdings))
            needed = ((each.counter_set, counter, amount) for each in device.consumes_counters for counter, amount in each.counters.items())
            if any(nanos(amount) > left_counters.get((counter_set, counter), 0) for counter_set, counter, amount in needed):
                continue
        free.append(label)
    return FreeDevices(device_class=name, node=node, devices=tuple(free), total=len(candidates), shares=shares)
