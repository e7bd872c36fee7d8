"""Profile handlers, and the deciders some of them ask. Written by `tools/generate_plugins.py`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin, parameter

__all__ = [
    "AlwaysDisaggMultimodalDecider",
    "AlwaysDisaggPdDecider",
    "DataParallelProfileHandler",
    "DisaggProfileHandler",
    "HeaderProfileHandler",
    "PdProfileHandler",
    "PrefixBasedPdDecider",
    "SingleProfileHandler",
]


@frozen(kw_only=True, eq=False, repr=False)
class AlwaysDisaggMultimodalDecider(TypedPlugin):
    """`always-disagg-multimodal-decider`: encode-decider; router v0.7 and later."""

    TYPE: ClassVar[str] = "always-disagg-multimodal-decider"


@frozen(kw_only=True, eq=False, repr=False)
class AlwaysDisaggPdDecider(TypedPlugin):
    """`always-disagg-pd-decider`: prefill-decider; router v0.6 and later."""

    TYPE: ClassVar[str] = "always-disagg-pd-decider"


@frozen(kw_only=True, eq=False, repr=False)
class DataParallelProfileHandler(TypedPlugin):
    """`data-parallel-profile-handler`: profile-handler; router v0.5 and later.

    Attributes:
        primary_port: `primaryPort`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "data-parallel-profile-handler"

    primary_port: int | None = parameter("primaryPort", "int")


@frozen(kw_only=True, eq=False, repr=False)
class DisaggProfileHandler(TypedPlugin):
    """`disagg-profile-handler`: consumer, pre-request, profile-handler; router v0.7 and later.

    Attributes:
        decider_plugin_name: `deciderPluginName`, a string. Default: the picker's own.
        deciders: `deciders`, a mapping with `encode`, `prefill`. Default: the picker's own.
        decode_profile: `decodeProfile`, a string. Default: the picker's own.
        encode_decider_plugin_name: `encodeDeciderPluginName`, a string. Default: the picker's own.
        encode_profile: `encodeProfile`, a string. Default: the picker's own.
        prefill_decider_plugin_name: `prefillDeciderPluginName`, a string. Default: the picker's own.
        prefill_profile: `prefillProfile`, a string. Default: the picker's own.
        profiles: `profiles`, a mapping with `decode`, `encode`, `prefill`. Default: the picker's own.
        stage_order: `stageOrder`, a string (from v0.10). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "disagg-profile-handler"

    decider_plugin_name: str | None = parameter("deciderPluginName", "str")
    deciders: Mapping[str, Any] | None = parameter("deciders", "mapping")
    decode_profile: str | None = parameter("decodeProfile", "str")
    encode_decider_plugin_name: str | None = parameter("encodeDeciderPluginName", "str")
    encode_profile: str | None = parameter("encodeProfile", "str")
    prefill_decider_plugin_name: str | None = parameter("prefillDeciderPluginName", "str")
    prefill_profile: str | None = parameter("prefillProfile", "str")
    profiles: Mapping[str, Any] | None = parameter("profiles", "mapping")
    stage_order: str | None = parameter("stageOrder", "str")


@frozen(kw_only=True, eq=False, repr=False)
class HeaderProfileHandler(TypedPlugin):
    """`header-profile-handler`: profile-handler; router v0.10 and later; experimental.

    Attributes:
        default_profile: `defaultProfile`, a string. Default: the picker's own.
        header_name: `headerName`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "header-profile-handler"

    default_profile: str | None = parameter("defaultProfile", "str")
    header_name: str | None = parameter("headerName", "str")


@frozen(kw_only=True, eq=False, repr=False)
class PdProfileHandler(TypedPlugin):
    """`pd-profile-handler`: consumer, profile-handler; router v0.5 to main; deprecated from v0.7.

    Attributes:
        decider_plugin_name: `deciderPluginName`, a string (from v0.6). Default: the picker's own.
        decode_profile: `decodeProfile`, a string. Default: the picker's own.
        hash_block_size: `hashBlockSize`, a whole number (until v0.5). Default: the picker's own.
        prefill_profile: `prefillProfile`, a string. Default: the picker's own.
        prefix_match_info_producer_name: `prefixMatchInfoProducerName`, a string (from v0.9). Default: the picker's own.
        prefix_plugin_name: `prefixPluginName`, a string. Default: the picker's own.
        prefix_plugin_type: `prefixPluginType`, a string. Default: the picker's own.
        primary_port: `primaryPort`, a whole number. Default: the picker's own.
        threshold: `threshold`, a whole number (until v0.5). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "pd-profile-handler"

    decider_plugin_name: str | None = parameter("deciderPluginName", "str")
    decode_profile: str | None = parameter("decodeProfile", "str")
    hash_block_size: int | None = parameter("hashBlockSize", "int")
    prefill_profile: str | None = parameter("prefillProfile", "str")
    prefix_match_info_producer_name: str | None = parameter("prefixMatchInfoProducerName", "str")
    prefix_plugin_name: str | None = parameter("prefixPluginName", "str")
    prefix_plugin_type: str | None = parameter("prefixPluginType", "str")
    primary_port: int | None = parameter("primaryPort", "int")
    threshold: int | None = parameter("threshold", "int")


@frozen(kw_only=True, eq=False, repr=False)
class PrefixBasedPdDecider(TypedPlugin):
    """`prefix-based-pd-decider`: prefill-decider; router v0.6 and later.

    Attributes:
        non_cached_tokens: `nonCachedTokens`, a whole number. Default: the picker's own.
        prompt_tokens: `promptTokens`, a whole number (from v0.10). Default: the picker's own.
    """

    TYPE: ClassVar[str] = "prefix-based-pd-decider"

    non_cached_tokens: int | None = parameter("nonCachedTokens", "int")
    prompt_tokens: int | None = parameter("promptTokens", "int")


@frozen(kw_only=True, eq=False, repr=False)
class SingleProfileHandler(TypedPlugin):
    """`single-profile-handler`: profile-handler; router v0.5 and later."""

    TYPE: ClassVar[str] = "single-profile-handler"
