"""The allocator answers as Kubernetes' does."""

from pathlib import Path
from typing import Any

import pytest

from conformance import allocator as recorded
from constructs_dra.errors import SpecError
from constructs_dra.placement import Allocation, DeviceId, DevicesInUse, Features, Inventory, allocate
from constructs_dra.placement.devices import Capacity, CounterConsumption, CounterSet, DeviceTaint, InventoryClass, RequestPolicy
from constructs_dra.placement.holdings import Holdings
from constructs_dra.placement.nodes import Node
from constructs_dra.placement.pools import SliceIndex
from constructs_dra.placement.requests import read_claim
from constructs_dra.placement.search import search
from constructs_dra.placement.view import Views
from tests.placement.builders import DRIVER, EIGHT_ROOKS, GPU_CLASS, claim, cluster, first_available, gpu, gpus, request, rooks, slice_of


def names(answer: Allocation) -> list[list[str]]:
    return [[device.id.device for device in each.devices] for each in answer.claims]


def ask(*claims: dict[str, Any], on: Inventory, **options: Any) -> Allocation:
    return allocate(claims, on, node="n1", **options)


def test_recorded_answers_of_kubernetes_are_met(shared: Path) -> None:
    for score in recorded.scores(shared):
        assert score.short == []


def test_the_first_devices_in_the_order_of_names_of_pools_and_slices_are_taken() -> None:
    later = slice_of("n1", (gpu("x"),), name="b", slice_count=2, pool="p")
    earlier = slice_of("n1", (gpu("y"), gpu("z")), name="a", slice_count=2, pool="p")
    assert names(ask(claim(request(count=2)), on=cluster(later, earlier))) == [["y", "z"]]


def test_a_claim_that_wants_more_than_there_is_is_refused_without_an_error() -> None:
    answer = ask(claim(request(count=3)), on=cluster(slice_of("n1", gpus(2))))
    assert (answer.outcome, answer.fits, answer.reason, answer.claims) == ("refused", False, "", ())


def test_devices_in_use_are_left_alone_except_by_admin_access() -> None:
    in_use = DevicesInUse(devices=frozenset({DeviceId(DRIVER, "n1", "gpu-0")}))
    inventory = cluster(slice_of("n1", gpus(2)))
    assert names(ask(claim(request()), on=inventory, in_use=in_use)) == [["gpu-1"]]
    admin = ask(claim(request(adminAccess=True)), on=inventory, in_use=in_use)
    assert admin.claims[0].devices[0].admin_access
    assert names(admin) == [["gpu-0"]]


def test_what_the_claims_of_the_inventory_hold_is_in_use() -> None:
    held = claim(request(), name="held") | {
        "status": {"allocation": {"devices": {"results": [{"request": "gpu", "driver": DRIVER, "pool": "n1", "device": "gpu-0"}]}}}
    }
    nodes_slice = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": "s"},
        "spec": {
            "driver": DRIVER,
            "nodeName": "n1",
            "pool": {"name": "n1", "generation": 1, "resourceSliceCount": 1},
            "devices": [{"name": "gpu-0"}, {"name": "gpu-1"}],
        },
    }
    device_class = {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "gpu"}, "spec": {}}
    inventory = Inventory.from_manifests([held, nodes_slice, device_class])
    assert names(ask(claim(request()), on=inventory)) == [["gpu-1"]]


def test_selectors_of_class_and_request_choose_the_devices() -> None:
    inventory = cluster(slice_of("n1", (gpu("old", attributes={"model": "A"}), gpu("new", attributes={"model": "B"}))))
    wanted = request(selectors=[f'device.attributes["{DRIVER}"].model == "B"'])
    assert names(ask(claim(wanted), on=inventory)) == [["new"]]


