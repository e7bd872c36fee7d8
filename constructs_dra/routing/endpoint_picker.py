"""The endpoint picker as a record: what runs, with which configuration and flags."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems, join_path, shown
from constructs_dra.manifest import to_yaml
from constructs_dra.picker.config import EndpointPickerConfig
from constructs_dra.picker.flags import read_flags
from constructs_dra.picker.judging import judge_text
from constructs_dra.picker.versions import DEFAULT_ROUTER, router_of_image, router_version
from constructs_dra.records import valid
from constructs_dra.records.alike import once_alike
from constructs_dra.records.record import Fragment, Record
from constructs_dra.routing.tokenizer import Tokenizer
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import Resources
from constructs_dra.serving.probe import Probe, probe

__all__ = ["DEFAULT_CONFIG", "EndpointPicker", "LatencyPredictor", "PickerTracing", "config_for"]

_RESOURCES: Final[Mapping[str, Any]] = {"limits": {"memory": "16Gi"}, "requests": {"cpu": "4", "memory": "8Gi"}}

DEFAULT_CONFIG: Final[Mapping[str, Any]] = {
    "apiVersion": "llm-d.ai/v1alpha1",
    "kind": "EndpointPickerConfig",
    "plugins": [{"type": "queue-scorer"}, {"type": "kv-cache-utilization-scorer"}, {"type": "prefix-cache-scorer"}],
    "schedulingProfiles": [
        {
            "name": "default",
            "plugins": [
                {"pluginRef": "queue-scorer", "weight": 2},
                {"pluginRef": "kv-cache-utilization-scorer", "weight": 2},
                {"pluginRef": "prefix-cache-scorer", "weight": 3},
            ],
        }
    ],
}
"""What the picker scores by where nothing is said: queues, memory for keys and values, and prefixes seen before."""

_STAGES: Final[Mapping[str, tuple[str, Mapping[str, int]]]] = {
    "encode": ("always-disagg-multimodal-decider", {"queue-scorer": 2}),
    "prefill": ("always-disagg-pd-decider", {"queue-scorer": 2, "prefix-cache-scorer": 3}),
    "decode": ("", {"active-request-scorer": 1}),
}
"""Stages of a request in the picker's order: what decides whether one runs (decode always does), and what its pods are scored by.

