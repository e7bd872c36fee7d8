"""Requests go where the beginning of their prompt is in the cache: servers tell the picker which blocks they hold, and it counts as they do."""

from constructs_dra import (
    App,
    Chart,
    Claim,
    Container,
    DataSource,
    EndpointPicker,
    EndpointPickerConfig,
    HttpRoute,
    KvEvents,
    ModelArtifacts,
    ModelServiceDeployment,
    NvidiaGpu,
    Parallelism,
    PlainService,
    Role,
    Routing,
)
from constructs_dra.picker import plugins

MODEL, BLOCK, PORT = "Qwen/Qwen3-32B", 64, 5556

tokens = plugins.TokenProducer(model_name=MODEL, vllm={"url": "http://qwen:8000"})  # a server counts tokens as all do
index = plugins.PrecisePrefixCacheProducer(
    token_processor_config={"blockSizeTokens": BLOCK},
    speculative_indexing=True,
    kv_events_config={"topicFilter": "kv@", "discoverPods": True, "podDiscoveryConfig": {"socketPort": PORT}},
)
load = plugins.InflightLoadProducer(prefix_match_info_producer_name="precise-prefix-cache-producer")
near = plugins.PrefixCacheAffinityFilter(prefix_match_info_producer_name="precise-prefix-cache-producer")
config = EndpointPickerConfig(
    plugins=[tokens, load],
    sources=[DataSource(source=plugins.EndpointNotificationSource(), extractors=[index])],
    profiles={"default": [near, plugins.TokenLoadScorer()]},
)

app = App()
ModelServiceDeployment(
    Chart(app, "precise-prefix-cache", namespace="llm"),
    "qwen",
    model=ModelArtifacts.hf(MODEL, token_secret="llm-d-hf-token"),
    decode=Role(
        replicas=8,
        parallelism=Parallelism(tensor=2),
        claims=[Claim("gpus", NvidiaGpu())],
        containers=[Container.vllm("vllm/vllm-openai:v0.26.0")],
    ),
    parts=[
        KvEvents(port=PORT, block_size=BLOCK),
        PlainService(name="qwen"),
        Routing(picker=EndpointPicker(config=config), route=HttpRoute(gateway="inference-gateway")),
    ],
)
app.synth()
