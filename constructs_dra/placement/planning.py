"""Will these manifests get their devices on this cluster? Where, and if not, why not, and what is left."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from constructs_dra.errors import Problem, Problems, SpecError
from constructs_dra.placement.arguments import check_budget, check_callable, check_instance, check_sources, listed
from constructs_dra.placement.contents import PriorityClass
from constructs_dra.placement.explaining import Explanation, explain
from constructs_dra.placement.features import Features
from constructs_dra.placement.inventory import Inventory, as_text, expand_lists, object_label
from constructs_dra.placement.placing import DEFAULT_POD_BUDGET, PlacedPod, Placer, UnplacedPod
from constructs_dra.placement.priorities import Priorities, preemption_notes
from constructs_dra.placement.reading import read_class
from constructs_dra.placement.remaining import Remaining, remaining
from constructs_dra.placement.served_models import model_problems
from constructs_dra.placement.shapes import shape_problems
from constructs_dra.placement.workloads import MOST_PODS, UNKNOWN_CLASS, Workload, WorkloadPod, read_workloads

__all__ = ["Plan", "WorkloadPlan", "plan"]

MOST_EXPLAINED = 25
"""Cases for which changes are looked for; reasons and funnels are given for all."""


@frozen(kw_only=True)
class WorkloadPlan:
    """What becomes of one workload.

    Attributes:
        kind: Its kind.
        name: Its name.
        namespace: Its namespace.
        replicas: Replicas it wants.
        pods_per_replica: Pods that form one replica.
        placed: Its pods that found a place, in the order they were placed.
        unplaced: Its pods that found none.
        explanations: Why not, once for all pods with the same fate.
    """

    kind: str
    name: str
    namespace: str
    replicas: int
    pods_per_replica: int = 1
    placed: tuple[PlacedPod, ...] = ()
    unplaced: tuple[UnplacedPod, ...] = ()
    explanations: tuple[Explanation, ...] = ()

    @property
    def label(self) -> str:
        """`Kind/name`."""
        return f"{self.kind}/{self.name}"

    @property
    def replicas_placed(self) -> int:
        """Replicas all of whose pods found a place."""
        return self.replicas - len({pod.replica for pod in self.unplaced})

    @property
    def fits(self) -> bool:
        """Whether every pod found a place."""
        return not self.unplaced


@frozen(kw_only=True)
class Plan:
    """Where the pods of manifests go.

    Attributes:
        workloads: What becomes of each, in the order of the manifests.
        remaining: What is left afterwards.
        problems: What was odd about manifests or inventory. A class nobody defines is an error here; other errors end the planning.
        notes: What limits the answer, e.g. that no Nodes were given.
    """

    workloads: tuple[WorkloadPlan, ...]
    remaining: Remaining
    problems: tuple[Problem, ...] = field(default=(), eq=False)
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether everything found a place."""
        return all(workload.fits for workload in self.workloads)

    @property
    def placed(self) -> tuple[PlacedPod, ...]:
        """All pods that found a place."""
        return tuple(pod for workload in self.workloads for pod in workload.placed)

    @property
    def unplaced(self) -> tuple[UnplacedPod, ...]:
        """All pods that found none."""
        return tuple(pod for workload in self.workloads for pod in workload.unplaced)


