"""How each kind takes changes: which fields can never change, which make new pods, and what a cluster writes that no manifest names.

The rules are those of Kubernetes 1.36's API server and controllers.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from constructs_dra.kubernetes.shapes import at, mapping, text
from constructs_dra.words import shown

__all__ = ["FieldChange", "allocated", "below", "is_fixed", "restarting", "without_given"]


@frozen(kw_only=True)
class FieldChange:
    """One field that differs.

    Attributes:
        path: Its place, list entries by their names where they have some.
        old: Its value before; None where it was not there.
        new: Its value after; None where it is not there any more.
        secret: Whether its values must not be shown.
    """

    path: str
    old: Any
    new: Any
    secret: bool = False

    def __str__(self) -> str:
        """`path: old → new`, long values without their middle."""
        if self.secret:
            return f"{self.path}: changed"
        before, after = ("nothing" if value is None else shown(value) for value in (self.old, self.new))
        return f"{self.path}: {before} → {after}"


@frozen(kw_only=True)
class _Kind:
    """How a kind takes changes.

    Attributes:
        immutable: Places that can never change.
        mutable: The only places below `spec` that can change; None: all that are not immutable.
        restarts: Places whose change makes new pods.
    """

    immutable: tuple[str, ...] = ()
    mutable: tuple[str, ...] | None = None
    restarts: tuple[str, ...] = ()


_TEMPLATE = ("spec.template",)
_VOLUME = ("spec.capacity", "spec.accessModes", "spec.persistentVolumeReclaimPolicy", "spec.storageClassName", "spec.mountOptions", "spec.claimRef")
_KINDS: Mapping[str, _Kind] = {
    "Deployment": _Kind(immutable=("spec.selector",), restarts=_TEMPLATE),
    "DaemonSet": _Kind(immutable=("spec.selector",), restarts=_TEMPLATE),
    "ReplicaSet": _Kind(immutable=("spec.selector",)),
    "StatefulSet": _Kind(
        mutable=(
            "spec.replicas",
            "spec.ordinals",
            "spec.template",
            "spec.updateStrategy",
            "spec.revisionHistoryLimit",
            "spec.persistentVolumeClaimRetentionPolicy",
            "spec.minReadySeconds",
        ),
        restarts=_TEMPLATE,
    ),
    "Job": _Kind(
        immutable=(
            "spec.completions",
            "spec.selector",
            "spec.template",
            "spec.completionMode",
            "spec.podFailurePolicy",
            "spec.backoffLimitPerIndex",
            "spec.managedBy",
            "spec.successPolicy",
        )
    ),
    "Pod": _Kind(mutable=("spec.activeDeadlineSeconds", "spec.tolerations", "spec.schedulingGates")),
    "EndpointSlice": _Kind(immutable=("addressType",)),
    "ResourceQuota": _Kind(immutable=("spec.scopes", "spec.scopeSelector")),
    "CSIDriver": _Kind(immutable=("spec.attachRequired", "spec.volumeLifecycleModes")),
    "ResourceClaim": _Kind(immutable=("spec",)),
    "ResourceClaimTemplate": _Kind(immutable=("spec",)),
    "ResourceSlice": _Kind(immutable=("spec.driver", "spec.pool.name", "spec.nodeName")),
    "PersistentVolumeClaim": _Kind(mutable=()),
    "Secret": _Kind(immutable=("type",)),
    "RoleBinding": _Kind(immutable=("roleRef",)),
    "ClusterRoleBinding": _Kind(immutable=("roleRef",)),
    "StorageClass": _Kind(immutable=("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode")),
    "PersistentVolume": _Kind(mutable=_VOLUME),
    "PriorityClass": _Kind(immutable=("value", "preemptionPolicy")),
    "CustomResourceDefinition": _Kind(immutable=("spec.group", "spec.scope", "spec.names.plural", "spec.names.kind")),
    "GatewayClass": _Kind(immutable=("spec.controllerName",)),
    "LocalQueue": _Kind(immutable=("spec.clusterQueue",)),
    "ComputeDomain": _Kind(immutable=("spec",)),
    "RuntimeClass": _Kind(immutable=("handler",)),
    "IngressClass": _Kind(immutable=("spec.controller",)),
    "LeaderWorkerSet": _Kind(immutable=("spec.groupIdentity",), restarts=("spec.leaderWorkerTemplate",)),
    "DisaggregatedSet": _Kind(restarts=("spec.roles",)),
}
"""What the API server and the controllers do with changes; kinds not here take every change in place."""


def below(path: str, places: Iterable[str]) -> bool:
    """Whether a place is one of these, or inside one."""
    return any(path == place or path.startswith((f"{place}.", f"{place}[", f"{place} ")) for place in places)


_ALLOCATED = {
    "Service": ("spec.clusterIP", "spec.clusterIPs", "spec.ipFamilies", "spec.ipFamilyPolicy", "spec.healthCheckNodePort"),
    "PersistentVolumeClaim": ("spec.volumeName",),
    "ResourceClaim": (),
    "Job": ("spec.selector",),
}
"""What the cluster gives where a manifest leaves it out; what it gave once stays."""


def allocated(kind: str, change: tuple[str, Any, Any], old: Mapping[str, Any]) -> bool:
    """Whether a place that is left out now keeps what the cluster gave it; `old` is the object before."""
    path, _, new = change
    live = at(old, "metadata", "uid") is not None
    return new is None and (
        below(path, _ALLOCATED.get(kind, ()))
        or (kind == "Service" and path.endswith(".nodePort"))
        or (live and kind == "PersistentVolumeClaim" and path == "spec.storageClassName")
        or (kind == "Job" and path == "spec.completions" and (live or at(old, "spec", "completions") is None))
    )


_GIVEN = {
    "labels": (
        "kubernetes.io/metadata.name", "batch.kubernetes.io/", "controller-uid", "job-name", "pod-template-hash", "pod-template-generation",
        "controller-revision-hash",
    ),
    "annotations": (
        "pv.kubernetes.io/", "volume.beta.kubernetes.io/", "volume.kubernetes.io/", "deprecated.daemonset.template.generation",
        "kubectl.kubernetes.io/restartedAt", "batch.kubernetes.io/", "resource.kubernetes.io/",
    ),
    "finalizers": (
        "kubernetes.io/", "service.kubernetes.io/", "external-provisioner.volume.kubernetes.io/", "resource.kubernetes.io/", "kubernetes", "orphan",
        "foregroundDeletion",
    ),
}  # fmt: skip
"""What controllers and commands write into metadata, by how it begins; it stays where a manifest that is applied does not name it."""


def without_given(old: Any, new: Any) -> Any:
    """The old object without what others wrote into its metadata, or that of its pod template, and the new one does not name."""
    if not isinstance(old, Mapping):
        return old
    kept = dict(old)
    if isinstance(old.get("metadata"), Mapping):
        written = new.get("metadata") if isinstance(new, Mapping) else None
        mine: Mapping[str, Any] = written if isinstance(written, Mapping) else {}
        kept["metadata"] = {key: left for key, value in old["metadata"].items() if (left := _own(key, value, mine.get(key))) not in ({}, [])}
        if not kept["metadata"] and not mine:
            del kept["metadata"]
    for key in ("spec", "template"):
        if isinstance(old.get(key), Mapping):
            kept[key] = without_given(old[key], new.get(key) if isinstance(new, Mapping) else None)
    return kept


def _own(key: str, value: Any, new: Any) -> Any:
    given = _GIVEN.get(key, ())
    if isinstance(value, Mapping):
        named: Mapping[str, Any] = new if isinstance(new, Mapping) else {}
        return {name: each for name, each in value.items() if name in named or not str(name).startswith(given)} if given else value
    if isinstance(value, list) and given:
        return [each for each in value if (isinstance(new, list) and each in new) or not str(each).startswith(given)]
    return value


def is_fixed(kind: str, change: FieldChange, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether an API server refuses a change of an object that is there."""
    if kind in {"ConfigMap", "Secret"} and old.get("immutable") is True and below(change.path, ("data", "binaryData", "immutable")):
        return True
    if kind == "Service":
        return _service_cannot(change, old, new)
    if kind == "PersistentVolume" and change.path == "spec.nodeAffinity" and change.old is None:
        return False
    if kind == "PersistentVolumeClaim" and change.path in {"spec.storageClassName", "spec.volumeName"} and change.old is None:
        return False
    if kind == "PersistentVolumeClaim" and below(change.path, ("spec.resources.requests", "spec.volumeAttributesClassName")):
        # only a bound claim can grow, if its class allows it
        return text(at(old, "status", "phase")) != "Bound"
    if kind == "Job" and _job_can(change, old, new):
        return False
    if kind == "Pod" and change.path.endswith(".image"):
        return False
    rules = _KINDS.get(kind, _Kind())
    if rules.mutable is not None and below(change.path, ("spec",)):
        return not below(change.path, rules.mutable)
    return below(change.path, rules.immutable)


