"""Plans place pods as a scheduler would."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import cluster as recorded
from constructs_dra.errors import SpecError
from constructs_dra.lexical.versions import DEFAULT_VERSION
from constructs_dra.placement import Features, Inventory, Plan, plan
from constructs_dra.placement.contents import ExistingPod
from constructs_dra.placement.devices import Capacity, InventoryClass
from constructs_dra.placement.nodes import NodeTaint
from constructs_dra.placement.resources import pod_resources
from tests.placement.builders import (
    DRIVER,
    EIGHT_ROOKS,
    claim,
    cluster,
    deployment,
    first_available,
    gpu,
    gpus,
    node,
    pod_spec,
    request,
    rooks,
    slice_of,
    template,
)

LIKE = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Like"}]}]}}


def homes(answer: Plan) -> list[str]:
    return [pod.node for pod in answer.placed]


def message(answer: Plan) -> str:
    return answer.unplaced[0].message


def two_nodes(count: int = 2, **fields: Any) -> Inventory:
    return cluster(slice_of("n1", gpus(count)), slice_of("n2", gpus(count)), nodes=(node("n1", **fields), node("n2")))


def test_recorded_clusters_are_met(shared: Path) -> None:
    for score in recorded.scores(shared):
        assert score.short == []


def test_replicas_spread_over_nodes_until_the_devices_are_used_up() -> None:
    answer = plan([template(request()), deployment(replicas=5)], two_nodes())
    assert homes(answer) == ["n1", "n2", "n1", "n2"]
    assert (answer.fits, answer.workloads[0].replicas_placed) == (False, 4)
    assert message(answer) == "0/2 nodes are available: 2 cannot allocate all claims."


def test_without_nodes_devices_alone_decide_and_the_plan_says_so() -> None:
    answer = plan([template(request()), deployment(nodeSelector={"zone": "a"})], cluster(slice_of("n1", gpus(1))))
    assert homes(answer) == ["n1"]
    assert answer.notes == ("no Nodes in the inventory: node selectors, affinity, taints, CPU, memory and pod limits were not looked at",)


@pytest.mark.parametrize(
    ("pod", "other", "reason"),
    [
        ({"nodeSelector": {"zone": "b"}}, {}, "node(s) didn't match Pod's node affinity/selector"),
        (
            {
                "affinity": {
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "Exists"}]}]
                        }
                    }
                }
            },
            {},
            "node(s) didn't match Pod's node affinity/selector",
        ),
        ({}, {"taints": (NodeTaint(key="gpu"),)}, "node(s) had untolerated taint(s)"),
        ({}, {"unschedulable": True}, "node(s) were unschedulable"),
        ({"nodeName": "elsewhere"}, {}, "node(s) didn't match the requested node name"),
        ({"requests": {"cpu": "17"}}, {}, "Insufficient cpu"),
        ({"requests": {"memory": "65Gi"}}, {}, "Insufficient memory"),
        ({"requests": {"example.com/nic": "1"}}, {}, "Insufficient example.com/nic"),
        ({}, {"allocatable": {"cpu": "1", "pods": "0"}}, "Too many pods"),
    ],
)
def test_a_node_that_cannot_take_a_pod_says_why_in_the_words_of_the_scheduler(pod: dict[str, Any], other: dict[str, Any], reason: str) -> None:
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1", **other),))
    answer = plan([template(request()), deployment(**pod)], inventory)
    assert message(answer) == f"0/1 nodes are available: 1 {reason}."


def test_a_tolerated_taint_is_not_an_obstacle() -> None:
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1", taints=(NodeTaint(key="gpu", value="yes"),)),))
    assert plan([template(request()), deployment(tolerations=[{"key": "gpu", "operator": "Exists"}])], inventory).fits


def test_pods_that_run_already_take_their_room() -> None:
    running = ExistingPod(name="default/old", node="n1", resources=pod_resources(pod_spec(claims={}, requests={"cpu": "10"})))
    inventory = Inventory(slices=(slice_of("n1", gpus(1)),), nodes=(node("n1"),), pods=(running,), classes=cluster().classes)
    assert message(plan([template(request()), deployment(requests={"cpu": "8"})], inventory)) == "0/1 nodes are available: 1 Insufficient cpu."


def test_pods_that_must_keep_apart_do() -> None:
    apart = {
        "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "a"}}}
            ]
        }
    }
    answer = plan([template(request()), deployment(replicas=3, affinity=apart)], two_nodes())
    assert homes(answer) == ["n1", "n2"]
    assert message(answer) == "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."


def test_pods_that_must_keep_together_do() -> None:
    together = {
        "podAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "a"}}}
            ]
        }
    }
    answer = plan([template(request()), deployment(replicas=3, affinity=together)], two_nodes())
    assert homes(answer) == ["n1", "n1"]


def test_a_strict_spread_is_kept() -> None:
    spread = [
        {"topologyKey": "kubernetes.io/hostname", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "a"}}}
    ]
    inventory = cluster(slice_of("n1", gpus(4)), slice_of("n2", gpus(1)), nodes=(node("n1"), node("n2")))
    answer = plan([template(request()), deployment(replicas=4, topologySpreadConstraints=spread)], inventory)
    assert sorted(homes(answer)) == ["n1", "n1", "n2"]


def test_a_shared_claim_is_allocated_once_and_ties_its_pods_to_the_node() -> None:
    shared_claim = claim(request(), name="shared")
    answer = plan([shared_claim, deployment(replicas=3, claims={"gpu": "resourceClaimName=shared"})], two_nodes())
    assert homes(answer) == ["n1", "n1", "n1"]
    assert [given.before for pod in answer.placed for given in pod.claims] == [False, True, True]
    assert {device.id.device for pod in answer.placed for given in pod.claims for device in given.allocation.devices} == {"gpu-0"}


def test_a_claim_that_has_its_devices_already_keeps_them() -> None:
    held = claim(request(), name="held")
    held["metadata"]["namespace"] = "default"
    held["status"] = {
        "allocation": {
            "devices": {"results": [{"request": "gpu", "driver": DRIVER, "pool": "n2", "device": "gpu-1"}]},
            "nodeSelector": {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n2"]}]}]},
        }
    }
    known = two_nodes()
    inventory = Inventory(slices=known.slices, classes=known.classes, nodes=known.nodes, claims=_claims(held))
    answer = plan([deployment(claims={"gpu": "resourceClaimName=held"}), template(request(count=2)), deployment("b")], inventory)
    assert homes(answer) == ["n2", "n1"]
    assert answer.placed[0].claims[0].allocation.devices[0].id.device == "gpu-1"


def _claims(held: dict[str, Any]) -> Any:
    node_manifest = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}
    slice_manifest = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": "s"},
        "spec": {
            "driver": DRIVER,
            "nodeName": "n2",
            "pool": {"name": "n2", "generation": 1, "resourceSliceCount": 1},
            "devices": [{"name": "gpu-1"}],
        },
    }
    return Inventory.from_manifests([held, node_manifest, slice_manifest]).claims


def test_the_node_with_the_better_alternative_is_preferred() -> None:
    good = InventoryClass(name="good", selectors=(f'device.attributes["{DRIVER}"].model == "good"',))
    plain = slice_of("n1", (gpu("plain", attributes={"model": "plain"}),))
    better = slice_of("n2", (gpu("better", attributes={"model": "good"}),))
    inventory = cluster(plain, better, nodes=(node("n1"), node("n2")), classes=(*cluster().classes, good))
    wanted = first_available("acc", request("best", deviceClassName="good"), request("any"))
    assert homes(plan([template(wanted), deployment(replicas=2)], inventory)) == ["n2", "n1"]


def test_a_selector_that_fails_on_one_node_stops_the_pod_on_all() -> None:
    inventory = cluster(slice_of("n1", (gpu("a", attributes={"model": "A"}),)), slice_of("n2", gpus(1)), nodes=(node("n1"), node("n2")))
    wanted = request(selectors=[f'device.attributes["{DRIVER}"].model == "A"'])
    answer = plan([template(wanted), deployment()], inventory)
    assert message(answer) == 'running "DynamicResources" filter plugin: claim default/a-0-gpu: selector #0: CEL runtime error: no such key: model'


def test_workloads_are_placed_one_after_the_other() -> None:
    documents = [template(request(count=2), name="big"), template(request(), name="gpus"), deployment("first", replicas=3)]
    documents.append(deployment("second", replicas=1, claims={"gpu": "resourceClaimTemplateName=big"}))
    answer = plan(documents, two_nodes())
    assert [workload.replicas_placed for workload in answer.workloads] == [3, 0]


def group(replicas: int, size: int, leader: dict[str, Any] | None = None) -> dict[str, Any]:
    spec: dict[str, Any] = {"size": size, "workerTemplate": {"spec": pod_spec()}}
    if leader:
        spec["leaderTemplate"] = {"spec": leader}
    return {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": {"name": "g"},
        "spec": {"replicas": replicas, "leaderWorkerTemplate": spec},
    }


def test_a_leader_worker_set_places_leader_and_workers_of_each_replica() -> None:
    answer = plan([template(request(count=2)), group(2, 2)], two_nodes())
    assert [(pod.pod, pod.node) for pod in answer.placed] == [("g-0", "n1"), ("g-0-1", "n2")]
    assert [pod.pod for pod in answer.unplaced] == ["g-1", "g-1-1"]
    workload = answer.workloads[0]
    assert (workload.replicas, workload.pods_per_replica, workload.replicas_placed) == (2, 2, 1)


def test_a_leader_may_be_different_from_its_workers() -> None:
    answer = plan([template(request(count=2)), group(1, 3, leader=pod_spec(claims={}))], two_nodes())
    assert [len(pod.claims) for pod in answer.placed] == [0, 1, 1]
    assert answer.fits


def test_exclusive_placement_of_subgroups_is_said_not_to_be_looked_at() -> None:
    exclusive = group(1, 1)
    exclusive["metadata"]["annotations"] = {"leaderworkerset.sigs.k8s.io/subgroup-exclusive-topology": "rack"}
    answer = plan([template(request()), exclusive], two_nodes())
    assert "exclusive placement is not looked at" in answer.problems[0].message


def test_a_group_with_a_rack_of_its_own_stays_together_and_away_from_others() -> None:
    nodes = [
        {
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {"rack": rack, "kubernetes.io/hostname": name}},
            "status": {"allocatable": {"cpu": "8", "memory": "16Gi", "pods": "2"}},
        }
        for name, rack in {"n1": "a", "n2": "a", "n3": "b", "n4": "b"}.items()
    ]  # fmt: skip
    exclusive = group(3, 3)
    exclusive["spec"]["leaderWorkerTemplate"]["workerTemplate"]["spec"] = pod_spec(claims={})
    exclusive["metadata"]["annotations"] = {"leaderworkerset.sigs.k8s.io/exclusive-topology": "rack"}
    answer = plan([exclusive], Inventory.from_manifests(nodes))
    racks = {"n1": "a", "n2": "a", "n3": "b", "n4": "b"}
    where = {pod.pod: racks[pod.node] for pod in answer.placed}
    groups = [{where.get(f"g-{replica}{pod}") for pod in ("", "-1", "-2")} for replica in range(3)]
    assert all(len(each) == 1 for each in groups)
    assert {value for each in groups for value in each} == {"a", "b", None}
    leader, worker, _ = answer.unplaced
    assert "didn't match pod anti-affinity rules" in leader.message
    assert "its leader, has no place" in worker.message
    assert answer.remaining.more[0].count == 0


def test_roles_of_a_disaggregated_set_are_workloads_of_their_own() -> None:
    roles = [{"name": name, "spec": group(1, 1)["spec"]} for name in ("prefill", "decode")]
    manifest = {
        "apiVersion": "disaggregatedset.x-k8s.io/v1",
        "kind": "DisaggregatedSet",
        "metadata": {"name": "d"},
        "spec": {"slices": 2, "roles": roles},
    }
    answer = plan([template(request()), manifest], two_nodes())
    assert [(workload.label, workload.replicas) for workload in answer.workloads] == [
        ("DisaggregatedSet/d-prefill", 2),
        ("DisaggregatedSet/d-decode", 2),
    ]
    assert answer.fits


@pytest.mark.parametrize(
    ("kind", "version", "spec", "pods"),
    [
        ("ReplicaSet", "apps/v1", {"replicas": 2, "selector": {}}, 2),
        ("StatefulSet", "apps/v1", {"replicas": 2, "selector": {}, "serviceName": "s"}, 2),
        ("Job", "batch/v1", {"parallelism": 3, "completions": 2}, 2),
        ("Job", "batch/v1", {"parallelism": 3}, 3),
        ("Deployment", "apps/v1", {"selector": {}}, 1),
        ("Deployment", "apps/v1", {"selector": {}, "replicas": 0}, 0),
    ],
)
def test_every_kind_makes_its_pods(kind: str, version: str, spec: dict[str, Any], pods: int) -> None:
    manifest = {"apiVersion": version, "kind": kind, "metadata": {"name": "w"}, "spec": {**spec, "template": {"spec": pod_spec()}}}
    assert len(plan([template(request()), manifest], two_nodes()).placed) == pods


def test_a_single_pod_keeps_its_name() -> None:
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": pod_spec()}
    assert [pod.pod for pod in plan([template(request()), manifest], two_nodes()).placed] == ["p"]


def test_lists_are_taken_apart_and_other_kinds_left_aside() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {}}
    everything = {"apiVersion": "v1", "kind": "List", "items": [template(request()), service, deployment()]}
    assert plan([everything, None], two_nodes()).fits


def test_a_class_among_the_manifests_counts() -> None:
    own = {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "own"}, "spec": {}}
    assert plan([own, template(request(deviceClassName="own")), deployment()], two_nodes()).fits


def test_resources_that_a_class_provides_are_claimed_without_a_claim() -> None:
    provider = InventoryClass(name="gpu", selectors=cluster().classes[0].selectors, extended_resource_name="example.com/gpu")
    inventory = cluster(slice_of("n1", gpus(3)), nodes=(node("n1"),), classes=(provider,))
    manifest = deployment(replicas=2, claims={})
    manifest["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"example.com/gpu": 2}}
    answer = plan([manifest], inventory)
    assert [len(pod.claims[0].allocation.devices) for pod in answer.placed] == [2]
    assert message(answer) == "0/1 nodes are available: 1 cannot allocate all claims."


def test_what_is_left_is_counted_by_class_and_node() -> None:
    answer = plan([template(request()), deployment()], two_nodes())
    assert [(each.node, each.devices, each.total) for each in answer.remaining.free] == [
        ("n1", ("n1/gpu-1",), 2),
        ("n2", ("n2/gpu-0", "n2/gpu-1"), 2),
    ]
    assert [(more.workload, more.count) for more in answer.remaining.more] == [("Deployment/a", 3)]


def test_what_is_left_of_a_shared_device_is_an_amount() -> None:
    shared_device = gpu("gpu", capacity={"memory": Capacity(value="40Gi")}, allow_multiple_allocations=True)
    inventory = cluster(slice_of("n1", (shared_device,)), nodes=(node("n1"),))
    answer = plan([template(request(capacity={"requests": {"memory": "15Gi"}})), deployment()], inventory)
    assert answer.remaining.free[0].shares == {"n1/gpu": {"memory": "25Gi"}}
    assert answer.remaining.more[0].count == 1


def test_init_containers_and_sidecars_count_as_the_scheduler_counts_them() -> None:
    def container(cpu: str, **fields: Any) -> dict[str, Any]:
        return {"name": "c", "resources": {"requests": {"cpu": cpu}}, **fields}

    spec = {
        "initContainers": [container("3"), container("1", restartPolicy="Always"), container("4")],
        "containers": [container("2"), {"name": "l", "resources": {"limits": {"cpu": "1"}}}],
        "overhead": {"cpu": "500m"},
    }
    # the last init container runs beside the sidecar: 4 + 1, more than the containers' 2 + 1 + 1
    assert pod_resources(spec).requests == {"cpu": 5_500_000_000}


@pytest.mark.parametrize(
    ("manifests", "said"),
    [
        ([deployment()], "names ResourceClaimTemplate 'gpus', which does not exist in namespace 'default'"),
        ([deployment(claims={"gpu": "resourceClaimName=gone"})], "names ResourceClaim 'gone', which does not exist"),
        ([template(request(), name="gpuz"), deployment()], "did you mean 'gpuz'?"),
        ([deployment(resourceClaims=[{"name": "gpu"}])], "names no claim"),
        (
            [deployment(claims={}, containers=[{"name": "c", "resources": {"claims": [{"name": "x"}]}}])],
            "uses claim 'x', which the pod does not have",
        ),
        ([template(request()), deployment(affinity={"nodeAffinity": LIKE})], "spec.template.spec.affinity: 'Like' is not a valid label selector"),
        ([], "nothing to place"),
        ([3], "hold int where an object is expected"),
        ([{**deployment(), "spec": 3}], "spec"),
    ],
)
def test_manifests_that_refer_to_nothing_are_named(manifests: list[Any], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        plan(manifests, two_nodes())
    assert said in str(caught.value)


def test_a_template_in_another_namespace_is_pointed_out() -> None:
    elsewhere = template(request())
    elsewhere["metadata"]["namespace"] = "models"
    with pytest.raises(SpecError, match="there is one in namespace 'models'"):
        plan([elsewhere, deployment()], two_nodes())


def test_a_class_nobody_defines_is_named_and_its_pods_wait() -> None:
    answer = plan([template(request(deviceClassName="gpus")), deployment()], two_nodes())
    assert message(answer) == "0/2 nodes are available: request gpu: device class gpus does not exist."
    assert [problem.hint for problem in answer.problems] == ["did you mean 'gpu'?"]


def test_kinds_that_cannot_be_counted_are_said_to_be_left_out() -> None:
    daemons = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "d"},
        "spec": {"selector": {}, "template": {"spec": pod_spec(claims={})}},
    }
    answer = plan([daemons, template(request()), deployment()], two_nodes())
    assert "is not placed" in answer.problems[0].message


def test_running_out_of_search_steps_is_said() -> None:
    wanted = template(request(count=8), constraints=EIGHT_ROOKS)
    answer = plan([wanted, deployment()], cluster(slice_of("n1", rooks())), budget=1_000)
    assert answer.unplaced[0].kind == "unknown"
    assert "search budget used up" in message(answer)


def test_progress_is_reported_pod_by_pod() -> None:
    seen: list[tuple[int, int]] = []
    plan([template(request()), deployment(replicas=3)], two_nodes(), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


@given(st.integers(1, 4), st.lists(st.integers(0, 6), min_size=1, max_size=4), st.integers(0, 12), st.sampled_from(("0", "3")))
@settings(max_examples=60, deadline=None)
def test_a_plan_places_as_many_as_fit_and_no_device_twice(count: int, sizes: list[int], replicas: int, cpu: str) -> None:
    inventory = cluster(
        *(slice_of(f"n{number}", gpus(size)) for number, size in enumerate(sizes)), nodes=tuple(node(f"n{number}") for number in range(len(sizes)))
    )
    answer = plan([template(request(count=count)), deployment(replicas=replicas, requests={"cpu": cpu})], inventory, explaining=False)
    room = sum(min(size // count, 5 if cpu == "3" else 100) for size in sizes)
    assert len(answer.placed) == min(replicas, room)
    assert answer.remaining.more[0].count == max(0, room - replicas)
    given_devices = [device.id for pod in answer.placed for each in pod.claims for device in each.allocation.devices]
    assert len(given_devices) == len(set(given_devices)) == count * len(answer.placed)
    assert all(device.id.pool == pod.node for pod in answer.placed for each in pod.claims for device in each.allocation.devices)


def rule(kind: str, *, app: str, key: str = "kubernetes.io/hostname", **fields: Any) -> dict[str, Any]:
    term = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}, **fields}
    return {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def test_pods_keep_away_from_those_that_want_none_of_them() -> None:
    shy = deployment("shy", affinity=rule("podAntiAffinity", app="a"), claims={})
    answer = plan([shy, deployment(claims={}, replicas=2)], two_nodes())
    assert homes(answer) == ["n1", "n2", "n2"]
    alone = cluster(slice_of("n1", gpus(1)), nodes=(node("n1"),))
    assert message(plan([shy, deployment(claims={})], alone)) == (
        "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules."
    )


def test_affinity_counts_pods_that_run_already() -> None:
    spec = pod_spec(claims={}, affinity=rule("podAntiAffinity", app="a"))
    running = ExistingPod(name="default/old", node="n1", resources=pod_resources(spec), labels={"app": "old"}, spec=spec)
    inventory = Inventory(slices=(slice_of("n1", gpus(1)),), nodes=(node("n1"), node("n2")), pods=(running,), classes=cluster().classes)
    assert homes(plan([deployment(claims={})], inventory)) == ["n2"]
    near = deployment("b", claims={}, affinity=rule("podAffinity", app="old"), replicas=2)
    assert homes(plan([near], inventory)) == ["n1", "n1"]
    elsewhere = deployment("b", claims={}, affinity=rule("podAffinity", app="old", namespaces=["other"]))
    assert message(plan([elsewhere], inventory)) == "0/2 nodes are available: 2 node(s) didn't match pod affinity rules."
    everywhere = deployment("b", claims={}, affinity=rule("podAffinity", app="old", namespaceSelector={}))
    assert homes(plan([everywhere], inventory)) == ["n1"]


def test_label_keys_narrow_an_affinity_to_pods_of_the_same_value_or_of_others() -> None:
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1"),))
    first = deployment("first", claims={})
    first["spec"]["template"]["metadata"]["labels"] = {"app": "a", "team": "x"}
    same = deployment(claims={}, affinity=rule("podAntiAffinity", app="a", matchLabelKeys=["team"]))
    same["spec"]["template"]["metadata"]["labels"] = {"app": "a", "team": "y"}
    assert plan([first, same], inventory).fits
    other = deployment(claims={}, affinity=rule("podAntiAffinity", app="a", mismatchLabelKeys=["team"]))
    other["spec"]["template"]["metadata"]["labels"] = {"app": "a", "team": "y"}
    assert not plan([first, other], inventory).fits


@pytest.mark.parametrize(("policy", "placed"), [({}, 1), ({"nodeTaintsPolicy": "Honor"}, 3)])
def test_nodes_whose_taints_a_pod_does_not_tolerate_may_be_left_out_of_spreading(policy: dict[str, Any], placed: int) -> None:
    spread = {"topologyKey": "kubernetes.io/hostname", "maxSkew": 1, "labelSelector": {"matchLabels": {"app": "a"}}, **policy}
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1"), node("n2", taints=(NodeTaint(key="gpu"),))))
    answer = plan([deployment(claims={}, replicas=3, topologySpreadConstraints=[spread])], inventory)
    assert len(answer.placed) == placed


@pytest.mark.parametrize(("policy", "placed"), [({}, 3), ({"nodeAffinityPolicy": "Ignore"}, 1)])
def test_nodes_a_pod_does_not_select_may_count_in_spreading(policy: dict[str, Any], placed: int) -> None:
    spread = {"topologyKey": "kubernetes.io/hostname", "maxSkew": 1, "labelSelector": {"matchLabels": {"app": "a"}}, **policy}
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1", labels={"pool": "x"}), node("n2")))
    answer = plan([deployment(claims={}, replicas=3, topologySpreadConstraints=[spread], nodeSelector={"pool": "x"})], inventory)
    assert len(answer.placed) == placed


def test_preferred_affinity_draws_pods_together() -> None:
    wish = {"weight": 100, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "big"}}}}
    near = {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}}
    big = deployment("big", claims={}, nodeSelector={"pool": "x"})
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1"), node("n2"), node("n3", labels={"pool": "x"})))
    assert homes(plan([big, deployment(claims={}, affinity=near)], inventory)) == ["n3", "n3"]


def test_a_suspended_job_takes_nothing() -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"suspend": True, "template": {"spec": pod_spec()}}}
    answer = plan([template(request()), job], two_nodes())
    assert answer.fits
    assert answer.placed == ()
    assert "is suspended" in answer.problems[0].message


def test_a_port_of_the_node_is_taken_once() -> None:
    ports = [{"containerPort": 80, "hostPort": 8080}]
    manifest = deployment(claims={}, replicas=3)
    manifest["spec"]["template"]["spec"]["containers"][0]["ports"] = ports
    answer = plan([manifest], two_nodes())
    assert homes(answer) == ["n1", "n2"]
    assert message(answer) == "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports."


def test_nodes_that_a_node_affinity_does_not_name_are_not_looked_at() -> None:
    def named(*names: str) -> dict[str, Any]:
        term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": list(names)}]}
        return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}

    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1", unschedulable=True), node("n2")))
    assert homes(plan([deployment(claims={}, affinity=named("n2"))], inventory)) == ["n2"]
    assert message(plan([deployment(claims={}, affinity=named("n9"))], inventory)) == (
        "0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity]."
    )
    assert message(plan([deployment(claims={}, affinity=named())], inventory)) == "0/2 nodes are available: pod affinity terms conflict."


def test_more_devices_than_a_claim_can_hold_stop_the_pod_whatever_nodes_lack() -> None:
    inventory = cluster(slice_of("n1", gpus(1)), nodes=(node("n1"), node("n2", allocatable={"cpu": "0", "pods": "1"})))
    answer = plan([template(request("a", count=20), request("b", count=20)), deployment(requests={"cpu": "1"})], inventory)
    assert message(answer).endswith("number of requested devices 40 exceeds the claim limit of 32")
    assert answer.unplaced[0].kind == "error"


def test_the_features_assumed_are_those_of_the_version_that_everything_assumes() -> None:
    assert Features.of_version(DEFAULT_VERSION) == Features()
