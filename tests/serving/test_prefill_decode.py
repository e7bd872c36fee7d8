"""Prefill and decode as one contract: said once, the same on both sides, and whatever one side says differently is found."""

import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra import (
    Container,
    ExistingClaimTemplate,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    NetworkPolicy,
    Parallelism,
    PrefillDecode,
    Production,
    RdmaNic,
    Requester,
    Role,
    RoutingProxy,
    SpecError,
)
from constructs_dra.checks import check_manifests
from constructs_dra.claims import Claim, IntelGpu, NvidiaGpu
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.manifest import Manifest
from tests.restricted import pod_templates, restricted_faults

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")


def role(request: Any = None, **fields: Any) -> Role:
    claims = [Claim("gpu", request if request is not None else NvidiaGpu())]
    return Role(**{"containers": [SERVER], "claims": claims, **fields})


def service(*, prefill: Role | None = None, decode: Role | None = None, contract: PrefillDecode | None = None, **fields: Any) -> ModelService:
    return ModelService(
        "llama",
        model=ModelArtifacts.hf("example/llama-8b"),
        prefill=prefill or role(),
        decode=decode or role(),
        parts=[contract or PrefillDecode()],
        **fields,
    )


def objects(made: ModelService) -> dict[str, Manifest]:
    manifests = made.manifests()
    assert [found for manifest in manifests for found in check_object(manifest)] == []
    assert [found for manifest in manifests for found in check_semantics(manifest) if found.severity == "error"] == []
    return {f"{item['kind']}/{item['metadata']['name']}": item for item in manifests}


def server(made: dict[str, Manifest], name: str) -> Manifest:
    container: Manifest = next(pod_templates(made[f"Deployment/llama-{name}"]))["containers"][0]
    return container


def transfer(container: Manifest) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(container["args"][container["args"].index("--kv-transfer-config") + 1])
    return config


def test_both_sides_are_told_the_same_and_their_own_roles() -> None:
    made = objects(service(contract=PrefillDecode(block_size=128)))
    decode, prefill = server(made, "decode"), server(made, "prefill")
    assert transfer(decode) == {"kv_connector": "NixlConnector", "kv_role": "kv_consumer", "kv_buffer_device": "cuda"}
    assert transfer(prefill) == {"kv_connector": "NixlConnector", "kv_role": "kv_producer", "kv_buffer_device": "cuda"}
    for container in (decode, prefill):
        assert container["args"][container["args"].index("--block-size") + 1] == "128"
        env = {item["name"]: item.get("value") for item in container["env"]}
        assert (env["VLLM_HTTP_TIMEOUT_KEEP_ALIVE"], env["VLLM_NIXL_SIDE_CHANNEL_PORT"]) == ("120", "5600")
        assert "VLLM_NIXL_SIDE_CHANNEL_HOST" in env
        assert {"containerPort": 5600, "name": "nixl"} in container["ports"]


def test_buffers_are_where_each_role_s_devices_are() -> None:
    made = objects(service(prefill=role(IntelGpu())))
    assert [transfer(server(made, name))["kv_buffer_device"] for name in ("prefill", "decode")] == ["xpu", "cuda"]
    cpu = objects(service(contract=PrefillDecode(buffer_device="cpu", extra_config={"backends": ["UCX"]})))
    assert transfer(server(cpu, "decode"))["kv_connector_extra_config"] == {"backends": ["UCX"]}
    assert transfer(server(cpu, "decode"))["kv_buffer_device"] == "cpu"
    assert "kv_buffer_device" not in transfer(server(objects(service(prefill=role(claims=[]))), "prefill"))


def test_each_model_copy_of_a_pod_has_a_port_of_its_own() -> None:
    made = objects(service(decode=role(parallelism=Parallelism(data=2, data_local=2))))
    names = {port.get("name"): port["containerPort"] for port in server(made, "decode")["ports"]}
    assert (names["nixl"], names["nixl-1"]) == (5600, 5601)


def test_what_a_container_says_itself_stays() -> None:
    own = '--kv-transfer-config={"kv_connector":"NixlConnector","kv_role":"kv_both"}'
    both = role(containers=[attrs.evolve(SERVER, args=[own], env={"VLLM_HTTP_TIMEOUT_KEEP_ALIVE": "600"})])
    container = server(objects(service(decode=both)), "decode")
    assert str(container["args"]).count("--kv-transfer-config") == 1
    assert [item["value"] for item in container["env"] if item["name"] == "VLLM_HTTP_TIMEOUT_KEEP_ALIVE"] == ["600"]


