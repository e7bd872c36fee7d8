"""Values of the router's charts as a call of `Router`: what the chart makes of them, said in this library's words."""

from collections.abc import Mapping
from typing import Any, Final

from constructs_dra.errors import Problem
from constructs_dra.helm.calls import Argument, Call, call, listed
from constructs_dra.helm.router.beside import beside_problems, predictor_call, proxy_call, proxy_type, tokenizer_call
from constructs_dra.helm.router.keys import RouterChart
from constructs_dra.paths import child
from constructs_dra.routing.conventions import PAYLOAD_AGNOSTIC

__all__ = ["default_config", "router_call"]


def router_call(values: Mapping[str, Any], chart: RouterChart, *, release: str, namespace: str) -> tuple[Call, list[Problem]]:
    """The router that values describe, and what stands against it.

    Args:
        values: The values over the chart's defaults.
        chart: The chart.
        release: Name of the release.
        namespace: Its namespace.
    """
    problems = list(_refused(values, chart))
    router = values["router"]
    servers = router.get("modelServers") or {}
    pool = router.get("inferencePool") or {}
    with_pool = pool.get("create") is not False
    parts: dict[str, Any] = {"picker": _picker(values, chart)}
    if not with_pool:
        parts["pool"] = Argument(None, "router.inferencePool.create")
    elif pool.get("failureMode") not in (None, "FailOpen"):
        parts["pool"] = call(
            "InferencePool", failure_mode=Argument(pool["failureMode"], "router.inferencePool.failureMode"), at="router.inferencePool"
        )
    objectives = router.get("inferenceObjectives") or []
    if objectives:
        parts["objectives"] = listed(
            [
                call("InferenceObjective", name=each.get("name"), priority=each.get("priority"), at=child("router.inferenceObjectives", index))
                for index, each in enumerate(objectives)
                if isinstance(each, Mapping) and each.get("name")
            ],
            "router.inferenceObjectives",
        )
    if (router.get("proxy") or {}).get("enabled"):
        parts["proxy"] = proxy_call(router["proxy"], router, chart)
    parts |= _monitors(values, chart)
    if chart == "router-gateway":
        parts |= _gateway_parts(values, release)
    routing = Call(
        "Routing",
        (),
        {name: value if isinstance(value, Argument) else Argument(value, value.path) for name, value in parts.items() if value is not None},
    )
    ports = servers.get("targetPorts") or []
    made = call(
        "Router",
        release,
        match_labels=Argument(dict(servers.get("matchLabels") or {}), "router.modelServers.matchLabels"),
        namespace=namespace,
        target_ports=Argument([each.get("number") for each in ports if isinstance(each, Mapping)], "router.modelServers.targetPorts"),
        routing=routing,
        release=_release(router, chart, monitored=bool({"monitor", "google_monitor"} & parts.keys())),
    )
    protocol = servers.get("protocol")
    if protocol != "http":
        known = Argument(protocol if protocol == "grpc" else None, "router.modelServers.protocol")
        made = Call(made.function, made.positional, {**made.keywords, "protocol": known}, made.path)
    return made, problems


def _at(values: Any, path: str) -> Any:
    for step in path.split("."):
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _refused(values: Mapping[str, Any], chart: RouterChart) -> list[Problem]:
    """What Helm fails with, and what the chart does and this importer does not."""
    problems = []
    if _at(values, "provider.name") == "gke":
        # what the chart makes of these is not known here
        unknown = {
            "provider.gke.preferredBackends.enabled": ("preferred backends", bool(_at(values, "provider.gke.preferredBackends.enabled"))),
            "router.epp.grpcHealthPort": ("another health port behind GKE", _at(values, "router.epp.grpcHealthPort") not in (None, 9003)),
            "router.modelServers.protocol": ("gRPC behind GKE", _at(values, "router.modelServers.protocol") == "grpc"),
        }
        for path, (what, met) in unknown.items():
            words = f"the chart knows {what}, and this importer does not"
            problems += [Problem(path, words, "leave it at its default, or render the chart with Helm", rule="unsupported-value")] if met else []
    requests = _at(values, "router.epp.resources.requests")
    problems += [
        Problem(f"router.epp.resources.requests.{name}", "is missing, and Helm fails without it", "write it", rule="required")
        for name in ("cpu", "memory")
        if not isinstance(requests, Mapping) or not requests.get(name)
    ]
    with_pool = _at(values, "router.inferencePool.create") is not False
    if not _at(values, "router.modelServers.matchLabels"):
        words = "is empty, and Helm fails without a label of the pods"
        problems.append(Problem("router.modelServers.matchLabels", words, "write the labels of the model servers", rule="required"))
    if not with_pool and _at(values, "router.inferenceObjectives"):
        problems.append(Problem("router.inferenceObjectives", "needs a pool", "write router.inferencePool.create: true", rule="choice"))
    problems += [
        Problem(child(child("router.inferenceObjectives", index), "name"), "is missing", "write the objective's name", rule="required")
        for index, each in enumerate(_at(values, "router.inferenceObjectives") or [])
        if isinstance(each, Mapping) and not each.get("name")
    ]
    return [*problems, *beside_problems(values, chart)]


