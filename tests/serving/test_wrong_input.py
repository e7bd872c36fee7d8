"""Whatever is put into a field of a record, the answer is a record that makes sound objects or problems with place and fault, all at once."""

import inspect
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from constructs_dra import (
    Accelerator,
    AcceleratorTypes,
    Claim,
    Container,
    ExistingClaimTemplate,
    Gaudi,
    HelmRelease,
    IntelGpu,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Pod,
    PodMonitor,
    Port,
    Requester,
    Role,
    RoleClaim,
    RoutingProxy,
    ServiceAccount,
    SpecError,
    Tracing,
    to_yaml,
)
from constructs_dra.serving.container import ContainerFields
from tests.junk import JUNK, assert_legible

SERVER = Container.vllm("vllm/vllm-openai:v0.11.0")
MODEL = ModelArtifacts.hf("example/llama")
MAKERS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (Accelerator, {"type": "mine"}),
    (AcceleratorTypes, {"label_key": "accelerator"}),
    (Container, {"image": "a:1"}),
    (Container.vllm, {"image": "a:1"}),
    (Container.custom, {"image": "a:1"}),
    (ExistingClaimTemplate, {"object_name": "team"}),
    (HelmRelease, {}),
    (LeaderWorkerSet, {}),
    (ModelArtifacts, {"uri": "hf://example/llama"}),
    (ModelArtifacts.hf, {"model": "example/llama"}),
    (ModelArtifacts.pvc, {"claim": "models", "path": "llama"}),
    (ModelArtifacts.pvc_hf, {"claim": "models", "model": "example/llama"}),
    (ModelArtifacts.oci, {"reference": "example/llama:1"}),
    (ModelService, {"name": "llama", "model": MODEL, "decode": Role(containers=[SERVER])}),
    (Parallelism, {}),
    (Pod, {"containers": [SERVER]}),
    (PodMonitor, {}),
    (Port, {"number": 8000}),
    (Requester, {"image": "a:1"}),
    (Role, {"containers": [SERVER]}),
    (RoleClaim, {"spec": Claim("a", Gaudi())}),
    (RoutingProxy, {}),
    (ServiceAccount, {}),
    (Tracing, {"otlp_endpoint": "http://otel:4317"}),
]
FIELDS = [
    pytest.param(make, needed, name, id=f"{make.__qualname__}-{name}")
    for make, needed in MAKERS
    for name in [*inspect.signature(make).parameters, *(ContainerFields.__annotations__ if make == Container.vllm else ())]
    if name != "fields"
]


def service_with(made: Any) -> ModelService:
    """A service that uses a record of any kind."""
    if isinstance(made, ModelService):
        return made
    container = Container.vllm("a:1", ports=[made]) if isinstance(made, Port) else made if isinstance(made, Container) else SERVER
    for_role = {
        Accelerator: "accelerator",
        AcceleratorTypes: "accelerator_types",
        LeaderWorkerSet: "multinode",
        Parallelism: "parallelism",
        PodMonitor: "monitoring",
    }
    for_service = {HelmRelease: "release", Requester: "requester", RoutingProxy: "proxy", ServiceAccount: "service_account", Tracing: "tracing"}
    fields: dict[str, Any] = {for_role[type(made)]: made} if type(made) in for_role else {}
    if isinstance(made, ExistingClaimTemplate | RoleClaim):
        fields = {"claims": [made]}
    role = made if isinstance(made, Role) else Role(containers=[container], **fields)
    others: dict[str, Any] = {for_service[type(made)]: made} if type(made) in for_service else {}
    return ModelService("llama", model=made if isinstance(made, ModelArtifacts) else MODEL, decode=role, **others)


@pytest.mark.parametrize(("make", "needed", "name"), FIELDS)
def test_junk_in_any_field_is_taken_or_refused_with_problems(make: Callable[..., Any], needed: dict[str, Any], name: str) -> None:
    for junk in JUNK:
        try:
            to_yaml(service_with(make(**{**needed, name: junk})).manifests())
        except SpecError as error:
            assert_legible(error.problems)


def problems_of(make: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(SpecError) as caught:
        make()
    assert_legible(caught.value.problems)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_mistakes_in_fields_do_not_hide_mistakes_between_other_fields() -> None:
    found = problems_of(
        lambda: Container(image="a:1", model_command="vllmServe", command=["vllm"], args="--seed=1", resources={"limits": {"cpu": "four"}})  # type: ignore[arg-type]
    )
    assert list(found) == ["args", "resources.limits['cpu']", "command"]


def test_a_service_with_a_wrong_name_is_checked_as_a_whole_all_the_same() -> None:
    role = Role(containers=[SERVER], parallelism=Parallelism(tensor=2), claims=[Claim("gpu", IntelGpu(count=1))])
    found = problems_of(lambda: ModelService("My_Model", model=MODEL, decode=role, labels={"a": 5}, namespace="A"))  # type: ignore[dict-item]
    assert list(found) == ["name", "namespace", "labels['a']", "decode.claims[0]"]


def test_what_a_wrong_field_decides_is_not_checked_by_guesswork() -> None:
    role = Role(containers=[Container.vllm("a:1", args=["--port=9000"])])
    found = problems_of(lambda: ModelService("llama", model=MODEL, decode=role, service_port="9000"))  # type: ignore[arg-type]
    assert list(found) == ["service_port"]


def test_parts_of_a_model_are_called_by_their_own_names() -> None:
    assert problems_of(lambda: ModelArtifacts.hf(None, size="big")) == {  # type: ignore[arg-type]
        "model": "must be a string, not None",
        "size": "'big' is not a valid quantity",
    }
    assert problems_of(lambda: ModelArtifacts.pvc("models", 5)) == {"path": "must be a string, not 5"}  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [make for make, _ in MAKERS if inspect.isclass(make) and attrs.has(make)])
def test_an_unknown_field_is_pythons_own_error_with_its_name(make: type) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'tensr'"):
        make(tensr=1)


def test_numbers_stay_within_what_kubernetes_can_hold() -> None:
    assert problems_of(lambda: Role(containers=[SERVER], replicas=10**30)) == {"replicas": f"must be 0 to 2147483647, not {10**30}"}
