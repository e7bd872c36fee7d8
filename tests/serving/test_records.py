"""Records that exist are valid; what is wrong with one that cannot exist comes out at once, with place and hint."""

import copy
import pickle
from contextlib import suppress
from typing import Any, get_type_hints

import attrs
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra import (
    Accelerator,
    AcceleratorTypes,
    Container,
    HelmRelease,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Pod,
    PodMonitor,
    Port,
    Requester,
    Role,
    RoutingProxy,
    ServiceAccount,
    SpecError,
    Tracing,
)
from constructs_dra.records.kubernetes import kubernetes_names
from constructs_dra.serving.container import ContainerFields

SERVER = Container.vllm("vllm/vllm-openai:v0.12.0")
NEEDED: dict[type, dict[str, Any]] = {
    Accelerator: {"type": "mine"},
    AcceleratorTypes: {"label_key": "accelerator"},
    Container: {"image": "vllm/vllm-openai:v0.12.0"},
    HelmRelease: {},
    LeaderWorkerSet: {},
    ModelArtifacts: {"uri": "hf://example/llama"},
    ModelService: {"name": "llama", "model": ModelArtifacts.hf("example/llama"), "decode": Role(containers=[SERVER])},
    Parallelism: {},
    Pod: {"containers": [SERVER]},
    PodMonitor: {},
    Port: {"number": 8000},
    Requester: {"image": "example.com/requester:1"},
    Role: {"containers": [SERVER]},
    RoutingProxy: {},
    ServiceAccount: {},
    Tracing: {"otlp_endpoint": "http://otel:4317"},
}
"""Every public record with the fields it cannot do without."""

FIELDS = [(kind, field.name) for kind in NEEDED for field in attrs.fields(kind)]


