"""Pods that are right without being told, and how each part of that is changed."""

from typing import Any

import attrs
import pytest

from constructs_dra import (
    ComputeRequests,
    Container,
    Drain,
    HelmRelease,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    NetworkPolicy,
    Parallelism,
    Pod,
    PodMonitor,
    PodSecurity,
    Probes,
    Production,
    Requester,
    Role,
    Rollout,
    RoutingProxy,
    ServiceAccount,
    SharedMemory,
    SpecError,
    WritableFolders,
)
from constructs_dra.claims import Claim, NvidiaGpu
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.manifest import Manifest
from tests.restricted import pod_templates, restricted_faults

TRANSFER = '--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_both"}'
SERVER = Container.vllm("vllm/vllm-openai:v0.20.0", args=[TRANSFER])
MODEL = ModelArtifacts.hf("meta-llama/Llama-3.3-70B-Instruct", token_secret="hf")


def made(role: Role, **fields: Any) -> list[Manifest]:
    manifests = ModelService("llama", **{"model": MODEL, "decode": role, **fields}).manifests()
    assert [found for manifest in manifests for found in check_object(manifest)] == []
    assert [found for manifest in manifests for found in check_semantics(manifest) if found.severity == "error"] == []
    return manifests


def workload(role: Role, **fields: Any) -> Manifest:
    return next(item for item in made(role, **fields) if item["metadata"]["name"] == "llama-decode" and "emplate" in str(item["spec"]))


def spec(role: Role, **fields: Any) -> Manifest:
    pod: Manifest = next(pod_templates(workload(role, **fields)))
    return pod


def server(role: Role, **fields: Any) -> Manifest:
    container: Manifest = spec(role, **fields)["containers"][0]
    return container


SURGE = Production(rollout=Rollout(type="surge"))
GPU = Claim("gpu", NvidiaGpu())
PLAIN = Role(containers=[SERVER])
SIDECAR = Container.custom("example.com/agent:1", name="agent")
SHAPES: dict[str, dict[str, Any]] = {
    "one server": {"decode": PLAIN},
    "prefill and decode": {"decode": PLAIN, "prefill": PLAIN},
    "encode too": {"decode": PLAIN, "prefill": PLAIN, "encode": PLAIN, "proxy": RoutingProxy(ec_connector="ec-nixl")},
    "a group over nodes": {"decode": Role(containers=[SERVER], parallelism=Parallelism(tensor=16, nodes=2))},
    "copies over pods": {"decode": Role(containers=[SERVER], parallelism=Parallelism(data=8, data_local=4))},
    "a leader of its own": {
        "decode": Role(
            containers=[SERVER],
            parallelism=Parallelism(tensor=4, nodes=2),
            multinode=LeaderWorkerSet(leader=Pod(containers=[SERVER, SIDECAR])),
        )
    },
    "sidecars and init containers": {
        "decode": Role(containers=[SERVER, SIDECAR], init_containers=[Container.custom("example.com/wait:1", name="wait")], claims=[GPU])
    },
    "requesters": {"decode": Role(containers=[SERVER], claims=[GPU]), "requester": Requester(image="example.com/requester:1")},
    "a server of its own kind": {"decode": Role(containers=[Container.custom("example.com/sglang:1", ["python3", "-m", "sglang.launch_server"])])},
    "a model image": {"decode": PLAIN, "model": ModelArtifacts.oci("registry.example.com/models/llama:8b")},
    "a model on a volume": {"decode": PLAIN, "model": ModelArtifacts.pvc("models", "llama")},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_pod_is_admitted_at_pod_security_level_restricted(shape: str) -> None:
    manifests = made(PLAIN, **SHAPES[shape])
    pods = [pod for manifest in manifests for pod in pod_templates(manifest)]
    assert pods
    assert [fault for pod in pods for fault in restricted_faults(pod)] == []
    assert all(container["securityContext"]["readOnlyRootFilesystem"] for pod in pods for container in pod["containers"])
    assert {pod["automountServiceAccountToken"] for pod in pods} == {False}


def test_the_rules_of_the_level_would_find_something() -> None:
    bare = spec(PLAIN, production=Production.off())
    assert len(restricted_faults(bare)) == 4
    assert restricted_faults({"hostNetwork": True, "containers": [], "volumes": [{"name": "a", "hostPath": {}}]}) == [
        "hostNetwork is set",
        "volume a is a hostPath",
    ]


def test_what_an_image_or_a_device_needs_is_loosened_there_and_nowhere_else() -> None:
    rdma = attrs.evolve(SERVER, security_context={"capabilities": {"add": ["IPC_LOCK"]}})
    settings = server(Role(containers=[rdma]))["securityContext"]
    assert settings == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"], "add": ["IPC_LOCK"]},
        "readOnlyRootFilesystem": True,
    }
    root = attrs.evolve(SERVER, security_context={"runAsUser": 0})
    found = restricted_faults(spec(Role(containers=[root, SIDECAR])))
    assert found == ["vllm may run as root", "vllm runs as root"]
    privileged = attrs.evolve(SERVER, security_context={"privileged": True})
    assert "allowPrivilegeEscalation" not in server(Role(containers=[privileged]))["securityContext"]
    groups = Role(containers=[SERVER], security_context={"supplementalGroups": [107]})
    assert spec(groups)["securityContext"]["supplementalGroups"] == [107]
    assert spec(groups)["securityContext"]["runAsNonRoot"] is True


