"""Scorers: they say how well each endpoint fits a request. Written by `tools/generate_plugins.py`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin, parameter

__all__ = [
    "ActiveRequestScorer",
    "ContextLengthAware",
    "EndpointAttributeScorer",
    "HeaderLabelAffinityScorer",
    "KvCacheUtilizationScorer",
    "LatencyScorer",
    "LoadAwareScorer",
    "LoraAffinityScorer",
    "MmEmbeddingsCacheScorer",
    "MulticlusterKvCacheUtilizationScorer",
    "MulticlusterPrefixCacheScorer",
    "MulticlusterQueueScorer",
    "NoHitLruScorer",
    "PrecisePrefixCacheScorer",
    "PredictedLatencyScorer",
    "PrefixCacheScorer",
    "QueueScorer",
    "RunningRequestsSizeScorer",
    "SessionAffinityScorer",
    "TokenLoadScorer",
    "TopologyAffinityScorer",
]


@frozen(kw_only=True, eq=False, repr=False)
class ActiveRequestScorer(TypedPlugin):
    """`active-request-scorer`: consumer, scorer; router v0.5 and later.

    Attributes:
        idle_threshold: `idleThreshold`, a whole number (from v0.7). Default: the picker's own.
        in_flight_load_producer_name: `inFlightLoadProducerName`, a string (from v0.9). Default: the picker's own.
        max_busy_score: `maxBusyScore`, a number (from v0.7). Default: the picker's own.
        request_timeout: `requestTimeout`, a duration such as `500ms`. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "active-request-scorer"

    idle_threshold: int | None = parameter("idleThreshold", "int")
    in_flight_load_producer_name: str | None = parameter("inFlightLoadProducerName", "str")
    max_busy_score: float | None = parameter("maxBusyScore", "float")
    request_timeout: str | None = parameter("requestTimeout", "str")


@frozen(kw_only=True, eq=False, repr=False)
class ContextLengthAware(TypedPlugin):
    """`context-length-aware`: consumer, filter, scorer; router v0.7 and later.

    Attributes:
        enable_filtering: `enableFiltering`, True or False. Default: the picker's own.
        label: `label`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "context-length-aware"

    enable_filtering: bool | None = parameter("enableFiltering", "bool")
    label: str | None = parameter("label", "str")


@frozen(kw_only=True, eq=False, repr=False)
class EndpointAttributeScorer(TypedPlugin):
    """`endpoint-attribute-scorer`: scorer; router v0.10 and later; experimental.

    Attributes:
        algorithm: `algorithm`, a mapping with `normalization`, `type`. Default: the picker's own.
        attribute_key: `attributeKey`, a string. Default: the picker's own.
        producer: `producer`, a string (from main). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "endpoint-attribute-scorer"

    algorithm: Mapping[str, Any] | None = parameter("algorithm", "mapping")
    attribute_key: str | None = parameter("attributeKey", "str")
    producer: str | None = parameter("producer", "str")


@frozen(kw_only=True, eq=False, repr=False)
class HeaderLabelAffinityScorer(TypedPlugin):
    """`header-label-affinity-scorer`: scorer; router v0.10 and later; experimental.

    Attributes:
        header_name: `headerName`, a string. Default: the picker's own.
        label_key: `labelKey`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "header-label-affinity-scorer"

    header_name: str | None = parameter("headerName", "str")
    label_key: str | None = parameter("labelKey", "str")


@frozen(kw_only=True, eq=False, repr=False)
class KvCacheUtilizationScorer(TypedPlugin):
    """`kv-cache-utilization-scorer`: scorer; router v0.5 and later."""

    TYPE: ClassVar[str] = "kv-cache-utilization-scorer"


@frozen(kw_only=True, eq=False, repr=False)
class LatencyScorer(TypedPlugin):
    """`latency-scorer`: consumer, scorer; router v0.8 and later.

    Attributes:
        composite_kv_weight: `compositeKVWeight`, a number. Default: the picker's own.
        composite_prefix_weight: `compositePrefixWeight`, a number. Default: the picker's own.
        composite_queue_weight: `compositeQueueWeight`, a number. Default: the picker's own.
        headroom_selection_strategy: `headroomSelectionStrategy`, a string. Default: the picker's own.
        latency_prediction_info_producer_name: `latencyPredictionInfoProducerName`, a string (from v0.9). Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string (from v0.9). Default: the picker's own.
        tpot_weight: `tpotWeight`, a number. Default: the picker's own.
        ttft_weight: `ttftWeight`, a number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "latency-scorer"

    composite_kv_weight: float | None = parameter("compositeKVWeight", "float")
    composite_prefix_weight: float | None = parameter("compositePrefixWeight", "float")
    composite_queue_weight: float | None = parameter("compositeQueueWeight", "float")
    headroom_selection_strategy: str | None = parameter("headroomSelectionStrategy", "str")
    latency_prediction_info_producer_name: str | None = parameter("latencyPredictionInfoProducerName", "str")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")
    tpot_weight: float | None = parameter("tpotWeight", "float")
    ttft_weight: float | None = parameter("ttftWeight", "float")


