"""A new kind of object is a part in a file of its own; this file is one."""

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from constructs_dra import (
    Container,
    HelmRelease,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Problem,
    Production,
    Requester,
    Role,
    RoutingProxy,
    SpecError,
)  # fmt: skip
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, PodView, RolePart, RoleView, ServiceView

SERVER = Container.vllm("vllm/vllm-openai:v0.12.0", readiness_probe={"httpGet": {"path": "/health", "port": 8000}})
MODEL = ModelArtifacts.hf("example/llama")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Front(Part):
    """A Service before the decode role."""

    role: str = attrs.field(default="decode", metadata=valid.text())

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        role = service.roles[self.role]
        ports = [{"port": 80, "targetPort": role.serving_port}]
        yield {"apiVersion": "v1", "kind": "Service", "metadata": service.metadata(), "spec": {"selector": dict(role.selector), "ports": ports}}

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        if self.role not in service.roles:
            yield Problem("role", f"the service has no role {self.role!r}", "write decode")

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        pod.template["metadata"].setdefault("annotations", {})["front"] = role.service.name

    def adjust_workload(self, role: RoleView, workload: Manifest) -> None:
        workload["metadata"].setdefault("annotations", {})["front"] = role.name


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Budget(RolePart):
    """A disruption budget."""

    min_available: int = attrs.field(default=1, metadata=valid.integer())

    def manifests(self, role: RoleView) -> Iterator[Manifest]:
        spec = {"minAvailable": self.min_available, "selector": {"matchLabels": dict(role.selector)}}
        yield {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": role.metadata(labels={"a": "b"}), "spec": spec}

    def problems(self, role: RoleView) -> Iterator[Problem]:
        if self.min_available >= role.replicas:
            yield Problem("min_available", f"{self.min_available} of {role.replicas} pods leaves none to drain", "write fewer")


def service(*parts: Part, role_parts: tuple[RolePart, ...] = (), **fields: Any) -> ModelService:
    decode = Role(replicas=2, containers=[SERVER], parts=role_parts)
    return ModelService("llama", model=MODEL, parts=parts, **{"decode": decode, "production": Production.off(), **fields})


def test_a_part_s_objects_stand_behind_the_workloads_and_are_wired_by_what_the_service_says() -> None:
    made = service(Front(), role_parts=(Budget(),), namespace="a", labels={"team": "x"}).manifests()
    assert [item["kind"] for item in made] == ["ServiceAccount", "Deployment", "PodDisruptionBudget", "Service"]
    workload, budget, front = made[1:]
    assert budget["spec"]["selector"] == workload["spec"]["selector"] == {"matchLabels": front["spec"]["selector"]}
    assert budget["metadata"] == {
        "name": "llama-decode",
        "namespace": "a",
        "labels": {"app.kubernetes.io/instance": "llama", "llm-d.ai/role": "decode", "team": "x", "a": "b"},
    }
    assert front["metadata"] == {"name": "llama", "namespace": "a", "labels": {"app.kubernetes.io/instance": "llama", "team": "x"}}
    assert workload["metadata"]["annotations"] == {"front": "decode"}
    assert workload["spec"]["template"]["metadata"]["annotations"] == {"front": "llama"}


def test_what_a_part_finds_has_its_place_in_the_service() -> None:
    with pytest.raises(SpecError) as caught:
        service(Front(role="prefil"), role_parts=(Budget(min_available=2),))
    assert {problem.path for problem in caught.value.problems} == {"parts[0].role", "decode.parts[0].min_available"}


def test_parts_reach_every_template_of_a_group() -> None:
    role = Role(parallelism=Parallelism(tensor=16, nodes=2), containers=[SERVER], multinode=LeaderWorkerSet())
    (made,) = [item for item in service(Front(), decode=role).manifests() if item["kind"] == "LeaderWorkerSet"]
    templates = made["spec"]["leaderWorkerTemplate"]
    assert {templates[name]["metadata"]["annotations"]["front"] for name in ("leaderTemplate", "workerTemplate")} == {"llama"}


def test_parts_follow_the_names_of_a_release() -> None:
    model = ModelArtifacts.hf("example/llama", labels={"llm-d.ai/model": "llama"})
    made = ModelService("llama", model=model, decode=Role(containers=[SERVER]), parts=[Front()], release=HelmRelease("ms")).manifests()
    front = next(item for item in made if item["kind"] == "Service")
    assert front["metadata"]["name"] == "ms-llm-d-modelservice"
    assert front["spec"]["selector"] == {"llm-d.ai/model": "llama", "llm-d.ai/role": "decode"}


def test_manifests_are_new_on_every_call_and_the_same() -> None:
    made = service(Front(), role_parts=(Budget(),))
    first = made.manifests()
    again = made.manifests()
    assert first == again
    first[1]["spec"]["template"]["spec"]["containers"].clear()
    assert made.manifests() == again


def test_what_is_not_a_part_is_refused() -> None:
    with pytest.raises(SpecError, match=r"parts\[0\]: must be a Part"):
        service("pool")  # type: ignore[arg-type]


def test_what_others_wire_to_is_public() -> None:
    made = service()
    workload = next(item for item in made.manifests() if item["kind"] == "Deployment")
    assert made.workload_name("decode") == workload["metadata"]["name"] == made.view.roles["decode"].workload.name
    assert made.role_selector("decode") == workload["spec"]["selector"]["matchLabels"]
    assert made.selector.items() <= workload["spec"]["template"]["metadata"]["labels"].items()
    assert made.ports == {"http": 8000}


def test_environments_are_one_record_evolved() -> None:
    role = Role(replicas=2, containers=[SERVER])
    prod = service(namespace="prod", decode=role)
    dev = attrs.evolve(prod, namespace="dev", decode=attrs.evolve(role, replicas=1))
    before, after = (next(item for item in made.manifests() if item["kind"] == "Deployment") for made in (prod, dev))
    before["metadata"]["namespace"], before["spec"]["replicas"] = "dev", 1
    assert before == after


@pytest.mark.parametrize(
    ("part", "hint"), [(RoutingProxy(), "write proxy=RoutingProxy(…)"), (Requester(image="a:1"), "write requester=Requester(…)")]
)
def test_a_part_that_others_build_on_stands_in_its_field(part: Part, hint: str) -> None:
    with pytest.raises(SpecError) as caught:
        service(part)
    (problem,) = caught.value.problems
    assert (problem.path, problem.hint) == ("parts[0]", hint)