def test_accounts_whose_token_is_used_keep_it() -> None:
    assert "automountServiceAccountToken" not in spec(PLAIN, service_account=ServiceAccount(automount_token=True))


def test_probes_ask_the_server_on_its_own_port_and_give_it_time_for_the_model() -> None:
    container = server(PLAIN, prefill=PLAIN)
    asked = {"path": "/health", "port": 8200}
    assert {container[name]["httpGet"] == asked for name in ("startupProbe", "readinessProbe", "livenessProbe")} == {True}
    probes = [
        server(PLAIN, model=model)["startupProbe"]
        for model in (
            ModelArtifacts.hf("Qwen/Qwen3-0.6B"),
            ModelArtifacts.pvc_hf("models", "meta-llama/Llama-3.3-70B-Instruct"),
            ModelArtifacts.hf("meta-llama/Llama-3.3-70B-Instruct"),
            ModelArtifacts.hf("mistralai/Mixtral-8x7B-v0.1"),
            ModelArtifacts.hf("example/of-unknown-size"),
        )
    ]
    assert [probe["periodSeconds"] * probe["failureThreshold"] for probe in probes] == [620, 1260, 1920, 1470, 3600]


def test_the_proxy_is_ready_when_it_listens() -> None:
    (proxy,) = spec(PLAIN, prefill=PLAIN)["initContainers"]
    assert proxy["readinessProbe"]["tcpSocket"] == {"port": 8000}
    assert "startupProbe" not in proxy  # it would hold back the server it waits for


def test_probes_of_the_author_stay() -> None:
    own = {"httpGet": {"path": "/mine", "port": 8000}}
    container = server(Role(containers=[attrs.evolve(SERVER, readiness_probe=own)]))
    assert container["readinessProbe"] == own
    assert container["livenessProbe"]["httpGet"]["path"] == "/health"
    secure = server(Role(containers=[attrs.evolve(SERVER, args=["--ssl-certfile=/a", "--ssl-keyfile=/b"])]))
    assert secure["startupProbe"]["httpGet"]["scheme"] == "HTTPS"


def test_headless_workers_have_no_probes_and_no_hook() -> None:
    _, worker = pod_templates(workload(Role(containers=[SERVER], parallelism=Parallelism(tensor=16, nodes=2))))
    assert not {"startupProbe", "readinessProbe", "livenessProbe", "lifecycle"} & worker["containers"][0].keys()


def test_shared_memory_where_several_devices_talk() -> None:
    role = Role(containers=[SERVER], parallelism=Parallelism(tensor=4))
    shm = {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}}
    assert shm in spec(role)["volumes"]
    assert {"name": "shm", "mountPath": "/dev/shm"} in server(role)["volumeMounts"]
    assert "/dev/shm" not in str(spec(PLAIN))
    sized = spec(role, production=Production(shared_memory=SharedMemory(size="32Gi")))
    assert "32Gi" in str(sized["volumes"])
    assert "/dev/shm" in str(spec(PLAIN, production=Production(shared_memory=SharedMemory(size="4Gi"))))
    own = attrs.evolve(role, volumes={"shm": {"emptyDir": {}}}, containers=[attrs.evolve(SERVER, volume_mounts={"shm": "/dev/shm"})])
    assert [volume["name"] for volume in spec(own)["volumes"]] == ["shm", "model-storage", "tmp", "home"]


