"""What the versions of chart llm-d-modelservice set by themselves: their default values.

Only defaults that reach an object are listed; the model's URI, `hf://` and its name, is left to the importer.
Source: `values.yaml` of the chart's releases.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from attrs import frozen

__all__ = ["CHARTS", "CHART_NAME", "Chart", "ChartVersion"]

ChartVersion: TypeAlias = Literal["0.3", "0.4"]

CHART_NAME = "llm-d-modelservice"

_PARALLELISM = {"tensor": 1, "data": 1, "dataLocal": 1, "workers": 1}

_PODMONITOR = {"enabled": False, "portName": "metrics", "path": "/metrics", "interval": "30s"}

_VLLM_SPAWN = {"name": "VLLM_WORKER_MULTIPROC_METHOD", "value": "spawn"}

_I915_ENV = [{"name": "VLLM_USE_V1", "value": "1"}, {"name": "TORCH_LLM_ALLREDUCE", "value": "1"}, _VLLM_SPAWN]

_PLUGIN_RESOURCES = {
    "nvidia": "nvidia.com/gpu",
    "intel-i915": "gpu.intel.com/i915",
    "intel-xe": "gpu.intel.com/xe",
    "intel-gaudi": "habana.ai/gaudi",
    "amd": "amd.com/gpu",
    "google": "google.com/tpu",
}

_REQUESTER = {
    "enable": False,
    "adminPort": 8081,
    "port": {"probes": 8080, "spi": 8081},
    "readinessProbe": {"initialDelaySeconds": 2, "periodSeconds": 5},
    "resources": {"limits": {"gpus": 1, "cpus": 1, "memory": "250Mi"}},
}


def _claim_template(name: str, device_class: str) -> dict[str, Any]:
    return {"name": f"{name}-claim-template", "class": device_class, "match": "exactly", "selectors": []}


def _container(image: str) -> dict[str, Any]:
    return {
        "name": "vllm",
        "image": image,
        "modelCommand": "imageDefault",
        "mountModelVolume": True,
        "volumeMounts": [{"name": "metrics-volume", "mountPath": "/.config"}],
    }


def _role(replicas: int, image: str) -> dict[str, Any]:
    return {
        "create": True,
        "autoscaling": {"enabled": False},
        "replicas": replicas,
        "parallelism": _PARALLELISM,
        "containers": [_container(image)],
        "volumes": [{"name": "metrics-volume", "emptyDir": {}}],
        "monitoring": {"podmonitor": _PODMONITOR},
    }


@frozen(kw_only=True)
class Chart:
    """One line of releases.

    Attributes:
        version: Its name on the command line.
        release: The release whose behaviour is reproduced.
        app_version: What that release writes into `app.kubernetes.io/version`.
        defaults: Its default values.
    """

    version: ChartVersion
    release: str
    app_version: str
    defaults: Mapping[str, Any]


CHARTS: Mapping[ChartVersion, Chart] = {
    "0.4": Chart(
        version="0.4",
        release="v0.4.12",
        app_version="v0.4.0",
        defaults={
            "modelArtifacts": {
                "name": "random/model",
                "labels": {"llm-d.ai/inference-serving": "true"},
                "size": "5Mi",
                "authSecretName": "",
                "mountPath": "/model-cache",
                "readOnly": True,
            },
            "multinode": False,
            "accelerator": {
                "type": "nvidia",
                "dra": False,
                "resources": {**_PLUGIN_RESOURCES, "rebellions-atom": "rebellions.ai/ATOM"},
                "env": {"intel-i915": _I915_ENV, "intel-xe": [_VLLM_SPAWN]},
                "resourceClaimTemplates": {
                    "nvidia": _claim_template("nvidia", "gpu.nvidia.com"),
                    "intel": _claim_template("intel", "gpu.intel.com"),
                    "intel-i915": _claim_template("intel", "gpu.intel.com"),
                    "intel-xe": _claim_template("intel", "gpu.intel.com"),
                    "intel-gaudi": _claim_template("intel-gaudi", "gaudi.intel.com"),
                    "amd": _claim_template("amd", "gpu.amd.com"),
                    "google": _claim_template("google", "tpu.google.com"),
                },
            },
            "tracing": {
                "enabled": False,
                "otlpEndpoint": "http://otel-collector:4317",
                "sampling": {"sampler": "parentbased_traceidratio", "samplerArg": "1.0"},
                "serviceNames": {"vllmDecode": "vllm-decode", "vllmPrefill": "vllm-prefill", "routingProxy": "routing-proxy"},
                "vllm": {"collectDetailedTraces": "all"},
            },
            "requester": {"image": "ghcr.io/llm-d-incubation/llm-d-fast-model-actuation/requester:latest", **_REQUESTER},
            "routing": {
                "servicePort": 8000,
                "proxy": {
                    "enabled": True,
                    "image": "ghcr.io/llm-d/llm-d-routing-sidecar:latest",
                    "imagePullPolicy": "Always",
                    "targetPort": 8200,
                    "connector": "nixlv2",
                    "secure": False,
                    "zapEncoder": "json",
                    "zapLogLevel": "debug",
                },
            },
            "decode": _role(1, "ghcr.io/llm-d/llm-d-inference-sim:latest"),
            "prefill": _role(0, "ghcr.io/llm-d/llm-d-inference-sim:latest"),
        },
    ),
    "0.3": Chart(
        version="0.3",
        release="v0.3.9",
        app_version="v0.3.0",
        defaults={
            "modelArtifacts": {
                "name": "random/model",
                "labels": {"llm-d.ai/inferenceServing": "true", "llm-d.ai/model": "random_model"},
                "size": "5Mi",
                "authSecretName": "",
                "mountPath": "/model-cache",
            },
            "multinode": False,
            "accelerator": {"type": "nvidia", "resources": _PLUGIN_RESOURCES, "env": {"intel-i915": _I915_ENV}},
            "dra": {
                "enabled": False,
                "type": "nvidia",
                "claimTemplates": [
                    {"name": name, "class": device_class, "match": "exactly", "count": 1, "selectors": []}
                    for name, device_class in (
                        ("nvidia", "gpu.nvidia.com"),
                        ("google", "tpu.google.com"),
                        ("intel", "gpu.intel.com"),
                        ("intel-gaudi", "gaudi.intel.com"),
                        ("amd", "gpu.amd.com"),
                    )
                ],
            },
            "requester": {"image": "ghcr.io/llm-d-incubation/llm-d-fast-model-actuation-requester:latest", **_REQUESTER},
            "routing": {
                "servicePort": 8000,
                "proxy": {
                    "enabled": True,
                    "image": "ghcr.io/llm-d/llm-d-routing-sidecar:v0.4.0-rc.1",
                    "imagePullPolicy": "Always",
                    "targetPort": 8200,
                    "connector": "nixlv2",
                    "secure": False,
                    "zapEncoder": "json",
                    "zapLogLevel": "debug",
                },
            },
            "decode": _role(1, "ghcr.io/llm-d/llm-d-inference-sim:v0.6.1"),
            "prefill": _role(0, "ghcr.io/llm-d/llm-d-inference-sim:v0.3.0"),
        },
    ),
}