@frozen(kw_only=True, eq=False, repr=False)
class LoadAwareScorer(TypedPlugin):
    """`load-aware-scorer`: scorer; router v0.5 and later.

    Attributes:
        threshold: `threshold`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "load-aware-scorer"

    threshold: int | None = parameter("threshold", "int")


@frozen(kw_only=True, eq=False, repr=False)
class LoraAffinityScorer(TypedPlugin):
    """`lora-affinity-scorer`: scorer; router v0.5 and later."""

    TYPE: ClassVar[str] = "lora-affinity-scorer"


@frozen(kw_only=True, eq=False, repr=False)
class MmEmbeddingsCacheScorer(TypedPlugin):
    """`mm-embeddings-cache-scorer`: consumer, scorer; router v0.9 and later.

    Attributes:
        producer_name: `producerName`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "mm-embeddings-cache-scorer"

    producer_name: str | None = parameter("producerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class MulticlusterKvCacheUtilizationScorer(TypedPlugin):
    """`multicluster-kv-cache-utilization-scorer`: consumer, scorer; router v0.10 and later; experimental."""

    TYPE: ClassVar[str] = "multicluster-kv-cache-utilization-scorer"


@frozen(kw_only=True, eq=False, repr=False)
class MulticlusterPrefixCacheScorer(TypedPlugin):
    """`multicluster-prefix-cache-scorer`: consumer, producer, scorer; router v0.10 and later; experimental.

    Attributes:
        match_length_scale_tokens: `matchLengthScaleTokens`, a whole number. Default: the picker's own.
        match_length_weight: `matchLengthWeight`, a number. Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "multicluster-prefix-cache-scorer"

    match_length_scale_tokens: int | None = parameter("matchLengthScaleTokens", "int")
    match_length_weight: float | None = parameter("matchLengthWeight", "float")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class MulticlusterQueueScorer(TypedPlugin):
    """`multicluster-queue-scorer`: consumer, scorer; router v0.10 and later; experimental."""

    TYPE: ClassVar[str] = "multicluster-queue-scorer"


@frozen(kw_only=True, eq=False, repr=False)
class NoHitLruScorer(TypedPlugin):
    """`no-hit-lru-scorer`: consumer, pre-request, scorer, state-dumper; router v0.5 and later.

    Attributes:
        lru_size: `lruSize`, a whole number. Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string (from v0.9). Default: the picker's own.
        prefix_plugin_name: `prefixPluginName`, a string. Default: the picker's own.
        prefix_plugin_type: `prefixPluginType`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "no-hit-lru-scorer"

    lru_size: int | None = parameter("lruSize", "int")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")
    prefix_plugin_name: str | None = parameter("prefixPluginName", "str")
    prefix_plugin_type: str | None = parameter("prefixPluginType", "str")


@frozen(kw_only=True, eq=False, repr=False)
class PrecisePrefixCacheScorer(TypedPlugin):
    """`precise-prefix-cache-scorer`: consumer, data-producer, endpoint-extractor, pre-request, producer, scorer; router v0.5 and later; deprecated
    from v0.9.

    Attributes:
        indexer_config: `indexerConfig`, a mapping with `kvBlockIndexConfig`, `kvCacheBackendConfigs`, `tokenizersPoolConfig`. Default: the
            picker's own.
        kv_events_config: `kvEventsConfig`, a mapping with `concurrency`, `discoverPods`, `engineType`, `podDiscoveryConfig`, `topicFilter`,
            `zmqEndpoint`. Default: the picker's own.
        speculative_indexing: `speculativeIndexing`, True or False (from v0.7). Default: the picker's own.
        speculative_ttl: `speculativeTTL`, a duration such as `500ms` (from v0.7). Default: the picker's own.
        token_processor_config: `tokenProcessorConfig`, a mapping with `blockSize`, `blockSizeTokens`, `hashSeed`. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "precise-prefix-cache-scorer"

    indexer_config: Mapping[str, Any] | None = parameter("indexerConfig", "mapping")
    kv_events_config: Mapping[str, Any] | None = parameter("kvEventsConfig", "mapping")
    speculative_indexing: bool | None = parameter("speculativeIndexing", "bool")
    speculative_ttl: str | None = parameter("speculativeTTL", "str")
    token_processor_config: Mapping[str, Any] | None = parameter("tokenProcessorConfig", "mapping")


@frozen(kw_only=True, eq=False, repr=False)
class PredictedLatencyScorer(TypedPlugin):
    """`predicted-latency-scorer`: admitter, consumer, data-producer, pre-request, producer, response-body, response-received, scorer; router v0.5
    to v0.8.

    Attributes:
        affinity_gate_tau: `affinityGateTau`, a number. Default: the picker's own.
        affinity_gate_tau_global: `affinityGateTauGlobal`, a number. Default: the picker's own.
        affinity_max_ttft_penalty_ms: `affinityMaxTTFTPenaltyMs`, a number (from v0.8). Default: the picker's own.
        composite_kv_weight: `compositeKVWeight`, a number. Default: the picker's own.
        composite_prefix_weight: `compositePrefixWeight`, a number. Default: the picker's own.
        composite_queue_weight: `compositeQueueWeight`, a number. Default: the picker's own.
        context_ttl: `contextTTL`, a whole number (from v0.7). Default: the picker's own.
        endpoint_role_label: `endpointRoleLabel`, a string (from v0.7). Default: the picker's own.
        epsilon_explore_neg: `epsilonExploreNeg`, a number. Default: the picker's own.
        epsilon_explore_sticky: `epsilonExploreSticky`, a number. Default: the picker's own.
        headroom_selection_strategy: `headroomSelectionStrategy`, a string. Default: the picker's own.
        headroom_tpot_weight: `headroomTPOTWeight`, a number. Default: the picker's own.
        headroom_ttft_weight: `headroomTTFTWeight`, a number. Default: the picker's own.
        max_sampled_tokens: `maxSampledTokens`, a whole number. Default: the picker's own.
        neg_headroom_tpot_weight: `negHeadroomTPOTWeight`, a number. Default: the picker's own.
        neg_headroom_ttft_weight: `negHeadroomTTFTWeight`, a number. Default: the picker's own.
        sampling_mean: `samplingMean`, a number. Default: the picker's own.
        selection_mode: `selectionMode`, a string. Default: the picker's own.
        slo_buffer_factor: `sloBufferFactor`, a number. Default: the picker's own.
        streaming_mode: `streamingMode`, True or False. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "predicted-latency-scorer"

    affinity_gate_tau: float | None = parameter("affinityGateTau", "float")
    affinity_gate_tau_global: float | None = parameter("affinityGateTauGlobal", "float")
    affinity_max_ttft_penalty_ms: float | None = parameter("affinityMaxTTFTPenaltyMs", "float")
    composite_kv_weight: float | None = parameter("compositeKVWeight", "float")
    composite_prefix_weight: float | None = parameter("compositePrefixWeight", "float")
    composite_queue_weight: float | None = parameter("compositeQueueWeight", "float")
    context_ttl: int | None = parameter("contextTTL", "int")
    endpoint_role_label: str | None = parameter("endpointRoleLabel", "str")
    epsilon_explore_neg: float | None = parameter("epsilonExploreNeg", "float")
    epsilon_explore_sticky: float | None = parameter("epsilonExploreSticky", "float")
    headroom_selection_strategy: str | None = parameter("headroomSelectionStrategy", "str")
    headroom_tpot_weight: float | None = parameter("headroomTPOTWeight", "float")
    headroom_ttft_weight: float | None = parameter("headroomTTFTWeight", "float")
    max_sampled_tokens: int | None = parameter("maxSampledTokens", "int")
    neg_headroom_tpot_weight: float | None = parameter("negHeadroomTPOTWeight", "float")
    neg_headroom_ttft_weight: float | None = parameter("negHeadroomTTFTWeight", "float")
    sampling_mean: float | None = parameter("samplingMean", "float")
    selection_mode: str | None = parameter("selectionMode", "str")
    slo_buffer_factor: float | None = parameter("sloBufferFactor", "float")
    streaming_mode: bool | None = parameter("streamingMode", "bool")


@frozen(kw_only=True, eq=False, repr=False)
class PrefixCacheScorer(TypedPlugin):
    """`prefix-cache-scorer`: consumer, producer, scorer; router v0.5 and later.

    Attributes:
        auto_tune: `autoTune`, True or False (from v0.6, until v0.8). Default: the picker's own.
        block_size: `blockSize`, a whole number (until v0.8). Default: the picker's own.
        block_size_tokens: `blockSizeTokens`, a whole number (from v0.6, until v0.8). Default: the picker's own.
        lru_capacity_per_server: `lruCapacityPerServer`, a whole number (until v0.8). Default: the picker's own.
        match_length_scale_tokens: `matchLengthScaleTokens`, a whole number (from v0.10). Default: the picker's own.
        match_length_weight: `matchLengthWeight`, a number (from v0.10). Default: the picker's own.
        max_prefix_blocks_to_match: `maxPrefixBlocksToMatch`, a whole number (until v0.8). Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string (from v0.9). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "prefix-cache-scorer"

    auto_tune: bool | None = parameter("autoTune", "bool")
    block_size: int | None = parameter("blockSize", "int")
    block_size_tokens: int | None = parameter("blockSizeTokens", "int")
    lru_capacity_per_server: int | None = parameter("lruCapacityPerServer", "int")
    match_length_scale_tokens: int | None = parameter("matchLengthScaleTokens", "int")
    match_length_weight: float | None = parameter("matchLengthWeight", "float")
    max_prefix_blocks_to_match: int | None = parameter("maxPrefixBlocksToMatch", "int")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class QueueScorer(TypedPlugin):
    """`queue-scorer`: scorer; router v0.5 and later."""

    TYPE: ClassVar[str] = "queue-scorer"


@frozen(kw_only=True, eq=False, repr=False)
class RunningRequestsSizeScorer(TypedPlugin):
    """`running-requests-size-scorer`: scorer; router v0.5 and later."""

    TYPE: ClassVar[str] = "running-requests-size-scorer"


@frozen(kw_only=True, eq=False, repr=False)
class SessionAffinityScorer(TypedPlugin):
    """`session-affinity-scorer`: pre-request, response-header-processor, scorer; router v0.5 and later; experimental.

    Attributes:
        encoded_endpoint_header_config: `encodedEndpointHeaderConfig`, a mapping with `header` (from v0.10). Default: the picker's own.
        header_name: `headerName`, a string (from v0.9, until v0.9). Default: the picker's own.
        profile_name: `profileName`, a string (from v0.9). Default: the picker's own.
        session_id_config: `sessionIdConfig`, a mapping with `evictionSweepSeconds`, `evictionTtlSeconds`, `sources` (from v0.10). Default: the
            picker's own.
        strategy: `strategy`, a string (from v0.10). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "session-affinity-scorer"

    encoded_endpoint_header_config: Mapping[str, Any] | None = parameter("encodedEndpointHeaderConfig", "mapping")
    header_name: str | None = parameter("headerName", "str")
    profile_name: str | None = parameter("profileName", "str")
    session_id_config: Mapping[str, Any] | None = parameter("sessionIdConfig", "mapping")
    strategy: str | None = parameter("strategy", "str")


@frozen(kw_only=True, eq=False, repr=False)
class TokenLoadScorer(TypedPlugin):
    """`token-load-scorer`: consumer, scorer; router v0.8 and later.

    Attributes:
        in_flight_load_producer_name: `inFlightLoadProducerName`, a string (from v0.9). Default: the picker's own.
        queue_threshold_tokens: `queueThresholdTokens`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "token-load-scorer"

    in_flight_load_producer_name: str | None = parameter("inFlightLoadProducerName", "str")
    queue_threshold_tokens: int | None = parameter("queueThresholdTokens", "int")


@frozen(kw_only=True, eq=False, repr=False)
class TopologyAffinityScorer(TypedPlugin):
    """`topology-affinity-scorer`: consumer, scorer; router v0.10 and later; experimental.

    Attributes:
        topology_producer_name: `topologyProducerName`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "topology-affinity-scorer"

    topology_producer_name: str | None = parameter("topologyProducerName", "str")
