"""The objects of a router, one function for each kind of thing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_dra.manifest import Manifest
from constructs_dra.records.values import copied
from constructs_dra.routing.conventions import POD_SECURITY, RouterConventions
from constructs_dra.routing.envoy import TRAFFIC_PORT
from constructs_dra.routing.google import google_gateway_objects, google_monitoring_objects
from constructs_dra.routing.policy import PickerNetworkPolicy, Reached
from constructs_dra.routing.predictor import predictor_config_maps, predictor_containers, predictor_env, predictor_volumes
from constructs_dra.routing.proxies import proxy_container, proxy_files, proxy_objects, proxy_volumes
from constructs_dra.routing.spec import RouterSpec
from constructs_dra.routing.tokenizer import tokenizer_container, tokenizer_volumes

__all__ = ["router_manifests"]

_POOL_GROUP: Final = "inference.networking.k8s.io"
_GATEWAYS: Final = "gateway.networking.k8s.io"
_READ: Final = ("get", "watch", "list")
_GRACE: Final = 130
"""Seconds a picker's pod has to end: running requests may take two minutes."""


def router_manifests(router: RouterSpec, how: RouterConventions) -> Iterator[Manifest]:
    """All objects, in the order of the charts: the pool first behind a gateway, last in the standalone mode."""
    routing = router.routing
    pool = list(_pools(router, how))
    if not how.standalone_order:
        yield from pool
    yield from _config_maps(router, how)
    yield _deployment(router, how)
    if routing.proxy is not None:
        yield from proxy_objects(router, how, _hardened([proxy_container(router, how, routing.proxy)], how))
    if routing.picker.replicas > 1:
        yield from _leader_election(router, how)
    if routing.monitor is not None and routing.monitor.token_secret is not None:
        yield _token_secret(router, how, routing.monitor.token_secret)
    yield _service(router, how)
    if routing.monitor is not None:
        yield _monitor(router, how)
    yield from google_gateway_objects(router, how)
    yield from google_monitoring_objects(router, how)
    if routing.gateway is not None:
        yield _gateway(router, how)
    if routing.route is not None:
        yield _route(router, how)
    if routing.istio is not None:
        yield _destination_rule(router, how)
    yield from _access(router, how)
    yield _account(router, how)
    if routing.network is not None and how.hardened:
        yield _policy(router, how, routing.network)
    if how.standalone_order:
        yield from pool


def _metadata(
    router: RouterSpec, how: RouterConventions, name: str, *, labelled: bool = True, cluster: bool = False, labels: Mapping[str, str] | None = None
) -> Manifest:
    made: Manifest = {"name": name}
    if router.namespace and not cluster:
        made["namespace"] = router.namespace
    if labelled or how.labels_on_config:
        made["labels"] = {**how.labels, **(labels or {})}
    return made


def _pools(router: RouterSpec, how: RouterConventions) -> Iterator[Manifest]:
    """The pool and what refers to it."""
    routing = router.routing
    if routing.pool is None:
        return
    spec: Manifest = {"targetPorts": [{"number": port} for port in router.target_ports]}
    if router.protocol is not None:
        spec["appProtocol"] = {"grpc": "kubernetes.io/h2c"}.get(router.protocol, router.protocol)
    spec["selector"] = {"matchLabels": dict(sorted(router.match_labels.items()))}
    spec["endpointPickerRef"] = {"name": how.picker, "port": {"number": how.service_port}, "failureMode": routing.pool.failure_mode}
    yield {"apiVersion": f"{_POOL_GROUP}/v1", "kind": "InferencePool", "metadata": _metadata(router, how, how.pool), "spec": spec}
    reference = {"group": _POOL_GROUP, "name": how.pool}
    for objective in routing.objectives:
        made = {"priority": objective.priority, "poolRef": reference}
        yield {"apiVersion": "llm-d.ai/v1alpha2", "kind": "InferenceObjective", "metadata": _metadata(router, how, objective.name), "spec": made}
    for rewrite in routing.rewrites:
        targets = rewrite.targets or ({router.model: 1} if router.model else {})
        rule: Manifest = {"targets": [{"modelRewrite": name, "weight": weight} for name, weight in targets.items()]}
        if rewrite.model is not None:
            rule = {"matches": [{"model": {"type": "Exact", "value": rewrite.model}}], **rule}
        yield {
            "apiVersion": "llm-d.ai/v1alpha2",
            "kind": "InferenceModelRewrite",
            "metadata": _metadata(router, how, rewrite.name),
            "spec": {"poolRef": dict(reference), "rules": [rule]},
        }


