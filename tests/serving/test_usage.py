"""What people come to do, each as the program they would write."""

import json

import pytest

from constructs_dra import (
    Container,
    HelmRelease,
    Manifest,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Port,
    Role,
    SpecError,
    fleet_files,
)
from constructs_dra.claims import PCIE_ROOT, Claim, ExistingClaimTemplate, FirstAvailable, Gaudi, IntelGpu, NvidiaGpu, RdmaNic, Request
from constructs_dra.kubernetes.schemas import check_object

LLAMA = ModelArtifacts.pvc_hf("model-pvc", "meta-llama/Llama-3.1-8B-Instruct", token_secret="llm-d-hf-token")


def named(service: ModelService, kind: str, name: str = "") -> Manifest:
    """The only object of a kind (and name); every object of the service is right by Kubernetes' own schemas."""
    manifests = service.manifests()
    assert [problem for manifest in manifests for problem in check_object(manifest)] == []
    (found,) = [item for item in manifests if item["kind"] == kind and name in {"", item["metadata"]["name"]}]
    return found


def requests(claim: Manifest) -> list[Manifest]:
    wanted: list[Manifest] = claim["spec"]["spec"]["devices"]["requests"]
    return wanted


def test_one_model_on_one_intel_gpu() -> None:
    service = ModelService(
        "llama",
        model=ModelArtifacts.pvc_hf("model-pvc", "meta-llama/Llama-3.1-8B-Instruct", token_secret="llm-d-hf-token"),
        decode=Role(
            claims=[Claim("gpu", IntelGpu())],
            containers=[Container.vllm("intel/vllm:0.10.0-xpu", args=["--dtype=float16"])],
        ),
    )
    assert named(service, "ResourceClaimTemplate")["spec"]["spec"]["devices"]["requests"][0]["exactly"]["count"] == 1
    container = named(service, "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert container["command"] == ["vllm", "serve"]
    assert container["args"][0] == "meta-llama/Llama-3.1-8B-Instruct"
    assert container["resources"]["claims"] == [{"name": "gpu"}]


def test_two_gaudi2_without_writing_the_count_anywhere() -> None:
    service = ModelService(
        "llama",
        model=LLAMA,
        decode=Role(
            claims=[Claim("gaudi", Gaudi(model="Gaudi2"))],
            parallelism=Parallelism(tensor=2),
            containers=[Container.vllm("opea/vllm-gaudi:1.22.0", args=["--block-size=128"])],
        ),
    )
    (request,) = requests(named(service, "ResourceClaimTemplate"))
    assert request["exactly"]["count"] == 2
    args = named(service, "Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args[args.index("--tensor-parallel-size") + 1] == "2"


def test_prefill_on_gaudi_3_and_decode_on_nvidia() -> None:
    transfer = '--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_both"}'
    service = ModelService(
        "llama",
        model=LLAMA,
        prefill=Role(
            replicas=4,
            claims=[Claim("gaudi", Gaudi(model="Gaudi3"))],
            containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.8.0", args=[transfer])],
        ),
        decode=Role(
            replicas=4,
            claims=[Claim("gpu", NvidiaGpu())],
            containers=[Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.8.0", args=[transfer])],
        ),
    )
    assert named(service, "ResourceClaimTemplate", "llama-prefill-gaudi")["spec"] != named(service, "ResourceClaimTemplate", "llama-decode-gpu")
    decode = named(service, "Deployment", "llama-decode")
    assert decode["spec"]["replicas"] == 4
    (proxy,) = decode["spec"]["template"]["spec"]["initContainers"]
    assert "--model-server-port=8200" in proxy["args"]
    assert "claims" not in proxy.get("resources", {})
    assert "initContainers" not in named(service, "Deployment", "llama-prefill")["spec"]["template"]["spec"]


def test_a_gpu_and_a_nic_on_the_same_pcie_root() -> None:
    service = ModelService(
        "llama",
        model=LLAMA,
        decode=Role(
            claims=[Claim("gpu-nic", IntelGpu("gpu"), RdmaNic("nic", device_class="rdma-dranet"), aligned_on=PCIE_ROOT)],
            containers=[Container.vllm("intel/vllm:0.10.0-xpu")],
        ),
    )
    claim = named(service, "ResourceClaimTemplate")
    assert [request["name"] for request in requests(claim)] == ["gpu", "nic"]
    assert claim["spec"]["spec"]["devices"]["constraints"] == [{"matchAttribute": "resource.kubernetes.io/pcieRoot"}]
    container = named(service, "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["claims"] == [{"name": "gpu-nic"}]


def test_two_gaudi_3_or_else_four_gpus() -> None:
    claim = Claim(
        "any",
        FirstAvailable("acc", Gaudi("gaudi", count=2, model="Gaudi3"), IntelGpu("gpu", count=4, where='device.driver != ""')),
        accept={"count-parallelism": "the server reads TP_SIZE from the devices it sees"},
    )
    service = ModelService(
        "llama", model=LLAMA, decode=Role(claims=[claim], parallelism=Parallelism(tensor=2), containers=[Container.vllm("example.com/vllm:1")])
    )
    (request,) = requests(named(service, "ResourceClaimTemplate"))
    assert [option["count"] for option in request["firstAvailable"]] == [2, 4]


def test_tensor_parallelism_over_two_nodes() -> None:
    service = ModelService(
        "llama",
        model=LLAMA,
        decode=Role(
            parallelism=Parallelism(tensor=16, nodes=2),
            claims=[Claim("gpu", NvidiaGpu())],
            containers=[Container.vllm("vllm/vllm-openai:v0.12.0")],
        ),
    )
    group = named(service, "LeaderWorkerSet")["spec"]["leaderWorkerTemplate"]
    assert group["size"] == 2
    assert requests(named(service, "ResourceClaimTemplate"))[0]["exactly"]["count"] == 8
    leader = group["leaderTemplate"]["spec"]["containers"][0]["args"]
    worker = group["workerTemplate"]["spec"]["containers"][0]["args"]
    assert leader[leader.index("--nnodes") + 1] == "2"
    assert "--headless" in worker
    assert "--headless" not in leader


def test_a_template_that_the_platform_team_owns() -> None:
    service = ModelService(
        "llama",
        model=LLAMA,
        decode=Role(claims=[ExistingClaimTemplate("team-gpu", device_class="gpu.intel.com")], containers=[Container.vllm("intel/vllm:0.10.0-xpu")]),
    )
    assert "ResourceClaimTemplate" not in {item["kind"] for item in service.manifests()}
    claims = named(service, "Deployment")["spec"]["template"]["spec"]["resourceClaims"]
    assert claims == [{"name": "team-gpu", "resourceClaimTemplateName": "team-gpu"}]


def test_a_field_this_library_has_no_name_for() -> None:
    role = Role(
        containers=[Container.vllm("intel/vllm:0.10.0-xpu", extra={"terminationMessagePolicy": "FallbackToLogsOnError"})],
        extra={"shareProcessNamespace": True},
    )
    spec = named(ModelService("llama", model=LLAMA, decode=role), "Deployment")["spec"]["template"]["spec"]
    assert spec["shareProcessNamespace"] is True
    assert spec["containers"][0]["terminationMessagePolicy"] == "FallbackToLogsOnError"


def test_a_misspelt_extra_field_is_refused_with_the_right_one() -> None:
    with pytest.raises(SpecError, match=r"did you mean 'terminationMessagePolicy'\?"):
        Container.vllm("intel/vllm:0.10.0-xpu", extra={"terminationMesagePolicy": "File"})


def test_forty_models_in_three_clusters() -> None:
    models = [(f"model-{number}", f"example/model-{number}", 1 + number % 2) for number in range(40)]
    clusters = {"east": Gaudi(model="Gaudi3"), "west": NvidiaGpu(), "north": IntelGpu()}
    files = fleet_files(
        {
            cluster: [
                ModelService(
                    name,
                    model=ModelArtifacts.hf(model),
                    decode=Role(
                        claims=[Claim("devices", request)],
                        parallelism=Parallelism(tensor=tensor),
                        containers=[Container.vllm("vllm/vllm-openai:v0.12.0")],
                    ),
                )
                for name, model, tensor in models
            ]
            for cluster, request in clusters.items()
        }
    )
    assert len(files) == 120
    assert [item["kind"] for item in files["west/model-7.yaml"]] == ["ServiceAccount", "ResourceClaimTemplate", "Deployment", "NetworkPolicy"]


def test_decode_never_asks_for_more_than_8_devices() -> None:
    service = ModelService("llama", model=LLAMA, decode=Role(containers=[Container.vllm("intel/vllm:0.10.0-xpu")]))
    assert service.decode is not None
    assert service.decode.parallelism.devices_per_pod * service.decode.replicas <= 8


def test_keep_what_a_check_objects_to_and_see_the_reason_in_the_output() -> None:
    role = Role(
        containers=[Container.vllm("intel/vllm:0.10.0-xpu", args=["--max-model-len=1", "--max-model-len=2"])],
        accept={"flag-twice": "the base image appends its own"},
    )
    deployment = named(ModelService("llama", model=LLAMA, decode=role), "Deployment")
    assert deployment["metadata"]["annotations"] == {"constructs-dra/accept-flag-twice": "the base image appends its own"}


def test_a_running_release_keeps_its_names_and_selectors() -> None:
    labels = {"llm-d.ai/inference-serving": "true", "llm-d.ai/model": "llama"}
    service = ModelService(
        "chat",
        model=ModelArtifacts.hf("example/llama", labels=labels, size="20Gi"),
        decode=Role(accelerator="nvidia", containers=[Container.vllm("vllm/vllm-openai:v0.12.0", ports=[Port(8000, protocol="TCP")])]),
        release=HelmRelease(),
    )
    deployment = named(service, "Deployment", "chat-llm-d-modelservice-decode")
    assert deployment["spec"]["selector"]["matchLabels"] == {**labels, "llm-d.ai/role": "decode"}


def test_a_device_this_library_does_not_know() -> None:
    claim = Claim("npu", Request("npu", device_class="npu.example.com", where='device.attributes["npu.example.com"].family == "X"'))
    service = ModelService("llama", model=LLAMA, decode=Role(claims=[claim], containers=[Container.vllm("example.com/vllm:1")]))
    assert "npu.example.com" in json.dumps(named(service, "ResourceClaimTemplate"))
