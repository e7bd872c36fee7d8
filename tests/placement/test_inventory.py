"""Inventories come from files as kubectl writes them, and say what is wrong with them."""

from pathlib import Path
from typing import Any

import pytest

from constructs_dra.errors import SpecError
from constructs_dra.manifest import to_yaml
from constructs_dra.placement import Inventory, plan
from tests.placement.builders import DRIVER, claim, deployment, request, template


def a_slice(name: str = "s", **spec: Any) -> dict[str, Any]:
    body = {
        "driver": DRIVER,
        "nodeName": "n1",
        "pool": {"name": "n1", "generation": 1, "resourceSliceCount": 1},
        "devices": [{"name": "gpu-0"}],
    }
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": name}, "spec": {**body, **spec}}


def pool(**fields: Any) -> dict[str, Any]:
    return {"name": "n1", "generation": 1, "resourceSliceCount": 1, **fields}


def problems(*manifests: Any) -> list[str]:
    try:
        return [str(problem) for problem in Inventory.from_manifests(manifests).problems]
    except SpecError as error:
        return [str(problem) for problem in error.problems]


def test_what_kubectl_writes_is_read(tmp_path: Path) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "8"}}}
    device_class = {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "gpu"}, "spec": {}}
    mixed = tmp_path / "all.yaml"
    mixed.write_text(to_yaml({"apiVersion": "v1", "kind": "List", "items": [node, device_class]}))
    typed = tmp_path / "slices.yaml"
    item = a_slice()
    typed.write_text(to_yaml({"apiVersion": item.pop("apiVersion"), "kind": f"{item.pop('kind')}List", "items": [item]}))
    inventory = Inventory.from_files([mixed, typed])
    assert (len(inventory.nodes), len(inventory.classes), len(inventory.slices)) == (1, 1, 1)
    assert inventory.slices[0].devices[0].name == "gpu-0"


@pytest.mark.parametrize("version", ["v1", "v1beta2", "v1beta1"])
def test_every_served_version_gives_the_same_devices(version: str) -> None:
    body = {
        "attributes": {"model": {"string": "A"}},
        "capacity": {"memory": {"value": "8Gi"}},
        "taints": [{"key": "sick", "effect": "NoSchedule"}],
    }
    entry = {"name": "gpu-0", "basic": body} if version == "v1beta1" else {"name": "gpu-0", **body}
    manifest = {**a_slice(devices=[entry]), "apiVersion": f"resource.k8s.io/{version}"}
    device = Inventory.from_manifests([manifest]).slices[0].devices[0]
    assert (device.attributes["model"], device.capacity["memory"].value, device.taints[0].key) == ({"string": "A"}, "8Gi", "sick")


def test_what_claims_hold_is_in_use() -> None:
    results = [
        {"request": "a", "driver": DRIVER, "pool": "n1", "device": "gpu-0"},
        {"request": "b", "driver": DRIVER, "pool": "n1", "device": "gpu-1", "shareID": "x", "consumedCapacity": {"memory": "2Gi"}},
        {"request": "c", "driver": DRIVER, "pool": "n1", "device": "gpu-2", "adminAccess": True},
    ]
    held = {**claim(request()), "status": {"allocation": {"devices": {"results": results}}}}
    shared = {"name": "gpu-1", "allowMultipleAllocations": True, "capacity": {"memory": {"value": "8Gi"}}}
    in_use = Inventory.from_manifests([held, a_slice(devices=[{"name": "gpu-0"}, shared, {"name": "gpu-2"}])]).in_use()
    assert {device.device for device in in_use.devices} == {"gpu-0"}
    assert {device.device: amounts for device, amounts in in_use.capacity.items()} == {"gpu-1": {"memory": "2Gi"}}


def test_pods_count_while_they_run() -> None:
    pods = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"nodeName": "n1", "containers": []}, "status": {"phase": phase}}
        for name, phase in (("running", "Running"), ("done", "Succeeded"))
    ]
    assert [pod.name for pod in Inventory.from_manifests([a_slice(), *pods]).pods] == ["running"]


def test_a_taint_rule_taints_the_devices_it_names() -> None:
    rule = {
        "apiVersion": "resource.k8s.io/v1alpha3",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "r"},
        "spec": {"deviceSelector": {"pool": "n1", "device": "gpu-1"}, "taint": {"key": "broken", "effect": "NoSchedule"}},
    }
    inventory = Inventory.from_manifests([rule, a_slice(devices=[{"name": "gpu-0"}, {"name": "gpu-1"}])])
    assert [[taint.key for taint in device.taints] for device in inventory.slices[0].devices] == [[], ["broken"]]


def test_templates_of_the_cluster_serve_pods() -> None:
    device_class = {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "gpu"}, "spec": {}}
    inventory = Inventory.from_manifests([a_slice(), device_class, template(request())])
    assert plan([deployment()], inventory).fits


