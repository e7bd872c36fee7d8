"""An index of caches is filled by the servers' events, or it is said that nobody fills it."""

from typing import Any

import pytest

from constructs_dra import (
    Claim,
    Container,
    EndpointPicker,
    EndpointPickerConfig,
    KvEvents,
    ModelArtifacts,
    ModelService,
    NvidiaGpu,
    Role,
    Routing,
    SpecError,
)
from constructs_dra.picker import plugins
from constructs_dra.serving.part import Part

EVENTS: dict[str, dict[str, Any]] = {
    "kvEventsConfig": {"discoverPods": True, "podDiscoveryConfig": {"socketPort": 5556}},
    "tokenProcessorConfig": {"blockSizeTokens": 64},
}
MAPPING: dict[str, Any] = {
    "apiVersion": "llm-d.ai/v1alpha1",
    "kind": "EndpointPickerConfig",
    "plugins": [{"type": "queue-scorer"}, {"type": "precise-prefix-cache-producer", "parameters": EVENTS}],
    "schedulingProfiles": [{"name": "default", "plugins": [{"pluginRef": "queue-scorer"}]}],
}
TYPED = EndpointPickerConfig(
    plugins=[plugins.PrecisePrefixCacheProducer(kv_events_config=EVENTS["kvEventsConfig"], token_processor_config=EVENTS["tokenProcessorConfig"])],
    profiles={"default": [plugins.QueueScorer()]},
)


def service(config: Any, *parts: Part, args: tuple[str, ...] = (), **fields: Any) -> ModelService:
    server = Container.vllm("vllm/vllm-openai:v0.20.0", args=args)
    return ModelService(
        "qwen",
        model=ModelArtifacts.hf("Qwen/Qwen3-8B"),
        decode=Role(claims=[Claim("gpu", NvidiaGpu())], containers=[server]),
        parts=[*parts, Routing(picker=EndpointPicker(config=config))],
        **fields,
    )


@pytest.mark.parametrize("config", [MAPPING, TYPED])
def test_events_that_the_index_reads_are_right(config: Any) -> None:
    service(config, KvEvents(block_size=64))
    service(config, KvEvents())
    service(config, args=('--kv-events-config={"enable_kv_cache_events":true}',))
    service({**MAPPING, "plugins": MAPPING["plugins"][:1]})


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((), r"no server publishes what its cache holds, so the index stays empty"),
        ((KvEvents(port=5557),), r"socketPort: it listens at 5556, and servers publish at 5557"),
        ((KvEvents(block_size=16),), r"blockSizeTokens: it counts blocks of 64 tokens, and those of the servers have 16"),
    ],
)
@pytest.mark.parametrize("config", [MAPPING, TYPED])
def test_an_index_that_nobody_fills_is_reported(config: Any, parts: tuple[Part, ...], words: str) -> None:
    with pytest.raises(SpecError, match=rf"parts\[\d\]\.picker\.config\.plugins\[\d\].*{words}"):
        service(config, *parts)


def test_a_reason_suppresses_it() -> None:
    service(MAPPING, accept={"picker-events": "servers of another service fill it"})
