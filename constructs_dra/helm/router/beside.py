"""What values of the router's charts put beside the picker: its proxy, the tokenizer, the servers that predict latencies."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_dra.errors import Problem
from constructs_dra.helm.calls import Argument, Call, call
from constructs_dra.helm.router.keys import RouterChart
from constructs_dra.paths import child

__all__ = ["beside_problems", "predictor_call", "proxy_call", "proxy_type", "tokenizer_call"]

_ENVOY_ARGS: Final = (
    "--service-node", "envoy-proxy", "--log-level", "warn", "--cpuset-threads", "--drain-strategy", "immediate", "--drain-time-s", "60",
    "-c", "/etc/envoy/envoy.yaml",
)  # fmt: skip
"""Arguments of the chart's Envoy where the values give none."""

_CONTAINER: Final = ("name", "env", "ports", "livenessProbe", "readinessProbe", "startupProbe", "securityContext", "volumeMounts")
"""Keys of a proxy that replace fields of its container."""


def proxy_type(proxy: Mapping[str, Any]) -> str:
    """Which proxy values ask for: `envoy` or `agentgateway`."""
    return str(proxy.get("proxyType") or "envoy").lower()


def _mode(proxy: Mapping[str, Any]) -> str:
    return str(proxy.get("mode") or "sidecar").lower()


def proxy_call(proxy: Mapping[str, Any], router: Mapping[str, Any], chart: RouterChart) -> Call:
    """The proxy that values describe."""
    path = "router.proxy"
    agentgateway = chart == "router-standalone" and proxy_type(proxy) == "agentgateway"
    config = proxy.get("configMap") or {}
    mode = _mode(proxy)
    fail_open = proxy.get("failOpen") if isinstance(proxy.get("failOpen"), bool) else mode == "service"
    container = {key: proxy[key] for key in _CONTAINER if proxy.get(key)}
    if proxy.get("command"):
        container["command"] = [proxy["command"]]
    bare = chart == "router-gateway"
    args = proxy.get("args") or ([] if bare else None if agentgateway else list(_ENVOY_ARGS))
    return call(
        "AgentgatewayProxy" if agentgateway else "EnvoyProxy",
        image=Argument(proxy.get("image") or None, f"{path}.image"),
        args=Argument(args, f"{path}.args"),
        resources=Argument(proxy.get("resources") or {}, f"{path}.resources"),
        image_pull_policy=Argument(proxy.get("imagePullPolicy"), f"{path}.imagePullPolicy"),
        # beside the gateway, whose values say nothing of it, the proxy fails closed
        fail_open=Argument(None if fail_open or agentgateway else False, f"{path}.failOpen"),
        mode=Argument(mode if mode != "sidecar" else None, f"{path}.mode"),
        replicas=Argument(proxy.get("replicas") or None, f"{path}.replicas"),
        cluster_domain=Argument(router.get("clusterDomain") if mode == "service" else None, "router.clusterDomain"),
        container=Argument(container or None, path),
        volumes=Argument(list(proxy["volumes"]) if proxy.get("volumes") else None, f"{path}.volumes"),
        files=Argument(dict(config.get("data") or {}) or None, f"{path}.configMap.data"),
        config_name=Argument(config.get("name") or None, f"{path}.configMap.name"),
        bare=Argument(bare or None, path),
        at=path,
    )


def beside_problems(values: Mapping[str, Any], chart: RouterChart) -> Iterator[Problem]:
    """What Helm fails with, and what nobody could have meant."""
    router = values["router"]
    proxy, tokenizer = router.get("proxy") or {}, router.get("tokenizer") or {}
    if tokenizer.get("enabled") and not tokenizer.get("modelName"):
        yield Problem("router.tokenizer.modelName", "is empty, and Helm fails without it", "write the model's name", rule="required")
    if chart == "router-standalone":
        yield from _standalone(router, proxy)
    elif proxy.get("enabled"):
        for key in ("name", "image"):
            if not proxy.get(key):
                words = "is empty: the chart of the gateway has no proxy of its own, and its container would have none"
                yield Problem(f"router.proxy.{key}", words, "write it, or leave router.proxy.enabled out", rule="required")
    data = at_path(proxy, "configMap.data")
    for place, text in (
        *((child("router.proxy.volumes", index), each) for index, each in enumerate(proxy.get("volumes") or [])),
        *((child("router.proxy.configMap.data", name), text) for name, text in (data or {}).items() if name == "envoy.yaml"),
    ):
        if "{{" in str(text):
            yield Problem(place, "is a template of the chart, which this importer does not run", "write the value itself", rule="unsupported-value")


