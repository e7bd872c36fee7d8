"""The routing proxy, the hand-over of KV caches, and tracing."""

import json
from collections.abc import Iterator
from typing import Final

from attrs import evolve

from constructs_dra.engines.flags import flag_values
from constructs_dra.engines.handover import KV_ROLES
from constructs_dra.engines.router import allowed_values
from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.context import ServiceContext
from constructs_dra.serving.findings import finding
from constructs_dra.serving.manifests.proxy import proxy_args
from constructs_dra.serving.proxy import RoutingProxy

__all__ = ["routing_problems", "service_routing_problems"]

_SINCE: Final = (0, 10)


def service_routing_problems(service: ServiceContext) -> Iterator[Problem]:
    """What concerns the routing proxy of the service."""
    proxy = service.spec.routing_proxy
    if proxy is not None and service.spec.decode is not None:
        by_version = service.conventions.proxy_flags_by_version
        yield from _connectors(proxy)
        yield from _version(proxy, by_version=by_version)
        yield from _flags(proxy, service.service_port, by_version=by_version)


def _connectors(proxy: RoutingProxy) -> Iterator[Problem]:
    minor = proxy.minor
    whom = f"sidecar {_words(minor)}" if minor is not None else "the routing proxy"
    for field, names in (("kv_connector", ("kv-connector", "connector")), ("ec_connector", ("ec-connector",))):
        value = getattr(proxy, field)
        known = allowed_values("sidecar", names, f"v{_words(minor)}" if minor is not None else "")
        if value is not None and known and value not in known:
            yield finding(f"proxy.{field}", "connector-unknown", f"{whom} does not know {shown(value)}", did_you_mean(value, known))


def _words(minor: tuple[int, int]) -> str:
    return f"{minor[0]}.{minor[1]}"


def _version(proxy: RoutingProxy, *, by_version: bool) -> Iterator[Problem]:
    minor = proxy.minor
    if minor is None:
        return
    if proxy.ec_connector is not None and minor < (0, 7):
        message = f"sidecar {_words(minor)} has no --ec-connector"
        yield finding("proxy.ec_connector", "proxy-version", message, "use an image of version 0.7 or later")
    if proxy.enable_tls and minor < (0, 7) and set(proxy.enable_tls) - {"prefiller"}:
        message = f"sidecar {_words(minor)} can use TLS towards prefillers only"
        yield finding("proxy.enable_tls", "proxy-version", message, "use an image of version 0.7 or later")
    if not by_version and minor >= _SINCE:
        message = f"sidecar {_words(minor)} refuses --connector, which the chart gives it"
        yield finding("proxy.image", "proxy-version", message, 'use an image before 0.10, or the fix "proxy-flags-by-version"')


def _flags(proxy: RoutingProxy, service_port: int, *, by_version: bool) -> Iterator[Problem]:
    if not proxy.args:
        return
    fields = proxy_args(evolve(proxy, args=()), service_port, by_version=by_version)
    given = {flag.partition("=")[0] for flag in fields}
    for index, arg in enumerate(proxy.args):
        flag = arg.partition("=")[0]
        if flag in given:
            yield finding(f"proxy.args[{index}]", "flag-twice", f"{flag} is given twice", "leave it out: it follows from the fields of the proxy")
        given.add(flag)


def routing_problems(view: CheckedPod) -> Iterator[Problem]:
    """How the model servers of one pod hand over KV caches."""
    service = view.context.spec
    for path, record, made in view.containers():
        args = made.get("args", ())
        values = flag_values(args, "--kv-transfer-config")
        for value in values:
            try:
                config = json.loads(value)
            except ValueError as error:
                message = f"--kv-transfer-config is not valid JSON: {error}"
                yield finding(f"{path}.args", "kv-transfer", message, 'quote it as a whole: \'{"kv_connector": "NixlConnector", …}\'')
                continue
            if not isinstance(config, dict) or "kv_connector" not in config or "kv_role" not in config:
                hint = '{"kv_connector": "NixlConnector", "kv_role": "kv_both"} lets both sides send and receive'
                yield finding(f"{path}.args", "kv-transfer", "--kv-transfer-config needs kv_connector and kv_role", hint)
            elif config["kv_role"] not in KV_ROLES.get(view.context.name, (config["kv_role"],)):
                fit = " or ".join(KV_ROLES[view.context.name])
                message = f"kv_role {shown(config['kv_role'])} does not fit {view.context.name}"
                yield finding(f"{path}.args", "kv-transfer", message, f"write {fit}")
        paired = service.prefill is not None and service.decode is not None and view.context.name in {"decode", "prefill"}
        if paired and record.model_command == "vllmServe" and not values:
            hint = """add '--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_both"}'"""
            yield finding(f"{path}.args", "kv-transfer", "prefill and decode need --kv-transfer-config to hand over the KV cache", hint)
