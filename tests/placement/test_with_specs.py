"""Placement takes what the rest of the library makes: claims and model services."""

from constructs_dra import Claim, Container, Fleet, Gaudi, ModelArtifacts, ModelService, Parallelism, Role, allocate, plan
from constructs_dra.drivers import intel
from constructs_dra.placement import devices_of

GAUDI = Fleet().nodes("gaudi", count=2, devices=devices_of(intel.gaudi, 8, model="Gaudi3")).inventory()


def test_a_claim_spec_is_allocated_as_it_is() -> None:
    answer = allocate([Claim("acc", Gaudi(count=3, model="Gaudi3"))], GAUDI, node="gaudi-0")
    assert len(answer.claims[0].devices) == 3
    assert not allocate([Claim("acc", Gaudi(count=3, model="Gaudi2"))], GAUDI, node="gaudi-0").fits


def test_a_model_service_is_planned_before_anything_is_applied() -> None:
    service = ModelService(
        "llama",
        model=ModelArtifacts.pvc("model-pvc", "models/llama"),
        decode=Role(
            replicas=3,
            claims=[Claim("acc", Gaudi(model="Gaudi3"))],
            parallelism=Parallelism(tensor=4),
            containers=[Container.vllm("opea/vllm-gaudi:1.22.0")],
        ),
    )
    answer = plan(service.manifests(), GAUDI)
    assert answer.fits
    assert {len(claim.allocation.devices) for pod in answer.placed for claim in pod.claims} == {4}
    assert [more.count for more in answer.remaining.more] == [1]
