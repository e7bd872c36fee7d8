import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.validation import refusals, scores
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.rules import is_stricter


def claim(*requests: dict[str, Any], **devices: Any) -> dict[str, Any]:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": "a"},
        "spec": {"devices": {"requests": list(requests)} | devices},
    }


def exactly(name: str = "gpu", **body: Any) -> dict[str, Any]:
    return {"name": name, "exactly": {"deviceClassName": "gpu.intel.com"} | body}


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    ("body", "path", "words"),
    [
        ({"count": -1}, "count", "greater than zero"),
        ({"count": 2, "allocationMode": "All"}, "count", "allocationMode 'All'"),
        ({"allocationMode": "Some"}, "allocationMode", "not one of All, ExactCount"),
        ({"deviceClassName": "GPU"}, "deviceClassName", "lower-case"),
        ({"deviceClassName": ""}, "deviceClassName", "must not be empty"),
        ({"selectors": [{}]}, "selectors[0].cel", "is missing"),
        ({"selectors": [{"cel": {"expression": "1"}}]}, "selectors[0].cel.expression", "bool"),
        ({"selectors": [{"cel": {"expression": "'" + "x" * 10_300 + "' == ''"}}]}, "selectors[0].cel.expression", "10,240"),
        ({"selectors": [{"cel": {"expression": "true"}}] * 33}, "selectors", "at most 32"),
        ({"tolerations": [{"key": "a", "operator": "Exists", "value": "x"}]}, "tolerations[0].value", "must be empty"),
        ({"tolerations": [{"key": "a", "operator": "In"}]}, "tolerations[0].operator", "not one of"),
        ({"tolerations": [{"key": "a", "effect": "PreferNoSchedule"}]}, "tolerations[0].effect", "not one of"),
    ],
)
def test_a_wrong_request_is_reported_with_its_place(body: dict[str, Any], path: str, words: str) -> None:
    problem = only(check_dra(claim(exactly(**body))))
    assert problem.path == f"spec.devices.requests[0].exactly.{path}"
    assert words in problem.message
    assert problem.severity == "error"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"count": 0}, "strict-count-zero"),
        ({"count": 33}, "strict-count-limit"),
        ({"tolerations": [{"key": "a", "operator": "Exists"}] * 17}, "strict-tolerations-limit"),
        ({"tolerations": [{"effect": "NoExecute"}]}, "strict-toleration-value"),
        ({"capacity": {"requests": {"mem-ory": "1Gi"}}}, "strict-capacity-name"),
    ],
)
def test_what_only_we_refuse_says_so_in_its_rule(body: dict[str, Any], rule: str) -> None:
    problem = only(check_dra(claim(exactly(**body))))
    assert problem.rule == rule
    assert is_stricter(rule)


def test_more_devices_in_all_than_a_claim_can_hold_are_refused() -> None:
    problem = only(check_dra(claim(exactly("a", count=20), exactly("b", count=20))))
    assert (problem.path, problem.rule) == ("spec.devices.requests", "strict-count-limit")


def test_references_go_to_requests_and_alternatives() -> None:
    alternatives = {"name": "acc", "firstAvailable": [{"name": "big", "deviceClassName": "a"}, {"name": "small", "deviceClassName": "b"}]}
    config = {"opaque": {"driver": "a.com", "parameters": {}}}
    good = claim(alternatives, config=[config | {"requests": ["acc/big"]}], constraints=[{"matchAttribute": "a.b/c", "requests": ["acc"]}])
    assert check_dra(good) == []
    twice = [{"matchAttribute": "a.b/c", "requests": ["axc", "acc", "acc"]}]
    bad = claim(alternatives, config=[config | {"requests": ["acc/bigg"]}], constraints=twice)
    assert [problem.path for problem in check_dra(bad)] == [
        "spec.devices.constraints[0].requests[0]",
        "spec.devices.constraints[0].requests[2]",
        "spec.devices.config[0].requests[0]",
    ]
    assert "'acc/big'" in check_dra(bad)[-1].hint
    assert only(check_dra(claim(alternatives, config=[config | {"requests": ["acc"]}]))).rule == "strict-config-request"


@pytest.mark.parametrize("name", ["family", "a.b/c-d", "a b/c", "/c", "a.b/", "a.b/" + "x" * 33, "x" * 64 + "/c"])
def test_attributes_of_constraints_are_fully_qualified(name: str) -> None:
    problems = check_dra(claim(exactly(), constraints=[{"matchAttribute": name}]))
    assert {problem.path for problem in problems} == {"spec.devices.constraints[0].matchAttribute"}


