"""What does not fit is explained: the funnel, the nearest miss, and changes that really help."""

from typing import Any

import pytest

from constructs_dra.placement import Explanation, Inventory, plan
from constructs_dra.placement.devices import Capacity, DeviceTaint
from constructs_dra.placement.nodes import NodeTaint
from tests.placement.builders import DRIVER, cluster, deployment, first_available, gpu, gpus, node, request, slice_of, template

MODEL = f'device.attributes["{DRIVER}"].model == "B"'


def explained(wanted: dict[str, Any], inventory: Inventory, replicas: int = 1, **pod: Any) -> Explanation:
    answer = plan([wanted, deployment(replicas=replicas, **pod)], inventory)
    assert not answer.fits
    return answer.workloads[0].explanations[0]


def changes(explanation: Explanation) -> list[str]:
    return [change.what for change in explanation.changes]


def test_the_funnel_tells_what_each_step_left_and_what_it_saw() -> None:
    devices = (
        *gpus(3, attributes={"model": "A"}),
        gpu("other", attributes={"model": "B"}, taints=(DeviceTaint(key="sick", value="very"),)),
        gpu("last", attributes={"model": "B"}),
    )
    explanation = explained(template(request(selectors=[MODEL], count=2)), cluster(slice_of("n1", devices), nodes=(node("n1"),)))
    steps = [(stage.name, stage.left, stage.removed, stage.seen) for stage in explanation.funnels[0].stages]
    assert steps == [
        ("published", 5, 0, ()),
        ("class", 5, 0, ()),
        ("selector #0", 2, 3, (('model "A"', 3),)),
        ("taints", 1, 1, (("sick=very:NoSchedule", 1),)),
        ("free", 1, 0, ()),
    ]
    assert explanation.nearest[0].reason == "request gpu wants 2 devices: 5 in the class, 2 after selector #0, 1 without a taint in the way"


@pytest.mark.parametrize(
    ("wanted", "devices", "change"),
    [
        (request(count=3), gpus(2), "ask for 2 instead of 3 devices in request gpu"),
        (request(selectors=[MODEL]), gpus(1, attributes={"model": "A"}), f"drop selector #0 of request gpu ({MODEL})"),
        (request(), gpus(1, taints=(DeviceTaint(key="sick"),)), "tolerate the device taint sick:NoSchedule in request gpu"),
        (
            request(),
            gpus(1, taints=(DeviceTaint(key="a"), DeviceTaint(key="b"))),
            "tolerate the device taint a:NoSchedule, b:NoSchedule in request gpu",
        ),
        (
            request(capacity={"requests": {"memory": "9Gi"}}),
            gpus(1, capacity={"memory": Capacity(value="8Gi")}, allow_multiple_allocations=True),
            "ask for 8Gi instead of 9Gi of memory in request gpu",
        ),
        (request(selectors=[f'device.attributes["{DRIVER}"].modle == "A"']), gpus(1, attributes={"model": "A"}), "write 'model' instead of 'modle'"),
    ],
)
def test_a_change_that_helps_is_named(wanted: dict[str, Any], devices: Any, change: str) -> None:
    explanation = explained(template(wanted), cluster(slice_of("n1", devices), nodes=(node("n1"),)))
    assert any(change in what for what in changes(explanation)), changes(explanation)


def test_a_constraint_that_is_in_the_way_is_named() -> None:
    root = "resource.kubernetes.io/pcieRoot"
    devices = tuple(gpu(f"d{number}", attributes={root: f"r{number}"}) for number in range(2))
    explanation = explained(
        template(request(count=2), constraints=({"matchAttribute": root},)), cluster(slice_of("n1", devices), nodes=(node("n1"),))
    )
    assert f"drop matchAttribute {root} of claim gpu" in changes(explanation)
    assert explanation.nearest[0].reason.endswith(f"1 that agree in {root}")


