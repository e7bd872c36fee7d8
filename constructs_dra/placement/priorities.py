"""Which pods come first: priorities, from PriorityClasses, and what they do for pods that find no place.

A scheduler takes waiting pods by priority. It may evict running pods of lower priority for CPU, memory, room and ports of a node; devices of DRA it
does not take from anybody (KEP-5690 changes that, at the earliest in 1.38).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from constructs_dra.placement.contents import ExistingPod, PriorityClass
from constructs_dra.placement.placing import UnplacedPod
from constructs_dra.placement.workloads import Workload

__all__ = ["Priorities", "preemption_notes"]

_OWN = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""Classes that every cluster has."""

_FREED = ("Insufficient ", "Too many pods", "node(s) didn't have free ports")
"""How reasons begin that an eviction can put right."""

_MOST_NAMED = 3


@frozen(kw_only=True)
class Priorities:
    """The priority classes of a cluster.

    Attributes:
        classes: Them, by name.
    """

    classes: Mapping[str, PriorityClass] = field(factory=dict)

    @classmethod
    def of(cls, classes: Iterable[PriorityClass]) -> "Priorities":
        """Those of an inventory and of manifests, of which later ones win."""
        return cls(classes={each.name: each for each in classes})

    def known(self, spec: Mapping[str, Any]) -> bool:
        """Whether the priority of a pod is known: it says so, or its class is given, or it has none."""
        name = spec.get("priorityClassName")
        return spec.get("priority") is not None or not name or name in self.classes or name in _OWN

    def priority(self, spec: Mapping[str, Any]) -> int:
        """The priority of a pod; 0 where nothing says so."""
        given, name = spec.get("priority"), spec.get("priorityClassName")
        if given is not None:
            return int(given)
        if name:
            return self.classes[name].value if name in self.classes else _OWN.get(str(name), 0)
        # of several defaults the smallest counts
        return min((each.value for each in self.classes.values() if each.default), default=0)

    def preempts(self, spec: Mapping[str, Any]) -> bool:
        """Whether a pod may push others off a node."""
        if policy := spec.get("preemptionPolicy"):
            return bool(policy != "Never")
        known = self.classes.get(str(spec.get("priorityClassName") or ""))
        return known is None or known.preempts

    def in_order(self, workloads: Iterable[Workload]) -> list[tuple[int, Workload]]:
        """Workloads with their number, those of higher priority first; of a group the leader's priority counts."""
        numbered = list(enumerate(workloads))
        return sorted(numbered, key=lambda each: -max((self.priority(member.spec) for member in each[1].members[:1]), default=0))

    def unknown(self, workloads: Iterable[Workload]) -> list[str]:
        """Names of classes that pods have and nobody gives."""
        specs = (member.spec for workload in workloads for member in workload.members)
        return sorted({str(spec["priorityClassName"]) for spec in specs if not self.known(spec)})


def preemption_notes(workload: Workload, unplaced: Iterable[UnplacedPod], priorities: Priorities, running: Iterable[ExistingPod]) -> Iterator[str]:
    """What a scheduler may do for pods of a workload that found no place: evict running pods of lower priority."""
    preempting = [member.spec for member in workload.members[:1] if priorities.preempts(member.spec)]
    nodes = {node for pod in unplaced for reason, refusing in pod.reasons.items() if reason.startswith(_FREED) for node in refusing}
    if not preempting or not nodes:
        return
    own = priorities.priority(preempting[0])
    lower = [pod for pod in running if pod.node in nodes and not pod.leaving and priorities.priority(pod.spec) < own]
    if lower:
        named = ", ".join(pod.name for pod in lower[:_MOST_NAMED]) + (", …" if len(lower) > _MOST_NAMED else "")
        pods = "pod" if len(lower) == 1 else "pods"
        yield (
            f"{workload.label} has priority {own}: for CPU, memory, room and ports the scheduler may evict {len(lower)} {pods} of lower priority "
            f"({named}); devices it takes from nobody"
        )
