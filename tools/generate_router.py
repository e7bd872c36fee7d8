"""Make the catalogue of the endpoint picker's plugins from the recorded facts: `python tools/generate_router.py`.

Reads `../shared/facts/router/epp.yaml`, `epp-config.yaml` and `epp-flags.yaml`, and writes one compact file that the package loads on first use.
What the facts say in prose about parameters (ranges, words of the factory) is written down as rules in `router_parameters.py` beside this file.
"""

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.router_parameters import ALTERNATIVES, CREATED, PARSE_WORDS, REFERENCES_TO_PLUGINS, RULES, SHAPES, TREES

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT.parent / "shared" / "facts" / "router"
TARGET = ROOT / "constructs_dra" / "picker" / "data" / "picker.json.gz"

VERSIONS = ("v0.5", "v0.6", "v0.7", "v0.8", "v0.9", "v0.10", "main", "newer")
"""Columns of the catalogue, oldest first: `main` is the state of 2026-08-22, `newer` what was seen of September to November 2026."""

REFERENCES = {
    "prefixMatchInfoProducerName": ["PrefixCacheMatchInfoDataKey"],
    "inFlightLoadProducerName": ["InFlightLoadDataKey", "UncachedRequestTokensDataKey"],
    "latencyPredictionInfoProducerName": ["LatencyPredictionInfoDataKey"],
    "producerName": ["MultiModalEncoderCacheMatchInfoKey"],
    "encoderCacheMatchInfoProducerName": ["MultiModalEncoderCacheMatchInfoKey"],
    "topologyProducerName": ["Topology"],
}
"""Parameters that name the plugin a key of data is read from."""

INPUTS = {
    "metrics-data-source": "metrics",
    "multicluster-metrics-data-source": "metrics",
    "dcgm-data-source": "metrics",
    "models-data-source": "models",
    "core-metrics-extractor": "metrics",
    "multicluster-metrics-extractor": "metrics",
    "dcgm-extractor": "metrics",
    "models-data-extractor": "models",
    "model-server-protocol-metrics": "metrics",
    "model-server-protocol-models": "models",
}
"""What polled sources give and extractors take: a source refuses an extractor of something else."""

_DURATION = ("duration", "duration string")


def column(name: str) -> int:
    """The number of a version as the facts spell it."""
    return VERSIONS.index(name)


def since(entry: dict[str, Any]) -> list[int]:
    """First and last column of an entry."""
    first = column(entry["since"]) if entry.get("since") in VERSIONS else 0
    last = column(entry["removed_in"]) - 1 if entry.get("removed_in") else len(VERSIONS) - 1
    return [first, last]


def stepped(entry: dict[str, Any], prefix: str, first: int) -> list[list[Any]]:
    """Values by version from keys such as `interfaces_v0.8`: each holds from its version on, the oldest one for everything before it too."""
    steps = {column(key[len(prefix) :].lstrip("_")): value for key, value in entry.items() if key.startswith(prefix) and key != prefix}
    if prefix in entry:
        steps.setdefault(first, entry[prefix])
    made = [[max(at, 0), value] for at, value in sorted(steps.items())]
    if made:
        made[0][0] = min(made[0][0], first)
    return made


def shape_of(kind: str) -> Any:
    """The shape of a parameter from its type in words."""
    if kind in SHAPES:
        return SHAPES[kind]
    if kind in _DURATION:
        return "duration"
    raise SystemExit(f"the facts have a type of parameters without a shape: {kind!r}")


def names_of(name: str) -> Iterator[str]:
    """One entry of the facts may stand for several parameters beside each other: `x.a, b` and `x.a/b`."""
    parent, dot, last = name.rpartition(".") if "," not in name else name.partition(",")[0].rpartition(".")
    rest = name.partition(",")[2].split(",") if "," in name else []
    for part in (last, *rest):
        for one in part.strip().split("/"):
            yield f"{parent}{dot}{one}"


LAST = len(VERSIONS) - 1


