"""What users write, as type checkers see it: nothing here may be reported."""

from typing import assert_type

import cdk8s
from constructs import Construct

from constructs_dra import (
    PCIE_ROOT,
    App,
    Chart,
    Claim,
    Container,
    DeviceClaim,
    EnvFrom,
    ExistingClaimTemplate,
    FirstAvailable,
    Gaudi,
    GaudiClaim,
    HttpProbe,
    IntelGpu,
    Manifest,
    ModelArtifacts,
    ModelService,
    ModelServiceDeployment,
    NvidiaGpu,
    Parallelism,
    RdmaNic,
    Request,
    Resources,
    Role,
    SpecError,
    VllmArgs,
    to_yaml,
    write_files,
)
from constructs_dra.drivers import intel


class Serving(Chart):
    """A chart of one's own, composed of constructs from anywhere."""

    def __init__(self, scope: Construct, id: str, *, replicas: int) -> None:  # noqa: A002
        super().__init__(scope, id, namespace="llm-d")
        self.service = ModelServiceDeployment(
            self,
            "llama",
            model=ModelArtifacts.pvc_hf("model-pvc", "meta-llama/Llama-3.1-8B-Instruct", token_secret="token"),
            decode=Role(
                replicas=replicas,
                parallelism=Parallelism(tensor=2),
                claims=[GaudiClaim(self, "gaudi", model="Gaudi2")],
                containers=[
                    Container.vllm(
                        "vllm:1",
                        args=["--block-size=128"],
                        env={"A": "b"},
                        ports=[8000],
                        startup_probe=HttpProbe("/health", 8000, period_seconds=5),
                        liveness_probe={"tcpSocket": {"port": 8000}},
                        resources=Resources(cpu=4, memory="16Gi"),
                        env_from=[EnvFrom.secret("keys"), {"configMapRef": {"name": "settings"}}],
                    )
                ],
            ),
        )
        assert_type(self.service.spec, ModelService)
        cdk8s.ApiObject.of(self.service).add_json_patch(cdk8s.JsonPatch.replace("/spec/replicas", 3))


def through_cdk8s() -> None:
    app = App()
    Serving(app, "serving", replicas=2)
    DeviceClaim(
        Chart(app, "claims"),
        "pair",
        requests=[NvidiaGpu("gpu", memory="80Gi"), RdmaNic("nic", device_class="rdma")],
        aligned_on=PCIE_ROOT,
        shared=True,
    )
    app.synth()


def without_node() -> None:
    flex = (intel.gpu.family == "Data Center Flex") & (intel.gpu.memory >= "16Gi")
    either = FirstAvailable("any", Gaudi("gaudi", count=2, model="Gaudi3"), IntelGpu("gpu", count=4, where=flex))
    service = ModelService(
        "llama",
        model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct"),
        decode=Role(
            claims=[Claim("devices", either), ExistingClaimTemplate("nics"), Claim("mine", Request("mine", device_class="mine.example.com"))],
            containers=[Container.custom("sidecar:1", ["run"])],
        ),
    )
    assert_type(service.manifests(), list[Manifest])
    assert_type(to_yaml(service.manifests()), str)
    write_files({"cluster/llama.yaml": service.manifests(), "note.txt": "text"})
    try:
        Claim("broken")
    except SpecError as error:
        assert_type([problem.hint for problem in error.problems], list[str])


# options of the model server by name
Container.vllm("vllm/vllm-openai:v0.26.0", VllmArgs(max_model_len=32_768, kv_cache_dtype="fp8", enforce_eager=True), vllm="0.26.0", args=["--seed=1"])
