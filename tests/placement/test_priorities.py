"""Pods of higher priority come first, and what may be evicted for them is said."""

from typing import Any

import pytest
from attrs import evolve

from constructs_dra.errors import SpecError
from constructs_dra.placement import Inventory, plan
from constructs_dra.placement.contents import ExistingPod, PriorityClass
from constructs_dra.placement.resources import pod_resources
from tests.placement.builders import cluster, deployment, gpus, node, pod_spec, request, slice_of, template


def priority_class(name: str, value: int, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name}, "value": value, **fields}


def one_gpu() -> Inventory:
    return cluster(slice_of("n1", gpus(1)), nodes=(node("n1"),))


def placed(*manifests: dict[str, Any], inventory: Inventory | None = None) -> list[str]:
    answer = plan([template(request()), *manifests], inventory or one_gpu())
    assert [workload.name for workload in answer.workloads] == [each["metadata"]["name"] for each in manifests if each["kind"] == "Deployment"]
    return [pod.pod.removesuffix("-0") for pod in answer.placed]


def test_pods_of_higher_priority_are_placed_first_and_equal_ones_as_they_stand() -> None:
    assert placed(deployment("a"), deployment("b")) == ["a"]
    assert placed(deployment("a"), deployment("b", priorityClassName="high"), priority_class("high", 10)) == ["b"]
    assert placed(deployment("a"), deployment("b", priorityClassName="low"), priority_class("low", -10)) == ["a"]
    assert placed(deployment("a", priorityClassName="low"), deployment("b"), priority_class("low", -10)) == ["b"]
    assert placed(deployment("a"), deployment("b", priorityClassName="system-node-critical")) == ["b"]
    assert placed(
        deployment("a", priorityClassName="high"), deployment("b"), priority_class("high", 10), priority_class("d", 20, globalDefault=True)
    ) == ["b"]


def test_classes_of_the_inventory_count_and_those_of_the_manifests_win() -> None:
    known = evolve(one_gpu(), priority_classes=(PriorityClass(name="high", value=10),))
    assert placed(deployment("a"), deployment("b", priorityClassName="high"), inventory=known) == ["b"]
    assert placed(deployment("a"), deployment("b", priorityClassName="high"), priority_class("high", -1), inventory=known) == ["a"]
    read = Inventory.from_manifests(
        [priority_class("high", 7, preemptionPolicy="Never"), {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}]
    )
    assert read.priority_classes == (PriorityClass(name="high", value=7, preempts=False),)


def test_a_class_that_nobody_gives_is_said() -> None:
    answer = plan([template(request()), deployment(priorityClassName="unknown")], one_gpu())
    assert answer.notes == ("PriorityClass 'unknown' is not given: its pods are placed as if their priority were 0",)
    with pytest.raises(SpecError, match="value"):
        plan([template(request()), deployment(), priority_class("a", "high")], one_gpu())  # type: ignore[arg-type]


def full(priority: int) -> Inventory:
    """A node whose CPU a running pod has."""
    spec = pod_spec(claims={}, requests={"cpu": "16"}, priority=priority)
    running = ExistingPod(name="default/old", node="n1", resources=pod_resources(spec), spec=spec)
    return evolve(one_gpu(), pods=(running,), priority_classes=(PriorityClass(name="high", value=10),))


def notes(inventory: Inventory, **fields: Any) -> tuple[str, ...]:
    wanted = deployment(claims={}, requests={"cpu": "1"}, priorityClassName="high", **fields)
    return plan([wanted], inventory).notes


def test_running_pods_of_lower_priority_may_be_evicted_for_cpu_and_never_for_devices() -> None:
    said = (
        "Deployment/a has priority 10: for CPU, memory, room and ports the scheduler may evict 1 pod of lower priority (default/old); "
        "devices it takes from nobody"
    )
    assert notes(full(0)) == (said,)
    assert notes(full(10)) == ()
    assert notes(full(0), preemptionPolicy="Never") == ()
    holding = evolve(one_gpu(), slices=(), pods=full(0).pods)
    answer = plan([template(request()), deployment(priorityClassName="high"), priority_class("high", 10)], holding)
    assert not answer.fits
    assert answer.notes == ()
