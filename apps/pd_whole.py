"""Prefill and decode as a whole deployment: volume and download, pool, picker, route, autoscalers, monitors, alerts, budgets, network policy."""

from constructs_dra import (
    App,
    Chart,
    Claim,
    Container,
    GrafanaDashboard,
    HttpRoute,
    ModelArtifacts,
    ModelServiceDeployment,
    ModelStorage,
    NvidiaGpu,
    Parallelism,
    PickerMonitor,
    PodDisruptionBudget,
    PodMonitor,
    PrefillDecode,
    Prometheus,
    PrometheusRule,
    RdmaNic,
    Role,
    Routing,
    RunningRequests,
    ScaledObject,
    TopologySpread,
    WaitingRequests,
)

SERVER = Container.vllm("vllm/vllm-openai:v0.20.0")
GPUS = Claim("gpus", NvidiaGpu(architecture="Hopper"))
PROMETHEUS = Prometheus("https://prometheus-operated.monitoring.svc:9090", secret="prometheus-token")


def role(most: int, tensor: int, trigger: RunningRequests | WaitingRequests) -> Role:
    return Role(
        parallelism=Parallelism(tensor=tensor),
        claims=[GPUS],
        containers=[SERVER],
        monitoring=PodMonitor(),
        parts=[
            ScaledObject(max_replica_count=most, triggers=[trigger], prometheus=PROMETHEUS),
            PodDisruptionBudget(),
            TopologySpread(),
        ],
    )


app = App()
ModelServiceDeployment(
    Chart(app, "pd-whole", namespace="llm"),
    "gpt-oss",
    model=ModelArtifacts.pvc_hf("gpt-oss-model", "openai/gpt-oss-120b", token_secret="llm-d-hf-token"),
    prefill=role(most=8, tensor=1, trigger=WaitingRequests()),
    decode=role(most=4, tensor=4, trigger=RunningRequests()),
    parts=[
        PrefillDecode(block_size=128, nic=RdmaNic(device_class="dranet-rdma")),
        ModelStorage(size="200Gi"),
        Routing(route=HttpRoute(gateway="inference-gateway"), monitor=PickerMonitor()),
        PrometheusRule(),
        GrafanaDashboard(picker=True),
    ],
)
app.synth()