def plan(
    manifests: Iterable[Any],
    inventory: Inventory,
    *,
    features: Features | None = None,
    budget: int = DEFAULT_POD_BUDGET,
    explaining: bool = True,
    sources: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Place every replica of the workloads in manifests, in order of their priority and then as they stand, taking devices as it goes.

    Pods are placed one at a time on the node the scheduler would rather have; replicas that do not fit are reported and the next is tried. Claims
    shared between pods are allocated once and tie later pods to their devices. What the manifests' own DeviceClasses and ResourceClaims say counts
    next to the inventory. So do their PersistentVolumeClaims; a volume that is bound, or can only be made or found in some places, ties pods to
    nodes there. Pods of higher priority are placed first; what a scheduler may evict for one that finds no place is a note.

    Args:
        manifests: Any Kubernetes objects; lists are taken apart.
        inventory: What the cluster has.
        features: The cluster's DRA features. Default: those of Kubernetes 1.36, list attributes where a device has one.
        budget: Search steps per pod before giving up. Default 300,000.
        explaining: Whether to find out why pods do not fit. Default yes.
        sources: Where each manifest came from, for messages.
        progress: Called after each pod with the number done and the number in all.

    Raises:
        SpecError: An argument is of the wrong type, or the manifests refer to what does not exist, or hold nothing to place.
    """
    problems = Problems()
    manifests = listed(manifests, "manifests", problems, "manifests")
    check_instance(inventory, "inventory", problems, Inventory, hint='Inventory.from_files(["cluster.yaml"]) reads one')
    check_instance(features, "features", problems, Features, optional=True)
    check_instance(explaining, "explaining", problems, bool)
    check_budget(budget, problems)
    check_sources(sources, problems)
    check_callable(progress, "progress", problems)
    problems.raise_errors()
    inventory = _with_classes(inventory, manifests)
    workloads, found = read_workloads(manifests, inventory, sources=sources)
    fatal = [problem for problem in found if problem.severity == "error" and problem.rule != UNKNOWN_CLASS]
    if fatal:
        raise SpecError(fatal)
    if not inventory.slices and any(member.claims for workload in workloads for member in workload.members):
        hint = "kubectl get resourceslices -o yaml prints those of a cluster"
        found = (*found, Problem("", "holds no ResourceSlice: there is no device to give", hint, severity="warning", source="inventory"))
    if (total := sum(workload.replicas * len(workload.members) for workload in workloads)) > MOST_PODS:
        largest = max(workloads, key=lambda workload: workload.replicas * len(workload.members))
        shown = f"asks for {largest.replicas:,} replicas; the manifests make {total:,} pods, and at most {MOST_PODS:,} are placed"
        raise SpecError([Problem("", shown, "ask for fewer", source=largest.label)])
    placer = Placer(inventory, features or inventory.features(), budget=budget)
    done = explained = 0
    priorities = Priorities.of((*inventory.priority_classes, *_own_priorities(manifests)))
    notes: list[str] = []
    made_plans: dict[int, WorkloadPlan] = {}
    for number, workload in priorities.in_order(workloads):
        placed: list[PlacedPod] = []
        unplaced: list[UnplacedPod] = []
        reasons: dict[Any, Explanation] = {}
        for replica in range(workload.replicas):
            for made in workload.pods(replica):
                pod = placer.tied(made, workload.namespace) or made
                alone = pod is made and bool(made.beside)
                outcome = _leaderless(made) if alone else placer.place(pod, workload.namespace)
                if isinstance(outcome, PlacedPod):
                    placed.append(outcome)
                else:
                    unplaced.append(outcome)
                    fate = (pod.template.key, outcome.kind, tuple(outcome.reasons.items()), outcome.error.replace(pod.name, ""))
                    if explaining and fate not in reasons and not alone:
                        reasons[fate] = explain(placer, pod, workload.namespace, outcome, changing=explained < MOST_EXPLAINED)
                        explained += 1
                done += 1
                if progress is not None:
                    progress(done, total)
        made_plans[number] = WorkloadPlan(
            kind=workload.kind,
            name=workload.name,
            namespace=workload.namespace,
            replicas=workload.replicas,
            pods_per_replica=len(workload.members),
            placed=tuple(placed),
            unplaced=tuple(unplaced),
            explanations=tuple(reasons.values()),
        )
        notes += preemption_notes(workload, unplaced, priorities, inventory.pods)
    plans = [made_plans[number] for number in sorted(made_plans)]
    notes += (f"PriorityClass {name!r} is not given: its pods are placed as if their priority were 0" for name in priorities.unknown(workloads))
    return Plan(
        workloads=tuple(plans),
        remaining=remaining(placer, workloads),
        problems=(
            *inventory.problems,
            *found,
            *model_problems([(each, made.placed) for each, made in zip(workloads, plans, strict=True)], inventory.slices),
        ),
        notes=(*_notes(placer, workloads, explained), *notes),
    )


def _leaderless(pod: WorkloadPod) -> UnplacedPod:
    return UnplacedPod(
        pod=pod.name, replica=pod.replica, kind="error", error=f"{pod.beside}, its leader, has no place; its workers are made only then"
    )


def _own_priorities(manifests: Iterable[Any]) -> Iterable[PriorityClass]:
    """The PriorityClasses the manifests bring along."""
    for manifest in (manifest for document in manifests for manifest in expand_lists(document)):
        if isinstance(manifest, Mapping) and as_text(manifest.get("kind")) == "PriorityClass":
            if misshapen := shape_problems(manifest, object_label(manifest)):
                raise SpecError(misshapen)
            yield PriorityClass.read(manifest)


def _with_classes(inventory: Inventory, manifests: Iterable[Any]) -> Inventory:
    """The inventory with the classes the manifests bring along; theirs win, as they would be applied."""
    own = {}
    for manifest in (manifest for document in manifests for manifest in expand_lists(document)):
        if isinstance(manifest, Mapping) and as_text(manifest.get("kind")) == "DeviceClass":
            if misshapen := shape_problems(manifest, object_label(manifest)):
                raise SpecError(misshapen)
            device_class = read_class(manifest)
            own[device_class.name] = device_class
    if not own:
        return inventory
    return evolve(inventory, classes=(*(each for each in inventory.classes if each.name not in own), *own.values()))


def _notes(placer: Placer, workloads: Iterable[Workload], explained: int) -> Iterable[str]:
    if explained > MOST_EXPLAINED:
        yield f"changes that would help were looked for in the first {MOST_EXPLAINED} of {explained} cases"
    if placer.devices_alone:
        yield "no Nodes in the inventory: node selectors, affinity, taints, CPU, memory and pod limits were not looked at"
        if any(each.shared_counters == () and not each.node_name and each.node_selector for each in placer.inventory.slices):
            yield "some slices choose nodes by label, which is not known without Nodes: their devices were not used"
    if any(member.spec.get("schedulingGates") for workload in workloads for member in workload.members):
        yield "some pods have scheduling gates: they are placed as if the gates were open"
