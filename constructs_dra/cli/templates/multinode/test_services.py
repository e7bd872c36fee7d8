"""What must stay true of the services; needs no cluster and no Node."""

from services import service


def test_one_replica_is_two_pods_of_eight_gpus() -> None:
    made = {manifest["kind"]: manifest for manifest in service.manifests()}
    assert made["LeaderWorkerSet"]["spec"]["leaderWorkerTemplate"]["size"] == 2
    (request,) = made["ResourceClaimTemplate"]["spec"]["spec"]["devices"]["requests"]
    assert request["exactly"]["count"] == 8


def test_nothing_is_found_that_one_should_know_of() -> None:
    assert service.check() == []