def _service_cannot(change: FieldChange, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a Service refuses a change: of its addresses and first family, unless it gets none or had none; of what balances it."""
    kinds = {text(at(each, "spec", "type")) for each in (old, new)}
    if below(change.path, ("spec.clusterIP", "spec.clusterIPs")):
        return "ExternalName" not in kinds
    if change.path == "spec.ipFamilies" and isinstance(change.old, list) and isinstance(change.new, list):
        return "ExternalName" not in kinds and change.old[:1] != change.new[:1]
    return kinds == {"LoadBalancer"} and change.path == "spec.loadBalancerClass"


_OF_SUSPENDED = (
    "metadata.labels",
    "metadata.annotations",
    "spec.nodeSelector",
    "spec.affinity.nodeAffinity",
    "spec.tolerations",
    "spec.schedulingGates",
)


_CONTAINER_RESOURCES = re.compile(r"spec\.template\.spec\.(?:containers|initContainers)\[[^]]*\]\.resources(?:\.(?:limits|requests)|\Z)")


def _job_can(change: FieldChange, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a Job takes a change of what is fixed for others: an indexed one that grows or shrinks, one that has not started."""
    spec = mapping(new.get("spec"))
    if change.path == "spec.completions":
        return spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")
    waits = at(old, "spec", "suspend") is True and not at(old, "status", "active")
    resources = _CONTAINER_RESOURCES.match(change.path) is not None
    return waits and (resources or below(change.path, (f"spec.template.{place}" for place in _OF_SUSPENDED)))


def restarting(kind: str) -> tuple[str, ...]:
    """The places whose change makes new pods."""
    return _KINDS.get(kind, _Kind()).restarts
