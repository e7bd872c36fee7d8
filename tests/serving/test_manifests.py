"""What a service becomes in this library's own conventions."""

from typing import Any

import pytest
import yaml
from attrs import evolve

from constructs_dra import (
    Accelerator,
    AcceleratorTypes,
    Container,
    LeaderWorkerSet,
    Manifest,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Pod,
    PodMonitor,
    Port,
    Production,
    Requester,
    Role,
    RoleClaim,
    RoutingProxy,
    ServiceAccount,
    SpecError,
    Tracing,
    field_ref,
)
from constructs_dra.claims import Claim, ExistingClaim, ExtendedResource, NvidiaGpu, RdmaNic
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object

MODEL = ModelArtifacts.hf("example/llama")
SERVER = Container.vllm("vllm/vllm-openai:v0.12.0")
TRANSFER = '--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_both"}'


def objects(**fields: Any) -> dict[str, Manifest]:
    """The objects by kind and name; each is right by Kubernetes' own schemas."""
    manifests = ModelService("llama", **{"model": MODEL, "production": Production.off(), **fields}).manifests()
    assert [problem for manifest in manifests for problem in check_object(manifest)] == []
    found = {f"{item['kind']}/{item['metadata']['name']}": item for item in manifests}
    assert len(found) == len(manifests)
    return found


def pod(role: Role, **fields: Any) -> Manifest:
    """The PodSpec of a decode role's Deployment."""
    spec: Manifest = objects(decode=role, **fields)["Deployment/llama-decode"]["spec"]["template"]["spec"]
    return spec


def container(role: Role, **fields: Any) -> Manifest:
    """Its first container."""
    first: Manifest = pod(role, **fields)["containers"][0]
    return first


def test_what_others_refer_to_comes_first() -> None:
    role = Role(containers=[SERVER], claims=[Claim("gpu", NvidiaGpu())], monitoring=PodMonitor())
    assert list(objects(decode=role)) == [
        "ServiceAccount/llama",
        "ResourceClaimTemplate/llama-decode-gpu",
        "Deployment/llama-decode",
        "PodMonitor/llama-decode",
    ]


def test_every_object_is_in_the_namespace_that_was_given() -> None:
    role = Role(containers=[SERVER], claims=[Claim("gpu", NvidiaGpu())], monitoring=PodMonitor())
    assert {item["metadata"].get("namespace") for item in objects(decode=role, namespace="llm-d").values()} == {"llm-d"}
    assert {item["metadata"].get("namespace") for item in objects(decode=role).values()} == {None}


def test_selectors_of_two_services_of_one_model_differ() -> None:
    role = Role(containers=[SERVER])
    one, two = (ModelService(name, model=MODEL, decode=role, production=Production.off()).manifests()[-1]["spec"] for name in ("one", "two"))
    assert one["selector"] != two["selector"]
    assert one["selector"]["matchLabels"].items() <= one["template"]["metadata"]["labels"].items()


def test_pods_carry_the_labels_of_llm_d() -> None:
    labels = objects(decode=Role(containers=[SERVER], pod_labels={"team": "a"}))["Deployment/llama-decode"]["spec"]["template"]["metadata"]["labels"]
    assert labels == {
        "app.kubernetes.io/instance": "llama",
        "llm-d.ai/inference-serving": "true",
        "llm-d.ai/model": "example-llama",
        "llm-d.ai/role": "decode",
        "team": "a",
    }


def test_manifests_are_made_anew_on_every_call() -> None:
    service = ModelService("llama", model=MODEL, decode=Role(containers=[SERVER], tolerations=[{"key": "a", "operator": "Exists"}]))
    first = service.manifests()
    first[1]["spec"]["template"]["spec"]["tolerations"][0]["key"] = "changed"
    assert service.manifests()[1]["spec"]["template"]["spec"]["tolerations"][0]["key"] == "a"


