"""What the recorded facts say in prose about parameters of the picker's plugins, as rules a program can apply.

A rule names a parameter (`at`), a test that its value passes, and what the plugin's factory says of a value that does not (`says`; `…` stands for
words that are not on record). `when` limits it to configurations where another parameter passes a test; `since` and `until` to versions.
`effect` is `refused` (default), or for values the factory takes: `replaced`, `replaced-logged`, `ignored-logged`, `deprecated`, `meaning`.
"""

from typing import Any, Final

Rule = dict[str, Any]

_LABEL_EXPRESSIONS: Final = {"list": {"key": "string", "operator": "string", "values": {"list": "string"}}}
_RESOLUTION: Final = {"width": "int", "height": "int"}

SHAPES: Final[dict[str, Any]] = {
    "string": "string",
    "CEL string": "string",
    "label key": "string",
    "metric spec": "string",
    "string (label selector)": "string",
    "int": "int",
    "int64": "int",
    "int (ns)": "int",
    "int (nanoseconds)": "int",
    "float": "float",
    "float (s)": "float",
    "bool": "bool",
    "object": "object",
    "{}": "object",
    "-": "object",
    "list": "list",
    "list of string": {"list": "string"},
    "map string->string": {"map": "string"},
    "list of {key,operator,values}": _LABEL_EXPRESSIONS,
    "list of {name,weight}": {"list": {"name": "string", "weight": "float"}},
    "list of {metric,maxValue}": {"list": {"metric": "string", "maxValue": "float"}},
    "list of {header|attribute}": {"list": {"header": "string", "attribute": "string"}},
    "{min,max}": {"min": "float", "max": "float"},
    "{width: 640, height: 360}": _RESOLUTION,
    "{size: 100000000, podCacheSize: 10}": {"size": "int", "podCacheSize": "int"},
    "{size: 2GiB}": {"size": "string"},
    "{address}": "object",
    "{address,...}": "object",
    "{socketFile,useTCP,modelTokenizerMap}": {"socketFile": "string", "useTCP": "bool", "modelTokenizerMap": {"map": "string"}},
}
"""Shapes of parameters by their type in words. `object` and `list` take anything inside."""

TREES: Final[dict[tuple[str, str], Any]] = {
    ("precise-prefix-cache-scorer", "tokenProcessorConfig"): "=precise-prefix-cache-producer.tokenProcessorConfig",
    ("precise-prefix-cache-scorer", "indexerConfig"): "=precise-prefix-cache-producer.indexerConfig",
    ("precise-prefix-cache-scorer", "kvEventsConfig"): "=precise-prefix-cache-producer.kvEventsConfig",
    ("tokenizer", "vllm"): "=token-producer.vllm",
    ("tokenizer", "estimate"): "=token-producer.estimate",
    ("request-attribute-reporter", "attributes[].key.name"): "string",
}
"""Parameters whose fields the facts describe at another plugin."""

CREATED: Final = {
    "handler": "single-profile-handler",
    "picker": "max-score-picker",
    "detector": "utilization-detector",
    "source": "metrics-data-source",
    "extractor": "core-metrics-extractor",
}
"""What the loader creates where a configuration has none of a kind."""

PARSE_WORDS: Final[dict[str, str]] = {
    "max-score-picker": "failed to parse the parameters of the 'max-score-picker' picker - ",
    "random-picker": "failed to parse the parameters of the 'random-picker' picker - ",
    "weighted-random-picker": "failed to parse the parameters of the 'weighted-random-picker' picker - ",
    "session-affinity-filter": "failed to parse the parameters of the 'session-affinity-filter' filter - ",
    "prefix-cache-scorer": "failed to decode prefix cache scorer parameters: ",
    "utilization-detector": "failed to unmarshal utilization detector config: ",
    "concurrency-detector": "failed to unmarshal concurrency detector config: ",
    "token-producer": "failed to parse the parameters of the 'token-producer' plugin - ",
    "precise-prefix-cache-producer": "failed to parse precise-prefix-cache-producer plugin config: ",
    "program-aware-fairness": 'invalid config for program-aware-fairness plugin "{name}": ',
    "metrics-data-source": "",
}
"""What a factory puts before the decoder's words, where it is on record."""


