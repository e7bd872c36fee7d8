"""Probes, resources and sources of variables as records: what they stand for, and what is said of mistakes."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra import (
    Accelerator,
    Container,
    EnvFrom,
    ExecProbe,
    GrpcProbe,
    HttpProbe,
    Manifest,
    ModelArtifacts,
    ModelService,
    Requester,
    Resources,
    Role,
    RoutingProxy,
    SpecError,
    TcpProbe,
    to_yaml,
)
from constructs_dra.kubernetes.schemas import check_fragment

MODEL = ModelArtifacts.pvc("model-pvc", "llama")


def made(**fields: Any) -> Manifest:
    """The container of a model server that states these fields."""
    service = ModelService("llama", model=MODEL, decode=Role(containers=[Container.vllm("vllm/vllm-openai:v0.20.0", **fields)]))
    workload = next(item for item in service.manifests() if item["kind"] == "Deployment")
    container: Manifest = workload["spec"]["template"]["spec"]["containers"][0]
    return container


def problems(make: Callable[[], object]) -> list[str]:
    with pytest.raises(SpecError) as caught:
        make()
    return [f"{item.path}: {item.message}" for item in caught.value.problems]


TIMES = {
    "initial_delay_seconds": "initialDelaySeconds",
    "period_seconds": "periodSeconds",
    "timeout_seconds": "timeoutSeconds",
    "failure_threshold": "failureThreshold",
    "termination_grace_period_seconds": "terminationGracePeriodSeconds",
}
rhythms = st.fixed_dictionaries({}, optional=dict.fromkeys(TIMES, st.integers(1, 900)))
handlers = st.one_of(
    st.builds(
        lambda path, scheme, value: (
            lambda **rhythm: HttpProbe(path, 8000, scheme=scheme, headers={"X-A": value}, **rhythm),
            {"httpGet": {"path": path, "port": 8000, "scheme": scheme, "httpHeaders": [{"name": "X-A", "value": value}]}},
        ),
        st.sampled_from(["/health", "/v1/models"]),
        st.sampled_from(["HTTP", "HTTPS"]),
        st.sampled_from(["", "b"]),
    ),
    st.builds(
        lambda host: (lambda **rhythm: TcpProbe(8000, host=host, **rhythm), {"tcpSocket": {"port": 8000, "host": host}}), st.sampled_from(["a", "b"])
    ),
    st.builds(
        lambda command: (lambda **rhythm: ExecProbe(command, **rhythm), {"exec": {"command": command}}),
        st.lists(st.text("ab -/", max_size=4), min_size=1, max_size=3),
    ),
    st.builds(
        lambda name: (lambda **rhythm: GrpcProbe(8000, service=name, **rhythm), {"grpc": {"port": 8000, "service": name}}), st.text("ab", max_size=3)
    ),
)


@settings(max_examples=25, deadline=None)
@given(handler=handlers, rhythm=rhythms)
def test_a_probe_is_the_mapping_it_stands_for(handler: tuple[Callable[..., Any], Manifest], rhythm: dict[str, int]) -> None:
    make, asked = handler
    record, mapping = make(**rhythm), {**asked, **{TIMES[name]: value for name, value in rhythm.items()}}
    assert record == mapping
    assert check_fragment(mapping, "Probe", path="probe") == []
    assert made(startup_probe=record, liveness_probe=record) == made(startup_probe=mapping, liveness_probe=mapping)


@settings(max_examples=25, deadline=None)
@given(
    cpu=st.none() | st.sampled_from([1, 4, 0.5, "500m"]),
    memory=st.none() | st.sampled_from(["1Gi", "512Mi"]),
    limit=st.none() | st.sampled_from(["2Gi", "1e12"]),
    storage=st.none() | st.just("5Gi"),
    extended=st.dictionaries(st.sampled_from(["example.com/nic", "example.com/disk"]), st.integers(0, 9)),
    pages=st.dictionaries(st.sampled_from(["2Mi", "1Gi"]), st.sampled_from(["1Gi", "4Gi"])),
)
def test_resources_are_the_mapping_they_stand_for(  # noqa: PLR0917 - hypothesis names them
    cpu: Any, memory: str | None, limit: str | None, storage: str | None, extended: dict[str, int], pages: dict[str, str]
) -> None:
    record = Resources(cpu=cpu, memory=memory, memory_limit=limit, ephemeral_storage_limit=storage, extended=extended, hugepages=pages)
    both = {**{name: str(amount) for name, amount in extended.items()}, **{f"hugepages-{size}": amount for size, amount in pages.items()}}
    limits = {**({"memory": limit} if limit else {}), **({"ephemeral-storage": storage} if storage else {}), **both}
    requests = {**({"cpu": str(cpu)} if cpu else {}), **({"memory": memory} if memory else {}), **both}
    mapping = {**({"limits": limits} if limits else {}), **({"requests": requests} if requests else {})}
    assert record == mapping
    assert to_yaml([made(resources=record)]) == to_yaml([made(resources=mapping)])


@settings(max_examples=25, deadline=None)
@given(prefix=st.none() | st.sampled_from(["A_", "b."]), optional=st.none() | st.booleans(), secret=st.booleans())
def test_a_source_of_variables_is_the_mapping_it_stands_for(prefix: str | None, optional: bool | None, secret: bool) -> None:
    record = (EnvFrom.secret if secret else EnvFrom.config_map)("keys", prefix=prefix, optional=optional)
    source: Manifest = {"name": "keys", **({} if optional is None else {"optional": optional})}
    mapping = {**({} if prefix is None else {"prefix": prefix}), "secretRef" if secret else "configMapRef": source}
    assert record == mapping
    assert made(env_from=[record])["envFrom"] == made(env_from=(mapping,))["envFrom"] == [mapping]


def test_lists_and_tuples_of_sources_are_alike() -> None:
    containers = [Container.vllm("vllm:1", env_from=kind([EnvFrom.secret("keys")])) for kind in (list, tuple, list, tuple)]
    assert all(each == containers[0] for each in containers)
    assert evolve(containers[1], name="b").env_from[0] == {"secretRef": {"name": "keys"}}


def test_resources_stand_wherever_mappings_do() -> None:
    resources = Resources(cpu=1, memory="1Gi")
    assert RoutingProxy(resources=resources).resources == {"requests": {"cpu": "1", "memory": "1Gi"}}
    assert Requester(image="requester:1", resources=resources).resources == resources


def test_every_mistake_of_a_probe_is_named_in_python() -> None:
    wrong: Any = HttpProbe
    assert problems(lambda: wrong("", "80", scheme="http", headers={"a b": 1}, period_seconds=0)) == [
        "period_seconds: must be at least 1, not 0",
        "path: must not be empty",
        "port: must be a number or the name of a port, not '80'",
        "scheme: 'http' is unknown",
        "headers['a b']: must be a string, not 1",
        "headers['a b']: is not a valid name of an HTTP header: letters, digits and '-'",
    ]
    command: Any = "cat /tmp/ready"
    assert problems(lambda: ExecProbe(command)) == ["command: must be a list of strings, not 'cat /tmp/ready'"]
    assert problems(lambda: ExecProbe([])) == ["command: must not be empty"]
    assert problems(lambda: GrpcProbe(0)) == ["port: must be 1 to 65535, not 0"]


def test_a_probe_fits_its_place() -> None:
    twice, grace = TcpProbe(8000, success_threshold=2), TcpProbe(8000, termination_grace_period_seconds=5)
    assert problems(lambda: Container.vllm("vllm:1", startup_probe=twice, liveness_probe=twice, readiness_probe=grace)) == [
        "startup_probe.success_threshold: must be 1 for a startup probe, not 2",
        "liveness_probe.success_threshold: must be 1 for a liveness probe, not 2",
        "readiness_probe.termination_grace_period_seconds: is not allowed for a readiness probe, which ends nothing",
    ]
    assert Container.vllm("vllm:1", startup_probe=grace, liveness_probe=grace, readiness_probe=twice).readiness_probe == twice


def test_every_mistake_of_resources_is_named_in_python() -> None:
    wrong: Any = Resources
    assert problems(lambda: wrong(cpu=True, memory=16, cpu_limit=-1, extended={"gpu": 1, "a.b/c": "2"}, hugepages={"big": "1Gi"})) == [
        "cpu: must be a number of CPUs such as 4 or '500m', not True",
        "memory: must be a string with a unit such as '16Gi', not 16",
        "cpu_limit: -1 must not be negative",
        "extended['gpu']: is not the name of an extended resource, which has a domain",
        "extended['a.b/c']: must be a whole number, not '2'",
        "hugepages['big']: must be a page size such as '2Mi' as key, not 'big'",
    ]
    assert problems(lambda: Resources(cpu=4, cpu_limit="3900m")) == ["cpu: 4 is above the limit 3900m"]


def test_a_number_of_devices_is_found_where_it_was_written() -> None:
    resources = Resources(extended={"example.com/npu": 3})
    role = Role(
        accelerator=Accelerator("mine", resource="example.com/npu", count=1),
        containers=[Container.vllm("vllm/vllm-openai:v0.20.0", resources=resources)],
    )
    found = problems(lambda: ModelService("llama", model=MODEL, decode=role))
    assert any(item.startswith("decode.containers[0].resources.extended['example.com/npu']: asks for 3 ") for item in found), found


def test_every_mistake_of_a_source_is_named_in_python() -> None:
    optional: Any = "yes"
    assert problems(lambda: EnvFrom.secret("My_Keys", prefix="a=b", optional=optional)) == [
        "name: 'My_Keys' may only hold lower-case letters, digits, '-' and '.'",
        "prefix: 'a=b' " + problems(lambda: EnvFrom.config_map("a", prefix="a=b"))[0].partition("'a=b' ")[2],
        "optional: must be True or False, not 'yes'",
    ]
