"""The ReplicaSet of dual-pod requesters, which carry the server-providing pod as a patch in an annotation."""

from typing import Any

from attrs import evolve

from constructs_dra.manifest import Manifest, to_yaml
from constructs_dra.records.values import copied
from constructs_dra.serving.context import RoleContext
from constructs_dra.serving.manifests.container import container_resources
from constructs_dra.serving.manifests.requester_patch import chart_patch
from constructs_dra.serving.part import metadata
from constructs_dra.serving.requester import Requester

__all__ = ["requester_replica_set"]

_SERVER = ("volumes", "initContainers", "containers")
"""What of a role's pod the server brings: what runs, and on which files. Where and as whom it runs is settled by the requester's pod."""


def requester_replica_set(context: RoleContext, requester: Requester) -> Manifest:
    """Requesters in place of decode pods."""
    conventions = context.conventions
    selector = conventions.requester_selector()
    labels = conventions.labels(context.name, kind="ReplicaSet")
    patch = chart_patch(context) if conventions.patch_as_written else to_yaml(server_patch(context))
    annotations = {"dual-pod.llm-d.ai/admin-port": str(requester.admin_port), "dual-pod.llm-d.ai/server-patch": patch}
    container, spec = _requester_container(requester), {}
    if conventions.requester_holds_devices:
        _hold_devices(context, container)
        spec = {key: value for key, value in context.pods[0].spec.items() if key not in _SERVER}
    stated = not context.is_scaled or conventions.replicas_with_autoscaling
    replicas = {"replicas": context.role.replicas} if stated else {}
    template = {"metadata": {"labels": dict(selector), "annotations": annotations}, "spec": {**spec, "containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": metadata(conventions.workload_name(context.name), labels, namespace=context.spec.namespace),
        "spec": {**replicas, "selector": {"matchLabels": selector}, "template": template},
    }


def _requester_container(requester: Requester) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": "inference-server",
        "image": requester.image,
        "imagePullPolicy": "Always",
        "command": ["/app/requester"],
        "env": [{"name": "PROBES_PORT", "value": str(requester.probes_port)}, {"name": "SPI_PORT", "value": str(requester.spi_port)}],
        "ports": [{"name": "probes", "containerPort": requester.probes_port}, {"name": "spi", "containerPort": requester.spi_port}],
        "readinessProbe": {
            "httpGet": {"path": "/ready", "port": requester.probes_port},
            "initialDelaySeconds": requester.initial_delay_seconds,
            "periodSeconds": requester.period_seconds,
        },
    }
    if requester.resources:
        container["resources"] = copied(requester.resources)
    return container


def _hold_devices(context: RoleContext, container: dict[str, Any]) -> None:
    """Let the requester ask for the devices of the role, as it holds them for the server."""
    holder = evolve(context.role.containers[0], resources=container.get("resources", {}), claims=None, accelerator=True)
    context = evolve(context, role=evolve(context.role, containers=[holder]))
    if wanted := container_resources(context, holder):
        container["resources"] = wanted


def server_patch(context: RoleContext) -> dict[str, Any]:
    """What turns a requester's pod into the one that provides the server."""
    repository, _, model = context.spec.model.served_name.rpartition("/")
    # what the ReplicaSet selects by must go, or it would take the server's pod for one of its own
    labels: dict[str, str | None] = {"model-reg": model, "model-repo": repository, **context.conventions.server_labels(context.name)}
    pod = context.pods[0].spec
    spec = {key: pod[key] for key in _SERVER if key in pod}
    return {"metadata": {"labels": labels}, "spec": spec}
