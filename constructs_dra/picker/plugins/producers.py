"""Producers of data that other plugins read. Written by `tools/generate_plugins.py`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin, parameter

__all__ = [
    "ApproxPrefixCacheProducer",
    "BurstPrefixCacheProducer",
    "InflightLoadProducer",
    "MmEmbeddingsCacheProducer",
    "MulticlusterApproxPrefixCacheProducer",
    "P2pSourceProducer",
    "PrecisePrefixCacheProducer",
    "PredictedLatencyProducer",
    "SessionIdProducer",
    "TokenProducer",
    "Tokenizer",
]


@frozen(kw_only=True, eq=False, repr=False)
class ApproxPrefixCacheProducer(TypedPlugin):
    """`approx-prefix-cache-producer`: consumer, data-producer, pre-request, producer, state-dumper; router v0.8 and later.

    Attributes:
        auto_tune: `autoTune`, True or False. Default: the picker's own.
        block_size: `blockSize`, a whole number. Default: the picker's own.
        block_size_tokens: `blockSizeTokens`, a whole number. Default: the picker's own.
        lru_capacity_per_server: `lruCapacityPerServer`, a whole number. Default: the picker's own.
        max_prefix_blocks_to_match: `maxPrefixBlocksToMatch`, a whole number. Default: the picker's own.
        max_prefix_tokens_to_match: `maxPrefixTokensToMatch`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "approx-prefix-cache-producer"

    auto_tune: bool | None = parameter("autoTune", "bool")
    block_size: int | None = parameter("blockSize", "int")
    block_size_tokens: int | None = parameter("blockSizeTokens", "int")
    lru_capacity_per_server: int | None = parameter("lruCapacityPerServer", "int")
    max_prefix_blocks_to_match: int | None = parameter("maxPrefixBlocksToMatch", "int")
    max_prefix_tokens_to_match: int | None = parameter("maxPrefixTokensToMatch", "int")


@frozen(kw_only=True, eq=False, repr=False)
class BurstPrefixCacheProducer(TypedPlugin):
    """`burst-prefix-cache-producer`: consumer, data-producer, producer; router v0.10 and later; experimental.

    Attributes:
        balance_by: `balanceBy`, a string. Default: the picker's own.
        block_size_tokens: `blockSizeTokens`, a whole number. Default: the picker's own.
        max_batch_size: `maxBatchSize`, a whole number. Default: the picker's own.
        max_per_replica: `maxPerReplica`, a whole number. Default: the picker's own.
        max_prefix_tokens_to_match: `maxPrefixTokensToMatch`, a whole number. Default: the picker's own.
        min_colocate_blocks: `minColocateBlocks`, a whole number. Default: the picker's own.
        window_duration_ms: `windowDurationMs`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "burst-prefix-cache-producer"

    balance_by: str | None = parameter("balanceBy", "str")
    block_size_tokens: int | None = parameter("blockSizeTokens", "int")
    max_batch_size: int | None = parameter("maxBatchSize", "int")
    max_per_replica: int | None = parameter("maxPerReplica", "int")
    max_prefix_tokens_to_match: int | None = parameter("maxPrefixTokensToMatch", "int")
    min_colocate_blocks: int | None = parameter("minColocateBlocks", "int")
    window_duration_ms: int | None = parameter("windowDurationMs", "int")


@frozen(kw_only=True, eq=False, repr=False)
class InflightLoadProducer(TypedPlugin):
    """`inflight-load-producer`: consumer, cross-replica-contributor, data-producer, endpoint-extractor, pre-request, producer, registrant,
    response-body-processor, state-dumper; router v0.8 and later.

    Attributes:
        add_estimated_output_tokens: `addEstimatedOutputTokens`, True or False (from v0.9). Default: the picker's own.
        max_estimated_output_tokens: `maxEstimatedOutputTokens`, a whole number (from v0.10). Default: the picker's own.
        output_ratio: `outputRatio`, a number (from v0.10). Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string (from v0.9). Default: the picker's own.
        sync_cross_replica_state: `syncCrossReplicaState`, True or False (from v0.10). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "inflight-load-producer"

    add_estimated_output_tokens: bool | None = parameter("addEstimatedOutputTokens", "bool")
    max_estimated_output_tokens: int | None = parameter("maxEstimatedOutputTokens", "int")
    output_ratio: float | None = parameter("outputRatio", "float")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")
    sync_cross_replica_state: bool | None = parameter("syncCrossReplicaState", "bool")


