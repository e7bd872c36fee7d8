"""The ReplicaSet of dual-pod requesters, which carry the server-providing pod as a patch in an annotation."""

from typing import Any

from constructs_dra.manifest import Manifest, to_yaml
from constructs_dra.serving.manifests.container import RoleContext, container_manifest
from constructs_dra.serving.manifests.conventions import metadata
from constructs_dra.serving.manifests.proxy import proxy_container
from constructs_dra.serving.manifests.requester_patch import chart_patch
from constructs_dra.serving.requester import Requester
from constructs_dra.serving.values import copied

__all__ = ["requester_replica_set"]


def requester_replica_set(context: RoleContext, requester: Requester) -> Manifest:
    """Requesters in place of decode pods."""
    service, conventions = context.service, context.conventions
    release = service.release is not None
    selector = {"app": "dp-app"} if release else conventions.selector(context.name)
    pod_labels = {"app": "dp-app"} if release else conventions.pod_labels(context.name)
    labels = {} if release else conventions.labels(context.name, kind="ReplicaSet")
    patch = chart_patch(context) if release else to_yaml(server_patch(context))
    annotations = {"dual-pod.llm-d.ai/admin-port": str(requester.admin_port), "dual-pod.llm-d.ai/server-patch": patch}
    template = {"metadata": {"labels": pod_labels, "annotations": annotations}, "spec": {"containers": [_requester_container(requester)]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": metadata(conventions.workload_name(context.name), labels, namespace=service.namespace),
        "spec": {"replicas": context.role.replicas, "selector": {"matchLabels": selector}, "template": template},
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


def server_patch(context: RoleContext) -> dict[str, Any]:
    """What turns a requester's pod into the one that provides the server."""
    service = context.service
    repository, _, model = service.model.served_name.rpartition("/")
    spec: dict[str, Any] = {}
    proxy = service.routing_proxy
    if proxy is not None:
        spec["initContainers"] = [proxy_container(proxy, service.service_port, service.tracing)]
    spec["containers"] = [container_manifest(context, container) for container in context.role.containers]
    return {"metadata": {"labels": {"model-reg": model, "model-repo": repository}}, "spec": spec}
