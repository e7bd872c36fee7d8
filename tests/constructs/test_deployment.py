from typing import Any, get_type_hints

import attrs
import cdk8s
import pytest

from constructs_dra import (
    Claim,
    Container,
    ExistingClaimTemplate,
    Gaudi,
    GaudiClaim,
    HelmRelease,
    ModelArtifacts,
    ModelService,
    ModelServiceDeployment,
    Parallelism,
    Role,
    SpecError,
)
from constructs_dra.manifest import identity
from constructs_dra.serving.spec import NewServiceFields, ServiceFields

pytestmark = pytest.mark.node

MODEL = ModelArtifacts.hf("example/model")


def role(*claims: Any, tensor: int = 1) -> Role:
    return Role(parallelism=Parallelism(tensor=tensor), claims=claims, containers=[Container.vllm("vllm/vllm-openai:v0.11.0")])


@pytest.fixture
def chart() -> cdk8s.Chart:
    return cdk8s.Chart(cdk8s.Testing.app(), "c", namespace="llm-d", labels={"team": "serving"})


def by_name(chart: cdk8s.Chart) -> dict[str, Any]:
    return {f"{made['kind']}/{made['metadata']['name']}": made for made in cdk8s.Testing.synth(chart)}


def test_the_construct_has_the_fields_of_the_spec() -> None:
    fields = {field.name for field in attrs.fields(ModelService)}
    assert set(get_type_hints(ServiceFields)) == fields
    assert set(get_type_hints(NewServiceFields)) == fields


def test_a_service_described_elsewhere_can_be_given_and_changed_here(chart: cdk8s.Chart) -> None:
    spec = ModelService("llama", model=MODEL, decode=role(Claim("gaudi", Gaudi()), tensor=2))
    service = ModelServiceDeployment(chart, "prod", spec, service_port=9000)
    assert (service.spec.name, service.spec.namespace, service.spec.service_port) == ("llama", "llm-d", 9000)
    assert list(by_name(chart)) == [
        "ServiceAccount/llama",
        "ResourceClaimTemplate/llama-decode-gaudi",
        "Deployment/llama-decode",
        "NetworkPolicy/llama",
    ]
    assert ModelServiceDeployment(chart, "other", spec, name="other", namespace="dev").spec == attrs.evolve(spec, name="other", namespace="dev")


def test_arguments_that_describe_no_service_are_problems(chart: cdk8s.Chart) -> None:
    with pytest.raises(SpecError) as caught:
        ModelServiceDeployment(chart, "a", decod=role())  # type: ignore[call-overload]
    assert [problem.path for problem in caught.value.problems] == ["decod", "model"]
    assert "did you mean 'decode'?" in str(caught.value)
    with pytest.raises(SpecError, match="spec: must be a ModelService, not 5"):
        ModelServiceDeployment(chart, "b", 5)  # type: ignore[call-overload]


def test_claims_come_first_then_the_workloads_that_use_them(chart: cdk8s.Chart) -> None:
    ModelServiceDeployment(chart, "llama", model=MODEL, decode=role(GaudiClaim(chart, "gaudi"), tensor=2))
    made = by_name(chart)
    assert list(made) == ["ResourceClaimTemplate/c-gaudi", "ServiceAccount/c-llama", "Deployment/c-llama-decode", "NetworkPolicy/c-llama"]
    assert made["ResourceClaimTemplate/c-gaudi"]["spec"]["spec"]["devices"]["requests"][0]["exactly"]["count"] == 2
    pod = made["Deployment/c-llama-decode"]["spec"]["template"]["spec"]
    assert pod["resourceClaims"] == [{"name": "gaudi", "resourceClaimTemplateName": "c-gaudi"}]
    assert made["ResourceClaimTemplate/c-gaudi"]["metadata"]["labels"]["llm-d.ai/role"] == "decode"
    assert {item["metadata"]["namespace"] for item in made.values()} == {"llm-d"}
    assert {item["metadata"]["labels"]["team"] for item in made.values()} == {"serving"}


def test_a_claim_made_after_its_chart_neighbours_still_comes_before_the_workload(chart: cdk8s.Chart) -> None:
    other = cdk8s.Chart(cdk8s.App.of(chart), "a-later-chart", namespace="llm-d")
    service = ModelServiceDeployment(chart, "llama", model=MODEL, decode=role(GaudiClaim(other, "gaudi")))
    assert cdk8s.ApiObject.of(service).chart.node.path == "c"
    by_name(chart)  # charts learn of their objects' dependencies at synth
    assert [found.node.path for found in cdk8s.App.of(chart).charts] == ["a-later-chart", "c"]


def test_pure_claims_and_existing_ones_work_in_the_construct_too(chart: cdk8s.Chart) -> None:
    ModelServiceDeployment(
        chart, "llama", model=MODEL, decode=role(Claim("gaudi", Gaudi()), ExistingClaimTemplate("nics", device_class="rdma"), tensor=2)
    )
    made = by_name(chart)
    assert "ResourceClaimTemplate/c-llama-decode-gaudi" in made
    assert "ResourceClaimTemplate/nics" not in made


