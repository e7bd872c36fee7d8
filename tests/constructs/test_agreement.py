"""Objects that disagree: each side broken once, and what both doors say of it, `check` and whoever writes the objects."""

import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from constructs_dra import (
    Claim,
    Container,
    EndpointPicker,
    ExistingClaimTemplate,
    HttpRoute,
    InferenceModelRewrite,
    Kueue,
    Manifest,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    NvlinkDomain,
    Parallelism,
    PickerMonitor,
    PodMonitor,
    PrefillDecode,
    Prometheus,
    Role,
    Router,
    Routing,
    RunningRequests,
    ScaledObject,
    SpecError,
    WaitingRequests,
    write_files,
)
from constructs_dra.checks import check_manifests
from constructs_dra.manifest import to_yaml
from constructs_dra.noted import take
from constructs_dra.suppression import unsuppressible
from constructs_dra.yaml.documents import load_documents

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")
PROMETHEUS = Prometheus("https://prometheus.monitoring.svc:9090")


def role(trigger: Any, **fields: Any) -> Role:
    scaler = ScaledObject(max_replica_count=4, triggers=[trigger], prometheus=PROMETHEUS)
    return Role(claims=[Claim("gpu", NvidiaGpu())], containers=[SERVER], monitoring=PodMonitor(), parts=[scaler, *fields.pop("parts", ())], **fields)


SERVICE = ModelService(
    "llama",
    namespace="llm",
    model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B", size="50Gi"),
    prefill=role(WaitingRequests()),
    decode=role(RunningRequests(), parallelism=Parallelism(tensor=16, nodes=2), parts=[NvlinkDomain()]),
    parts=[
        PrefillDecode(block_size=128, nic="rdma/ib"),
        Routing(route=HttpRoute(gateway="front"), monitor=PickerMonitor(), rewrites=[InferenceModelRewrite(name="latest", model="a")]),
        Kueue("team"),
    ],
)
QUEUES: list[Manifest] = [
    {
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": "LocalQueue",
        "metadata": {"name": "team", "namespace": "llm"},
        "spec": {"clusterQueue": "all"},
    },
    {
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": "ClusterQueue",
        "metadata": {"name": "all"},
        "spec": {
            "namespaceSelector": {},
            "resourceGroups": [
                {
                    "coveredResources": ["cpu", "memory", "rdma/ib"],
                    "flavors": [{"name": "any", "resources": [{"name": "cpu", "nominalQuota": 900}, {"name": "memory", "nominalQuota": "9Ti"}]}],
                }
            ],
        },
    },
]
WHOLE = [*SERVICE.manifests(), *QUEUES]

Objects = Callable[[str], Manifest]


def workers(of: Objects) -> Manifest:
    spec: Manifest = of("LeaderWorkerSet/llama-decode")["spec"]["leaderWorkerTemplate"]["leaderTemplate"]["spec"]
    return spec


def prefill(of: Objects) -> Manifest:
    spec: Manifest = of("Deployment/llama-prefill")["spec"]["template"]["spec"]
    return spec


def replaced(words: list[str], old: str, new: str) -> None:
    assert any(old in word for word in words), words
    words[:] = [word.replace(old, new) for word in words]


def after(words: list[str], flag: str, value: str) -> None:
    words[words.index(flag) + 1] = value


def asked(of: Objects, name: str, old: str, new: str) -> None:
    metadata = of(f"ScaledObject/{name}")["spec"]["triggers"][0]["metadata"]
    assert old in metadata["query"]
    metadata["query"] = metadata["query"].replace(old, new)