def test_names_of_volumes_that_the_author_has_are_left_to_them() -> None:
    role = Role(containers=[SERVER], volumes={"tmp": {"emptyDir": {"sizeLimit": "1Gi"}}})
    names = [volume["name"] for volume in spec(role)["volumes"]]
    assert names == ["tmp", "model-storage", "own-tmp", "home"]


def test_folders_for_what_a_server_writes() -> None:
    container = server(PLAIN)
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/model-cache", "/tmp", "/home/server"}
    assert {"name": "HOME", "value": "/home/server"} in container["env"]
    own = server(Role(containers=[attrs.evolve(SERVER, env={"HOME": "/elsewhere"})]))
    assert [item["value"] for item in own["env"] if item["name"] == "HOME"] == ["/elsewhere"]
    limited = spec(PLAIN, production=Production(folders=WritableFolders(home="/cache", size="10Gi")))
    assert {"name": "home", "emptyDir": {"sizeLimit": "10Gi"}} in limited["volumes"]


def test_requests_of_cpu_and_memory_follow_the_devices() -> None:
    role = Role(containers=[SERVER], parallelism=Parallelism(tensor=2))
    assert server(role)["resources"] == {"requests": {"cpu": "8", "memory": "32Gi"}}
    stated = Role(containers=[attrs.evolve(SERVER, resources={"limits": {"memory": "64Gi"}, "requests": {"cpu": "2"}})])
    assert server(stated)["resources"] == {"limits": {"memory": "64Gi"}, "requests": {"cpu": "2"}}
    other = server(PLAIN, production=Production(requests=ComputeRequests(cpu=1, memory=8)))
    assert other["resources"]["requests"] == {"cpu": "1", "memory": "8Gi"}


def test_running_requests_end_before_the_pod_does() -> None:
    pod = spec(PLAIN)
    (container,) = pod["containers"]
    assert container["lifecycle"] == {"preStop": {"sleep": {"seconds": 15}}}
    assert container["args"][-3:-1] == ["--shutdown-timeout", "45"]
    assert pod["terminationGracePeriodSeconds"] == 75
    old = server(Role(containers=[attrs.evolve(SERVER, image="vllm/vllm-openai:v0.12.0")]))
    assert "--shutdown-timeout" not in old["args"]
    longer = spec(Role(containers=[attrs.evolve(SERVER, args=["--shutdown-timeout=120"])]))
    assert longer["terminationGracePeriodSeconds"] == 150
    assert str(longer).count("--shutdown-timeout") == 1


def test_a_grace_period_that_is_too_short_is_refused() -> None:
    with pytest.raises(SpecError, match=r"decode\.termination_grace_period_seconds: 30 seconds are fewer than the 60 of preStop"):
        made(Role(containers=[SERVER], termination_grace_period_seconds=30))
    quick = Production(drain=Drain(pre_stop_seconds=5, shutdown_seconds=20))
    assert spec(Role(containers=[SERVER], termination_grace_period_seconds=30), production=quick)["terminationGracePeriodSeconds"] == 30


@pytest.mark.parametrize(
    ("role", "production", "strategy"),
    [
        ({"claims": [GPU]}, None, {"type": "Recreate"}),
        ({"accelerator": "nvidia", "replicas": 3}, None, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}),
        ({"claims": [GPU], "autoscaling": True}, None, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}),
        ({}, None, None),
        ({"claims": [GPU]}, SURGE, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}),
        ({"claims": [GPU]}, Production(rollout=None), None),
        ({"claims": [GPU], "strategy": {"type": "Recreate"}}, None, {"type": "Recreate"}),
    ],
)  # fmt: skip
def test_updates_do_not_wait_for_devices_that_never_get_free(role: dict[str, Any], production: Production | None, strategy: Any) -> None:
    assert workload(Role(containers=[SERVER], **role), production=production)["spec"].get("strategy") == strategy


