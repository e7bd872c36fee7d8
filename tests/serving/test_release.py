"""Services that take over a running Helm release give the objects it has, faults included, until a fix is asked for."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import evolve

from constructs_dra import (
    Accelerator,
    AcceleratorTypes,
    Container,
    HelmRelease,
    LeaderWorkerSet,
    Manifest,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Port,
    Requester,
    Role,
    RoleClaim,
    RoutingProxy,
    field_ref,
)
from constructs_dra.claims import Claim, ExistingClaimTemplate, Request
from constructs_dra.lexical.quantity import canonical
from constructs_dra.serving.accelerator import ACCELERATORS
from constructs_dra.serving.release_conventions import fullname

_CHART_LABELS = {"helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/version"}

METRICS: dict[str, Any] = {"metrics-volume": {"emptyDir": {}}}
LABELS = {"llm-d.ai/inference-serving": "true", "llm-d.ai/model": "facebook-opt-125m"}
OPT = ModelArtifacts.hf("facebook/opt-125m", size="20Gi", labels=LABELS)
PROXY = RoutingProxy(
    image="ghcr.io/llm-d/llm-d-routing-sidecar:latest", image_pull_policy="Always", zap_encoder="json", zap_log_level="debug", secure_proxy=False
)
SEED = ModelArtifacts.pvc_hf(
    "model-pvc",
    "meta-llama/Llama-3.1-8B-Instruct",
    name="random/model",
    token_secret="llm-d-hf-token",
    labels={"llm-d.ai/inferenceServing": "true", "llm-d.ai/model": "random_model"},
)
SIXTEEN = {"limits": {"memory": "16Gi", "cpu": "16"}, "requests": {"cpu": "16", "memory": "16Gi"}}
GPU = {part: {**amounts, "nvidia.com/gpu": "1"} for part, amounts in SIXTEEN.items()}
TRANSFER = ["--enforce-eager", "--kv-transfer-config", '{"kv_connector":"NixlConnector", "kv_role":"kv_both"}']
NIXL: dict[str, Any] = {"VLLM_NIXL_SIDE_CHANNEL_HOST": field_ref("status.podIP"), "VLLM_NIXL_SIDE_CHANNEL_PORT": "5600"}


def cuda(port: int, *, host_first: bool, image: str = "ghcr.io/llm-d/llm-d-cuda:latest", **fields: Any) -> Container:
    nixl = NIXL if host_first else dict(reversed(NIXL.items()))
    env = {"CUDA_VISIBLE_DEVICES": "0", "UCX_TLS": "cuda_ipc,cuda_copy,tcp", **nixl, "VLLM_LOGGING_LEVEL": "DEBUG"}
    ports = [Port(port, protocol="TCP"), Port(5600, protocol="TCP")]
    return Container.vllm(**{"image": image, "args": TRANSFER, "env": env, "ports": ports, "resources": SIXTEEN, **fields})


def roles(**fields: Any) -> dict[str, Any]:
    common = {"volumes": METRICS, "accelerator": "nvidia", **fields}
    return {
        "decode": Role(**{"containers": [cuda(8200, host_first=True)], **common}),
        "prefill": Role(**{"containers": [cuda(8000, host_first=False)], **common}),
    }


def xpu(port: int, mask: str, kv_role: str, resources: Manifest, **fields: Any) -> Container:
    nixl: dict[str, Any] = NIXL if port == 8200 else dict(reversed(NIXL.items()))
    flags = ["--model", "microsoft/DialoGPT-large", "--enforce-eager", "--tensor-parallel-size", "1", "--port", str(port), "--host", "0.0.0.0"]
    return Container.custom(
        "ghcr.io/llm-d/llm-d-xpu:latest",
        ["python3", "-m", "vllm.entrypoints.openai.api_server"],
        args=[*flags, "--kv-transfer-config", f'{{"kv_connector":"NixlConnector", "kv_role":"{kv_role}"}}'],
        env={
            "ZE_AFFINITY_MASK": mask,
            "ZE_ENABLE_PCI_ID_DEVICE_ORDER": "1",
            **nixl,
            "VLLM_LOGGING_LEVEL": "DEBUG",
            "TORCH_LLM_ALLREDUCE": "1",
            "VLLM_USE_V1": "1",
            "CCL_ZE_IPC_EXCHANGE": "pidfd",
            "VLLM_ALLOW_LONG_MAX_MODEL_LEN": "1",
            "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
        },
        ports=[Port(port, protocol="TCP"), Port(5600, protocol="TCP")],
        resources=resources,
        mount_model_volume=True,
        **fields,
    )


def cases() -> dict[str, ModelService]:
    """The main cases as someone who migrates would write them."""
    gaudi2 = "device.attributes[\"gaudi.intel.com\"].model == 'Gaudi2'"
    gaudi = Request("intel-gaudi", "gaudi.intel.com", count=2, where=gaudi2)
    nvidia = Claim("nvidia-claim-template", Request("nvidia", "gpu.nvidia.com"))
    imex = ExistingClaimTemplate("llm-d-imex-channel-0")
    xpu_types = AcceleratorTypes(label_key="accelerator", label_values=["intel-xpu"])
    i915 = "gpu.intel.com/i915"
    small = {"limits": {"memory": "24Gi", "cpu": "8", i915: "1"}, "requests": {"cpu": "4", "memory": "12Gi", i915: "1"}}
    large = {"limits": {"memory": "32Gi", "cpu": "16"}, "requests": {"cpu": "8", "memory": "16Gi"}}
    gaudi_env = {
        "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
        "HABANA_LOGS": "/tmp/habana_logs",
        "VLLM_SKIP_WARMUP": "true",
        "DO_NOT_TRACK": "1",
        "VLLM_USE_V1": "1",
    }
    gaudi_flags = ["block-size=128", "max-num-seqs=256", "max-seq-len-to-capture=2048", "max-model-len=2048", "max-num-batched-token=16000"]
    xpu_flags = ["dtype=float16", "block-size=64", "max-num-seqs=64", "max-model-len=2048", "max-num-batched-token=4096", "disable-sliding-window"]
    services = [
        ModelService(
            "gaudi-dra",
            model=SEED,
            release=HelmRelease(chart="0.3"),
            decode=Role(
                volumes=METRICS,
                claims=[RoleClaim(Claim("intel-gaudi", gaudi))],
                containers=[
                    Container.image_default(
                        "opea/vllm-gaudi:1.22.0", args=[f"--{flag}" for flag in gaudi_flags], env=gaudi_env, ports=[Port(8200, protocol="TCP")]
                    )
                ],
            ),
        ),
        ModelService(
            "dra",
            model=SEED,
            release=HelmRelease(chart="0.3"),
            decode=Role(
                volumes=METRICS,
                claims=[Claim("intel", Request("intel", "gpu.intel.com"))],
                containers=[
                    Container.vllm(
                        "intel/vllm:0.10.0-xpu",
                        args=[*(f"--{flag}" for flag in xpu_flags), "--gpu-memory-util=0.9", "--quantization=fp8"],
                        env={
                            "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
                            "PT_HPU_ENABLE_LAZY_COLLECTIVES": "true",
                            "VLLM_SKIP_WARMUP": "true",
                        },
                    )
                ],
            ),
        ),
        ModelService("pd", model=OPT, proxy=PROXY, release=HelmRelease(), **roles()),
        ModelService("pd-mnnvl", model=OPT, proxy=PROXY, release=HelmRelease(), **roles(claims=[imex])),
        ModelService(
            "heterogeneous-pd",
            model=OPT,
            proxy=PROXY,
            release=HelmRelease(),
            decode=Role(
                volumes=METRICS,
                claims=[nvidia],
                parallelism=Parallelism(tensor=2),
                containers=[cuda(8200, host_first=True, image="ghcr.io/llm-d/llm-d:v0.2.0")],
            ),
            prefill=Role(
                volumes=METRICS,
                accelerator="nvidia",
                containers=[
                    cuda(
                        8000,
                        host_first=False,
                        image="vault.habana.ai/gaudi-docker/1.18.0/ubuntu22.04/habanalabs/pytorch-installer-2.4.0:latest",
                        env={"HABANA_VISIBLE_DEVICES": "0", "UCX_TLS": "tcp", **dict(reversed(NIXL.items())), "VLLM_LOGGING_LEVEL": "DEBUG"},
                    )
                ],
            ),
        ),
        ModelService(
            "requester",
            model=OPT,
            proxy=PROXY,
            release=HelmRelease(quoted_model=True),
            requester=Requester(
                image="ghcr.io/llm-d-incubation/llm-d-fast-model-actuation/requester:latest",
                resources={"limits": {"nvidia.com/gpu": 1, "cpu": 1, "memory": "250Mi"}},
            ),
            decode=Role(volumes=METRICS, accelerator="nvidia", containers=[cuda(8200, host_first=True, resources=GPU)]),
            prefill=Role(volumes=METRICS, accelerator="nvidia", containers=[cuda(8000, host_first=False, resources=GPU)]),
        ),
        ModelService(
            "xpu-pd",
            model=ModelArtifacts.hf("microsoft/DialoGPT-large", size="10Gi", labels={**LABELS, "llm-d.ai/model": "microsoft-dialogpt-large"}),
            proxy=PROXY,
            release=HelmRelease(),
            decode=Role(
                volumes=METRICS,
                accelerator="intel-i915",
                accelerator_types=xpu_types,
                containers=[xpu(8200, "0", "kv_consumer", small, image_pull_policy="Never")],
            ),
            prefill=Role(volumes=METRICS, accelerator="intel-i915", accelerator_types=xpu_types, containers=[xpu(8000, "1", "kv_producer", large)]),
        ),
    ]
    folders = {"gaudi-dra": "seed-gaudi2-x2", "dra": "seed-intel-gpu"}
    return {folders.get(service.name, f"upstream-{service.name}"): service for service in services}


def comparable(value: Any, path: tuple[str, ...] = ()) -> Any:
    """The object without what makes no difference; see `parity/README.md`."""
    if isinstance(value, dict):
        made = {key: comparable(item, (*path, key)) for key, item in value.items() if not (path == ("metadata", "labels") and key in _CHART_LABELS)}
        if "volumes" not in path:
            made = {key: item for key, item in made.items() if item not in (None, {}, [])}
        return {key: canonical(item) for key, item in made.items()} if "resources" in path and path[-1] in {"limits", "requests"} else made
    return [comparable(item, path) for item in value] if isinstance(value, list) else value


def by_name(manifests: list[Manifest]) -> dict[str, Manifest]:
    return {f"{item['kind']}/{item['metadata']['name']}": comparable(item) for item in manifests}


@pytest.mark.parametrize("case", sorted(cases()))
def test_the_objects_of_the_release_stay_as_they_are(case: str, shared: Path) -> None:
    folder = shared / "parity" / case
    expected = [item for item in yaml.safe_load_all((folder / "expected.yaml").read_text()) if item]
    assert by_name(cases()[case].manifests()) == by_name(expected)


@pytest.mark.parametrize(
    ("release", "override", "expected"),
    [
        ("chat", None, "chat-llm-d-modelservice"),
        ("llm-d-modelservice", None, "llm-d-modelservice"),
        ("my-llm-d-modelservice-2", None, "my-llm-d-modelservice-2"),
        ("x" * 50, None, "x" * 50 + "-llm-"[:5].removesuffix("-")),
        ("chat", "mine", "mine"),
        ("chat", "y" * 60, "y" * 55),
    ],
)
def test_names_are_cut_as_the_chart_cuts_them(release: str, override: str | None, expected: str) -> None:
    assert fullname(release, override) == expected


def changed(service: ModelService, *fixes: Any) -> tuple[list[Manifest], list[Manifest]]:
    assert service.release is not None
    return service.manifests(), evolve(service, release=evolve(service.release, fixes=fixes)).manifests()


def workload(manifests: list[Manifest]) -> Manifest:
    spec: Manifest = next(item for item in manifests if item["kind"] in {"Deployment", "LeaderWorkerSet"})["spec"]
    return spec


def first_containers(manifests: list[Manifest]) -> list[Manifest]:
    containers: list[Manifest] = workload(manifests)["template"]["spec"]["containers"]
    return containers


def variables(manifests: list[Manifest]) -> list[tuple[str, str | None]]:
    return [(item["name"], item.get("value")) for item in first_containers(manifests)[0]["env"]]


def small(**fields: Any) -> ModelService:
    role = {"containers": [Container.vllm("vllm/vllm-openai:v0.11.0", env={"TP_SIZE": "9", "VLLM_USE_V1": "0"})], **fields.pop("role", {})}
    return ModelService("chat", **{"model": OPT, "release": HelmRelease(), "decode": Role(**role), "proxy": RoutingProxy(enabled=False), **fields})


def test_the_users_variables_win_when_asked_for() -> None:
    before, after = changed(small(), "user-env-wins")
    assert [[value for name, value in variables(made) if name == "TP_SIZE"] for made in (before, after)] == [["9", "1"], ["9"]]


def test_variables_of_the_accelerator_are_set_once_when_asked_for() -> None:
    before, after = changed(small(role={"accelerator": "intel-i915"}), "accelerator-env-once")
    assert [[name for name, _ in variables(made)].count("VLLM_USE_V1") for made in (before, after)] == [2, 1]


def test_only_the_model_server_gets_devices_when_asked_for() -> None:
    sidecar = Container.custom("example.com/sidecar:1", name="sidecar")
    role = {"containers": [Container.vllm("vllm/vllm-openai:v0.11.0"), sidecar], "accelerator": "nvidia"}
    before, after = changed(small(role=role), "claims-for-model-container")
    limits = [[item.get("resources", {}).get("limits") for item in first_containers(made)] for made in (before, after)]
    assert limits == [[{"nvidia.com/gpu": "1"}] * 2, [{"nvidia.com/gpu": "1"}, None]]


def test_claim_templates_are_named_after_the_release_when_asked_for() -> None:
    role = {"claims": [Claim("nvidia-claim-template", Request("nvidia", "gpu.nvidia.com"))]}
    before, after = changed(small(role=role), "claim-names-per-release")
    names = [next(item for item in made if item["kind"] == "ResourceClaimTemplate")["metadata"]["name"] for made in (before, after)]
    assert names == ["nvidia-claim-template-decode", "chat-llm-d-modelservice-nvidia-claim-template-decode"]
    assert workload(after)["template"]["spec"]["resourceClaims"][0]["resourceClaimTemplateName"] == names[1]


def test_the_cache_follows_the_mount_path_when_asked_for() -> None:
    model = ModelArtifacts.pvc_hf("models", "a/b", cache="hub", mount_path="/data", labels=LABELS)
    before, after = changed(small(model=model), "hf-hub-cache-path")
    values = [dict(variables(made))["HF_HUB_CACHE"] for made in (before, after)]
    assert values == ["/model-cache/hub", "/data/hub"]


def test_the_proxy_stays_with_the_leader_and_gets_its_flags_and_resources_when_asked_for() -> None:
    proxy = RoutingProxy(resources={"limits": {"cpu": "1"}})
    service = small(role={"multinode": LeaderWorkerSet(size=2)}, proxy=proxy)
    before, after = changed(service, "proxy-in-leader-only", "proxy-flags-by-version", "proxy-resources")
    old, new = (workload(made)["leaderWorkerTemplate"] for made in (before, after))
    assert "leaderTemplate" not in old
    assert "--connector=nixlv2" in old["workerTemplate"]["spec"]["initContainers"][0]["args"]
    assert "resources" not in old["workerTemplate"]["spec"]["initContainers"][0]
    assert "initContainers" not in new["workerTemplate"]["spec"]
    sidecar = new["leaderTemplate"]["spec"]["initContainers"][0]
    assert "--kv-connector=nixlv2" in sidecar["args"]
    assert sidecar["resources"] == {"limits": {"cpu": "1"}}


def test_replicas_are_left_to_the_autoscaler_when_asked_for() -> None:
    before, after = changed(small(role={"autoscaling": True}), "replicas-left-to-autoscaler")
    assert ["replicas" in workload(made) for made in (before, after)] == [True, False]


def test_a_volume_that_may_be_written_says_so_as_the_chart_does() -> None:
    model = ModelArtifacts.pvc_hf("models", "a/b", read_only=False, labels=LABELS)
    spec = workload(small(model=model).manifests())["template"]["spec"]
    assert spec["volumes"] == [{"name": "model-storage", "persistentVolumeClaim": {"claimName": "models", "readOnly": False}}]
    assert spec["containers"][0]["volumeMounts"] == [{"name": "model-storage", "mountPath": "/model-cache", "readOnly": False}]


def test_a_requester_with_fixes_is_written_afresh() -> None:
    service = evolve(cases()["upstream-requester"], release=HelmRelease(fixes=["user-env-wins", "proxy-flags-by-version"]))
    replica_set = next(item for item in service.manifests() if item["kind"] == "ReplicaSet")
    patch = yaml.safe_load(replica_set["spec"]["template"]["metadata"]["annotations"]["dual-pod.llm-d.ai/server-patch"])
    assert patch["metadata"]["labels"]["app"] is None
    assert patch["spec"]["containers"][0]["env"][-1] == {"name": "VLLM_LOGGING_LEVEL", "value": "DEBUG"}


def test_workers_alone_make_no_group_as_in_the_chart() -> None:
    service = small(role={"parallelism": Parallelism(workers=2)})
    assert [item["kind"] for item in service.manifests()] == ["ServiceAccount", "Deployment"]
    assert "a replica needs 2 pods, but the release makes single pods" in {problem.message for problem in service.check()}


def test_every_image_of_the_simulator_goes_without_devices() -> None:
    service = small(role={"containers": [Container.image_default("ghcr.io/llm-d/llm-d-inference-sim:v0.6.1")], "accelerator": "nvidia"})
    assert "resources" not in first_containers(service.manifests())[0]


def test_a_reason_leaves_no_annotation_on_a_running_release() -> None:
    service = small(accept={"env-twice": "so it runs"})
    assert "annotations" not in next(item for item in service.manifests() if item["kind"] == "Deployment")["metadata"]


def test_the_table_of_accelerators_is_the_charts() -> None:
    assert ACCELERATORS["rebellions-atom"] == Accelerator("rebellions-atom", resource="rebellions.ai/ATOM")
    assert ACCELERATORS["intel"].resource is None
