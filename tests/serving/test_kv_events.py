"""Servers that tell the picker what their caches hold."""

import json
from typing import Any

import pytest

from constructs_dra import (
    Claim,
    Container,
    KvEvents,
    LeaderWorkerSet,
    Manifest,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    Parallelism,
    Port,
    Production,
    Role,
    SpecError,
)
from constructs_dra.kubernetes.schemas import check_object

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")
GPUS = Claim("gpus", NvidiaGpu())


def made(role: Role, part: KvEvents, **fields: Any) -> dict[str, Manifest]:
    service = ModelService("qwen", model=ModelArtifacts.hf("Qwen/Qwen3-8B"), decode=role, parts=[part], **fields)
    manifests = service.manifests()
    assert [problem for manifest in manifests for problem in check_object(manifest)] == []
    return {manifest["kind"]: manifest for manifest in manifests}


def server(role: Role, part: KvEvents) -> Manifest:
    container: Manifest = made(role, part)["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    return container


def value(container: Manifest, flag: str) -> Any:
    return container["args"][container["args"].index(flag) + 1]


def test_a_server_publishes_under_the_name_the_picker_knows_it_by() -> None:
    container = server(Role(claims=[GPUS], containers=[SERVER]), KvEvents(block_size=64))
    assert json.loads(value(container, "--kv-events-config")) == {
        "enable_kv_cache_events": True,
        "publisher": "zmq",
        "endpoint": "tcp://*:5556",
        "topic": "kv@$(POD_IP):8000@Qwen/Qwen3-8B",
    }
    assert value(container, "--block-size") == "64"
    assert {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}} in container["env"]
    assert {"containerPort": 5556, "name": "kv-events"} in container["ports"]


def test_every_copy_of_a_pod_publishes_at_a_port_that_the_picker_may_reach() -> None:
    role = Role(claims=[GPUS], containers=[SERVER], parallelism=Parallelism(data=2, data_local=2))
    found = made(role, KvEvents(port=6000))
    ports = found["Deployment"]["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert [(port["name"], port["containerPort"]) for port in ports][1:] == [("kv-events", 6000), ("kv-events-1", 6001)]
    assert [port["port"] for port in found["NetworkPolicy"]["spec"]["ingress"][0]["ports"]] == [6000, 6001, 8000]


def test_copies_in_several_pods_are_not_found_by_the_picker() -> None:
    role = Role(claims=[GPUS], containers=[SERVER], parallelism=Parallelism(data=4, data_local=2), multinode=LeaderWorkerSet(routing_proxy="all"))
    with pytest.raises(SpecError, match=r"parts\[0\]: decode has model copies in several pods"):
        made(role, KvEvents())


def test_what_the_author_says_stays() -> None:
    own = Container.vllm(
        "vllm/vllm-openai:v0.20.0",
        args=["--kv-events-config", "{}", "--block-size=16"],
        env={"POD_IP": "1.2.3.4"},
        ports=[Port(5556, name="events")],
    )
    container = server(Role(claims=[GPUS], containers=[own]), KvEvents(block_size=64))
    assert container["args"].count("--kv-events-config") == 1
    assert "--block-size" not in container["args"]
    assert [variable for variable in container["env"] if variable["name"] == "POD_IP"] == [{"name": "POD_IP", "value": "1.2.3.4"}]
    assert [port for port in container["ports"] if port["containerPort"] == 5556] == [{"containerPort": 5556, "name": "events"}]


def test_a_server_of_another_engine_is_only_let_through() -> None:
    sglang = Container.custom("lmsysorg/sglang:v0.5.16", ["sglang", "serve"])
    found = made(Role(claims=[GPUS], containers=[sglang]), KvEvents(), production=Production(probes=None))
    container = found["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert "args" not in container
    assert 5556 in [port["port"] for port in found["NetworkPolicy"]["spec"]["ingress"][0]["ports"]]
