"""Fleets: one file per service and cluster, and nobody in anybody's way."""

from typing import Any

import pytest

from constructs_dra import Container, HelmRelease, ModelArtifacts, ModelService, Role, SpecError, fleet_files
from constructs_dra.claims import Claim, NvidiaGpu

ROLE = Role(claims=[Claim("gpu", NvidiaGpu())], containers=[Container.vllm("vllm/vllm-openai:v0.11.0")])
LABELS = {"llm-d.ai/model": "llama"}


def service(name: str, namespace: str | None = None, release: HelmRelease | None = None) -> ModelService:
    labels = LABELS if release is not None else None
    return ModelService(name, namespace=namespace, release=release, model=ModelArtifacts.hf("example/llama", labels=labels), decode=ROLE)


def test_a_file_for_each_service_in_a_folder_for_each_cluster() -> None:
    files = fleet_files({"east": [service("a"), service("b", "team")], "west": [service("a")]})
    assert list(files) == ["east/a.yaml", "east/team/b.yaml", "west/a.yaml"]


def test_the_same_name_twice_in_a_cluster_is_refused() -> None:
    with pytest.raises(SpecError, match=r"east/a\.yaml: two services are called 'a'"):
        fleet_files({"east": [service("a"), service("a")]})


def test_releases_that_share_a_claim_template_or_pods_are_refused_with_every_pair() -> None:
    with pytest.raises(SpecError) as caught:
        fleet_files({"east": [service("a", release=HelmRelease()), service("b", release=HelmRelease())]})
    assert [problem.message for problem in caught.value.problems] == [
        "ResourceClaimTemplate 'gpu-decode' is made by east/a.yaml too",
        "Deployment 'b-llm-d-modelservice-decode' selects the same pods as east/a.yaml a-llm-d-modelservice-decode",
    ]


def test_what_is_not_a_fleet_is_refused_with_every_place() -> None:
    odd: Any = {5: [], "east": [None, service("a")], "west": service("a"), "north": "a"}
    with pytest.raises(SpecError) as caught:
        fleet_files(odd)
    assert [problem.path for problem in caught.value.problems] == ["clusters", "east[0]", "west", "north"]
    with pytest.raises(SpecError, match="must be a mapping"):
        fleet_files([service("a")])  # type: ignore[arg-type]


def test_a_cluster_needs_a_name_that_makes_a_folder() -> None:
    with pytest.raises(SpecError, match="cannot name a folder"):
        fleet_files({"../east": [service("a")]})
