"""Whatever is put into a claim, a request or an object beside them, the answer is a sound object or problems with place and fault."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from constructs_dra import (
    PCIE_ROOT,
    AmdGpu,
    AwsNeuron,
    Claim,
    ComputeDomain,
    Container,
    Device,
    DeviceClass,
    DeviceTaintRule,
    DistinctAttribute,
    ExistingClaim,
    ExistingClaimTemplate,
    ExtendedResource,
    FirstAvailable,
    Gaudi,
    GoogleTpu,
    IntelGpu,
    MatchAttribute,
    Mig,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    Qat,
    RdmaNic,
    RebellionsNpu,
    Request,
    ResourceSlice,
    Role,
    SpecError,
    SriovVf,
    Toleration,
    to_yaml,
)
from constructs_dra.drivers import intel
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.rules import is_stricter
from tests.junk import JUNK, assert_legible

REQUESTS: list[Any] = [AmdGpu, AwsNeuron, Gaudi, GoogleTpu, IntelGpu, Mig, NvidiaGpu, Qat, RdmaNic, RebellionsNpu, SriovVf]
ALIGNED = {"attribute": PCIE_ROOT}


def claim_with(**fields: Any) -> Claim:
    return Claim(fields.pop("name", "claim"), Gaudi(), **fields)


def request_of(kind: Any, **fields: Any) -> Claim:
    return Claim("claim", kind(**fields))


def in_a_service(claim: Any) -> list[dict[str, Any]]:
    role = Role(containers=[Container.vllm("a:1")], claims=[claim])
    return ModelService("llama", model=ModelArtifacts.hf("example/llama"), decode=role).manifests()


MAKERS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    **{kind.__name__: (partial(request_of, kind), {}) for kind in REQUESTS},
    "Request": (lambda **fields: Claim("claim", Request(**fields)), {"name": "gpu", "device": intel.gpu}),
    "MatchAttribute": (lambda **fields: claim_with(constraints=MatchAttribute(**fields)), ALIGNED),
    "DistinctAttribute": (lambda **fields: claim_with(constraints=DistinctAttribute(**fields)), ALIGNED),
    "Toleration": (lambda **fields: Claim("claim", Gaudi(tolerations=Toleration(**fields))), {"key": "example.com/broken"}),
    "FirstAvailable": (lambda name, one: Claim("claim", FirstAvailable(name, one)), {"name": "either", "one": Gaudi()}),
    "Claim": (claim_with, {}),
    "ExistingClaim": (ExistingClaim, {"object_name": "team"}),
    "ExistingClaimTemplate": (ExistingClaimTemplate, {"object_name": "team"}),
    "ExtendedResource": (ExtendedResource, {"resource": "intel.com/gpu"}),
    "ExtendedResource.of_class": (ExtendedResource.of_class, {"device_class": "gpu.intel.com"}),
    "DeviceClass": (DeviceClass, {"name": "big", "device": intel.gpu}),
    "DeviceTaintRule": (DeviceTaintRule, {"name": "broken", "key": "example.com/broken", "effect": "NoSchedule"}),
    "ComputeDomain": (ComputeDomain, {"name": "domain"}),
    "ResourceSlice": (ResourceSlice, {"node": "node-1", "driver": intel.gpu, "devices": [Device("a")]}),
    "Device": (lambda **fields: ResourceSlice("node-1", intel.gpu, [Device(**fields)]), {"name": "a"}),
}
KINDS: dict[str, Any] = {kind.__name__: kind for kind in (*REQUESTS, Request, MatchAttribute, DistinctAttribute, Toleration, Device)}


def fields_of(name: str) -> list[str]:
    if name == "Claim":
        return ["name", "aligned_on", "constraints", "config", "shared", "labels", "annotations", "accept"]
    return list(inspect.signature(KINDS.get(name, MAKERS[name][0])).parameters)


FIELDS = [pytest.param(kind, field, id=f"{kind}-{field}") for kind in MAKERS for field in fields_of(kind)]


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_junk_in_any_field_is_taken_or_refused_with_problems(kind: str, field: str) -> None:
    make, needed = MAKERS[kind]
    for junk in JUNK:
        try:
            made = make(**{**needed, field: junk})
            manifests = in_a_service(made) if hasattr(made, "pod_claim") else [made.manifest()] if hasattr(made, "manifest") else []
            to_yaml(manifests)
        except SpecError as error:
            assert_legible(error.problems)
            continue
        found = [problem for manifest in manifests for problem in (*check_object(manifest, version="1.36"), *check_dra(manifest, version="1.36"))]
        harmless = {"duplicate", "gate"}
        assert [str(one) for one in found if one.severity == "error" and not is_stricter(one.rule) and one.rule not in harmless] == []


def test_junk_for_a_request_is_refused_with_problems() -> None:
    for junk in JUNK:
        for request in (junk, FirstAvailable("either", junk)):
            with pytest.raises(SpecError) as caught:
                Claim("claim", request)
            assert_legible(caught.value.problems)


@pytest.mark.parametrize("rule", ["strict-valu", "value-literal", "cel-syntax", ""])
def test_only_rules_that_can_be_right_are_accepted(rule: str) -> None:
    with pytest.raises(SpecError, match=r"there is no rule|cannot be suppressed"):
        Claim("claim", Gaudi(), accept={rule: "because"})
    with pytest.raises(SpecError, match=r"there is no rule|cannot be suppressed"):
        ExistingClaimTemplate("team", accept={rule: "because"})


def test_a_misspelt_rule_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(SpecError, match="did you mean 'strict-value'"):
        Claim("claim", Gaudi(), accept={"strict-valeu": "because"})


@pytest.mark.parametrize("reason", ["", " ", "\t"])
def test_reasons_are_words(reason: str) -> None:
    with pytest.raises(SpecError, match="needs a reason in words"):
        Claim("claim", Gaudi(), accept={"strict-value": reason})
    if reason:
        with pytest.raises(SpecError, match="needs a reason in words"):
            Claim("claim", Gaudi(count=1, count_reason=reason))
