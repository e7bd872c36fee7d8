"""The compact tables against the schemas they were made from, judged by an independent validator."""

import copy
import json
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.kubernetes.decoded import decoded
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.lexical.versions import KubernetesVersion

jsonschema = pytest.importorskip("jsonschema")

DEFINITIONS = {"v1 Pod": "io.k8s.api.core.v1.Pod", "apps/v1 Deployment": "io.k8s.api.apps.v1.Deployment", "v1 Service": "io.k8s.api.core.v1.Service"}
POD = {
    "containers": [
        {
            "name": "a",
            "image": "b",
            "args": ["c"],
            "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "b", "key": "c", "optional": True}}}],
            "ports": [{"name": "http", "containerPort": 80}],
            "readinessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 3},
            "securityContext": {"runAsUser": 1, "capabilities": {"add": ["A"]}},
            "volumeMounts": [{"name": "d", "mountPath": "/d", "readOnly": True}],
        }
    ],
    "volumes": [{"name": "d", "configMap": {"name": "e", "items": [{"key": "f", "path": "g", "mode": 1}]}}],
    "tolerations": [{"key": "a", "tolerationSeconds": 3}],
    "affinity": {
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "a", "labelSelector": {"matchLabels": {"a": "b"}}}]}
    },
}
OBJECTS = [
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"a": "b"}}, "spec": POD},
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a", "annotations": {"a": "b"}},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": POD}},
    },
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "a"},
        "spec": {"ports": [{"port": 80, "targetPort": "http"}], "selector": {"a": "b"}},
    },
]
JUNK: st.SearchStrategy[Any] = st.sampled_from([None, True, 0, 3, "x", "3", "true", "", [], {}, [1], {"a": 1}, {"name": "x"}, ["a"], [{}]])


@cache
def validator(version: str, kind: str) -> Any:
    source = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict" / "_definitions.json"
    # its alternatives exclude each other, so that null, which fits all of them, fits none
    definitions = json.loads(source.read_text().replace('"oneOf"', '"anyOf"'))["$defs"]
    return jsonschema.Draft7Validator({"$ref": f"#/$defs/{DEFINITIONS[kind]}", "$defs": definitions})


def places(value: Any) -> list[tuple[Any, Any]]:
    keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def written(value: Any) -> Any:
    """The value with what is never absent: to an API server a pod template without a spec is one with an empty spec."""
    if isinstance(value, dict):
        inner = {key: written(item) for key, item in value.items()}
        if isinstance(inner.get("template"), dict) and inner["template"].get("spec") is None:
            inner["template"] = {**inner["template"], "spec": {}}
        return inner
    return [written(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(OBJECTS), st.sampled_from(["1.34", "1.37"]), st.lists(st.tuples(st.integers(0, 200), JUNK, st.booleans()), max_size=2))
def test_both_refuse_the_same_objects(manifest: dict[str, Any], version: str, changes: list[tuple[int, Any, bool]]) -> None:
    changed = copy.deepcopy(manifest)
    for number, junk, new in changes:
        found = [(owner, key) for owner, key in places(changed) if key not in {"apiVersion", "kind"}]
        owner, key = found[number % len(found)]
        owner["extra" if new and isinstance(owner, dict) else key] = copy.deepcopy(junk)
    kind = f"{manifest['apiVersion']} {manifest['kind']}"
    judge = validator(version, kind)
    # an unknown field is one with a null too; a required field is missing with one
    assert (not check_object(changed, version=version)) is (
        judge.is_valid(changed) and judge.is_valid(written(decoded(changed, KubernetesVersion.parse(version))))
    )
