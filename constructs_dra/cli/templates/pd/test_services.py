"""What must stay true of the services; needs no cluster and no Node."""

from services import service


def test_each_role_gets_devices_of_its_own_kind() -> None:
    claims = [made for made in service.manifests() if made["kind"] == "ResourceClaimTemplate"]
    requests = [request["exactly"] for claim in claims for request in claim["spec"]["spec"]["devices"]["requests"]]
    classes = [request["deviceClassName"] for request in requests]
    assert {name: classes.count(name) for name in classes} == {"gaudi.intel.com": 4, "gpu.nvidia.com": 2, "rdma": 6}  # a NIC beside each device


def test_nothing_is_found_that_one_should_know_of() -> None:
    assert service.check() == []
