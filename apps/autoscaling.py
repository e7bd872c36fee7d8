"""A model that is scaled between none and eight copies by the queue of its endpoint picker, and by what waits in its servers."""

from constructs_dra import (
    App,
    Chart,
    Container,
    HttpRoute,
    IntelGpuClaim,
    ModelArtifacts,
    ModelServiceDeployment,
    PickerMonitor,
    PodMonitor,
    Prometheus,
    QueuedRequests,
    Role,
    Routing,
    ScaledObject,
    WaitingRequests,
)

app = App()
chart = Chart(app, "autoscaling", namespace="llm")
ModelServiceDeployment(
    chart,
    "qwen",
    model=ModelArtifacts.hf("Qwen/Qwen3-8B", size="40Gi"),
    decode=Role(
        claims=[IntelGpuClaim(chart, "intel")],
        containers=[Container.vllm("intel/vllm:0.10.0-xpu")],
        monitoring=PodMonitor(),
        parts=[
            ScaledObject(
                min_replica_count=0,
                max_replica_count=8,
                triggers=[QueuedRequests(), WaitingRequests(threshold=5)],
                prometheus=Prometheus("http://prometheus-operated.monitoring.svc:9090"),
            )
        ],
    ),
    parts=[Routing(route=HttpRoute(gateway="inference-gateway"), monitor=PickerMonitor())],
)
app.synth()