def at_path(values: Any, path: str) -> Any:
    """The value at a path; None where there is none."""
    for step in path.split("."):
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _standalone(router: Mapping[str, Any], proxy: Mapping[str, Any]) -> Iterator[Problem]:
    """The refusals of the standalone chart."""
    mode, kind = _mode(proxy), proxy_type(proxy)
    ports = [
        (index, port) for index, port in enumerate(router.get("extraServicePorts") or []) if isinstance(port, Mapping) and port.get("name") == "http"
    ]
    if mode not in {"sidecar", "service"}:
        yield Problem("router.proxy.mode", f"must be one of sidecar, service, not {mode!r}", "", rule="choice")
    if "failOpen" in proxy and not isinstance(proxy["failOpen"], bool | None):
        yield Problem("router.proxy.failOpen", "must be true or false", "", rule="wrong-type")
    if mode == "service" and not proxy.get("enabled"):
        yield Problem("router.proxy.mode", "needs router.proxy.enabled", "write router.proxy.enabled: true", rule="choice")
    if mode == "service" and not ports:
        yield Problem("router.extraServicePorts", "needs a port named http, which the proxy's Service has", "add one", rule="required")
    if not proxy.get("enabled"):
        return
    if kind not in {"envoy", "agentgateway"}:
        yield Problem("router.proxy.proxyType", f"must be one of envoy, agentgateway, not {kind!r}", "", rule="choice")
    if kind != "agentgateway":
        return
    if at_path(router, "inferencePool.create") is not False:
        words = "must be false with agentgateway, which has no pool"
        yield Problem("router.inferencePool.create", words, "write router.inferencePool.create: false", rule="choice")
    secure = at_path(router, "epp.flags.secure-serving")
    if secure is not None and str(secure).lower() != "false":
        words = "must be false with agentgateway, which talks to the picker without TLS"
        yield Problem("router.epp.flags.secure-serving", words, "leave it out", rule="choice")
    if len(ports) != 1:
        yield Problem("router.extraServicePorts", "must have exactly one port named http with agentgateway", "", rule="choice")
    for index, port in ports:
        target = port.get("targetPort")
        if target is not None and str(target) not in {str(port.get("port")), "http"}:
            place = child("router.extraServicePorts", index)
            yield Problem(f"{place}.targetPort", "must be the port itself, http, or left out with agentgateway", "", rule="choice")


def tokenizer_call(tokenizer: Mapping[str, Any]) -> Call | None:
    """The tokenizer beside the picker; None: none is asked for."""
    if not tokenizer.get("enabled") or not tokenizer.get("modelName"):
        return None
    path, image = "router.tokenizer", tokenizer.get("image") or {}
    return call(
        "Tokenizer",
        Argument(tokenizer["modelName"], f"{path}.modelName"),
        image=Argument(f"{image.get('registry')}/{image.get('repository')}:{image.get('tag')}", f"{path}.image"),
        image_pull_policy=Argument(image.get("pullPolicy") or "IfNotPresent", f"{path}.image.pullPolicy"),
        port=Argument(tokenizer.get("port") or None, f"{path}.port"),
        args=Argument(tokenizer.get("extraArgs") or None, f"{path}.extraArgs"),
        env=Argument(tokenizer.get("env") or [], f"{path}.env"),
        resources=Argument(tokenizer.get("resources") or {}, f"{path}.resources"),
        readiness_probe=Argument(tokenizer.get("readinessProbe") or {}, f"{path}.readinessProbe"),
        volume_mounts=Argument(tokenizer.get("volumeMounts") or None, f"{path}.volumeMounts"),
        volumes=Argument(tokenizer.get("volumes") or None, f"{path}.volumes"),
        init_containers=Argument(tokenizer.get("initContainers") or None, f"{path}.initContainers"),
        at=path,
    )


def predictor_call(predictor: Mapping[str, Any]) -> Call | None:
    """The servers that predict latencies; None: none are asked for."""
    if not predictor.get("enabled"):
        return None
    path = "router.latencyPredictor"
    made: dict[str, Argument] = {"env": Argument(_texts(predictor.get("eppEnv")), f"{path}.eppEnv")}
    for name, key, servers in (("training", "trainingServer", False), ("prediction", "predictionServers", True)):
        server, place = predictor.get(key) or {}, f"{path}.{key}"
        image = server.get("image") or {}
        made |= {
            name: Argument(_texts(server.get("config")), f"{place}.config"),
            f"{name}_image": Argument(f"{image.get('registry')}/{image.get('repository')}:{image.get('tag')}", f"{place}.image"),
            f"{name}_pull_policy": Argument(image.get("pullPolicy"), f"{place}.image.pullPolicy"),
            f"{name}_resources": Argument(server.get("resources") or {}, f"{place}.resources"),
            f"{name}_liveness": Argument(server.get("livenessProbe") or None, f"{place}.livenessProbe"),
            f"{name}_readiness": Argument(server.get("readinessProbe") or None, f"{place}.readinessProbe"),
            f"{name}_storage": Argument(server.get("volumeSize"), f"{place}.volumeSize"),
        }
        if servers:
            made |= {
                "servers": Argument(server.get("count"), f"{place}.count"),
                "first_port": Argument(server.get("startPort"), f"{place}.startPort"),
            }
        else:
            made["training_port"] = Argument(server.get("port"), f"{place}.port")
    return call("LatencyPredictor", at=path, **made)


def _texts(values: Any) -> dict[str, str]:
    """Variables as the chart quotes them."""
    return {name: "" if value is None else _text(value) for name, value in values.items()} if isinstance(values, Mapping) else {}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