def test_one_argument_makes_a_disaggregated_set_of_the_same_pods() -> None:
    apart = objects(service(decode=role(parallelism=Parallelism(tensor=4), replicas=2)))
    contract = PrefillDecode(workload="DisaggregatedSet", slices=2, placement={"type": "ExclusiveSlice", "topology": "topology.kubernetes.io/zone"})
    made = service(decode=role(parallelism=Parallelism(tensor=4), replicas=2), contract=contract)
    together = objects(made)
    whole = together["DisaggregatedSet/llama"]
    assert not [name for name in together if name.startswith("Deployment")]
    assert (whole["spec"]["slices"], whole["spec"]["placementPolicy"]["type"]) == (2, "ExclusiveSlice")
    roles = {item["name"]: item["spec"] for item in whole["spec"]["roles"]}
    assert list(roles) == ["prefill", "decode"]
    for name, spec in roles.items():
        alone = apart[f"Deployment/llama-{name}"]["spec"]["template"]
        ports = [{"protocol": "TCP", **port} for port in alone["spec"]["containers"][0]["ports"]]
        alone["spec"]["containers"][0]["ports"] = ports
        for container in alone["spec"].get("initContainers", ()):
            container["ports"] = [{"protocol": "TCP", **port} for port in container["ports"]]
        group = {"size": 1, "restartPolicy": "RecreateGroupOnPodRestart", "workerTemplate": alone}
        assert spec["leaderWorkerTemplate"] == group
        rolling = {"maxSurge": 0, "maxUnavailable": 1, "partition": 0}
        assert spec["rolloutStrategy"] == {"type": "RollingUpdate", "rollingUpdateConfiguration": rolling}
    assert [roles[name]["replicas"] for name in ("prefill", "decode")] == [1, 2]
    assert made.view.roles["decode"].workload.kind == "DisaggregatedSet"
    assert [fault for pod in pod_templates(whole) for fault in restricted_faults(pod)] == []


def test_groups_and_autoscaled_roles_in_a_disaggregated_set() -> None:
    group = role(parallelism=Parallelism(tensor=16, nodes=2), multinode=LeaderWorkerSet(group_identity="Hash"))
    made = objects(service(decode=group, prefill=role(autoscaling=True), contract=PrefillDecode(workload="DisaggregatedSet")))
    prefill, decode = made["DisaggregatedSet/llama"]["spec"]["roles"]
    assert (prefill["scaling"], "replicas" in prefill["spec"]) == ({"mode": "External"}, False)
    assert (decode["spec"]["groupIdentity"], decode["spec"]["leaderWorkerTemplate"]["size"]) == ("Hash", 2)


def test_other_fields_of_the_configuration_are_said_once() -> None:
    contract = PrefillDecode(transfer={"kv_load_failure_policy": "fail"})
    made = objects(service(contract=contract))
    for side, kv_role in (("prefill", "kv_producer"), ("decode", "kv_consumer")):
        args = made[f"Deployment/llama-{side}"]["spec"]["template"]["spec"]["containers"][0]["args"]
        config = json.loads(args[args.index("--kv-transfer-config") + 1])
        assert (config["kv_load_failure_policy"], config["kv_role"]) == ("fail", kv_role)


@pytest.mark.parametrize(("field", "words"), [("kv_role", "follows from the role"), ("kv_connector", "has a field of its own")])
def test_what_has_a_place_of_its_own_is_not_said_among_other_fields(field: str, words: str) -> None:
    with pytest.raises(SpecError, match=rf"transfer\.{field}: {words}"):
        PrefillDecode(transfer={field: "x"})


def test_one_of_several_connectors_hands_over() -> None:
    inner = [{"kv_connector": "NixlConnector", "kv_role": "kv_both"}, {"kv_connector": "OffloadingConnector", "kv_role": "kv_both"}]
    several = {"kv_connector": "MultiConnector", "kv_role": "kv_both", "kv_connector_extra_config": {"connectors": inner}}
    server = attrs.evolve(SERVER, args=["--kv-transfer-config", json.dumps(several)])
    objects(service(prefill=role(containers=[server])))
    inner[0]["kv_connector"] = "MooncakeConnector"
    server = attrs.evolve(SERVER, args=["--kv-transfer-config", json.dumps(several)])
    with pytest.raises(SpecError, match="prefill hands over with 'MooncakeConnector', decode takes with 'NixlConnector'"):
        service(prefill=role(containers=[server]))


def changed(**fields: Any) -> dict[str, Role]:
    return {"decode": role(containers=[attrs.evolve(SERVER, **fields)])}