def _decider(stage: str, *names: str) -> dict[str, Any]:
    return {
        "names": names,
        "interface": f"{stage}-decider",
        "missing": f"deciders.{stage} plugin not found: {{name}}",
        "wrong": f"plugin {{name}} does not implement {stage}DeciderPlugin",
    }


REFERENCES_TO_PLUGINS: Final[dict[str, list[dict[str, Any]]]] = {
    "disagg-profile-handler": [
        _decider("prefill", "deciders.prefill", "prefillDeciderPluginName", "deciderPluginName"),
        _decider("encode", "deciders.encode", "encodeDeciderPluginName"),
    ],
    "pd-profile-handler": [
        {"names": ["prefixPluginName", "prefixPluginType"], "interface": "", "missing": "", "wrong": ""},
        {
            "names": ["deciderPluginName"],
            "interface": "prefill-decider",
            "default": [["v0.6", "always-disagg-pd-decider"], ["v0.7", "prefix-based-pd-decider"]],
            "missing": "invalid decider plugin type: {name}",
            "wrong": "decider plugin of type: {name} does not implement pdDeciderPlugin",
        },
    ],
}
"""Parameters that name other plugins, which must be there first; see `constructs_dra.picker.catalogue.Reference`. Defaults are by version."""

ALTERNATIVES: Final[dict[str, dict[str, Any]]] = {
    "disagg-profile-handler": {
        "nested": ["stageOrder", "profiles", "deciders"],
        "flat": ["decodeProfile", "prefillProfile", "encodeProfile", "deciderPluginName", "prefillDeciderPluginName", "encodeDeciderPluginName"],
        "says": "failed to parse parameters of the disagg-profile-handler: nested schema error: {nested}; legacy schema error: {flat} "
        "(use one format exclusively: either nested profiles/deciders or the deprecated flat fields)",
        "says_lenient": "cannot mix deprecated flat parameters ({flat names}) with nested parameters (profiles, deciders): "
        "use one format or the other",
    },
}
"""Plugins with two sets of parameters of which one may be used."""

_MORE_THAN_0: Final = ["range", 0, True, None, False]
_NOT_NEGATIVE: Final = ["range", 0, False, None, False]
_SHARE: Final = ["range", 0, False, 1, False]
_FRACTION: Final = ["range", 0, True, 1, False]
_PORT: Final = ["range", 1, False, 65535, False]


def rule(at: str, test: list[Any], says: str = "…", **more: Any) -> Rule:
    """One rule."""
    return {"at": at, "test": test, "says": says, **more}


def replaced(at: str, test: list[Any], **more: Any) -> Rule:
    """A value the factory silently replaces."""
    return rule(at, test, effect="replaced", **more)


_MATCH_LENGTH: Final = [
    rule("matchLengthWeight", _SHARE, since="v0.10"),
    rule("matchLengthScaleTokens", _MORE_THAN_0, when=[["matchLengthWeight", _MORE_THAN_0, 0]], since="v0.10"),
]
_PICKER: Final = [replaced("maxNumOfEndpoints", _MORE_THAN_0)]


def _session(what: str) -> list[Rule]:
    word = what.rpartition("-")[2]
    by_id = [["strategy", ["in", ["session_id"]], "encoded_endpoint_header"]]
    return [
        rule(
            "strategy",
            ["in", ["encoded_endpoint_header", "session_id"]],
            f'invalid parameters of the \'{what}\' {word} - strategy must be "encoded_endpoint_header" or "session_id", got {{value.q}}',
            since="v0.10",
        ),
        rule("sessionIdConfig.evictionTtlSeconds", _NOT_NEGATIVE, when=by_id, since="v0.10"),
        rule("sessionIdConfig.evictionSweepSeconds", _NOT_NEGATIVE, when=by_id, since="v0.10"),
        rule("sessionIdConfig.sources[]", ["one-of-keys", ["header", "attribute"]], when=by_id, since="v0.10"),
    ]