def _picker(values: Mapping[str, Any], chart: RouterChart) -> Call:
    router, path = values["router"], "router.epp"
    epp = router["epp"]
    image = epp.get("image") or {}
    named = epp.get("pluginsConfigFile") or "default-plugins.yaml"
    files = dict(epp.get("pluginsCustomConfig") or {})
    # a file that nobody writes is found missing by the caller; the configuration the chart makes stands for it
    made = dict(PAYLOAD_AGNOSTIC) if named == "payload-agnostic.yaml" else default_config(values)
    config = files.pop(named, made)
    auth = _at(router, "monitoring.prometheus.auth.enabled")
    tracing = router.get("tracing") or {}
    tracing_call = None
    if tracing.get("enabled"):
        sampling = tracing.get("sampling") or {}
        tracing_call = call(
            "PickerTracing",
            endpoint=Argument(tracing.get("otelExporterEndpoint"), "router.tracing.otelExporterEndpoint"),
            sampler=Argument(sampling.get("sampler"), "router.tracing.sampling.sampler"),
            sampler_arg=Argument(str(sampling.get("samplerArg")), "router.tracing.sampling.samplerArg"),
            at="router.tracing",
        )
    flags = dict(epp.get("flags") or {})
    if chart == "router-standalone" and proxy_type(router.get("proxy") or {}) == "agentgateway":
        flags.setdefault("secure-serving", False)

    def of(key: str, *, empty: Any = None) -> Argument:
        return Argument(epp.get(key) or empty, f"{path}.{key}")

    return call(
        "EndpointPicker",
        image=Argument(f"{image.get('registry')}/{image.get('repository')}:{image.get('tag')}", f"{path}.image"),
        image_pull_policy=Argument(image.get("pullPolicy") or "IfNotPresent", f"{path}.image.pullPolicy"),
        config_name=Argument(named, f"{path}.pluginsConfigFile"),
        config=Argument(config, child(f"{path}.pluginsCustomConfig", named)),
        other_configs=Argument(files or None, f"{path}.pluginsCustomConfig"),
        replicas=Argument(epp.get("replicas") if epp.get("replicas") != 1 else None, f"{path}.replicas"),
        flags=Argument(flags or None, f"{path}.flags"),
        env=of("env"),
        resources=of("resources"),
        volumes=of("volumes"),
        volume_mounts=of("volumeMounts"),
        ports=of("extraContainerPorts"),
        affinity=of("affinity"),
        tolerations=of("tolerations"),
        pod_annotations=of("podAnnotations"),
        health_port=of("grpcHealthPort"),
        metrics_auth=Argument(False if auth is False else None, "router.monitoring.prometheus.auth.enabled"),
        tracing=tracing_call,
        latency_predictor=predictor_call(router.get("latencyPredictor") or {}),
        tokenizer=tokenizer_call(router.get("tokenizer") or {}),
        at=path,
    )


def default_config(values: Mapping[str, Any]) -> dict[str, Any]:
    """The file `default-plugins.yaml` that the charts make of the values."""
    router = values["router"]
    source, servers = router["epp"].get("metricsDataSource") or {}, router.get("modelServers") or {}
    # a written false is taken for nothing by the chart
    parameters = {"scheme": source.get("scheme"), "path": source.get("path"), "insecureSkipVerify": source.get("insecureSkipVerify") or True}
    extractor: dict[str, Any] = {"type": "core-metrics-extractor"}
    kind = servers.get("type") or "vllm"
    if kind != "vllm":
        extractor["parameters"] = {"defaultEngine": kind}
    plugins: list[dict[str, Any]] = [
        {"type": "queue-scorer"}, {"type": "kv-cache-utilization-scorer"}, {"type": "prefix-cache-scorer"},
        {"type": "metrics-data-source", "parameters": parameters}, extractor,
    ]  # fmt: skip
    if kind.lower() == "vllm" and str(servers.get("protocol")).lower() == "grpc":
        parsers = ["vllmgrpc-parser"]
    else:
        parsers = list(router["epp"].get("parsers") or (["passthrough-parser"] if kind.lower() == "triton" else []))
    plugins += [{"type": name} for name in parsers]
    if (router.get("latencyPredictor") or {}).get("enabled"):
        plugins += _PREDICTING
        profile: list[dict[str, Any]] = [{"pluginRef": name} for name in _PREDICTING_PROFILE]
    else:
        weights = {"queue-scorer": 2, "kv-cache-utilization-scorer": 2, "prefix-cache-scorer": 3}
        profile = [{"pluginRef": name, "weight": weight} for name, weight in weights.items()]
    made: dict[str, Any] = {
        "apiVersion": "llm-d.ai/v1alpha1",
        "kind": "EndpointPickerConfig",
        "plugins": plugins,
        "schedulingProfiles": [{"name": "default", "plugins": profile}],
    }
    if parsers:
        made["requestHandler"] = {"parsers": [{"pluginRef": name} for name in parsers]}
    return made