def test_admin_access_needs_a_label_on_the_namespace() -> None:
    manifest = claim(exactly(adminAccess=True))
    assert only(check_dra(manifest)).severity == "warning"
    assert only(check_dra(manifest, namespace_labels={})).severity == "error"
    assert check_dra(manifest, namespace_labels={"resource.kubernetes.io/admin-access": "true"}) == []


def test_a_request_of_v1beta1_has_no_exactly() -> None:
    manifest = claim({"name": "gpu", "deviceClassName": "Gpu"}) | {"apiVersion": "resource.k8s.io/v1beta1"}
    assert only(check_dra(manifest)).path == "spec.devices.requests[0].deviceClassName"


@pytest.mark.parametrize(("name", "valid"), [("intel.com/gpu", True), ("gpu", False), ("kubernetes.io/gpu", False), ("requests.x.com/gpu", False)])
def test_extended_resource_names(name: str, valid: bool) -> None:
    manifest = {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "a"}, "spec": {"extendedResourceName": name}}
    assert (not check_dra(manifest)) is valid


def resource_slice(**device: Any) -> dict[str, Any]:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": "a"},
        "spec": {
            "driver": "gpu.intel.com",
            "pool": {"name": "node-1", "generation": 1, "resourceSliceCount": 1},
            "nodeName": "node-1",
            "devices": [{"name": "gpu-0"} | device],
        },
    }


@pytest.mark.parametrize(
    ("device", "path"),
    [
        ({"name": "GPU"}, "name"),
        ({"attributes": {"a-b": {"bool": True}}}, "attributes"),
        ({"attributes": {"a": {}}}, "attributes.a"),
        ({"attributes": {"a": {"bool": True, "int": 1}}}, "attributes.a"),
        ({"attributes": {"a": {"version": "1.2"}}}, "attributes.a.version"),
        ({"attributes": {"a": {"string": "x" * 65}}}, "attributes.a.string"),
        ({"attributes": {f"a{i}": {"bool": True} for i in range(33)}}, ""),
        ({"capacity": {"m": {"value": "1", "requestPolicy": {"default": "1"}}}}, "capacity.m.requestPolicy"),
        ({"taints": [{"key": "a", "effect": "Some"}]}, "taints[0].effect"),
        ({"taints": [{"key": "", "effect": "None"}]}, "taints[0].key"),
        ({"consumesCounters": [{"counterSet": "c", "counters": {"A": {"value": "1"}}}]}, "consumesCounters[0].counters"),
        ({"nodeName": "x"}, ""),
        ({"bindingConditions": ["a"]}, "bindingFailureConditions"),
    ],
)
def test_a_wrong_device_is_reported_with_its_place(device: dict[str, Any], path: str) -> None:
    problem = only(check_dra(resource_slice(**device)))
    assert problem.path == f"spec.devices[0].{path}".rstrip(".")


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ({"default": "1Gi", "validRange": {"min": "1Gi", "max": "4Gi", "step": "1Gi"}}, None),
        ({"default": "1Gi", "validRange": {"min": "1Gi", "max": "4Gi", "step": "3Gi"}}, None),
        ({"default": "1Gi", "validRange": {"min": "1Gi", "max": "4Gi", "step": "2Gi"}}, "validRange.step"),
        ({"default": "1Gi", "validRange": {"min": "2Gi"}}, "validRange.default"),
        ({"default": "1Gi", "validRange": {"min": "1Gi", "max": "32Gi"}}, "validRange.max"),
        ({"default": "1Gi", "validRange": {"max": "2Gi"}}, "validRange.min"),
        ({"validRange": {"min": "1Gi"}}, "default"),
        ({"default": "1Gi", "validValues": ["1Gi", "2Gi"]}, None),
        ({"default": "3Gi", "validValues": ["1Gi", "2Gi"]}, "validValues"),
        ({"default": "1Gi", "validValues": ["1Gi", "1024Mi"]}, "validValues[1]"),
        ({"default": "1Gi", "validValues": ["1Gi"], "validRange": {"min": "1Gi"}}, ""),
    ],
)
def test_request_policies(policy: dict[str, Any], path: str | None) -> None:
    device = {"allowMultipleAllocations": True, "capacity": {"memory": {"value": "16Gi", "requestPolicy": policy}}}
    place = "spec.devices[0].capacity.memory.requestPolicy"
    found = [problem.path for problem in check_dra(resource_slice(**device))]
    assert found == ([] if path is None else [f"{place}.{path}".rstrip(".")])


