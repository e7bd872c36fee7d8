"""What looks at requests and responses: admitters, screeners, reporters. Written by `tools/generate_plugins.py`."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin, parameter

__all__ = [
    "AgentIdentity",
    "DestinationEndpointServedVerifier",
    "DisaggHeadersHandler",
    "DisaggregatedsetRolloutScreener",
    "LatencySloAdmitter",
    "PrefillHeaderHandler",
    "ProbabilisticAdmitter",
    "RequestAttributeReporter",
]


@frozen(kw_only=True, eq=False, repr=False)
class AgentIdentity(TypedPlugin):
    """`agent-identity`: request-header-processor; router v0.9 and later; experimental.

    Attributes:
        additional_session_headers: `additionalSessionHeaders`, a list. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "agent-identity"

    additional_session_headers: Sequence[Any] | None = parameter("additionalSessionHeaders", "list")


@frozen(kw_only=True, eq=False, repr=False)
class DestinationEndpointServedVerifier(TypedPlugin):
    """`destination-endpoint-served-verifier`: response-header-processor; router v0.5 and later."""

    TYPE: ClassVar[str] = "destination-endpoint-served-verifier"


@frozen(kw_only=True, eq=False, repr=False)
class DisaggHeadersHandler(TypedPlugin):
    """`disagg-headers-handler`: pre-request; router v0.7 and later; deprecated from v0.9.

    Attributes:
        encode_profile: `encodeProfile`, a string. Default: the picker's own.
        prefill_profile: `prefillProfile`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "disagg-headers-handler"

    encode_profile: str | None = parameter("encodeProfile", "str")
    prefill_profile: str | None = parameter("prefillProfile", "str")


@frozen(kw_only=True, eq=False, repr=False)
class DisaggregatedsetRolloutScreener(TypedPlugin):
    """`disaggregatedset-rollout-screener`: registrant, response-header-processor, screener; router v0.10 and later; experimental.

    Attributes:
        header_selectors: `headerSelectors`, a list. Default: the picker's own.
        revision_gating: `revisionGating`, a mapping with `mode`, `requireRoles`, `revisionLabelKey`, `roleLabelKey`. Default: the picker's own.
        scope: `scope`, a mapping with `labelSelector`. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "disaggregatedset-rollout-screener"

    header_selectors: Sequence[Any] | None = parameter("headerSelectors", "list")
    revision_gating: Mapping[str, Any] | None = parameter("revisionGating", "mapping")
    scope: Mapping[str, Any] | None = parameter("scope", "mapping")


@frozen(kw_only=True, eq=False, repr=False)
class LatencySloAdmitter(TypedPlugin):
    """`latency-slo-admitter`: admitter, consumer; router v0.8 and later.

    Attributes:
        latency_prediction_info_producer_name: `latencyPredictionInfoProducerName`, a string (from v0.9). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "latency-slo-admitter"

    latency_prediction_info_producer_name: str | None = parameter("latencyPredictionInfoProducerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class PrefillHeaderHandler(TypedPlugin):
    """`prefill-header-handler`: pre-request; router v0.5 and later; deprecated from v0.9.

    Attributes:
        encode_profile: `encodeProfile`, a string (from v0.7). Default: the picker's own.
        prefill_profile: `prefillProfile`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "prefill-header-handler"

    encode_profile: str | None = parameter("encodeProfile", "str")
    prefill_profile: str | None = parameter("prefillProfile", "str")


@frozen(kw_only=True, eq=False, repr=False)
class ProbabilisticAdmitter(TypedPlugin):
    """`probabilistic-admitter`: admitter; router v0.9 and later.

    Attributes:
        k: `k`, a number. Default: the picker's own.
        kv_cache_util_threshold: `kvCacheUtilThreshold`, a number. Default: the picker's own.
        power: `power`, a number. Default: the picker's own.
        queue_depth_threshold: `queueDepthThreshold`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "probabilistic-admitter"

    k: float | None = parameter("k", "float")
    kv_cache_util_threshold: float | None = parameter("kvCacheUtilThreshold", "float")
    power: float | None = parameter("power", "float")
    queue_depth_threshold: int | None = parameter("queueDepthThreshold", "int")


@frozen(kw_only=True, eq=False, repr=False)
class RequestAttributeReporter(TypedPlugin):
    """`request-attribute-reporter`: response-body-processor; router v0.7 and later.

    Attributes:
        attributes: `attributes`, a list. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "request-attribute-reporter"

    attributes: Sequence[Any] | None = parameter("attributes", "list")