@pytest.mark.parametrize(
    ("pod", "fields", "change"),
    [
        ({"requests": {"cpu": "20"}}, {}, "ask for 16 cpu instead of 20"),
        ({"nodeSelector": {"zone": "b"}}, {}, "label node n1 with zone=b, or drop the nodeSelector"),
        ({}, {"taints": (NodeTaint(key="gpu"),)}, "tolerate the node taint gpu:NoSchedule"),
        ({}, {"unschedulable": True}, "uncordon node n1"),
    ],
)
def test_a_change_to_pod_or_node_that_helps_is_named(pod: dict[str, Any], fields: dict[str, Any], change: str) -> None:
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1", **fields),))
    assert changes(explained(template(request()), inventory, **pod)) == [change]


@pytest.mark.parametrize(
    ("pod", "reason"),
    [
        ({"nodeSelector": {"zone": "b"}}, "node(s) didn't match Pod's node affinity/selector: zone=b wanted, the node has zone=a"),
        ({"nodeSelector": {"rack": "1"}}, "node(s) didn't match Pod's node affinity/selector: rack=1 wanted, the node has no rack"),
        ({"requests": {"cpu": "20"}}, "Insufficient cpu: 20 asked, 16 free"),
        ({"requests": {"example.com/nic": "2"}}, "Insufficient example.com/nic: 2 asked, the node has no such resource"),
    ],
)
def test_what_a_node_lacks_is_reported_with_its_values(pod: dict[str, Any], reason: str) -> None:
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1", labels={"zone": "a"}),))
    assert [miss.reason for miss in explained(template(request()), inventory, **pod).nearest] == [reason]


def test_a_full_cluster_needs_a_node_more() -> None:
    inventory = cluster(slice_of("n1", gpus(2)), nodes=(node("n1"),))
    explanation = explained(template(request(count=2)), inventory, replicas=2)
    assert [(change.what, change.node) for change in explanation.changes] == [("add a node like n1", "")]


def test_like_nodes_are_reported_together_and_the_nearest_first() -> None:
    slices = [slice_of(f"n{number}", gpus(1 if number else 3)) for number in range(4)]
    inventory = cluster(*slices, nodes=tuple(node(f"n{number}") for number in range(4)))
    explanation = explained(template(request(count=4)), inventory)
    assert [(miss.nodes, miss.missing) for miss in explanation.nearest] == [(("n0",), 1), (("n1", "n2", "n3"), 3)]


def test_of_alternatives_the_nearest_is_reported() -> None:
    inventory = cluster(slice_of("n1", gpus(2)), nodes=(node("n1"),))
    wanted = first_available("acc", request("many", count=8), request("some", count=3))
    explanation = explained(template(wanted), inventory)
    assert explanation.nearest[0].reason.startswith("request acc/some wants 3 devices")
    assert [funnel.request for funnel in explanation.funnels] == ["acc/many", "acc/some"]


def test_requests_that_only_fail_together_are_reported_as_such() -> None:
    inventory = cluster(slice_of("n1", gpus(2)), nodes=(node("n1"),))
    explanation = explained(template(request("a"), request("b", count=2)), inventory)
    assert explanation.nearest[0].reason == "each request alone would find devices here, but not all of them together"
    assert changes(explanation) == ["ask for 1 instead of 2 devices in request b"]


def test_pods_with_the_same_fate_are_explained_once() -> None:
    answer = plan([template(request(count=9)), deployment(replicas=5)], cluster(slice_of("n1", gpus(2)), nodes=(node("n1"),)))
    assert len(answer.unplaced) == 5
    assert len(answer.workloads[0].explanations) == 1


def test_explaining_takes_nothing() -> None:
    inventory = cluster(slice_of("n1", gpus(2)), nodes=(node("n1"),))
    big, small = template(request(count=3), name="big"), template(request(count=2))
    answer = plan([big, small, deployment("b", claims={"gpu": "resourceClaimTemplateName=big"}), deployment("s")], inventory)
    assert [workload.replicas_placed for workload in answer.workloads] == [0, 1]