@pytest.mark.parametrize(
    ("model", "argument", "volume", "mount", "variables"),
    [
        (
            ModelArtifacts.hf("example/llama", size="20Gi", token_secret="token"),
            "example/llama",
            {"emptyDir": {"sizeLimit": "20Gi"}},
            {"mountPath": "/model-cache"},
            {"HF_HOME": "/model-cache", "HF_TOKEN": None},
        ),
        (
            ModelArtifacts.pvc("models", "llama/8b", mount_path="/models"),
            "/models/llama/8b",
            {"persistentVolumeClaim": {"claimName": "models", "readOnly": True}},
            {"mountPath": "/models", "readOnly": True},
            {},
        ),
        (
            ModelArtifacts.pvc("models", "llama", read_only=False),
            "/model-cache/llama",
            {"persistentVolumeClaim": {"claimName": "models"}},
            {"mountPath": "/model-cache"},
            {},
        ),
        (
            ModelArtifacts.pvc_hf("models", "example/llama", cache="hub", mount_path="/cache"),
            "example/llama",
            {"persistentVolumeClaim": {"claimName": "models", "readOnly": True}},
            {"mountPath": "/cache", "readOnly": True},
            {"HF_HUB_CACHE": "/cache/hub"},
        ),
        (
            ModelArtifacts.oci("registry.example.com/models/llama:8b", image_pull_policy="IfNotPresent"),
            "/model-cache",
            {"image": {"reference": "registry.example.com/models/llama:8b", "pullPolicy": "IfNotPresent"}},
            {"mountPath": "/model-cache", "readOnly": True},
            {},
        ),
    ],
)
def test_the_four_ways_a_model_reaches_its_server(
    model: ModelArtifacts, argument: str, volume: Manifest, mount: Manifest, variables: dict[str, str | None]
) -> None:
    spec = pod(Role(containers=[SERVER]), model=model)
    assert spec["volumes"] == [{"name": "model-storage", **volume}]
    made = spec["containers"][0]
    assert made["args"][0] == argument
    assert made["volumeMounts"] == [{"name": "model-storage", **mount}]
    assert {item["name"]: item.get("value") for item in made.get("env", [])} == variables


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (ModelArtifacts.hf("example/llama"), "example/llama"),
        (ModelArtifacts.hf("example/llama", name="chat"), "chat"),
        (ModelArtifacts.pvc("models", "llama/8b"), "llama/8b"),
        (ModelArtifacts.oci("localhost:5000/models/llama:8b"), "llama"),
        (ModelArtifacts.oci("registry.example.com/models/llama@sha256:ab"), "llama"),
    ],
)
def test_the_name_clients_ask_for(model: ModelArtifacts, name: str) -> None:
    args = container(Role(containers=[SERVER]), model=model)["args"]
    assert args[args.index("--served-model-name") + 1] == name


def test_the_three_ways_to_start_a_server() -> None:
    parallelism = Parallelism(tensor=2, data_local=2)
    common = ["--port", "8000", "--tensor-parallel-size", "2", "--data-parallel-size", "2", "--data-parallel-size-local", "2"]
    served = ["--served-model-name", "example/llama", "--seed=1"]
    vllm = container(Role(parallelism=parallelism, containers=[Container.vllm("a:1", args=["--seed=1"])]))
    assert (vllm["command"], vllm["args"]) == (["vllm", "serve"], ["example/llama", *common, *served])
    image = container(Role(parallelism=parallelism, containers=[Container.image_default("a:1", args=["--seed=1"])]))
    assert (image.get("command"), image["args"]) == (None, ["--model", "example/llama", *common, *served])
    custom = container(Role(parallelism=parallelism, containers=[Container.custom("a:1", ["serve"], args=["--seed=1"])]))
    assert (custom["command"], custom["args"]) == (["serve"], ["--seed=1"])
    assert {"name": "TP_SIZE", "value": "2"} in custom["env"]


