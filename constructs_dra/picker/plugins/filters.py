"""Filters: they leave endpoints out. Written by `tools/generate_plugins.py`."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin, parameter

__all__ = [
    "ByLabel",
    "ByLabelSelector",
    "DecodeFilter",
    "EncodeFilter",
    "EndpointAttributeFilter",
    "HeaderBasedTestingFilter",
    "LabelSelectorFilter",
    "MulticlusterSessionAffinityFilter",
    "PrefillFilter",
    "PrefixCacheAffinityFilter",
    "SessionAffinityFilter",
    "SloHeadroomTierFilter",
    "TopologyAffinityFilter",
    "UtilizationFilter",
]


@frozen(kw_only=True, eq=False, repr=False)
class ByLabel(TypedPlugin):
    """`by-label`: filter; router v0.5 and later; deprecated from v0.9.

    Attributes:
        allows_no_label: `allowsNoLabel`, True or False. Default: the picker's own.
        label: `label`, a string. Default: the picker's own.
        valid_values: `validValues`, a list. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "by-label"

    allows_no_label: bool | None = parameter("allowsNoLabel", "bool")
    label: str | None = parameter("label", "str")
    valid_values: Sequence[Any] | None = parameter("validValues", "list")


@frozen(kw_only=True, eq=False, repr=False)
class ByLabelSelector(TypedPlugin):
    """`by-label-selector`: filter; router v0.5 and later; deprecated from v0.9.

    Attributes:
        match_expressions: `matchExpressions`, a list. Default: the picker's own.
        match_labels: `matchLabels`, a mapping. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "by-label-selector"

    match_expressions: Sequence[Any] | None = parameter("matchExpressions", "list")
    match_labels: Mapping[str, Any] | None = parameter("matchLabels", "mapping")


@frozen(kw_only=True, eq=False, repr=False)
class DecodeFilter(TypedPlugin):
    """`decode-filter`: filter; router v0.5 and later."""

    TYPE: ClassVar[str] = "decode-filter"


@frozen(kw_only=True, eq=False, repr=False)
class EncodeFilter(TypedPlugin):
    """`encode-filter`: filter; router v0.7 and later."""

    TYPE: ClassVar[str] = "encode-filter"


@frozen(kw_only=True, eq=False, repr=False)
class EndpointAttributeFilter(TypedPlugin):
    """`endpoint-attribute-filter`: filter; router v0.10 and later; experimental.

    Attributes:
        algorithm: `algorithm`, a mapping with `threshold`, `type`. Default: the picker's own.
        attribute: `attribute`, a string. Default: the picker's own.
        fallback_on_empty: `fallbackOnEmpty`, True or False. Default: the picker's own.
        on_missing: `onMissing`, a string. Default: the picker's own.
        producer: `producer`, a string (from main). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "endpoint-attribute-filter"

    algorithm: Mapping[str, Any] | None = parameter("algorithm", "mapping")
    attribute: str | None = parameter("attribute", "str")
    fallback_on_empty: bool | None = parameter("fallbackOnEmpty", "bool")
    on_missing: str | None = parameter("onMissing", "str")
    producer: str | None = parameter("producer", "str")


@frozen(kw_only=True, eq=False, repr=False)
class HeaderBasedTestingFilter(TypedPlugin):
    """`header-based-testing-filter`: filter; router v0.5 and later."""

    TYPE: ClassVar[str] = "header-based-testing-filter"


@frozen(kw_only=True, eq=False, repr=False)
class LabelSelectorFilter(TypedPlugin):
    """`label-selector-filter`: filter; router v0.9 and later.

    Attributes:
        match_expressions: `matchExpressions`, a list. Default: the picker's own.
        match_labels: `matchLabels`, a mapping. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "label-selector-filter"

    match_expressions: Sequence[Any] | None = parameter("matchExpressions", "list")
    match_labels: Mapping[str, Any] | None = parameter("matchLabels", "mapping")


@frozen(kw_only=True, eq=False, repr=False)
class MulticlusterSessionAffinityFilter(TypedPlugin):
    """`multicluster-session-affinity-filter`: filter, pre-request, response-header-processor; router v0.10 and later; experimental.

    Attributes:
        encoded_endpoint_header_config: `encodedEndpointHeaderConfig`, a mapping with `header`. Default: the picker's own.
        profile_name: `profileName`, a string. Default: the picker's own.
        session_id_config: `sessionIdConfig`, a mapping with `evictionSweepSeconds`, `evictionTtlSeconds`, `sources`. Default: the picker's own.
        strategy: `strategy`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "multicluster-session-affinity-filter"

    encoded_endpoint_header_config: Mapping[str, Any] | None = parameter("encodedEndpointHeaderConfig", "mapping")
    profile_name: str | None = parameter("profileName", "str")
    session_id_config: Mapping[str, Any] | None = parameter("sessionIdConfig", "mapping")
    strategy: str | None = parameter("strategy", "str")


