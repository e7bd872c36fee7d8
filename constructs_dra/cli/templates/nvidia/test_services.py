"""What must stay true of the services; needs no cluster and no Node."""

from services import service


def test_a_pod_gets_the_gpus_its_parallelism_needs() -> None:
    (claim,) = [made for made in service.manifests() if made["kind"] == "ResourceClaimTemplate"]
    (request,) = claim["spec"]["spec"]["devices"]["requests"]
    assert request["exactly"]["count"] == 2
    assert request["exactly"]["deviceClassName"] == "gpu.nvidia.com"


def test_nothing_is_found_that_one_should_know_of() -> None:
    assert service.check() == []
