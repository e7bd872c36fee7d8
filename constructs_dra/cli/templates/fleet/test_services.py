"""What must stay true of the services; needs no cluster and no Node."""

from services import CLUSTERS, MODELS, fleet


def test_every_cluster_serves_every_model() -> None:
    assert {cluster: len(services) for cluster, services in fleet.items()} == dict.fromkeys(CLUSTERS, len(MODELS))


def test_nothing_is_found_that_one_should_know_of() -> None:
    assert [finding for services in fleet.values() for service in services for finding in service.check()] == []
