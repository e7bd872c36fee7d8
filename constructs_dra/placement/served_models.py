"""Do the models of placed pods fit the devices they were given? The scheduler counts devices; it does not know what is loaded into them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve

from constructs_dra.engines.containers import engine_problems, judged
from constructs_dra.engines.devices import ComputeDevice
from constructs_dra.engines.finding import Devices
from constructs_dra.engines.starting import MEMORY_RULES
from constructs_dra.errors import Problem
from constructs_dra.placement.compute import device_kind
from constructs_dra.placement.devices import DeviceId, InventorySlice
from constructs_dra.placement.placing import PlacedPod
from constructs_dra.placement.workloads import Workload

__all__ = ["model_problems"]

_GROUPS = ("initContainers", "containers")


def model_problems(workloads: Sequence[tuple[Workload, Sequence[PlacedPod]]], slices: Iterable[InventorySlice]) -> Iterator[Problem]:
    """Workloads that fit on the nodes, but not in the devices.

    Args:
        workloads: Each workload with its placed pods.
        slices: The devices of the inventory.
    """
    serving = [(workload, placed, starts) for workload, placed in workloads if placed and (starts := list(_starts(workload)))]
    if not serving:
        return
    kinds = {
        DeviceId(each.driver, each.pool, device.name): kind
        for each in slices
        for device in each.devices
        if (kind := device_kind(each.driver, device)) is not None
    }
    for workload, placed, starts in serving:
        seen: set[tuple[int, ComputeDevice]] = set()
        names = {pod.name: number for replica in {each.replica for each in placed} for number, pod in enumerate(workload.pods(replica))}
        for pod in placed:
            member, device = names.get(pod.pod, 0), _smallest(pod, kinds)
            if device is not None and (member, device) not in seen:
                seen.add((member, device))
                yield from _problems(workload, [start for start in starts if start[0] == member], device)


def _starts(workload: Workload) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The containers that start an engine: the member they belong to, their place in the pod's spec, the container."""
    for number, member in enumerate(workload.members):
        for group in _GROUPS:
            containers = member.spec.get(group)
            for index, container in enumerate(containers if isinstance(containers, list) else ()):
                if isinstance(container, dict) and judged(container)[0]:
                    yield number, f"{group}[{index}]", container


def _smallest(pod: PlacedPod, kinds: dict[DeviceId, ComputeDevice]) -> ComputeDevice | None:
    """The device of a pod with the least memory; None: none of them is known."""
    given = [kinds[device.id] for claim in pod.claims for device in claim.allocation.devices if device.id in kinds]
    return min(given, key=lambda each: each.memory) if given else None


def _problems(workload: Workload, starts: Iterable[tuple[int, str, dict[str, Any]]], device: ComputeDevice) -> Iterator[Problem]:
    about = Devices(platform=device.platform, capability=device.capability, memory=device.memory, name=device.name)
    for _, place, container in starts:
        for found in engine_problems(container, devices=about):
            if found.finding.rule in MEMORY_RULES:
                problem = found.problem()
                message = f"fits on the nodes, but not in the devices ({device.name}): {problem.message}"
                if problem.severity == "warning":
                    message = f"fits on the nodes, and barely in the devices ({device.name}): {problem.message}"
                yield evolve(problem, path=f"{place}.{problem.path}", message=message, source=workload.label, line=0, column=0)
