"""Whatever is given to a construct: it is taken, or refused with problems; never with a stray exception."""

from typing import Any, get_type_hints

import cdk8s
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra import Container, DeviceClaim, GaudiClaim, KubernetesObject, ModelArtifacts, ModelService, ModelServiceDeployment, Role, SpecError
from constructs_dra.constructs.claims import RequestFields
from constructs_dra.constructs.error_report import report

pytestmark = pytest.mark.node

ODD = [None, True, 0, -1, 5, 2.5, "", "x", "No Name!", "ä" * 300, b"x", [], [None], ["x"], {}, {"a": None}, {1: 2}, {"a b": "c d"}, object, object()]


@pytest.fixture(scope="module")
def chart() -> cdk8s.Chart:
    return cdk8s.Chart(cdk8s.Testing.app(), "c")


def attempt(make: Any, *arguments: Any, **fields: Any) -> None:
    try:
        make(*arguments, **fields)
    except SpecError as refused:
        told = [problem.message for problem in refused.problems]
        assert all(told)


@pytest.mark.parametrize("name", sorted(get_type_hints(RequestFields)))
def test_claims_refuse_odd_values_with_problems(chart: cdk8s.Chart, name: str) -> None:
    for number, odd in enumerate(ODD):
        attempt(GaudiClaim, chart, f"gaudi-{name}-{number}", **{name: odd})
        if name != "count":
            attempt(DeviceClaim, chart, f"device-{name}-{number}", requests=odd)


@pytest.mark.parametrize("name", ["model", "decode", "prefill", "name", "namespace", "service_port", "proxy", "labels", "extra_objects", "accept"])
def test_services_refuse_odd_values_with_problems(chart: cdk8s.Chart, name: str) -> None:
    right: dict[str, Any] = {"model": ModelArtifacts.hf("a/b"), "decode": Role(containers=[Container.vllm("vllm:v1")])}
    for number, odd in enumerate(ODD):
        attempt(ModelServiceDeployment, chart, f"service-{name}-{number}", **(right | {name: odd}))


def test_objects_refuse_odd_manifests_with_problems(chart: cdk8s.Chart) -> None:
    for number, odd in enumerate(ODD):
        attempt(KubernetesObject, chart, f"object-{number}", odd)
        attempt(KubernetesObject, chart, f"kind-{number}", {"apiVersion": "v1", "kind": odd})
        attempt(KubernetesObject, chart, f"metadata-{number}", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": odd})
        attempt(KubernetesObject, chart, f"data-{number}", {"apiVersion": "v1", "kind": "ConfigMap", "data": odd})


@given(name=st.text(max_size=80))
@settings(max_examples=40, deadline=None)
def test_any_id_gives_a_valid_name_or_a_problem(name: str) -> None:
    chart = cdk8s.Chart(cdk8s.Testing.app(), "c")
    attempt(GaudiClaim, chart, name)
    attempt(GaudiClaim, chart, "x", name=name)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Role(replcias=2, containers=[]), "Role: replcias: there is no such field;\n  did you mean 'replicas'?"),  # type: ignore[call-arg]
        (lambda: ModelService("x"), "ModelService: 'model': missing"),  # type: ignore[call-arg]
        (lambda: dict(5), None),  # type: ignore[call-overload]
    ],
)
def test_a_field_that_does_not_exist_is_reported_like_any_other_mistake(make: Any, words: str | None) -> None:
    with pytest.raises(TypeError) as error:
        make()
    text = report(error.value)
    assert text == words or str(text).endswith(str(words))
