"""Queues of Kueue, and NVLink over several nodes."""

from copy import deepcopy
from typing import Any

import pytest

from constructs_dra import (
    Claim,
    Container,
    FirstAvailable,
    IntelGpu,
    KueueQueue,
    ModelArtifacts,
    ModelService,
    MultiNodeNvlink,
    NvidiaGpu,
    Parallelism,
    Requester,
    Role,
    SpecError,
)
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.manifest import Manifest

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")
EITHER = Claim("gpu", FirstAvailable("any", NvidiaGpu("nvidia"), IntelGpu("intel")))
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


def service(*parts: Any, role_parts: tuple[Any, ...] = (), claim: Claim | None = None, **fields: Any) -> ModelService:
    parallelism = fields.pop("parallelism", Parallelism())
    role = Role(claims=[claim or Claim("gpu", NvidiaGpu())], containers=[SERVER], parts=role_parts, parallelism=parallelism)
    return ModelService("llama", namespace="models", model=ModelArtifacts.hf("a/b"), decode=role, parts=parts, **fields)


def by_kind(made: list[Manifest]) -> dict[str, Manifest]:
    return {item["kind"]: item for item in made}


@pytest.mark.parametrize("parallelism", [Parallelism(), Parallelism(tensor=16, nodes=2)])
def test_the_workload_says_its_queue(parallelism: Parallelism) -> None:
    made = by_kind(service(KueueQueue("team", priority_class="high"), parallelism=parallelism).manifests())
    workload = made.get("Deployment") or made["LeaderWorkerSet"]
    assert workload["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "team"
    assert workload["metadata"]["labels"]["kueue.x-k8s.io/priority-class"] == "high"


def test_pods_of_requesters_queue_by_themselves() -> None:
    made = by_kind(service(KueueQueue("team"), requester=Requester(image="example.com/requester:1")).manifests())
    labels = made["ReplicaSet"]["spec"]["template"]["metadata"]["labels"]
    assert labels["kueue.x-k8s.io/queue-name"] == "team"


def test_alternatives_cannot_be_queued() -> None:
    with pytest.raises(SpecError) as caught:
        service(KueueQueue("team"), claim=EITHER)
    assert [problem.rule for problem in caught.value.problems] == ["queue-first-available"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda it: it, None),
        (lambda it: it["LocalQueue"]["metadata"].update(name="teams"), "reference"),
        (lambda it: it["LocalQueue"]["spec"].update(clusterQueue="gpu"), "reference"),
        (lambda it: it["ResourceClaimTemplate"]["spec"]["spec"]["devices"].update(requests=OPEN), "queue-first-available"),
        (
            lambda it: it["Deployment"]["spec"]["template"]["spec"]["containers"][0]["resources"].update(limits={"example.com/nic": 1}),
            "queue-quota",
        ),
    ],
)
def test_a_broken_side_of_a_queue_is_found(change: Any, rule: str | None) -> None:
    made = [*service(KueueQueue("team")).manifests(), deepcopy(QUEUE), deepcopy(QUOTA)]
    change(by_kind(made))
    found = {problem.rule for problem in check_manifests(made, Setting(complete=True)) if problem.rule.startswith(("queue", "reference"))}
    assert {name for name in found if name != "reference" or rule == "reference"} == ({rule} if rule else set())


def test_pods_name_the_template_that_the_driver_makes_for_their_domain() -> None:
    made = service(role_parts=(MultiNodeNvlink(),), parallelism=Parallelism(tensor=16, nodes=2)).manifests()
    one = by_kind(made)
    template = one["ComputeDomain"]["spec"]["channel"]["resourceClaimTemplate"]["name"]
    pods = one["LeaderWorkerSet"]["spec"]["leaderWorkerTemplate"]
    for pod in (pods[name]["spec"] for name in ("leaderTemplate", "workerTemplate") if name in pods):
        assert {"name": "compute-domain", "resourceClaimTemplateName": template} in pod["resourceClaims"]
        assert {"name": "compute-domain"} in pod["containers"][0]["resources"]["claims"]
    assert [problem.message for problem in check_manifests(made) if problem.rule == "reference"] == []


def test_a_domain_whose_template_has_another_name_is_found() -> None:
    made = service(role_parts=(MultiNodeNvlink(),), parallelism=Parallelism(tensor=16, nodes=2)).manifests()
    by_kind(made)["ComputeDomain"]["spec"]["channel"]["resourceClaimTemplate"]["name"] = "other"
    found = [problem for problem in check_manifests(made, Setting(complete=True)) if "channel" in problem.message]
    assert {problem.rule for problem in found} == {"reference"}


def test_a_domain_of_one_pod_is_warned_of() -> None:
    assert "nvlink-alone" in {problem.rule for problem in service(role_parts=(MultiNodeNvlink(),)).check()}
