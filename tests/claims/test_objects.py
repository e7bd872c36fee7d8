"""Device classes, taint rules, extended resources, slices and compute domains."""

import pytest

from constructs_dra import (
    Claim,
    ComputeDomain,
    Device,
    DeviceClass,
    DeviceTaintRule,
    ExistingClaimTemplate,
    ExtendedResource,
    Gaudi,
    IntelGpu,
    NvidiaGpu,
    RdmaNic,
    ResourceSlice,
    SpecError,
)
from constructs_dra.claims import parallelism_problems
from constructs_dra.drivers import dranet, intel, nvidia
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.manifest import Manifest


def _refused(manifest: Manifest, version: str = "1.34") -> list[str]:
    return [
        str(problem) for problem in [*check_object(manifest, version=version), *check_dra(manifest, version=version)] if problem.severity == "error"
    ]


def _paths(make: type, *arguments: object, **fields: object) -> list[str]:
    with pytest.raises(SpecError) as caught:
        make(*arguments, **fields)
    return [problem.path for problem in caught.value.problems]


def test_a_class_tests_the_driver_first() -> None:
    big = DeviceClass("big-gpu", intel.gpu, where=(intel.gpu.memory >= "32Gi") | intel.gpu.sriov, extended_resource_name="example.com/big-gpu")
    manifest = big.manifest()
    assert manifest["spec"] == {
        "selectors": [
            {
                "cel": {
                    "expression": 'device.driver == "gpu.intel.com" && (device.capacity["gpu.intel.com"].memory.compareTo(quantity("32Gi")) >= 0'
                    ' || device.attributes["gpu.intel.com"].sriov)'
                }
            }
        ],
        "extendedResourceName": "example.com/big-gpu",
    }
    assert "namespace" not in manifest["metadata"]
    assert big.implicit_resource_name == "deviceclass.resource.kubernetes.io/big-gpu"
    assert not _refused(manifest)


def test_a_class_carries_configuration() -> None:
    config = dranet.NetworkConfig(interface=dranet.Interface(mtu=9000))
    manifest = DeviceClass("rdma", dranet.nic, where=[dranet.nic.rdma, "device.attributes['dra.net'].rdma"], config=config).manifest()
    assert manifest["spec"]["config"] == [{"opaque": {"driver": "dra.net", "parameters": {"interface": {"mtu": 9000}}}}]
    assert len(manifest["spec"]["selectors"]) == 2
    assert not _refused(manifest)


def test_everything_wrong_in_a_class_is_reported_at_once() -> None:
    found = _paths(
        DeviceClass,
        "Big",
        intel.gpu,
        where=intel.gpu.memory > "1GB",
        config=nvidia.GpuConfig(sharing=nvidia.TimeSlicing()),
        extended_resource_name="gpu",
        labels={"a b": "c"},
    )
    assert found == ["name", "where", "config[0]", "extended_resource_name", "labels['a b']"]


@pytest.mark.parametrize(("kubernetes", "api"), [("1.34", "v1alpha3"), ("1.35", "v1alpha3"), ("1.36", "v1beta2"), ("1.37", "v1"), ("1.38", "v1")])
def test_a_taint_rule_has_the_api_version_that_is_served(kubernetes: str, api: str) -> None:
    rule = DeviceTaintRule("broken", key="example.com/broken", effect="NoExecute", value="yes", driver=intel.gpu, pool="node-1", device="gpu-0")
    manifest = rule.manifest(kubernetes=kubernetes)
    assert manifest["apiVersion"] == f"resource.k8s.io/{api}"
    assert manifest["spec"] == {
        "deviceSelector": {"driver": "gpu.intel.com", "pool": "node-1", "device": "gpu-0"},
        "taint": {"key": "example.com/broken", "value": "yes", "effect": "NoExecute"},
    }
    assert not _refused(manifest, kubernetes)


def test_a_taint_rule_without_sense_is_refused() -> None:
    assert _paths(DeviceTaintRule, "X", key="a b", effect="Never", device="gpu-0") == ["name", "key", "effect", "device"]


def test_extended_resources_by_name_and_by_class() -> None:
    assert ExtendedResource("intel.com/gpu").limits(4) == {"intel.com/gpu": "4"}
    implicit = ExtendedResource.of_class("gpu.intel.com", count=2)
    assert implicit.limits(8) == {"deviceclass.resource.kubernetes.io/gpu.intel.com": "2"}
    for resource in (ExtendedResource("intel.com/gpu"), implicit):
        assert resource.driver is not None
        assert resource.driver.id == "intel-gpu"
    assert _paths(ExtendedResource, "gpu", count=0) == ["resource", "count"]


