"""Every key that the router's charts read, with its type and its default; the charts have no schema, so this table is what closes them."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from constructs_dra.helm.keys import Key

__all__ = ["DEFAULTS", "GONE", "KEYS", "RouterChart"]

RouterChart: TypeAlias = Literal["router-gateway", "router-standalone"]

_TEXT: Final = Key(kind="text")
_INTEGER: Final = Key(kind="integer")
_BOOLEAN: Final = Key(kind="boolean")
_SCALAR: Final = Key(kind="scalar")
_FREE: Final = Key()


def _mapping(**entries: Key) -> Key:
    return Key(kind="mapping", entries=entries)


def _list(item: Key) -> Key:
    return Key(kind="list", item=item)


def _fragment(kind: str) -> Key:
    return Key(kind="fragment", fragment=kind)


def _fragments(kind: str) -> Key:
    return _list(_fragment(kind))


def _choice(*words: str) -> Key:
    return Key(kind="text", choices=words)


_LABELS: Final = Key(kind="labels")
_IMAGE: Final = _mapping(registry=_TEXT, repository=_TEXT, tag=_SCALAR, pullPolicy=_choice("Always", "IfNotPresent", "Never"))
_PULL: Final = _choice("Always", "IfNotPresent", "Never")

_EPP: Final = _mapping(
    replicas=_INTEGER,
    image=_IMAGE,
    flags=Key(kind="table", item=_SCALAR),
    pluginsConfigFile=_TEXT,
    pluginsCustomConfig=_LABELS,
    env=_fragments("EnvVar"),
    volumes=_fragments("Volume"),
    volumeMounts=_fragments("VolumeMount"),
    extraContainerPorts=_fragments("ContainerPort"),
    affinity=_fragment("Affinity"),
    tolerations=_fragments("Toleration"),
    podAnnotations=_LABELS,
    resources=_fragment("ResourceRequirements"),
    parsers=_list(_TEXT),
    metricsDataSource=_mapping(scheme=_choice("http", "https"), path=_TEXT, insecureSkipVerify=_BOOLEAN),
    extProcPort=_INTEGER,
    grpcHealthPort=_INTEGER,
)

_VARIABLES: Final = Key(kind="table", item=_SCALAR)

_SERVER: Final = {
    "image": _IMAGE,
    "resources": _fragment("ResourceRequirements"),
    "livenessProbe": _FREE,
    "readinessProbe": _FREE,
    "volumeSize": _TEXT,
    "config": _VARIABLES,
}

_TOKENIZER: Final = _mapping(
    enabled=_BOOLEAN,
    modelName=_TEXT,
    image=_IMAGE,
    port=_INTEGER,
    extraArgs=_list(_TEXT),
    env=_fragments("EnvVar"),
    resources=_fragment("ResourceRequirements"),
    readinessProbe=_fragment("Probe"),
    volumeMounts=_fragments("VolumeMount"),
    volumes=_fragments("Volume"),
    initContainers=_fragments("Container"),
)

_MONITORING: Final = _mapping(
    interval=_TEXT,
    prometheus=_mapping(enabled=_BOOLEAN, auth=_mapping(enabled=_BOOLEAN, secretName=_TEXT), extraLabels=_LABELS),
    provider=_mapping(name=_choice("", "prometheusoperator", "gmp"), gmp=_mapping(autopilot=_BOOLEAN)),
)

_PROXY: Final = _mapping(
    enabled=_BOOLEAN, mode=_TEXT, proxyType=_TEXT, failOpen=_BOOLEAN, replicas=_INTEGER, name=_TEXT, image=_TEXT, imagePullPolicy=_PULL,
    command=_TEXT, args=_list(_TEXT), env=_fragments("EnvVar"), ports=_fragments("ContainerPort"), livenessProbe=_fragment("Probe"),
    readinessProbe=_fragment("Probe"), startupProbe=_fragment("Probe"), securityContext=_fragment("SecurityContext"),
    resources=_fragment("ResourceRequirements"), volumeMounts=_fragments("VolumeMount"), volumes=_fragments("Volume"),
    configMap=_mapping(name=_TEXT, data=_LABELS),
)  # fmt: skip

_ROUTER: Final = _mapping(
    epp=_EPP,
    extraServicePorts=_fragments("ServicePort"),
    metricsPort=_INTEGER,
    clusterDomain=_TEXT,
    inferencePool=_mapping(create=_BOOLEAN, failureMode=_choice("FailOpen", "FailClose")),
    inferenceObjectives=_list(_mapping(name=_TEXT, priority=_INTEGER)),
    modelServers=_mapping(
        matchLabels=_LABELS,
        targetPorts=_list(_mapping(number=_INTEGER)),
        protocol=_TEXT,
        type=_choice("vllm", "sglang", "trtllm-serve", "triton-tensorrt-llm", "triton"),
    ),
    latencyPredictor=_mapping(
        enabled=_BOOLEAN,
        trainingServer=_mapping(port=_INTEGER, **_SERVER),
        predictionServers=_mapping(count=_INTEGER, startPort=_INTEGER, **_SERVER),
        eppEnv=_VARIABLES,
    ),
    monitoring=_MONITORING,
    tracing=_mapping(enabled=_BOOLEAN, otelExporterEndpoint=_TEXT, sampling=_mapping(sampler=_TEXT, samplerArg=_SCALAR)),
    tokenizer=_TOKENIZER,
    proxy=_PROXY,
)

_HTTP_ROUTE: Final = _mapping(
    create=_BOOLEAN, inferenceGatewayName=_TEXT, inferenceGatewayNamespace=_TEXT, requestTimeout=_TEXT, baseModel=_SCALAR, headerMatches=_FREE,
)  # fmt: skip

_PROVIDER: Final = _mapping(
    name=_choice("none", "istio", "gke"),
    gke=_mapping(autopilot=_BOOLEAN, preferredBackends=_FREE),
    istio=_mapping(destinationRule=_mapping(host=_TEXT, trafficPolicy=_mapping(connectionPool=_FREE))),
)

KEYS: Final[Mapping[RouterChart, Key]] = {
    "router-gateway": _mapping(router=_ROUTER, httpRoute=_HTTP_ROUTE, provider=_PROVIDER),
    "router-standalone": _mapping(router=_ROUTER),
}
"""What each chart reads."""

GONE: Final[Mapping[str, str]] = {
    "inferenceExtension": "write router.epp",
    "inferencePool": "write router.inferencePool and router.modelServers",
    "experimentalHttpRoute": "write httpRoute",
    "inferenceObjectives": "write router.inferenceObjectives",
}
"""Top-level keys of earlier charts, with which Helm fails."""

_PREDICTOR: Final[dict[str, Any]] = {
    "enabled": False,
    "trainingServer": {
        "image": {"registry": "ghcr.io/llm-d", "repository": "llm-d-latency-predictor-training-server-dev", "tag": "latest", "pullPolicy": "Always"},
        "port": 8000,
        "resources": {"limits": {"cpu": "4000m", "memory": "8Gi"}, "requests": {"cpu": "2000m", "memory": "4Gi"}},
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8000}, "initialDelaySeconds": 30, "periodSeconds": 20},
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8000}, "initialDelaySeconds": 45, "periodSeconds": 10},
        "volumeSize": "20Gi",
        "config": {
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
    },
    "predictionServers": {
        "count": 1,
        "startPort": 8001,
        "image": {
            "registry": "ghcr.io/llm-d",
            "repository": "llm-d-latency-predictor-prediction-server-dev",
            "tag": "latest",
            "pullPolicy": "Always",
        },
        "resources": {"limits": {"cpu": "28000m", "memory": "8Gi"}, "requests": {"cpu": "8000m", "memory": "4Gi"}},
        "livenessProbe": {
            "httpGet": {"path": "/healthz"},
            "initialDelaySeconds": 15,
            "periodSeconds": 15,
            "timeoutSeconds": 5,
            "failureThreshold": 5,
        },
        "readinessProbe": {
            "httpGet": {"path": "/readyz"},
            "initialDelaySeconds": 10,
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 30,
        },
        "volumeSize": "10Gi",
        "config": {
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
    },
    "eppEnv": {"LATENCY_COALESCE_WINDOW_MS": "1", "LATENCY_MAX_CONCURRENT_DISPATCHES": "36", "LATENCY_MAX_SAMPLE_SIZE": "10000"},
}
"""What the charts give the servers that predict latencies."""

_SHARED: Final[dict[str, Any]] = {
    "epp": {
        "replicas": 1,
        "image": {"registry": "ghcr.io/llm-d", "repository": "llm-d-router-endpoint-picker", "tag": "main", "pullPolicy": "Always"},
        "flags": {},
        "pluginsConfigFile": "default-plugins.yaml",
        "pluginsCustomConfig": {},
        "resources": {"requests": {"cpu": "8", "memory": "8Gi"}, "limits": {"memory": "16Gi"}},
        "metricsDataSource": {"scheme": "http", "path": "/metrics", "insecureSkipVerify": True},
    },
    "inferencePool": {"create": True, "failureMode": "FailOpen"},
    "modelServers": {"targetPorts": [{"number": 8000}], "protocol": "http", "type": "vllm"},
    "monitoring": {
        "interval": "10s",
        "prometheus": {"enabled": False, "auth": {"enabled": True, "secretName": "inference-gateway-sa-metrics-reader-secret"}, "extraLabels": {}},
    },
    "tracing": {
        "enabled": False,
        "otelExporterEndpoint": "http://localhost:4317",
        "sampling": {"sampler": "parentbased_traceidratio", "samplerArg": "0.1"},
    },
    "clusterDomain": "cluster.local",
    "tokenizer": {
        "enabled": False,
        "image": {"registry": "docker.io", "repository": "vllm/vllm-openai-cpu", "tag": "v0.19.1", "pullPolicy": "IfNotPresent"},
        "port": 8000,
        "env": [{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "llm-d-hf-token", "key": "HF_TOKEN"}}}],
        "resources": {"requests": {"cpu": "4", "memory": "8Gi"}},
        "readinessProbe": {
            "httpGet": {"path": "/health", "port": "render-http"},
            "initialDelaySeconds": 30,
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 60,
        },
    },
    "latencyPredictor": _PREDICTOR,
}

DEFAULTS: Final[Mapping[RouterChart, Mapping[str, Any]]] = {
    "router-gateway": {
        "router": {**_SHARED, "extraServicePorts": [], "proxy": {"enabled": False}},
        "httpRoute": {"create": False, "inferenceGatewayName": "inference-gateway", "requestTimeout": "300s"},
        "provider": {"name": "none"},
    },
    "router-standalone": {
        "router": {
            **_SHARED,
            "extraServicePorts": [{"name": "http", "port": 8081, "protocol": "TCP", "targetPort": 8081}],
            "proxy": {
                "enabled": True,
                "failOpen": True,
                "resources": {"requests": {"cpu": "4", "memory": "8Gi"}, "limits": {"memory": "16Gi"}},
            },
        },
    },
}
"""The charts' own values, as far as they reach an object."""