def whole(shape: Any) -> Any:
    """A shape as the catalogue has it: `{"fields": {name: [first, last, shape]}}` for what is written as a plain mapping of fields."""
    if not isinstance(shape, dict):
        return shape
    if len(shape) == 1 and (kind := next(iter(shape))) in {"list", "map"}:
        return {kind: whole(shape[kind])}
    return {"fields": {name: [0, LAST, whole(inner)] for name, inner in shape.items()}}


def put(fields: dict[str, Any], path: list[str], shape: Any, span: list[int]) -> None:
    """Add one parameter to the fields of a shape; `a[]` is a list of what follows."""
    name, *rest = path
    listed = name.endswith("[]")
    name = name.removesuffix("[]")
    if not rest:
        fields[name] = [*span, shape]
        return
    known = fields.setdefault(name, [*span, {}])
    known[0], known[1] = min(known[0], span[0]), max(known[1], span[1])
    if known[2] in ({}, "object", "list"):
        known[2] = {"list": {"fields": {}}} if listed else {"fields": {}}
    inner = known[2]["list"] if listed else known[2]
    put(inner["fields"], rest, shape, span)


def parameters(entry: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plugin's parameters."""
    fields: dict[str, Any] = {}
    own = since(entry)
    for each in sorted(entry.get("parameters", ()), key=lambda one: one["name"].count(".")):
        first, last = since(each)
        for name in names_of(each["name"]):
            shape = whole(TREES.get((entry["type"], name)) or shape_of(each["type"]))
            put(fields, name.split("."), shape, [max(own[0], first), min(own[1], last)])
    return fields


def filled(plugins: dict[str, Any]) -> None:
    """Put in shapes that are those of another plugin's parameter: `=TYPE.name`."""
    for plugin in plugins.values():
        for each in plugin["parameters"].values():
            if isinstance(each[2], str) and each[2].startswith("="):
                kind, _, name = each[2][1:].partition(".")
                each[2] = plugins[kind]["parameters"][name][2]


def consumed(entry: dict[str, Any], key: str) -> list[list[Any]]:
    """Keys of data a plugin reads: key, name of the producer, parameter that names it."""
    named = {name for each in entry.get("parameters", ()) for name in names_of(each["name"])}
    made: list[list[Any]] = []
    for text in entry.get(key, ()):
        data, _, producer = text.rpartition("/")
        by = next((name for name, keys in REFERENCES.items() if data in keys and name in named), "")
        made.append([data, "=" if producer == entry["type"] else producer, by])
    return made


def spanned(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule with columns for its versions."""
    made = {key: value for key, value in rule.items() if key not in {"since", "until"}}
    span = [column(rule["since"]) if "since" in rule else 0, column(rule["until"]) if "until" in rule else LAST]
    return made if span == [0, LAST] else {**made, "span": span}


def plugin(entry: dict[str, Any]) -> dict[str, Any]:
    """One type of plugins."""
    span = since(entry)
    unknown = entry.get("unknown_parameter", "")
    late = unknown if isinstance(unknown, str) else unknown["v0.9+"]
    deprecated = entry.get("deprecated")
    if isinstance(deprecated, str):
        deprecated = {"since": deprecated.split()[0], "replacement": deprecated.partition("use ")[2]}
    made: dict[str, Any] = {
        "span": span,
        "interfaces": stepped(entry, "interfaces", span[0]),
        "alpha": [column(key) for key, value in entry.get("stability", {}).items() if value == "Alpha"][:1],
        "reads": not late.startswith("silently ignored") if late else bool(entry.get("parameters")),
        "parameters": parameters(entry),
        "produces": [text.rpartition("/")[0] for text in entry.get("produces", ())],
        "produces_as": "" if any(text.endswith("/") for text in entry.get("produces", ())) else "=",
        "consumes": [[0, *each] for each in consumed(entry, "consumes_required")]
        + [[column("main"), *each] for each in consumed(entry, "consumes_required_main")],
    }
    if entry.get("registered") is False:
        made["span"] = [1, 0]
    if deprecated:
        made["deprecated"] = {"from": column(deprecated["since"]), "use": deprecated.get("replacement", "")}
    if deprecated and "gone in newer" in deprecated.get("removal", ""):
        made["span"] = [span[0], column("newer") - 1]
    missing = entry.get("without_parameters", "loads")
    if missing.startswith("panic"):
        made["crashes"] = missing
    elif missing.startswith("error: ") and not entry.get("parameters"):
        made["needs_parameters"] = missing.removeprefix("error: ")
    if entry["type"] in RULES:
        made["rules"] = [spanned(each) for each in RULES[entry["type"]]]
    if entry["type"] in REFERENCES_TO_PLUGINS:
        made["references"] = [
            {**each, "default": [[column(version), name] for version, name in each.get("default", ())]}
            for each in REFERENCES_TO_PLUGINS[entry["type"]]
        ]
    if entry["type"] in ALTERNATIVES:
        made["alternatives"] = ALTERNATIVES[entry["type"]]
    if entry["type"] in PARSE_WORDS:
        made["parse_words"] = PARSE_WORDS[entry["type"]]
    return made


REF = {"pluginRef": "string"}


def field_shape(node: dict[str, Any]) -> Any:
    """A field of the configuration from its JSON-schema-like description."""
    kind = node["type"]
    if kind == "array":
        return {"list": field_shape(node["items"])} if "items" in node else {"list": "any"}
    if kind == "object":
        return {name: field_shape(inner) for name, inner in node["properties"].items()} if "properties" in node else "any"
    return {"integer (bytes)": "int", "integer": "int", "number": "float", "boolean": "bool"}.get(kind, kind)


def configs() -> dict[str, Any]:
    """The fields of EndpointPickerConfig by column, for `v1alpha1` and for `v1`; what the facts give as words of change is written out here."""
    facts = yaml.safe_load((FACTS / "epp-config.yaml").read_text(encoding="utf-8"))["versions"]
    base = {key: {name: field_shape(node) for name, node in facts[key]["properties"].items()} for key in facts if "properties" in facts[key]}
    trees: dict[str, Any] = {}

    def tree(key: str) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(json.dumps(base[key]))
        made["plugins"]["list"]["parameters"] = "any"
        return made

    def weight(made: dict[str, Any], kind: str) -> None:
        made["schedulingProfiles"]["list"]["plugins"]["list"]["weight"] = kind

    oldest = tree("v1alpha1 @ v0.5")
    weight(oldest, "int")
    trees["v0.5"] = oldest
    six = tree("v1alpha1 @ v0.5")
    band = {"priority": "int", "maxBytes": "int"}
    six["flowControl"] = {"maxBytes": "int", "defaultRequestTTL": "duration", "defaultPriorityBand": band, "priorityBands": {"list": dict(band)}}
    trees["v0.6"] = six
    seven = json.loads(json.dumps(six))
    for each in (seven["flowControl"]["defaultPriorityBand"], seven["flowControl"]["priorityBands"]["list"]):
        each |= {"fairnessPolicyRef": "string", "orderingPolicyRef": "string"}
    seven["parser"] = REF
    trees["v0.7"] = seven
    trees["v0.8"] = tree("v1alpha1 @ v0.8")
    nine = tree("v1alpha1 @ v0.9")
    nine["saturationDetector"] = nine["parser"] = REF
    trees["v0.9"] = nine
    ten = json.loads(json.dumps(nine))
    ten["dataLayer"] |= {"crossReplicaSyncerPluginRef": "string", "crossReplicaSyncInterval": "duration"}
    ten["flowControl"] |= {"enableEviction": "bool"}
    trees["v0.10"] = ten
    main = json.loads(json.dumps(ten))
    main["dataLayer"] |= {"peerDiscovery": REF}
    main["flowControl"] |= {"noEndpointRequestTTL": "duration"}
    trees["main"] = main
    newer = json.loads(json.dumps(ten))
    del newer["saturationDetector"], newer["parser"]
    newer["dataLayer"] |= {"discovery": {"endpoints": REF, "peers": REF, **REF}, "crossReplicaPublishTimeout": "duration"}
    newer["requestHandler"] |= {"propagatePriority": "bool"}
    newer["flowControl"] |= {"noEndpointRequestTTL": "duration"}
    for each in (
        newer["flowControl"]["priorityBands"]["list"],
        newer["flowControl"]["defaultPriorityBand"],
        newer["flowControl"]["defaultNegativePriorityBand"],
    ):
        each["defaultRequestTTL"] = "duration"
    trees["newer"] = newer
    one = tree("v1 @ newer (Sept-Nov 2026)")
    for each in (one["flowControl"]["defaultNegativePriorityBand"],):
        each["defaultRequestTTL"] = "duration"
    return {"v1alpha1": {key: whole(each) for key, each in trees.items()}, "v1": {"newer": whole(one)}}


def gates() -> list[list[Any]]:
    """Feature gates by the column they hold from."""
    facts = yaml.safe_load((FACTS / "epp-flags.yaml").read_text(encoding="utf-8"))
    return [
        [column(re.split(r"[-+]", each["version"])[0]), {name: value is True for name, value in each["gates"].items()}]
        for each in facts["feature_gates"]
    ]


def moved() -> list[list[Any]]:
    """Where fields went, by the column from which they are gone, and where those of later versions are in earlier ones."""
    at = column
    ahead = {"dataLayer": "it is data before v0.8", "requestHandler": "it comes with v0.9; before, write parser", "flowControl": "it comes with v0.6"}
    return [
        [0, ahead],
        [at("v0.6"), {key: value for key, value in ahead.items() if key != "flowControl"}],
        [
            at("v0.8"),
            {"data": "write dataLayer", "requestHandler": ahead["requestHandler"], "flowControl.saturationDetector": "write saturationDetector"},
        ],
        [at("v0.9"), {"data": "write dataLayer"}],
        [
            at("newer"),
            {
                "data": "write dataLayer",
                "saturationDetector": "write flowControl.saturationDetector",
                "parser": "write requestHandler.parsers",
                "dataLayer.discovery.pluginRef": "write dataLayer.discovery.endpoints.pluginRef",
                "dataLayer.peerDiscovery": "write dataLayer.discovery.peers",
                "dataLayer.crossReplicaSyncerPluginRef": "write dataLayer.crossReplica.syncerPluginRef",
                "dataLayer.crossReplicaSyncInterval": "write dataLayer.crossReplica.syncInterval",
                "dataLayer.crossReplicaPublishTimeout": "write dataLayer.crossReplica.publishTimeout",
            },
        ],
    ]


def flags() -> dict[str, Any]:
    """The picker's flags: kind of value, versions, default."""
    facts = yaml.safe_load((FACTS / "epp-flags.yaml").read_text(encoding="utf-8"))["flags"]
    made: dict[str, Any] = {}
    for entry in facts:
        kind = next(word for word in re.split(r"[^A-Za-z0-9]", entry["type"]) if word)
        first, last = since({**entry, "removed_in": entry.get("removed_in", "").replace("main-2026-08-22", "main") or None})
        made[entry["name"]] = {"kind": kind, "span": [first, last]} | ({"short": entry["short"].lstrip("-")} if "short" in entry else {})
        if "rejected_if_set" in entry:
            made[entry["name"]]["rejected"] = column(entry["rejected_if_set"].partition("+")[0])
        if isinstance(entry.get("allowed"), list):
            made[entry["name"]]["choices"] = entry["allowed"]
        if isinstance(entry.get("deprecated"), str) and entry["deprecated"] in VERSIONS:
            made[entry["name"]]["deprecated"] = column(entry["deprecated"])
    return made


def loader() -> dict[str, Any]:
    """What the loader does by version: each entry is a list of steps, column and value from there on."""
    at = column
    return {
        "api_versions": [
            [at("v0.5"), {"inference.networking.x-k8s.io/v1alpha1": ""}],
            [at("v0.9"), {"llm-d.ai/v1alpha1": "", "inference.networking.x-k8s.io/v1alpha1": "llm-d.ai/v1alpha1"}],
            [at("newer"), {"llm-d.ai/v1": "", "llm-d.ai/v1alpha1": "llm-d.ai/v1"}],
        ],
        "header_required": [[0, False], [at("newer"), True]],
        "empty_text": [[0, False], [at("v0.7"), True]],
        "gates": gates(),
        "gate_values": [[0, False], [at("v0.10"), True]],
        "strict_parameters": [[0, False], [at("v0.9"), True]],
        "list_checked_first": [[0, False], [at("v0.10"), True]],
        "sorted_by_dependency": [[0, False], [at("v0.10"), True]],
        "stability": [[0, False], [at("v0.10"), True]],
        "stability_first": [[0, False], [at("newer"), True]],
        "data_section": [[0, "data"], [at("v0.8"), "dataLayer"]],
        "data_gate": [[0, True], [at("v0.8"), False]],
        "data_defaults": [[0, "never"], [at("v0.8"), "absent"], [at("v0.9"), "always"]],
        "data_checks": [[0, "interfaces"], [at("v0.9"), "names"]],
        "data_words": [[0, "datalayer.Source datalayer.Extractor"], [at("v0.8"), "fwkdl.DataSource fwkdl.Extractor"]],
        "detector": [[0, "inline"], [at("v0.8"), "top"], [at("v0.9"), "nested"]],
        "parsers": [
            [0, None],
            [at("v0.7"), ["openai-parser"]],
            [at("v0.9"), ["openai-parser", "anthropic-parser", "vllmhttp-parser"]],
            [at("main"), ["openai-parser", "anthropic-parser", "vllmhttp-parser", "passthrough-parser"]],
        ],
        "parser_list": [[0, False], [at("v0.9"), True]],
        "policies": [
            [0, {}],
            [at("v0.7"), {"fairness": "global-strict-fairness-policy", "ordering": "fcfs-ordering-policy"}],
            [
                at("v0.8"),
                {"fairness": "global-strict-fairness-policy", "ordering": "fcfs-ordering-policy", "usage-limit": "static-usage-limit-policy"},
            ],
        ],
        "fairness_words": [[0, "no fairness policy registered for name {name}"], [at("v0.9"), "plugin {name} not found"]],
        "producers": [[0, False], [at("v0.9"), True]],
        "producer_words": [
            [0, "no default producer found for missing data key: {key}, which is consumed by: {consumer}"],
            [at("v0.10"), "no default producer found for missing data key {key}, consumed by {consumer}"],
        ],
        "flow_control_log": [[0, False], [at("v0.10"), True]],
        "band_request_limit": [[0, ""], [at("v0.10"), "5000"]],
        "moved": moved(),
        "engines": [
            [0, ["vllm"]],
            [at("v0.7"), ["vllm", "sglang"]],
            [at("v0.8"), ["vllm", "sglang", "trtllm-serve", "triton-tensorrt-llm"]],
            [at("v0.9"), ["vllm", "sglang", "trtllm-serve", "triton-tensorrt-llm", "triton"]],
        ],
        "created": CREATED,
    }


def main() -> None:
    """Write the catalogue."""
    facts = yaml.safe_load((FACTS / "epp.yaml").read_text(encoding="utf-8"))
    plugins = {entry["type"]: plugin(entry) for entry in facts["plugins"]}
    filled(plugins)
    for kind, entry in ((kind, each) for kind, each in plugins.items() if INPUTS.get(kind)):
        entry["input"] = INPUTS[kind]
    for key, producer in {(key, producer) for each in plugins.values() for _, key, producer, _ in each["consumes"] if producer in plugins}:
        # what a plugin is asked for by its own name it produces, also where the facts list only who asks
        if key not in plugins[producer]["produces"]:
            plugins[producer]["produces"].append(key)
    for each in plugins.values():
        each["produces"].sort()
    defaults = facts["loader_defaults"]["producers_v0.9+"]
    made = {
        "versions": list(VERSIONS),
        "plugins": plugins,
        "default_producers": {text.rpartition("/")[0]: name for name, text in defaults.items()},
        "config": configs(),
        "flags": flags(),
        "loader": loader(),
    }
    unused = set(RULES) - set(plugins)
    if unused:
        raise SystemExit(f"rules for plugins the facts do not have: {', '.join(sorted(unused))}")
    packed = gzip.compress(json.dumps(made, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(), mtime=0)
    TARGET.write_bytes(packed)
    print(f"{TARGET.name}: {len(plugins)} types of plugins, {len(packed):,} bytes")


if __name__ == "__main__":
    main()