def test_the_same_object_twice_is_one() -> None:
    assert problems(a_slice(), a_slice()) == []


def held(name: str, device: str = "gpu-0", **fields: Any) -> dict[str, Any]:
    result = {"request": "gpu", "driver": DRIVER, "pool": "n1", "device": device, **fields}
    return {**claim(request(), name=name), "status": {"allocation": {"devices": {"results": [result]}}}}


LIKE = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Like"}]}]}
COUNTERS = [{"name": "set", "counters": {"memory": {"value": "8Gi"}}}]


def part(amount: str, counter: str = "memory", counter_set: str = "set") -> list[dict[str, Any]]:
    return [{"name": "p", "consumesCounters": [{"counterSet": counter_set, "counters": {counter: {"value": amount}}}]}]


def with_counters(devices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    two = pool(resourceSliceCount=2)
    return [a_slice("devices", pool=two, devices=devices), a_slice("counters", pool=two, devices=[], sharedCounters=COUNTERS)]


@pytest.mark.parametrize(
    ("manifests", "said"),
    [
        ([], "the inventory is empty"),
        ([{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}], "the inventory is empty"),
        (["text"], "the inventory holds str where an object is expected"),
        ([a_slice(), a_slice(driver="other")], "ResourceSlice/s: is in the inventory twice, with different contents"),
        ([a_slice(nodeName=None)], "ResourceSlice/s: spec: does not say which nodes its devices are for"),
        ([a_slice(allNodes=True)], "says nodeName and allNodes"),
        ([a_slice(driver="")], "names no driver"),
        ([a_slice(devices=[{"name": "a"}, {"name": "a"}])], "spec.devices[1]: publishes device 'a' again: Kubernetes takes no device from pool"),
        (
            [a_slice("s1", pool=pool(resourceSliceCount=2)), a_slice("s2", pool=pool(resourceSliceCount=2))],
            "ResourceSlice/s2: spec.devices[0]: publishes device 'gpu-0' as does ResourceSlice/s1",
        ),
        (
            [a_slice("s1"), a_slice("s2", pool=pool(resourceSliceCount=2), devices=[])],
            "has 2 slices, but ResourceSlice/s1",
        ),
        ([a_slice("s1"), a_slice("s2", devices=[])], "has 1 slices, but there are 2 of generation 1"),
        ([a_slice(pool=pool(resourceSliceCount=3))], "is one of 3 slices of pool gpu.example.com/n1, but only 1 are here"),
        ([a_slice(devices=[{"name": "a", "capacity": {"memory": {"value": "8 GB"}}}])], "'8 GB' is not a valid quantity"),
        ([a_slice(devices=3)], "ResourceSlice/s: spec.devices: "),
        (
            [a_slice(nodeName=None, nodeSelector={"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Like"}]}]})],
            "'Like' is not a valid",
        ),
        (with_counters(part("9Gi")), "device 'p' consumes 9Gi of 'memory', but 'set' holds 8Gi: it can never be allocated"),
        (with_counters(part("1Gi", counter="memmory")), "did you mean 'memory'?"),
        (with_counters(part("1Gi", counter_set="sets")), "consumes counters of 'sets', which pool gpu.example.com/n1 does not have"),
        ([*with_counters([*part("5Gi"), {**part("5Gi")[0], "name": "q"}]), held("a", "p"), held("b", "q")], "devices in use exceed counter 'memory'"),
        (
            [a_slice(), held("a"), held("b")],
            "ResourceClaim/b: status.allocation: holds device gpu.example.com/n1/gpu-0, which ResourceClaim/a",
        ),
        ([a_slice(), held("a", "gone")], "holds device gpu.example.com/n1/gone, which no slice publishes"),
        (
            [
                a_slice(devices=[{"name": "gpu-0", "allowMultipleAllocations": True, "capacity": {"memory": {"value": "1Gi"}}}]),
                held("a", shareID="x", consumedCapacity={"memory": "2Gi"}),
            ],
            "2Gi of 'memory' of device gpu.example.com/n1/gpu-0 are allocated, but it has 1Gi",
        ),
        ([a_slice(), {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n11"}}], "is for node 'n1', which is not in the inventory"),
        (
            [
                a_slice(),
                {
                    "apiVersion": "resource.k8s.io/v1",
                    "kind": "DeviceClass",
                    "metadata": {"name": "broken"},
                    "spec": {"selectors": [{"cel": {"expression": "device.("}}]},
                },
            ],
            "DeviceClass/broken: spec.selectors[0].cel.expression: ",
        ),
        ([{**a_slice(), "metadata": 3}], "metadata: must be a mapping"),
    ],
)
def test_what_cannot_be_is_named_with_its_object(manifests: list[Any], said: str) -> None:
    assert any(said in problem for problem in problems(*manifests)), problems(*manifests)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(SpecError, match="nowhere"):
        Inventory.from_files(["nowhere.yaml"])
