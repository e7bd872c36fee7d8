"""Public functions of placement say what is wrong with whatever they are called with; they end in no other error, and none goes on without end."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.errors import SpecError
from constructs_dra.placement import DevicesInUse, Features, Fleet, Inventory, Node, NodeDevices, allocate, devices_of, plan
from constructs_dra.placement.nodes import NodeTaint
from tests.junk import JUNK
from tests.placement.builders import claim, cluster, deployment, gpus, node, request, slice_of, template

INVENTORY = cluster(slice_of("n1", gpus(2)), nodes=(node("n1"),))
MANIFESTS = [template(request()), deployment()]
CLAIM = claim(request())

CALLS: dict[str, Callable[[Any], object]] = {
    "plan(…)": lambda junk: plan(junk, INVENTORY),
    "plan([…])": lambda junk: plan([*MANIFESTS, junk], INVENTORY),
    "plan(inventory)": lambda junk: plan(MANIFESTS, junk),
    "plan(features=…)": lambda junk: plan(MANIFESTS, INVENTORY, features=junk),
    "plan(budget=…)": lambda junk: plan(MANIFESTS, INVENTORY, budget=junk),
    "plan(explaining=…)": lambda junk: plan(MANIFESTS, INVENTORY, explaining=junk),
    "plan(sources=…)": lambda junk: plan(MANIFESTS, INVENTORY, sources=junk),
    "allocate(…)": lambda junk: allocate(junk, INVENTORY, node="n1"),
    "allocate([…])": lambda junk: allocate([junk], INVENTORY, node="n1"),
    "allocate(inventory)": lambda junk: allocate([CLAIM], junk, node="n1"),
    "allocate(node=…)": lambda junk: allocate([CLAIM], INVENTORY, node=junk),
    "allocate(features=…)": lambda junk: allocate([CLAIM], INVENTORY, node="n1", features=junk),
    "allocate(in_use=…)": lambda junk: allocate([CLAIM], INVENTORY, node="n1", in_use=junk),
    "allocate(budget=…)": lambda junk: allocate([CLAIM], INVENTORY, node="n1", budget=junk),
    "Inventory.from_manifests(…)": Inventory.from_manifests,
    "Inventory.from_manifests([…])": lambda junk: Inventory.from_manifests([junk]),
    "Inventory.from_manifests(sources=…)": lambda junk: Inventory.from_manifests([{"apiVersion": "v1", "kind": "Node"}], sources=junk),
    "Inventory.from_files(…)": Inventory.from_files,
    "Inventory.from_files([…])": lambda junk: Inventory.from_files([junk]),
    "devices_of(…)": devices_of,
    "Fleet.add_class(…)": lambda junk: Fleet().add_class(junk).manifests(),
    "Features.of_version(…)": Features.of_version,
    "Features.of_gates(…)": Features.of_gates,
}
RECORDS: tuple[tuple[Callable[..., object], dict[str, Any], tuple[str, ...]], ...] = (
    (Inventory, {}, ("slices", "classes", "nodes", "claims", "claim_templates", "pods", "namespaces", "problems")),
    (Node, {"name": "n"}, ("name", "labels", "taints", "unschedulable", "allocatable")),
    (NodeTaint, {"key": "k"}, ("key", "value", "effect")),
    (DevicesInUse, {}, ("devices", "shared", "capacity")),
    (NodeDevices, {"driver": "gpu.example.com", "devices": ()}, ("driver", "devices")),
    (Features, {}, ("admin_access", "known_defects")),
    (Fleet().nodes, {"name": "n"}, ("name", "count", "devices", "cpu", "memory", "pods", "labels", "taints")),
    (devices_of, {"driver": "gpu.intel.com"}, ("count", "memory", "prefix", "model")),
)


def called(make: Callable[..., object], others: dict[str, Any], field: str) -> Callable[[Any], object]:
    return lambda junk: make(**{**others, field: junk})


CALLS |= {f"{make.__name__}({field}=…)": called(make, others, field) for make, others, fields in RECORDS for field in fields}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@settings(max_examples=40, deadline=2000)
@given(junk=st.sampled_from(JUNK))
def test_junk_is_named(call: Callable[[Any], object], junk: Any) -> None:
    try:
        call(junk)
    except SpecError as error:
        for problem in error.problems:
            assert problem.message
            assert problem.path or problem.source or "manifests" in problem.message or "inventory" in problem.message or "place" in problem.message
            assert len(str(problem)) < 2_000
            assert str(problem).encode(errors="surrogatepass")


def test_one_path_is_not_a_list_of_letters() -> None:
    with pytest.raises(SpecError, match=r"paths: must be a list of paths, not 'cluster\.yaml'"):
        Inventory.from_files("cluster.yaml")


def test_a_fleet_without_end_is_refused() -> None:
    with pytest.raises(SpecError, match="count"):
        Fleet().nodes("n", count=2**70)
    with pytest.raises(SpecError, match="count"):
        devices_of("gpu.intel.com", 2**70)
