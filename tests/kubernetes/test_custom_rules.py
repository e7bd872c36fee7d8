"""The CEL rules of custom resources."""

from typing import Any

import pytest

from constructs_dra.cel.custom_rules import breaks_rule
from constructs_dra.kubernetes.api import custom_kinds, custom_schema
from constructs_dra.kubernetes.openapi import check_openapi
from constructs_dra.kubernetes.schemas import check_object

ROUTE = "gateway.networking.k8s.io/v1", "HTTPRoute"
POOL = "inference.networking.k8s.io/v1", "InferencePool"
GATEWAY = "gateway.networking.k8s.io/v1", "Gateway"
SCALED = "keda.sh/v1alpha1", "ScaledObject"
SET = "disaggregatedset.x-k8s.io/v1", "DisaggregatedSet"


def made(kind: tuple[str, str], spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": kind[0], "kind": kind[1], "metadata": {"name": "a"}, "spec": spec}


def route(**rule: Any) -> dict[str, Any]:
    return made(ROUTE, {"parentRefs": [{"name": "gateway", "namespace": "other"}], "rules": [rule]})


def pool(picker: dict[str, Any], *ports: int) -> dict[str, Any]:
    numbers = [{"number": port} for port in ports]
    return made(POOL, {"selector": {"matchLabels": {"a": "b"}}, "targetPorts": numbers, "endpointPickerRef": {"name": "epp", **picker}})


def scaled(least: int, most: int) -> dict[str, Any]:
    return made(
        SCALED,
        {
            "scaleTargetRef": {"name": "a"},
            "minReplicaCount": least,
            "maxReplicaCount": most,
            "triggers": [{"type": "cpu", "metadata": {"value": "50"}}],
        },
    )


@pytest.mark.parametrize(
    "manifest",
    [
        pool({"port": {"number": 9002}}, 8000, 8001),
        pool({"kind": "Other", "group": "a.com"}, 8000),
        route(backendRefs=[{"name": "service", "port": 80}], matches=[{"path": {"type": "PathPrefix", "value": "/v1"}}]),
        route(backendRefs=[{"group": "inference.networking.k8s.io", "kind": "InferencePool", "name": "pool"}]),
        route(backendRefs=[{"name": "service", "port": 80}], timeouts={"request": "0s", "backendRequest": "10s"}),
        made(GATEWAY, {"gatewayClassName": "a", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]}),
        scaled(1, 2),
    ],
)
def test_what_keeps_the_rules_passes(manifest: dict[str, Any]) -> None:
    assert check_object(manifest) == []


@pytest.mark.parametrize(
    ("manifest", "path", "words"),
    [
        (pool({}, 8000), "spec.endpointPickerRef", "port is required"),
        (pool({"port": {"number": 9002}}, 8000, 8000), "spec.targetPorts", "must be unique"),
        (route(backendRefs=[{"name": "service"}]), "spec.rules[0].backendRefs[0]", "Must have port for Service"),
        (
            route(backendRefs=[{"name": "service", "port": 80}], matches=[{"path": {"type": "PathPrefix", "value": "v1"}}]),
            "spec.rules[0].matches[0].path",
            "start with '/'",
        ),
        (
            route(backendRefs=[{"name": "service", "port": 80}], timeouts={"request": "10s", "backendRequest": "20s"}),
            "spec.rules[0].timeouts",
            "cannot be longer",
        ),
        (
            made(GATEWAY, {"gatewayClassName": "a", "listeners": [{"name": "tcp", "port": 80, "protocol": "TCP", "hostname": "a.com"}]}),
            "spec.listeners",
            "hostname must not be specified",
        ),
        (scaled(5, 2), "spec", "minReplicaCount must be less"),
    ],
)
def test_what_breaks_a_rule_is_reported_in_the_words_of_the_resource(manifest: dict[str, Any], path: str, words: str) -> None:
    (problem,) = check_object(manifest)
    assert (problem.path, problem.rule) == (path, "schema-rule")
    assert words in problem.message


def _rules(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [rule for item in schema for rule in _rules(item)]
    if not isinstance(schema, dict):
        return []
    return [each["rule"] for each in schema.get("x-kubernetes-validations", ())] + [rule for item in schema.values() for rule in _rules(item)]


def test_every_rule_that_comes_with_the_package_can_be_evaluated() -> None:
    from constructs_dra.cel.custom_rules import _program  # noqa: PLC0415  (whether a rule compiles is shown nowhere else)

    rules = {rule for key in custom_kinds() for rule in _rules(custom_schema(key))}
    assert len(rules) > 50
    assert [rule for rule in rules if _program(rule) is None] == []


@pytest.mark.parametrize("rule", ["self == oldSelf", "self.", "nobody.knows", "self.a.b == 1", "1 / self.zero == 1"])
def test_a_rule_that_cannot_be_judged_accuses_nobody(rule: str) -> None:
    assert not breaks_rule(rule, {"zero": 0})


def test_fields_that_are_words_of_cel_are_read_by_their_own_name() -> None:
    assert breaks_rule("self.__namespace__ == 'a' && self.x__dash__y == 1", {"namespace": "a", "x-y": 2})
    assert not breaks_rule("self.__namespace__ == 'a' && self.x__dash__y == 2", {"namespace": "a", "x-y": 2})


def test_rules_see_the_defaults_of_the_schema_and_no_nulls() -> None:
    inner = {"type": "string", "default": "x"}
    schema = {"type": "object", "properties": {"a": inner, "b": inner}, "x-kubernetes-validations": [{"rule": "self.a == 'x' && has(self.b)"}]}
    assert check_openapi({"b": None}, schema) == []
    assert check_openapi({"a": "y"}, schema) != []
