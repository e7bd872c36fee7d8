"""Every key that the router's charts read, with its type and its default; the charts have no schema, so this table is what closes them."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from constructs_dra.helm.keys import Key

__all__ = ["DEFAULTS", "GONE", "KEYS", "NOT_READ_HERE", "RouterChart"]

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
    parsers=_list(_FREE),
    metricsDataSource=_mapping(scheme=_choice("http", "https"), path=_TEXT, insecureSkipVerify=_BOOLEAN),
    extProcPort=_INTEGER,
    grpcHealthPort=_INTEGER,
)

_MONITORING: Final = _mapping(
    interval=_TEXT,
    prometheus=_mapping(enabled=_BOOLEAN, auth=_mapping(enabled=_BOOLEAN, secretName=_TEXT), extraLabels=_LABELS),
    provider=_mapping(name=_choice("", "prometheusoperator", "gmp"), gke=_FREE, gmp=_FREE),
)

_PROXY: Final = _mapping(
    enabled=_BOOLEAN, mode=_TEXT, proxyType=_TEXT, failOpen=_BOOLEAN, replicas=_INTEGER, name=_FREE, image=_FREE, imagePullPolicy=_PULL,
    command=_FREE, args=_list(_TEXT), env=_fragments("EnvVar"), ports=_FREE, livenessProbe=_FREE, readinessProbe=_FREE, startupProbe=_FREE,
    securityContext=_FREE, resources=_fragment("ResourceRequirements"), volumeMounts=_FREE, volumes=_FREE, configMap=_FREE,
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
    latencyPredictor=_mapping(enabled=_BOOLEAN, trainingServer=_FREE, predictionServers=_FREE, eppEnv=_FREE),
    monitoring=_MONITORING,
    tracing=_mapping(enabled=_BOOLEAN, otelExporterEndpoint=_TEXT, sampling=_mapping(sampler=_TEXT, samplerArg=_SCALAR)),
    tokenizer=_FREE,
    proxy=_PROXY,
)

_HTTP_ROUTE: Final = _mapping(
    create=_BOOLEAN, inferenceGatewayName=_TEXT, inferenceGatewayNamespace=_TEXT, requestTimeout=_TEXT, baseModel=_SCALAR, headerMatches=_FREE,
)  # fmt: skip

_PROVIDER: Final = _mapping(
    name=_choice("none", "istio", "gke"),
    gke=_FREE,
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

NOT_READ_HERE: Final[Mapping[str, Any]] = {
    "router.tokenizer.enabled": (None, False),
    "router.proxy.mode": (None, "sidecar"),
    "router.proxy.proxyType": (None, "envoy"),
    "router.proxy.command": (None,),
    "router.proxy.name": (None,),
    "router.proxy.image": (None,),
    "router.proxy.ports": (None,),
    "router.proxy.livenessProbe": (None,),
    "router.proxy.readinessProbe": (None,),
    "router.proxy.startupProbe": (None,),
    "router.proxy.securityContext": (None,),
    "router.proxy.volumeMounts": (None,),
    "router.proxy.volumes": (None,),
    "router.proxy.configMap": (None,),
    "router.latencyPredictor.trainingServer": (None,),
    "router.latencyPredictor.predictionServers": (None,),
    "router.latencyPredictor.eppEnv": (None,),
    "router.monitoring.provider.name": (None, "", "prometheusoperator"),
    "router.monitoring.provider.gke": (None,),
    "router.monitoring.provider.gmp": (None,),
    "router.clusterDomain": (None, "cluster.local"),
    "provider.gke": (None,),
}
"""Keys that the charts read and this importer does not, but for these values of theirs."""

_SHARED: Final[dict[str, Any]] = {
    "epp": {
        "replicas": 1,
        "image": {"registry": "ghcr.io/llm-d", "repository": "llm-d-router-endpoint-picker", "tag": "main", "pullPolicy": "Always"},
        "flags": {},
        "pluginsConfigFile": "default-plugins.yaml",
        "pluginsCustomConfig": {},
        "resources": {"requests": {"cpu": "8", "memory": "8Gi"}, "limits": {"memory": "16Gi"}},
        "parsers": [],
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
    "latencyPredictor": {"enabled": False},
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
