"""The configuration of the Envoy that stands beside an endpoint picker in the standalone mode."""

from typing import Any, Final

__all__ = ["DESTINATION_HEADER", "READY_PORT", "TRAFFIC_PORT", "envoy_config"]

TRAFFIC_PORT: Final = 8081
"""Port that clients talk to."""

READY_PORT: Final = 19001
"""Port of readiness and of Envoy's own metrics."""

DESTINATION_HEADER: Final = "x-gateway-destination-endpoint"
"""Header in which the picker says where a request goes."""

_HERE: Final = "127.0.0.1"
_ADMIN_PORT: Final = 19000
_TYPES: Final = "type.googleapis.com/"
_FILTERS: Final = f"{_TYPES}envoy.extensions.filters"
_CONNECTIONS: Final = 40_000
_LONGEST: Final = "86400s"
_LINE: Final = '{"start_time":"%START_TIME%","method":"%REQ(:METHOD)%",...}\n'


def _socket(address: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": address, "port_value": port}}


def _listener(name: str, port: int) -> dict[str, Any]:
    """A listener on every address, IPv4 and IPv6."""
    return {"name": name, "address": _socket("0.0.0.0", port), "additional_addresses": [{"address": _socket("::", port)}]}  # noqa: S104 - inside a pod


def _log(path: str, **more: Any) -> dict[str, Any]:
    config: dict[str, Any] = {"@type": f"{_TYPES}envoy.extensions.access_loggers.file.v3.FileAccessLog", "path": path}
    if path != "/dev/null":
        config["log_format"] = {"text_format_source": {"inline_string": _LINE}}
    return {"name": "envoy.access_loggers.file", **more, "typed_config": config}


def _router(**more: Any) -> dict[str, Any]:
    return {"name": "envoy.filters.http.router", "typed_config": {"@type": f"{_FILTERS}.http.router.v3.Router", **more}}


def _manager(**config: Any) -> dict[str, Any]:
    kind = f"{_FILTERS}.network.http_connection_manager.v3.HttpConnectionManager"
    return {"name": "envoy.filters.network.http_connection_manager", "typed_config": {"@type": kind, **config}}


def _route(cluster: str, prefix: str, **more: Any) -> dict[str, Any]:
    return {"match": {"prefix": prefix}, "route": {"cluster": cluster, **more}}


def _ready() -> dict[str, Any]:
    health = {
        "@type": f"{_FILTERS}.http.health_check.v3.HealthCheck",
        "pass_through_mode": False,
        "headers": [{"name": ":path", "string_match": {"exact": "/ready"}}],
    }
    routes = {
        "name": "local_route",
        "virtual_hosts": [{"name": "prometheus_stats", "domains": ["*"], "routes": [_route("prometheus_stats", "/stats/prometheus")]}],
    }
    check = {"name": "envoy.filters.http.health_check", "typed_config": health}
    manager = _manager(
        stat_prefix="envoy-ready-http",
        route_config=routes,
        http_filters=[check, _router()],
    )
    return {**_listener(f"envoy-proxy-ready-0.0.0.0-{READY_PORT}", READY_PORT), "filter_chains": [{"filters": [manager]}]}


def _traffic(*, fail_open: bool, port: int) -> dict[str, Any]:
    external = {
        "@type": f"{_FILTERS}.http.ext_proc.v3.ExternalProcessor",
        "failure_mode_allow": fail_open,
        "grpc_service": {"envoy_grpc": {"cluster_name": "ext_proc", "authority": f"localhost:{port}"}, "timeout": "10s"},
        "processing_mode": {
            "request_header_mode": "SEND",
            "response_header_mode": "SEND",
            "request_body_mode": "FULL_DUPLEX_STREAMED",
            "response_body_mode": "FULL_DUPLEX_STREAMED",
            "request_trailer_mode": "SEND",
            "response_trailer_mode": "SEND",
        },
        "message_timeout": "1000s",
    }
    upgrades = [{"upgrade_type": "websocket"}]
    route = _route("original_destination_cluster", "/", timeout=_LONGEST, idle_timeout=_LONGEST, upgrade_configs=upgrades)
    route["typed_per_filter_config"] = {"envoy.filters.http.ext_proc": {"@type": f"{_TYPES}envoy.config.route.v3.FilterConfig", "config": {}}}
    manager = _manager(
        stat_prefix=f"http-{TRAFFIC_PORT}",
        route_config={"name": "vllm", "virtual_hosts": [{"name": "vllm-default", "domains": ["*"], "routes": [route]}]},
        http_filters=[{"name": "envoy.filters.http.ext_proc", "typed_config": external}, _router(suppress_envoy_headers=True)],
        http2_protocol_options={"max_concurrent_streams": 100, "initial_stream_window_size": 65536, "initial_connection_window_size": 1048576},
        use_remote_address=True,
        normalize_path=True,
        merge_slashes=True,
        server_header_transformation="PASS_THROUGH",
        common_http_protocol_options={"headers_with_underscores_action": "REJECT_REQUEST"},
        path_with_escaped_slashes_action="UNESCAPE_AND_REDIRECT",
        access_log=[_log("/dev/stdout")],
    )
    return {
        **_listener("vllm", TRAFFIC_PORT),
        "per_connection_buffer_limit_bytes": 32768,
        "access_log": [_log("/dev/stdout", filter={"response_flag_filter": {"flags": ["NR"]}})],
        "filter_chains": [{"name": "vllm", "filters": [manager]}],
    }


def _breakers(**more: int) -> dict[str, Any]:
    return {"thresholds": [{"max_connections": _CONNECTIONS, "max_pending_requests": _CONNECTIONS, "max_requests": _CONNECTIONS, **more}]}


def _stats() -> dict[str, Any]:
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": _socket("127.0.0.1", _ADMIN_PORT)}}]}]
    assignment = {"cluster_name": "prometheus_stats", "endpoints": endpoints}
    return {"name": "prometheus_stats", "type": "STATIC", "connect_timeout": "0.250s", "load_assignment": assignment}


def _picker(*, tls: bool, host: str, port: int) -> dict[str, Any]:
    check: dict[str, Any] = {
        "timeout": "2s",
        "interval": "10s",
        "unhealthy_threshold": 3,
        "healthy_threshold": 2,
        "reuse_connection": True,
        "grpc_health_check": {"service_name": "envoy.service.ext_proc.v3.ExternalProcessor"},
    }
    made: dict[str, Any] = {
        "name": "ext_proc",
        "type": "STATIC" if host == _HERE else "STRICT_DNS",
        "connect_timeout": _LONGEST,
        "lb_policy": "LEAST_REQUEST",
        "circuit_breakers": _breakers(max_retries=1024),
        "health_checks": [check],
    }
    if tls:
        context = f"{_TYPES}envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"
        check["tls_options"] = {"alpn_protocols": ["h2"]}
        made["transport_socket"] = {
            "name": "envoy.transport_sockets.tls",
            "typed_config": {"@type": context, "common_tls_context": {"validation_context": None}},
        }
    windows = {"initial_stream_window_size": 65536, "initial_connection_window_size": 1048576}
    options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    made["typed_extension_protocol_options"] = {options: {"@type": f"{_TYPES}{options}", "explicit_http_config": {"http2_protocol_options": windows}}}
    endpoint = {"endpoint": {"address": _socket(host, port)}, "load_balancing_weight": 1}
    made["load_assignment"] = {"cluster_name": "ext_proc", "endpoints": [{"locality": {"region": "ext_proc/e2e/0"}, "lb_endpoints": [endpoint]}]}
    return made


def envoy_config(*, fail_open: bool, tls: bool, picker_host: str = _HERE, picker_port: int = 9002) -> dict[str, Any]:
    """The configuration: clients on one port, the picker asked about each request, and the request sent where it says.

    Args:
        fail_open: Whether a request goes on where the picker does not answer.
        tls: Whether the picker talks TLS.
        picker_host: Where the picker is. Default: beside it.
        picker_port: Port the picker listens on. Default 9002.
    """
    destination = {
        "name": "original_destination_cluster",
        "type": "ORIGINAL_DST",
        "connect_timeout": "1000s",
        "lb_policy": "CLUSTER_PROVIDED",
        "circuit_breakers": _breakers(),
        "original_dst_lb_config": {"use_http_header": True, "http_header_name": DESTINATION_HEADER},
    }
    return {
        "admin": {"address": _socket("127.0.0.1", _ADMIN_PORT), "access_log": [_log("/dev/null")]},
        "static_resources": {
            "listeners": [_ready(), _traffic(fail_open=fail_open, port=picker_port)],
            "clusters": [_stats(), destination, _picker(tls=tls, host=picker_host, port=picker_port)],
        },
    }
