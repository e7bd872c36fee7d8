"""What Google's gateways and Google's Prometheus need beside a pool and its picker."""

from collections.abc import Iterator
from typing import Final

from constructs_dra.manifest import Manifest
from constructs_dra.routing.conventions import RouterConventions
from constructs_dra.routing.spec import RouterSpec

__all__ = ["google_gateway_objects", "google_monitoring_objects"]

_POOL_GROUP: Final = "inference.networking.k8s.io"
_RBAC: Final = "rbac.authorization.k8s.io"


def _metadata(router: RouterSpec, name: str, **more: object) -> Manifest:
    return {"name": name, **({"namespace": router.namespace} if router.namespace else {}), **more}


def google_gateway_objects(router: RouterSpec, how: RouterConventions) -> Iterator[Manifest]:
    """How Google's load balancer checks the pool's pods, and how long it waits for them."""
    google = router.routing.google
    if google is None:
        return
    metadata = _metadata(router, how.pool, labels=dict(how.labels))
    target = {"group": _POOL_GROUP, "kind": "InferencePool", "name": how.pool}
    check = {"type": "HTTP", "httpHealthCheck": {"requestPath": google.health_path, "port": router.target_ports[0]}}
    yield {
        "apiVersion": "networking.gke.io/v1",
        "kind": "HealthCheckPolicy",
        "metadata": metadata,
        "spec": {"targetRef": target, "default": {"timeoutSec": 2, "checkIntervalSec": 2, "config": check}},
    }
    yield {
        "apiVersion": "networking.gke.io/v1",
        "kind": "GCPBackendPolicy",
        "metadata": {**metadata, "labels": dict(how.labels)},
        "spec": {"targetRef": dict(target), "default": {"timeoutSec": google.timeout_seconds, "logging": {"enabled": True}}},
    }


def google_monitoring_objects(router: RouterSpec, how: RouterConventions) -> Iterator[Manifest]:
    """A PodMonitoring, and the account whose token Google's collector shows and may read."""
    monitor = router.routing.google_monitor
    if monitor is None:
        return
    name, namespace = router.name, router.namespace or ""
    account, secret, reader = f"{name}-metrics-reader-sa", f"{name}-metrics-reader-secret", f"{namespace}-{name}-metrics-reader".lstrip("-")
    secret_reader = f"{name}-metrics-reader-secret-read"
    collectors = "gke-gmp-system" if monitor.autopilot else "gmp-system"
    binding = f"{collectors}:collector:" + "-".join(part for part in (namespace, secret_reader) if part)
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(router, account)}
    yield {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _metadata(router, secret, labels=dict(how.labels), annotations={"kubernetes.io/service-account.name": account}),
        "type": "kubernetes.io/service-account-token",
    }
    credentials = {"type": "Bearer", "credentials": {"secret": {"name": secret, "key": "token"}}}
    endpoint = {"port": "metrics", "scheme": "http", "interval": monitor.interval, "path": "/metrics", "authorization": credentials}
    yield {
        "apiVersion": "monitoring.googleapis.com/v1",
        "kind": "PodMonitoring",
        "metadata": _metadata(router, name, labels=dict(how.labels)),
        "spec": {"endpoints": [endpoint], "selector": {"matchLabels": dict(how.selector)}},
    }
    rules: list[Manifest] = [{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]
    yield {"apiVersion": f"{_RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": reader}, "rules": rules}
    yield {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": f"{reader}-role-binding"},
        "subjects": [{"kind": "ServiceAccount", "name": account, **({"namespace": namespace} if namespace else {})}],
        "roleRef": {"kind": "ClusterRole", "name": reader, "apiGroup": _RBAC},
    }
    secrets = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"], "resourceNames": [secret]}
    yield {"apiVersion": f"{_RBAC}/v1", "kind": "Role", "metadata": _metadata(router, secret_reader), "rules": [secrets]}
    yield {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": _metadata(router, binding),
        "roleRef": {"name": secret_reader, "kind": "Role", "apiGroup": _RBAC},
        "subjects": [{"name": "collector", "namespace": collectors, "kind": "ServiceAccount"}],
    }