BREAKAGES: dict[str, tuple[dict[str, Any], str, str]] = {
    "block size": (changed(args=["--block-size=64"]), "--block-size differs: prefill '128' and decode '64'", "decode.containers[0].args"),
    "cache type": (changed(args=["--kv-cache-dtype=fp8"]), "--kv-cache-dtype differs: prefill none and decode 'fp8'", "decode.containers[0].args"),
    "model name": (changed(args=["--served-model-name=other"]), "--served-model-name differs", "decode.containers[0].args"),
    "data type": (changed(args=["--dtype=float16"]), "--dtype differs", "decode.containers[0].args"),
    "connector": (
        changed(args=['--kv-transfer-config={"kv_connector":"MooncakeConnector","kv_role":"kv_consumer"}']),
        "prefill hands over with 'NixlConnector', decode takes with 'MooncakeConnector'",
        "decode.containers[0].args",
    ),
    "role": (
        changed(args=['--kv-transfer-config={"kv_connector":"NixlConnector","kv_role":"kv_producer"}']),
        "kv_role 'kv_producer' does not fit decode",
        "decode.containers[0].args",
    ),
    "protocol of the proxy": (
        {"proxy": RoutingProxy(kv_connector="mooncake")},
        "'mooncake' is not how NixlConnector hands over",
        "proxy.kv_connector",
    ),
    "keep-alive": (
        changed(env={"VLLM_HTTP_TIMEOUT_KEEP_ALIVE": "5"}),
        "the server closes connections after 5 seconds",
        "decode.containers[0].env['VLLM_HTTP_TIMEOUT_KEEP_ALIVE']",
    ),
    "TLS of the server": (changed(args=["--ssl-certfile=/c", "--ssl-keyfile=/k"]), "serves TLS, but the routing proxy calls it without", "decode."),
    "TLS of the proxy": ({"proxy": RoutingProxy(enable_tls=["prefiller"])}, "does not serve TLS, but the routing proxy calls it with", "prefill."),
    "port": (changed(args=["--port=8300"]), "the model server listens on 8300, but the routing proxy calls it on 8200", "decode.containers[0].args"),
    "version": (
        changed(image="vllm/vllm-openai:v0.19.0"),
        "decode runs 'v0.19.0' of vllm/vllm-openai, prefill 'v0.20.0'",
        "decode.containers[0].image",
    ),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_what_one_side_says_differently_is_found(name: str) -> None:
    fields, message, path = BREAKAGES[name]
    contract = PrefillDecode(block_size=128)
    try:
        problems = service(contract=contract, **fields).check()
    except SpecError as error:
        problems = list(error.problems)
    (found,) = [problem for problem in problems if problem.message.startswith(message)]
    assert found.path.startswith(path)
    assert found.hint


def test_a_side_that_is_told_nothing_is_found_without_the_contract() -> None:
    half = ModelService("llama", model=ModelArtifacts.hf("example/llama"), prefill=role(), decode=role())
    assert {problem.path for problem in half.check() if problem.rule == "kv-transfer"} == {"decode.containers[0].args", "prefill.containers[0].args"}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: PrefillDecode(slices=2), 'slices: belongs to a DisaggregatedSet;\n  add workload="DisaggregatedSet"'),
        (lambda: PrefillDecode(keep_alive_seconds=30), "keep_alive_seconds: must be at least 90, not 30"),
        (lambda: PrefillDecode(workload="DisaggregatedSet", placement={"type": "Everywhere"}), "placement.type"),
        (
            lambda: ModelService("a", model=ModelArtifacts.hf("a/b"), decode=role(), parts=[PrefillDecode()]),
            "parts[0]: needs a prefill role",
        ),
        (
            lambda: service(contract=PrefillDecode(workload="DisaggregatedSet"), requester=Requester(image="example.com/requester:1")),
            "parts[0].workload: requesters cannot be part of a DisaggregatedSet",
        ),
    ],
)
def test_contracts_that_cannot_be(make: Any, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert words in str(caught.value)


def test_the_contract_goes_with_every_part_of_production() -> None:
    made = objects(service(production=Production(network=NetworkPolicy(callers=[{"podSelector": {}}])), namespace="a"))
    assert set(made) >= {"NetworkPolicy/llama", "Deployment/llama-decode", "Deployment/llama-prefill"}


def warned(made: ModelService) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in made.check() if problem.rule == "kv-network"]


OVER_TCP = "NixlConnector moves KV caches by RDMA, and the pods have neither a NIC nor the host's network, so that they go over TCP"


