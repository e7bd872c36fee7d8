"""Whatever service can be described: it is refused with problems, or its objects are right."""

from typing import Any

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_dra import (
    Accelerator,
    Container,
    ExtendedResource,
    HelmRelease,
    LeaderWorkerSet,
    ModelArtifacts,
    ModelService,
    Parallelism,
    PodMonitor,
    Port,
    Role,
    RoutingProxy,
    SpecError,
    Tracing,
    to_yaml,
)
from constructs_dra.claims import Claim, ExistingClaimTemplate, NvidiaGpu
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.manifest import identity
from constructs_dra.rules import rules
from tests.applied import sent

NAMES = st.sampled_from(["a", "vllm", "side-car", "x1"])
SIZES = st.integers(1, 4)
TEXTS = st.text(max_size=12)
UNWISE = {rule: "a test of what comes out, not of what is wise" for rule, known in rules().items() if known.suppressible and rule != "port-twice"}


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


named_ports = st.builds(Port, st.integers(1, 65535), name=maybe(NAMES), protocol=maybe(st.sampled_from(["TCP", "UDP"])))
ports = st.lists(st.integers(1, 65535) | named_ports, max_size=3)
containers = st.builds(
    Container,
    name=NAMES,
    image=st.sampled_from(["a:1", "example.com/b/c@sha256:0", "d"]),
    model_command=st.sampled_from(["vllmServe", "imageDefault", "custom"]),
    args=st.lists(TEXTS, max_size=3),
    env=st.dictionaries(st.sampled_from(["A", "TP_SIZE", "HF_HOME"]), TEXTS, max_size=2),
    ports=ports,
    resources=st.sampled_from([{}, {"limits": {"cpu": "1"}}, {"limits": {"nvidia.com/gpu": "1"}, "requests": {"nvidia.com/gpu": 1}}]),
    volume_mounts=st.sampled_from([{}, {"shm": "/dev/shm"}]),
    mount_model_volume=maybe(st.booleans()),
)
parallelism = st.builds(Parallelism, tensor=SIZES, data=maybe(SIZES), data_local=maybe(SIZES), workers=maybe(SIZES), pipeline=SIZES, nodes=SIZES)
some_claims = [Claim("gpu", NvidiaGpu()), Claim("cache", NvidiaGpu(count=1), shared=True), ExistingClaimTemplate("team")]
claims = st.lists(st.sampled_from(some_claims), max_size=2, unique_by=id)
roles = st.builds(
    Role,
    containers=st.lists(containers, min_size=1, max_size=2),
    replicas=st.integers(0, 3),
    autoscaling=st.booleans(),
    parallelism=parallelism,
    claims=claims,
    accelerator=st.sampled_from(
        [None, "nvidia", "intel-i915", "cpu", Accelerator("npu", resource="example.com/npu"), ExtendedResource.of_class("gpu.intel.com")]
    ),
    volumes=st.sampled_from([{}, {"shm": {"emptyDir": {}}}]),
    multinode=maybe(st.builds(LeaderWorkerSet, size=maybe(SIZES), routing_proxy=st.sampled_from(["leader", "all"]))),
    monitoring=maybe(st.builds(PodMonitor)),
)
models = st.sampled_from(
    [
        ModelArtifacts.hf("example/llama", size="1Gi", token_secret="token"),
        ModelArtifacts.pvc("models", "llama"),
        ModelArtifacts.pvc_hf("models", "example/llama"),
        ModelArtifacts.oci("registry.example.com/llama:1"),
    ]
)


@st.composite
def services(draw: st.DrawFn) -> ModelService:
    release = draw(maybe(st.builds(HelmRelease, chart=st.sampled_from(["0.4", "0.3"]))))
    model = draw(models)
    return ModelService(
        draw(st.sampled_from(["llama", "a-b", "x" * 50])),
        model=evolve(model, labels={"llm-d.ai/model": "llama"}) if release is not None else model,
        decode=draw(roles),
        prefill=draw(maybe(roles)),
        encode=draw(maybe(roles)),
        namespace=draw(st.sampled_from([None, "llm-d"])),
        proxy=draw(maybe(st.builds(RoutingProxy, enabled=st.booleans(), target_port=st.sampled_from([8200, 8000])))),
        tracing=draw(maybe(st.builds(Tracing, otlp_endpoint=st.just("http://otel:4317")))),
        release=release,
        accept=UNWISE,
    )


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_objects_of_a_service_that_exists_are_right(data: st.DataObject) -> None:
    try:
        service = data.draw(services())
    except SpecError:
        return
    manifests = service.manifests()
    assert [problem for manifest in manifests for problem in check_object(manifest) if problem.rule != "duplicate"] == []
    assert [problem for manifest in manifests for problem in check_semantics(manifest) if problem.severity == "error"] == []
    assert len({identity(manifest) for manifest in manifests}) == len(manifests)
    assert manifests == service.manifests()
    if service.release is None:  # objects of a release stay what they are
        assert [place for manifest in manifests for place in sent(manifest)] == []
    assert to_yaml(manifests)
    for manifest in manifests:
        selector = manifest["spec"].get("selector", {}).get("matchLabels", {}) if "spec" in manifest else {}
        template = manifest.get("spec", {}).get("template", {})
        if template:
            assert selector.items() <= template["metadata"]["labels"].items()
