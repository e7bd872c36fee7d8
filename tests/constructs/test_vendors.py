"""One construct per vendor request, with the fields of the request."""

import inspect
from typing import Any, get_type_hints

import attrs
import cdk8s
import pytest

from constructs_dra import claims, constructs
from constructs_dra.constructs.claims import ClaimFields, RequestFields

pytestmark = pytest.mark.node

VENDORS: dict[str, dict[str, Any]] = {
    "AmdGpu": {"compute_partition": "cpx"},
    "AwsNeuron": {"instance_type": "trn2.48xlarge"},
    "Gaudi": {"model": "Gaudi3"},
    "GoogleTpu": {"tpu_gen": "v6e"},
    "IntelGpu": {"memory": "16Gi"},
    "Mig": {"profile": "1g.5gb"},
    "NvidiaGpu": {"architecture": "Hopper"},
    "Qat": {"services": ["sym"]},
    "RdmaNic": {"rdma_device": "mlx5_0", "device_class": "rdma"},
    "RebellionsNpu": {"memory": "16Gi"},
    "SriovVf": {"pf_name": "ens1f0", "device_class": "sriov"},
}


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_vendors_construct_makes_what_its_request_says(name: str) -> None:
    chart = cdk8s.Chart(cdk8s.Testing.app(), "c")
    request = getattr(claims, name)
    getattr(constructs, f"{name}Claim")(chart, "device", **VENDORS[name])
    (made,) = cdk8s.Testing.synth(chart)
    assert made == claims.Claim("c-device", request(**VENDORS[name])).manifest()


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_vendors_construct_has_every_field_of_its_request(name: str) -> None:
    request: Any = getattr(claims, name)
    own = set(inspect.signature(getattr(constructs, f"{name}Claim").__init__).parameters) - {"self", "scope", "id", "fields"}
    shared = set(get_type_hints(RequestFields)) - set(get_type_hints(ClaimFields))
    assert own | shared == {field.name for field in attrs.fields(request) if field.init} - {"name"}


def test_every_request_has_a_construct() -> None:
    requests = {name for name in dir(claims) if inspect.isclass(kind := getattr(claims, name)) and issubclass(kind, claims.Request)}
    assert requests - {"Request"} == set(VENDORS)
