"""The proxy of the standalone mode: its container, its configuration, and its Deployment and Service where it is not beside the picker."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_dra.manifest import Manifest, to_yaml
from constructs_dra.records.values import copied
from constructs_dra.routing.around import EnvoyProxy
from constructs_dra.routing.conventions import POD_SECURITY, RouterConventions
from constructs_dra.routing.envoy import READY_PORT, TRAFFIC_PORT, envoy_config
from constructs_dra.routing.spec import RouterSpec

__all__ = ["proxy_container", "proxy_files", "proxy_objects", "proxy_volumes"]

_STATS_PORT: Final = 15020
_HEALTH_PORT: Final = 15021
_PORT: Final = re.compile(r"^(\s+)['\"](\d+)['\"]: \2$", re.MULTILINE)
_TEMPLATE: Final = "agentgateway-config-template"


def _merged(base: Any, over: Any) -> Any:
    """Maps merge, everything else is replaced; None says nothing."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {**base, **{name: _merged(base.get(name), value) for name, value in over.items() if value is not None}}
    return copied(over)


def _listener(how: RouterConventions) -> int:
    """The port that agentgateway listens on: what the Service's port `http` leads to."""
    named = [port for port in how.service_ports if isinstance(port, Mapping) and port.get("name") == "http"]
    port = named[0].get("port") if named and how.listens_on_service_port else None
    return port if isinstance(port, int) else TRAFFIC_PORT


def _field(name: str, path: str) -> Manifest:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def _get(path: str, port: int, **more: int) -> Manifest:
    return {"failureThreshold": 1, "httpGet": {"path": path, "port": port, "scheme": "HTTP"}, "successThreshold": 1, "timeoutSeconds": 1, **more}


def proxy_container(how: RouterConventions, proxy: EnvoyProxy) -> Manifest:
    """The container."""
    made: Manifest = {"name": proxy.CONTAINER_NAME, "image": proxy.image, "imagePullPolicy": proxy.image_pull_policy}
    if proxy.bare:
        made |= {"args": list(proxy.args), "env": copied(list(proxy.env)), "resources": copied(proxy.resources), **copied(proxy.container)}
        return {name: value for name, value in made.items() if value not in ([], {})}
    if proxy.PRESET == "envoy":
        http = {"name": "http" if how.hardened else f"http-{TRAFFIC_PORT}", "containerPort": TRAFFIC_PORT}
        made |= {
            "command": ["envoy"],
            "args": list(proxy.args),
            "env": [_field("NS_NAME", "metadata.namespace"), _field("POD_NAME", "metadata.name"), *copied(list(proxy.env))],
            "ports": [http, {"name": f"metrics-{READY_PORT}", "containerPort": READY_PORT}],
            "readinessProbe": _get("/ready", READY_PORT, periodSeconds=5),
            "resources": copied(proxy.resources),
            "volumeMounts": [{"mountPath": "/etc/envoy", "name": "config", "readOnly": True}],
        }
        return dict(_merged(made, proxy.container))
    listener = {"containerPort": _listener(how), "name": "http"}
    made |= {
        "args": list(proxy.args),
        "env": copied(list(proxy.env)),
        "ports": [
            listener,
            {"containerPort": _STATS_PORT, "name": f"metrics-{_STATS_PORT}"},
            {"containerPort": _HEALTH_PORT, "name": f"readiness-{_HEALTH_PORT}"},
        ],
        "readinessProbe": _get("/healthz/ready", _HEALTH_PORT, periodSeconds=5),
        "startupProbe": _get("/healthz/ready", _HEALTH_PORT, failureThreshold=60, periodSeconds=1, timeoutSeconds=2),
        "resources": copied(proxy.resources),
    }
    made = dict(_merged(made, proxy.container))
    # the first port is the listener, whatever the values say
    made["ports"] = [listener, *made["ports"][1:]]
    made["volumeMounts"] = [{"name": _TEMPLATE, "mountPath": "/config", "readOnly": True}, *made.get("volumeMounts", ())]
    return {name: value for name, value in made.items() if value != []}


