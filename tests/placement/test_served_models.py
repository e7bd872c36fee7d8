"""A plan says where a model does not fit the devices its pods were given."""

from typing import Any

import pytest

from constructs_dra.placement import Inventory, plan


def cluster(memory: str, count: int = 2) -> Inventory:
    devices = [
        {
            "name": f"gpu-{index}",
            "attributes": {"productName": {"string": "NVIDIA X"}, "type": {"string": "gpu"}},
            "capacity": {"memory": {"value": memory}},
        }
        for index in range(count)
    ]
    pool = {"name": "n", "generation": 1, "resourceSliceCount": 1}
    return Inventory.from_manifests(
        [
            {
                "apiVersion": "resource.k8s.io/v1",
                "kind": "ResourceSlice",
                "metadata": {"name": "s"},
                "spec": {"driver": "gpu.nvidia.com", "nodeName": "n", "pool": pool, "devices": devices},
            },
            {
                "apiVersion": "resource.k8s.io/v1",
                "kind": "DeviceClass",
                "metadata": {"name": "gpu.nvidia.com"},
                "spec": {"selectors": [{"cel": {"expression": "device.driver == 'gpu.nvidia.com'"}}]},
            },
        ]
    )


def manifests(model: str, *args: str, count: int = 1) -> list[dict[str, Any]]:
    claim = {"devices": {"requests": [{"name": "gpu", "exactly": {"deviceClassName": "gpu.nvidia.com", "count": count}}]}}
    container = {
        "name": "v",
        "image": "vllm/vllm-openai:v0.26.0",
        "command": ["vllm", "serve"],
        "args": [model, *args],
        "resources": {"claims": [{"name": "gpu"}]},
    }
    spec = {"containers": [container], "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "gpu"}]}
    return [
        {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimTemplate", "metadata": {"name": "gpu"}, "spec": {"spec": claim}},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "a"},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": spec}},
        },
    ]


@pytest.mark.parametrize(
    ("memory", "args", "count", "rules"),
    [
        ("80Gi", [], 1, ["engine-memory-margin"]),
        ("40Gi", [], 1, ["engine-memory-weights"]),
        ("40Gi", ["-tp=2", "--max-model-len=4096"], 2, ["engine-memory-margin"]),
        ("80Gi", ["-tp=2"], 2, []),
    ],
)
def test_models_against_the_devices_pods_were_given(memory: str, args: list[str], count: int, rules: list[str]) -> None:
    answer = plan(manifests("Qwen/Qwen3-32B", *args, count=count), cluster(memory))
    assert answer.fits
    assert [problem.rule for problem in answer.problems] == rules


def test_it_says_that_the_nodes_would_do() -> None:
    (problem,) = plan(manifests("Qwen/Qwen3-32B"), cluster("24Gi")).problems
    assert problem.severity == "error"
    assert problem.message.startswith("fits on the nodes, but not in the devices (NVIDIA X): Qwen/Qwen3-32B needs 61.0 GiB")
    assert problem.source == "Deployment/a"


def test_what_is_not_known_is_not_judged() -> None:
    assert plan(manifests("nobody/knows"), cluster("24Gi")).problems == ()
