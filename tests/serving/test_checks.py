"""Every cross-check finds its mistake, says where and what to do, and can be suppressed where that can be right."""

from typing import Any

import pytest
from attrs import evolve

from constructs_dra import (
    Accelerator,
    Container,
    HelmRelease,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Pod,
    PodMonitor,
    Port,
    Problem,
    Production,
    Request,
    Requester,
    Role,
    RoutingProxy,
    SpecError,
    Tracing,
    secret_key_ref,
)
from constructs_dra.claims import Claim, ExistingClaimTemplate, ExtendedResource, Gaudi, GoogleTpu, NvidiaGpu
from constructs_dra.rules import rules, serving

PROBE = {"httpGet": {"path": "/v1/models", "port": 8000}}
TRANSFER = '--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_both"}'
MODEL = ModelArtifacts.hf("example/llama")


def vllm(**fields: Any) -> Container:
    return Container.vllm(**{"image": "vllm/vllm-openai:v0.12.0", "readiness_probe": PROBE, **fields})


def decode(container: Container | None = None, **fields: Any) -> Role:
    return Role(**{"containers": [container or vllm()], "strategy": {"type": "Recreate"}, **fields})


BROKEN: dict[str, dict[str, Any]] = {
    "admin-access": {"decode": decode(claims=[Claim("monitor", NvidiaGpu(admin_access=True))])},
    "claim-and-device-plugin": {"decode": decode(claims=[Claim("gpu", NvidiaGpu())], accelerator="nvidia")},
    "connector-unknown": {"decode": decode(), "proxy": RoutingProxy(kv_connector="nixl2")},
    "count-parallelism": {"decode": decode(claims=[Claim("gaudi", Gaudi(count=1))], parallelism=Parallelism(tensor=2))},
    "flag-blank": {"decode": decode(Container.vllm("vllm/vllm-openai:v0.11.0", args=["--max-model-len 4096"]))},
    "image-device": {"decode": decode(Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0"), claims=[Claim("gpu", NvidiaGpu())])},
    "multinode": {"decode": decode(parallelism=Parallelism(tensor=16, workers=2), strategy=None)},
    "data-parallel": {"decode": decode(parallelism=Parallelism(data=4, data_local=2, workers=4), strategy=None)},
    "data-parallel-address": {
        "decode": decode(Container.image_default("a:1", readiness_probe=PROBE), parallelism=Parallelism(data=4, data_local=2), strategy=None)
    },
    "devices-absent": {"decode": decode(parallelism=Parallelism(tensor=2))},
    "drain": {"decode": decode(termination_grace_period_seconds=30)},
    "env-twice": {"decode": decode(vllm(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]))},
    "flag-twice": {"decode": decode(vllm(args=["--seed=1", "--seed=2"]))},
    "image-tag": {"decode": decode(vllm(image="vllm/vllm-openai"))},
    "kv-mismatch": {"decode": decode(vllm(args=[TRANSFER, "--block-size=64"])), "prefill": decode(vllm(args=[TRANSFER]))},
    "kv-network": {name: decode(vllm(args=[TRANSFER]), accelerator="nvidia") for name in ("decode", "prefill")},
    "kv-transfer": {"decode": decode(vllm(args=[TRANSFER])), "prefill": decode()},
    "listening-port": {"decode": decode(Container.custom("example.com/server:1", ["server", "--port", "9000"], ports=[8000], readiness_probe=PROBE))},
    "metrics-port": {"decode": decode(vllm(ports=[Port(8000, name="http")]), monitoring=PodMonitor(port="metrics"))},
    "plain-text-token": {"decode": decode(vllm(env={"HF_TOKEN": "hf_abcdefghijklmnopqrstuvwx"}))},
    "port-twice": {"decode": decode(containers=[vllm(), Container.custom("example.com/sidecar:1", name="sidecar", ports=[8000])])},
    "probe-port": {"decode": decode(vllm(readiness_probe={"httpGet": {"path": "/health", "port": "metrics"}}))},
    "probes-absent": {"decode": decode(vllm(readiness_probe=None)), "production": Production(probes=None)},
    "proxy-port": {"decode": decode(vllm(ports=[8000, 8200])), "proxy": RoutingProxy()},
    "proxy-version": {"decode": decode(), "proxy": RoutingProxy(image="ghcr.io/llm-d/llm-d-routing-sidecar:v0.6.0", ec_connector="ec-example")},
    "rolling-update": {"decode": decode(strategy=None, accelerator="nvidia"), "production": Production(rollout=None)},
    "trace-ratio": {"decode": decode(), "tracing": Tracing(otlp_endpoint="http://otel:4317", sampler_arg="10")},
    "volume-missing": {"decode": decode(vllm(volume_mounts={"shm": "/dev/shm"}))},
}


def found(fields: dict[str, Any]) -> list[Problem]:
    try:
        return ModelService("llama", model=MODEL, **fields).check()
    except SpecError as error:
        return list(error.problems)


def test_a_service_without_mistakes_has_no_findings() -> None:
    assert found({"decode": decode()}) == []


def test_every_rule_has_its_example() -> None:
    assert {rule.name for rule in serving.RULES} <= set(BROKEN)


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_the_mistake_is_found_with_place_and_hint(rule: str) -> None:
    problems = [problem for problem in found(BROKEN[rule]) if problem.rule == rule]
    assert problems
    assert {problem.severity for problem in problems} == {rules()[rule].severity}
    for problem in problems:
        assert problem.path.startswith(("decode", "prefill", "proxy", "tracing"))
        assert problem.message
        assert problem.hint
        assert (f'accept={{"{rule}": "…"}}' in problem.hint) is rules()[rule].suppressible


@pytest.mark.parametrize("rule", sorted(rule for rule in BROKEN if rules()[rule].suppressible))
def test_a_stated_reason_suppresses_it_and_nothing_else(rule: str) -> None:
    service = ModelService("llama", model=MODEL, accept={rule: "measured: it is right here"}, **BROKEN[rule])
    assert [problem.rule for problem in service.check() if problem.severity == "error"] == []
    (workload,) = [
        item for item in service.manifests() if item["metadata"]["name"] == "llama-decode" and item["kind"] in {"Deployment", "LeaderWorkerSet"}
    ]
    assert workload["metadata"]["annotations"] == {f"constructs-dra/accept-{rule}": "measured: it is right here"}


@pytest.mark.parametrize("rule", sorted(rule for rule in BROKEN if rules()[rule].severity == "error"))
def test_without_a_reason_the_service_cannot_be_made(rule: str) -> None:
    with pytest.raises(SpecError):
        ModelService("llama", model=MODEL, **BROKEN[rule])


def test_a_reason_at_a_container_counts_for_that_container() -> None:
    accepted = evolve(BROKEN["env-twice"]["decode"].containers[0], accept={"env-twice": "the entry point reads the first"})
    assert found({"decode": decode(accepted)})[0].severity == "warning"
    with pytest.raises(SpecError):
        ModelService("llama", model=MODEL, decode=decode(containers=[accepted, evolve(accepted, name="other", accept={})]))


def test_a_rule_that_does_not_exist_cannot_be_suppressed() -> None:
    with pytest.raises(SpecError, match=r"accept\['flag-twise'\]: there is no rule 'flag-twise'.*\n.*did you mean 'flag-twice'"):
        ModelService("llama", model=MODEL, decode=decode(), accept={"flag-twise": "why not"})


def test_what_kubernetes_refuses_cannot_be_suppressed() -> None:
    with pytest.raises(SpecError, match=r"accept\['volume-missing'\]: the rule 'volume-missing' cannot be suppressed"):
        ModelService("llama", model=MODEL, decode=decode(), accept={"volume-missing": "a webhook adds it"})


def test_an_empty_reason_is_none() -> None:
    with pytest.raises(SpecError, match="needs a reason in words"):
        ModelService("llama", model=MODEL, decode=decode(), accept={"flag-twice": " "})


def test_all_mistakes_come_out_at_once() -> None:
    container = vllm(args=["--port=9", "--seed=1", "--seed=2"], volume_mounts={"shm": "/dev/shm"}, env={"HF_TOKEN": "hf_abcdefghijklmnopqrstuvwx"})
    with pytest.raises(SpecError) as caught:
        ModelService("llama", model=MODEL, decode=decode(container), accept={"x": "y"})
    rules = {problem.rule for problem in caught.value.problems}
    assert rules >= {"flag-twice", "volume-missing", "plain-text-token", "listening-port", ""}


def test_a_running_release_lives_with_its_findings() -> None:
    model = ModelArtifacts.hf("example/llama", labels={"llm-d.ai/model": "llama"})
    service = ModelService("llama", model=model, release=HelmRelease(), **BROKEN["env-twice"])
    assert {problem.severity for problem in service.check() if problem.rule == "env-twice"} == {"warning"}
    assert {problem.severity for problem in service.check(strict=True) if problem.rule == "env-twice"} == {"error"}


def test_a_running_release_needs_the_labels_of_its_pods() -> None:
    with pytest.raises(SpecError, match=r"model\.labels: must hold the labels of the release's pods"):
        ModelService("llama", model=MODEL, decode=decode(), release=HelmRelease())


def test_on_tpus_chips_and_tensor_parallelism_differ_rightly() -> None:
    role = decode(claims=[Claim("tpu", GoogleTpu())], parallelism=Parallelism(tensor=8))
    assert found({"decode": role}) == []
    limits = {"limits": {"google.com/tpu": "4"}, "requests": {"google.com/tpu": "4"}}
    assert found({"decode": decode(vllm(resources=limits), accelerator="google", parallelism=Parallelism(tensor=8))}) == []


def test_a_limit_that_does_not_fit_the_parallelism() -> None:
    limits = {"limits": {"nvidia.com/gpu": "1"}, "requests": {"nvidia.com/gpu": "8"}}
    problems = found({"decode": decode(vllm(resources=limits), accelerator="nvidia", parallelism=Parallelism(tensor=8))})
    assert sorted((problem.message for problem in problems), reverse=True) == [
        "asks for 1 nvidia.com/gpu, but decode.parallelism needs 8 per pod (tensor 8, data_local 1)",
        "8 is above the limit 1",
    ]


def test_an_existing_template_of_an_unknown_class_beside_a_device_plugin_is_a_warning() -> None:
    role = decode(claims=[ExistingClaimTemplate("imex-channel")], accelerator="nvidia")
    assert [(problem.rule, problem.severity) for problem in found({"decode": role})] == [("claim-and-device-plugin", "warning")]
    known = decode(claims=[ExistingClaimTemplate("imex", device_class="compute-domain-default-channel.nvidia.com")], accelerator="nvidia")
    assert found({"decode": known}) == []


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        ({"decode": decode(containers=[vllm(), vllm()])}, "decode.containers[0].name", "'vllm' is the name of several containers of the pod"),
        ({"decode": decode(vllm(ports=[Port(1, name="a"), Port(2, name="a")]))}, "decode.containers[0].ports", "two ports are called 'a'"),
        (
            {"decode": decode(vllm(resources={"limits": {"cpu": "1"}, "requests": {"cpu": "1500m"}}))},
            "decode.containers[0].resources.requests['cpu']",
            "1500m is above the limit 1",
        ),
        ({"decode": decode(vllm(claims=["gpu"]))}, "decode.containers[0].claims[0]", "the role has no claim 'gpu'"),
        (
            {"decode": decode(vllm(claims=["gpu/nick"]), claims=[Claim("gpu", NvidiaGpu("nic"))])},
            "decode.containers[0].claims[0]",
            "claim 'gpu' has no request 'nick'",
        ),
        (
            {"decode": decode(vllm(volume_mounts=[{"name": "a", "mountPath": "/x"}] * 2), volumes={"a": {"emptyDir": {}}})},
            "decode.containers[0].volume_mounts['a']",
            "something else is mounted at '/x' already",
        ),
        (
            {"decode": decode(pod_labels={"llm-d.ai/role": "prefill"})},
            "decode.pod_labels['llm-d.ai/role']",
            "'prefill' would hide the pods from their workload, which selects 'decode'",
        ),
        ({}, "", "has no role"),
        ({"decode": decode(claims=[Claim("gpu", NvidiaGpu()), Claim("gpu", Gaudi())])}, "decode.claims", "2 claims are called 'gpu' in the pod"),
    ],
)  # fmt: skip
def test_what_kubernetes_would_refuse_is_refused_here(fields: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        ModelService("llama", model=MODEL, **fields)
    assert (path, message) in {(problem.path, problem.message) for problem in caught.value.problems if not problem.rule}


def test_a_container_called_like_the_routing_proxy() -> None:
    with pytest.raises(SpecError, match=r"decode\.containers\[1\]\.name: 'routing-proxy' is the name of several containers"):
        ModelService("llama", model=MODEL, proxy=RoutingProxy(), decode=decode(containers=[vllm(), Container.custom("a:1", name="routing-proxy")]))


def test_names_that_grow_too_long_are_found_where_they_come_from() -> None:
    with pytest.raises(SpecError, match=r"name: .*-decode' is 67 bytes long"):
        ModelService("x" * 60, model=MODEL, decode=decode())


def test_groups_of_pods_need_shorter_names() -> None:
    groups: dict[str, Any] = {"parallelism": Parallelism(tensor=4, nodes=2), "strategy": None, "replicas": 11}
    assert ModelService("x" * 42, model=MODEL, decode=decode(**groups))
    with pytest.raises(SpecError, match="has 50 characters; pods of a LeaderWorkerSet can be created up to 49"):
        ModelService("x" * 43, model=MODEL, decode=decode(**groups))


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ({"container": vllm(readiness_probe={"httpGet": {"port": 99999}})}, "decode.containers[0].readiness_probe.httpGet.port"),
        ({"volumes": {"a": {"emptyDir": {}, "hostPath": {"path": "/"}}}}, "decode.volumes['a']"),
        ({"tolerations": [{"key": "a", "operator": "Is"}]}, "decode.tolerations[0].operator"),
        (
            {"topology_spread_constraints": [{"maxSkew": 0, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule"}]},
            "decode.topology_spread_constraints[0].maxSkew",
        ),
    ],
)
def test_what_no_schema_can_say_of_pieces_is_said_too(role: dict[str, Any], path: str) -> None:
    assert [(problem.path, problem.rule) for problem in found({"decode": decode(**role)})] == [(path, "")]


def test_further_objects_are_held_to_the_rules_of_their_kind() -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "llama"}}
    nameless = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}
    claim = {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": {"name": "A"}, "spec": {"devices": {}}}
    foreign: dict[str, Any] = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": []}
    problems = found({"decode": decode(), "extra_objects": [account, nameless, claim, foreign]})
    assert [problem.path for problem in problems] == [
        "extra_objects[0]",
        "extra_objects[1].metadata.name",
        "extra_objects[2].metadata.name",
        "extra_objects[3].metadata",
    ]


def test_requesters_do_not_roll() -> None:
    role = decode(strategy=None, claims=[Claim("gpu", NvidiaGpu())])
    assert [problem.rule for problem in found({"decode": role, "requester": Requester(image="example.com/requester:1")})] == []


@pytest.mark.parametrize(
    ("tag", "connectors", "rules"),
    [
        (":v0.5.0", {"kv_connector": "lmcache"}, []),
        (":v0.7.1", {"kv_connector": "lmcache"}, ["connector-unknown"]),  # gone with 0.6
        (":v0.4.0", {"kv_connector": "lmcache"}, []),  # nothing is known of that version
        (":v0.4.0", {"kv_connector": "nixlv3"}, ["connector-unknown"]),  # no version knows it
        ("@sha256:" + "0" * 64, {"kv_connector": "mooncake"}, []),
        ("@sha256:" + "0" * 64, {"kv_connector": "nixl"}, ["connector-unknown"]),
        (":v0.8.0", {"ec_connector": "ec-nixl"}, ["connector-unknown"]),
        (":v0.9.0", {"ec_connector": "ec-nixl"}, []),
    ],
)
def test_connectors_are_those_of_the_version_of_the_sidecar(tag: str, connectors: dict[str, str], rules: list[str]) -> None:
    proxy = RoutingProxy(image=f"ghcr.io/llm-d/llm-d-routing-sidecar{tag}", **connectors)  # type: ignore[arg-type]
    assert [problem.rule for problem in found({"decode": decode(), "proxy": proxy})] == rules


def test_copies_that_are_told_where_the_first_one_is_are_not_a_finding() -> None:
    told = vllm(args=["--data-parallel-address=$(LWS_LEADER_ADDRESS)"])
    assert found({"decode": decode(told, parallelism=Parallelism(data=4, data_local=2), strategy=None)}) == []


def test_an_extended_resource_and_a_claim_of_its_class_are_the_same_devices() -> None:
    fields: dict[str, Any] = {"claims": [Claim("gpu", NvidiaGpu())], "accelerator": ExtendedResource.of_class("gpu.nvidia.com")}
    assert [problem.rule for problem in found({"decode": decode(**fields)})] == ["claim-and-device-plugin"]


def test_a_flag_of_the_proxy_that_a_field_gives_already() -> None:
    problems = found({"decode": decode(), "proxy": RoutingProxy(args=["--port=9000", "--enable-p2p-pull=true"])})
    assert [(problem.rule, problem.path) for problem in problems] == [("flag-twice", "proxy.args[0]")]


def test_the_cache_goes_from_prefill_to_decode() -> None:
    producer = vllm(args=['--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_producer"}'])
    problems = found({"decode": decode(producer), "prefill": decode(producer)})
    assert [(problem.path, problem.hint) for problem in problems] == [
        ("decode.containers[0].args", 'write kv_both or kv_consumer; or write accept={"kv-transfer": "…"} with the reason if it is meant')
    ]


def test_a_token_from_a_secret_is_not_a_finding() -> None:
    assert found({"decode": decode(vllm(env={"API_KEY": secret_key_ref("keys", "api")}))}) == []


def test_ports_of_a_shell_script_are_found_too() -> None:
    script = Container.custom("example.com/vllm:1", ["bash", "-c"], args=["exec vllm serve m --port 9000 --seed 1"], readiness_probe=PROBE)
    assert [problem.rule for problem in found({"decode": decode(script)})] == ["listening-port"]


def test_the_sidecar_of_the_chart_and_version_0_10_do_not_fit() -> None:
    model = ModelArtifacts.hf("example/llama", labels={"llm-d.ai/model": "llama"})
    proxy = RoutingProxy(image="ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0")
    kept = ModelService("llama", model=model, decode=decode(), proxy=proxy, release=HelmRelease())
    assert [problem.rule for problem in kept.check()] == ["proxy-version"]
    fixed = evolve(kept, release=HelmRelease(fixes=["proxy-flags-by-version"]))
    assert fixed.check() == []


def test_a_leader_of_its_own_is_checked_as_the_workers_are() -> None:
    leader = Pod(containers=[vllm(volume_mounts={"shm": "/dev/shm"})])
    problems = found({"decode": decode(strategy=None, parallelism=Parallelism(tensor=2, nodes=2), multinode=LeaderWorkerSet(leader=leader))})
    assert [(problem.rule, problem.path) for problem in problems if problem.rule == "volume-missing"] == [
        ("volume-missing", "decode.multinode.leader.containers[0].volume_mounts['shm']")
    ]


def test_an_own_accelerator_is_compared_like_the_known_ones() -> None:
    mine = Accelerator("mine", resource="example.com/npu", count=3)
    assert [problem.rule for problem in found({"decode": decode(accelerator=mine)})] == ["count-parallelism"]


def test_a_reason_that_suppresses_nothing_is_a_warning_at_its_place() -> None:
    service = ModelService("llama", model=MODEL, decode=decode(accept={"flag-twice": "the last one wins"}), accept={"image-tag": "a mirror"})
    problems = service.check()
    assert [(problem.path, problem.rule, problem.severity) for problem in problems] == [
        ("accept.image-tag", "suppresses-nothing", "warning"),
        ("decode.accept.flag-twice", "suppresses-nothing", "warning"),
    ]
    assert "the rule 'image-tag' finds nothing here" in problems[0].message


def test_a_reason_that_two_roles_share_is_used_when_one_of_them_needs_it() -> None:
    reason = {"env-twice": "the entry point reads the first"}
    needed = evolve(BROKEN["env-twice"]["decode"], accept=reason)
    fields: dict[str, Any] = {**BROKEN["env-twice"], "decode": needed, "prefill": decode(accept=reason)}
    assert "suppresses-nothing" not in {problem.rule for problem in found(fields)}


def test_a_reason_for_what_only_manifests_show_is_left_to_them() -> None:
    assert found({"decode": decode(), "accept": {"reference": "the platform team makes it"}}) == []


def test_shared_code_may_keep_reasons_that_suppress_nothing() -> None:
    accept = {"flag-twice": "the last one wins", "suppresses-nothing": "all our services share this table"}
    assert [problem.accepted for problem in found({"decode": decode(), "accept": accept})] == ["all our services share this table"]


def test_what_a_claim_is_warned_of_is_reported_by_the_service_that_uses_it() -> None:
    small = Claim("gpu", Request("gpu", "gpu.nvidia.com", where='device.capacity["gpu.nvidia.com"].memory.compareTo(quantity("80")) > 0'))
    service = ModelService("llama", model=ModelArtifacts.hf("a/b"), decode=Role(claims=[small], containers=[Container.vllm("example.com/vllm:1")]))
    found = {(problem.rule, problem.path) for problem in service.check()}
    assert {(problem.rule, f"decode.claims[0].{problem.path}") for problem in small.check()} <= found
    assert ("strict-small-amount", "decode.claims[0].requests[0].where") in found


@pytest.mark.parametrize(
    "container",
    [vllm(args=["--tensor-parallel-size", "2"]), vllm(args=["-tp=2"])],
)
def test_arguments_that_spread_a_model_need_devices_too(container: Container) -> None:
    (problem,) = found({"decode": decode(container)})
    assert (problem.rule, problem.path, problem.severity) == ("devices-absent", "decode.parallelism.tensor", "warning")


@pytest.mark.parametrize(
    "role",
    [
        decode(),
        decode(parallelism=Parallelism(tensor=2), accelerator="nvidia"),
        decode(parallelism=Parallelism(tensor=2), claims=[Claim("gpu", NvidiaGpu())]),
        decode(vllm(resources={"limits": {"example.com/chip": "2"}}), parallelism=Parallelism(tensor=2)),
        decode(vllm(image="ghcr.io/llm-d/llm-d-cpu:v0.4.0"), parallelism=Parallelism(tensor=2)),
    ],
)
def test_pods_with_devices_or_in_need_of_none_lack_none(role: Role) -> None:
    assert "devices-absent" not in {problem.rule for problem in found({"decode": role})}
