"""What must stay true of the services; needs no cluster and no Node."""

from services import service


def test_a_pod_gets_one_gpu_with_enough_memory() -> None:
    (claim,) = [made for made in service.manifests() if made["kind"] == "ResourceClaimTemplate"]
    (request,) = claim["spec"]["spec"]["devices"]["requests"]
    assert request["exactly"]["count"] == 1
    assert "16Gi" in request["exactly"]["selectors"][0]["cel"]["expression"]


def test_nothing_is_found_that_one_should_know_of() -> None:
    assert service.check() == []