@frozen(kw_only=True, eq=False, repr=False)
class MmEmbeddingsCacheProducer(TypedPlugin):
    """`mm-embeddings-cache-producer`: consumer, data-producer, endpoint-extractor, pre-request, producer, state-dumper; router v0.9 and later.

    Attributes:
        cache_size_in_mb_per_server: `cacheSizeInMBPerServer`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "mm-embeddings-cache-producer"

    cache_size_in_mb_per_server: int | None = parameter("cacheSizeInMBPerServer", "int")


@frozen(kw_only=True, eq=False, repr=False)
class MulticlusterApproxPrefixCacheProducer(TypedPlugin):
    """`multicluster-approx-prefix-cache-producer`: consumer, data-producer, pre-request, producer, state-dumper; router v0.10 and later;
    experimental.

    Attributes:
        auto_tune: `autoTune`, True or False. Default: the picker's own.
        block_size: `blockSize`, a whole number. Default: the picker's own.
        block_size_tokens: `blockSizeTokens`, a whole number. Default: the picker's own.
        lru_capacity_per_server: `lruCapacityPerServer`, a whole number. Default: the picker's own.
        max_prefix_blocks_to_match: `maxPrefixBlocksToMatch`, a whole number. Default: the picker's own.
        max_prefix_tokens_to_match: `maxPrefixTokensToMatch`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "multicluster-approx-prefix-cache-producer"

    auto_tune: bool | None = parameter("autoTune", "bool")
    block_size: int | None = parameter("blockSize", "int")
    block_size_tokens: int | None = parameter("blockSizeTokens", "int")
    lru_capacity_per_server: int | None = parameter("lruCapacityPerServer", "int")
    max_prefix_blocks_to_match: int | None = parameter("maxPrefixBlocksToMatch", "int")
    max_prefix_tokens_to_match: int | None = parameter("maxPrefixTokensToMatch", "int")


@frozen(kw_only=True, eq=False, repr=False)
class P2pSourceProducer(TypedPlugin):
    """`p2p-source-producer`: consumer, data-producer, pre-request, producer; router v0.10 and later; experimental.

    Attributes:
        min_cached_token_delta: `minCachedTokenDelta`, a whole number. Default: the picker's own.
        prefill_profile_name: `prefillProfileName`, a string. Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "p2p-source-producer"

    min_cached_token_delta: int | None = parameter("minCachedTokenDelta", "int")
    prefill_profile_name: str | None = parameter("prefillProfileName", "str")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class PrecisePrefixCacheProducer(TypedPlugin):
    """`precise-prefix-cache-producer`: consumer, data-producer, endpoint-extractor, pre-request, producer, state-dumper; router v0.9 and later.

    Attributes:
        indexer_config: `indexerConfig`, a mapping with `kvBlockIndexConfig`, `kvCacheBackendConfigs`, `tokenizersPoolConfig`. Default: the
            picker's own.
        kv_events_config: `kvEventsConfig`, a mapping with `concurrency`, `discoverPods`, `engineType`, `podDiscoveryConfig`, `topicFilter`,
            `zmqEndpoint`. Default: the picker's own.
        speculative_indexing: `speculativeIndexing`, True or False. Default: the picker's own.
        speculative_ttl: `speculativeTTL`, a duration such as `500ms`. Default: the picker's own.
        token_processor_config: `tokenProcessorConfig`, a mapping with `blockSize`, `blockSizeTokens`, `hashSeed`. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "precise-prefix-cache-producer"

    indexer_config: Mapping[str, Any] | None = parameter("indexerConfig", "mapping")
    kv_events_config: Mapping[str, Any] | None = parameter("kvEventsConfig", "mapping")
    speculative_indexing: bool | None = parameter("speculativeIndexing", "bool")
    speculative_ttl: str | None = parameter("speculativeTTL", "str")
    token_processor_config: Mapping[str, Any] | None = parameter("tokenProcessorConfig", "mapping")