def test_the_network_policy_admits_who_has_to_connect_and_nobody_else() -> None:
    role = Role(containers=[SERVER], monitoring=PodMonitor())
    (policy,) = [item for item in made(role, prefill=PLAIN, namespace="a") if item["kind"] == "NetworkPolicy"]
    selector = {"matchLabels": {"app.kubernetes.io/instance": "llama"}}
    outside, inside = policy["spec"]["ingress"]
    assert (policy["spec"]["podSelector"], policy["spec"]["policyTypes"]) == (selector, ["Ingress"])
    assert inside == {"from": [{"podSelector": selector}]}
    assert outside["ports"] == [{"port": 8000, "protocol": "TCP"}, {"port": 8200, "protocol": "TCP"}]
    assert len(outside["from"]) == 3
    assert {} not in outside["from"]
    chat = {"podSelector": {"matchLabels": {"app": "chat"}}}
    wider = Production(network=NetworkPolicy(callers=[chat], scrapers=[]))
    (policy,) = [item for item in made(PLAIN, production=wider) if item["kind"] == "NetworkPolicy"]
    assert policy["spec"]["ingress"][0]["from"][2:] == [chat]


@pytest.mark.parametrize("name", [field.name for field in attrs.fields(Production)])
def test_each_part_is_turned_off_by_its_name_and_can_be_added_alone(name: str) -> None:
    role = Role(containers=[SERVER], claims=[GPU], parallelism=Parallelism(tensor=2))
    everything, nothing = made(role), made(role, production=Production.off())
    without = made(role, production=Production(**{name: None}))
    alone = made(role, production=Production.off(), parts=[getattr(Production(), name)])
    assert without not in (everything, nothing)
    assert alone not in (everything, nothing)


def test_pods_of_a_release_stay_what_they_are_until_it_is_asked_for() -> None:
    model = attrs.evolve(MODEL, labels={"llm-d.ai/model": "llama"})
    service = ModelService("llama", model=model, decode=PLAIN, release=HelmRelease("ms"))
    (pod,) = (pod for item in service.manifests() for pod in pod_templates(item))
    assert not {"securityContext", "terminationGracePeriodSeconds"} & pod.keys()
    asked = attrs.evolve(service, production=Production(network=None))
    (pod,) = (pod for item in asked.manifests() for pod in pod_templates(item))
    assert restricted_faults(pod) == []


def test_images_are_pinned() -> None:
    with pytest.raises(SpecError, match=r"decode\.containers\[0\]\.image: 'vllm/vllm-openai' names no version"):
        made(Role(containers=[Container.vllm("vllm/vllm-openai")]))
    digest = f"vllm/vllm-openai@sha256:{'0' * 64}"
    assert server(Role(containers=[Container.vllm(digest)]))["image"] == digest
    assert made(Role(containers=[Container.vllm("vllm/vllm-openai:latest", accept={"image-tag": "a test of the newest"})]))


def test_environment_from_config_maps_and_secrets() -> None:
    role = Role(containers=[attrs.evolve(SERVER, env_from=[{"secretRef": {"name": "keys"}}])])
    assert server(role)["envFrom"] == [{"secretRef": {"name": "keys"}}]
    with pytest.raises(SpecError, match=r"env_from\[0\]\.secretref"):
        Container.vllm("a:1", env_from=[{"secretref": {"name": "keys"}}])


def test_wrong_settings_of_parts_are_refused() -> None:
    with pytest.raises(SpecError, match="probes: must be a Probes, not 5"):
        Production(probes=5)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="period_seconds"):
        Probes(period_seconds=0)
    with pytest.raises(SpecError, match="user"):
        PodSecurity(user=0)


@pytest.mark.parametrize(
    ("context", "has_home"), [({}, True), ({"runAsUser": 2000}, True), ({"runAsUser": 0}, False), ({"readOnlyRootFilesystem": False}, False)]
)
def test_a_server_of_ones_own_has_a_home_that_it_may_write_to(context: dict[str, Any], *, has_home: bool) -> None:
    own = Container.custom("example.com/server:1", ["server"], ports=[8000], security_context=context)
    made = server(Role(containers=[own]))
    assert ({"name": "HOME", "value": "/home/server"} in made.get("env", [])) is has_home
    assert ("/home/server" in {mount["mountPath"] for mount in made["volumeMounts"]}) is has_home