def proxy_volumes(how: RouterConventions, proxy: EnvoyProxy) -> list[Manifest]:
    """Where its configuration comes from, and what else its container mounts."""
    if proxy.PRESET == "envoy":
        own: list[Manifest] = (
            []
            if proxy.bare
            else [{"configMap": {"items": [{"key": "envoy.yaml", "path": "envoy.yaml"}], "name": how.proxy_config}, "name": "config"}]
        )
        return own if proxy.volumes is None else copied(list(proxy.volumes))
    template = {"name": _TEMPLATE, "configMap": {"name": how.proxy_config, "items": [{"key": "config.yaml", "path": "config.yaml"}]}}
    return [template, *copied(list(proxy.volumes or ()))]


def _host(router: RouterSpec, how: RouterConventions, proxy: EnvoyProxy) -> str:
    """Where the proxy finds the picker."""
    if proxy.mode == "sidecar":
        return "127.0.0.1"
    return f"{how.picker}.{router.namespace}.svc.{proxy.cluster_domain}" if router.namespace else how.picker


def proxy_files(router: RouterSpec, how: RouterConventions, proxy: EnvoyProxy) -> dict[str, str]:
    """Its configuration by file."""
    host = _host(router, how, proxy)
    if proxy.bare:
        return dict(proxy.files)
    if proxy.PRESET == "envoy":
        if "envoy.yaml" in proxy.files:
            return dict(proxy.files)
        config = envoy_config(fail_open=proxy.fail_open, tls=router.routing.picker.serves_tls, picker_host=host)
        return {"envoy.yaml": to_yaml(config), **proxy.files}
    # its ports are numbers as keys too, which no manifest has
    text = _PORT.sub(r"\1\2: \2", to_yaml(_agentgateway(router, how, host)))
    return {**proxy.files, "config.yaml": text}


def _agentgateway(router: RouterSpec, how: RouterConventions, host: str) -> Manifest:
    """Agentgateway's configuration: everything to one service, whose endpoints the picker chooses."""
    name, namespace = router.match_labels.get("app") or router.name, router.namespace or ""
    picker = {"endpointPicker": {"host": f"{host}:{how.service_port}"}, "destinationMode": "passthrough"}
    backend = {
        "service": {"name": f"{namespace}/{name}" if namespace else name, "port": router.target_ports[0]},
        "policies": {"inferenceRouting": picker},
    }
    route = {"name": "standalone-epp", "matches": [{"path": {"pathPrefix": "/"}}], "backends": [backend]}
    service = {"name": name, "namespace": namespace, "hostname": name, "vips": [], "ports": {str(port): port for port in router.target_ports}}
    return {
        "config": {"statsAddr": f"0.0.0.0:{_STATS_PORT}", "readinessAddr": f"0.0.0.0:{_HEALTH_PORT}"},
        "binds": [{"port": _listener(how), "listeners": [{"name": "default", "protocol": "HTTP", "routes": [route]}]}],
        "services": [service],
    }


def proxy_objects(router: RouterSpec, how: RouterConventions, containers: list[Manifest]) -> Iterator[Manifest]:
    """The Deployment and the Service of a proxy that is not beside the picker.

    Args:
        router: The router.
        how: Its conventions.
        containers: The proxy's container, as it is to be.
    """
    proxy = router.routing.proxy
    if proxy is None or proxy.mode != "service":
        return
    selector = {"llm-d-router-proxy": how.proxy}
    labels = pod_labels = {**how.labels, **selector}
    if how.hardened:
        # the picker's own labels would make its pods endpoints of the picker's Service; the mode is what policies of networks let in
        own = {"app.kubernetes.io/name": how.proxy, "app.kubernetes.io/component": "proxy"}
        labels = {**how.labels, **own, **selector}
        pod_labels = {**own, "llm-d.ai/igw-mode": how.workload_labels["llm-d.ai/igw-mode"], **selector}
    spec: Manifest = {"containers": containers, "volumes": proxy_volumes(how, proxy)}
    if how.hardened:
        spec = {"automountServiceAccountToken": False, "securityContext": dict(POD_SECURITY), **spec}
    metadata: Manifest = {"name": how.proxy}
    if router.namespace:
        metadata["namespace"] = router.namespace
    yield {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**metadata, "labels": labels},
        "spec": {
            "replicas": proxy.replicas,
            "selector": {"matchLabels": dict(selector)},
            "template": {"metadata": {"labels": dict(pod_labels)}, "spec": spec},
        },
    }
    service = {"selector": dict(selector), "ports": copied(list(how.service_ports)), "type": "ClusterIP"}
    yield {"apiVersion": "v1", "kind": "Service", "metadata": {**metadata, "labels": dict(labels if how.hardened else how.labels)}, "spec": service}