@frozen(kw_only=True, eq=False, repr=False)
class PrefillFilter(TypedPlugin):
    """`prefill-filter`: filter; router v0.5 and later."""

    TYPE: ClassVar[str] = "prefill-filter"


@frozen(kw_only=True, eq=False, repr=False)
class PrefixCacheAffinityFilter(TypedPlugin):
    """`prefix-cache-affinity-filter`: consumer, filter; router v0.8 and later.

    Attributes:
        affinity_threshold: `affinityThreshold`, a number. Default: the picker's own.
        exploration_probability: `explorationProbability`, a number. Default: the picker's own.
        in_flight_load_producer_name: `inFlightLoadProducerName`, a string (from v0.9). Default: the picker's own.
        latency_prediction_info_producer_name: `latencyPredictionInfoProducerName`, a string (from v0.9). Default: the picker's own.
        max_ttft_penalty_ms: `maxTTFTPenaltyMs`, a number. Default: the picker's own.
        peak_prefill_throughput: `peakPrefillThroughput`, a number (from v0.9). Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string (from v0.9). Default: the picker's own.
        ttft_source: `ttftSource`, a string (from v0.9). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "prefix-cache-affinity-filter"

    affinity_threshold: float | None = parameter("affinityThreshold", "float")
    exploration_probability: float | None = parameter("explorationProbability", "float")
    in_flight_load_producer_name: str | None = parameter("inFlightLoadProducerName", "str")
    latency_prediction_info_producer_name: str | None = parameter("latencyPredictionInfoProducerName", "str")
    max_ttft_penalty_ms: float | None = parameter("maxTTFTPenaltyMs", "float")
    peak_prefill_throughput: float | None = parameter("peakPrefillThroughput", "float")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")
    ttft_source: str | None = parameter("ttftSource", "str")


@frozen(kw_only=True, eq=False, repr=False)
class SessionAffinityFilter(TypedPlugin):
    """`session-affinity-filter`: filter, pre-request, response-header-processor; router v0.9 and later; experimental.

    Attributes:
        encoded_endpoint_header_config: `encodedEndpointHeaderConfig`, a mapping with `header` (from v0.10). Default: the picker's own.
        header_name: `headerName`, a string (until v0.9). Default: the picker's own.
        profile_name: `profileName`, a string. Default: the picker's own.
        session_id_config: `sessionIdConfig`, a mapping with `evictionSweepSeconds`, `evictionTtlSeconds`, `sources` (from v0.10). Default: the
            picker's own.
        strategy: `strategy`, a string (from v0.10). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "session-affinity-filter"

    encoded_endpoint_header_config: Mapping[str, Any] | None = parameter("encodedEndpointHeaderConfig", "mapping")
    header_name: str | None = parameter("headerName", "str")
    profile_name: str | None = parameter("profileName", "str")
    session_id_config: Mapping[str, Any] | None = parameter("sessionIdConfig", "mapping")
    strategy: str | None = parameter("strategy", "str")


@frozen(kw_only=True, eq=False, repr=False)
class SloHeadroomTierFilter(TypedPlugin):
    """`slo-headroom-tier-filter`: consumer, filter; router v0.8 and later.

    Attributes:
        epsilon_explore_neg: `epsilonExploreNeg`, a number. Default: the picker's own.
        latency_prediction_info_producer_name: `latencyPredictionInfoProducerName`, a string (from v0.9). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "slo-headroom-tier-filter"

    epsilon_explore_neg: float | None = parameter("epsilonExploreNeg", "float")
    latency_prediction_info_producer_name: str | None = parameter("latencyPredictionInfoProducerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class TopologyAffinityFilter(TypedPlugin):
    """`topology-affinity-filter`: consumer, filter; router v0.10 and later; experimental.

    Attributes:
        min_affinity: `minAffinity`, a string. Default: the picker's own.
        topology_producer_name: `topologyProducerName`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "topology-affinity-filter"

    min_affinity: str | None = parameter("minAffinity", "str")
    topology_producer_name: str | None = parameter("topologyProducerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class UtilizationFilter(TypedPlugin):
    """`utilization-filter`: consumer, filter; router v0.10 and later; experimental.

    Attributes:
        conditions: `conditions`, a list. Default: the picker's own.
        fallback_on_empty: `fallbackOnEmpty`, True or False. Default: the picker's own.
        in_flight_load_producer_name: `inFlightLoadProducerName`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "utilization-filter"

    conditions: Sequence[Any] | None = parameter("conditions", "list")
    fallback_on_empty: bool | None = parameter("fallbackOnEmpty", "bool")
    in_flight_load_producer_name: str | None = parameter("inFlightLoadProducerName", "str")
