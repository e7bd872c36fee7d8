"""Workloads in queues of Kueue, and the claim templates that NVIDIA's driver makes."""

from copy import deepcopy
from typing import Any

import pytest

from constructs_dra import Claim, Container, Kueue, ModelArtifacts, ModelService, NvidiaGpu, NvlinkDomain, Parallelism, Role
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.manifest import Manifest

QUEUE: Manifest = {
    "apiVersion": "kueue.x-k8s.io/v1beta2",
    "kind": "LocalQueue",
    "metadata": {"name": "team", "namespace": "models"},
    "spec": {"clusterQueue": "gpus"},
}
QUOTA: Manifest = {
    "apiVersion": "kueue.x-k8s.io/v1beta2",
    "kind": "ClusterQueue",
    "metadata": {"name": "gpus"},
    "spec": {
        "namespaceSelector": {},
        "resourceGroups": [
            {
                "coveredResources": ["cpu", "memory"],
                "flavors": [{"name": "all", "resources": [{"name": "cpu", "nominalQuota": 9}, {"name": "memory", "nominalQuota": "99Gi"}]}],
            }
        ],
    },
}
OPEN = [{"name": "gpu", "firstAvailable": [{"name": "a", "deviceClassName": "gpu.nvidia.com"}]}]


def service(**fields: Any) -> ModelService:
    parts = fields.pop("parts", ())
    server = Container.vllm("vllm/vllm-openai:v0.20.0")
    role = Role(claims=[Claim("gpu", NvidiaGpu())], containers=[server], **fields)
    return ModelService("llama", namespace="models", model=ModelArtifacts.hf("a/b"), decode=role, parts=parts)


def by_kind(made: list[Manifest]) -> dict[str, Manifest]:
    return {item["kind"]: item for item in made}


def container(made: dict[str, Manifest]) -> Manifest:
    first: Manifest = made["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    return first


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda it: it, None),
        (lambda it: it["LocalQueue"]["metadata"].update(name="teams"), "reference"),
        (lambda it: it["LocalQueue"]["spec"].update(clusterQueue="gpu"), "reference"),
        (lambda it: it["ResourceClaimTemplate"]["spec"]["spec"]["devices"].update(requests=OPEN), "queue-first-available"),
        (lambda it: container(it)["resources"].update(limits={"example.com/nic": 1}), "queue-quota"),
    ],
)
def test_a_broken_side_of_a_queue_is_found(change: Any, rule: str | None) -> None:
    made = [*service(parts=[Kueue("team")]).manifests(), deepcopy(QUEUE), deepcopy(QUOTA)]
    change(by_kind(made))
    found = [problem.rule for problem in check_manifests(made, Setting(complete=True)) if problem.rule.startswith(("queue", "reference"))]
    assert found == ([rule] if rule else [])


def test_pods_name_the_template_that_the_driver_makes_for_their_domain() -> None:
    with_domain = ModelService(
        "llama",
        namespace="models",
        model=ModelArtifacts.hf("a/b"),
        decode=Role(
            claims=[Claim("gpu", NvidiaGpu())],
            containers=[Container.vllm("vllm/vllm-openai:v0.20.0")],
            parallelism=Parallelism(tensor=16, nodes=2),
            parts=[NvlinkDomain()],
        ),
    ).manifests()
    assert [problem.message for problem in check_manifests(with_domain, Setting(complete=True)) if problem.rule == "reference"] == []
    by_kind(with_domain)["ComputeDomain"]["spec"]["channel"]["resourceClaimTemplate"]["name"] = "other"
    assert {problem.rule for problem in check_manifests(with_domain, Setting(complete=True)) if "ResourceClaimTemplate" in problem.message} == {
        "reference"
    }
