"""Values of the router's charts as a call of `Router`: what the chart makes of them, said in this library's words."""

from collections.abc import Mapping
from typing import Any, Final

from constructs_dra.errors import Problem
from constructs_dra.helm.calls import Argument, Call, call, listed
from constructs_dra.helm.router.keys import NOT_READ_HERE, RouterChart
from constructs_dra.paths import child
from constructs_dra.routing.conventions import PAYLOAD_AGNOSTIC

__all__ = ["default_config", "router_call"]

_PREDICTOR: Final[dict[str, Any]] = {
    "training": {
        "LATENCY_MAX_TRAINING_DATA_SIZE_PER_BUCKET": "500",
        "LATENCY_MIN_SAMPLES_FOR_RETRAIN": "100",
        "LATENCY_MODEL_TYPE": "xgboost",
        "LATENCY_OBJECTIVE_TYPE": "mean",
        "LATENCY_RETRAINING_INTERVAL_SEC": "10",
        "LATENCY_TPOT_MODEL_PATH": "/models/tpot.joblib",
        "LATENCY_TPOT_SCALER_PATH": "/models/tpot_scaler.joblib",
        "LATENCY_TTFT_MODEL_PATH": "/models/ttft.joblib",
        "LATENCY_TTFT_SCALER_PATH": "/models/ttft_scaler.joblib",
    },
    "prediction": {
        "LATENCY_MODEL_TYPE": "xgboost",
        "LATENCY_OBJECTIVE_TYPE": "mean",
        "LOCAL_TPOT_MODEL_PATH": "/server_models/tpot.joblib",
        "LOCAL_TPOT_SCALER_PATH": "/server_models/tpot_scaler.joblib",
        "LOCAL_TTFT_MODEL_PATH": "/server_models/ttft.joblib",
        "LOCAL_TTFT_SCALER_PATH": "/server_models/ttft_scaler.joblib",
        "MODEL_SYNC_INTERVAL_SEC": "30",
        "OMP_NUM_THREADS": "1",
        "PREDICT_HOST": "0.0.0.0",  # noqa: S104 - inside a pod
        "UVICORN_WORKERS": "28",
    },
    "env": {"LATENCY_COALESCE_WINDOW_MS": "1", "LATENCY_MAX_CONCURRENT_DISPATCHES": "36", "LATENCY_MAX_SAMPLE_SIZE": "10000"},
    "training_resources": {"limits": {"cpu": "4000m", "memory": "8Gi"}, "requests": {"cpu": "2000m", "memory": "4Gi"}},
    "prediction_resources": {"limits": {"cpu": "28000m", "memory": "8Gi"}, "requests": {"cpu": "8000m", "memory": "4Gi"}},
}
"""What the charts give the servers that predict latencies."""


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
    parts: dict[str, Any] = {"picker": _picker(values)}
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
        parts["proxy"] = _proxy(router["proxy"], problems)
    parts["monitor"] = _monitor(router.get("monitoring") or {})
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
        release=_release(router, chart),
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
    for path, known in NOT_READ_HERE.items():
        value = _at(values, path)
        if value not in known:
            words = f"the chart reads this and this importer does not: {value!r:.60}"
            problems.append(Problem(path, words, "leave it at its default, or render the chart with Helm", rule="unsupported-value"))
    if _at(values, "provider.name") == "gke":
        words = "the objects of Google's gateways are not made here"
        problems.append(Problem("provider.name", words, "take istio or none, or render the chart with Helm", rule="unsupported-value"))
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
    del chart
    return problems


def _picker(values: Mapping[str, Any]) -> Call:
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
    predictor = call("LatencyPredictor", at="router.latencyPredictor", **_PREDICTOR) if _at(router, "latencyPredictor.enabled") else None

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
        flags=Argument(dict(epp.get("flags") or {}) or None, f"{path}.flags"),
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
        latency_predictor=predictor,
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
    parsers = ["vllmgrpc-parser"] if kind == "vllm" and servers.get("protocol") == "grpc" else ["passthrough-parser"] if kind == "triton" else []
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


def _proxy(proxy: Mapping[str, Any], problems: list[Problem]) -> Call:
    path = "router.proxy"
    if not proxy.get("args"):
        words = "is empty, and what the chart takes instead is not known here"
        problems.append(Problem(f"{path}.args", words, "write Envoy's arguments", rule="unsupported-value"))
    fail_open = proxy.get("failOpen")
    return call(
        "EnvoyProxy",
        args=Argument(proxy.get("args"), f"{path}.args"),
        resources=Argument(proxy.get("resources") or {}, f"{path}.resources"),
        env=Argument(proxy.get("env") or None, f"{path}.env"),
        image_pull_policy=Argument(proxy.get("imagePullPolicy"), f"{path}.imagePullPolicy"),
        # beside the gateway, whose values say nothing of it, the proxy fails closed
        fail_open=Argument(None if fail_open is True else False, f"{path}.failOpen"),
        at=path,
    )


def _monitor(monitoring: Mapping[str, Any]) -> Call | None:
    prometheus = monitoring.get("prometheus") or {}
    if not prometheus.get("enabled"):
        return None
    auth, path = prometheus.get("auth") or {}, "router.monitoring"
    return call(
        "PickerMonitor",
        interval=Argument(monitoring.get("interval"), f"{path}.interval"),
        labels=Argument(prometheus.get("extraLabels") or None, f"{path}.prometheus.extraLabels"),
        token_secret=Argument(auth.get("secretName") if auth.get("enabled") else None, f"{path}.prometheus.auth.secretName"),
        at=path,
    )


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


def _release(router: Mapping[str, Any], chart: RouterChart) -> Call:
    epp = router["epp"]
    return call(
        "RouterRelease",
        chart="standalone" if chart == "router-standalone" else None,
        default_config=default_config({"router": router}),
        ext_proc_port=Argument(epp.get("extProcPort"), "router.epp.extProcPort"),
        metrics_service_port=Argument(router.get("metricsPort"), "router.metricsPort"),
        service_ports=Argument(list(router.get("extraServicePorts") or []) or None, "router.extraServicePorts"),
    )
