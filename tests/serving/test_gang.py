"""Pods that are placed together or not at all: PodGroup, and the groups of a LeaderWorkerSet."""

from collections.abc import Sequence
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra import (
    Claim,
    Container,
    HorizontalPodAutoscaler,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    Parallelism,
    Part,
    PodGroup,
    PoolSaturation,
    PrefillDecode,
    Role,
    SpecError,
)
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.manifest import Manifest

SERVED = frozenset({"scheduling.k8s.io/v1beta1"})
READY = Setting(version=KubernetesVersion.parse("1.37"), gates={"GenericWorkload": True}, served=SERVED, complete=True)
ROLE = Role(claims=[Claim("gpu", NvidiaGpu())], containers=[Container.vllm("vllm/vllm-openai:v0.20.0")])


def made(parts: Sequence[Part], **roles: Any) -> list[Manifest]:
    return ModelService("llama", namespace="models", model=ModelArtifacts.hf("a/b"), parts=parts, **roles).manifests()


def found(manifests: Sequence[Manifest], setting: Setting = READY) -> list[tuple[str, str]]:
    groups = ("gang", "reference", "feature-gate", "api", "kind")
    return [(one.rule, one.message) for one in check_manifests(list(manifests), setting) if one.rule.startswith(groups)]


def by_kind(manifests: Sequence[Manifest]) -> dict[str, Any]:
    return {item["kind"]: item for item in manifests}


@given(
    decode=st.integers(1, 5),
    prefill=st.integers(1, 5),
    nodes=st.integers(1, 4),
    slices=st.integers(1, 3),
    together=st.booleans(),
)
def test_a_group_waits_for_every_pod_of_the_service(decode: int, prefill: int, nodes: int, slices: int, *, together: bool) -> None:
    contract = PrefillDecode(workload="DisaggregatedSet", slices=slices) if together else PrefillDecode()
    roles = {
        "decode": evolve(ROLE, replicas=decode, parallelism=Parallelism(tensor=2 * nodes, nodes=nodes)),
        "prefill": evolve(ROLE, replicas=prefill, parallelism=Parallelism(tensor=2)),
    }
    manifests = made([contract, PodGroup()], **roles)
    group = next(item for item in manifests if item["kind"] == "PodGroup")
    wanted = (decode * nodes + prefill) * (slices if together else 1)
    assert group["spec"]["schedulingPolicy"]["gang"]["minCount"] == wanted
    assert found(manifests) == []
    group["spec"]["schedulingPolicy"]["gang"]["minCount"] += 1
    assert found(manifests) == [("gang-blocked", f"waits for {wanted + 1} pods, and the workloads here make {wanted}")]


def test_everything_of_a_group_can_be_said() -> None:
    group = PodGroup(name="pair", roles=["decode"], min_count=1, priority_class="high", topology_key="topology.example.com/rack", disruption="all")
    manifests = made([PrefillDecode(), group], decode=ROLE, prefill=ROLE)
    kinds = [item["kind"] for item in manifests]
    assert kinds.index("PodGroup") < kinds.index("Deployment")  # pods wait for a group that is not there yet
    made_group = by_kind(manifests)["PodGroup"]
    assert made_group["metadata"]["name"] == "pair"
    assert made_group["spec"] == {
        "schedulingPolicy": {"gang": {"minCount": 1}},
        "priorityClassName": "high",
        "schedulingConstraints": {"topology": [{"key": "topology.example.com/rack"}]},
        "disruptionMode": {"all": {}},
    }
    named = {item["metadata"]["name"]: item["spec"]["template"]["spec"].get("schedulingGroup") for item in manifests if item["kind"] == "Deployment"}
    assert named == {"llama-decode": {"podGroupName": "pair"}, "llama-prefill": None}
    (off,) = (message for rule, message in found(manifests) if rule == "feature-gate")
    assert off.startswith("needs the feature gate TopologyAwareWorkloadScheduling for topology constraints of pod groups, which is alpha and off")