def test_a_selector_that_reads_what_a_device_lacks_is_an_error_and_only_when_that_device_is_reached() -> None:
    inventory = cluster(slice_of("n1", (gpu("full", attributes={"model": "B"}), gpu("bare"))))
    wanted = request(selectors=[f'device.attributes["{DRIVER}"].model == "B"'])
    assert ask(claim(wanted), on=inventory).fits
    answer = ask(claim({**wanted, "exactly": {**wanted["exactly"], "count": 2}}), on=inventory)
    assert answer.outcome == "error"
    assert answer.reason == "claim claim: selector #0: CEL runtime error: no such key: model"


def test_alternatives_are_tried_best_first() -> None:
    inventory = cluster(slice_of("n1", gpus(3)))
    wanted = first_available("acc", request("many", count=8), request("some", count=2))
    answer = ask(claim(wanted), on=inventory)
    assert {device.request for device in answer.claims[0].devices} == {"acc/some"}


def test_all_takes_every_device_and_is_refused_where_one_is_taken() -> None:
    inventory = cluster(slice_of("n1", gpus(3)))
    wanted = claim(request(allocationMode="All"))
    assert names(ask(wanted, on=inventory)) == [["gpu-0", "gpu-1", "gpu-2"]]
    taken = DevicesInUse(devices=frozenset({DeviceId(DRIVER, "n1", "gpu-1")}))
    assert ask(wanted, on=inventory, in_use=taken).outcome == "refused"


def test_choices_are_taken_back_when_a_later_claim_needs_the_device() -> None:
    inventory = cluster(slice_of("n1", (gpu("only-big", attributes={"size": 2}), gpu("small", attributes={"size": 1}))))
    anything = claim(request(), name="first")
    big = claim(request(selectors=[f'device.attributes["{DRIVER}"].size == 2']), name="second")
    assert names(ask(anything, big, on=inventory)) == [["small"], ["only-big"]]


@pytest.mark.parametrize(("kind", "expected"), [("matchAttribute", ["b0", "b1"]), ("distinctAttribute", ["a0", "b0"])])
def test_constraints_compare_an_attribute(kind: str, expected: list[str]) -> None:
    root = "resource.kubernetes.io/pcieRoot"
    devices = tuple(gpu(name, attributes={root: name[0]}) for name in ("a0", "b0", "b1"))
    answer = ask(claim(request(count=2), constraints=({kind: root},)), on=cluster(slice_of("n1", devices)))
    assert names(answer) == [expected]


def test_three_devices_that_must_differ_all_differ_unless_the_defect_of_kubernetes_is_wanted() -> None:
    devices = tuple(gpu(f"d{number}", attributes={"zone": zone}) for number, zone in enumerate("abac"))
    wanted = claim(request(count=3), constraints=({"distinctAttribute": f"{DRIVER}/zone"},))
    inventory = cluster(slice_of("n1", devices))
    assert names(ask(wanted, on=inventory)) == [["d0", "d1", "d3"]]
    assert names(ask(wanted, on=inventory, features=Features(known_defects=True))) == [["d0", "d1", "d2"]]


def test_lists_agree_when_they_share_a_value() -> None:
    devices = (gpu("a", attributes={"numa": [0, 1]}), gpu("b", attributes={"numa": [2]}), gpu("c", attributes={"numa": [1, 3]}))
    wanted = claim(request(count=2), constraints=({"matchAttribute": f"{DRIVER}/numa"},))
    answer = ask(wanted, on=cluster(slice_of("n1", devices)), features=Features(list_type_attributes=True))
    assert names(answer) == [["a", "c"]]


def test_a_taint_keeps_requests_away_that_do_not_tolerate_it() -> None:
    devices = (gpu("sick", taints=(DeviceTaint(key="health", value="bad"),)), gpu("told", taints=(DeviceTaint(key="note", effect="None"),)))
    inventory = cluster(slice_of("n1", devices))
    assert names(ask(claim(request()), on=inventory)) == [["told"]]
    tolerant = request(tolerations=[{"key": "health", "operator": "Exists"}])
    assert names(ask(claim(tolerant), on=inventory)) == [["sick"]]
    assert names(ask(claim(request()), on=inventory, features=Features(device_taints=False))) == [["sick"]]