def test_counters_and_devices_share_a_slice_only_before_1_35() -> None:
    manifest = resource_slice()
    manifest["spec"]["sharedCounters"] = [{"name": "c", "counters": {"a": {"value": "1"}}}]
    assert check_dra(manifest, version="1.34") == []
    assert only(check_dra(manifest, version="1.35")).path == "spec"


def test_a_slice_says_in_one_way_where_its_devices_are() -> None:
    manifest = resource_slice()
    manifest["spec"]["allNodes"] = True
    assert only(check_dra(manifest)).path == "spec"
    del manifest["spec"]["allNodes"], manifest["spec"]["nodeName"]
    assert only(check_dra(manifest)).path == "spec"


def test_other_kinds_are_no_business_of_these_rules() -> None:
    assert check_dra({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "_"}}) == []


def test_a_server_agrees_on_every_recorded_object(shared: Path) -> None:
    for score in scores(shared):
        assert score.short == []


def _values(value: Any) -> list[tuple[Any, Any]]:
    """Every mapping or list in an object, with each of its keys or indices."""
    if isinstance(value, dict):
        return [(value, key) for key in value] + [pair for inner in value.values() for pair in _values(inner)]
    if isinstance(value, list):
        return [(value, index) for index in range(len(value))] + [pair for inner in value for pair in _values(inner)]
    return []


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 10**30, 1.5, float("nan"), "", "a/b/c", "é", "x" * 300, [], {}, [[]], {"": None}, {"a": [{}]}, [1, "a", {}]]
)
FULL = [
    claim(
        exactly(tolerations=[{"key": "a"}], capacity={"requests": {"m": "1"}}, selectors=[{"cel": {"expression": "true"}}], count=1),
        {"name": "b", "firstAvailable": [{"name": "c", "deviceClassName": "d"}]},
        constraints=[{"matchAttribute": "a.b/c", "requests": ["b/c"]}],
        config=[{"opaque": {"driver": "a.com", "parameters": {"a": 1}}, "requests": ["gpu"]}],
    ),
    resource_slice(
        attributes={"a": {"string": "x"}, "b": {"ints": [1]}}, taints=[{"key": "a", "effect": "None"}], allowMultipleAllocations=True,
        capacity={"m": {"value": "8", "requestPolicy": {"default": "1", "validRange": {"min": "1", "max": "4", "step": "1"}}}},
        consumesCounters=[{"counterSet": "c", "counters": {"a": {"value": "1"}}}], bindingConditions=["a"], bindingFailureConditions=["b"],
    ),
    {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "a", "labels": {"a": "b"}},
     "spec": {"extendedResourceName": "a.b/c"}},
    {"apiVersion": "resource.k8s.io/v1alpha3", "kind": "DeviceTaintRule", "metadata": {"name": "a"},
     "spec": {"deviceSelector": {"driver": "a", "pool": "b", "device": "c"}, "taint": {"key": "a", "effect": "None"}}},
]  # fmt: skip


@given(st.sampled_from(FULL), st.lists(st.tuples(st.integers(0, 200), JUNK), min_size=1, max_size=3))
def test_no_shape_of_an_object_crashes_the_rules(manifest: dict[str, Any], changes: list[tuple[int, Any]]) -> None:
    broken = copy.deepcopy(manifest)
    for number, junk in changes:
        places = _values(broken)
        if places:
            owner, key = places[number % len(places)]
            owner[key] = copy.deepcopy(junk)
    for problem in check_dra(broken, version="1.36"):
        assert problem.message
    assert isinstance(json.dumps([problem.path for problem in refusals(broken)]), str)


@pytest.mark.parametrize(
    ("selector", "fine"),
    [
        ({"nodeSelectorTerms": []}, False),
        ({"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.uid", "operator": "In", "values": ["a"]}]}]}, False),
        ({"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a"]}]}]}, True),
    ],
)
def test_nodes_of_one_device_are_selected_as_nodes_of_a_pod_are(selector: dict[str, Any], fine: bool) -> None:
    device = {"name": "a", "nodeSelector": selector}
    spec = {"driver": "a.b", "pool": {"name": "p", "resourceSliceCount": 1}, "perDeviceNodeSelection": True, "devices": [device]}
    manifest = {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": "a"}, "spec": spec}
    assert (check_dra(manifest) == []) is fine
