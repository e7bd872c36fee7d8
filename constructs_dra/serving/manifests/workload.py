"""The object that runs a role's pods: a Deployment, a LeaderWorkerSet, or the ReplicaSet of dual-pod requesters."""

from typing import Any, Final

from attrs import evolve

from constructs_dra.manifest import Manifest
from constructs_dra.records.values import copied
from constructs_dra.serving.leaderworkerset import LeaderWorkerSet
from constructs_dra.serving.manifests.container import RoleContext
from constructs_dra.serving.manifests.conventions import metadata
from constructs_dra.serving.manifests.pod import pod_template
from constructs_dra.serving.manifests.requester import requester_replica_set
from constructs_dra.suppression import ACCEPT_ANNOTATION

__all__ = ["workload_manifest"]

_PREFIX: Final = "leaderworkerset.sigs.k8s.io/"


def workload_manifest(context: RoleContext) -> Manifest:
    """What runs the role's pods."""
    if context.conventions.is_multinode(context.role):
        return _leader_worker_set(context)
    if context.service.requester is not None and context.name == "decode":
        return requester_replica_set(context, context.service.requester)
    return _deployment(context)


def _annotations(context: RoleContext) -> dict[str, str]:
    service, role = context.service, context.role
    reasons: dict[str, str] = {}
    if service.release is None:
        for accepted in (service.accept, role.accept, *(container.accept for container in role.containers)):
            reasons.update({f"{ACCEPT_ANNOTATION}{rule}": reason for rule, reason in accepted.items()})
    return {**service.annotations, **role.annotations, **reasons}


def _warning(context: RoleContext) -> dict[str, str]:
    """The chart's note where the first container states another number of devices than the parallelism has."""
    role, release = context.role, context.service.release
    first = role.containers[0]
    if not context.conventions.accelerator_warning or "llm-d-inference-sim" in first.image:
        return {}
    if release is not None and release.warned_resource is not None:
        resource = release.warned_resource
    elif role.accelerator_record is None or not context.conventions.gets_accelerator(role, first):
        return {}
    else:
        resource = role.accelerator_record.resource or ""
    stated = first.resources.get("limits", {}).get(resource)
    needed = role.parallelism.devices_per_pod
    if stated is None or not str(stated).isdigit() or int(stated) == needed:
        return {}
    text = f"Accelerator mismatch: {resource} is set to {stated} but parallelism calculates {needed}. Using {stated}."
    return {"llm-d.ai/accelerator-warning": text}


def _deployment(context: RoleContext) -> Manifest:
    role, conventions = context.role, context.conventions
    spec: Manifest = {}
    if not role.autoscaling or conventions.replicas_with_autoscaling:
        spec["replicas"] = role.replicas
    if role.strategy is not None:
        spec["strategy"] = copied(role.strategy)
    spec["selector"] = {"matchLabels": conventions.selector(context.name)}
    spec["template"] = pod_template(context, with_proxy=True)
    labels = {**conventions.labels(context.name, kind="Deployment"), **role.labels}
    annotations = {**_annotations(context), **_warning(context)}
    name = conventions.workload_name(context.name)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, labels, annotations, context.service.namespace),
        "spec": spec,
    }


def _leader_worker_set(context: RoleContext) -> Manifest:
    role, conventions = context.role, context.conventions
    group = role.multinode or LeaderWorkerSet()
    topology = {
        f"{_PREFIX}{key}": value
        for key, value in (("exclusive-topology", group.exclusive_topology), ("subgroup-exclusive-topology", group.sub_group_exclusive_topology))
        if value is not None
    }
    template: Manifest = {"size": role.group_size}
    if group.sub_group_size is not None or group.sub_group_policy_type is not None:
        policy = {"subGroupPolicyType": group.sub_group_policy_type, "subGroupSize": group.sub_group_size}
        template["subGroupPolicy"] = {key: value for key, value in policy.items() if value is not None}
    if group.restart_policy is not None:
        template["restartPolicy"] = group.restart_policy
    template.update(_templates(context, group, topology))
    spec: Manifest = {} if role.autoscaling else {"replicas": role.replicas}
    if group.startup_policy is not None:
        spec["startupPolicy"] = group.startup_policy
    if group.rollout_strategy is not None:
        spec["rolloutStrategy"] = copied(group.rollout_strategy)
    if group.subdomain_policy is not None:
        spec["networkConfig"] = {"subdomainPolicy": group.subdomain_policy}
    spec["leaderWorkerTemplate"] = template
    labels = {**conventions.labels(context.name, kind="LeaderWorkerSet"), **role.labels}
    name = conventions.workload_name(context.name)
    return {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": metadata(name, labels, {**topology, **_annotations(context), **_warning(context)}, context.service.namespace),
        "spec": spec,
    }


def _templates(context: RoleContext, group: LeaderWorkerSet, topology: dict[str, str]) -> dict[str, Any]:
    """The worker template, and the leader's where the two differ."""
    split = context.conventions.split_groups and group.routing_proxy == "leader"
    spans = context.conventions.split_groups and context.role.parallelism.pods_per_tensor_group > 1
    proxied = context.service.routing_proxy is not None and context.name == "decode"
    worker = pod_template(evolve(context, headless=spans), with_proxy=not split, annotations=topology)
    if group.leader is None and not spans and not (split and proxied):
        return {"workerTemplate": worker}
    return {"leaderTemplate": pod_template(context, with_proxy=True, leader=group.leader, annotations=topology), "workerTemplate": worker}