def test_a_slice_takes_plain_values_and_spells_them_for_kubernetes() -> None:
    manifest = ResourceSlice(
        "node-1",
        nvidia.gpu,
        [Device("gpu-0", {"type": "gpu", "driverVersion": "580.1.0", "resource.kubernetes.io/pcieRoot": "pci0000:00"}, {"memory": "80Gi"})],
    ).manifest()
    (device,) = manifest["spec"]["devices"]
    assert device["attributes"] == {
        "type": {"string": "gpu"},
        "driverVersion": {"version": "580.1.0"},
        "resource.kubernetes.io/pcieRoot": {"string": "pci0000:00"},
    }
    assert device["capacity"] == {"memory": {"value": "80Gi"}}
    assert not _refused(manifest)


def test_a_slice_refuses_what_the_driver_would_not_publish() -> None:
    devices = [Device("gpu-0", {"famly": "x", "sriov": "yes"}, {"memory": "1x", "cores": 1}), Device("gpu-0")]
    assert _paths(ResourceSlice, "node-1", intel.gpu, devices) == [
        "devices[0].attributes['famly']",
        "devices[0].attributes['sriov']",
        "devices[0].capacity['memory']",
        "devices[0].capacity['cores']",
        "devices[1].name",
    ]


def test_a_slice_takes_what_this_library_has_no_name_for() -> None:
    counters = [{"name": "cards", "counters": {"parts": {"value": "4"}}}]
    half = {"consumesCounters": [{"counterSet": "cards", "counters": {"parts": {"value": "2"}}}]}
    shared = ResourceSlice("", "a.example.org", [], pool="rack", slices=2, extra={"allNodes": True, "sharedCounters": counters})
    devices = ResourceSlice("", "a.example.org", [Device("half", extra=half)], name="b", pool="rack", slices=2, extra={"allNodes": True})
    for manifest in (shared.manifest(), devices.manifest()):
        assert not _refused(manifest, "1.36")
    assert _paths(ResourceSlice, "n", "a.example.org", [Device("d", extra={"consumeCounters": []})]) == ["devices[0].extra.consumeCounters"]


def test_a_compute_domain_and_the_channel_its_pods_claim() -> None:
    domain = ComputeDomain("team-a")
    assert domain.manifest(namespace="llm") == {
        "apiVersion": "resource.nvidia.com/v1beta1",
        "kind": "ComputeDomain",
        "metadata": {"name": "team-a", "namespace": "llm"},
        "spec": {"channel": {"resourceClaimTemplate": {"name": "team-a-channel"}}},
    }
    assert domain.claim("channel").pod_claim() == {"name": "channel", "resourceClaimTemplateName": "team-a-channel"}
    assert not domain.claim().computes
    assert _paths(ComputeDomain, "Team", allocation_mode="Some") == ["name", "template_name", "allocation_mode"]


def test_names_of_existing_objects_are_checked() -> None:
    assert _paths(ExistingClaimTemplate, "Gpus", name="a.b", device_class="X", count=0) == ["object_name", "name", "device_class", "count"]


def test_claims_that_bring_too_few_devices_are_found() -> None:
    (problem,) = parallelism_problems([Claim("gaudi2", Gaudi(count=1))], 2, needs="decode.parallelism needs")
    assert problem.message == "claim 'gaudi2' asks for 1 device, but decode.parallelism needs 2 per pod"
    assert problem.rule == "count-parallelism"
    (problem,) = parallelism_problems([Claim("a", Gaudi(count=1)), ExistingClaimTemplate("b", count=2)], 2)
    assert "together: asks for 3 devices" in problem.message


def test_claims_that_follow_or_give_a_reason_or_do_not_compute_are_fine() -> None:
    nic = Claim("nic", RdmaNic(device_class="rdma", count=4))
    assert not parallelism_problems([Claim("a", NvidiaGpu()), nic], 8)
    assert not parallelism_problems([Claim("a", Gaudi(count=1, count_reason="one per pod is right here"))], 2)
    assert not parallelism_problems([Claim("a", Gaudi(allocation_mode="All"))], 2)
    assert not parallelism_problems([nic], 2)
    assert not parallelism_problems([ExistingClaimTemplate("unknown")], 2)
    assert not parallelism_problems([], 2)


def test_alternatives_with_different_counts_are_compared_one_by_one() -> None:
    from constructs_dra import FirstAvailable  # noqa: PLC0415

    claim = Claim("any", FirstAvailable("acc", Gaudi(count=2), IntelGpu(count=4)))
    (problem,) = parallelism_problems([claim], 2)
    assert "asks for 2 or 4 devices" in problem.message
