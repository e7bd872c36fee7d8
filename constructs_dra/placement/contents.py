"""What an inventory holds, as records; `constructs_dra.placement.inventory` reads them."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems, shown
from constructs_dra.placement.allocation import ClaimAllocation
from constructs_dra.placement.devices import InventoryClass, InventorySlice
from constructs_dra.placement.nodes import Node
from constructs_dra.placement.requests import ClaimSpec
from constructs_dra.placement.resources import PodResources
from constructs_dra.placement.volumes import Storage
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["Contents", "ExistingClaim", "ExistingPod", "PriorityClass"]


@frozen(kw_only=True)
class ExistingClaim:
    """A ResourceClaim the cluster has.

    Attributes:
        spec: What it asks for.
        allocation: What it was given; None while it waits.
    """

    spec: ClaimSpec
    allocation: ClaimAllocation | None = None


@frozen(kw_only=True)
class ExistingPod:
    """A pod that runs already and takes its share of a node.

    Attributes:
        name: `namespace/name`.
        node: The node it runs on.
        resources: What it takes.
        namespace: Its namespace. Default `default`.
        labels: Its labels. Default none.
        spec: Its pod spec, for the rules between pods. Default empty.
        leaving: Whether it is being deleted. Default false.
    """

    name: str
    node: str
    resources: PodResources
    namespace: str = "default"
    labels: Mapping[str, str] = field(factory=dict)
    spec: Mapping[str, Any] = field(factory=dict)
    leaving: bool = False


@frozen(kw_only=True)
class PriorityClass:
    """How important pods are.

    Attributes:
        name: Its name.
        value: The priority of its pods; higher is more important.
        preempts: Whether they may push others off a node. Default true.
        default: Whether pods without a class have this one. Default false.
    """

    name: str
    value: int
    preempts: bool = True
    default: bool = False

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> "PriorityClass":
        """One from its manifest."""
        return cls(
            name=str((manifest.get("metadata") or {}).get("name")),
            value=int(manifest.get("value") or 0),
            preempts=manifest.get("preemptionPolicy") != "Never",
            default=manifest.get("globalDefault") is True,
        )


def _check_namespaces(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of labels by namespace")
        return
    for name, labels in value.items():
        if not isinstance(name, str) or not isinstance(labels, Mapping) or not all(isinstance(each, str) for pair in labels.items() for each in pair):
            problems.add(f"{path}[{shown(name)}]", "must be a mapping of labels, strings to strings")


@frozen(kw_only=True, eq=False, repr=False)
class Contents(Record):
    """What a cluster has.

    Attributes:
        slices: The devices published.
        classes: The device classes.
        nodes: The nodes; none: devices alone decide, on the nodes the slices name.
        claims: ResourceClaims there already, with what they hold.
        claim_templates: ResourceClaimTemplates there already.
        pods: Pods there already; they take CPU, memory and room on their nodes, and their affinity holds.
        namespaces: Labels of the namespaces, by name; of those not here only the name is known.
        priority_classes: How important pods are, by the names they use.
        storage: PersistentVolumeClaims, PersistentVolumes and StorageClasses there already.
        problems: What was odd about it, named with its object: warnings where Kubernetes goes on without the object.
    """

    slices: tuple[InventorySlice, ...] = field(default=(), metadata=valid.instances(InventorySlice))
    classes: tuple[InventoryClass, ...] = field(default=(), metadata=valid.instances(InventoryClass))
    nodes: tuple[Node, ...] = field(default=(), metadata=valid.instances(Node))
    claims: tuple[ExistingClaim, ...] = field(default=(), metadata=valid.instances(ExistingClaim))
    claim_templates: tuple[ClaimSpec, ...] = field(default=(), metadata=valid.instances(ClaimSpec))
    pods: tuple[ExistingPod, ...] = field(default=(), metadata=valid.instances(ExistingPod))
    namespaces: Mapping[str, Mapping[str, str]] = field(factory=dict, metadata=valid.custom(_check_namespaces))
    priority_classes: tuple[PriorityClass, ...] = field(default=(), metadata=valid.instances(PriorityClass))
    storage: Storage = field(factory=Storage, metadata=valid.instance(Storage))
    problems: tuple[Problem, ...] = field(default=(), eq=False, metadata=valid.instances(Problem))