def _by_label(kind: str) -> list[Rule]:
    words = f"invalid configuration for '{kind}' filter: "
    return [
        rule("label", ["nonempty"], words + "'label' must be specified"),
        rule(
            "validValues",
            ["nonempty"],
            words + "either 'validValues' must be non-empty or 'allowsNoLabel' must be true",
            when=[["allowsNoLabel", ["in", [False]], False]],
        ),
    ]


_LABEL_SELECTOR: Final = [
    rule(
        "matchExpressions[].operator",
        ["in", ["In", "NotIn", "Exists", "DoesNotExist"]],
        "{value.q} is not a valid label selector operator",
        required=True,
    ),
    rule("matchExpressions[]", ["label-requirement"]),
    rule("matchLabels", ["labels"]),
]

_APPROXIMATE: Final = [
    rule(
        "blockSizeTokens",
        _MORE_THAN_0,
        "invalid configuration: BlockSizeTokens must be > 0 when AutoTune is disabled (current value: {value})",
        when=[["autoTune", ["in", [False]], True], ["blockSize", ["range", None, False, 0, False], 0]],
    ),
    rule("maxPrefixTokensToMatch", _NOT_NEGATIVE),
    rule("blockSize", ["absent"], "'blockSize' is deprecated; use 'blockSizeTokens' instead", effect="deprecated"),
    rule(
        "blockSizeTokens",
        ["range", 64, False, None, False],
        "configured blockSizeTokens is below the recommended minimum, overriding it.",
        effect="replaced-logged",
        since="v0.9",
        when=[["autoTune", ["in", [False]], True]],
    ),
]

_PRECISE: Final = [
    rule("tokenProcessorConfig.blockSizeTokens", _NOT_NEGATIVE),
    replaced("tokenProcessorConfig.blockSizeTokens", ["range", None, False, 0, True, "or", 0, True]),
    rule(
        "kvEventsConfig.engineType",
        ["in", ["", "vllm", "sglang"]],
        'failed to create {type} plugin: failed to create KV-events engine adapter: unsupported engine type: {value.q} (supported: "vllm", "sglang")',
        since="v0.10",
    ),
    rule("speculativeTTL", ["duration"]),
]

_TOKENS: Final = [
    rule(
        "",
        ["at-most-one-key", ["estimate", "vllm", "udsTokenizerConfig"]],
        "invalid configuration for '{type}' plugin: only one of 'estimate', 'vllm', or 'udsTokenizerConfig' may be set",
        since="v0.9",
    ),
    rule(
        "modelName",
        ["nonempty"],
        "invalid configuration for '{type}' plugin: 'modelName' must be specified",
        when=[["vllm", ["present"], None]],
        since="v0.9",
    ),
    rule(
        "modelName",
        ["nonempty"],
        "invalid configuration for '{type}' plugin: 'modelName' must be specified",
        when=[["udsTokenizerConfig", ["present"], None]],
        since="v0.9",
    ),
    rule("estimate.image.mode", ["in", ["", "dynamic", "static"]], '… estimate.image.mode must be "dynamic" or "static"…'),
    rule("estimate.video.tokensPerFrame.mode", ["in", ["", "dynamic", "static"]], since="v0.10"),
    rule("estimate.video.frames.mode", ["in", ["", "sampled", "strided"]], since="v0.10"),
    rule("vllm.timeout", ["duration"], since="v0.9"),
    rule("vllm.mmTimeout", ["duration"], since="v0.9"),
]


def _source(*, port: bool) -> list[Rule]:
    made = [
        rule("scheme", ["in", ["http", "https"]], "unsupported scheme: {value}"),
        rule("interval", ["duration", 0], "invalid interval {value.q}: {why}", since="v0.10"),
    ]
    if port:
        made.append(rule("port", _PORT, "invalid port {value}: must be between 1 and 65535", since="v0.10"))
    return made


