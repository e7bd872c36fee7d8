"""Mistakes that vendors' own examples hold, each rebuilt in the smallest manifest that shows it."""

from typing import Any

import pytest

from constructs_dra.checks import Setting, check_manifests


def claim(exactly: dict[str, Any], **devices: Any) -> dict[str, Any]:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaimTemplate",
        "metadata": {"name": "claim"},
        "spec": {"spec": {"devices": {"requests": [{"name": "gpu", "exactly": exactly}]} | devices}},
    }


def selecting(device_class: str, expression: str) -> dict[str, Any]:
    return claim({"deviceClassName": device_class, "selectors": [{"cel": {"expression": expression}}]})


OUTSIDE_EXACTLY = claim({}) | {"spec": {"spec": {"devices": {"requests": [{"name": "gpu", "deviceClassName": "gaudi.intel.com"}]}}}}
LOWER_CASE = {
    "apiversion": "v1",
    "kind": "Pod",
    "metadata": {"name": "a"},
    "spec": {"restartpolicy": "Never", "containers": [{"name": "a", "image": "b"}], "resourceclaims": [{"name": "gpu"}]},
}
INDENTED = claim({"deviceClassName": "gpu.intel.com", "selectors": [{"cel": None, "expression": "true"}]})
BETA = {
    "apiVersion": "resource.k8s.io/v1beta1",
    "kind": "ResourceClaim",
    "metadata": {"name": "a"},
    "spec": {"devices": {"requests": [{"name": "tpu", "deviceClassName": "tpu.google.com", "allocationMode": "All"}]}},
}


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (selecting("gpu.intel.com", 'device.attributes["gpu.intel.com"].family == "Flex"'), "'Data Center Flex'"),
        (selecting("gpu.intel.com", 'device.attributes["gpu.intel.com"].health == true'), "health"),
        (selecting("rdma", 'device.attributes["dra.net/rdma"].bool == true'), 'device.attributes["dra.net"].rdma'),
        (OUTSIDE_EXACTLY, "it belongs inside 'exactly'"),
        (LOWER_CASE, "did you mean 'apiVersion'?"),
        (LOWER_CASE, "did you mean 'restartPolicy'?"),
        (LOWER_CASE, "did you mean 'resourceClaims'?"),
        (INDENTED, "it belongs inside 'cel'"),
        (BETA, "use resource.k8s.io/v1"),
        (
            claim({"deviceClassName": "gpu.amd.com", "count": 2}, constraints=[{"matchAttribute": "gpu.amd.com/pciaddr"}]),
            "never publishes gpu.amd.com/pciaddr",
        ),
    ],
)
def test_it_is_an_error_with_a_hint(manifest: dict[str, Any], words: str) -> None:
    errors = [str(problem) for problem in check_manifests([manifest], Setting(version="1.36")) if problem.severity == "error"]
    assert any(words in error for error in errors), errors


def test_a_toleration_with_only_an_effect_is_warned_of() -> None:
    found = check_manifests([claim({"deviceClassName": "gaudi.intel.com", "tolerations": [{"effect": "NoExecute"}]})], Setting(version="1.36"))
    assert [problem.rule for problem in found] == ["strict-toleration-value"]


def test_objects_of_one_example_in_two_namespaces_do_not_meet() -> None:
    template = claim({"deviceClassName": "vfio.gpu.nvidia.com"})
    template["metadata"]["namespace"] = "gpu-test-vfio"
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "gpu-test-vfio-config"},
        "spec": {
            "containers": [{"name": "a", "image": "b", "resources": {"claims": [{"name": "gpu"}]}}],
            "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "claim"}],
        },
    }
    errors = [problem for problem in check_manifests([template, pod]) if problem.severity == "error"]
    assert [problem.rule for problem in errors] == ["reference"]
