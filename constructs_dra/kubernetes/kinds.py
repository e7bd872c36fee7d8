"""What is known of kinds by name: which have no namespace, and where each keeps its pod templates."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_dra.kubernetes.api import custom_kinds, custom_schema
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text, whole
from constructs_dra.paths import child

__all__ = ["POD_TEMPLATES", "container_ports", "is_cluster_scoped", "pod_templates"]

_CLUSTER_SCOPED: Final = frozenset({
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding", "ClusterTrustBundle",
    "ComponentStatus", "CustomResourceDefinition", "DeviceClass", "DeviceTaintRule", "FlowSchema", "IPAddress", "IngressClass",
    "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume",
    "PriorityClass", "PriorityLevelConfiguration", "ResourcePoolStatusRequest", "ResourceSlice", "RuntimeClass", "ServiceCIDR", "StorageClass",
    "StorageVersion", "StorageVersionMigration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass",
})  # fmt: skip
"""Kinds of Kubernetes itself without a namespace; custom resources say so in their schema."""

_GROUP: Final = ("spec.leaderWorkerTemplate.leaderTemplate", "spec.leaderWorkerTemplate.workerTemplate")

POD_TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "Pod": ("",),
    "PodTemplate": ("template",),
    "Deployment": ("spec.template",),
    "StatefulSet": ("spec.template",),
    "DaemonSet": ("spec.template",),
    "ReplicaSet": ("spec.template",),
    "ReplicationController": ("spec.template",),
    "Job": ("spec.template",),
    "CronJob": ("spec.jobTemplate.spec.template",),
    "LeaderWorkerSet": _GROUP,
    "DisaggregatedSet": tuple(f"spec.roles[].{path}" for path in _GROUP),
}
"""Where each kind keeps its pod templates; `[]` stands for every entry of a list, and a Pod is its own template."""


def is_cluster_scoped(api_version: object, kind: object) -> bool:
    """Whether objects of a kind have no namespace. Of a custom resource whose schema is not at hand that is not known, and most have one."""
    known = custom_kinds().get(f"{api_version} {kind}")
    schema = custom_schema(f"{api_version} {kind}") if known is not None else None
    return schema["scope"] == "Cluster" if schema is not None else kind in _CLUSTER_SCOPED


def pod_templates(manifest: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The pod templates of an object (a Pod is its own), each with its place."""
    for path in POD_TEMPLATES.get(text(manifest.get("kind")), ()):
        yield from _found(manifest, path.split(".") if path else [], "")


def _found(value: Any, steps: list[str], place: str) -> Iterator[tuple[dict[str, Any], str]]:
    if not steps:
        if isinstance(value, dict):
            yield value, place
        return
    step, *others = steps
    if step.endswith("[]"):
        for item, inner in items(value, step.removesuffix("[]"), place):
            yield from _found(item, others, inner)
    else:
        yield from _found(mapping(value).get(step), others, child(place, step))


def container_ports(template: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Name (empty where it has none) and number of each port that the containers of a pod template declare."""
    spec = mapping(template.get("spec"))
    for container in (*sequence(spec.get("initContainers")), *sequence(spec.get("containers"))):
        for port in sequence(mapping(container).get("ports")):
            number = whole(mapping(port).get("containerPort"))
            if number is not None:
                yield text(port.get("name")), number
