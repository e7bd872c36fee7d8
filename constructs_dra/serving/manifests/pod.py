"""Pod templates."""

from typing import Any

from attrs import evolve, fields

from constructs_dra.kubernetes.labels import SERVING
from constructs_dra.manifest import Manifest
from constructs_dra.records.kubernetes import write_fields
from constructs_dra.records.values import copied
from constructs_dra.serving.accelerator import AcceleratorTypes
from constructs_dra.serving.context import RoleContext
from constructs_dra.serving.manifests.container import container_manifest, plain_container
from constructs_dra.serving.model import MODEL_VOLUME, ModelArtifacts
from constructs_dra.serving.pod import Pod, volume_list
from constructs_dra.serving.role import Role

__all__ = ["pod_template"]


def pod_template(context: RoleContext, *, leader: Pod | None = None, annotations: dict[str, str] | None = None) -> Manifest:
    """The template of a role's pods.

    Args:
        context: The role and what it is part of.
        leader: The leader's own pod, where it differs from the role's.
        annotations: Further annotations of the pods.
    """
    pod = leader if leader is not None else context.role
    labels = {**context.conventions.pod_labels(context.name), **pod.pod_labels}
    if context.headless:
        labels.pop(SERVING, None)  # nothing must be routed to workers without a server
    metadata: dict[str, Any] = {"labels": labels}
    if all_annotations := {**(annotations or {}), **pod.pod_annotations}:
        metadata["annotations"] = all_annotations
    if leader is not None:
        context = evolve(context, role=_with_pod(context.role, leader))
    return {"metadata": metadata, "spec": _pod_spec(context)}


def _with_pod(role: Role, pod: Pod) -> Role:
    """The role with the leader's pod in place of its own, so that the leader's containers get devices by the same rules."""
    return evolve(role, **{item.name: getattr(pod, item.name) for item in fields(Pod)})


def _pod_spec(context: RoleContext) -> Manifest:
    role, service, conventions = context.role, context.spec, context.conventions
    spec: Manifest = {"serviceAccountName": context.service.account_name}
    write_fields(role, spec, Pod, affinity=_affinity(role) or None)
    if role.extra:
        spec.update(copied(role.extra))
    if context.claims:
        spec["resourceClaims"] = [used.pod_entry() for used in context.claims]
    volumes = volume_list(role.volumes)
    if any(container.mounts_model_volume for container in role.containers):
        volumes.append(_model_volume(service.model, read_only=conventions.volume_read_only(service.model)))
    if volumes:
        spec["volumes"] = volumes
    if role.init_containers:
        spec["initContainers"] = [plain_container(container, context.claims) for container in role.init_containers]
    spec["containers"] = [container_manifest(context, container) for container in role.containers]
    return spec


def _model_volume(model: ModelArtifacts, *, read_only: bool | None) -> dict[str, Any]:
    if model.scheme == "hf":
        return {"name": MODEL_VOLUME, "emptyDir": {"sizeLimit": model.size} if model.size is not None else {}}
    if model.scheme == "oci":
        image = {"reference": model.location}
        return {"name": MODEL_VOLUME, "image": {**image, "pullPolicy": model.image_pull_policy} if model.image_pull_policy else image}
    claim: dict[str, Any] = {"claimName": model.claim_name}
    if read_only is not None:
        claim["readOnly"] = read_only
    return {"name": MODEL_VOLUME, "persistentVolumeClaim": claim}


def _affinity(pod: Pod) -> dict[str, Any]:
    affinity: dict[str, Any] = copied(pod.affinity or {})
    if pod.accelerator_types is None:
        return affinity
    expression = _expression(pod.accelerator_types)
    node = affinity.setdefault("nodeAffinity", {})
    required = node.setdefault("requiredDuringSchedulingIgnoredDuringExecution", {})
    # terms are alternatives: the label has to be asked for in each of them
    for term in required.setdefault("nodeSelectorTerms", [{}]):
        term["matchExpressions"] = [*term.get("matchExpressions", ()), copied(expression)]
    return affinity


def _expression(types: AcceleratorTypes) -> dict[str, Any]:
    if not types.label_values:
        return {"key": types.label_key, "operator": "In"}
    return {"key": types.label_key, "operator": "In", "values": list(types.label_values)}