def test_the_users_variables_win_and_are_set_once() -> None:
    made = container(Role(containers=[Container.image_default("a:1", env={"TP_SIZE": "7", "POD_IP": field_ref("status.podIP")})]))
    assert [item["name"] for item in made["env"]].count("TP_SIZE") == 1
    assert made["env"][-2:] == [{"name": "TP_SIZE", "value": "7"}, {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]


def test_only_the_model_server_gets_devices() -> None:
    sidecar = Container.custom("example.com/sidecar:1", name="sidecar")
    spec = pod(Role(claims=[Claim("gpu", NvidiaGpu())], containers=[sidecar, SERVER], init_containers=[evolve(sidecar, name="first")]))
    assert [item.get("resources") for item in spec["containers"]] == [None, {"claims": [{"name": "gpu"}]}]
    assert "resources" not in spec["initContainers"][0]


def test_a_container_can_say_which_devices_it_gets() -> None:
    claim = Claim("gpu-nic", NvidiaGpu("gpu"), RdmaNic("nic", device_class="rdma-dranet"))
    for part in ("gpu-nic/nic", claim["nic"]):
        sidecar = Container.custom("example.com/sidecar:1", name="sidecar", claims=[part])
        spec = pod(Role(claims=[claim], containers=[SERVER, sidecar]))
        assert spec["containers"][1]["resources"] == {"claims": [{"name": "gpu-nic", "request": "nic"}]}


def test_devices_of_a_device_plugin_follow_the_parallelism() -> None:
    made = container(Role(parallelism=Parallelism(tensor=4), accelerator="nvidia", containers=[SERVER]))
    assert made["resources"] == {"limits": {"nvidia.com/gpu": "4"}, "requests": {"nvidia.com/gpu": "4"}}
    own = Accelerator("npu", resource="example.com/npu", env={"NPU_MODE": "fast"})
    made = container(Role(accelerator=own, containers=[SERVER]))
    assert made["resources"]["limits"] == {"example.com/npu": "1"}
    assert {"name": "NPU_MODE", "value": "fast"} in made["env"]


def test_amounts_are_written_as_a_server_stores_them() -> None:
    made = container(
        Role(containers=[Container.vllm("a:1", resources={"limits": {"cpu": 1.5, "example.com/x": 2}, "requests": {"memory": "2048Mi"}})])
    )
    assert made["resources"] == {"limits": {"cpu": "1500m", "example.com/x": "2"}, "requests": {"memory": "2Gi"}}


def test_a_number_of_devices_that_is_stated_once_holds_for_limits_and_requests() -> None:
    server = Container.vllm("a:1", resources={"limits": {"google.com/tpu": 4}})  # four chips of two cores
    made = container(Role(parallelism=Parallelism(tensor=8), accelerator="google", containers=[server]))
    assert made["resources"] == {"limits": {"google.com/tpu": "4"}, "requests": {"google.com/tpu": "4"}}


def test_devices_of_a_device_class_can_be_asked_for_as_a_number() -> None:
    role = Role(parallelism=Parallelism(tensor=4), accelerator=ExtendedResource.of_class("gpu.intel.com"), containers=[SERVER])
    amounts = {"deviceclass.resource.kubernetes.io/gpu.intel.com": "4"}
    assert container(role)["resources"] == {"limits": amounts, "requests": amounts}
    assert check_semantics(objects(decode=role)["Deployment/llama-decode"]) == []


def test_servers_that_hand_over_caches_are_told_their_own_address() -> None:
    role = Role(containers=[Container.vllm("a:1", args=[TRANSFER])])
    made = objects(decode=role, prefill=role)
    for name in ("Deployment/llama-decode", "Deployment/llama-prefill"):
        env = made[name]["spec"]["template"]["spec"]["containers"][0]["env"]
        assert {"name": "VLLM_NIXL_SIDE_CHANNEL_HOST", "valueFrom": field_ref("status.podIP")} in env


def test_claims_under_other_names_and_claims_of_others() -> None:
    claims: list[Any] = [
        RoleClaim(Claim("gpu", NvidiaGpu()), name="device", object_name="team-gpu"),
        ExistingClaim("shared-nic", device_class="rdma-dranet"),
    ]
    made = objects(decode=Role(claims=claims, containers=[SERVER]))
    assert "ResourceClaimTemplate/team-gpu" in made
    assert made["Deployment/llama-decode"]["spec"]["template"]["spec"]["resourceClaims"] == [
        {"name": "device", "resourceClaimTemplateName": "team-gpu"},
        {"name": "shared-nic", "resourceClaimName": "shared-nic"},
    ]


def test_a_claim_that_roles_share_is_made_once() -> None:
    role = Role(claims=[Claim("cache", NvidiaGpu(), shared=True)], containers=[Container.vllm("vllm/vllm-openai:v0.12.0", args=[TRANSFER])])
    made = objects(decode=role, prefill=role)
    assert [name for name in made if name.startswith("ResourceClaim")] == ["ResourceClaim/llama-cache"]


def test_the_routing_proxy_stands_before_decode_alone() -> None:
    role = Role(containers=[Container.vllm("vllm/vllm-openai:v0.12.0", args=[TRANSFER])])
    made = objects(decode=role, prefill=role)
    decode, prefill = (made[f"Deployment/llama-{name}"]["spec"]["template"]["spec"] for name in ("decode", "prefill"))
    assert decode["initContainers"][0]["args"] == ["--port=8000", "--model-server-port=8200", "--kv-connector=nixlv2", "--secure-proxy=false"]
    assert [port["containerPort"] for port in decode["containers"][0]["ports"]] == [8200]
    assert "initContainers" not in prefill
    assert [port["containerPort"] for port in prefill["containers"][0]["ports"]] == [8000]
    without = objects(decode=role, prefill=role, proxy=RoutingProxy(enabled=False))
    assert "initContainers" not in without["Deployment/llama-decode"]["spec"]["template"]["spec"]


def test_the_routing_proxy_stands_before_every_model_copy_of_a_pod() -> None:
    proxy = RoutingProxy(data_parallel_size=3, ports=[Port(8001, name="rank1"), Port(9090, name="metrics")])
    made = pod(Role(containers=[SERVER]), proxy=proxy)["initContainers"][0]
    assert "--data-parallel-size=3" in made["args"]
    named = [{"containerPort": 8001, "name": "rank1"}, {"containerPort": 9090, "name": "metrics"}]
    assert made["ports"] == [{"containerPort": 8000}, named[0], {"containerPort": 8002}, named[1]]
    with pytest.raises(SpecError, match="ports"):
        RoutingProxy(ports=["http"])  # type: ignore[list-item]


def test_a_service_can_be_found_by_labels_of_its_own() -> None:
    mine = {"llm-d.ai/guide": "baseline", "llm-d.ai/model": "Qwen3"}
    made = objects(decode=Role(containers=[SERVER]), identity=mine, production=None)
    deployment, policy = made["Deployment/llama-decode"], made["NetworkPolicy/llama"]
    assert deployment["spec"]["selector"]["matchLabels"] == {**mine, "llm-d.ai/role": "decode"}
    assert deployment["spec"]["template"]["metadata"]["labels"] == {**mine, "llm-d.ai/inference-serving": "true", "llm-d.ai/role": "decode"}
    assert policy["spec"]["podSelector"]["matchLabels"] == mine
    assert all(mine.items() <= manifest["metadata"]["labels"].items() for manifest in made.values())


@pytest.mark.parametrize("wrong", [{"llm-d.ai/role": "decode"}, {"a b": "c"}, {"a": "b c"}])
def test_labels_that_cannot_identify_a_service_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SpecError, match="identity"):
        objects(decode=Role(containers=[SERVER]), identity=wrong)


