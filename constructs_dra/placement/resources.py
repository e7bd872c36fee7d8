"""What a pod takes of its node: CPU, memory, room and extended resources, counted as the scheduler does."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from constructs_dra.placement.quantities import nanos

__all__ = ["PodResources", "pod_resources"]


@frozen(kw_only=True)
class PodResources:
    """Requests of a pod.

    Attributes:
        requests: Amounts in nanos, by resource name.
        scored_cpu: CPU in nanos that counts when nodes are compared: containers without a request count 100m.
        scored_memory: Memory likewise; containers without a request count 200 MB.
    """

    requests: Mapping[str, int] = field(factory=dict)
    scored_cpu: int = 0
    scored_memory: int = 0


_DEFAULTS = {"cpu": nanos("100m"), "memory": nanos("200Mi")}
"""What a container without a request counts as when nodes are compared (`DefaultMilliCPURequest`, `DefaultMemoryRequest`)."""


def pod_resources(spec: Mapping[str, Any]) -> PodResources:
    """The requests of a pod spec: containers and sidecars add up, init containers count with their maximum, the overhead comes on top.

    Raises:
        ValueError: A quantity is none.
    """
    scored = _total(spec, _DEFAULTS)
    return PodResources(requests=_total(spec, {}), scored_cpu=scored.get("cpu", 0), scored_memory=scored.get("memory", 0))


def _total(spec: Mapping[str, Any], defaults: Mapping[str, int]) -> dict[str, int]:
    total = _sum(_requests(container, defaults) for container in spec.get("containers") or ())
    sidecars: dict[str, int] = {}
    highest: dict[str, int] = {}
    for container in spec.get("initContainers") or ():
        requests = _requests(container, defaults)
        if container.get("restartPolicy") == "Always":
            total = _sum((total, requests))
            sidecars = _sum((sidecars, requests))
            requests = sidecars
        else:
            requests = _sum((sidecars, requests))
        highest = _maximum(highest, requests)
    total = _maximum(total, highest)
    # a request for the pod as a whole stands for its containers'
    total.update({name: amount for name, amount in _requests(spec, {}).items() if name in {"cpu", "memory"} or name.startswith("hugepages-")})
    return _sum((total, {name: nanos(value) for name, value in (spec.get("overhead") or {}).items()}))


def _requests(container: Mapping[str, Any], defaults: Mapping[str, int]) -> dict[str, int]:
    resources = container.get("resources") or {}
    # a limit alone is the request too
    amounts = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
    return {**defaults, **{name: nanos(value) for name, value in amounts.items()}}


def _sum(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for name, amount in part.items():
            total[name] = total.get(name, 0) + amount
    return total


def _maximum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in {**one, **other}}
