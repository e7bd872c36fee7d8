"""`constructs-dra plan` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from constructs_dra.cli import main
from constructs_dra.drivers import intel
from constructs_dra.manifest import to_yaml
from constructs_dra.placement import Fleet, devices_of
from tests.placement.builders import deployment, request, template


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "cluster.yaml"
    path.write_text(to_yaml(Fleet().nodes("gaudi", count=2, devices=devices_of(intel.gaudi, 2, model="Gaudi3")).manifests()))
    return path


def run(tmp_path: Path, inventory: Path, replicas: int, *options: str, **wanted: Any) -> Result:
    manifests = tmp_path / "app.yaml"
    manifests.write_text(to_yaml([template(request(**{"deviceClassName": "gaudi.intel.com", "count": 2, **wanted})), deployment("llama", replicas)]))
    return CliRunner().invoke(main, ["plan", str(manifests), "--inventory", str(inventory), *options])


def test_pods_that_fit_are_listed_with_node_and_devices(tmp_path: Path, inventory: Path) -> None:
    result = run(tmp_path, inventory, 2)
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "WORKLOAD          REPLICA  POD      NODE     DEVICES\n"
        "Deployment/llama  0        llama-0  gaudi-0  gpu=dev-0,dev-1\n"
        "Deployment/llama  1        llama-1  gaudi-1  gpu=dev-0,dev-1\n"
        "\n"
        "Deployment/llama: 2 of 2 replicas placed\n"
        "\n"
        "left:\n"
        "  gaudi.intel.com: 0 of 4 devices free\n"
        "  Deployment/llama: 0 more replicas would fit\n"
        "\n"
        "planned for Kubernetes 1.36\n"
    )


def test_what_does_not_fit_gives_exit_1_and_the_reasons(tmp_path: Path, inventory: Path) -> None:
    result = run(tmp_path, inventory, 1, count=3)
    assert result.exit_code == 1
    assert "llama-0: 0/2 nodes are available: 2 cannot allocate all claims." in result.stdout
    assert "gaudi-0, gaudi-1: request gpu wants 3 devices: 2 in the class" in result.stdout
    assert "would fit on gaudi-0: ask for 2 instead of 3 devices in request gpu" in result.stdout


def test_reasons_can_be_left_out(tmp_path: Path, inventory: Path) -> None:
    result = run(tmp_path, inventory, 1, "--no-explain", count=3)
    assert result.exit_code == 1
    assert "would fit" not in result.stdout.split("left:")[0]


def test_machines_get_the_same_as_json(tmp_path: Path, inventory: Path) -> None:
    result = run(tmp_path, inventory, 3, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert answer["fits"] is False
    assert answer["kubernetes"] == "1.36"
    workload = answer["workloads"][0]
    assert (workload["placed"], workload["replicas"]) == (2, 3)
    assert workload["pods"][0]["claims"][0]["allocation"]["devices"]["results"][0]["device"] == "dev-0"
    assert workload["unplaced"][0]["reasons"] == {"cannot allocate all claims": ["gaudi-0", "gaudi-1"]}
    assert workload["explanations"][0]["changes"] == [{"what": "add a node like gaudi-0", "node": ""}]
    assert answer["more"] == [{"workload": "Deployment/llama", "namespace": "default", "replicas": 0, "atLeast": False}]


def test_wrong_input_is_named_and_nothing_is_planned(tmp_path: Path, inventory: Path) -> None:
    lonely = tmp_path / "lonely.yaml"
    lonely.write_text(to_yaml(deployment()))
    result = CliRunner().invoke(main, ["plan", str(lonely), "-i", str(inventory)])
    assert result.exit_code == 1
    assert "names ResourceClaimTemplate 'gpus', which does not exist" in result.stderr
    assert result.stdout == ""


def test_an_empty_inventory_is_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("apiVersion: v1\nkind: List\nitems: []\n")
    result = run(tmp_path, empty, 1, "--json")
    assert result.exit_code == 1
    assert "the inventory is empty" in json.loads(result.stdout)["problems"][0]["message"]


def test_an_inventory_is_required(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["plan", str(tmp_path / "x.yaml")]).exit_code == 2


def test_running_out_of_search_steps_is_shown(tmp_path: Path, inventory: Path) -> None:
    result = run(tmp_path, inventory, 1, "--budget", "1")
    assert result.exit_code == 1
    assert "not known: search budget used up" in result.stdout


def test_features_follow_the_version_of_the_cluster(tmp_path: Path, inventory: Path) -> None:
    shares = {"capacity": {"requests": {"memory": "1Gi"}}}
    assert "the DRAConsumableCapacity feature is disabled" in run(tmp_path, inventory, 1, "--kubernetes", "1.34", **shares).stdout
    assert "the DRAConsumableCapacity feature is disabled" not in run(tmp_path, inventory, 1, **shares).stdout
    assert run(tmp_path, inventory, 1, "--kubernetes", "0.9").exit_code == 2


def test_the_defects_of_older_allocators_can_be_asked_for(tmp_path: Path, inventory: Path) -> None:
    assert run(tmp_path, inventory, 2, "--known-defects").exit_code == 0


def test_names_from_files_neither_colour_nor_forge_what_is_printed(tmp_path: Path) -> None:
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n\x1b[31m\nerror: forged", "labels": {"zone": "\x1b]0;title\x07"}},
        "status": {"allocatable": {"cpu": "1", "memory": "1Gi", "pods": "1"}},
    }
    path = tmp_path / "cluster.yaml"
    path.write_text(to_yaml([node]))
    result = run(tmp_path, path, 2)
    assert "\x1b" not in result.output
    assert "\nerror: forged" not in result.output
