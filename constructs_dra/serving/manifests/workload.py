"""The object that runs a role's pods: a Deployment or a LeaderWorkerSet."""

from typing import Final

from constructs_dra.manifest import Manifest
from constructs_dra.records.values import copied
from constructs_dra.serving.context import RoleContext
from constructs_dra.serving.leaderworkerset import LeaderWorkerSet
from constructs_dra.serving.manifests.container import answers_everywhere
from constructs_dra.serving.manifests.pod import pod_template
from constructs_dra.serving.part import PodView, metadata
from constructs_dra.suppression import ACCEPT_ANNOTATION

__all__ = ["pod_views", "workload_manifest"]

_PREFIX: Final = "leaderworkerset.sigs.k8s.io/"


def pod_views(context: RoleContext) -> list[PodView]:
    """The pod templates of a role: one, or the leader's and the workers' where these differ."""
    name, role, proxied = context.name, context.role, context.is_proxied
    group = role.multinode or LeaderWorkerSet()
    if not context.is_multinode:
        return [PodView(pod=role, path=name, template=pod_template(context), proxied=proxied)]
    topology = _topology(group)
    split = context.conventions.split_groups and group.routing_proxy == "leader" and role.group_size > 1  # a leader alone has no workers
    spans = context.conventions.split_groups and (role.parallelism.nodes > 1 or (role.parallelism.spreads_copies and not answers_everywhere(context)))
    if group.leader is None and not spans and not (split and proxied):
        template = pod_template(context, annotations=topology)
        return [PodView(pod=role, path=name, template=template, proxied=proxied and not split)]
    path = name if group.leader is None else f"{name}.multinode.leader"
    leader = pod_template(context, leader=group.leader, annotations=topology)
    worker = pod_template(context.as_headless() if spans else context, annotations=topology)
    return [
        PodView(pod=group.leader or role, path=path, template=leader, proxied=proxied),
        PodView(pod=role, path=name, template=worker, proxied=proxied and not split, serves=not spans),
    ]


def workload_manifest(context: RoleContext) -> Manifest:
    """What runs the role's pods."""
    return _leader_worker_set(context) if context.is_multinode else _deployment(context)


def _annotations(context: RoleContext) -> dict[str, str]:
    service, role = context.spec, context.role
    reasons: dict[str, str] = {}
    if context.conventions.written_here:
        for accepted in (service.accept, role.accept, *(container.accept for container in role.containers)):
            reasons.update({f"{ACCEPT_ANNOTATION}{rule}": reason for rule, reason in accepted.items()})
    return {**service.annotations, **role.annotations, **reasons}


def _warning(context: RoleContext) -> dict[str, str]:
    """The chart's note where the first container states another number of devices than the parallelism has."""
    role = context.role
    resource = context.conventions.warned_resource(role, role.accelerator_record)
    stated = role.containers[0].resources.get("limits", {}).get(resource) if resource is not None else None
    needed = role.parallelism.devices_per_pod
    if stated is None or not str(stated).isdigit() or int(stated) == needed:
        return {}
    text = f"Accelerator mismatch: {resource} is set to {stated} but parallelism calculates {needed}. Using {stated}."
    return {"llm-d.ai/accelerator-warning": text}


def _deployment(context: RoleContext) -> Manifest:
    role, conventions = context.role, context.conventions
    spec: Manifest = {}
    if not context.is_scaled or conventions.replicas_with_autoscaling:
        spec["replicas"] = role.replicas
    if role.strategy is not None:
        spec["strategy"] = copied(role.strategy)
    spec["selector"] = {"matchLabels": conventions.selector(context.name)}
    spec["template"] = context.pods[0].template
    labels = {**conventions.labels(context.name, kind="Deployment"), **role.labels}
    annotations = {**_annotations(context), **_warning(context)}
    name = conventions.workload_name(context.name)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, labels, annotations, context.spec.namespace),
        "spec": spec,
    }


def _leader_worker_set(context: RoleContext) -> Manifest:
    role, conventions = context.role, context.conventions
    group = role.multinode or LeaderWorkerSet()
    topology = _topology(group)
    template: Manifest = {"size": role.group_size}
    if group.sub_group_size is not None or group.sub_group_policy_type is not None:
        policy = {"subGroupPolicyType": group.sub_group_policy_type, "subGroupSize": group.sub_group_size}
        template["subGroupPolicy"] = {key: value for key, value in policy.items() if value is not None}
    if group.restart_policy is not None:
        template["restartPolicy"] = group.restart_policy
    *leader, worker = (pod.template for pod in context.pods)
    template |= {"leaderTemplate": leader[0]} if leader else {}
    template["workerTemplate"] = worker
    spec: Manifest = {} if context.is_scaled else {"replicas": role.replicas}
    if group.startup_policy is not None:
        spec["startupPolicy"] = group.startup_policy
    if group.rollout_strategy is not None:
        spec["rolloutStrategy"] = copied(group.rollout_strategy)
    if group.gang:
        spec["scheduling"] = {}  # one gang for each group is what it means by itself
    if group.group_identity is not None:
        spec["groupIdentity"] = group.group_identity
    if group.group_replacement_policy is not None:
        spec["groupReplacementPolicy"] = group.group_replacement_policy
    if group.subdomain_policy is not None:
        spec["networkConfig"] = {"subdomainPolicy": group.subdomain_policy}
    spec["leaderWorkerTemplate"] = template
    labels = {**conventions.labels(context.name, kind="LeaderWorkerSet"), **role.labels}
    name = conventions.workload_name(context.name)
    return {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": metadata(name, labels, {**topology, **_annotations(context), **_warning(context)}, context.spec.namespace),
        "spec": spec,
    }


def _topology(group: LeaderWorkerSet) -> dict[str, str]:
    """Annotations by which groups and subgroups have a part of the cluster to themselves."""
    each = (("exclusive-topology", group.exclusive_topology), ("subgroup-exclusive-topology", group.sub_group_exclusive_topology))
    return {f"{_PREFIX}{key}": value for key, value in each if value is not None}