@pytest.mark.parametrize(
    ("tag", "flags"),
    [
        ("v0.6.0", ["--vllm-port=8200", "--connector=nixlv2", "--prefiller-use-tls=true"]),
        ("v0.7.1", ["--vllm-port=8200", "--kv-connector=nixlv2", "--enable-tls=prefiller"]),
        ("v0.10.0", ["--model-server-port=8200", "--kv-connector=nixlv2", "--enable-tls=prefiller"]),
        ("latest", ["--model-server-port=8200", "--kv-connector=nixlv2", "--enable-tls=prefiller"]),
    ],
)
def test_flags_are_spelt_as_the_sidecars_version_wants_them(tag: str, flags: list[str]) -> None:
    proxy = RoutingProxy(image=f"ghcr.io/llm-d/sidecar:{tag}", enable_tls=["prefiller"], secure_proxy=None)
    spec = pod(Role(containers=[SERVER]), proxy=proxy, accept={"image-tag": "versions of all kinds are tried"})
    assert spec["initContainers"][0]["args"] == ["--port=8000", *flags]


@pytest.mark.parametrize(
    ("tag", "flag"),
    [
        ("v0.2.0", "--secure-proxy=false"),
        ("v0.7.1", "--secure-proxy=false"),
        ("v0.10.0", "--secure-proxy=false"),
        ("v0.11.0", "--secure-serving=false"),
        ("v1.0.0", "--secure-serving=false"),
        ("latest", "--secure-proxy=false"),
    ],
)
def test_the_flag_for_tls_follows_the_sidecars_version(tag: str, flag: str) -> None:
    proxy = RoutingProxy(image=f"ghcr.io/llm-d/sidecar:{tag}")
    spec = pod(Role(containers=[SERVER]), proxy=proxy, accept={"image-tag": "versions of all kinds are tried"})
    assert spec["initContainers"][0]["args"][-1] == flag