@pytest.mark.parametrize(
    ("parts", "decode", "message"),
    [
        ([PodGroup(roles=["decoder"])], ROLE, r"parts\[0\].roles\[0\]: the service has no role 'decoder';\n? *did you mean 'decode'"),
        (
            [PodGroup()],
            evolve(ROLE, parts=[HorizontalPodAutoscaler(max_replicas=4, metrics=[PoolSaturation()])]),
            r"parts\[0\].min_count: an autoscaler owns the number of decode pods",
        ),
        (
            [PodGroup()],
            evolve(ROLE, parallelism=Parallelism(tensor=4, nodes=2), multinode=LeaderWorkerSet(gang=True)),
            r"parts\[0\].roles: the groups of decode are placed one by one",
        ),
    ],
)
def test_a_group_that_cannot_be_is_refused(parts: Sequence[Part], decode: Role, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        made(parts, decode=decode)


def test_an_older_or_unprepared_cluster_is_told() -> None:
    manifests = made([PodGroup()], decode=ROLE)
    older = found(manifests, Setting(version=KubernetesVersion.parse("1.36")))
    assert ("api-version", "Kubernetes 1.36 has no PodGroup in scheduling.k8s.io/v1beta1") in older
    rules = {rule for rule, _ in found(manifests, Setting(version=KubernetesVersion.parse("1.37")))}
    assert rules == {"feature-gate", "api-off"}


BREAKAGES = [
    (
        lambda it: it["Deployment"]["spec"]["template"]["spec"]["schedulingGroup"].update(podGroupName="lama"),
        "reference",
        "there is no PodGroup 'lama'",
    ),
    (lambda it: it["Deployment"]["spec"].update(replicas=1), "gang-blocked", "waits for 2 pods, and the workloads here make 1"),
    (
        lambda it: it["ResourceClaimTemplate"]["spec"]["spec"]["devices"].update(
            requests=[{"name": "gpu", "firstAvailable": [{"name": "a", "deviceClassName": "gpu.nvidia.com"}]}]
        ),
        "gang-alternatives",
        "has alternatives",
    ),
    (
        lambda it: it["PodGroup"]["spec"].update(resourceClaims=[{"name": "gpu", "resourceClaimName": "gpu"}]),
        "gang-claims",
        "so it is not shared",
    ),
    (
        lambda it: it["PodGroup"]["spec"].update(resourceClaims=[{"name": "nic", "resourceClaimName": "nic"}]),
        "gang-claims",
        "which these do not name",
    ),
]


@pytest.mark.parametrize(("change", "rule", "message"), BREAKAGES)
def test_a_broken_side_of_a_group_is_found(change: Any, rule: str, message: str) -> None:
    manifests = made([PodGroup()], decode=evolve(ROLE, replicas=2))
    assert found(manifests) == []
    change(by_kind(manifests))
    assert [(one, message in shown) for one, shown in found(manifests) if one.startswith(("gang", "reference"))] == [(rule, True)]


def test_one_scheduler_places_a_group() -> None:
    manifests = made([PrefillDecode(), PodGroup()], decode=evolve(ROLE, scheduler_name="other"), prefill=ROLE)
    assert {message for rule, message in found(manifests) if rule == "gang-blocked"} == {
        "the pods of PodGroup/llama have different schedulers (default-scheduler, other)"
    }


def test_workers_that_wait_for_a_leader_that_waits_for_them_are_found() -> None:
    spanning = evolve(ROLE, parallelism=Parallelism(tensor=4, nodes=2), multinode=LeaderWorkerSet(startup_policy="LeaderReady"))
    assert [rule for rule, _ in found(made([PodGroup()], decode=spanning))] == ["gang-blocked"]
    with pytest.raises(SpecError, match="startup_policy: workers are only made once their leader is ready"):
        LeaderWorkerSet(gang=True, startup_policy="LeaderReady")


def test_groups_of_a_leader_worker_set_are_placed_each_as_a_whole() -> None:
    spanning = evolve(ROLE, replicas=3, parallelism=Parallelism(tensor=4, nodes=2), multinode=LeaderWorkerSet(gang=True))
    manifests = made([], decode=spanning)
    assert by_kind(manifests)["LeaderWorkerSet"]["spec"]["scheduling"] == {}
    assert found(manifests) == []
    off = found(manifests, Setting(version=KubernetesVersion.parse("1.37")))
    assert [message.partition("; ")[2] for rule, message in off if rule == "feature-gate"] == ["its controller refuses the object"]