def _affinity(name: str, threshold: float) -> dict[str, Any]:
    parameters = {"affinityThreshold": threshold, "ttftSource": "latencyPredictor", "maxTTFTPenaltyMs": 5000}
    return {"name": name, "type": "prefix-cache-affinity-filter", "parameters": parameters}


_PREDICTING: Final[list[dict[str, Any]]] = [
    {"type": "predicted-latency-producer"}, _affinity("strict-affinity-filter", 0.99), _affinity("loose-affinity-filter", 0.8),
    {"type": "latency-scorer"}, {"type": "weighted-random-picker"}, {"type": "slo-headroom-tier-filter"}, {"type": "latency-slo-admitter"},
]  # fmt: skip
_PREDICTING_PROFILE: Final = (
    "predicted-latency-producer", "strict-affinity-filter", "slo-headroom-tier-filter", "loose-affinity-filter", "latency-scorer",
    "weighted-random-picker",
)  # fmt: skip


def _monitors(values: Mapping[str, Any], chart: RouterChart) -> dict[str, Call]:
    """What scrapes the picker: of the Prometheus operator, or of Google."""
    monitoring = values["router"].get("monitoring") or {}
    prometheus = monitoring.get("prometheus") or {}
    auth, path = prometheus.get("auth") or {}, "router.monitoring"
    interval = Argument(monitoring.get("interval"), f"{path}.interval")
    if not prometheus.get("enabled"):
        return {}
    if _at(monitoring, "provider.name") == "gmp":
        if not auth.get("enabled") or (chart == "router-gateway" and _at(values, "provider.name") != "gke"):
            return {}
        autopilot = Argument(_at(monitoring, "provider.gmp.autopilot") or None, f"{path}.provider.gmp.autopilot")
        return {"google_monitor": call("GoogleMonitor", interval=interval, autopilot=autopilot, at=path)}
    made = call(
        "PickerMonitor",
        interval=interval,
        labels=Argument(prometheus.get("extraLabels") or None, f"{path}.prometheus.extraLabels"),
        token_secret=Argument(auth.get("secretName") if auth.get("enabled") else None, f"{path}.prometheus.auth.secretName"),
        at=path,
    )
    return {"monitor": made}


def _gateway_parts(values: Mapping[str, Any], release: str) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    route, provider = values.get("httpRoute") or {}, values.get("provider") or {}
    if route.get("create"):
        matches = route.get("headerMatches") or {}
        parts["route"] = call(
            "HttpRoute",
            gateway=Argument((route.get("inferenceGatewayName") or f"{release}-inference-gateway")[:63], "httpRoute.inferenceGatewayName"),
            gateway_namespace=Argument(route.get("inferenceGatewayNamespace") or None, "httpRoute.inferenceGatewayNamespace"),
            timeout=Argument(route.get("requestTimeout"), "httpRoute.requestTimeout"),
            base_model=Argument(None if route.get("baseModel") is None else str(route["baseModel"]), "httpRoute.baseModel"),
            headers=Argument({name: str(value) for name, value in matches.items()} or None, "httpRoute.headerMatches"),
            at="httpRoute",
        )
    if provider.get("name") == "gke":
        parts["google"] = call("GoogleGateway", at="provider")
        if made := parts.get("route"):
            # its own policy says how long requests may take
            parts["route"] = Call(made.function, made.positional, {**made.keywords, "timeout": Argument(None, "provider.name")}, made.path)
    if provider.get("name") == "istio":
        rule = _at(provider, "istio.destinationRule") or {}
        parts["istio"] = call(
            "Istio",
            host=Argument(rule.get("host") or None, "provider.istio.destinationRule.host"),
            connection_pool=Argument(
                _at(rule, "trafficPolicy.connectionPool") or None, "provider.istio.destinationRule.trafficPolicy.connectionPool"
            ),
            at="provider",
        )
    return parts


def _release(router: Mapping[str, Any], chart: RouterChart, *, monitored: bool) -> Call:
    epp = router["epp"]
    return call(
        "RouterRelease",
        chart="standalone" if chart == "router-standalone" else None,
        default_config=default_config({"router": router}),
        ext_proc_port=Argument(epp.get("extProcPort"), "router.epp.extProcPort"),
        metrics_service_port=Argument(router.get("metricsPort"), "router.metricsPort"),
        service_ports=Argument(list(router.get("extraServicePorts") or []) or None, "router.extraServicePorts"),
        scraped=Argument(True if _at(router, "monitoring.prometheus.enabled") and not monitored else None, "router.monitoring"),
    )
