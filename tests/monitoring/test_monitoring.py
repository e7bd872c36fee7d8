"""Monitors, alerts and dashboards ask for what the service really reports."""

import json
import re
from typing import Any

import pytest

from constructs_dra import (
    Claim,
    Container,
    GrafanaDashboard,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    PodMonitor,
    Port,
    PrometheusRule,
    Role,
    ServiceMonitor,
    SpecError,
)
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")


def service(*parts: Any, role_parts: tuple[Any, ...] = (), monitoring: PodMonitor | None = None, **fields: Any) -> ModelService:
    role = Role(claims=[Claim("gpu", NvidiaGpu())], containers=[SERVER], monitoring=monitoring, parts=role_parts)
    return ModelService("llama", **{"namespace": "models", "model": ModelArtifacts.hf("a/llama-8b"), "decode": role, "parts": parts, **fields})


def by_kind(made: list[Manifest]) -> dict[str, Manifest]:
    return {item["kind"]: item for item in made}


def expressions(made: Manifest) -> list[str]:
    if made["kind"] == "ConfigMap":
        (text,) = made["data"].values()
        return [target["expr"] for panel in json.loads(text)["panels"] for target in panel["targets"]]
    return [rule["expr"] for group in made["spec"]["groups"] for rule in group["rules"]]


def found(make: Any) -> list[Problem]:
    try:
        return [problem for problem in make().check() if problem.rule in {"alert-metric", "scraped-twice", "metrics-port"}]
    except SpecError as error:
        return list(error.problems)


def test_a_pod_monitor_leaves_the_port_its_name() -> None:
    plain, watched = (by_kind(service(monitoring=monitor).manifests()) for monitor in (None, PodMonitor()))
    ports = [made["Deployment"]["spec"]["template"]["spec"]["containers"][0]["ports"] for made in (plain, watched)]
    assert ports[0] == ports[1] == [{"containerPort": 8000, "name": "http"}]
    assert watched["PodMonitor"]["spec"]["podMetricsEndpoints"][0]["port"] == "http"
    named = by_kind(service(monitoring=PodMonitor(port="metrics")).manifests())
    assert named["PodMonitor"]["spec"]["podMetricsEndpoints"][0]["port"] == "metrics"


def test_a_port_without_a_name_cannot_be_scraped_by_a_pod_monitor() -> None:
    role = Role(containers=[Container.vllm("vllm/vllm-openai:v0.20.0", ports=[Port(8000)])], monitoring=PodMonitor())
    (problem,) = found(lambda: service(decode=role))
    assert problem.rule == "metrics-port"
    assert "has no name" in problem.message


def test_a_service_monitor_finds_the_pods_by_a_service_of_its_own() -> None:
    made = service(role_parts=(ServiceMonitor(labels={"release": "prometheus"}),)).manifests()
    one = by_kind(made)
    assert one["Service"]["spec"]["selector"] == one["Deployment"]["spec"]["selector"]["matchLabels"]
    assert one["ServiceMonitor"]["spec"]["selector"]["matchLabels"].items() <= one["Service"]["metadata"]["labels"].items()
    assert one["ServiceMonitor"]["spec"]["endpoints"][0]["port"] == one["Service"]["spec"]["ports"][0]["name"]
    assert check_manifests(made, Setting(complete=True)) == []


@pytest.mark.parametrize(
    ("monitor", "job"), [({"monitoring": PodMonitor()}, "models/llama-decode"), ({"role_parts": (ServiceMonitor(),)}, "llama-decode-metrics")]
)
def test_alerts_and_dashboard_ask_for_what_is_scraped(monitor: dict[str, Any], job: str) -> None:
    made = service(PrometheusRule(), GrafanaDashboard(), **monitor).manifests()
    asked = [*expressions(by_kind(made)["PrometheusRule"]), *expressions(by_kind(made)["ConfigMap"])]
    assert len(asked) == 12
    assert all(f'{{namespace="models",job="{job}"}}' in expression for expression in asked)
    assert all(expression.count("(") == expression.count(")") for expression in asked)
    assert check_manifests(made, Setting(complete=True)) == []


def test_each_alert_is_turned_off_by_its_name() -> None:
    names = ("down", "waiting_requests", "cache_usage", "first_token_seconds")
    for name in names:
        off: dict[str, Any] = {name: None}
        made = by_kind(service(PrometheusRule(**off), monitoring=PodMonitor()).manifests())
        assert len(expressions(made["PrometheusRule"])) == len(names) - 1


def test_a_dashboard_of_the_picker_names_pool_and_model() -> None:
    made = by_kind(service(GrafanaDashboard(picker=True)).manifests())
    assert [re.findall(r'"([^"]*)"', expression) for expression in expressions(made["ConfigMap"])] == [
        ["models", "llama-epp", "a/llama-8b"],
        ["models", "llama"],
    ]


@pytest.mark.parametrize(
    ("make", "rule", "path"),
    [
        (lambda: service(PrometheusRule()), "alert-metric", "parts[0]"),
        (lambda: service(GrafanaDashboard()), "alert-metric", "parts[0]"),
        (lambda: service(role_parts=(ServiceMonitor(),), monitoring=PodMonitor()), "scraped-twice", "decode.parts[0]"),
    ],
)
def test_what_shows_nothing_is_found(make: Any, rule: str, path: str) -> None:
    assert [(problem.rule, problem.path) for problem in found(make)] == [(rule, path)]


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: PrometheusRule(cache_usage=95), "cache_usage"),
        (lambda: PrometheusRule(rules=[{"alrt": "x", "expr": "up"}]), "rules[0].alrt"),
        (lambda: ServiceMonitor(relabelings=[{"acton": "keep"}]), "relabelings[0].acton"),
        (lambda: GrafanaDashboard(heading=1), "heading"),  # type: ignore[arg-type]
    ],
)
def test_wrong_input_has_its_place(make: Any, path: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert [problem.path for problem in caught.value.problems] == [path]


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("Service", lambda it: it["spec"]["ports"][0].update(name="metric"), "port-unknown"),
        ("Service", lambda it: it["metadata"]["labels"].pop("app.kubernetes.io/component"), "selects-nothing"),
        ("ServiceMonitor", lambda it: it["spec"]["endpoints"][0].update(port="http"), "port-unknown"),
    ],
)
def test_a_broken_side_of_a_service_monitor_is_found(kind: str, change: Any, rule: str) -> None:
    made = service(role_parts=(ServiceMonitor(),)).manifests()
    change(by_kind(made)[kind])
    assert [problem.rule for problem in check_manifests(made, Setting(complete=True))] == [rule]


def test_an_alert_for_a_monitor_that_is_not_there_is_found() -> None:
    made = service(PrometheusRule(), monitoring=PodMonitor()).manifests()
    by_kind(made)["PodMonitor"]["metadata"]["name"] = "other"
    assert {problem.rule for problem in check_manifests(made, Setting(complete=True))} == {"query-names"}
