"""Which nodes can reach a pod's volumes, from what claims, volumes and storage classes say.

The rules are those of the scheduler plugins VolumeBinding and VolumeZone of Kubernetes 1.36. What becomes of a volume once a pod has it (how often
it can be attached, how much storage is left) is not looked at; nor are claims that are nowhere given.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from constructs_dra.placement.nodes import Node, matches_labels, matches_node_selector, requirement_faults
from constructs_dra.placement.quantities import nanos

__all__ = ["UNBOUND", "Storage", "VolumeNeed", "claim_template_needs", "volume_needs"]

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"
"""Said of pods whose claim waits for a volume that no pod is waited for."""

_ELSEWHERE = "node(s) didn't match PersistentVolume's node affinity"
_NONE_FREE = "node(s) didn't find available persistent volumes to bind"
_OTHER_ZONE = "node(s) had no available volume zone"
_ZONES = (
    "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
)  # fmt: skip
_LOCAL = "kubernetes.io/no-provisioner"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@frozen(kw_only=True, eq=False)
class Storage:
    """Volumes of a cluster, as its objects have them.

    Attributes:
        claims: PersistentVolumeClaims by `namespace/name`.
        volumes: PersistentVolumes by name.
        classes: StorageClasses by name.
    """

    claims: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    volumes: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    classes: Mapping[str, Mapping[str, Any]] = field(factory=dict)


@frozen(kw_only=True, eq=False)
class VolumeNeed:
    """What one volume of a pod asks of a node.

    Attributes:
        claim: The claim, for messages.
        selectors: Node selectors of which one must pick the node; None among them: any node.
        reason: The scheduler's words for nodes that none picks.
        zones: Values that labels of the node must have, where the node has any of these labels.
        waits: Whether the claim keeps the pod from every node until it has a volume.
    """

    claim: str
    selectors: Sequence[Mapping[str, Any] | None] = (None,)
    reason: str = ""
    zones: Mapping[str, frozenset[str]] = field(factory=dict)
    waits: bool = False

    def refusal(self, node: Node) -> str:
        """Why a node does not do; empty when it does."""
        if not any(selector is None or matches_node_selector(selector, node) for selector in self.selectors):
            return self.reason
        if any(key in node.labels for key in _ZONES) and any(node.labels.get(key) not in values for key, values in self.zones.items()):
            return _OTHER_ZONE
        return ""


def volume_needs(spec: Mapping[str, Any], namespace: str, storage: Storage) -> Iterator[VolumeNeed]:
    """What the volumes of a pod spec ask of nodes; nothing for those that every node reaches, or of which nothing is known.

    Args:
        spec: The pod spec.
        namespace: Its namespace.
        storage: What the cluster has, and what is to be made.
    """
    for volume in spec.get("volumes") or ():
        name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if name:
            label = f"{namespace}/{name}"
            claim = storage.claims.get(label)
        else:
            label, claim = f"{namespace}/{volume.get('name')}", (volume.get("ephemeral") or {}).get("volumeClaimTemplate")
        if claim is not None and (need := _need(label, claim, storage)) is not None and not list(requirement_faults(list(need.selectors))):
            yield need


def claim_template_needs(templates: Sequence[Mapping[str, Any]], namespace: str, pod: str, storage: Storage) -> Iterator[VolumeNeed]:
    """What the claims that a StatefulSet makes for one of its pods ask of nodes; those that are there already count as they are.

    Args:
        templates: The StatefulSet's `volumeClaimTemplates`.
        namespace: Its namespace.
        pod: The pod's name.
        storage: What the cluster has, and what is to be made.
    """
    kept = {f"{held.get('namespace') or 'default'}/{held.get('name')}" for each in storage.volumes.values() if (held := _holder(each))}
    for template in templates:
        name = (template.get("metadata") or {}).get("name")
        label = f"{namespace}/{name}-{pod}"
        claim = storage.claims.get(label)
        if claim is None and label not in kept:
            label = f"{namespace}/{name}"  # the same for all pods
        need = _need(label, claim or template, storage)
        if need is not None and not list(requirement_faults(list(need.selectors))):
            yield need


def _need(label: str, claim: Mapping[str, Any], storage: Storage) -> VolumeNeed | None:
    spec: Mapping[str, Any] = claim.get("spec") or {}
    if bound := spec.get("volumeName"):
        volume = storage.volumes.get(str(bound))
        return None if volume is None else _bound(label, volume)
    storage_class = _class_of(spec, storage)
    if storage_class is None:
        return None
    if storage_class.get("volumeBindingMode") != "WaitForFirstConsumer":
        lives = bool((claim.get("metadata") or {}).get("uid"))
        return VolumeNeed(claim=label, waits=True) if lives else None
    free = [volume for volume in storage.volumes.values() if _could_bind(volume, spec, label)]
    selectors = [_required(volume) for volume in free]
    if storage_class.get("provisioner") != _LOCAL:
        selectors.append(_allowed(storage_class))
    return None if None in selectors else VolumeNeed(claim=label, selectors=selectors, reason=_NONE_FREE)


def _bound(label: str, volume: Mapping[str, Any]) -> VolumeNeed | None:
    required = _required(volume)
    labels: Mapping[str, Any] = (volume.get("metadata") or {}).get("labels") or {}
    zones = {key: frozenset(str(labels[key]).split("__")) for key in _ZONES if key in labels}
    return VolumeNeed(claim=label, selectors=(required,), reason=_ELSEWHERE, zones=zones) if required is not None or zones else None


def _required(volume: Mapping[str, Any]) -> Mapping[str, Any] | None:
    required: Mapping[str, Any] | None = ((volume.get("spec") or {}).get("nodeAffinity") or {}).get("required")
    return required


def _class_of(spec: Mapping[str, Any], storage: Storage) -> Mapping[str, Any] | None:
    name = spec.get("storageClassName")
    if name is not None:
        return storage.classes.get(str(name))
    for each in storage.classes.values():
        if ((each.get("metadata") or {}).get("annotations") or {}).get(_DEFAULT_CLASS) == "true":
            return each
    return None


def _allowed(storage_class: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The topologies in which a class makes volumes, as a node selector; None: everywhere."""
    terms = [
        {"matchExpressions": [{"key": each.get("key"), "operator": "In", "values": each.get("values")} for each in expressions]}
        for term in storage_class.get("allowedTopologies") or ()
        if (expressions := term.get("matchLabelExpressions") or ())
    ]
    return {"nodeSelectorTerms": terms} if terms else None