_PREDICTED_OLD: Final = [
    rule(name, _MORE_THAN_0 if name in ("samplingMean", "sloBufferFactor") else _NOT_NEGATIVE)
    for name in (
        "samplingMean", "sloBufferFactor", "maxSampledTokens", "negHeadroomTTFTWeight", "negHeadroomTPOTWeight", "headroomTTFTWeight",
        "headroomTPOTWeight", "compositeKVWeight", "compositeQueueWeight", "compositePrefixWeight", "affinityMaxTTFTPenaltyMs",
    )
] + [rule(name, _SHARE) for name in ("epsilonExploreSticky", "epsilonExploreNeg", "affinityGateTau", "affinityGateTauGlobal")]  # fmt: skip

_HANDLER_PORT: Final = rule(
    "primaryPort", ["range", 1, False, 65535, False, "or", 0], "invalid primaryPort: must be between 1 and 65535, got {value}"
)

_ATTRIBUTE_ALGORITHM: Final = [
    rule("algorithm.normalization", ["at-most-one-key", ["fixedRange", "adaptiveRange"]]),
    rule("algorithm.normalization.fixedRange", ["ordered", "min", "max"]),
    rule("algorithm.type", ["in", ["linear_lower_is_better", "linear_higher_is_better"]], required=True),
]