def _config_maps(router: RouterSpec, how: RouterConventions) -> Iterator[Manifest]:
    """The picker's configuration, Envoy's, and the variables of the servers that predict."""
    routing = router.routing
    yield _config_map(router, how, how.picker, how.files)
    if routing.proxy is not None and (not routing.proxy.bare or routing.proxy.config_name):
        yield _config_map(router, how, how.proxy_config, proxy_files(router, how, routing.proxy))
    if routing.picker.latency_predictor is not None:
        for name, data in predictor_config_maps(routing.picker.latency_predictor, how.picker):
            yield _config_map(router, how, name, data)


def _config_map(router: RouterSpec, how: RouterConventions, name: str, data: Mapping[str, str]) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(router, how, name, labelled=False), "data": dict(data)}


def _deployment(router: RouterSpec, how: RouterConventions) -> Manifest:
    picker = router.routing.picker
    template: Manifest = {"metadata": {"labels": {**how.selector, **how.workload_labels}}}
    if picker.pod_annotations:
        template["metadata"]["annotations"] = dict(picker.pod_annotations)
    template["spec"] = _pod(router, how)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(router, how, how.picker, labels=how.workload_labels),
        "spec": {
            "replicas": picker.replicas,
            # two pickers at once would each see a part of the requests only
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": dict(how.selector)},
            "template": template,
        },
    }


def _pod(router: RouterSpec, how: RouterConventions) -> Manifest:
    routing, picker = router.routing, router.routing.picker
    proxy = routing.proxy if routing.proxy is not None and routing.proxy.mode == "sidecar" else None
    containers = [proxy_container(router, how, proxy)] if proxy is not None else []
    containers.append(_picker(router, how))
    volumes = copied(list(picker.volumes))
    if picker.tokenizer is not None:
        containers.append(tokenizer_container(picker.tokenizer, hardened=how.hardened))
        volumes += tokenizer_volumes(picker.tokenizer)
    if proxy is not None:
        volumes += proxy_volumes(how, proxy)
    volumes.append({"name": "plugins-config-volume", "configMap": {"name": how.picker}})
    if picker.latency_predictor is not None:
        containers += predictor_containers(picker.latency_predictor, how.picker)
        volumes += predictor_volumes(picker.latency_predictor)
    spec: Manifest = {"serviceAccountName": how.picker, "terminationGracePeriodSeconds": _GRACE}
    if how.hardened:
        spec["securityContext"] = dict(POD_SECURITY)
    if picker.tokenizer is not None and picker.tokenizer.init_containers:
        spec["initContainers"] = _hardened(copied(list(picker.tokenizer.init_containers)), how)
    spec["containers"], spec["volumes"] = _hardened(containers, how), volumes
    if picker.affinity:
        spec["affinity"] = copied(picker.affinity)
    if picker.tolerations:
        spec["tolerations"] = copied(list(picker.tolerations))
    return spec


def _hardened(containers: list[Manifest], how: RouterConventions) -> list[Manifest]:
    """The containers as they are admitted at level `restricted`, where the pods are to be."""
    if not how.hardened:
        return containers
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    return [{**container, "securityContext": {**context, **container.get("securityContext", {})}} for container in containers]


