"""Objects that route requests: each test breaks one side and reads the message."""

from copy import deepcopy
from typing import Any

import pytest

from constructs_dra import (
    Container,
    EndpointPicker,
    HttpRoute,
    InferenceModelRewrite,
    InferenceObjective,
    Istio,
    ModelArtifacts,
    ModelService,
    PickerMonitor,
    Role,
    Routing,
)
from constructs_dra.checks import check_manifests
from constructs_dra.errors import Problem
from constructs_dra.manifest import to_yaml
from constructs_dra.yaml.documents import load_documents

CONFIG = {
    "apiVersion": "llm-d.ai/v1alpha1",
    "kind": "EndpointPickerConfig",
    "plugins": [{"type": "decode-filter"}, {"type": "queue-scorer"}],
    "schedulingProfiles": [{"name": "default", "plugins": [{"pluginRef": "decode-filter"}, {"pluginRef": "queue-scorer"}]}],
}


def service(routing: Routing) -> ModelService:
    decode = Role(containers=[Container.vllm("docker.io/vllm/vllm-openai:v0.11.0")])
    return ModelService("qwen", model=ModelArtifacts.hf("Qwen/Qwen3-0.6B"), decode=decode, namespace="serving", parts=[routing])


ROUTING = Routing(
    picker=EndpointPicker(config=CONFIG),
    route=HttpRoute(gateway="front"),
    istio=Istio(),
    monitor=PickerMonitor(),
    objectives=[InferenceObjective(name="batch")],
    rewrites=[InferenceModelRewrite(name="latest", model="a")],
)
MANIFESTS = service(ROUTING).manifests()


def found(text: str) -> list[Problem]:
    documents, wrong = load_documents(text, "a.yaml")
    assert not wrong
    return check_manifests(documents)


def test_what_the_library_makes_agrees_with_itself() -> None:
    assert [each for each in found(to_yaml(MANIFESTS)) if each.rule not in {"reference", "kind-unknown"}] == []


def broken(kind: str, *path: Any, to: Any, flag: str = "") -> list[Problem]:
    """The problems of the objects with one value changed: the one at a path of the first object of a kind, or the one of a flag of the picker."""
    manifests = [deepcopy(one) for one in MANIFESTS]
    target: Any = next(one for one in manifests if one["kind"] == kind and (not flag or one["metadata"]["name"] == "qwen-epp"))
    if flag:
        arguments = target["spec"]["template"]["spec"]["containers"][0]["args"]
        if flag in arguments:
            arguments[arguments.index(flag) + 1] = to
        else:
            arguments.append(f"{flag}={to}")
    else:
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = to
    return found(to_yaml(manifests))


POOL = ("InferencePool", "spec")
REFERENCE = (*POOL, "endpointPickerRef")


@pytest.mark.parametrize(
    ("problems", "rule", "says", "hint"),
    [
        (broken("Deployment", to="quen", flag="--pool-name"), "reference", "there is no InferencePool 'quen' here", "did you mean 'qwen'?"),
        (broken("Deployment", to="quen", flag="--pool-name"), "pool-picker", "is started for the pool 'quen'", "write --pool-name qwen"),
        (broken("Deployment", to="servng", flag="--pool-namespace"), "pool-picker", "is in namespace 'serving'", "write serving"),
        (broken(*REFERENCE, "port", "number", to=9005), "picker-port", "has no port 9005", "its ports are 9002, 9090"),
        (broken("Deployment", to=9005, flag="--grpc-port"), "picker-port", "leads to port 9002 of the picker, which", "targetPort: 9005"),
        (broken(*REFERENCE, "name", to="qwen-ep"), "reference", "there is no Service 'qwen-ep' here", "did you mean 'qwen-epp'?"),
        (broken(*POOL, "targetPorts", 0, "number", to=8001), "port-unknown", "no selected pod has the port 8001", "their ports are 8000"),
        (broken(*POOL, "selector", "matchLabels", to={"a": "b"}), "selects-nothing", "selects no pod here", "compare its labels"),
        (
            broken("HTTPRoute", "spec", "rules", 0, "backendRefs", 0, "name", to="qwem"),
            "reference", "there is no InferencePool 'qwem'", "did you mean 'qwen'?",
        ),
        (broken("InferenceObjective", "spec", "poolRef", "name", to="qwe"), "reference", "there is no InferencePool 'qwe' here", "did you mean"),
        (
            broken("InferenceModelRewrite", "spec", "rules", 0, "targets", 0, "modelRewrite", to="Qwen/Qwen3-0.6"),
            "rewrite-model", "answers to 'Qwen/Qwen3-0.6'", "did you mean 'Qwen/Qwen3-0.6B'?",
        ),
        (broken("DestinationRule", "spec", "host", to="qwen-ep.serving.svc"), "reference", "no Service 'qwen-ep' here", "did you mean 'qwen-epp'?"),
        (
            broken(*POOL, "selector", "matchLabels", to={"app.kubernetes.io/component": "endpoint-picker"}),
            "pool-picker", "fits the pods of the picker itself", "add a label that only the model servers have",
        ),
        (broken("ServiceMonitor", "spec", "endpoints", 0, "port", to="http-metric"), "port-unknown", "named 'http-metric'", "http-metrics"),
        (
            broken("ConfigMap", "data", "plugins.yaml", to=to_yaml(CONFIG).replace("decode-filter", "prefill-filter")),
            "picker-role", "the picker's prefill-filter filters out every pod of the pool", "label the pods",
        ),
    ],
)  # fmt: skip
def test_one_broken_side_is_named(problems: list[Problem], rule: str, says: str, hint: str) -> None:
    matching = [each for each in problems if each.rule == rule and says in each.message]
    assert matching, list(map(str, problems))
    assert hint in matching[0].hint
    assert matching[0].line


def test_a_picker_without_a_pool_finds_its_pods_by_their_labels() -> None:
    manifests = service(Routing(pool=None)).manifests()
    assert [each for each in found(to_yaml(manifests)) if each.severity == "error"] == []
    picker = next(one for one in manifests if one["metadata"]["name"] == "qwen-epp" and one["kind"] == "Deployment")
    arguments = picker["spec"]["template"]["spec"]["containers"][0]["args"]
    arguments[arguments.index("--endpoint-target-ports") + 1] = "8002"
    assert "no selected pod has the port 8002" in str(found(to_yaml(manifests)))
    arguments[arguments.index("--endpoint-selector") + 1] = "app=none"
    assert "selects no pod here" in str(found(to_yaml(manifests)))
