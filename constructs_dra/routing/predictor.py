"""The servers that predict latencies beside an endpoint picker."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_dra.manifest import Manifest
from constructs_dra.records.values import copied
from constructs_dra.routing.endpoint_picker import LatencyPredictor

__all__ = ["predictor_config_maps", "predictor_containers", "predictor_env", "predictor_volumes"]

_TRAINING_PORT: Final = 8000
_FIRST_PORT: Final = 8001


def _config_name(picker: str, kind: str) -> str:
    return f"{picker}-latency-predictor-{kind}"


def predictor_config_maps(predictor: LatencyPredictor, picker: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Name and data of the ConfigMaps with the servers' variables."""
    yield _config_name(picker, "training"), dict(sorted(predictor.training.items()))
    yield _config_name(picker, "prediction"), dict(sorted(predictor.prediction.items()))


def _ports(predictor: LatencyPredictor) -> range:
    return range(_FIRST_PORT, _FIRST_PORT + predictor.servers)


def predictor_env(predictor: LatencyPredictor) -> list[Manifest]:
    """Variables by which the picker finds the servers."""
    urls = ",".join(f"http://localhost:{port}" for port in _ports(predictor))
    return [
        {"name": "PREDICTION_SERVER_URL", "value": urls},
        {"name": "TRAINING_SERVER_URL", "value": f"http://localhost:{_TRAINING_PORT}"},
        *({"name": name, "value": value} for name, value in sorted(predictor.env.items())),
    ]


def _probe(path: str, port: int, delay: int, period: int, **more: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": port}, "initialDelaySeconds": delay, "periodSeconds": period, **more}


def _server(name: str, image: str, config: str, resources: Any) -> Manifest:
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "Always",
        "resources": copied(resources),
        "envFrom": [{"configMapRef": {"name": config}}],
    }


def predictor_containers(predictor: LatencyPredictor, picker: str) -> list[Manifest]:
    """The server that learns, and those that predict."""
    pod_name = {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    training = {
        **_server("training-server", predictor.training_image, _config_name(picker, "training"), predictor.training_resources),
        "ports": [{"containerPort": _TRAINING_PORT, "name": "training-port"}],
        "livenessProbe": _probe("/healthz", _TRAINING_PORT, 30, 20),
        "readinessProbe": _probe("/readyz", _TRAINING_PORT, 45, 10),
        "env": [pod_name, {"name": "SERVER_TYPE", "value": "training"}],
        "volumeMounts": [{"name": "training-server-storage", "mountPath": "/models"}],
    }
    made = [training]
    for number, port in enumerate(_ports(predictor), 1):
        made.append(
            {
                **_server(
                    f"prediction-server-{number}", predictor.prediction_image, _config_name(picker, "prediction"), predictor.prediction_resources
                ),
                "command": ["uvicorn"],
                "args": ["llm_d_latency_predictor.prediction_server:app", "--host", "0.0.0.0", "--port", str(port)],  # noqa: S104 - inside a pod
                "ports": [{"containerPort": port, "name": f"predict-port-{number}"}],
                "livenessProbe": _probe("/healthz", port, 15, 15),
                "readinessProbe": _probe("/readyz", port, 10, 10, failureThreshold=30),
                "env": [
                    {"name": "PREDICT_PORT", "value": str(port)},
                    pod_name,
                    {"name": "SERVER_TYPE", "value": f"prediction-{number}"},
                    {"name": "TRAINING_SERVER_URL", "value": f"http://localhost:{_TRAINING_PORT}"},
                ],
                "volumeMounts": [{"name": f"prediction-server-{number}-storage", "mountPath": "/server_models"}],
            }
        )
    return made


def predictor_volumes(predictor: LatencyPredictor) -> list[Manifest]:
    """Their models."""
    return [
        {"name": "training-server-storage", "emptyDir": {"sizeLimit": "20Gi"}},
        *({"name": f"prediction-server-{number}-storage", "emptyDir": {"sizeLimit": "10Gi"}} for number in range(1, predictor.servers + 1)),
    ]
