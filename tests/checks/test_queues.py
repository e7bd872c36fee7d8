"""Workloads in queues of Kueue, and the claim templates that NVIDIA's driver makes."""

import json
from copy import deepcopy
from typing import Any

import pytest

from constructs_dra import Claim, Container, Kueue, ModelArtifacts, ModelService, NvidiaGpu, NvlinkDomain, Parallelism, Role
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.checks.collect import collect
from constructs_dra.checks.prerequisites import prerequisites
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
FLAVOR: Manifest = {"apiVersion": "kueue.x-k8s.io/v1beta2", "kind": "ResourceFlavor", "metadata": {"name": "all"}, "spec": {}}
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
    made = [*service(parts=[Kueue("team")]).manifests(), deepcopy(QUEUE), deepcopy(QUOTA), deepcopy(FLAVOR)]
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


def _configuration(**classes: str) -> Manifest:
    mapping = [{"name": name, "deviceClassNames": [device_class]} for name, device_class in classes.items()]
    text = json.dumps({"apiVersion": "config.kueue.x-k8s.io/v1beta2", "kind": "Configuration", "resources": {"deviceClassMappings": mapping}})
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "kueue-manager-config", "namespace": "kueue-system"},
        "data": {"controller_manager_config.yaml": text},
    }


PRIORITY: Manifest = {
    "apiVersion": "kueue.x-k8s.io/v1beta2",
    "kind": "WorkloadPriorityClass",
    "metadata": {"name": "high"},
    "value": 1,
}


def _group(made: dict[str, Manifest]) -> Any:
    return made["ClusterQueue"]["spec"]["resourceGroups"][0]


def _requests(made: dict[str, Manifest], **request: Any) -> None:
    devices = made["ResourceClaimTemplate"]["spec"]["spec"]["devices"]
    devices["requests"] = [{"name": "gpu", "exactly": {"deviceClassName": "gpu.nvidia.com", **request}}]


def _borrowing(made: dict[str, Manifest]) -> None:
    made["ClusterQueue"]["spec"]["cohortName"] = "all"
    _group(made)["flavors"][0]["resources"][-1]["nominalQuota"] = 0


@pytest.mark.parametrize(
    ("change", "rule", "message"),
    [
        (lambda _: None, None, ""),
        (lambda it: it["ResourceFlavor"]["metadata"].update(name="some"), "reference", "there is no ResourceFlavor 'all' here"),
        (lambda it: it["WorkloadPriorityClass"]["metadata"].update(name="hihg"), "reference", "there is no WorkloadPriorityClass 'high' here"),
        (lambda it: it["ClusterQueue"]["spec"].pop("namespaceSelector"), "queue-namespace", "lets no namespace use it"),
        (lambda it: _requests(it, allocationMode="All"), "queue-claim", "asks for all devices (gpu)"),
        (lambda it: _requests(it, adminAccess=True), "queue-claim", "has admin access (gpu)"),
        (lambda it: it["ConfigMap"].update(_configuration(gpus="mig.nvidia.com")), "queue-claim", "does not map to a resource"),
        (lambda it: _group(it)["coveredResources"].remove("gpus"), "queue-quota", "asks for gpus, of which the queue 'team' has no quota"),
        (lambda it: _requests(it, count=5), "queue-quota", "one pod asks for 5 of gpus, and no flavor of the queue 'team' has more than 4"),
        (
            lambda it: container(it)["resources"].setdefault("requests", {}).update(memory="100Gi"),
            "queue-quota",
            "one pod asks for 107374182400 of memory",
        ),
        (lambda it: _group(it)["flavors"][0]["resources"][-1].update(nominalQuota=0), "queue-quota", "no flavor of the queue 'team' has more than 0"),
        (_borrowing, None, ""),
    ],
)
def test_quota_and_devices_agree(change: Any, rule: str | None, message: str) -> None:
    objects = [*service(parts=[Kueue("team", priority_class="high")]).manifests(), deepcopy(QUEUE), deepcopy(QUOTA)]
    objects += [_configuration(gpus="gpu.nvidia.com"), deepcopy(FLAVOR), deepcopy(PRIORITY)]
    made = by_kind(objects)
    _group(made)["coveredResources"].append("gpus")
    _group(made)["flavors"][0]["resources"].append({"name": "gpus", "nominalQuota": 4})
    change(made)
    found = [problem for problem in check_manifests(objects, Setting(complete=True)) if problem.rule.startswith(("queue", "reference"))]
    assert [(problem.rule, message in problem.message) for problem in found] == ([(rule, True)] if rule else [])


def test_queue_and_flavors_are_needed_of_the_cluster() -> None:
    objects = collect([*service(parts=[Kueue("team", priority_class="high")]).manifests(), deepcopy(QUOTA)])
    needed = {str(one) for one in prerequisites(objects)}
    assert {"LocalQueue team in namespace models", "WorkloadPriorityClass high", "ResourceFlavor all"} <= needed
