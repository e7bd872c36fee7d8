import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from constructs_dra.cli import main
from constructs_dra.kubernetes.gates import GATES


def run(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["kubeadm", *arguments], input=stdin)


def claim(**body: Any) -> str:
    manifest = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": "gpu"},
        "spec": {"devices": {"requests": [{"name": "gpu", "exactly": {"deviceClassName": "gpu.intel.com"} | body}]}},
    }
    return yaml.safe_dump(manifest)


def test_what_a_claim_needs_is_turned_on_where_it_is_off() -> None:
    result = run("--kubernetes", "1.34.1", "-", stdin=claim(capacity={"requests": {"memory": "1Gi"}}, adminAccess=True))
    assert result.exit_code == 0
    cluster, kubelet = yaml.safe_load_all(result.stdout)
    assert cluster["apiVersion"] == "kubeadm.k8s.io/v1beta4"
    assert cluster["kubernetesVersion"] == "v1.34.1"
    for component in ("apiServer", "controllerManager", "scheduler"):
        assert cluster[component]["extraArgs"] == [{"name": "feature-gates", "value": "DRAConsumableCapacity=true"}]
    assert kubelet["featureGates"] == {"DRAConsumableCapacity": True}
    assert "already on: DRAAdminAccess" in result.stderr


def test_what_is_on_or_locked_already_is_not_printed() -> None:
    result = run("--kubernetes", "1.36", "-", stdin=claim(capacity={"requests": {"memory": "1Gi"}}, adminAccess=True))
    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout) == {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "kubernetesVersion": "stable-1.36",
    }
    assert "nothing to turn on" in result.stderr


@pytest.mark.parametrize(
    ("version", "gates"),
    [("1.34", "DRADeviceTaints=true"), ("1.35", "DRADeviceTaintRules=true,DRADeviceTaints=true"), ("1.36", "DRADeviceTaintRules=true")],
)
def test_taint_rules_need_their_api_served(version: str, gates: str) -> None:
    rule = "apiVersion: resource.k8s.io/v1alpha3\nkind: DeviceTaintRule\nmetadata: {name: a}\n"
    result = run("--kubernetes", version, "-", stdin=rule)
    assert result.exit_code == 0
    assert yaml.safe_load_all(result.stdout).__next__()["apiServer"]["extraArgs"] == [
        {"name": "feature-gates", "value": gates},
        {"name": "runtime-config", "value": "resource.k8s.io/v1alpha3=true"},
    ]


def test_what_a_version_cannot_have_is_reported_and_nothing_is_printed() -> None:
    result = run("--kubernetes", "1.35", "-", stdin=claim(derivedAttributes=[{"name": "a", "expression": "1"}]))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "DRADerivedAttributes" in result.stderr
    assert "Kubernetes 1.37" in result.stderr
    assert run("--kubernetes", "1.34", "-", stdin="apiVersion: resource.k8s.io/v1\nkind: DeviceTaintRule\nmetadata: {name: a}\n").exit_code == 1


def test_a_gate_brings_those_it_does_not_start_without() -> None:
    group = "apiVersion: scheduling.k8s.io/v1beta1\nkind: PodGroup\nmetadata: {name: a}\nspec: {schedulingConstraints: {topology: [{key: zone}]}}\n"
    result = run("--kubernetes", "1.37", "--json", "-", stdin=group)
    assert json.loads(result.stdout)["gates"] == ["GenericWorkload", "TopologyAwareWorkloadScheduling"]
    result = run("--kubernetes", "1.37", "--feature-gates", "DRAPartitionableDevicesType=true", "--json")
    assert json.loads(result.stdout)["gates"] == ["DRAPartitionableDevicesType", "DRAResourcePoolStatus"]


@pytest.mark.parametrize("version", ["1.34", "1.35", "1.36", "1.37", "1.38"])
@pytest.mark.parametrize("gate", sorted(GATES))
def test_no_gate_is_written_that_a_version_does_not_know_or_has_locked(gate: str, version: str) -> None:
    result = run("--kubernetes", version, "--feature-gates", f"{gate}=true", "--json")
    for written in json.loads(result.stdout)["gates"]:
        assert GATES[written].stage(version) != "absent"
        assert not GATES[written].fixed(version)


def test_without_files_only_the_gates_asked_for_are_turned_on() -> None:
    assert run().exit_code == 0
    result = run("--feature-gates", "DRAListTypeAttributes=true", "--json")
    assert json.loads(result.stdout)["gates"] == ["DRAListTypeAttributes"]


def test_wrong_usage_is_status_2(tmp_path: Path) -> None:
    assert run("--kubernetes", "1.20").exit_code == 2
    assert run("--feature-gates", "DRAx=true").exit_code == 2
    assert "did you mean 'ImageVolume'?" in run("--feature-gates", "ImageVolum=true").stderr
    assert run(str(tmp_path / "missing.yaml")).exit_code == 1
