from typing import Any

import cdk8s
import pytest

from constructs_dra import DeviceClaim, GaudiClaim, IntelGpuClaim, SpecError
from constructs_dra.claims import PCIE_ROOT, Gaudi, IntelGpu, Request
from constructs_dra.drivers import intel

pytestmark = pytest.mark.node


@pytest.fixture
def chart() -> cdk8s.Chart:
    return cdk8s.Chart(cdk8s.Testing.app(), "c", namespace="llm-d", labels={"team": "serving"})


def synth(chart: cdk8s.Chart) -> list[Any]:
    return list(cdk8s.Testing.synth(chart))


def problem(error: pytest.ExceptionInfo[SpecError]) -> str:
    return str(error.value)


def test_a_claim_is_one_template_named_by_its_path_in_the_app(chart: cdk8s.Chart) -> None:
    claim = GaudiClaim(chart, "Gaudi_2", model="Gaudi2", count=2)
    (made,) = synth(chart)
    assert made["kind"] == "ResourceClaimTemplate"
    assert made["metadata"] == {"name": "c-gaudi-2", "namespace": "llm-d", "labels": {"team": "serving"}}
    assert made["spec"] == claim.manifest["spec"]
    assert claim.spec.name == "gaudi-2"


def test_the_object_is_what_the_pure_claim_makes(chart: cdk8s.Chart) -> None:
    requests = [Request("gpu", intel.gpu, count=1), Request("nic", device_class="rdma", count=1)]
    claim = DeviceClaim(chart, "pair", requests=requests, aligned_on=PCIE_ROOT, shared=True, annotations={"note": "x"}, name="pair")
    (made,) = synth(chart)
    assert made == claim.spec.manifest(name="pair", namespace="llm-d", labels={"team": "serving"})
    assert made["kind"] == "ResourceClaim"


def test_escape_hatches_of_cdk8s_work(chart: cdk8s.Chart) -> None:
    claim = IntelGpuClaim(chart, "gpu", where=intel.gpu.family == "Data Center Flex")
    made = cdk8s.ApiObject.of(claim)
    assert made.name == "c-gpu"
    made.add_json_patch(cdk8s.JsonPatch.add("/spec/spec/devices/requests/0/exactly/adminAccess", True))
    made.metadata.add_annotation("note", "by hand")
    (manifest,) = synth(chart)
    assert manifest["spec"]["spec"]["devices"]["requests"][0]["exactly"]["adminAccess"] is True
    assert manifest["metadata"]["annotations"] == {"note": "by hand"}


def test_a_count_left_out_follows_the_user_and_leaves_patches_alone(chart: cdk8s.Chart) -> None:
    claim = GaudiClaim(chart, "gaudi")
    claim.api_object.add_json_patch(cdk8s.JsonPatch.add("/spec/spec/devices/requests/0/exactly/selectors", []))
    assert synth(chart)[0]["spec"]["spec"]["devices"]["requests"][0]["exactly"]["count"] == 1
    wanted = claim.spec.manifest(name="c-gaudi", namespace="llm-d", devices_per_pod=4)
    claim.bind(wanted, user="llama")
    claim.bind(wanted, user="qwen")
    request = synth(chart)[0]["spec"]["spec"]["devices"]["requests"][0]["exactly"]
    assert request == {"deviceClassName": "gaudi.intel.com", "allocationMode": "ExactCount", "count": 4, "selectors": []}


def test_two_constructs_that_make_one_object_are_refused(chart: cdk8s.Chart) -> None:
    GaudiClaim(chart, "a", name="gaudi")
    GaudiClaim(chart, "b", name="gaudi", namespace="elsewhere")
    with pytest.raises(SpecError) as error:
        GaudiClaim(chart, "d", name="gaudi")
    assert problem(error).startswith("GaudiClaim 'c/d': makes ResourceClaimTemplate 'gaudi', which c/a makes too;")


def test_charts_without_a_namespace_give_objects_without_one() -> None:
    chart = cdk8s.Chart(cdk8s.Testing.app(), "c")
    GaudiClaim(chart, "gaudi")
    assert synth(chart)[0]["metadata"] == {"name": "c-gaudi"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"model": "gaudi2"}, ["GaudiClaim 'x': model: ", "'gaudi2'", "did you mean 'Gaudi2'?"]),
        ({"count": 0}, ["GaudiClaim 'x': count: 0 counts as 1"]),
        ({"count": 33}, ["GaudiClaim 'x': count: 33 devices can never be allocated"]),
        ({"count": "2"}, ["GaudiClaim 'x': count: must be a whole number, not '2'"]),
        ({"cuont": 2}, ["GaudiClaim 'x': cuont: there is no such field", "did you mean 'count'?"]),
        ({"name": "Bad_Name"}, ["GaudiClaim 'x': name: 'Bad_Name' may only hold", "'bad-name'"]),
        ({"labels": {"a b": "c"}}, ["GaudiClaim 'x': labels['a b']"]),
        (
            {"name": "Bad_Name", "namespace": "Bad_Space", "count": 0, "cuont": 1},
            ["name: 'Bad_Name'", "namespace: 'Bad_Space'", "count: 0", "cuont: there"],
        ),
        ({"count": 0, "device_class": "No Class"}, ["count: 0 counts as 1", "device_class: 'No Class'"]),
    ],
)
def test_wrong_input_is_reported_in_the_words_of_the_construct(chart: cdk8s.Chart, fields: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(SpecError) as error:
        GaudiClaim(chart, "x", **fields)
    for word in words:
        assert word in problem(error)


def test_a_claim_of_several_requests_names_the_request(chart: cdk8s.Chart) -> None:
    with pytest.raises(SpecError, match=r"^DeviceClaim 'x': requests\[1\]\.count: "):
        DeviceClaim(chart, "x", requests=[Gaudi(), IntelGpu(count=-1)])


@pytest.mark.parametrize("scope", [None, "chart", 5])
def test_a_scope_that_is_not_a_construct_is_refused(scope: Any) -> None:
    with pytest.raises(SpecError, match="scope: must be a construct"):
        GaudiClaim(scope, "x")


def test_a_claim_outside_a_chart_or_under_a_taken_id_is_refused(chart: cdk8s.Chart) -> None:
    GaudiClaim(chart, "x")
    with pytest.raises(SpecError, match=r"^GaudiClaim 'x': There is already a Construct with name 'x'"):
        GaudiClaim(chart, "x")
    with pytest.raises(SpecError, match=r"cannot find a parent chart"):
        GaudiClaim(cdk8s.Testing.app(), "x")  # type: ignore[arg-type,unused-ignore]
