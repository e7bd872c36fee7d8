"""Autoscalers, disruption budgets and topology spread of a model service."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_dra import (
    Claim,
    Container,
    DesiredReplicas,
    EndpointPicker,
    EndpointPickerConfig,
    HorizontalPodAutoscaler,
    InflightTokens,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    Parallelism,
    PickerMonitor,
    PodDisruptionBudget,
    PodMonitor,
    PoolSaturation,
    Production,
    Prometheus,
    PromQuery,
    QueuedRequests,
    Role,
    RolePart,
    Routing,
    RunningRequests,
    ScaledObject,
    SpecError,
    TopologySpread,
    WaitingRequests,
)
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.picker import plugins

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")
PROMETHEUS = Prometheus("https://prometheus.monitoring.svc:9090", secret="prometheus-token")
GPU = Claim("gpu", NvidiaGpu())


def service(*parts: RolePart, name: str = "llama", namespace: str | None = "models", **fields: Any) -> ModelService:
    role = Role(**{"replicas": 3, "claims": [GPU], "containers": [SERVER], "monitoring": PodMonitor(), "parts": parts, **fields})
    return ModelService(name, namespace=namespace, model=ModelArtifacts.hf("example/llama-8b"), decode=role)


def by_kind(manifests: list[Manifest]) -> dict[str, Manifest]:
    return {manifest["kind"]: manifest for manifest in manifests}


def keda(*triggers: Any, **fields: Any) -> ScaledObject:
    return ScaledObject(**{"max_replica_count": 8, "triggers": triggers, "prometheus": PROMETHEUS, **fields})


def queries(scaled: Manifest) -> list[str]:
    return [trigger["metadata"]["query"] for trigger in scaled["spec"]["triggers"]]


def problems(*parts: RolePart, **fields: Any) -> list[Problem]:
    try:
        return [problem for problem in service(*parts, **fields).check() if problem.rule.startswith(("scaler", "budget", "query", "duplicate"))]
    except SpecError as error:
        return list(error.problems)


def test_a_scaled_object_owns_the_replicas_of_the_roles_workload() -> None:
    made = by_kind(service(keda(QueuedRequests(), RunningRequests())).manifests())
    scaled = made["ScaledObject"]
    assert scaled["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "llama-decode"}
    assert "replicas" not in made["Deployment"]["spec"]
    assert made["Deployment"]["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert queries(scaled) == [
        'sum(llm_d_epp_flow_control_queue_size{namespace="models",service="llama-epp",model_name="example/llama-8b"})',
        'sum(llm_d_epp_request_running{namespace="models",service="llama-epp",model_name="example/llama-8b"})',
    ]
    assert made["TriggerAuthentication"]["metadata"]["name"] == scaled["spec"]["triggers"][0]["authenticationRef"]["name"]
    assert made["TriggerAuthentication"]["spec"]["secretTargetRef"] == [
        {"parameter": "bearerToken", "name": "prometheus-token", "key": "token"},
        {"parameter": "ca", "name": "prometheus-token", "key": "ca.crt"},
    ]


def test_no_login_means_no_trigger_authentication() -> None:
    made = by_kind(service(keda(QueuedRequests(), prometheus=Prometheus("http://prometheus:9090"))).manifests())
    assert "TriggerAuthentication" not in made
    assert "authenticationRef" not in made["ScaledObject"]["spec"]["triggers"][0]


def test_renaming_a_service_renames_everything_in_its_queries() -> None:
    triggers = (QueuedRequests(), PoolSaturation(), WaitingRequests(), DesiredReplicas(), InflightTokens(throughput=33821))
    first = json.dumps(by_kind(service(keda(*triggers)).manifests())["ScaledObject"])
    second = json.dumps(by_kind(service(keda(*triggers), name="qwen").manifests())["ScaledObject"])
    assert first.replace("llama-8b", "MODEL").replace("llama", "qwen") == second.replace("llama-8b", "MODEL")
    assert first.replace("llama-8b", "MODEL").count("llama") >= 8


def test_queries_are_the_guides_with_the_services_own_names(shared: Path) -> None:
    guides = shared / "guides"
    token_aware = guides / "newest" / "workload-autoscaling" / "keda-epp-token-aware" / "pd-disaggregation" / "prefill-scaledobject.yaml"
    guide = yaml.safe_load(token_aware.read_text())["spec"]["triggers"][0]["metadata"]["query"]
    mine = queries(by_kind(service(keda(InflightTokens(throughput=33821))).manifests())["ScaledObject"])[0]
    words = (
        "".join(guide.split())
        .replace("llm-d-pd-disaggregation", "models")
        .replace(".*prefill.*", "llama-decode-.*")
        .replace("orvector", " or vector")
    )
    assert "".join(mine.split()).replace("orvector", " or vector") == words.replace("((", "(").replace("33821) or", "33821) or")
    wva = yaml.safe_load((guides / "modelserver" / "workload-autoscaling__wva__optimized-baseline__keda__k8s.yaml").read_text().split("\n---\n")[0])
    made = by_kind(service(keda(DesiredReplicas(cost=30))).manifests())["ScaledObject"]
    assert made["metadata"]["annotations"] == {**wva["metadata"]["annotations"], "llm-d.ai/model-id": "example/llama-8b"}
    name = made["metadata"]["name"]
    assert queries(made) == [f'wva_desired_replicas{{variant_name="{name}",namespace="models"}}']


def test_groups_of_pods_are_scaled_as_groups() -> None:
    made = by_kind(service(keda(QueuedRequests()), parallelism=Parallelism(tensor=16, nodes=2)).manifests())
    assert made["ScaledObject"]["spec"]["scaleTargetRef"]["kind"] == "LeaderWorkerSet"
    assert "replicas" not in made["LeaderWorkerSet"]["spec"]


def test_a_horizontal_pod_autoscaler_looks_the_same_series_up_by_pod_or_label() -> None:
    own = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
    made = by_kind(service(HorizontalPodAutoscaler(max_replicas=4, metrics=[WaitingRequests(threshold=2.5), QueuedRequests(), own])).manifests())
    spec = made["HorizontalPodAutoscaler"]["spec"]
    assert made["HorizontalPodAutoscaler"]["apiVersion"] == "autoscaling/v2"
    assert spec["metrics"][2] == own
    target = {"type": "AverageValue", "averageValue": "2500m"}
    assert spec["metrics"][0] == {"type": "Pods", "pods": {"metric": {"name": "vllm_num_requests_waiting"}, "target": target}}
    assert spec["metrics"][1]["external"]["metric"] == {
        "name": "llm_d_epp_flow_control_queue_size",
        "selector": {"matchLabels": {"namespace": "models", "service": "llama-epp"}},
    }, "the model's id has a slash, which no label selector takes"
    assert "replicas" not in made["Deployment"]["spec"]


@pytest.mark.parametrize(
    ("parts", "rule", "path"),
    [
        ((keda(QueuedRequests()), HorizontalPodAutoscaler(max_replicas=2, metrics=[QueuedRequests()])), "scaler-twice", "decode.parts[1]"),
        ((PodDisruptionBudget(min_available=3),), "budget-blocks", "decode.parts[0].min_available"),
        ((PodDisruptionBudget(max_unavailable="0%"),), "budget-blocks", "decode.parts[0].max_unavailable"),
    ],
)
def test_what_cannot_work_is_found(parts: tuple[RolePart, ...], rule: str, path: str) -> None:
    assert [(problem.rule, problem.path) for problem in problems(*parts)] == [(rule, path)]


def test_a_trigger_that_nothing_reports_is_found() -> None:
    assert [problem.rule for problem in problems(keda(WaitingRequests()), monitoring=None)] == ["scaler-metric"]


def test_a_service_without_a_namespace_is_warned_of() -> None:
    assert {problem.rule: problem.severity for problem in problems(keda(QueuedRequests()), namespace=None)} == {"scaler-namespace": "warning"}
    assert problems(HorizontalPodAutoscaler(max_replicas=2, metrics=[WaitingRequests()]), namespace=None) == []


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (keda, "triggers"),
        (lambda: keda(QueuedRequests(), QueuedRequests()), "triggers[1]"),
        (lambda: keda(QueuedRequests(), min_replica_count=9), "min_replica_count"),
        (lambda: keda(WaitingRequests(), min_replica_count=0), "min_replica_count"),
        (lambda: keda(QueuedRequests(), fallback={"replicas": 1}), "fallback"),
        (lambda: keda(QueuedRequests(), behavior={"scaleUpp": {}}), "behavior.scaleUpp"),
        (lambda: Prometheus("prometheus:9090"), "server_address"),
        (lambda: Prometheus("https://me:secret@prometheus"), "server_address"),
        (lambda: QueuedRequests(threshold=0), "threshold"),
        (lambda: RunningRequests(threshold="16"), "threshold"),  # type: ignore[arg-type]
        (lambda: HorizontalPodAutoscaler(max_replicas=2, metrics=[]), "metrics"),
        (lambda: HorizontalPodAutoscaler(max_replicas=2, metrics=[PromQuery(promql="up")]), "metrics[0]"),
        (lambda: HorizontalPodAutoscaler(max_replicas=2, min_replicas=3, metrics=[QueuedRequests()]), "min_replicas"),
        (lambda: PodDisruptionBudget(max_unavailable="a quarter"), "max_unavailable"),
        (lambda: PodDisruptionBudget(max_unavailable=1, min_available=1), "min_available"),
        (lambda: TopologySpread(when_unsatisfiable="Never"), "when_unsatisfiable"),  # type: ignore[arg-type]
    ],
)
def test_wrong_input_has_its_place(make: Any, path: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert [problem.path.startswith(path) for problem in caught.value.problems] == [True] * len(caught.value.problems)


def test_a_scaler_may_go_to_zero_where_the_picker_wakes_it() -> None:
    keda(QueuedRequests(), WaitingRequests(), min_replica_count=0)
    keda(PromQuery(promql="vector(1)", from_zero=True), min_replica_count=0)


def test_a_query_of_ones_own_is_told_the_role() -> None:
    own = PromQuery(promql=lambda role: f'sum(up{{pod=~"{role.workload.name}-.*"}})')
    assert queries(by_kind(service(keda(own)).manifests())["ScaledObject"]) == ['sum(up{pod=~"llama-decode-.*"})']


def test_budget_and_spread_select_the_roles_pods() -> None:
    made = by_kind(service(PodDisruptionBudget(), TopologySpread(topology_key="topology.kubernetes.io/zone")).manifests())
    selector = made["Deployment"]["spec"]["selector"]
    assert made["PodDisruptionBudget"]["spec"] == {"maxUnavailable": 1, "selector": selector, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
    spread = made["Deployment"]["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert [each["labelSelector"] for each in spread] == [selector]
    assert spread[0]["matchLabelKeys"] == ["pod-template-hash"]


def broken(kind: str, change: Any) -> list[str]:
    """The rules that a set of manifests breaks once one object of it is changed."""
    parts = (keda(QueuedRequests(), WaitingRequests(), DesiredReplicas()), PodDisruptionBudget())
    made = service(*parts).manifests()
    change(by_kind(made)[kind])
    return [problem.rule for problem in check_manifests(made, Setting(complete=True)) if problem.rule != "kind-unknown"]


def trigger(scaled: Manifest, index: int, old: str, new: str) -> None:
    asked = scaled["spec"]["triggers"][index]["metadata"]
    assert old in asked["query"]
    asked["query"] = asked["query"].replace(old, new)


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("ScaledObject", lambda it: it, None),
        ("ScaledObject", lambda it: it["spec"]["scaleTargetRef"].update(name="llama-decod"), "reference"),
        ("ScaledObject", lambda it: it["spec"]["scaleTargetRef"].update(apiVersion="apps.example/v1"), "scaler-target"),
        ("ScaledObject", lambda it: it["spec"]["scaleTargetRef"].update(kind="DaemonSet"), "scaler-target"),
        ("ScaledObject", lambda it: it["spec"]["scaleTargetRef"].update(kind="DisaggregatedSet"), "scaler-target"),
        ("Deployment", lambda it: it["spec"].update(replicas=3), "scaler-replicas"),
        ("Deployment", lambda it: it["metadata"].update(name="llama"), "reference"),
        ("ScaledObject", lambda it: trigger(it, 0, "example/llama-8b", "example/llama-70b"), "query-names"),
        ("ScaledObject", lambda it: trigger(it, 1, "models/llama-decode", "models/llama-prefill"), "query-names"),
        ("ScaledObject", lambda it: trigger(it, 1, 'namespace="models"', 'namespace="model"'), "query-names"),
        ("ScaledObject", lambda it: trigger(it, 2, "llama-decode", "llama-decode-scaler"), "query-names"),
        ("PodMonitor", lambda it: it["metadata"].update(name="llama"), "query-names"),
        ("PodMonitor", lambda it: it["spec"]["podMetricsEndpoints"][0].update(port="metric"), "port-unknown"),
    ],
)
def test_a_broken_side_is_found_in_the_manifests(kind: str, change: Any, rule: str | None) -> None:
    found = broken(kind, change)
    assert [name for name in found if rule != "scaler-target" or name != "reference"] == ([rule] if rule else [])


def test_two_scalers_of_one_workload_are_found_in_manifests() -> None:
    made = service(keda(QueuedRequests())).manifests()
    second = service(HorizontalPodAutoscaler(max_replicas=3, metrics=[QueuedRequests()])).manifests()
    found = check_manifests([*made, by_kind(second)["HorizontalPodAutoscaler"]], Setting(complete=True))
    assert [problem.rule for problem in found] == ["scaler-twice"]


def test_a_role_scaler_belongs_to_a_role_that_is_scaled_from_outside() -> None:
    target = {"apiVersion": "disaggregatedset.x-k8s.io/v1", "kind": "DisaggregatedSetRoleScaler", "name": "llama-decode"}
    scaled = by_kind(service(keda(QueuedRequests())).manifests())["ScaledObject"]
    scaled["spec"]["scaleTargetRef"] = target
    group = {"leaderWorkerTemplate": {"size": 1, "workerTemplate": {"spec": {"containers": [{"name": "a", "image": "b:1"}]}}}}
    whole: Manifest = {
        "apiVersion": "disaggregatedset.x-k8s.io/v1",
        "kind": "DisaggregatedSet",
        "metadata": {"name": "llama", "namespace": "models"},
        "spec": {"roles": [{"name": "decode", "scaling": {"mode": "External"}, "spec": dict(group)}, {"name": "prefill", "spec": dict(group)}]},
    }

    def found() -> list[str]:
        return [problem.rule for problem in check_manifests([whole, scaled]) if problem.rule.startswith(("scaler", "reference"))]

    assert found() == []
    scaled["spec"]["scaleTargetRef"] = {**target, "name": "llama-prefill"}
    assert found() == ["scaler-target"]
    scaled["spec"]["scaleTargetRef"] = {**target, "name": "llama-decoder"}
    assert found() == ["reference"]


def test_bare_pods_can_be_scaled_too() -> None:
    role = Role(containers=[SERVER], parts=[keda(QueuedRequests())])
    made = ModelService("llama", model=ModelArtifacts.hf("a/b"), decode=role, production=Production.off(), namespace="x").manifests()
    assert "replicas" not in by_kind(made)["Deployment"]["spec"]


@pytest.mark.parametrize("trigger", [QueuedRequests(), RunningRequests(), PoolSaturation()])
def test_a_picker_that_nothing_scrapes_is_found(trigger: Any) -> None:
    role = Role(claims=[GPU], containers=[SERVER], parts=[keda(trigger)])
    with pytest.raises(SpecError) as caught:
        ModelService("llama", namespace="x", model=ModelArtifacts.hf("a/b"), decode=role, parts=[Routing()])
    assert [(problem.rule, problem.path) for problem in caught.value.problems] == [("scaler-metric", "decode.parts[0].triggers[0]")]
    ModelService("llama", namespace="x", model=ModelArtifacts.hf("a/b"), decode=role, parts=[Routing(monitor=PickerMonitor())])


def affinity(throughput: float | None) -> Routing:
    return Routing(
        monitor=PickerMonitor(),
        picker=EndpointPicker(
            config=EndpointPickerConfig(
                plugins=[plugins.InflightLoadProducer(), plugins.SingleProfileHandler()],
                profiles={"default": [plugins.PrefixCacheAffinityFilter(peak_prefill_throughput=throughput), plugins.MaxScorePicker()]},
            )
        ),
    )


def tokens(trigger: InflightTokens, throughput: float | None) -> ModelService:
    role = Role(claims=[GPU], containers=[SERVER], monitoring=PodMonitor(), parts=[keda(trigger)])
    return ModelService("llama", namespace="models", model=ModelArtifacts.hf("example/llama-8b"), decode=role, parts=[affinity(throughput)])


def test_tokens_are_divided_by_what_the_picker_says() -> None:
    made = tokens(InflightTokens(), 33821)
    assert [problem for problem in made.check() if problem.rule == "query-throughput"] == []
    assert "/ 33821)" in queries(by_kind(made.manifests())["ScaledObject"])[0]
    other = tokens(InflightTokens(throughput=15000), 33821)
    assert [problem.message for problem in other.check() if problem.rule == "query-throughput"] == [
        "15000 is not the picker's peakPrefillThroughput, 33821"
    ]
    found = [problem.message for problem in check_manifests(other.manifests()) if problem.rule == "query-throughput"]
    assert found == ["divides tokens by 15000, and the picker's peakPrefillThroughput is 33821"]
    with pytest.raises(SpecError, match=r"triggers\[0\].throughput: is missing, and the configuration of no picker here says it"):
        tokens(InflightTokens(), None)
