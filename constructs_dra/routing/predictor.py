"""The servers that predict latencies beside an endpoint picker."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_dra.manifest import Manifest
from constructs_dra.records.values import copied
from constructs_dra.routing.endpoint_picker import LatencyPredictor

__all__ = ["predictor_config_maps", "predictor_containers", "predictor_env", "predictor_volumes"]

_TIMES: Final = ("initialDelaySeconds", "periodSeconds")
_PREDICTION_LIVENESS: Final = {"httpGet": {"path": "/healthz"}, "initialDelaySeconds": 15, "periodSeconds": 15}
_PREDICTION_READINESS: Final = {"httpGet": {"path": "/readyz"}, "initialDelaySeconds": 10, "periodSeconds": 10, "failureThreshold": 30}


def _config_name(picker: str, kind: str) -> str:
    return f"{picker}-latency-predictor-{kind}"


def predictor_config_maps(predictor: LatencyPredictor, picker: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Name and data of the ConfigMaps with the servers' variables."""
    yield _config_name(picker, "training"), dict(sorted(predictor.training.items()))
    yield _config_name(picker, "prediction"), dict(sorted(predictor.prediction.items()))


def _ports(predictor: LatencyPredictor) -> range:
    return range(predictor.first_port, predictor.first_port + predictor.servers)


def predictor_env(predictor: LatencyPredictor) -> list[Manifest]:
    """Variables by which the picker finds the servers."""
    urls = ",".join(f"http://localhost:{port}" for port in _ports(predictor))
    return [
        {"name": "PREDICTION_SERVER_URL", "value": urls},
        {"name": "TRAINING_SERVER_URL", "value": f"http://localhost:{predictor.training_port}"},
        *({"name": name, "value": value} for name, value in sorted(predictor.env.items())),
    ]


def _probe(path: str, port: int, delay: int, period: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": port}, "initialDelaySeconds": delay, "periodSeconds": period}


def _at_port(probe: Any, port: int, *kept: str) -> dict[str, Any]:
    """A probe of a server that predicts: what the charts keep of it, at the server's port."""
    return {"httpGet": {"path": probe["httpGet"]["path"], "port": port}, **{name: probe[name] for name in kept if name in probe}}


def _server(name: str, image: str, policy: str, config: str, resources: Any) -> Manifest:
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": policy,
        "resources": copied(resources),
        "envFrom": [{"configMapRef": {"name": config}}],
    }


def predictor_containers(predictor: LatencyPredictor, picker: str) -> list[Manifest]:
    """The server that learns, and those that predict."""
    pod_name = {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    training = {
        **_server(
            "training-server",
            predictor.training_image,
            predictor.training_pull_policy,
            _config_name(picker, "training"),
            predictor.training_resources,
        ),
        "ports": [{"containerPort": predictor.training_port, "name": "training-port"}],
        "livenessProbe": copied(predictor.training_liveness) or _probe("/healthz", predictor.training_port, 30, 20),
        "readinessProbe": copied(predictor.training_readiness) or _probe("/readyz", predictor.training_port, 45, 10),
        "env": [pod_name, {"name": "SERVER_TYPE", "value": "training"}],
        "volumeMounts": [{"name": "training-server-storage", "mountPath": "/models"}],
    }
    made = [training]
    for number, port in enumerate(_ports(predictor), 1):
        made.append(
            {
                **_server(
                    f"prediction-server-{number}",
                    predictor.prediction_image,
                    predictor.prediction_pull_policy,
                    _config_name(picker, "prediction"),
                    predictor.prediction_resources,
                ),
                "command": ["uvicorn"],
                "args": ["llm_d_latency_predictor.prediction_server:app", "--host", "0.0.0.0", "--port", str(port)],  # noqa: S104 - inside a pod
                "ports": [{"containerPort": port, "name": f"predict-port-{number}"}],
                "livenessProbe": _at_port(predictor.prediction_liveness or _PREDICTION_LIVENESS, port, *_TIMES),
                "readinessProbe": _at_port(predictor.prediction_readiness or _PREDICTION_READINESS, port, *_TIMES, "failureThreshold"),
                "env": [
                    {"name": "PREDICT_PORT", "value": str(port)},
                    pod_name,
                    {"name": "SERVER_TYPE", "value": f"prediction-{number}"},
                    {"name": "TRAINING_SERVER_URL", "value": f"http://localhost:{predictor.training_port}"},
                ],
                "volumeMounts": [{"name": f"prediction-server-{number}-storage", "mountPath": "/server_models"}],
            }
        )
    return made


def predictor_volumes(predictor: LatencyPredictor) -> list[Manifest]:
    """Their models."""
    return [
        {"name": "training-server-storage", "emptyDir": {"sizeLimit": predictor.training_storage}},
        *(
            {"name": f"prediction-server-{number}-storage", "emptyDir": {"sizeLimit": predictor.prediction_storage}}
            for number in range(1, predictor.servers + 1)
        ),
    ]
