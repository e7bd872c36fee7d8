"""Kueue's queues, and NVIDIA's ComputeDomains."""

from typing import Any

import pytest
from attrs import evolve

from constructs_dra import (
    Container,
    FirstAvailable,
    Kueue,
    ModelArtifacts,
    ModelService,
    NvlinkDomain,
    Parallelism,
    PrefillDecode,
    Role,
    SpecError,
)
from constructs_dra.claims import Claim, Gaudi, NvidiaGpu
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.manifest import Manifest

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")
GPU = Claim("gpu", NvidiaGpu())
QUEUE = "kueue.x-k8s.io/queue-name"


def made(**fields: Any) -> dict[str, Manifest]:
    manifests = ModelService("llama", model=ModelArtifacts.hf("example/llama-8b"), **fields).manifests()
    assert [found for manifest in manifests for found in check_object(manifest)] == []
    assert [found for manifest in manifests for found in check_semantics(manifest) if found.severity == "error"] == []
    return {item["kind"]: item for item in manifests}


@pytest.mark.parametrize(("parallelism", "kind"), [(Parallelism(), "Deployment"), (Parallelism(tensor=4, nodes=2), "LeaderWorkerSet")])
def test_workloads_wait_in_the_queue(parallelism: Parallelism, kind: str) -> None:
    role = Role(containers=[SERVER], parallelism=parallelism, claims=[GPU])
    labels = made(decode=role, parts=[Kueue("inference", priority_class="high")])[kind]["metadata"]["labels"]
    assert (labels[QUEUE], labels["kueue.x-k8s.io/priority-class"]) == ("inference", "high")


def test_the_roles_of_a_disaggregated_set_wait_too() -> None:
    role = Role(containers=[SERVER], claims=[GPU])
    parts = [Kueue("inference"), PrefillDecode(workload="DisaggregatedSet")]
    roles = made(decode=role, prefill=role, parts=parts)["DisaggregatedSet"]["spec"]["roles"]
    assert [item["metadata"]["labels"][QUEUE] for item in roles] == ["inference", "inference"]


def test_what_kueue_does_not_admit_is_refused() -> None:
    either = Claim("any", FirstAvailable("acc", Gaudi("gaudi"), NvidiaGpu("gpu")))
    with pytest.raises(SpecError, match=r"decode\.claims\[0\]: claim 'any' has alternatives \(firstAvailable\), which Kueue does not admit"):
        made(decode=Role(containers=[SERVER], claims=[either]), parts=[Kueue("inference")])
    with pytest.raises(SpecError, match="queue"):
        Kueue("Not A Name")


def test_groups_over_nodes_share_an_nvlink_domain() -> None:
    role = Role(containers=[SERVER], parallelism=Parallelism(tensor=16, nodes=4), claims=[GPU], parts=[NvlinkDomain()])
    objects = made(decode=role)
    channel = objects["ComputeDomain"]["spec"]["channel"]
    templates = objects["LeaderWorkerSet"]["spec"]["leaderWorkerTemplate"]
    for template in (templates["leaderTemplate"], templates["workerTemplate"]):
        claims = {item["name"]: item.get("resourceClaimTemplateName") for item in template["spec"]["resourceClaims"]}
        assert claims["compute-domain-channel"] == channel["resourceClaimTemplate"]["name"]
        assert {"name": "compute-domain-channel"} in template["spec"]["containers"][0]["resources"]["claims"]


def test_roles_that_name_the_same_domain_share_it() -> None:
    server = Container.vllm("vllm/vllm-openai:v0.20.0")
    shared = Role(containers=[server], parallelism=Parallelism(tensor=16, nodes=4), claims=[GPU], parts=[NvlinkDomain(name="both")])
    model = ModelArtifacts.hf("example/llama-8b")
    service = ModelService("llama", model=model, decode=shared, prefill=shared, parts=[PrefillDecode()])
    domains = [manifest for manifest in service.manifests() if manifest["kind"] == "ComputeDomain"]
    assert [domain["metadata"]["name"] for domain in domains] == ["both"]
    assert "llm-d.ai/role" not in domains[0]["metadata"]["labels"]
    unlike = evolve(shared, parts=[NvlinkDomain(name="both", allocation_mode="All")])
    with pytest.raises(SpecError, match="allocation_mode: 'Single' here, 'All' for prefill, which shares 'both'"):
        ModelService("llama", model=model, decode=shared, prefill=unlike, parts=[PrefillDecode()])


def test_a_domain_for_single_pods_is_refused() -> None:
    with pytest.raises(SpecError, match=r"decode\.parts\[0\]: a ComputeDomain joins GPUs of several nodes"):
        made(decode=Role(containers=[SERVER], claims=[GPU], parts=[NvlinkDomain()]))