@frozen(kw_only=True, eq=False, repr=False)
class PredictedLatencyProducer(TypedPlugin):
    """`predicted-latency-producer`: consumer, data-producer, pre-request, producer, response-body-processor, response-header-processor,
    state-dumper; router v0.8 and later.

    Attributes:
        context_ttl: `contextTTL`, a whole number. Default: the picker's own.
        encoder_cache_match_info_producer_name: `encoderCacheMatchInfoProducerName`, a string (from v0.10). Default: the picker's own.
        endpoint_role_label: `endpointRoleLabel`, a string. Default: the picker's own.
        in_flight_load_producer_name: `inFlightLoadProducerName`, a string (from v0.10). Default: the picker's own.
        max_decode_token_samples_for_prediction: `maxDecodeTokenSamplesForPrediction`, a whole number. Default: the picker's own.
        predict_in_prepare_data: `predictInPrepareData`, True or False (until v0.8). Default: the picker's own.
        predict_in_produce: `predictInProduce`, True or False (from v0.9). Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string (from v0.9). Default: the picker's own.
        sampling_mean: `samplingMean`, a number. Default: the picker's own.
        slo_buffer_factor: `sloBufferFactor`, a number. Default: the picker's own.
        streaming_mode: `streamingMode`, True or False. Default: the picker's own.
        use_encoder_cache_features: `useEncoderCacheFeatures`, True or False (from v0.10). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "predicted-latency-producer"

    context_ttl: int | None = parameter("contextTTL", "int")
    encoder_cache_match_info_producer_name: str | None = parameter("encoderCacheMatchInfoProducerName", "str")
    endpoint_role_label: str | None = parameter("endpointRoleLabel", "str")
    in_flight_load_producer_name: str | None = parameter("inFlightLoadProducerName", "str")
    max_decode_token_samples_for_prediction: int | None = parameter("maxDecodeTokenSamplesForPrediction", "int")
    predict_in_prepare_data: bool | None = parameter("predictInPrepareData", "bool")
    predict_in_produce: bool | None = parameter("predictInProduce", "bool")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")
    sampling_mean: float | None = parameter("samplingMean", "float")
    slo_buffer_factor: float | None = parameter("sloBufferFactor", "float")
    streaming_mode: bool | None = parameter("streamingMode", "bool")
    use_encoder_cache_features: bool | None = parameter("useEncoderCacheFeatures", "bool")


@frozen(kw_only=True, eq=False, repr=False)
class SessionIdProducer(TypedPlugin):
    """`session-id-producer`: data-producer, producer; router v0.9 and later.

    Attributes:
        cookie_name: `cookieName`, a string. Default: the picker's own.
        header_name: `headerName`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "session-id-producer"

    cookie_name: str | None = parameter("cookieName", "str")
    header_name: str | None = parameter("headerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class TokenProducer(TypedPlugin):
    """`token-producer`: data-producer, producer; router v0.9 and later.

    Attributes:
        estimate: `estimate`, a mapping with `image`, `video`. Default: the picker's own.
        model_name: `modelName`, a string. Default: the picker's own.
        uds_tokenizer_config: `udsTokenizerConfig`, a mapping with `modelTokenizerMap`, `socketFile`, `useTCP`. Default: the picker's own.
        vllm: `vllm`, a mapping with `mmTimeout`, `timeout`, `url`. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "token-producer"

    estimate: Mapping[str, Any] | None = parameter("estimate", "mapping")
    model_name: str | None = parameter("modelName", "str")
    uds_tokenizer_config: Mapping[str, Any] | None = parameter("udsTokenizerConfig", "mapping")
    vllm: Mapping[str, Any] | None = parameter("vllm", "mapping")


@frozen(kw_only=True, eq=False, repr=False)
class Tokenizer(TypedPlugin):
    """`tokenizer`: data-producer, producer; router v0.7 and later; deprecated from v0.9.

    Attributes:
        estimate: `estimate`, a mapping with `image`, `video` (from v0.9). Default: the picker's own.
        model_name: `modelName`, a string. Default: the picker's own.
        uds_tokenizer_config: `udsTokenizerConfig`, a mapping with `modelTokenizerMap`, `socketFile`, `useTCP`. Default: the picker's own.
        vllm: `vllm`, a mapping with `mmTimeout`, `timeout`, `url` (from v0.9). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "tokenizer"

    estimate: Mapping[str, Any] | None = parameter("estimate", "mapping")
    model_name: str | None = parameter("modelName", "str")
    uds_tokenizer_config: Mapping[str, Any] | None = parameter("udsTokenizerConfig", "mapping")
    vllm: Mapping[str, Any] | None = parameter("vllm", "mapping")