BREAKAGES: dict[str, tuple[Callable[[Objects], Any], str, str]] = {
    "pool selector and labels of pods": (
        lambda of: of("InferencePool/llama")["spec"]["selector"]["matchLabels"].update({"app.kubernetes.io/instance": "lama"}),
        "selects-nothing",
        "selects no pod here",
    ),
    "target port and container port": (
        lambda of: of("InferencePool/llama")["spec"]["targetPorts"][0].update(number=8080),
        "port-unknown",
        "no selected pod has the port 8080",
    ),
    "Service of the picker and pool": (
        lambda of: of("InferencePool/llama")["spec"]["endpointPickerRef"].update(name="llama-ep"),
        "reference",
        "there is no Service 'llama-ep'",
    ),
    "picker and pool": (
        lambda of: after(of("Deployment/llama-epp")["spec"]["template"]["spec"]["containers"][0]["args"], "--pool-name", "other"),
        "pool-picker",
        "is started for the pool 'other'",
    ),
    "route and pool": (
        lambda of: of("HTTPRoute/llama")["spec"]["rules"][0]["backendRefs"][0].update(name="lama"),
        "reference",
        "there is no InferencePool 'lama'",
    ),
    "proxy and server": (
        lambda of: replaced(workers(of)["initContainers"][0]["args"], "--model-server-port=8200", "--model-server-port=8300"),
        "listening-port",
        "the routing proxy calls the model server on 8300, which listens on 8200",
    ),
    "proxy and server on one port": (
        lambda of: replaced(workers(of)["initContainers"][0]["args"], "--port=8000", "--port=8200"),
        "proxy-port",
        "both listen on 8200",
    ),
    "monitor and port": (
        lambda of: of("PodMonitor/llama-prefill")["spec"]["podMetricsEndpoints"][0].update(port="metric"),
        "port-unknown",
        "no selected pod has a port named 'metric'",
    ),
    "monitor and the port of the server": (
        lambda of: after(prefill(of)["containers"][0]["args"], "--port", "8100"),
        "metrics-port",
        "whose model server listens on 8100",
    ),
    "metrics port and flag": (
        lambda of: of("Deployment/llama-epp")["spec"]["template"]["spec"]["containers"][0]["args"].append("--metrics-port=9095"),
        "picker-port",
        "leads to port 9090 of the picker, which listens on 9095",
    ),
    "autoscaler and workload": (
        lambda of: of("ScaledObject/llama-prefill")["spec"]["scaleTargetRef"].update(name="llama-prefil"),
        "reference",
        "there is no Deployment 'llama-prefil'",
    ),
    "autoscaler and group of pods": (
        lambda of: of("ScaledObject/llama-decode")["spec"]["scaleTargetRef"].update(apiVersion="apps/v1"),
        "scaler-target",
        "LeaderWorkerSet 'llama-decode' is of leaderworkerset.x-k8s.io/v1",
    ),
    "query and names": (
        lambda of: asked(of, "llama-decode", "Llama-3.1-8B", "Llama-3.1-80B"),
        "query-names",
        "model_name is 'meta-llama/Llama-3.1-80B', and nothing here has that name",
    ),
    "query and monitor": (
        lambda of: asked(of, "llama-prefill", "llm/llama-prefill", "llm/prefill"),
        "query-names",
        "job is 'llm/prefill', and nothing here has that name",
    ),
    "served model name and label": (
        lambda of: of("Deployment/llama-prefill")["spec"]["template"]["metadata"]["labels"].update({"llm-d.ai/model": "Llama-3.1-70B"}),
        "model-label",
        "says 'Llama-3.1-70B', and the server answers to 'meta-llama/Llama-3.1-8B'",
    ),
    "served model name and rewrite": (
        lambda of: of("InferenceModelRewrite/latest")["spec"]["rules"][0]["targets"][0].update(modelRewrite="meta-llama/Llama-3.1"),
        "rewrite-model",
        "answers to 'meta-llama/Llama-3.1'",
    ),
    "both sides: block size": (
        lambda of: after(prefill(of)["containers"][0]["args"], "--block-size", "64"),
        "kv-mismatch",
        "--block-size differs: prefill '64' and decode '128'",
    ),
    "both sides: role": (
        lambda of: replaced(prefill(of)["containers"][0]["args"], "kv_producer", "kv_consumer"),
        "kv-transfer",
        "kv_role 'kv_consumer' does not fit prefill",
    ),
    "both sides: connector": (
        lambda of: replaced(prefill(of)["containers"][0]["args"], "NixlConnector", "MooncakeConnector"),
        "kv-mismatch",
        "prefill hands over with 'MooncakeConnector', decode takes with 'NixlConnector'",
    ),
    "both sides: protocol of the proxy": (
        lambda of: replaced(workers(of)["initContainers"][0]["args"], "--kv-connector=nixlv2", "--kv-connector=mooncake"),
        "kv-mismatch",
        "'mooncake' is not how NixlConnector hands over",
    ),
    "both sides: keep-alive": (
        lambda of: next(each for each in prefill(of)["containers"][0]["env"] if each["name"] == "VLLM_HTTP_TIMEOUT_KEEP_ALIVE").update(value="5"),
        "kv-mismatch",
        "closes connections after 5 seconds",
    ),
    "both sides: TLS": (
        lambda of: prefill(of)["containers"][0]["args"].extend(["--ssl-certfile=/c", "--ssl-keyfile=/k"]),
        "kv-mismatch",
        "serves TLS, but the routing proxy calls it without",
    ),
    "both sides: version": (
        lambda of: prefill(of)["containers"][0].update(image="vllm/vllm-openai:v0.19.0"),
        "kv-mismatch",
        "decode runs 'v0.20.0' of vllm/vllm-openai, prefill 'v0.19.0'",
    ),
    "compute domain and claim": (
        lambda of: of("ComputeDomain/llama-decode")["spec"]["channel"]["resourceClaimTemplate"].update(name="llama-channel"),
        "reference",
        "there is no ResourceClaimTemplate 'llama-decode' here",
    ),
    "claim template and pod": (
        lambda of: prefill(of)["resourceClaims"][0].update(resourceClaimTemplateName="llama-prefill-gpus"),
        "reference",
        "there is no ResourceClaimTemplate 'llama-prefill-gpus'",
    ),
    "queue and quota": (
        lambda of: prefill(of)["containers"][0]["resources"].update(limits={"example.com/nic": 1}),
        "queue-quota",
        "asks for example.com/nic, of which the queue 'team' has no quota",
    ),
    "queue and its cluster's": (
        lambda of: of("LocalQueue/team")["spec"].update(clusterQueue="any"),
        "reference",
        "there is no ClusterQueue 'any'",
    ),
    "policy and picker": (
        lambda of: [rule["from"].pop(1) for rule in of("NetworkPolicy/llama")["spec"]["ingress"][:1]],
        "policy-blocks",
        "keeps the endpoint picker Deployment/llama-epp from",
    ),
    "policy and proxy": (
        lambda of: of("NetworkPolicy/llama")["spec"]["ingress"].pop(1),
        "policy-blocks",
        "keeps the routing proxy of LeaderWorkerSet/llama-decode from Deployment/llama-prefill on port 8000",
    ),
    "policy and scraper": (
        lambda of: of("NetworkPolicy/llama")["spec"].update(ingress=[{"ports": [{"port": 5600}]}]),
        "policy-blocks",
        "keeps whoever reads metrics for PodMonitor/llama-prefill from",
    ),
}