def partitions() -> Inventory:
    def part(name: str, memory: str) -> Any:
        return gpu(name, consumes_counters=(CounterConsumption(counter_set="gpu-0", counters={"memory": memory}),))

    parts = slice_of("n1", (part("whole", "40Gi"), part("half-0", "20Gi"), part("half-1", "20Gi")), slice_count=2)
    counters = slice_of("n1", (), name="counters", slice_count=2, shared_counters=(CounterSet(name="gpu-0", counters={"memory": "40Gi"}),))
    return cluster(parts, counters)


def test_partitions_share_the_counters_of_their_device() -> None:
    inventory = partitions()
    assert names(ask(claim(request(count=2)), on=inventory)) == [["half-0", "half-1"]]
    assert ask(claim(request(count=3)), on=inventory).outcome == "refused"
    whole = DevicesInUse(devices=frozenset({DeviceId(DRIVER, "n1", "whole")}))
    assert ask(claim(request()), on=inventory, in_use=whole).outcome == "refused"


def test_a_rejected_partition_keeps_its_counters_only_where_the_defect_of_kubernetes_is_wanted() -> None:
    inventory = partitions()
    tainted = tuple(
        gpu(device.name, consumes_counters=device.consumes_counters, taints=(DeviceTaint(key="sick"),) if device.name == "whole" else ())
        for device in inventory.slices[0].devices
    )
    inventory = cluster(slice_of("n1", tainted, slice_count=2), inventory.slices[1])
    assert names(ask(claim(request()), on=inventory)) == [["half-0"]]
    assert ask(claim(request()), on=inventory, features=Features(known_defects=True)).outcome == "refused"


def shared_gpu(**policy: Any) -> Inventory:
    memory = Capacity(value="40Gi", policy=RequestPolicy(**policy) if policy else None)
    return cluster(slice_of("n1", (gpu("gpu", capacity={"memory": memory}, allow_multiple_allocations=True),)))


@pytest.mark.parametrize(
    ("policy", "asked", "taken"),
    [
        ({}, "10Gi", "10Gi"),
        ({}, None, "40Gi"),
        ({"default": "5Gi"}, None, "5Gi"),
        ({"valid_values": ("8Gi", "16Gi")}, "9Gi", "16Gi"),
        ({"minimum": "4Gi", "step": "4Gi"}, "9Gi", "12Gi"),
        ({"minimum": "4Gi"}, "1Gi", "4Gi"),
    ],
)
def test_shares_are_rounded_as_the_policy_of_the_capacity_says(policy: dict[str, Any], asked: str | None, taken: str) -> None:
    wanted = request(capacity={"requests": {"memory": asked}}) if asked else request()
    device = ask(claim(wanted), on=shared_gpu(**policy)).claims[0].devices[0]
    assert device.consumed_capacity == {"memory": taken}
    assert device.share_id


@pytest.mark.parametrize("policy", [{"valid_values": ("8Gi",)}, {"minimum": "1Gi", "maximum": "8Gi"}])
def test_a_share_larger_than_the_policy_allows_is_refused(policy: dict[str, Any]) -> None:
    wanted = request(capacity={"requests": {"memory": "9Gi"}})
    assert ask(claim(wanted), on=shared_gpu(**policy)).outcome == "refused"


def test_shares_add_up_to_the_capacity_and_no_further() -> None:
    wanted = [claim(request(capacity={"requests": {"memory": "15Gi"}}), name=f"c{number}") for number in range(3)]
    inventory = shared_gpu()
    assert ask(*wanted[:2], on=inventory).fits
    assert ask(*wanted, on=inventory).outcome == "refused"
    used = DevicesInUse(shared=frozenset({DeviceId(DRIVER, "n1", "gpu")}), capacity={DeviceId(DRIVER, "n1", "gpu"): {"memory": "30Gi"}})
    assert ask(wanted[0], on=inventory, in_use=used).outcome == "refused"


