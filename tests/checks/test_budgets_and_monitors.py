"""Disruption budgets that let no pod go, and pods that are scraped twice, in manifests as in services."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra import (
    Container,
    HorizontalPodAutoscaler,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    Parallelism,
    PodDisruptionBudget,
    PodMonitor,
    PoolSaturation,
    PrefillDecode,
    Role,
    RolePart,
    ServiceMonitor,
)
from constructs_dra.checks import check_manifests
from constructs_dra.manifest import Manifest

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")


def service(*parts: RolePart, **fields: Any) -> ModelService:
    accepted = {"count-parallelism": "not what this is about", "devices-absent": "not what this is about"}
    role = Role(containers=[SERVER], parts=parts, accelerator="nvidia", **fields)
    return ModelService("llama", namespace="models", model=ModelArtifacts.hf("a/b"), decode=role, accept=accepted)


def found(manifests: list[Manifest], rule: str) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in check_manifests(manifests) if problem.rule == rule]


def of_kind(manifests: list[Manifest], kind: str) -> Any:
    return next(item for item in manifests if item["kind"] == kind)


BUDGETS: list[tuple[dict[str, Any], int, str]] = [
    ({"maxUnavailable": 0}, 3, "spec.maxUnavailable: no pod of 3 may ever be taken away"),
    ({"maxUnavailable": "0%"}, 3, "spec.maxUnavailable: no pod of 3 may ever be taken away"),
    ({"maxUnavailable": "1%"}, 3, ""),
    ({"minAvailable": 3}, 3, "spec.minAvailable: no pod of 3 may ever be taken away"),
    ({"minAvailable": 2}, 3, ""),
    ({"minAvailable": "100%"}, 3, "spec.minAvailable: no pod of 3 may ever be taken away"),
    ({"minAvailable": "67%"}, 3, "spec.minAvailable: no pod of 3 may ever be taken away"),
    ({"minAvailable": "66%"}, 3, ""),
    ({"minAvailable": 1}, 0, ""),
]


@pytest.mark.parametrize(("amount", "replicas", "message"), BUDGETS)
def test_a_budget_that_lets_no_pod_go_is_found(amount: dict[str, Any], replicas: int, message: str) -> None:
    manifests = service(PodDisruptionBudget(), replicas=replicas).manifests()
    budget = of_kind(manifests, "PodDisruptionBudget")["spec"]
    budget.pop("maxUnavailable")
    budget.update(amount)
    assert found(manifests, "budget-blocks") == ([message] if message else [])


@given(replicas=st.integers(1, 4), nodes=st.integers(1, 3), kept=st.integers(1, 12))
def test_services_and_manifests_say_the_same_of_a_budget(replicas: int, nodes: int, kept: int) -> None:
    spread = {"parallelism": Parallelism(tensor=nodes, nodes=nodes), "multinode": LeaderWorkerSet(size=nodes) if nodes > 1 else None}
    made = service(PodDisruptionBudget(min_available=kept), replicas=replicas, **spread)
    said = [problem.path for problem in made.check() if problem.rule == "budget-blocks"]
    assert said == (["decode.parts[0].min_available"] if kept >= replicas * nodes else [])
    assert len(found(made.manifests(), "budget-blocks")) == len(said)


def test_slices_count_too() -> None:
    role = Role(containers=[SERVER], parts=[PodDisruptionBudget(min_available=2)], accelerator="nvidia")
    contract = PrefillDecode(workload="DisaggregatedSet", slices=3, nic="rdma/ib")
    made = ModelService("llama", model=ModelArtifacts.hf("a/b"), decode=role, prefill=role, parts=[contract])
    assert [problem for problem in made.check() if problem.rule == "budget-blocks"] == []
    assert found(made.manifests(), "budget-blocks") == []
    of_kind(manifests := made.manifests(), "DisaggregatedSet")["spec"]["slices"] = 2
    assert len(found(manifests, "budget-blocks")) == 2


def test_how_many_pods_an_autoscaler_wants_is_not_known() -> None:
    scaler = HorizontalPodAutoscaler(max_replicas=4, metrics=[PoolSaturation()])
    assert found(service(PodDisruptionBudget(min_available=1), scaler).manifests(), "budget-blocks") == []


def test_pods_that_two_monitors_scrape_are_found() -> None:
    manifests = service(ServiceMonitor()).manifests()
    assert found(manifests, "scraped-twice") == []
    pods = of_kind(service(monitoring=PodMonitor()).manifests(), "PodMonitor")
    assert found([*manifests, pods], "scraped-twice") == ["spec.selector: PodMonitor/llama-decode scrapes the same pods"]
    twin = deepcopy(pods)
    twin["metadata"]["name"] = "another"
    only = service().manifests()
    assert found([*only, pods, twin], "scraped-twice") == ["spec.selector: PodMonitor/llama-decode scrapes the same pods"]


@pytest.mark.parametrize(
    "change",
    [
        {"podMetricsEndpoints": [{"port": "http", "path": "/other"}]},
        {"podMetricsEndpoints": [{"port": "unknown"}]},
        {"selector": {"matchLabels": {"app": "other"}}},
        {"namespaceSelector": {"any": True}},
    ],
)
def test_monitors_of_other_things_are_left_alone(change: dict[str, Any]) -> None:
    manifests = service(ServiceMonitor()).manifests()
    pods = of_kind(service(monitoring=PodMonitor()).manifests(), "PodMonitor")
    pods["spec"].update(change)
    assert found([*manifests, pods], "scraped-twice") == []