Prompts go where their beginning is known; decode, which is bound by the number of requests at work, goes to the least busy pod (llm-d's guides).
"""


def config_for(roles: Collection[str]) -> Mapping[str, Any]:
    """What a picker decides by where nothing is said: a profile for each stage that has pods of its own, else `DEFAULT_CONFIG`.

    Args:
        roles: The roles of the pods.
    """
    stages = {name: stage for name, stage in _STAGES.items() if name in roles}
    if "decode" not in stages or len(stages) == 1:
        return DEFAULT_CONFIG
    deciders = {name: decider for name, (decider, _) in stages.items() if decider}
    scorers = dict.fromkeys(scorer for _, scored in stages.values() for scorer in scored)
    handler = {"type": "disagg-profile-handler", "parameters": {"deciders": deciders}}  # up to v0.9 after what it names
    types = [*(f"{name}-filter" for name in stages), *scorers, "max-score-picker"]
    return {
        **DEFAULT_CONFIG,
        "plugins": [*({"type": each} for each in deciders.values()), handler, *({"type": each} for each in types)],
        "schedulingProfiles": [
            {
                "name": name,
                "plugins": [
                    {"pluginRef": f"{name}-filter"},
                    *({"pluginRef": scorer, "weight": weight} for scorer, weight in scored.items()),
                    {"pluginRef": "max-score-picker"},
                ],
            }
            for name, (_, scored) in stages.items()
        ],
    }


def _config(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, str | Mapping | EndpointPickerConfig):
        valid.wrong(problems, path, value, "an EndpointPickerConfig, a mapping, or the text of a configuration")


def _version(value: Any, path: str, problems: Problems) -> None:
    try:
        router_version(value if isinstance(value, str) else "")
    except ValueError as error:
        problems.add(path, str(error))


def _flags(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of flags")
        return
    for name, item in value.items():
        if not isinstance(name, str) or not name or name.startswith("-"):
            problems.add(f"{path}[{shown(name)}]", "must be the name of a flag without dashes")
        if not isinstance(item, str | int | float):
            valid.wrong(problems, f"{path}[{shown(name)}]", item, "a string, a number, True or False")


def _probe(value: Any, path: str, problems: Problems) -> None:
    """A probe whose port is not written: each server has its own."""
    if not isinstance(value, Mapping) or not isinstance(value.get("httpGet"), Mapping) or not isinstance(value["httpGet"].get("path"), str):
        valid.wrong(problems, path, value, "a probe with httpGet.path")


@frozen(kw_only=True, eq=False, repr=False)
class LatencyPredictor(Record):
    """Servers beside the picker that predict latencies: one that learns, and some that predict.

    Attributes:
        training_image: Image of the server that learns.
        prediction_image: Image of the servers that predict.
        servers: Servers that predict. Default 1.
        training: Variables of the server that learns.
        prediction: Variables of the servers that predict.
        env: Variables of the picker that speak of them.
        training_resources: Resources of the server that learns.
        prediction_resources: Resources of each server that predicts.
        training_pull_policy: Default `Always`.
        prediction_pull_policy: Default `Always`.
        training_port: Port of the server that learns. Default 8000.
        first_port: Port of the first server that predicts; the others have those after it. Default 8001.
        training_liveness: Liveness probe of the server that learns. Default: `/healthz`.
        training_readiness: Its readiness probe. Default: `/readyz`.
        prediction_liveness: Liveness probe of the servers that predict: path, first delay and period. Default: `/healthz`.
        prediction_readiness: Their readiness probe: the same, and how often it may fail. Default: `/readyz`.
        training_storage: Size of the volume for the models it learns. Default `20Gi`.
        prediction_storage: Size of the volume of each server that predicts. Default `10Gi`.
    """

    training_image: str = field(default="ghcr.io/llm-d/llm-d-latency-predictor-training-server-dev:latest", metadata=valid.image())
    prediction_image: str = field(default="ghcr.io/llm-d/llm-d-latency-predictor-prediction-server-dev:latest", metadata=valid.image())
    servers: int = field(default=1, metadata=valid.integer(1, 100))
    training: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    prediction: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    env: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    training_resources: Resources | Fragment = field(factory=dict, metadata=fragments.resources())
    prediction_resources: Resources | Fragment = field(factory=dict, metadata=fragments.resources())
    training_pull_policy: str = field(default="Always", metadata=valid.choice("Always", "IfNotPresent", "Never"))
    prediction_pull_policy: str = field(default="Always", metadata=valid.choice("Always", "IfNotPresent", "Never"))
    training_port: int = field(default=8000, metadata=valid.port())
    first_port: int = field(default=8001, metadata=valid.port())
    training_liveness: Probe | Fragment | None = field(default=None, metadata=valid.optional(probe("liveness")))
    training_readiness: Probe | Fragment | None = field(default=None, metadata=valid.optional(probe("readiness")))
    prediction_liveness: Fragment | None = field(default=None, metadata=valid.optional(valid.custom(_probe)))
    prediction_readiness: Fragment | None = field(default=None, metadata=valid.optional(valid.custom(_probe)))
    training_storage: str = field(default="20Gi", metadata=valid.text())
    prediction_storage: str = field(default="10Gi", metadata=valid.text())


@frozen(kw_only=True, eq=False, repr=False)
class PickerTracing(Record):
    """OpenTelemetry traces of the picker.

    Attributes:
        endpoint: Where they go. Default `http://localhost:4317`.
        sampler: How requests are chosen. Default `parentbased_traceidratio`.
        sampler_arg: The sampler's argument. Default `0.1`.
    """

    endpoint: str = field(default="http://localhost:4317", metadata=valid.text())
    sampler: str = field(default="parentbased_traceidratio", metadata=valid.text())
    sampler_arg: str = field(default="0.1", metadata=valid.text())


@frozen(kw_only=True, eq=False, repr=False)
class EndpointPicker(Record):
    """The program that chooses an endpoint for each request.

    Attributes:
        config: Its configuration: an `EndpointPickerConfig`, a mapping in the API's own spelling, or a string. Default: `DEFAULT_CONFIG`, for a
            service with pods for prefill or encode a profile for each stage.
        config_name: Name of the file that holds it. Default `plugins.yaml`.
        other_configs: Further files beside it, by name. Default: none.
        image: Its image. Default: the release this library knows best.
        version: The router's version, by which flags and configuration are judged. Default: what the image's tag names, else the newest release.
        image_pull_policy: Default `IfNotPresent`.
        replicas: Copies; more than one elect a leader. Default 1.
        flags: Flags by name without dashes. Default: none beside those that follow from the other fields.
        env: Further environment variables, in Kubernetes' spelling. Default: none.
        resources: CPU and memory. Default: 4 CPUs and 8Gi, at most 16Gi.
        volumes: Further volumes. Default: none.
        volume_mounts: Where they are mounted. Default: none.
        ports: Further container ports. Default: none.
        affinity: Affinity of its pods. Default: none.
        tolerations: Tolerations of its pods. Default: none.
        pod_annotations: Annotations of its pods. Default: none.
        port: Port it listens on for the gateway. Default 9002.
        metrics_port: Port of its metrics. Default 9090.
        health_port: Port of its health checks. Default 9003.
        metrics_auth: Whether who reads its metrics must be allowed to. Default True.
        tracing: Traces. Default: none.
        latency_predictor: Servers that predict latencies. Default: none.
        tokenizer: A server that turns requests into tokens. Default: none.
    """

    config: EndpointPickerConfig | str | Mapping[str, Any] = field(default=DEFAULT_CONFIG, metadata=valid.custom(_config))
    config_name: str = field(default="plugins.yaml", metadata=valid.text())
    other_configs: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    image: str = field(default="ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0", metadata=valid.image())
    version: str | None = field(default=None, metadata=valid.optional(valid.custom(_version)))
    image_pull_policy: str = field(default="IfNotPresent", metadata=valid.choice("Always", "IfNotPresent", "Never"))
    replicas: int = field(default=1, metadata=valid.integer(0))
    flags: Mapping[str, str | int | float | bool] = field(factory=dict, metadata=valid.custom(_flags))
    env: Sequence[Fragment] = field(default=(), metadata=fragments.fragments("EnvVar"))
    resources: Resources | Fragment = field(default=_RESOURCES, metadata=fragments.resources())
    volumes: Sequence[Fragment] = field(default=(), metadata=fragments.fragments("Volume"))
    volume_mounts: Sequence[Fragment] = field(default=(), metadata=fragments.fragments("VolumeMount"))
    ports: Sequence[Fragment] = field(default=(), metadata=fragments.fragments("ContainerPort"))
    affinity: Fragment | None = field(default=None, metadata=valid.optional(fragments.fragment("Affinity")))
    tolerations: Sequence[Fragment] = field(default=(), metadata=fragments.fragments("Toleration"))
    pod_annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    port: int = field(default=9002, metadata=valid.port())
    metrics_port: int = field(default=9090, metadata=valid.port())
    health_port: int = field(default=9003, metadata=valid.port())
    metrics_auth: bool = field(default=True, metadata=valid.boolean())
    tracing: PickerTracing | None = field(default=None, metadata=valid.optional(valid.instance(PickerTracing)))
    latency_predictor: LatencyPredictor | None = field(default=None, metadata=valid.optional(valid.instance(LatencyPredictor)))
    tokenizer: Tokenizer | None = field(default=None, metadata=valid.optional(valid.instance(Tokenizer)))

    def cross_check(self, problems: Problems) -> None:
        """The servers of the pod listen on ports of their own."""
        if self.tokenizer is None or self.latency_predictor is None:
            return
        predictor, port = self.latency_predictor, self.tokenizer.port
        others = {predictor.training_port: "the training server's"}
        others |= dict.fromkeys(range(predictor.first_port, predictor.first_port + predictor.servers), "a prediction server's")
        if port in others:
            problems.add("tokenizer", f"port {port} is {others[port]} too", "give it another port, e.g. 8100", rule="port-twice")

    @property
    @once_alike
    def config_text(self) -> str:
        """The configuration as the picker reads it."""
        if isinstance(self.config, EndpointPickerConfig):
            return to_yaml(self.config.spelt(self.router))
        return self.config if isinstance(self.config, str) else to_yaml(dict(self.config))

    @property
    def router(self) -> str:
        """The router's version, as the catalogue spells it."""
        return router_version(self.version) if self.version is not None else router_of_image(self.image) or DEFAULT_ROUTER

    @property
    def serves_tls(self) -> bool:
        """Whether it talks TLS to the gateway."""
        return str(self.flags.get("secure-serving", True)).lower() not in {"false", "0", "f"}

    def flag_arguments(self) -> list[str]:
        """The flags of `flags`, in the order of their names."""
        return [f"--{name}={_text(self.flags[name])}" for name in sorted(self.flags)]

    def findings(self) -> Sequence[Problem]:
        """What its own loader and its own parser of flags say, errors and warnings."""
        return self._findings()

    @once_alike
    def _findings(self) -> Sequence[Problem]:
        return tuple(self._judged())

    def _judged(self) -> Iterator[Problem]:
        arguments = self.flag_arguments()
        for problem in read_flags(["--pool-name=pool", *arguments], version=self.router).problems:
            yield Problem("flags", problem.message, problem.hint, rule=problem.rule)
        for problem in judge_text(self.config_text, version=self.router, flags=arguments).problems:
            place = f"line {problem.line}: {problem.path}" if problem.line and isinstance(self.config, str) else ""
            path = join_path("config", problem.path) if not place else "config"
            yield Problem(path, f"{place}: {problem.message}" if place else problem.message, problem.hint, rule=problem.rule)


def _text(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