def test_devices_with_binding_conditions_come_last_and_carry_them() -> None:
    ready = slice_of("n1", gpus(1), name="z", pool="z")
    slow = slice_of("n1", (gpu("fabric", binding_conditions=("Attached",), binding_failure_conditions=("Lost",)),), name="a", pool="a")
    answer = ask(claim(request(count=2)), on=cluster(ready, slow))
    assert names(answer) == [["gpu-0", "fabric"]]
    assert answer.claims[0].devices[1].binding_conditions == ("Attached",)
    assert ask(claim(request(count=2)), on=cluster(ready, slow), features=Features(binding_conditions=False)).outcome == "refused"


def test_an_outdated_slice_is_not_used_and_an_incomplete_pool_neither() -> None:
    old = slice_of("n1", gpus(4), name="old")
    new = slice_of("n1", gpus(1), name="new", generation=2)
    assert ask(claim(request(count=2)), on=cluster(old, new)).outcome == "refused"
    half = slice_of("n1", gpus(4), slice_count=2)
    assert ask(claim(request()), on=cluster(half)).outcome == "refused"
    all_of_it = ask(claim(request(allocationMode="All")), on=cluster(half))
    assert all_of_it.reason.endswith(f"asks for all devices, but resource pool {DRIVER}/n1 is currently being updated")


def test_an_invalid_pool_is_said_when_nothing_else_serves() -> None:
    twice = slice_of("n1", (gpu("a"), gpu("a")))
    answer = ask(claim(request()), on=cluster(twice))
    assert (answer.outcome, answer.node_only, answer.reason) == ("error", True, "invalid resource pools were encountered")


@pytest.mark.parametrize(
    ("place", "selector"),
    [
        ({"node_name": "", "all_nodes": True, "pool": "net"}, None),
        (
            {"node_name": "", "node_selector": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]}},
            "zone",
        ),
    ],
)
def test_an_allocation_says_which_nodes_can_use_it(place: dict[str, Any], selector: str | None) -> None:
    inventory = cluster(slice_of("n1", gpus(1), **{"pool": "net", **place}))
    answer = allocate([claim(request())], inventory, node=Node(name="n1", labels={"zone": "a"}))
    found = answer.claims[0].node_selector
    assert (found["nodeSelectorTerms"][0]["matchExpressions"][0]["key"] if found else None) == selector
    elsewhere = allocate([claim(request())], inventory, node=Node(name="n2"))
    assert elsewhere.fits is (selector is None)


def test_devices_that_say_where_they_are_count_for_that_node_only() -> None:
    per_device = slice_of("n1", (gpu("here", node_name="n1"), gpu("there", node_name="n2")), node_name="", pool="net", per_device_node_selection=True)
    assert names(allocate([claim(request())], cluster(per_device), node=Node(name="n2"))) == [["there"]]


def test_configuration_of_the_class_comes_before_that_of_the_claim() -> None:
    opaque = {"opaque": {"driver": DRIVER, "parameters": {"a": 1}}}
    configured = InventoryClass(name="gpu", selectors=GPU_CLASS.selectors, config=(opaque,))
    inventory = cluster(slice_of("n1", gpus(1)), classes=(configured,))
    answer = ask(claim(request(), config=[{"requests": ["gpu"], **opaque}]), on=inventory)
    assert [(entry["source"], entry["requests"]) for entry in answer.claims[0].config] == [("FromClass", ["gpu"]), ("FromClaim", ["gpu"])]


@pytest.mark.parametrize(
    ("wanted", "features", "reason"),
    [
        (claim(request(count=33)), Features(), "claim claim: number of requested devices 33 exceeds the claim limit of 32"),
        (claim(request(deviceClassName="gone")), Features(), "could not retrieve device class gone"),
        (claim(request(allocationMode="Some")), Features(), "claim claim, request gpu: unsupported count mode Some"),
        (claim(request(adminAccess=True)), Features(admin_access=False), "admin access is requested, but the feature is disabled"),
        (claim(first_available("a", request("b"))), Features(prioritized_list=False), "the DRAPrioritizedList feature is disabled"),
        (claim(request(capacity={})), Features(consumable_capacity=False), "the DRAConsumableCapacity feature is disabled"),
        (claim(request(selectors=["nonsense ("])), Features(), "claim claim: selector #0: CEL compile error"),
        (claim(request(), constraints=({},)), Features(), "constraint #0: empty constraint"),
    ],
)
def test_what_kubernetes_reports_as_an_error_is_one(wanted: dict[str, Any], features: Features, reason: str) -> None:
    answer = ask(wanted, on=cluster(slice_of("n1", gpus(1))), features=features)
    assert answer.outcome == "error"
    assert reason in answer.reason


