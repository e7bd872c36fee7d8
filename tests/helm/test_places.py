"""What is reported of values stands where they say it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from constructs_dra.helm.rendering import Import, import_values
from constructs_dra.helm.values import Values
from constructs_dra.paths import child, is_under, split

_CONTAINER: dict[str, Any] = {
    "name": "server",
    "image": "vllm/vllm-openai:v0.11.0",
    "modelCommand": "vllmServe",
    "args": ["--max-model-len=4096", "--block-size", "16"],
    "env": [
        {"name": "A", "value": "1"},
        {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "C", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "c", "optional": True}}},
    ],
    "ports": [{"containerPort": 8200, "name": "vllm"}, {"containerPort": 5557}],
    "resources": {"limits": {"cpu": "4", "memory": "16Gi"}, "requests": {"cpu": "2"}},
    "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}, {"name": "metrics", "mountPath": "/m"}],
    "mountModelVolume": True,
    "readinessProbe": {"httpGet": {"path": "/health", "port": 8200}},
    "extraConfig": {"livenessProbe": {"tcpSocket": {"port": 8200}}, "terminationMessagePath": "/dev/log"},
}
_ROLE: dict[str, Any] = {
    "create": True,
    "containers": [_CONTAINER, {"name": "side", "image": "i:1", "command": ["run"], "ports": [{"containerPort": 9000, "name": "side"}]}],
    "initContainers": [{"name": "prepare", "image": "i:1", "command": ["run"], "ports": [{"containerPort": 9100}], "workingDir": "/w"}],
    "volumes": [{"name": "shm", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "metrics", "emptyDir": {}}],
    "nodeSelector": {"pool": "gpu"},
    "tolerations": [{"key": "gpu", "operator": "Exists"}],
    "imagePullSecrets": [{"name": "registry"}],
    "priorityClassName": "high",
    "acceleratorTypes": {"labelKey": "gpu.example.com/model", "labelValues": ["h100"]},
    "terminationGracePeriodSeconds": 60,
    "annotations": {"example.com/a": "b"},
    "podAnnotations": {"example.com/c": "d"},
    "strategy": {"rollingUpdate": {"maxUnavailable": 1}},
    "extraConfig": {"dnsConfig": {"options": [{"name": "ndots", "value": "1"}]}, "runtimeClassName": "nvidia"},
    "monitoring": {"podmonitor": {"enabled": True, "portName": "vllm", "labels": {"team": "a"}, "relabelings": [{"action": "keep"}]}},
    "resourceClaims": [{"name": "net", "resourceClaimTemplateName": "net"}],
}
VALUES: dict[str, Any] = {
    "modelArtifacts": {
        "name": "org/model",
        "uri": "hf://org/model",
        "size": "20Gi",
        "authSecretName": "token",
        "labels": {"llm-d.ai/model": "m", "example.com/x": "y"},
    },
    "accelerator": {
        "type": "nvidia",
        "dra": True,
        "resourceClaimTemplates": {
            "nvidia": {"class": "gpu.nvidia.com", "count": 1, "selectors": [{"cel": {"expression": "device.driver == 'gpu.nvidia.com'"}}]}
        },
    },
    "routing": {"servicePort": 8000, "proxy": {"image": "ghcr.io/llm-d/llm-d-routing-sidecar:v0.4.0", "targetPort": 8200}},
    "serviceAccountOverride": "account",
    "decode": _ROLE,
    "prefill": {"create": False},
    "extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "b"}}],
}
"""Values with an argument of every kind, nothing wrong with them."""

GROUPS: dict[str, Any] = {
    **VALUES,
    "multinode": True,
    "requester": {"enable": False},
    "decode": {
        **{key: value for key, value in _ROLE.items() if key != "strategy"},
        "parallelism": {"data": 2, "dataLocal": 1, "workers": 2},
        "subGroupPolicy": {"subGroupSize": 2},
        "subGroupExclusiveTopology": True,
        "hostIPC": True,
    },
}
REQUESTER: dict[str, Any] = {
    **VALUES,
    "requester": {
        "enable": True,
        "image": "i:1",
        "adminPort": 8081,
        "port": {"probes": 8080, "spi": 8082},
        "readinessProbe": {"initialDelaySeconds": 2, "periodSeconds": 5},
        "resources": {"limits": {"gpus": "1", "cpus": "1", "memory": "1Gi"}},
    },
}

_WRONG: dict[type, tuple[Any, ...]] = {str: ("Not A Name!", "x" * 400, 7), int: (-3, 70000, "7x"), bool: ("maybe",)}
"""What is wrong nearly everywhere, in place of a value of each type."""


def _imported(values: dict[str, Any]) -> Import:
    return import_values(Values(data=values, sources=(), problems=()), release="rel", chart="0.4", lenient=True)


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(item, child(path, step))
    else:
        yield path


def _with(values: dict[str, Any], path: str, wrong: object) -> dict[str, Any]:
    changed = deepcopy(values)
    holder: Any = changed
    *way, last = split(path)
    for step in way:
        holder = holder[step]
    holder[last] = wrong
    return changed


def _changed(values: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """The values with one of them wrong, in every way there is."""
    value: Any = values
    for step in split(path):
        value = value[step]
    for wrong in _WRONG[type(value)]:
        yield _with(values, path, wrong)


def _errors(values: dict[str, Any]) -> list[str]:
    return [problem.path for problem in _imported(values).problems if problem.severity == "error" and problem.rule != "volume-missing"]


def test_there_is_nothing_wrong_to_begin_with() -> None:
    for values in (VALUES, GROUPS, REQUESTER):
        assert list(_imported(values).problems) == []


@pytest.mark.parametrize("values", [VALUES, GROUPS, REQUESTER], ids=["plain", "multinode", "requester"])
def test_a_wrong_value_is_reported_where_it_is_or_around_it(values: dict[str, Any]) -> None:
    refused = 0
    for path in _leaves(values):
        for changed in _changed(values, path):
            errors = _errors(changed)
            refused += bool(errors)
            assert not errors or any(is_under(path, [place]) or is_under(place, [path]) for place in errors), (path, errors)
    assert refused > 120


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("decode.containers[0].readinessProbe.httpGet.port", 70000),
        ("decode.containers[0].extraConfig.livenessProbe.tcpSocket.port", 70000),
        ("decode.containers[0].env[1].valueFrom.fieldRef.fieldPath", "spec.x"),
        ("decode.containers[0].resources.requests.cpu", "8"),
        ("decode.containers[1].ports[0].name", "longer-than-15-characters"),
        ("decode.volumes[0].name", "Not A Name"),
        ("decode.tolerations[0].operator", "Exsts"),
        ("decode.extraConfig.runtimeClassName", "Not A Name"),
        ("decode.acceleratorTypes.labelKey", "not a key"),
        ("decode.strategy.rollingUpdate.maxUnavailable", -1),
        ("decode.resourceClaims[0].name", "Not A Name"),
        ("accelerator.resourceClaimTemplates.nvidia.count", -3),
        ("accelerator.resourceClaimTemplates.nvidia.class", "Not A Class"),
        ("modelArtifacts.labels['example.com/x']", "not a value"),
        ("routing.proxy.targetPort", 70000),
        ("serviceAccountOverride", "Not A Name"),
        ("extraObjects[0].metadata.name", "Not A Name"),
        ("requester.resources.limits.cpus", "much"),
        ("requester.port.spi", 70000),
    ],
)
def test_the_place_is_the_values_own(path: str, wrong: object) -> None:
    assert path in _errors(_with(REQUESTER if path.startswith("requester") else VALUES, path, wrong))


def test_what_is_left_out_moves_no_place() -> None:
    values = _with(VALUES, "decode.tolerations[0].operator", "Exsts")
    values["decode"]["tolerations"].append({"key": "b", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 1})
    values["decode"]["tolerations"].append({"key": "c", "operator": "Exists", "value": "not for Exists"})
    assert {path[: len("decode.tolerations[0]")] for path in _errors(values)} == {"decode.tolerations[0]", "decode.tolerations[2]"}


def test_other_mistakes_are_reported_beside_those_of_records() -> None:
    values = _with(VALUES, "decode.containers[0].ports[1].containerPort", 70000)
    values["decode"]["containers"][1]["readinessProbe"] = {"httpGet": {"port": 70000}}
    assert {path.partition("]")[0] for path in _errors(values)} == {"decode.containers[0", "decode.containers[1"}


@pytest.mark.parametrize("name", ["env", "ports", "volumeMounts"])
def test_an_empty_entry_of_an_init_container_is_refused(name: str) -> None:
    values = deepcopy(VALUES)
    values["decode"]["initContainers"][0][name] = [None]
    assert any(is_under(place, ["decode.initContainers[0]"]) for place in _errors(values))
