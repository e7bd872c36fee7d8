"""Charts: what they give to every object is checked before cdk8s takes it."""

from typing import Any

import pytest

from constructs_dra import App, Chart, DeviceClass, IntelGpuClaim, KubernetesObject, SpecError

pytestmark = pytest.mark.node


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({"namespace": True}, ["namespace"]),
        ({"namespace": "Team_A"}, ["namespace"]),
        ({"labels": {"a": 5, "b!": "x", "c": float("nan")}}, ["labels['a']", "labels['b!']", "labels['c']"]),
        ({"labels": 3}, ["labels"]),
    ],
)
def test_a_chart_names_every_label_and_namespace_it_cannot_have(fields: dict[str, Any], places: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        Chart(App(), "models", **fields)
    assert [problem.path for problem in caught.value.problems] == places
    assert {problem.source for problem in caught.value.problems} == {"Chart 'models'"}


def test_two_charts_of_one_id_are_refused() -> None:
    app = App()
    Chart(app, "models")
    with pytest.raises(SpecError, match="models"):
        Chart(app, "models")


@pytest.mark.parametrize("source", [DeviceClass, 3, []])
def test_what_is_not_a_manifest_is_said_to_be_none(source: Any) -> None:
    with pytest.raises(SpecError, match="must be a spec with a manifest"):
        KubernetesObject(Chart(App(), "models"), "x", source)


def test_a_manifest_that_contains_itself_is_refused() -> None:
    manifest: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap"}
    manifest["data"] = manifest
    with pytest.raises(SpecError, match="contains itself"):
        KubernetesObject(Chart(App(), "models"), "x", manifest)


def test_a_misspelt_field_of_a_vendor_s_claim_is_reported_with_the_nearest() -> None:
    misspelt: dict[str, Any] = {"famly": "Data Center Flex", "cuont": 2}
    with pytest.raises(SpecError) as caught:
        IntelGpuClaim(Chart(App(), "models"), "gpu", **misspelt)
    assert [problem.hint for problem in caught.value.problems] == ["did you mean 'family'?", "did you mean 'count'?"]
