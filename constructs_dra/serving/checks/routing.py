"""The routing proxy, the hand-over of KV caches, and tracing."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attrs import evolve

from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.serving.checks.containers import flag_values
from constructs_dra.serving.checks.view import PodView, finding
from constructs_dra.serving.manifests.proxy import proxy_args
from constructs_dra.serving.proxy import RoutingProxy

if TYPE_CHECKING:
    from constructs_dra.serving.service import ModelService

__all__ = ["routing_problems", "service_routing_problems"]

_SINCE: Final = (0, 10)
_KV: Final = ("nixlv2", "shared-storage", "sglang", "mooncake", "offloading")
"""KV connectors of the sidecar from version 0.10 on (llm-d-router, `pkg/sidecar/proxy/options.go`). Older ones are not compared with anything."""
_KV_ROLES: Final = {"decode": ("kv_both", "kv_consumer"), "prefill": ("kv_both", "kv_producer")}
"""vLLM's KV transfer roles: prefill makes the cache, decode takes it."""
_EC: Final = ("ec-example", "ec-nixl")
_RATIO_SAMPLERS: Final = frozenset({"traceidratio", "parentbased_traceidratio"})
_SAMPLERS: Final = ("always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio")
"""OpenTelemetry environment variable specification, `OTEL_TRACES_SAMPLER`."""


def service_routing_problems(service: "ModelService") -> Iterator[Problem]:
    """What concerns the service as a whole."""
    proxy = service.routing_proxy
    if proxy is not None and service.decode is not None:
        yield from _connectors(proxy)
        yield from _version(service, proxy)
        yield from _flags(service, proxy)
    if service.tracing is not None:
        yield from _tracing(service)


def _connectors(proxy: RoutingProxy) -> Iterator[Problem]:
    minor = proxy.minor
    if minor is None or minor < _SINCE:
        return
    whom = f"sidecar {_words(minor)}"
    if proxy.kv_connector not in _KV:
        hint = did_you_mean(proxy.kv_connector, _KV)
        yield finding("proxy.kv_connector", "connector-unknown", f"{whom} does not know {shown(proxy.kv_connector)}", hint)
    if proxy.ec_connector is not None and proxy.ec_connector not in _EC:
        hint = did_you_mean(proxy.ec_connector, _EC)
        yield finding("proxy.ec_connector", "connector-unknown", f"{whom} does not know {shown(proxy.ec_connector)}", hint)


def _words(minor: tuple[int, int]) -> str:
    return f"{minor[0]}.{minor[1]}"


def _version(service: "ModelService", proxy: RoutingProxy) -> Iterator[Problem]:
    minor = proxy.minor
    if minor is None:
        return
    if proxy.ec_connector is not None and minor < _SINCE:
        message = f"sidecar {_words(minor)} has no --ec-connector"
        yield finding("proxy.ec_connector", "proxy-version", message, "use an image of version 0.10 or later")
    if proxy.enable_tls and minor < (0, 7) and set(proxy.enable_tls) - {"prefiller"}:
        message = f"sidecar {_words(minor)} can use TLS towards prefillers only"
        yield finding("proxy.enable_tls", "proxy-version", message, "use an image of version 0.7 or later")
    if service.release is not None and not service.release.fixed("proxy-flags-by-version") and minor >= _SINCE:
        message = f"sidecar {_words(minor)} refuses --connector, which the chart gives it"
        yield finding("proxy.image", "proxy-version", message, 'use an image before 0.10, or the fix "proxy-flags-by-version"')


def _flags(service: "ModelService", proxy: RoutingProxy) -> Iterator[Problem]:
    if not proxy.args:
        return
    by_version = service.release is None or service.release.fixed("proxy-flags-by-version")
    fields = proxy_args(evolve(proxy, args=()), service.service_port, by_version=by_version)
    given = {flag.partition("=")[0] for flag in fields}
    for index, arg in enumerate(proxy.args):
        flag = arg.partition("=")[0]
        if flag in given:
            yield finding(f"proxy.args[{index}]", "flag-twice", f"{flag} is given twice", "leave it out: it follows from the fields of the proxy")
        given.add(flag)


def _tracing(service: "ModelService") -> Iterator[Problem]:
    tracing = service.tracing
    if tracing is None:
        return
    if tracing.sampler not in _SAMPLERS:
        yield finding("tracing.sampler", "trace-ratio", f"{shown(tracing.sampler)} is no sampler", did_you_mean(tracing.sampler, _SAMPLERS))
    elif tracing.sampler in _RATIO_SAMPLERS:
        try:
            ratio = float(tracing.sampler_arg)
        except ValueError:
            ratio = -1
        if not 0 <= ratio <= 1:
            message = f"{shown(tracing.sampler_arg)} is no share between 0 and 1"
            yield finding("tracing.sampler_arg", "trace-ratio", message, "'0.1' traces one request in ten")


def routing_problems(view: PodView) -> Iterator[Problem]:
    """How the model servers of one pod hand over KV caches."""
    service = view.context.service
    for path, record, made in view.containers():
        args = made.get("args", ())
        values = flag_values(args, "--kv-transfer-config")
        for value in values:
            try:
                config = json.loads(value)
            except ValueError as error:
                message = f"--kv-transfer-config is no JSON: {error}"
                yield finding(f"{path}.args", "kv-transfer", message, 'quote it as a whole: \'{"kv_connector": "NixlConnector", …}\'')
                continue
            if not isinstance(config, dict) or "kv_connector" not in config or "kv_role" not in config:
                hint = '{"kv_connector": "NixlConnector", "kv_role": "kv_both"} lets both sides send and receive'
                yield finding(f"{path}.args", "kv-transfer", "--kv-transfer-config needs kv_connector and kv_role", hint)
            elif config["kv_role"] not in _KV_ROLES.get(view.context.name, (config["kv_role"],)):
                fit = " or ".join(_KV_ROLES[view.context.name])
                message = f"kv_role {shown(config['kv_role'])} does not fit {view.context.name}"
                yield finding(f"{path}.args", "kv-transfer", message, f"write {fit}")
        paired = service.prefill is not None and service.decode is not None and view.context.name in {"decode", "prefill"}
        if paired and record.model_command == "vllmServe" and not values:
            hint = """add '--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_both"}'"""
            yield finding(f"{path}.args", "kv-transfer", "prefill and decode need --kv-transfer-config to hand over the KV cache", hint)