def test_the_search_ends_when_its_steps_are_used_up_and_says_so() -> None:
    answer = ask(claim(request(count=8), constraints=EIGHT_ROOKS), on=cluster(slice_of("n1", rooks())), budget=1_000)
    assert answer.outcome == "unknown"
    assert answer.reason == "gave up after 1000 search steps"


def test_devices_that_look_alike_are_not_tried_again_and_again() -> None:
    # choosing 16 of 32 equal devices has 600 million ways, all of which fail for the second request
    wanted = claim(request("many", count=16), request("one", selectors=[f'device.attributes["{DRIVER}"].model == "B"']))
    inventory = cluster(slice_of("n1", gpus(32, attributes={"model": "A"})))
    answer = ask(wanted, on=inventory)
    assert answer.outcome == "refused"
    assert answer.steps < 1_000


def test_devices_that_look_the_same_to_a_selector_are_evaluated_once() -> None:
    devices = tuple(gpu(f"d{number}", attributes={"model": "AB"[number % 2], "serial": f"s{number}"}) for number in range(100))
    inventory = cluster(*(slice_of(f"n{number}", devices) for number in range(10)))
    views = Views(SliceIndex(inventory.slices), {"gpu": GPU_CLASS}, Features())
    wanted = read_claim(claim(request(selectors=[f'device.attributes["{DRIVER}"].model == "B"'])))
    for number in range(10):
        assert search(views, views.of(Node(name=f"n{number}")), [wanted], Holdings()).fits
    # the class is asked of the driver, the selector of two models
    assert views.eligibility.evaluations == 3


def test_a_constraint_that_leaves_too_few_is_seen_at_once() -> None:
    devices = tuple(gpu(f"d{number}", attributes={"a": number, "b": number % 3}) for number in range(40))
    wanted = claim(request(count=20), constraints=({"distinctAttribute": f"{DRIVER}/a"}, {"matchAttribute": f"{DRIVER}/b"}))
    answer = ask(wanted, on=cluster(slice_of("n1", devices)))
    assert answer.outcome == "refused"
    assert answer.steps < 100


def test_pods_with_very_many_requests_do_not_exhaust_the_stack() -> None:
    many = [claim(*(request(f"r{number}") for number in range(32)), name=f"c{index}") for index in range(12)]
    inventory = cluster(*(slice_of("n1", tuple(gpu(f"g{part}-{each}") for each in range(128)), name=f"s{part}", slice_count=3) for part in range(3)))
    assert ask(*many, on=inventory).fits


def test_an_unknown_node_is_named_with_its_neighbours() -> None:
    with pytest.raises(SpecError, match="did you mean 'n1'"):
        allocate([claim(request())], cluster(slice_of("n1", gpus(1))), node="n11")


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        ({"kind": ["ResourceClaim"]}, "claims[0].kind"),
        ({"apiVersion": {}, "kind": "ResourceClaim", "spec": {"devices": "x"}}, "claims[0].apiVersion"),
        ({"apiVersion": "v1", "kind": "ResourceClaim"}, "claims[0].apiVersion"),
    ],
)
def test_what_is_no_claim_is_refused_with_its_place(manifest: dict[str, Any], place: str) -> None:
    with pytest.raises(SpecError) as caught:
        ask(manifest, on=cluster(slice_of("n1", gpus(1))))
    assert [problem.path for problem in caught.value.problems] == [place]
