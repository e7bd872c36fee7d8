"""Whatever stands in a file: a plan, or problems that say what is wrong; never a traceback."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.errors import SpecError
from constructs_dra.placement import Inventory, plan
from tests.placement.builders import DRIVER, claim, cluster, deployment, first_available, gpus, node, pod_spec, request, slice_of, template

JUNK: list[Any] = [None, [], {}, "", "x", 0, -1, 1e99, True, [[]], {"a": []}, "1Gi", [None], "\0", 2**70, {"value": [1]}]

AFFINITY = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]}
    },
    "podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "a"}}}]
    },
}
SPREAD = [{"topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "a"}}}]
GROUP = {"replicas": 2, "leaderWorkerTemplate": {"size": 2, "workerTemplate": {"spec": pod_spec()}}}
MANIFESTS: list[Any] = [
    template(
        request(count=2, capacity={"requests": {"memory": "1Gi"}}, tolerations=[{"key": "sick", "operator": "Exists"}]),
        first_available("either", request("a", selectors=["device.driver == 'q'"]), request("b")),
        constraints=({"matchAttribute": f"{DRIVER}/m"}, {"distinctAttribute": f"{DRIVER}/n", "requests": ["either"]}),
    ),
    claim(request(), name="shared"),
    deployment(replicas=2, requests={"cpu": "1"}, affinity=AFFINITY, topologySpreadConstraints=SPREAD, nodeSelector={"zone": "a"}),
    {"apiVersion": "leaderworkerset.x-k8s.io/v1", "kind": "LeaderWorkerSet", "metadata": {"name": "g"}, "spec": GROUP},
    {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j"},
        "spec": {"parallelism": 2, "template": {"spec": pod_spec(claims={"gpu": "resourceClaimName=shared"})}},
    },
]
DEVICE = {
    "name": "d",
    "attributes": {"m": {"string": "x"}, "n": {"int": 1}},
    "capacity": {"memory": {"value": "8Gi", "requestPolicy": {"default": "1Gi", "validRange": {"min": "1Gi", "step": "1Gi", "max": "4Gi"}}}},
    "allowMultipleAllocations": True,
    "taints": [{"key": "sick", "effect": "NoSchedule"}],
    "consumesCounters": [{"counterSet": "c", "counters": {"m": {"value": "1"}}}],
}


def a_slice(name: str, **spec: Any) -> dict[str, Any]:
    body = {"driver": DRIVER, "nodeName": "n1", "pool": {"name": "n1", "generation": 1, "resourceSliceCount": 2}, **spec}
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": name}, "spec": body}


HELD = {"devices": {"results": [{"request": "gpu", "driver": DRIVER, "pool": "n1", "device": "e"}]}}
CLUSTER: list[Any] = [
    a_slice("s1", devices=[DEVICE, {"name": "e"}]),
    a_slice("s2", sharedCounters=[{"name": "c", "counters": {"m": {"value": "4"}}}]),
    {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceClass",
        "metadata": {"name": "gpu"},
        "spec": {"selectors": [{"cel": {"expression": f"device.driver == '{DRIVER}'"}}]},
    },
    {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n1", "labels": {"zone": "a"}},
        "spec": {"taints": [{"key": "x", "effect": "NoSchedule"}]},
        "status": {"allocatable": {"cpu": "16", "memory": "64Gi", "pods": "100"}},
    },
    {**claim(request(), name="held"), "status": {"allocation": HELD}},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield from places(entry, (*path, key))


@st.composite
def spoilt(draw: st.DrawFn, documents: list[Any]) -> list[Any]:
    copied = deepcopy(documents)
    *way, last = draw(st.sampled_from(list(places(documents))))
    holder: Any = copied
    for step in way:
        holder = holder[step]
    holder[last] = deepcopy(draw(st.sampled_from(JUNK)))
    return copied


def answers(manifests: list[Any], cluster: list[Any]) -> None:
    with suppress(SpecError):
        plan(manifests, Inventory.from_manifests(cluster), budget=5_000)


@given(spoilt(MANIFESTS))
@settings(max_examples=150, deadline=None)
def test_any_manifest_gets_an_answer(manifests: list[Any]) -> None:
    answers(manifests, CLUSTER)


@given(spoilt(CLUSTER))
@settings(max_examples=150, deadline=None)
def test_any_inventory_gets_an_answer(cluster: list[Any]) -> None:
    answers(MANIFESTS, cluster)


@given(
    st.lists(
        st.recursive(
            st.sampled_from(JUNK), lambda inner: st.dictionaries(st.sampled_from(["kind", "items", "spec", "metadata"]), inner), max_leaves=6
        )
    )
)
@settings(max_examples=100, deadline=None)
def test_any_heap_of_values_gets_an_answer(heap: list[Any]) -> None:
    answers(heap, CLUSTER)
    answers(MANIFESTS, heap)


def test_what_contains_itself_is_named() -> None:
    circle: dict[str, Any] = {"apiVersion": "v1", "kind": "List", "items": []}
    circle["items"].append(circle)
    with pytest.raises(SpecError, match="contains itself"):
        Inventory.from_manifests([circle])
    endless = deployment()
    endless["spec"]["template"]["spec"]["affinity"] = endless
    with pytest.raises(SpecError):
        plan([template(request()), endless], Inventory.from_manifests(CLUSTER))


def test_the_unspoilt_input_is_planned() -> None:
    answer = plan(MANIFESTS, Inventory.from_manifests(CLUSTER))
    assert [workload.label for workload in answer.workloads] == ["Deployment/a", "LeaderWorkerSet/g", "Job/j"]


@pytest.mark.parametrize(
    ("manifests", "words"),
    [
        ([template(request(), constraints=({"matchAttribute": "a/b", "requests": ["gpu2"]},)), deployment()], "constraint 0 is for request 'gpu2'"),
        ([template(request(), config=[{"requests": ["nic"]}]), deployment()], "config 0 is for request 'nic'"),
        (
            [
                template(request()),
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {"name": "p"},
                    "spec": pod_spec() | {"containers": [{"name": "c", "resources": {"claims": [{"name": "gpu", "request": "gpus"}]}}]},
                },
            ],
            "uses request 'gpus', which claim 'gpu' does not have",
        ),
        ([template(request()), deployment(replicas=10**9)], "at most 100,000 are placed"),
        (
            [
                template(request()),
                {
                    "kind": "LeaderWorkerSet",
                    "metadata": {"name": "g"},
                    "spec": {"leaderWorkerTemplate": {"size": 10**9, "workerTemplate": {"spec": pod_spec()}}},
                },
            ],
            "a group of 1,000,000,000 pods is too large",
        ),
    ],
)
def test_references_to_nothing_and_numbers_without_end_are_named(manifests: list[Any], words: str) -> None:
    with pytest.raises(SpecError) as caught:
        plan(manifests, cluster(slice_of("n1", gpus(1)), nodes=(node("n1"),)))
    assert words in str(caught.value)


def test_a_cluster_without_devices_is_reported() -> None:
    answer = plan([template(request()), deployment()], cluster(nodes=(node("n1"),)))
    assert not answer.fits
    assert any("has no ResourceSlice" in problem.message for problem in answer.problems)
    assert "no device is published here" in answer.workloads[0].explanations[0].nearest[0].reason


def test_a_count_of_zero_is_one_as_the_api_server_makes_it() -> None:
    answer = plan([template(request(count=0)), deployment(replicas=2)], cluster(slice_of("n1", gpus(1)), nodes=(node("n1"),)))
    assert [len(pod.claims[0].allocation.devices) for pod in answer.placed] == [1]
    assert len(answer.unplaced) == 1