def _arguments(router: RouterSpec, how: RouterConventions) -> list[str]:
    """The picker's arguments: where its pods are, its configuration, then its flags, of which later ones count."""
    picker = router.routing.picker
    if how.pool_mode:
        arguments = ["--pool-name", how.pool]
        # where nobody writes the namespace, the pod's own is what NAMESPACE says
        arguments += ["--pool-namespace", router.namespace] if router.namespace else []
        arguments += ["--pool-group", _POOL_GROUP]
    else:
        selector = ",".join(f"{key}={value}" for key, value in sorted(router.match_labels.items()))
        arguments = ["--endpoint-selector", selector, "--endpoint-target-ports", ",".join(map(str, router.target_ports))]
    arguments += ["--zap-encoder", "json", "--config-file", f"/config/{picker.config_name}"]
    if picker.replicas > 1:
        arguments.append("--ha-enable-leader-election")
    arguments += ["--grpc-health-port", str(picker.health_port)]
    if how.hardened:
        ports = (("grpc-port", picker.port, 9002), ("metrics-port", picker.metrics_port, 9090))
        arguments += [f"--{name}={port}" for name, port, usual in ports if port != usual]
    arguments += picker.flag_arguments()
    arguments.append(f"--tracing={str(picker.tracing is not None).lower()}")
    if not picker.metrics_auth:
        arguments.append("--metrics-endpoint-auth=false")
    return arguments


def _field(name: str, path: str) -> Manifest:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def _picker(router: RouterSpec, how: RouterConventions) -> Manifest:
    picker = router.routing.picker
    live, ready = ("liveness", "readiness") if picker.replicas > 1 else ("inference-extension", "inference-extension")
    env = [_field("NAMESPACE", "metadata.namespace"), _field("POD_NAME", "metadata.name")]
    if picker.latency_predictor is not None:
        env += predictor_env(picker.latency_predictor)
    env += _tracing_env(router)
    made: Manifest = {
        "name": "epp",
        "image": picker.image,
        "imagePullPolicy": picker.image_pull_policy,
        "args": _arguments(router, how),
        "resources": copied(picker.resources),
        "ports": [
            {"name": "grpc", "containerPort": picker.port},
            {"name": "grpc-health", "containerPort": picker.health_port},
            {"name": "metrics", "containerPort": picker.metrics_port},
            *copied(list(picker.ports)),
        ],
        "livenessProbe": {"grpc": {"port": picker.health_port, "service": live}, "initialDelaySeconds": 5, "periodSeconds": 10},
        "readinessProbe": {"grpc": {"port": picker.health_port, "service": ready}, "periodSeconds": 2},
        "env": [*env, *copied(list(picker.env))],
        "volumeMounts": [{"name": "plugins-config-volume", "mountPath": "/config"}, *copied(list(picker.volume_mounts))],
    }
    return made