def broken(name: str) -> list[Manifest]:
    made = deepcopy(WHOLE)
    by_title = {f"{each['kind']}/{each['metadata']['name']}": each for each in made}
    BREAKAGES[name][0](by_title.__getitem__)
    return made


def test_what_is_made_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files({"a.yaml": WHOLE}, folder=tmp_path / "dist")
    assert [line for line in capsys.readouterr().err.splitlines() if "a.yaml" in line] == []


@pytest.mark.parametrize("name", BREAKAGES)
def test_check_names_the_broken_side_with_its_line(name: str) -> None:
    _, rule, words = BREAKAGES[name]
    documents, _ = load_documents(to_yaml(broken(name)), "a.yaml")
    found = [problem for problem in check_manifests(documents) if problem.rule == rule and words in problem.message]
    assert len({problem.source for problem in found}) == 1
    assert all(problem.line for problem in found)


@pytest.mark.parametrize("name", BREAKAGES)
def test_nothing_is_written_or_a_warning_is_shown(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, rule, words = BREAKAGES[name]
    with pytest.raises(SpecError) as caught:
        write_files({"a.yaml": broken(name)}, folder=tmp_path / "dist", warnings="error")
    capsys.readouterr()
    found = [problem for problem in caught.value.problems if problem.rule == rule and words in problem.message]
    assert found
    assert all("a.yaml: " in problem.source and problem.path for problem in found)
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("name", BREAKAGES)
def test_what_is_accepted_with_a_reason_is_not_told(name: str, tmp_path: Path) -> None:
    rule = BREAKAGES[name][1]
    made = broken(name)
    for manifest in made:
        manifest["metadata"].setdefault("annotations", {})[f"constructs-dra/accept-{rule}"] = "a test"
    found: list[str] = []
    try:
        write_files({"a.yaml": made}, folder=tmp_path, warnings="error")
    except SpecError as error:
        found = [problem.rule for problem in error.problems]
    assert (rule in found) is bool(unsuppressible(rule)[0])


def manifest(kind: str, name: str, spec: Manifest, version: str = "v1", **metadata: Any) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec}