def _holder(volume: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claim a volume is kept for."""
    holder: Mapping[str, Any] = (volume.get("spec") or {}).get("claimRef") or {}
    return holder


def _could_bind(volume: Mapping[str, Any], claim: Mapping[str, Any], label: str) -> bool:
    """Whether a claim could get a volume that is there."""
    spec: Mapping[str, Any] = volume.get("spec") or {}
    holder = _holder(volume)
    if holder and f"{holder.get('namespace') or 'default'}/{holder.get('name')}" != label:
        return False
    if (spec.get("storageClassName") or "") != (claim.get("storageClassName") or ""):
        return False
    if (spec.get("volumeMode") or "Filesystem") != (claim.get("volumeMode") or "Filesystem"):
        return False
    if not set(claim.get("accessModes") or ()) <= set(spec.get("accessModes") or ()):
        return False
    labels = {key: str(value) for key, value in ((volume.get("metadata") or {}).get("labels") or {}).items()}
    if claim.get("selector") is not None and not matches_labels(claim["selector"], labels):
        return False
    wanted, there = (nanos(each.get("storage") or "0") for each in (_requests(claim), spec.get("capacity") or {}))
    return there >= wanted


def _requests(claim: Mapping[str, Any]) -> Mapping[str, Any]:
    requests: Mapping[str, Any] = (claim.get("resources") or {}).get("requests") or {}
    return requests