def _tracing_env(router: RouterSpec) -> list[Manifest]:
    tracing = router.routing.picker.tracing
    if tracing is None:
        return []
    name, pod = "OTEL_RESOURCE_ATTRIBUTES_NODE_NAME", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME"

    def of(variable: str, path: str) -> Manifest:
        return {"name": variable, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}}

    return [
        {"name": "OTEL_SERVICE_NAME", "value": "llm-d-router/epp"},
        {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": tracing.endpoint},
        {"name": "OTEL_TRACES_EXPORTER", "value": "otlp"},
        of(name, "spec.nodeName"),
        of(pod, "metadata.name"),
        {"name": "OTEL_RESOURCE_ATTRIBUTES", "value": f"k8s.namespace.name=$(NAMESPACE),k8s.node.name=$({name}),k8s.pod.name=$({pod})"},
        {"name": "OTEL_TRACES_SAMPLER", "value": tracing.sampler},
        {"name": "OTEL_TRACES_SAMPLER_ARG", "value": tracing.sampler_arg},
    ]


def _service(router: RouterSpec, how: RouterConventions) -> Manifest:
    ports: list[Any] = [
        {"name": "grpc-ext-proc", "protocol": "TCP", "port": how.service_port, "appProtocol": "kubernetes.io/h2c"},
        {"name": "http-metrics", "protocol": "TCP", "port": how.service_metrics_port},
        *copied(list(how.service_ports if how.own_ports else ())),
    ]
    spec = {"selector": dict(how.selector), "ports": ports, "type": "ClusterIP"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _metadata(router, how, how.picker), "spec": spec}


def _monitor(router: RouterSpec, how: RouterConventions) -> Manifest:
    monitor = router.routing.monitor
    assert monitor is not None  # noqa: S101 - asked for only where there is one
    endpoint: Manifest = {"interval": monitor.interval, "port": "http-metrics", "path": "/metrics"}
    if monitor.token_secret is not None:
        endpoint["authorization"] = {"credentials": {"key": "token", "name": monitor.token_secret}}
    spec: Manifest = {"endpoints": [endpoint], "jobLabel": how.picker}
    if router.namespace:
        spec["namespaceSelector"] = {"matchNames": [router.namespace]}
    spec["selector"] = {"matchLabels": dict(how.labels)}
    metadata = _metadata(router, how, how.monitor, labels=monitor.labels)
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": metadata, "spec": spec}


def _gateway(router: RouterSpec, how: RouterConventions) -> Manifest:
    gateway, route = router.routing.gateway, router.routing.route
    assert gateway is not None  # noqa: S101 - asked for only where there is one
    assert route is not None  # noqa: S101 - a gateway of one's own serves a route
    metadata = {**_metadata(router, how, gateway.name or route.gateway)}
    if route.gateway_namespace:
        metadata["namespace"] = route.gateway_namespace
    spec = {"gatewayClassName": gateway.gateway_class, "listeners": [{"name": "http", "port": gateway.port, "protocol": "HTTP"}]}
    return {"apiVersion": f"{_GATEWAYS}/v1", "kind": "Gateway", "metadata": metadata, "spec": spec}


def _route(router: RouterSpec, how: RouterConventions) -> Manifest:
    route = router.routing.route
    assert route is not None  # noqa: S101 - asked for only where there is one
    parent: Manifest = {"group": _GATEWAYS, "kind": "Gateway", "name": route.gateway}
    if route.gateway_namespace:
        parent["namespace"] = route.gateway_namespace
    match: Manifest = {"path": {"type": "PathPrefix", "value": "/"}}
    headers = ({"X-Gateway-Base-Model-Name": route.base_model} if route.base_model else {}) | dict(sorted(route.headers.items()))
    if headers:
        match["headers"] = [{"type": "Exact", "name": name, "value": value} for name, value in headers.items()]
    rule: Manifest = {"backendRefs": [{"group": _POOL_GROUP, "kind": "InferencePool", "name": how.pool}], "matches": [match]}
    if route.timeout is not None:
        rule["timeouts"] = {"request": route.timeout}
    return {
        "apiVersion": f"{_GATEWAYS}/v1",
        "kind": "HTTPRoute",
        "metadata": _metadata(router, how, how.pool, labelled=False),
        "spec": {"parentRefs": [parent], "rules": [rule]},
    }


def _destination_rule(router: RouterSpec, how: RouterConventions) -> Manifest:
    istio = router.routing.istio
    assert istio is not None  # noqa: S101 - asked for only where there is one
    host = istio.host or (f"{how.picker}.{router.namespace}.svc.cluster.local" if router.namespace else how.picker)
    policy: Manifest = {"tls": {"mode": "SIMPLE", "insecureSkipVerify": True}}
    if istio.connection_pool:
        policy["connectionPool"] = copied(istio.connection_pool)
    metadata = _metadata(router, how, how.picker, labelled=False, cluster=not how.labels_on_config)
    return {
        "apiVersion": "networking.istio.io/v1beta1",
        "kind": "DestinationRule",
        "metadata": metadata,
        "spec": {"host": host, "trafficPolicy": policy},
    }


def _rule(group: str, resources: Sequence[str], verbs: Sequence[str]) -> Manifest:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


_OWN_OBJECTS: Final = ("inferenceobjectives", "inferencemodelrewrites")


def _pool_rules(how: RouterConventions) -> list[Manifest]:
    groups = ("inference.networking.x-k8s.io", "llm-d.ai") if how.split_roles else ("llm-d.ai",)
    return [*(_rule(group, _OWN_OBJECTS, _READ) for group in groups), _rule(_POOL_GROUP, ["inferencepools"], _READ)]


def _access(router: RouterSpec, how: RouterConventions) -> Iterator[Manifest]:
    """What the picker may do: read pods, read its pool, ask who reads its metrics."""
    pods = _rule("", ["pods"], _READ)
    if not how.split_roles:
        yield from _granted(router, how, how.picker, [pods, *(_pool_rules(how) if how.pool_mode else [])])
        if how.cluster_access:
            yield from _cluster_role(router, how)
        return
    on_pool = list(_granted(router, how, f"{how.picker}-non-sa", _pool_rules(how))) if how.pool_mode else []
    on_cluster = list(_cluster_role(router, how)) if how.cluster_access else []
    if not how.standalone_order:
        yield from on_pool
    yield from on_cluster
    yield from _granted(router, how, f"{how.picker}-sa", [pods])
    if how.standalone_order:
        yield from on_pool


def _granted(router: RouterSpec, how: RouterConventions, name: str, rules: list[Manifest]) -> Iterator[Manifest]:
    """A Role and its binding to the picker's account."""
    yield {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": _metadata(router, how, name), "rules": rules}
    yield _binding(router, how, name, name, "Role")


def _binding(router: RouterSpec, how: RouterConventions, name: str, role: str, kind: str, *, namespaced: bool = True) -> Manifest:
    subject: Manifest = {"kind": "ServiceAccount", "name": how.picker}
    if router.namespace and namespaced:
        subject["namespace"] = router.namespace
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": f"{kind}Binding",
        "metadata": _metadata(router, how, name, labelled=False, cluster=kind == "ClusterRole"),
        "subjects": [subject],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
    }


def _cluster_role(router: RouterSpec, how: RouterConventions) -> Iterator[Manifest]:
    rules = [
        _rule("authentication.k8s.io", ["tokenreviews"], ["create"]),
        _rule("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),
        {"nonResourceURLs": ["/metrics"], "verbs": ["get"]},
    ]
    metadata = _metadata(router, how, how.cluster_name, cluster=True)
    yield {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata, "rules": rules}
    yield _binding(router, how, how.cluster_name, how.cluster_name, "ClusterRole")


def _leader_election(router: RouterSpec, how: RouterConventions) -> Iterator[Manifest]:
    name = f"{how.picker}-leader-election"
    verbs = ["get", "list", "watch", "create", "update", "patch", "delete"]
    rules = [_rule("coordination.k8s.io", ["leases"], verbs), _rule("", ["events"], ["create", "patch"])]
    yield {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": _metadata(router, how, name), "rules": rules}
    yield _binding(router, how, f"{name}-binding", name, "Role", namespaced=how.election_namespace)


def _token_secret(router: RouterSpec, how: RouterConventions, name: str) -> Manifest:
    metadata = _metadata(router, how, name, labelled=False)
    metadata["annotations"] = {"kubernetes.io/service-account.name": how.picker}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/service-account-token"}


def _account(router: RouterSpec, how: RouterConventions) -> Manifest:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(router, how, how.picker)}


def _policy(router: RouterSpec, how: RouterConventions, policy: PickerNetworkPolicy) -> Manifest:
    routing, picker = router.routing, router.routing.picker
    apart = routing.proxy is not None and routing.proxy.mode == "service"
    managed = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gmp-system"}}}
    reached = Reached(
        port=picker.port,
        metrics=picker.metrics_port,
        requests=TRAFFIC_PORT if routing.proxy is not None and not apart else None,
        callers=[
            *([{"podSelector": {"matchLabels": {"llm-d-router-proxy": how.proxy}}}] if apart else []),
            *(routing.google.peers if routing.google is not None else []),
        ],
        scrapers=[managed] if routing.google_monitor is not None else [],
    )
    spec = policy.spec(how.selector, router.match_labels, reached)
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": _metadata(router, how, how.picker), "spec": spec}