ELSEWHERE: dict[str, list[Manifest]] = {
    "claim template of the platform": ModelService(
        "a", model=ModelArtifacts.hf("a/b"), decode=Role(claims=[ExistingClaimTemplate("platform-gpus")], containers=[SERVER])
    ).manifests(),
    "gateway, secrets, volumes": ModelService(
        "a",
        model=ModelArtifacts.pvc("models", "a/b"),
        decode=Role(containers=[SERVER], claims=[Claim("gpu", NvidiaGpu())]),
        parts=[Routing(route=HttpRoute(gateway="front"))],
    ).manifests(),
    "router for pods of somebody else": Router("qwen", match_labels={"llm-d.ai/guide": "qwen"}).manifests(),
    "claim template for others": [Claim("gpu", NvidiaGpu()).manifest(), *SERVICE.manifests()],
    "monitor of somebody else": [
        *SERVICE.manifests(),
        manifest("ServiceMonitor", "dcgm", {"selector": {"matchLabels": {"app": "dcgm"}}, "endpoints": [{"port": "m"}]}, "monitoring.coreos.com/v1"),
    ],
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_may_be_elsewhere_is_no_finding(name: str, tmp_path: Path) -> None:
    take()
    write_files({"a.yaml": ELSEWHERE[name]}, folder=tmp_path, warnings="error")


def test_the_same_objects_for_several_clusters_do_not_meet(tmp_path: Path) -> None:
    take()
    others = deepcopy(WHOLE)
    for each in others:
        each["metadata"].setdefault("annotations", {})["stage"] = "prod"
    write_files({"dev.yaml": WHOLE, "prod.yaml": others}, folder=tmp_path / "side-by-side", warnings="error")
    write_files({"dev/a.yaml": WHOLE, "prod/a.yaml": others}, folder=tmp_path / "folders", warnings="error")
    split = {f"{stage}/{each['kind']}-{each['metadata']['name']}.yaml": [each] for stage, made in (("a", WHOLE), ("b", others)) for each in made}
    write_files(split, folder=tmp_path / "file-per-object", warnings="error")
    with pytest.raises(SpecError, match="twice"):
        write_files({"all.yaml": [*WHOLE, *others]}, folder=tmp_path / "one", warnings="error")


def test_what_the_service_found_itself_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take()
    plugins = [{"type": "queue-scorer", "parameters": {"weight": 1}}]
    config = {"apiVersion": "llm-d.ai/v1alpha1", "kind": "EndpointPickerConfig", "plugins": plugins}

    def made(**accept: str) -> list[Manifest]:
        decode = Role(containers=[SERVER], claims=[Claim("gpu", NvidiaGpu())])
        routing = Routing(picker=EndpointPicker(config=config))
        return ModelService("a", model=ModelArtifacts.hf("a/b"), decode=decode, parts=[routing], accept=accept).manifests()

    write_files({"a.yaml": made()}, folder=tmp_path)
    (said,) = [line for line in capsys.readouterr().err.splitlines() if "warning: " in line]
    assert "ModelService 'a': parts[0].picker.config.plugins[0].parameters" in said
    write_files({"a.yaml": made(**{"picker-ignored": "a test"})}, folder=tmp_path, warnings="error")


PROGRAM = """\
from constructs_dra import *
from cdk8s import ApiObject, JsonPatch
app = App(warnings="error")
chart = Chart(app, "c", namespace="llm")
service = ModelServiceDeployment(
    chart,
    "llama",
    model=ModelArtifacts.hf("a/b"),
    decode=Role(containers=[Container.vllm("vllm/vllm-openai:v0.20.0")], claims=[Claim("gpu", NvidiaGpu())], monitoring=PodMonitor()),
    parts=[Routing()],
)
service.objects["InferencePool"].add_json_patch(JsonPatch.replace("/spec/endpointPickerRef/port/number", 9005))
service.objects["PodMonitor-decode"].add_json_patch(JsonPatch.replace("/spec/podMetricsEndpoints/0/port", "vlm"))
ApiObject(chart, "own", api_version="v1", kind="Service", metadata={"name": "own"}).add_json_patch(
    JsonPatch.add("/spec", {"selector": {"llm-d.ai/role": "decod"}, "ports": [{"port": 80}]})
)
app.synth()
"""


@pytest.mark.node
@pytest.mark.parametrize("charts", [1, 2])
def test_an_app_names_construct_line_and_place(charts: int, tmp_path: Path) -> None:
    text = PROGRAM if charts == 1 else PROGRAM.replace("app.synth()", 'Chart(app, "empty")\napp.synth()')
    (tmp_path / "main.py").write_text(text)
    ended = subprocess.run([sys.executable, "main.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "main.py:5: ModelServiceDeployment 'c/llama': InferencePool/c-llama: spec.endpointPickerRef.port.number: Service" in ended.stderr
    assert "main.py:5: ModelServiceDeployment 'c/llama': PodMonitor/c-llama-decode: spec.podMetricsEndpoints[0].port: no selected" in ended.stderr
    assert "ApiObject 'c/own': Service/own: spec.selector: selects no pod here" in ended.stderr
    assert not (tmp_path / "dist").exists()