def test_both_doors_make_equal_objects(chart: cdk8s.Chart) -> None:
    claim = GaudiClaim(chart, "gaudi", model="Gaudi3", labels={"team": "serving"})
    pure_claim = Claim("own", Gaudi(), labels={"team": "serving"})
    service = ModelServiceDeployment(
        chart, "llama", model=MODEL, decode=role(claim, tensor=4), prefill=role(pure_claim), labels={"team": "serving"}, service_port=9000
    )
    pure = {identity(manifest): manifest for manifest in service.spec.manifests()}
    made = {identity(manifest): manifest for manifest in cdk8s.Testing.synth(chart)}
    assert made == pure


def test_the_default_child_is_the_workload_and_every_object_is_at_hand(chart: cdk8s.Chart) -> None:
    service = ModelServiceDeployment(chart, "llama", model=MODEL, decode=role(), prefill=role())
    assert set(service.objects) == {"ServiceAccount", "Deployment-decode", "Deployment-prefill", "NetworkPolicy"}
    assert cdk8s.ApiObject.of(service) is service.objects["Deployment-decode"]
    assert service.node.find_child("Deployment-prefill") is service.objects["Deployment-prefill"]
    cdk8s.ApiObject.of(service).add_json_patch(cdk8s.JsonPatch.replace("/spec/replicas", 7))
    assert by_name(chart)["Deployment/c-llama-decode"]["spec"]["replicas"] == 7


def test_an_object_that_a_construct_did_not_make_is_an_error_that_says_which_there_are(chart: cdk8s.Chart) -> None:
    service = ModelServiceDeployment(chart, "qwen", model=MODEL, decode=role())
    with pytest.raises(SpecError) as near:
        service.objects["Deployment-decod"]
    assert "objects['Deployment-decod']: there is no such object" in str(near.value)
    assert "did you mean 'Deployment-decode'?" in str(near.value)
    with pytest.raises(SpecError, match="there are 'ServiceAccount', 'Deployment-decode', 'NetworkPolicy'"):
        service.objects["Gateway"]
    assert "Gateway" not in service.objects


def test_two_roles_can_share_a_claim_when_they_need_the_same_number(chart: cdk8s.Chart) -> None:
    claim = GaudiClaim(chart, "gaudi")
    ModelServiceDeployment(chart, "llama", model=MODEL, decode=role(claim, tensor=2), prefill=role(claim, tensor=2))
    other = GaudiClaim(chart, "other")
    with pytest.raises(SpecError, match="give each role a claim of its own"):
        ModelServiceDeployment(chart, "qwen", model=MODEL, decode=role(other, tensor=2), prefill=role(other, tensor=4))
    ModelServiceDeployment(chart, "phi", model=MODEL, decode=role(other, tensor=2))
    with pytest.raises(SpecError) as error:
        ModelServiceDeployment(chart, "qwen2", model=MODEL, decode=role(other, tensor=4))
    users = "ModelServiceDeployment 'c-phi' and ModelServiceDeployment 'c-qwen2'"
    assert str(error.value).startswith(f"GaudiClaim 'other': count: cannot follow both {users}")


def test_a_claim_in_another_namespace_is_no_use_to_the_pods(chart: cdk8s.Chart) -> None:
    with pytest.raises(SpecError, match="pods can only use claims of their own namespace"):
        ModelServiceDeployment(chart, "llama", model=MODEL, decode=role(GaudiClaim(chart, "gaudi", namespace="elsewhere")))


def test_services_of_one_name_are_refused_with_everything_that_collides(chart: cdk8s.Chart) -> None:
    ModelServiceDeployment(chart, "a", name="llama", model=MODEL, decode=role())
    with pytest.raises(SpecError) as error:
        ModelServiceDeployment(chart, "b", name="llama", model=MODEL, decode=role())
    assert [problem.message for problem in error.value.problems] == [
        "makes ServiceAccount 'llama', which c/a makes too",
        "makes Deployment 'llama-decode', which c/a makes too",
        "makes NetworkPolicy 'llama', which c/a makes too",
    ]


def test_a_count_that_does_not_fit_the_parallelism_is_refused(chart: cdk8s.Chart) -> None:
    with pytest.raises(SpecError, match=r"asks for 1 device, but .* 2 per pod"):
        ModelServiceDeployment(chart, "llama", model=MODEL, decode=role(GaudiClaim(chart, "gaudi", count=1), tensor=2))
    ModelServiceDeployment(chart, "meant", model=MODEL, decode=role(GaudiClaim(chart, "one", count=1, count_reason="shares one card"), tensor=2))


def test_names_are_valid_whatever_the_ids(chart: cdk8s.Chart) -> None:
    service = ModelServiceDeployment(chart, "My_Llama.3-" + "x" * 80, model=MODEL, decode=role())
    assert len(service.spec.name) <= 50
    assert service.spec.name.startswith("c-my-llama-3-x")


def test_a_helm_release_keeps_its_names_and_the_claim_its_own(chart: cdk8s.Chart) -> None:
    model = ModelArtifacts.hf("example/model", labels={"llm-d.ai/model": "m"})
    service = ModelServiceDeployment(chart, "ms", model=model, decode=role(GaudiClaim(chart, "gaudi", name="kept")), release=HelmRelease("old"))
    assert set(by_name(chart)) >= {"ResourceClaimTemplate/kept", "Deployment/old-llm-d-modelservice-decode"}
    assert set(service.objects) == {"ServiceAccount-old-llm-d-modelservice", "Deployment-old-llm-d-modelservice-decode"}