def messages(make: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        make()
    return [str(problem) for problem in caught.value.problems]


SHAPES: list[Any] = [object(), 5, -1, 1.5, "x y", "", b"x", None, True, [], [5], [None], {}, {"a": 5}, {5: "a"}, {"a": {"b": []}}]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_wrong_shape_in_any_field_is_a_problem_and_never_a_crash(kind: type, name: str) -> None:
    for value in SHAPES:
        with suppress(SpecError):
            made = kind(**{**NEEDED[kind], name: value})
            # what one record takes, the service around it can work with
            role = made if isinstance(made, Role) else Role(containers=[made if isinstance(made, Container) else SERVER])
            model = made if isinstance(made, ModelArtifacts) else ModelArtifacts.hf("example/llama")
            ModelService("llama", model=model, decode=role).manifests()


@pytest.mark.parametrize("kind", list(NEEDED))
def test_every_field_is_documented(kind: type) -> None:
    documented = "".join(base.__doc__ or "" for base in kind.__mro__)
    missing = [field.name for field in attrs.fields(kind) if f"    {field.name}:" not in documented]  # Python 3.13 takes the indent away
    assert missing == []


@pytest.mark.parametrize("kind", list(NEEDED))
def test_records_are_values(kind: type) -> None:
    one, two = kind(**NEEDED[kind]), kind(**NEEDED[kind])
    assert one == two
    assert copy.deepcopy(one) == one
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(one, attrs.fields(kind)[0].name, "other")


def test_records_do_not_share_what_they_were_made_from() -> None:
    env, args = {"A": "1"}, ["--a"]
    container = Container.vllm("a:1", env=env, args=args)
    env["A"], args[0] = "2", "--b"
    assert (container.env, container.args) == ({"A": "1"}, ("--a",))


def test_the_constructors_of_a_container_take_every_field() -> None:
    fields = {field.name for field in attrs.fields(Container)} - {"image", "model_command", "command"}
    assert set(get_type_hints(ContainerFields)) == fields
    assert set(kubernetes_names(Container).values()) <= fields | {"image", "command"}


def test_all_mistakes_of_a_record_at_once_with_place_fault_and_hint() -> None:
    found = messages(lambda: Container.vllm("a:1", args="--seed=1", env={"A": 5}, ports=[70000], name="My_Server"))  # type: ignore[arg-type, dict-item]
    assert found == [
        "Container 'My_Server': name: 'My_Server' may only hold lower-case letters, digits and '-'",
        "Container 'My_Server': args: must be a list of strings, not '--seed=1';\n  write ['--seed=1']",
        "Container 'My_Server': env['A']: must be a string or a source such as field_ref('status.podIP'), not 5;\n  write \"5\"",
        "Container 'My_Server': ports[0]: must be 1 to 65535, not 70000",
    ]


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("llama", "'llama' has no scheme"),
        ("hg://a/b", "has the unknown scheme 'hg'"),
        ("pvc+hf://models", "'pvc+hf://models' does not name a model"),
        ("pvc+hf://models/llama", "does not name a model"),
        ("pvc://models", "does not name a path on the volume"),
        ("pvc://My_Models/x", "the claim 'My_Models' may only hold"),
        ("hf://", "has an empty part or a blank"),
        ("hf://a//b", "has an empty part or a blank"),
        ("hf://a b/c", "has an empty part or a blank"),
    ],
)
def test_a_model_uri_that_is_none_is_refused_with_the_form_it_should_have(uri: str, words: str) -> None:
    (found,) = messages(lambda: ModelArtifacts(uri=uri))
    assert words in found


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: Container.vllm("a:1", readiness_probe={"httpGet": {"pth": "/", "port": 1}}), "readiness_probe.httpGet.pth"),
        (lambda: Container.vllm("a:1", lifecycle={"preStop": {"exe": {}}}), "lifecycle.preStop.exe"),
        (lambda: Container.vllm("a:1", security_context={"fsGroup": 107}), "security_context.fsGroup"),
        (lambda: Container.vllm("a:1", volume_mounts=[{"name": "a", "mountPth": "/"}]), "volume_mounts[0].mountPth"),
        (lambda: Container.vllm("a:1", env={"A": {"fieldRef": {"fieldpath": "x"}}}), "env['A'].fieldRef.fieldpath"),
        (lambda: Container.vllm("a:1", resources={"limit": {}}), "resources.limit"),
        (lambda: Container.vllm("a:1", resources={"limits": {"cpu": "four"}}), "resources.limits['cpu']"),
        (lambda: Container.vllm("a:1", extra={"securityContext": {}}), "extra.securityContext"),
        (lambda: Role(containers=[SERVER], volumes={"shm": {"emptydir": {}}}), "volumes['shm'].emptydir"),
        (lambda: Role(containers=[SERVER], tolerations=[{"kei": "a"}]), "tolerations[0].kei"),
        (lambda: Role(containers=[SERVER], affinity={"nodeAfinity": {}}), "affinity.nodeAfinity"),
        (lambda: Role(containers=[SERVER], strategy={"typ": "Recreate"}), "strategy.typ"),
        (lambda: Role(containers=[SERVER], extra={"hostNetwrk": True}), "extra.hostNetwrk"),
        (lambda: PodMonitor(relabelings=[{"acton": "keep"}]), "relabelings[0].acton"),
        (lambda: LeaderWorkerSet(rollout_strategy={"typ": "x"}), "rollout_strategy.typ"),
    ],
)
def test_a_mistake_inside_a_kubernetes_fragment_has_its_path(make: Any, path: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert path in {problem.path for problem in caught.value.problems}


def test_further_objects_are_checked_where_their_kind_is_known() -> None:
    model, role = ModelArtifacts.hf("example/llama"), Role(containers=[SERVER])
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringdata": {}}
    (found,) = messages(lambda: ModelService("llama", model=model, decode=role, extra_objects=[secret]))
    assert found.startswith("ModelService 'llama': extra_objects[0].stringdata: ")
    assert found.endswith("did you mean 'stringData'?")


@pytest.mark.parametrize(
    ("given_", "data", "local", "pods"),
    [
        ({}, 1, 1, 1),
        ({"data": 8}, 8, 8, 1),
        ({"data": 8, "workers": 4}, 8, 2, 4),
        ({"data": 8, "data_local": 2}, 8, 2, 4),
        ({"data_local": 2, "workers": 4}, 8, 2, 4),
        ({"data_local": 2}, 2, 2, 1),
        ({"workers": 4}, 1, 1, 4),
    ],
)
def test_what_is_left_out_of_the_parallelism_follows_by_the_charts_rules(given_: dict[str, int], data: int, local: int, pods: int) -> None:
    made = Parallelism(tensor=2, **given_)
    assert (made.data_parallel_size, made.data_parallel_size_local, made.pods_per_replica) == (data, local, pods)
    assert made.devices_per_pod == 2 * local


@settings(max_examples=200, deadline=None)
@given(tensor=st.integers(1, 64), data=st.integers(1, 64), local=st.integers(1, 64))
def test_every_device_of_a_replica_is_in_one_of_its_pods(tensor: int, data: int, local: int) -> None:
    made = Parallelism(tensor=tensor, data=data * local, data_local=local)
    assert made.devices_per_pod * made.pods_per_replica == tensor * data * local


@pytest.mark.parametrize("size", [0, -1, True, 1.5, "2"])
def test_sizes_are_whole_numbers_from_one(size: Any) -> None:
    (found,) = messages(lambda: Parallelism(tensor=size))
    assert found.startswith("Parallelism: tensor: must be")


def test_a_deployment_strategy_does_not_belong_to_groups() -> None:
    role = Role(containers=[SERVER], parallelism=Parallelism(data=2, workers=2), strategy={"type": "Recreate"})
    (found,) = messages(lambda: ModelService("llama", model=ModelArtifacts.hf("example/llama"), decode=role))
    assert "use multinode.rollout_strategy" in found


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: Container.vllm(" a:1"), "image"),
        (lambda: Container.vllm("a:1", resources={"limits": {"cpu": "-1"}}), "resources.limits['cpu']"),
        (lambda: ModelArtifacts.hf("a/b", size="-5Gi"), "size"),
        (lambda: ModelArtifacts.hf("a/b", mount_path="/a:b"), "mount_path"),
        (lambda: Role(containers=[SERVER], image_pull_secrets=["A B"]), "image_pull_secrets[0]"),
        (lambda: Role(containers=[SERVER], volumes={"shm": "emptyDir"}), "volumes['shm']"),  # type: ignore[dict-item]
    ],
)
def test_values_that_cannot_work_are_refused_where_they_stand(make: Any, path: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert [problem.path for problem in caught.value.problems] == [path]


def test_a_group_has_the_pods_that_the_parallelism_spreads_over() -> None:
    role = Role(containers=[SERVER], parallelism=Parallelism(tensor=16, nodes=2), multinode=LeaderWorkerSet(size=3))
    (found,) = messages(lambda: ModelService("llama", model=ModelArtifacts.hf("a/b"), decode=role))
    assert "decode.multinode.size: a group has 3 pods, but decode.parallelism spreads over 2" in found


@pytest.mark.parametrize(
    ("parallelism", "group", "path", "words"),
    [
        (Parallelism(tensor=16), LeaderWorkerSet(size=2), "decode.multinode.size", "each of the 2 pods of a group would get 16 devices"),
        (Parallelism(tensor=16, workers=2), None, "decode.parallelism.workers", "write Parallelism(tensor=16, nodes=2) to spread one model copy"),
        (Parallelism(tensor=8, workers=2), None, "decode.parallelism.workers", "or replicas=2 for servers apart"),
        (Parallelism(tensor=8, nodes=3), None, "decode.parallelism.nodes", "3 nodes do not divide the 8 devices"),
        (Parallelism(tensor=8, nodes=2, data=2), None, "decode.parallelism.nodes", "data, data_local and workers do not go with nodes"),
        (Parallelism(tensor=8, nodes=2, workers=2), None, "decode.parallelism.nodes", "data, data_local and workers do not go with nodes"),
    ],
)
def test_a_group_that_the_parallelism_does_not_use_is_refused(parallelism: Parallelism, group: Any, path: str, words: str) -> None:
    role = Role(containers=[SERVER], parallelism=parallelism, multinode=group)
    with pytest.raises(SpecError) as caught:
        ModelService("llama", model=ModelArtifacts.hf("a/b"), decode=role)
    assert [(problem.path, problem.rule) for problem in caught.value.problems] == [(path, "multinode")]
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        {"group_replacement_policy": "Immediate"},
        {"group_identity": "Hash", "rollout_strategy": {"type": "RollingUpdate", "rollingUpdateConfiguration": {"partition": 1}}},
    ],
)
def test_groups_without_numbers_have_limits(fields: dict[str, Any]) -> None:
    (found,) = messages(lambda: LeaderWorkerSet(**fields))
    assert "Hash" in found


def test_an_unknown_accelerator_is_an_error_with_the_nearest_one() -> None:
    (found,) = messages(lambda: Role(containers=[SERVER], accelerator="intel-xee"))  # type: ignore[arg-type]
    assert found.startswith("Role: accelerator: 'intel-xee' is not an accelerator type;\n  did you mean 'intel-xe'?")


def test_intel_without_claims_is_an_error() -> None:
    (found,) = messages(lambda: Role(containers=[SERVER], accelerator="intel"))
    assert "has no device-plugin resource" in found


def test_a_changed_copy_is_checked_too() -> None:
    with pytest.raises(SpecError, match="replicas"):
        evolve(Role(containers=[SERVER]), replicas=-1)