@pytest.mark.parametrize(
    ("prefill", "warned_of"),
    [
        ({}, True),
        ({"containers": [attrs.evolve(SERVER, env={"UCX_TLS": "ib,rc,cuda_copy"})]}, True),
        ({"containers": [attrs.evolve(SERVER, env={"UCX_TLS": "tcp,cuda_copy"})]}, False),
        ({"containers": [attrs.evolve(SERVER, resources={"limits": {"rdma/ib": "1"}})]}, False),
        ({"containers": [attrs.evolve(SERVER, resources={"limits": {"vpc.amazonaws.com/efa": "1"}})]}, False),
        ({"claims": [Claim("gpu", NvidiaGpu("gpu"), RdmaNic(device_class="mrdma.google.com"))]}, False),
        ({"claims": [ExistingClaimTemplate("team")]}, False),
        ({"claims": [], "accelerator": "nvidia"}, True),
        ({"claims": [], "accelerator": "cpu"}, False),
        ({"pod_annotations": {"k8s.v1.cni.cncf.io/networks": "rdma"}}, False),
    ],
)
def test_caches_without_a_network_are_warned_of(prefill: dict[str, Any], *, warned_of: bool) -> None:
    pair = service(prefill=role(**prefill), decode=role(claims=[], accelerator="cpu"))
    assert warned(pair) == ([f"prefill: {OVER_TCP}"] if warned_of else [])
    found = [problem for problem in check_manifests(pair.manifests()) if problem.rule == "kv-network"]
    assert [problem.path for problem in found] == (["spec.template.spec"] if warned_of else [])


def test_connectors_that_need_no_rdma_are_left_alone() -> None:
    assert warned(service(contract=PrefillDecode(connector="OffloadingConnector"))) == []
    assert warned(service(contract=PrefillDecode(buffer_device="cpu"))) == []


@given(tensor=st.integers(1, 16))
def test_each_device_gets_a_nic_on_its_own_pcie_root(tensor: int) -> None:
    wide = role(parallelism=Parallelism(tensor=tensor))
    pair = service(decode=wide, contract=PrefillDecode(nic=RdmaNic(device_class="rdma")))
    assert warned(pair) == []
    made = {item["metadata"]["name"]: item for item in pair.manifests() if item["kind"] == "ResourceClaimTemplate"}
    devices = made["llama-decode-gpu"]["spec"]["spec"]["devices"]
    classes = {entry["name"]: (entry["exactly"]["deviceClassName"], entry["exactly"]["count"]) for entry in devices["requests"]}
    assert sorted(classes.values()) == sorted([("gpu.nvidia.com", 1), ("rdma", 1)] * tensor)
    pairs = [(constraint["matchAttribute"], *(classes[name][0] for name in constraint["requests"])) for constraint in devices["constraints"]]
    assert pairs == [("resource.kubernetes.io/pcieRoot", "gpu.nvidia.com", "rdma")] * tensor
    assert len(made["llama-prefill-gpu"]["spec"]["spec"]["devices"]["requests"]) == 2


def test_a_device_plugin_gives_each_pod_a_nic() -> None:
    pair = service(contract=PrefillDecode(nic="rdma/ib"))
    assert warned(pair) == []
    resources = server(objects(pair), "prefill")["resources"]
    assert (resources["limits"]["rdma/ib"], resources["requests"]["rdma/ib"]) == ("1", "1")


@pytest.mark.parametrize(
    ("claims", "nic", "message"),
    [
        ([ExistingClaimTemplate("team")], RdmaNic(device_class="rdma"), r"parts\[0\].nic: decode: claim 'team' is made by somebody else"),
        ([], RdmaNic(device_class="rdma"), r"parts\[0\].nic: decode has no claim for devices"),
        ([Claim("gpu", NvidiaGpu("a"), RdmaNic(device_class="rdma"))], RdmaNic(device_class="rdma"), "claim 'gpu' has further requests"),
        ([Claim("gpu", NvidiaGpu("a", count=1), NvidiaGpu("b", count=1))], RdmaNic(device_class="rdma"), "has no single request"),
    ],
)
def test_a_nic_that_cannot_be_added_is_refused(claims: list[Any], nic: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        service(decode=role(claims=claims, parallelism=Parallelism(tensor=2)), contract=PrefillDecode(nic=nic))


@pytest.mark.parametrize("nic", ["rdma", 3, NvidiaGpu()])
def test_a_nic_is_a_nic(nic: Any) -> None:
    with pytest.raises(SpecError, match="nic: "):
        PrefillDecode(nic=nic)