def test_tracing_reaches_servers_and_proxy() -> None:
    spec = pod(Role(containers=[SERVER]), tracing=Tracing(otlp_endpoint="http://otel:4317"), proxy=RoutingProxy())
    server, proxy = spec["containers"][0], spec["initContainers"][0]
    assert "--otlp-traces-endpoint" in server["args"]
    assert {"name": "OTEL_SERVICE_NAME", "value": "vllm-decode"} in server["env"]
    assert {"name": "OTEL_SERVICE_NAME", "value": "routing-proxy"} in proxy["env"]


def test_a_pod_monitor_finds_the_port_of_the_server() -> None:
    made = objects(decode=Role(containers=[SERVER], monitoring=PodMonitor(labels={"release": "prometheus"})))
    (endpoint,) = made["PodMonitor/llama-decode"]["spec"]["podMetricsEndpoints"]
    ports = made["Deployment/llama-decode"]["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert {port["name"]: port["containerPort"] for port in ports}[endpoint["port"]] == 8000


def test_the_label_of_an_accelerator_is_asked_for_in_every_alternative() -> None:
    terms = [{"matchExpressions": [{"key": "zone", "operator": "In", "values": [zone]}]} for zone in ("a", "b")]
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}
    types = AcceleratorTypes(label_key="accelerator", label_values=["intel-xpu"])
    spec = pod(Role(containers=[SERVER], affinity=affinity, accelerator_types=types))
    made = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert [[item["key"] for item in term["matchExpressions"]] for term in made] == [["zone", "accelerator"]] * 2


def test_everything_a_pod_may_say() -> None:
    role = Role(
        containers=[SERVER],
        volumes={"shm": {"emptyDir": {"medium": "Memory"}}},
        node_selector={"a": "b"},
        tolerations=[{"key": "gpu", "operator": "Exists"}],
        scheduler_name="volcano",
        priority_class_name="high",
        runtime_class_name="nvidia",
        termination_grace_period_seconds=130,
        enable_service_links=False,
        host_ipc=True,
        host_pid=True,
        image_pull_secrets=["registry"],
        security_context={"fsGroup": 107},
        pod_annotations={"a": "b"},
        annotations={"c": "d"},
        strategy={"type": "Recreate"},
    )
    deployment = objects(decode=role)["Deployment/llama-decode"]
    spec = deployment["spec"]["template"]["spec"]
    expected = {
        "nodeSelector": {"a": "b"},
        "schedulerName": "volcano",
        "priorityClassName": "high",
        "runtimeClassName": "nvidia",
        "terminationGracePeriodSeconds": 130,
        "enableServiceLinks": False,
        "hostIPC": True,
        "hostPID": True,
        "imagePullSecrets": [{"name": "registry"}],
        "securityContext": {"fsGroup": 107},
    }
    assert {key: spec[key] for key in expected} == expected
    assert deployment["metadata"]["annotations"] == {"c": "d"}
    assert deployment["spec"]["template"]["metadata"]["annotations"] == {"a": "b"}
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}