RULES: Final[dict[str, list[Rule]]] = {
    "prefix-cache-scorer": [
        *_MATCH_LENGTH,
        rule(
            "blockSize",
            ["absent"],
            "BlockSize is depricated, use BlockSizeTokens instead, the value should be defined in tokens",
            when=[["blockSizeTokens", ["range", None, False, 0, False], 0]],
            since="v0.6",
            until="v0.7",
        ),
        rule("blockSize", ["absent"], effect="deprecated", since="v0.8", until="v0.8"),
    ],
    "multicluster-prefix-cache-scorer": _MATCH_LENGTH,
    "precise-prefix-cache-scorer": [
        rule(
            "indexerConfig.tokenizersPoolConfig.modelName",
            ["nonempty"],
            "modelName is required in indexerConfig.tokenizersPoolConfig",
            until="v0.8",
        ),
        rule(
            "indexerConfig.tokenizersPoolConfig.uds.socketFile",
            ["nonempty"],
            "failed to create internal producer for {name}: legacy tokenization pool: UDS tokenizer config must be enabled",
            when=[["indexerConfig.tokenizersPoolConfig", ["present"], None]],
            since="v0.9",
        ),
        *_PRECISE,
    ],
    "no-hit-lru-scorer": [replaced("lruSize", _MORE_THAN_0)],
    "active-request-scorer": [
        rule("maxBusyScore", _SHARE, "Ignoring out-of-range maxBusyScore; using default 1.0", effect="ignored-logged", since="v0.7"),
        rule("requestTimeout", ["absent"], effect="deprecated", since="v0.9"),
        rule("requestTimeout", ["duration"], until="v0.8"),
    ],
    "session-affinity-scorer": _session("session-affinity-scorer"),
    "session-affinity-filter": _session("session-affinity-filter"),
    "multicluster-session-affinity-filter": _session("multicluster-session-affinity-filter"),
    "context-length-aware": [
        rule("label", ["nonempty"], "invalid configuration for 'context-length-aware' plugin: 'label' must be specified", default="llm-d"),
    ],
    "token-load-scorer": [replaced("queueThresholdTokens", _MORE_THAN_0)],
    "latency-scorer": [replaced("headroomSelectionStrategy", ["in", ["least", "most"]])],
    "endpoint-attribute-scorer": [
        rule("attributeKey", ["nonempty"], "endpoint attribute scorer requires a non-empty attributeKey"),
        *_ATTRIBUTE_ALGORITHM,
    ],
    "header-label-affinity-scorer": [rule("headerName", ["nonempty"]), rule("labelKey", ["nonempty"])],
    "predicted-latency-scorer": _PREDICTED_OLD,
    "by-label": _by_label("by-label"),
    "label-selector-filter": _LABEL_SELECTOR,
    "by-label-selector": _LABEL_SELECTOR,
    "prefix-cache-affinity-filter": [
        rule("affinityThreshold", ["range", None, False, 1, False], "invalid config: affinityThreshold must be <= 1.0, got {value}"),
        rule("explorationProbability", _SHARE),
        rule("maxTTFTPenaltyMs", _NOT_NEGATIVE),
        rule(
            "ttftSource",
            ["in", ["prefillThroughput", "latencyPredictor"]],
            'invalid config: ttftSource must be "latencyPredictor" or "prefillThroughput", got {value.q}',
            since="v0.9",
        ),
        rule("peakPrefillThroughput", _NOT_NEGATIVE, since="v0.9"),
        rule(
            "peakPrefillThroughput",
            _MORE_THAN_0,
            "invalid config: peakPrefillThroughput must be > 0 when ttftSource is prefillThroughput",
            when=[["ttftSource", ["in", ["prefillThroughput"]], "prefillThroughput"], ["maxTTFTPenaltyMs", _MORE_THAN_0, 18000]],
            since="v0.9",
        ),
    ],
    "slo-headroom-tier-filter": [rule("epsilonExploreNeg", _SHARE)],
    "endpoint-attribute-filter": [
        rule("attribute", ["nonempty"], "endpoint attribute filter requires a non-empty attribute"),
        rule("onMissing", ["in", ["", "Pass", "Fail"]]),
        rule("algorithm.type", ["in", ["threshold"]], required=True),
        rule(
            "algorithm.threshold.operator",
            ["in", ["LessThan", "LessThanOrEqual", "GreaterThan", "GreaterThanOrEqual", "Equal", "NotEqual"]],
            required=True,
        ),
    ],
    "topology-affinity-filter": [rule("minAffinity", ["in", ["", "host", "rack", "zone", "region"]])],
    "utilization-filter": [
        rule("conditions", ["nonempty"], "utilization filter requires at least one condition"),
        rule(
            "conditions[].metric",
            ["in", ["active-requests", "running-requests", "waiting-queue", "kv-cache-utilization"]],
            required=True,
        ),
        rule("conditions[].maxValue", ["present"]),
        rule("conditions[].maxValue", _NOT_NEGATIVE),
        rule(
            "conditions[].maxValue",
            ["range", None, False, 1, False],
            'utilization filter maxValue for "kv-cache-utilization" is a fraction and must be at most 1, got {value}',
            when=[["conditions[].metric", ["in", ["kv-cache-utilization"]], ""]],
        ),
    ],
    "max-score-picker": _PICKER,
    "random-picker": _PICKER,
    "weighted-random-picker": _PICKER,
    "data-parallel-profile-handler": [_HANDLER_PORT],
    "pd-profile-handler": [
        _HANDLER_PORT,
        rule("threshold", _NOT_NEGATIVE, "invalid threshold: must be >= 0, got {value}", until="v0.5"),
        rule("hashBlockSize", _MORE_THAN_0, "invalid hashBlockSize: must be > 0, got {value}", until="v0.5"),
    ],
    "disagg-profile-handler": [
        rule("stageOrder", ["in", ["", "decode-first", "prefill-first"]], since="v0.10", stage="order"),
        rule(
            "deciders.prefill",
            ["absent"],
            "prefill decider is not supported in prefill-first stage order",
            when=[["stageOrder", ["in", ["prefill-first"]], "decode-first"]],
            since="v0.10",
            stage="order",
        ),
        *(
            rule(name, ["absent"], effect="deprecated")
            for name in (
                "decodeProfile",
                "prefillProfile",
                "encodeProfile",
                "deciderPluginName",
                "prefillDeciderPluginName",
                "encodeDeciderPluginName",
            )
        ),
    ],
    "prefix-based-pd-decider": [
        rule(
            "nonCachedTokens",
            _NOT_NEGATIVE,
            "failed to create {type} plugin: nonCachedTokens parameter of prefix disaggregation decider cannot be negative",
        ),
        rule("promptTokens", _NOT_NEGATIVE, since="v0.10"),
    ],
    "probabilistic-admitter": [
        rule(name, _MORE_THAN_0, f"plugin '{{name}}': {name} must be > 0, got {{value}}")
        for name in ("queueDepthThreshold", "kvCacheUtilThreshold", "power", "k")
    ],
    "request-attribute-reporter": [
        rule("attributes", ["length", 1, 1], "attributes must contain exactly one entry"),
        rule("attributes[].key.name", ["nonempty"]),
        rule("attributes[].expression", ["nonempty"]),
        rule("attributes[].expression", ["cel"], "failed to compile expression: …"),
        rule("attributes[].condition", ["cel"]),
    ],
    "disaggregatedset-rollout-screener": [
        rule("", ["nonempty"], "disaggregatedset-rollout-screener requires parameters"),
        rule("scope.labelSelector", ["nonempty"]),
        rule("scope.labelSelector", ["selector-text"]),
        *(
            each
            for name in ("name", "headerName", "labelKey")
            for each in (rule(f"headerSelectors[].{name}", ["nonempty"]), rule("headerSelectors", ["unique", name]))
        ),
        rule("headerSelectors[].mode", ["in", ["strict", "prefer"]], required=True),
        rule("revisionGating.mode", ["in", ["sum", "max-role", "disabled"]], required=True),
        rule("revisionGating.requireRoles.values", ["nonempty"], when=[["revisionGating.mode", ["in", ["sum", "max-role"]], ""]]),
        rule("revisionGating.requireRoles.values", ["unique", ""]),
        rule("revisionGating.requireRoles.values[]", ["nonempty"]),
    ],
    "approx-prefix-cache-producer": _APPROXIMATE,
    "multicluster-approx-prefix-cache-producer": _APPROXIMATE,
    "burst-prefix-cache-producer": [
        rule("windowDurationMs", ["range", 1, False, 10000, False]),
        rule("maxPerReplica", ["range", 1, False, None, False, "or", -1]),
        rule("blockSizeTokens", _MORE_THAN_0),
        rule("maxPrefixTokensToMatch", ["at-least-or-zero", "blockSizeTokens", 64]),
        rule("minColocateBlocks", _NOT_NEGATIVE),
        rule("maxBatchSize", ["range", 1, False, None, False, "or", -1]),
        rule("balanceBy", ["in", ["requests", "tokens"]]),
    ],
    "precise-prefix-cache-producer": [
        rule("indexerConfig.tokenizersPoolConfig", ["absent"], "tokenizersPoolConfig is not supported; configure a token-producer plugin instead"),
        *_PRECISE,
    ],
    "token-producer": _TOKENS,
    "tokenizer": [
        rule("modelName", ["nonempty"], "invalid configuration for 'tokenizer' plugin: 'modelName' must be specified", until="v0.8"),
        *_TOKENS,
    ],
    "inflight-load-producer": [
        rule("outputRatio", _NOT_NEGATIVE, since="v0.10"),
        rule("maxEstimatedOutputTokens", _NOT_NEGATIVE, since="v0.10"),
    ],
    "predicted-latency-producer": [
        rule("samplingMean", _MORE_THAN_0, until="v0.9"),
        rule("sloBufferFactor", _MORE_THAN_0, "invalid PredictedLatency config: sloBufferFactor must be > 0, got {value.f}"),
    ],
    "mm-embeddings-cache-producer": [replaced("cacheSizeInMBPerServer", _MORE_THAN_0)],
    "session-id-producer": [
        rule("", ["some-key", ["headerName", "cookieName"]], "'session-id-producer' requires exactly one of headerName or cookieName to be set"),
        rule(
            "",
            ["at-most-one-key", ["headerName", "cookieName"]],
            "'session-id-producer' requires exactly one of headerName or cookieName to be set, not both",
        ),
    ],
    "p2p-source-producer": [rule("minCachedTokenDelta", ["range", 1, False, None, False])],
    "metrics-data-source": _source(port=True),
    "multicluster-metrics-data-source": _source(port=True),
    "models-data-source": _source(port=False),
    "dcgm-data-source": _source(port=False),
    "k8s-notification-source": [
        rule("", ["nonempty"], "k8s-notification-source requires parameters (group, version, kind)"),
        rule("version", ["nonempty"], "version and kind are required for k8s-notification-source"),
        rule("kind", ["nonempty"], "version and kind are required for k8s-notification-source"),
    ],
    "core-metrics-extractor": [
        rule("engineConfigs[].name", ["nonempty"]),
        rule("engineConfigs[].name", ["not", "default"], 'engine config name cannot be "default" (reserved)'),
        rule(
            "engineConfigs",
            ["unique", "name"],
            "failed to register engine mapping for {value.q}: mapping for engine type {value.q} already exists",
        ),
        *(
            rule(
                f"engineConfigs[].{name}",
                ["metric"],
                "failed to create mapping for engine {sibling.name}: not a valid metric specification: {value.q}",
            )
            for name in ("queuedRequestsSpec", "runningRequestsSpec", "kvUsageSpec", "loraSpec", "cacheInfoSpec")
        ),
        rule("defaultEngine", ["engine"], "defaultEngine {value.q} not found in engineConfigs"),
    ],
    "file-discovery": [rule("path", ["nonempty"], "file-discovery: 'path' parameter is required")],
    "multicluster-file-discovery": [rule("path", ["nonempty"], "file-discovery: 'path' parameter is required")],
    "program-aware-fairness": [
        rule(
            "strategy",
            ["in", ["las"]],
            'program-aware-fairness plugin "{name}": unknown scoring strategy {value.q}: only "las" is supported',
        ),
        rule("evictionTtlSeconds", _NOT_NEGATIVE),
        rule("evictionSweepSeconds", _MORE_THAN_0),
        rule("lasWeightService", _NOT_NEGATIVE),
        rule("lasWeightHeadWait", _NOT_NEGATIVE),
        rule("lasDecayFactor", _FRACTION),
        rule("lasHalfLifeSeconds", _NOT_NEGATIVE),
    ],
    "priority-holdback-policy": [
        rule("minCeiling", ["present"], "invalid priority holdback policy configuration: minCeiling is required"),
        rule("minCeiling", ["range", 0, False, 1, True]),
        rule("maxCeiling", _FRACTION),
        rule("", ["ordered", "minCeiling", "maxCeiling"], when=[["maxCeiling", ["present"], None]]),
        rule("shape", ["in", ["linear"]]),
        rule("domain", ["in", ["rank", "value"]]),
    ],
    "utilization-detector": [
        rule("queueDepthThreshold", _MORE_THAN_0, "invalid utilization detector configuration: …"),
        rule(
            "kvCacheUtilThreshold",
            _FRACTION,
            "invalid utilization detector configuration: kvCacheUtilThreshold must be in (0.0, 1.0], got {value}",
        ),
        rule("metricsStalenessThreshold", ["duration", 0, True], "…"),
        rule("headroom", _NOT_NEGATIVE, "invalid utilization detector configuration: …"),
    ],
    "concurrency-detector": [
        rule(
            "maxConcurrency",
            _MORE_THAN_0,
            "invalid concurrency detector configuration: maxConcurrency must be strictly positive, got {value}",
        ),
        rule("headroom", _NOT_NEGATIVE, "invalid concurrency detector configuration: …"),
        rule("concurrencyMode", ["in", ["requests", "tokens"]], "… unsupported concurrencyMode: {value.q}", until="v0.9"),
        rule("concurrencyMode", ["in", ["requests", "tokens", "hybrid"]], "… unsupported concurrencyMode: {value.q}", since="v0.10"),
        rule("maxTokenConcurrency", _MORE_THAN_0, "invalid concurrency detector configuration: …"),
    ],
}
"""Rules by type of plugin, in the order the factories are assumed to check them."""
