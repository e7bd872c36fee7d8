from constructs_dra import (
    Claim,
    Container,
    HttpRoute,
    ModelArtifacts,
    ModelService,
    ModelStorage,
    NvidiaGpu,
    PickerMonitor,
    PodMonitor,
    PrefillDecode,
    Prometheus,
    QueuedRequests,
    Role,
    Routing,
    ScaledObject,
)

SERVER = Container.vllm("ghcr.io/llm-d/llm-d-cuda:v0.6.0")
scaler = ScaledObject(max_replica_count=8, triggers=[QueuedRequests()], prometheus=Prometheus("http://prometheus.monitoring:9090"))
service = ModelService(
    "llama",
    namespace="models",
    model=ModelArtifacts.pvc_hf("models", "meta-llama/Llama-3.1-8B-Instruct", token_secret="llm-d-hf-token"),
    prefill=Role(replicas=2, claims=[Claim("gpu", NvidiaGpu())], containers=[SERVER], monitoring=PodMonitor()),
    decode=Role(claims=[Claim("gpu", NvidiaGpu())], containers=[SERVER], monitoring=PodMonitor(), parts=[scaler]),
    parts=[
        PrefillDecode(),
        ModelStorage(size="100Gi"),
        Routing(route=HttpRoute(gateway="inference-gateway"), monitor=PickerMonitor()),
    ],
)
