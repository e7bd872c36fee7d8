"""Records of one content are checked once, and nobody can tell."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, Parallelism, Port, Role, SpecError
from constructs_dra.catalogue import registry
from constructs_dra.catalogue.model import Driver, PublishedClass
from constructs_dra.claims import IntelGpu
from constructs_dra.drivers import register
from constructs_dra.records import alike
from constructs_dra.serving.checks.alike import frame, is_sound
from constructs_dra.serving.checks.view import checked_pods
from constructs_dra.serving.context import ServiceContext
from constructs_dra.serving.resolve import resolved
from tests.junk import JUNK

_SCALARS = st.sampled_from([None, True, False, 0, 1, 2, 1.0, -0.0, 0.0, "", "1", "a", "http", "vllm/vllm-openai:v0.11.0", "4Gi", "\ud800", "é"])


def _can_be_shown(value: object) -> bool:
    try:
        return bool(repr(value))
    except Exception:  # noqa: BLE001 - that is its point
        return False


_SHOWN = [value for value in JUNK if _can_be_shown(value)]  # hypothesis shows what it tries
_PLAIN: Any = st.recursive(
    _SCALARS | st.sampled_from(_SHOWN),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "limits", "name", "httpGet"]), inner, max_size=2),
    max_leaves=4,
)
_MAKERS: dict[str, Callable[[Any, Any], Any]] = {
    "port": lambda one, other: Port(one, name=other),
    "parallelism": lambda one, other: Parallelism(tensor=one, data=other),
    "container": lambda one, other: Container.custom("image:1", args=one, env=other),
    "resources": lambda one, other: Container.custom("image:1", resources=one, liveness_probe=other),
    "role": lambda one, other: Role(containers=[Container.custom("image:1", env={"A": one})], node_selector=other),
    "ports": lambda one, other: Container.custom("image:1", ports=[Port(one), other]),
    "claim": lambda one, other: Claim("gpu", IntelGpu(count=one), labels=other),
    "gaudi": lambda one, other: Claim("gpu", Gaudi(model=one, tolerations=other)),
}


def _outcome(make: Callable[[], Any]) -> object:
    try:
        made = make()
    except SpecError as error:
        return [str(problem) for problem in error.problems]
    return type(made), [repr(getattr(made, item.name)) for item in type(made).__attrs_attrs__], made.found().errors


@given(st.sampled_from(sorted(_MAKERS)), _PLAIN, _PLAIN)
def test_what_was_seen_before_is_judged_as_if_it_were_new(kind: str, one: Any, other: Any) -> None:
    def make() -> Any:
        return _MAKERS[kind](one, other)

    try:
        alike.forget()
        fresh = _outcome(make)
    except Exception as error:  # noqa: BLE001 - junk may fail to be shown; it does so each time
        with pytest.raises(type(error)):
            _outcome(make)
        return
    assert _outcome(make) == fresh
    assert _outcome(make) == fresh


@given(_PLAIN, _PLAIN)
def test_values_that_are_equal_without_being_the_same_are_told_apart(one: Any, other: Any) -> None:
    alike.forget()
    fresh = _outcome(lambda: Parallelism(tensor=other))
    alike.forget()
    _outcome(lambda: Parallelism(tensor=one))
    assert _outcome(lambda: Parallelism(tensor=other)) == fresh


def test_true_is_not_one() -> None:
    assert Parallelism(tensor=1) == Parallelism(tensor=1)
    wrong: Any = True
    with pytest.raises(SpecError):
        Parallelism(tensor=wrong)


def test_records_alike_share_nothing_that_can_change() -> None:
    given = {"A": "x"}
    one, other = (Container.custom("image:1", env=given, resources={"limits": {"memory": "4Gi"}}) for _ in range(2))
    given["A"] = "y"
    assert one.env == other.env == {"A": "x"}
    assert one.env is not other.env
    assert one.resources is not None
    assert other.resources is not None
    assert one.resources["limits"] is not other.resources["limits"]


def test_a_driver_that_becomes_known_is_asked_about_claims_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def claim() -> Claim:
        return Claim("one", IntelGpu(device_class="made-up.example.com"))

    monkeypatch.setattr(registry, "_registered", {})
    claim()
    register(Driver(name="made-up.example.com", vendor="We", classes=(PublishedClass(name="made-up.example.com"),)))
    with pytest.raises(SpecError, match="selects devices of made-up"):
        claim()


def test_what_is_kept_has_a_bound() -> None:
    for number in range(3000):
        Port(8000, name=f"p{number}")
    kept = alike.kept(Port)
    assert 0 < kept <= 1024


_NAMES = st.sampled_from(["llama", "a", "latest", "8000", "port", "hf-token", "x--port-80", "model-0001", "vllm"])
_MODELS = st.sampled_from(
    [
        "org/model",
        "org/port",
        "org/--port",
        "org/a b",
        "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH/x",
        "meta-llama/Llama-3.1-8B-Instruct",
        "o/--port=1",
        "8000/9",
    ]
)
_CONTAINERS = st.sampled_from([
    Container.vllm("vllm/vllm-openai:v0.11.0"),
    Container.vllm("vllm/vllm-openai", args=["--port=8001"]),
    Container.vllm("vllm/vllm-openai:v0.11.0", args=["--max-model-len 4096"], env={"SETTING": "sk-123456789"}),
    Container.vllm("vllm/vllm-openai:v0.11.0", ports=[Port(8000, name="a")], readiness_probe={"httpGet": {"path": "/", "port": "b"}}),
])  # fmt: skip
_ROLES = st.fixed_dictionaries(
    {"containers": _CONTAINERS.map(lambda each: [each])},
    optional={
        "parallelism": st.sampled_from([Parallelism(tensor=4), Parallelism(tensor=2, nodes=2)]),
        "claims": st.just([Claim("gaudi", Gaudi(model="Gaudi3"))]),
        "replicas": st.integers(1, 2),
    },
)


@given(_ROLES, st.lists(st.tuples(_NAMES, _MODELS), min_size=2, max_size=3), st.sampled_from([None, 8000, 9000]), st.booleans())
def test_services_alike_but_for_their_names_are_judged_as_if_each_were_new(
    fields: dict[str, Any], names: list[tuple[str, str]], port: int | None, paired: bool
) -> None:
    def judged(name: str, model: str) -> object:
        more: dict[str, Any] = {} if port is None else {"service_port": port}
        try:
            role = Role(**fields)
            service = ModelService(name, model=ModelArtifacts.hf(model), decode=role, prefill=role if paired else None, **more)
        except SpecError as error:
            return [str(problem) for problem in error.problems]
        return [str(problem) for problem in service.check()]

    fresh = []
    for each in names:
        alike.forget()
        fresh.append(judged(*each))
    alike.forget()
    for _ in range(2):
        assert [judged(*each) for each in names] == fresh


def test_a_second_service_of_the_same_kind_is_found_sound() -> None:
    def context(name: str) -> ServiceContext:
        role = Role(containers=[Container.vllm("vllm/vllm-openai:v0.11.0")], replicas=2)
        return resolved(ModelService(name, model=ModelArtifacts.hf(f"org/{name}"), decode=role))

    views = [(checked_pods(made.roles["decode"])[0], frame(made.spec)) for made in map(context, ("one", "other"))]
    assert views[0][1] == views[1][1] is not None
    assert is_sound(*views[1])
