"""Policies of flow control, and detectors of saturation. Written by `tools/generate_plugins.py`."""

from typing import ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin, parameter

__all__ = [
    "ConcurrencyDetector",
    "EdfOrderingPolicy",
    "FcfsOrderingPolicy",
    "GlobalStrictFairnessPolicy",
    "PriorityHoldbackPolicy",
    "PriorityThenTimeEvictionOrderPolicy",
    "ProgramAwareFairness",
    "RoundRobinFairnessPolicy",
    "SheddableEvictionFilter",
    "SloDeadlineOrderingPolicy",
    "SoftReflectiveCeilingPolicy",
    "StaticUsageLimitPolicy",
    "UtilizationDetector",
]


@frozen(kw_only=True, eq=False, repr=False)
class ConcurrencyDetector(TypedPlugin):
    """`concurrency-detector`: consumer, filter, saturation-detector; router v0.8 and later.

    Attributes:
        concurrency_mode: `concurrencyMode`, a string. Default: the picker's own.
        headroom: `headroom`, a number. Default: the picker's own.
        in_flight_load_producer_name: `inFlightLoadProducerName`, a string (from v0.9). Default: the picker's own.
        max_concurrency: `maxConcurrency`, a whole number. Default: the picker's own.
        max_token_concurrency: `maxTokenConcurrency`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "concurrency-detector"

    concurrency_mode: str | None = parameter("concurrencyMode", "str")
    headroom: float | None = parameter("headroom", "float")
    in_flight_load_producer_name: str | None = parameter("inFlightLoadProducerName", "str")
    max_concurrency: int | None = parameter("maxConcurrency", "int")
    max_token_concurrency: int | None = parameter("maxTokenConcurrency", "int")


@frozen(kw_only=True, eq=False, repr=False)
class EdfOrderingPolicy(TypedPlugin):
    """`edf-ordering-policy`: ordering-policy; router v0.6 and later."""

    TYPE: ClassVar[str] = "edf-ordering-policy"


@frozen(kw_only=True, eq=False, repr=False)
class FcfsOrderingPolicy(TypedPlugin):
    """`fcfs-ordering-policy`: ordering-policy; router v0.6 and later."""

    TYPE: ClassVar[str] = "fcfs-ordering-policy"


@frozen(kw_only=True, eq=False, repr=False)
class GlobalStrictFairnessPolicy(TypedPlugin):
    """`global-strict-fairness-policy`: fairness-policy; router v0.6 and later."""

    TYPE: ClassVar[str] = "global-strict-fairness-policy"


@frozen(kw_only=True, eq=False, repr=False)
class PriorityHoldbackPolicy(TypedPlugin):
    """`priority-holdback-policy`: usage-limit-policy; router v0.10 and later; experimental.

    Attributes:
        domain: `domain`, a string. Default: the picker's own.
        max_ceiling: `maxCeiling`, a number. Default: the picker's own.
        min_ceiling: `minCeiling`, a number. Default: the picker's own.
        shape: `shape`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "priority-holdback-policy"

    domain: str | None = parameter("domain", "str")
    max_ceiling: float | None = parameter("maxCeiling", "float")
    min_ceiling: float | None = parameter("minCeiling", "float")
    shape: str | None = parameter("shape", "str")


@frozen(kw_only=True, eq=False, repr=False)
class PriorityThenTimeEvictionOrderPolicy(TypedPlugin):
    """`priority-then-time-eviction-order-policy`: eviction-ordering-policy; router v0.10 and later; experimental."""

    TYPE: ClassVar[str] = "priority-then-time-eviction-order-policy"


@frozen(kw_only=True, eq=False, repr=False)
class ProgramAwareFairness(TypedPlugin):
    """`program-aware-fairness`: fairness-policy, pre-request, response-body-processor, state-dumper; router v0.9 and later.

    Attributes:
        eviction_sweep_seconds: `evictionSweepSeconds`, a number. Default: the picker's own.
        eviction_ttl_seconds: `evictionTtlSeconds`, a number. Default: the picker's own.
        las_decay_factor: `lasDecayFactor`, a number (until v0.10). Default: the picker's own.
        las_half_life_seconds: `lasHalfLifeSeconds`, a number. Default: the picker's own.
        las_weight_head_wait: `lasWeightHeadWait`, a number. Default: the picker's own.
        las_weight_service: `lasWeightService`, a number. Default: the picker's own.
        strategy: `strategy`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "program-aware-fairness"

    eviction_sweep_seconds: float | None = parameter("evictionSweepSeconds", "float")
    eviction_ttl_seconds: float | None = parameter("evictionTtlSeconds", "float")
    las_decay_factor: float | None = parameter("lasDecayFactor", "float")
    las_half_life_seconds: float | None = parameter("lasHalfLifeSeconds", "float")
    las_weight_head_wait: float | None = parameter("lasWeightHeadWait", "float")
    las_weight_service: float | None = parameter("lasWeightService", "float")
    strategy: str | None = parameter("strategy", "str")


@frozen(kw_only=True, eq=False, repr=False)
class RoundRobinFairnessPolicy(TypedPlugin):
    """`round-robin-fairness-policy`: fairness-policy; router v0.6 and later."""

    TYPE: ClassVar[str] = "round-robin-fairness-policy"


@frozen(kw_only=True, eq=False, repr=False)
class SheddableEvictionFilter(TypedPlugin):
    """`sheddable-eviction-filter`: eviction-filter-policy; router v0.10 and later; experimental."""

    TYPE: ClassVar[str] = "sheddable-eviction-filter"


@frozen(kw_only=True, eq=False, repr=False)
class SloDeadlineOrderingPolicy(TypedPlugin):
    """`slo-deadline-ordering-policy`: ordering-policy; router v0.8 and later."""

    TYPE: ClassVar[str] = "slo-deadline-ordering-policy"


@frozen(kw_only=True, eq=False, repr=False)
class SoftReflectiveCeilingPolicy(TypedPlugin):
    """`soft-reflective-ceiling-policy`: usage-limit-policy; router v0.10 and later; experimental."""

    TYPE: ClassVar[str] = "soft-reflective-ceiling-policy"


@frozen(kw_only=True, eq=False, repr=False)
class StaticUsageLimitPolicy(TypedPlugin):
    """`static-usage-limit-policy`: usage-limit-policy; router v0.8 and later.

    Attributes:
        threshold: `threshold`, a number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "static-usage-limit-policy"

    threshold: float | None = parameter("threshold", "float")


@frozen(kw_only=True, eq=False, repr=False)
class UtilizationDetector(TypedPlugin):
    """`utilization-detector`: filter, saturation-detector; router v0.8 and later.

    Attributes:
        headroom: `headroom`, a number. Default: the picker's own.
        kv_cache_util_threshold: `kvCacheUtilThreshold`, a number. Default: the picker's own.
        metrics_staleness_threshold: `metricsStalenessThreshold`, a duration such as `500ms`. Default: the picker's own.
        queue_depth_threshold: `queueDepthThreshold`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "utilization-detector"

    headroom: float | None = parameter("headroom", "float")
    kv_cache_util_threshold: float | None = parameter("kvCacheUtilThreshold", "float")
    metrics_staleness_threshold: str | None = parameter("metricsStalenessThreshold", "str")
    queue_depth_threshold: int | None = parameter("queueDepthThreshold", "int")