def test_an_autoscaler_owns_the_replicas() -> None:
    assert "replicas" not in objects(decode=Role(containers=[SERVER], autoscaling=True))["Deployment/llama-decode"]["spec"]


def test_groups_of_pods_with_the_proxy_in_the_leader() -> None:
    group = LeaderWorkerSet(sub_group_size=2, exclusive_topology="topology.kubernetes.io/zone", restart_policy="RecreateGroupOnPodRestart")
    role = Role(containers=[SERVER], parallelism=Parallelism(data=8, data_local=2), multinode=group)
    made = objects(decode=role, proxy=RoutingProxy())["LeaderWorkerSet/llama-decode"]
    template = made["spec"]["leaderWorkerTemplate"]
    assert (template["size"], template["subGroupPolicy"]) == (4, {"subGroupSize": 2})
    assert "initContainers" in template["leaderTemplate"]["spec"]
    assert "initContainers" not in template["workerTemplate"]["spec"]
    assert made["metadata"]["annotations"] == {"leaderworkerset.sigs.k8s.io/exclusive-topology": "topology.kubernetes.io/zone"}
    everywhere = evolve(role, multinode=evolve(group, routing_proxy="all"))
    template = objects(decode=everywhere, proxy=RoutingProxy())["LeaderWorkerSet/llama-decode"]["spec"]["leaderWorkerTemplate"]
    assert "leaderTemplate" not in template
    assert "initContainers" in template["workerTemplate"]["spec"]


