"""What a field is: read from the schemas and the checks, for every kind there is."""

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_dra import SpecError
from constructs_dra.checks.explaining import ExplainedField, explain_field, known_kinds
from constructs_dra.kubernetes import meanings
from constructs_dra.kubernetes.api import api
from constructs_dra.lexical.versions import KubernetesVersion

VERSIONS = ("1.34", "1.35", "1.36", "1.37")


def children(path: str, **options: Any) -> dict[str, ExplainedField]:
    return {child.name: child for child in explain_field(path, **options).children}


def test_a_field_has_type_meaning_and_what_is_inside() -> None:
    found = explain_field("Deployment.spec.template.spec.containers.resources.claims")
    assert (found.kind, found.api_version, found.type) == ("Deployment", "apps/v1", "a list of mappings")
    assert "devices" in found.meaning
    inside = children("Deployment.spec.template.spec.containers.resources.claims")
    assert {name: child.required for name, child in inside.items()} == {"name": True, "request": False}


@pytest.mark.parametrize("written", ["Deployment.spec", "deployment.spec", "deployments.spec", "deploy.spec", " Deployment.spec. "])
def test_a_kind_may_be_written_as_for_kubectl(written: str) -> None:
    assert explain_field(written).path == "spec"
    assert explain_field(written).kind == "Deployment"


def test_plurals_and_places_in_lists() -> None:
    assert explain_field("networkpolicies").kind == "NetworkPolicy"
    assert explain_field("ingresses").kind == "Ingress"
    assert explain_field("Pod.spec.containers[0].image") == explain_field("pods.spec.containers.image")


def test_values_are_those_that_the_checks_allow_the_kind() -> None:
    assert explain_field("Deployment.spec.strategy.type").values == ("RollingUpdate", "Recreate")
    assert explain_field("Pod.spec.restartPolicy").values == ("Always", "OnFailure", "Never")
    assert explain_field("Deployment.spec.template.spec.restartPolicy").values == ("Always",)
    assert set(explain_field("ResourceClaim.spec.devices.requests.exactly.allocationMode").values) == {"All", "ExactCount"}
    assert explain_field("Pod.spec.nodeName").values == ()


def test_the_gate_of_a_field_and_how_far_it_is() -> None:
    path = "ResourceClaim.spec.devices.requests.exactly.tolerations"
    assert explain_field(path, version="1.36").gates == ("DRADeviceTaints (beta, on)",)
    assert explain_field(path, version="1.35").gates == ("DRADeviceTaints (alpha, off)",)
    assert explain_field(f"{path}.key", version="1.36").gates == explain_field(path, version="1.36").gates
    assert explain_field("ResourceClaim.spec.devices.requests.exactly.count").gates == ()


def test_a_field_of_a_later_version_says_since_when() -> None:
    path = "ResourceClaim.spec.devices.requests.exactly.derivedAttributes"
    with pytest.raises(SpecError, match=r"has no field 'derivedAttributes' in Kubernetes 1\.36; Kubernetes 1\.37 has it"):
        explain_field(path, version="1.36")
    assert explain_field(path, version="1.37").since == KubernetesVersion(1, 37)
    assert explain_field("Deployment.spec").since is None, "older than the versions known here"


def test_custom_resources_are_read_from_their_schemas() -> None:
    policy = explain_field("LeaderWorkerSet.spec.startupPolicy")
    assert (policy.values, policy.default) == (("LeaderCreated", "LeaderReady"), "LeaderCreated")
    replicas = children("lws.spec")["replicas"]
    assert "at least 0" in replicas.limits
    assert explain_field("InferencePool.spec.targetPorts").required
    assert explain_field("InferencePool.metadata.labels").type == "a mapping of names to strings"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("Deploymnt.spec", "did you mean 'Deployment'?"),
        ("Deployment.spec.replicaz", "did you mean 'replicas'?"),
        ("Deployment.spec.replicas.more", "it has no fields"),
        ("Deployment..spec", "it has"),
        ("", ""),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(path: str, hint: str) -> None:
    with pytest.raises(SpecError) as caught:
        explain_field(path)
    assert hint in caught.value.problems[0].hint


def test_an_api_version_can_be_chosen() -> None:
    assert "basic" in children("ResourceSlice.spec.devices", api_version="resource.k8s.io/v1beta1")
    assert "basic" not in children("ResourceSlice.spec.devices")
    with pytest.raises(SpecError, match="is not in 'apps/v2'"):
        explain_field("Deployment", api_version="apps/v2")


def walk(found: ExplainedField) -> Iterator[ExplainedField]:
    for child in found.children:
        yield child
        yield from walk(child)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kind_of_every_version_is_explained_with_all_its_fields(version: str) -> None:
    for kind, homes in known_kinds(KubernetesVersion.parse(version)).items():
        for home in homes:
            found = explain_field(kind, version=version, api_version=home, recursive=True)
            below = list(walk(found))
            assert below, kind
            assert all(child.type for child in below)
            inside = explain_field(kind, version=version, api_version=home).children
            assert {child.name for child in inside} == {child.name for child in found.children}


def test_every_meaning_is_of_something_that_is_there() -> None:
    newest = api("1.37")
    words = {**meanings._DEVICES, **meanings._PODS, **meanings._WORKLOADS}
    kinds = known_kinds(KubernetesVersion.parse("1.37"))
    for place, text in words.items():
        assert text.endswith("."), place
        owner, _, name = place.rpartition(".")
        if owner.partition(".")[0] in kinds and not owner.startswith("core."):
            assert explain_field(place, version="1.37").meaning == text
        elif owner:
            known = [owner] if owner in newest else [each for each in newest._raw if each.rpartition(".")[2] == owner]
            assert any(name in (newest.fields(each) or {}) for each in known), place
        else:
            assert place in kinds, place
