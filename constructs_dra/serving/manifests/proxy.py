"""The routing proxy as a sidecar container, its flags spelt as its version wants them."""

from typing import Any, Final

from constructs_dra.engines.router import flag_name
from constructs_dra.records.values import copied
from constructs_dra.serving.container import Port, port_records
from constructs_dra.serving.env import env_list
from constructs_dra.serving.proxy import RoutingProxy
from constructs_dra.serving.tracing import Tracing

__all__ = ["proxy_args", "proxy_container"]

_OLD_FLAGS: Final = {"model_server_port": "vllm-port", "kv_connector": "connector", "tls": "prefiller-use-tls"}
_FLAGS_SINCE: Final = (
    ((0, 10), {"model_server_port": "model-server-port", "kv_connector": "kv-connector", "tls": "enable-tls"}),
    ((0, 7), {"model_server_port": "vllm-port", "kv_connector": "kv-connector", "tls": "enable-tls"}),
    ((0, 0), _OLD_FLAGS),
)
"""Names of the flags that changed, newest first (llm-d-router `pkg/sidecar/proxy/options.go` and its release notes)."""

_SECURITY: Final = {"allowPrivilegeEscalation": False, "runAsNonRoot": True}


def flag_names(proxy: RoutingProxy, *, by_version: bool = True) -> dict[str, str]:
    """How this sidecar spells the flags that changed; an unknown version counts as the newest."""
    if not by_version:
        return _OLD_FLAGS
    minor = proxy.minor
    return next(names for since, names in _FLAGS_SINCE if minor is None or minor >= since)


def proxy_args(proxy: RoutingProxy, service_port: int, *, by_version: bool = True) -> list[str]:
    """The sidecar's command line."""
    names = flag_names(proxy, by_version=by_version)
    tls: object = None
    if proxy.enable_tls is not None:
        tls = ",".join(proxy.enable_tls) or None if names["tls"] == "enable-tls" else "prefiller" in proxy.enable_tls
    flags: list[tuple[str, object]] = [
        ("port", service_port),
        (names["model_server_port"], proxy.target_port),
        ("data-parallel-size", proxy.data_parallel_size if proxy.data_parallel_size > 1 else None),
        (names["kv_connector"], proxy.kv_connector),
        ("ec-connector", proxy.ec_connector),
        ("zap-devel", proxy.zap_devel),
        ("zap-encoder", proxy.zap_encoder),
        ("zap-log-level", proxy.zap_log_level),
        ("zap-stacktrace-level", proxy.zap_stacktrace_level),
        ("zap-time-encoding", proxy.zap_time_encoding),
        (_secure(proxy, by_version=by_version), proxy.secure_proxy),
        (names["tls"], tls),
        ("cert-path", proxy.cert_path),
    ]
    made = [f"--{flag}={_word(value)}" for flag, value in flags if value is not None]
    return [*made, *proxy.args]


def _secure(proxy: RoutingProxy, *, by_version: bool) -> str:
    """The name of the flag for TLS; where the version is not known, the old one, which every version takes."""
    major_minor = proxy.minor if by_version else None
    tag = f"v{major_minor[0]}.{major_minor[1]}" if major_minor is not None else ""
    return flag_name("sidecar", _SECURE, tag)


_SECURE: Final = ("secure-serving", "secure-proxy")


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def proxy_ports(proxy: RoutingProxy, service_port: int) -> list[Port]:
    """The ports the sidecar shows."""
    given = {port.number: port for port in port_records(proxy.ports)}
    listening = range(service_port, service_port + proxy.data_parallel_size)
    return [*(given.get(number, Port(number)) for number in listening), *(port for number, port in given.items() if number not in listening)]


def proxy_container(
    proxy: RoutingProxy, service_port: int, tracing: Tracing | None, *, by_version: bool = True, with_resources: bool = True
) -> dict[str, Any]:
    """The sidecar: an init container that keeps running."""
    if tracing is not None or not proxy.likeness:
        return _proxy_container(proxy, service_port, tracing, by_version=by_version, with_resources=with_resources)
    key = (proxy.likeness, service_port, by_version, with_resources)
    made = _MADE.get(key)
    if made is None:
        if len(_MADE) >= 256:
            _MADE.clear()
        made = _MADE[key] = _proxy_container(proxy, service_port, None, by_version=by_version, with_resources=with_resources)
    container: dict[str, Any] = copied(made)
    return container


_MADE: Final[dict[tuple[int, int, bool, bool], dict[str, Any]]] = {}
"""Sidecars made before, by likeness and port: those of a fleet are alike."""


def _proxy_container(proxy: RoutingProxy, service_port: int, tracing: Tracing | None, *, by_version: bool, with_resources: bool) -> dict[str, Any]:
    container: dict[str, Any] = {"name": proxy.name, "image": proxy.image}
    if proxy.image_pull_policy is not None:
        container["imagePullPolicy"] = proxy.image_pull_policy
    container["restartPolicy"] = "Always"
    container["args"] = proxy_args(proxy, service_port, by_version=by_version)
    traced = tracing.env(tracing.routing_proxy) if tracing is not None else []
    if variables := [*env_list(proxy.env), *traced]:
        container["env"] = variables
    container["ports"] = [port.manifest() for port in proxy_ports(proxy, service_port)]
    if proxy.resources and with_resources:
        container["resources"] = copied(proxy.resources)
    container["securityContext"] = copied(proxy.security_context if proxy.security_context is not None else _SECURITY)
    container.update(copied(proxy.extra))
    return container