def test_a_leader_with_a_pod_of_its_own() -> None:
    leader = Pod(containers=[evolve(SERVER, args=["--enforce-eager"])], node_selector={"leader": "yes"})
    made = objects(
        decode=Role(containers=[SERVER], accelerator="nvidia", parallelism=Parallelism(tensor=2, nodes=2), multinode=LeaderWorkerSet(leader=leader))
    )
    template = made["LeaderWorkerSet/llama-decode"]["spec"]["leaderWorkerTemplate"]
    assert template["leaderTemplate"]["spec"]["nodeSelector"] == {"leader": "yes"}
    assert template["leaderTemplate"]["spec"]["containers"][0]["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    assert "nodeSelector" not in template["workerTemplate"]["spec"]


def test_headless_workers_are_not_asked_routed_to_or_scraped() -> None:
    server = evolve(SERVER, readiness_probe={"httpGet": {"path": "/health", "port": 8000}})
    made = objects(decode=Role(containers=[server], parallelism=Parallelism(tensor=16, nodes=2)))
    template = made["LeaderWorkerSet/llama-decode"]["spec"]["leaderWorkerTemplate"]
    assert "readinessProbe" in template["leaderTemplate"]["spec"]["containers"][0]
    worker = template["workerTemplate"]
    assert not {"readinessProbe", "ports"} & set(worker["spec"]["containers"][0])
    assert "llm-d.ai/inference-serving" not in worker["metadata"]["labels"]


def group(parallelism: Parallelism, server: Container = SERVER, **fields: Any) -> tuple[Any, Any, Any]:
    """Size, leader's server and worker's server of the group that a parallelism makes."""
    made = objects(decode=Role(containers=[server], accelerator="nvidia", parallelism=parallelism, **fields))
    template = made["LeaderWorkerSet/llama-decode"]["spec"]["leaderWorkerTemplate"]
    leader, worker = (template.get(name, template["workerTemplate"])["spec"]["containers"][0] for name in ("leaderTemplate", "workerTemplate"))
    return template["size"], leader, worker


VLLM = Container.vllm("vllm/vllm-openai:v0.12.0")
RANK = ["--node-rank", "$(LWS_WORKER_INDEX)", "--master-addr", "$(LWS_LEADER_ADDRESS)"]


def test_tensor_and_pipeline_parallelism_over_nodes() -> None:
    size, leader, worker = group(Parallelism(tensor=8, pipeline=2, nodes=2), VLLM)
    assert size == 2
    assert leader["args"][1:] == [
        *("--port", "8000", "--tensor-parallel-size", "8", "--pipeline-parallel-size", "2"),
        *("--nnodes", "2", *RANK, "--served-model-name", "example/llama"),
    ]
    assert worker["args"] == [*leader["args"][:13], "--headless", *leader["args"][13:]]
    assert leader["resources"]["limits"] == worker["resources"]["limits"] == {"nvidia.com/gpu": "8"}


def test_model_copies_over_several_pods_know_the_first_of_them_and_their_own_ranks() -> None:
    size, leader, worker = group(Parallelism(tensor=2, data=8, data_local=4), VLLM)
    assert size == 2
    address = ["--data-parallel-address", "$(LWS_LEADER_ADDRESS)"]
    assert leader["command"] == ["vllm", "serve"]
    assert leader["args"][5:11] == ["--data-parallel-size", "8", "--data-parallel-size-local", "4", *address]
    assert worker["command"][:2] == ["/bin/sh", "-c"]
    assert worker["command"][2:] == ['exec vllm serve "$@" --data-parallel-start-rank "$((LWS_WORKER_INDEX * 4))"', "vllm"]
    assert worker["args"] == [*leader["args"][:11], "--headless", *leader["args"][11:]]
    assert "ports" not in worker
    assert leader["resources"]["limits"] == {"nvidia.com/gpu": "8"}


def test_one_copy_in_each_pod_needs_no_shell() -> None:
    _, leader, worker = group(Parallelism(data=4, data_local=1), VLLM)
    assert worker["args"][-5:] == ["--data-parallel-start-rank", "$(LWS_WORKER_INDEX)", "--headless", "--served-model-name", "example/llama"]
    assert "--data-parallel-start-rank" not in leader["args"]


def test_copies_that_all_answer_requests_share_one_template() -> None:
    _, leader, worker = group(Parallelism(data=4, data_local=2), VLLM, multinode=LeaderWorkerSet(routing_proxy="all"))
    assert leader == worker
    assert "--data-parallel-hybrid-lb" in worker["args"]
    assert "--headless" not in worker["args"]
    each = evolve(VLLM, image="vllm/vllm-openai:v0.26.0", args=["--data-parallel-multi-port-external-lb"])
    _, *leader, worker = group(Parallelism(data=4, data_local=2), each, multinode=LeaderWorkerSet(routing_proxy="all"))
    assert "--data-parallel-hybrid-lb" not in worker["args"]
    assert "--headless" not in worker["args"]

    own = evolve(VLLM, args=["--data-parallel-hybrid-lb", "--data-parallel-address", "10.0.0.1"])
    _, leader, worker = group(Parallelism(data=4, data_local=2), own)
    assert leader == worker
    assert worker["args"].count("--data-parallel-address") == worker["args"].count("--data-parallel-hybrid-lb") == 1


def test_a_group_of_one_pod_has_one_template_with_the_proxy() -> None:
    made = objects(decode=Role(containers=[SERVER], multinode=LeaderWorkerSet(size=1)), proxy=RoutingProxy())
    templates = made["LeaderWorkerSet/llama-decode"]["spec"]["leaderWorkerTemplate"]
    assert "leaderTemplate" not in templates
    assert templates["workerTemplate"]["spec"]["initContainers"][0]["name"] == "routing-proxy"


def test_groups_as_the_api_of_2026_has_them() -> None:
    rollout = {"type": "RollingUpdate", "rollingUpdateConfiguration": {"maxSurge": 0, "maxUnavailable": 1}}
    identity = LeaderWorkerSet(group_identity="Hash", group_replacement_policy="Immediate", rollout_strategy=rollout)
    made = objects(decode=Role(containers=[VLLM], parallelism=Parallelism(tensor=4, nodes=2), multinode=identity))
    spec = made["LeaderWorkerSet/llama-decode"]["spec"]
    assert (spec["groupIdentity"], spec["groupReplacementPolicy"]) == ("Hash", "Immediate")


def test_an_encode_role_beside_the_others() -> None:
    role = Role(containers=[Container.vllm("vllm/vllm-openai:v0.12.0", args=[TRANSFER])])
    made = objects(decode=role, prefill=role, encode=Role(containers=[SERVER]), proxy=RoutingProxy(ec_connector="ec-nixl"))
    assert made["Deployment/llama-encode"]["spec"]["selector"]["matchLabels"]["llm-d.ai/role"] == "encode"
    proxy = made["Deployment/llama-decode"]["spec"]["template"]["spec"]["initContainers"][0]
    assert "--ec-connector=ec-nixl" in proxy["args"]


def test_dual_pod_requesters_carry_the_server_as_a_patch() -> None:
    role = Role(containers=[SERVER], claims=[Claim("gpu", NvidiaGpu())])
    made = objects(decode=role, requester=Requester(image="example.com/requester:1", admin_port=9000, resources={"limits": {"cpu": "1"}}))
    template = made["ReplicaSet/llama-decode"]["spec"]["template"]
    assert template["metadata"]["annotations"]["dual-pod.llm-d.ai/admin-port"] == "9000"
    assert template["spec"]["containers"][0]["resources"] == {"limits": {"cpu": "1"}, "claims": [{"name": "gpu"}]}
    assert template["spec"]["resourceClaims"] == [{"name": "gpu", "resourceClaimTemplateName": "llama-decode-gpu"}]
    patch = yaml.safe_load(template["metadata"]["annotations"]["dual-pod.llm-d.ai/server-patch"])
    assert patch["spec"]["containers"][0]["image"] == "vllm/vllm-openai:v0.12.0"
    selector = made["ReplicaSet/llama-decode"]["spec"]["selector"]["matchLabels"]
    served = {**template["metadata"]["labels"], **patch["metadata"]["labels"]}
    assert not selector.items() <= served.items()
    assert served["llm-d.ai/role"] == "decode"


def test_requesters_run_where_the_role_says() -> None:
    role = Role(containers=[SERVER], node_selector={"pool": "gpu"}, tolerations=[{"key": "gpu", "operator": "Exists"}])
    template = objects(decode=role, requester=Requester(image="example.com/requester:1"))["ReplicaSet/llama-decode"]["spec"]["template"]
    assert template["spec"]["nodeSelector"] == {"pool": "gpu"}
    assert template["spec"]["tolerations"] == [{"key": "gpu", "operator": "Exists"}]
    assert template["spec"]["serviceAccountName"] == "llama"
    assert [item["name"] for item in template["spec"]["containers"]] == ["inference-server"]


def test_accounts_made_here_and_accounts_of_others() -> None:
    account = ServiceAccount(name="runner", annotations={"a": "b"}, automount_token=False, image_pull_secrets=["registry"])
    made = objects(decode=Role(containers=[SERVER]), service_account=account)
    assert made["ServiceAccount/runner"]["automountServiceAccountToken"] is False
    assert made["Deployment/llama-decode"]["spec"]["template"]["spec"]["serviceAccountName"] == "runner"
    assert list(objects(decode=Role(containers=[SERVER]), service_account=ServiceAccount(name="theirs", create=False))) == ["Deployment/llama-decode"]


def test_further_objects_come_as_written() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token"}}
    foreign = {"apiVersion": "example.com/v1", "kind": "Anything", "metadata": {"name": "x"}, "spec": {"free": True}}
    service = ModelService("llama", model=MODEL, decode=Role(containers=[SERVER]), extra_objects=[secret, foreign])
    assert service.manifests()[-2:] == [secret, foreign]


def test_ports_that_are_listed_stay_as_they_are() -> None:
    made = container(Role(containers=[evolve(SERVER, ports=[Port(8000, name="vllm"), 5600])]))
    assert made["ports"] == [{"containerPort": 8000, "name": "vllm"}, {"containerPort": 5600}]
