"""Configurations of the endpoint picker, judged as the loader of each version does."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import mistakes
from constructs_dra.manifest import to_yaml
from constructs_dra.picker.catalogue import picker
from constructs_dra.picker.judging import judge_config, judge_text
from constructs_dra.picker.versions import router_of_image, router_version, versions

SHARED = Path(__file__).resolve().parents[3] / "shared"
HEADER = "apiVersion: llm-d.ai/v1alpha1\nkind: EndpointPickerConfig\n"


def found(text: str, version: str = "v0.10", flags: tuple[str, ...] = ()) -> list[str]:
    return [f"{each.path}: {each.message}" for each in judge_text(HEADER + text, version=version, flags=flags).problems]


def stopped(text: str, version: str = "v0.10", flags: tuple[str, ...] = ()) -> str:
    return judge_text(HEADER + text, version=version, flags=flags).words


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no recorded verdicts at {SHARED}")
def test_recorded_verdicts_agree() -> None:
    for score in mistakes.scores(SHARED):
        assert score.total > 30
        assert score.short == [], score


def test_all_mistakes_come_out_at_once_and_the_first_the_loader_meets_is_what_it_ends_with() -> None:
    judged = judge_text(
        HEADER
        + """
plugins:
- type: queue-scorrer
- {name: a, type: max-score-picker, parameters: {maxNumOfEndpoint: 2}}
schedulingProfiles:
- {name: default, plugins: [{pluginRef: b}]}
"""
    )
    assert [each.path for each in judged.problems] == [
        "plugins[0].type",
        "plugins[1].parameters.maxNumOfEndpoint",
        "schedulingProfiles[0].plugins[0].pluginRef",
        "schedulingProfiles[0]",
    ]
    assert judged.words.endswith("plugin type 'queue-scorrer' is not registered")
    assert [each.line for each in judged.problems][:2] == [5, 6]
    assert "did you mean 'queue-scorer'?" in judged.problems[0].hint
    assert "did you mean 'maxNumOfEndpoints'?" in judged.problems[1].hint


def test_a_type_of_another_version_is_named_with_the_versions_that_have_it() -> None:
    problem = judge_text(HEADER + "plugins: [{type: p2p-source-producer}]", version="v0.9").problems[0]
    assert "is not a type of plugins of the endpoint picker v0.9" in problem.message
    assert problem.hint == "the versions v0.10 to newer have it"


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("{type: burst-prefix-cache-producer, parameters: {windowDurationMs: 0}}", "must be at least 1 and at most 10000, not 0"),
        ("{type: burst-prefix-cache-producer, parameters: {balanceBy: token}}", "'token' is not known here"),
        ("{type: burst-prefix-cache-producer, parameters: {maxPrefixTokensToMatch: 32}}", "must be 0 or at least blockSizeTokens, which is 64"),
        ("{type: endpoint-attribute-scorer, parameters: {attributeKey: a}}", "is missing"),
        ("{type: utilization-filter, parameters: {conditions: [{metric: waiting-queue}]}}", "is missing"),
        ("{type: request-attribute-reporter}", "crashes the endpoint picker"),
        ("{type: request-attribute-reporter, parameters: {attributes: [{key: {name: a}, expression: 'a +'}]}}", "is not a CEL expression"),
        ("{type: topology-affinity-filter, parameters: {minAffinity: node}}", "'node' is not known here"),
        ("{type: label-selector-filter, parameters: {matchExpressions: [{key: a, operator: In}]}}", "In needs values"),
        ("{type: label-selector-filter, parameters: {matchLabels: {'a b': c}}}", "key 'a b'"),
        ("{type: metrics-data-source, parameters: {port: 70000}}", "must be at least 1 and at most 65535"),
        ("{type: predicted-latency-producer, parameters: {contextTTL: 5m}}", "must be a whole number"),
        ("{type: core-metrics-extractor, parameters: {engineConfigs: [{name: a, kvUsageSpec: 'b{'}]}}", "is not a metric"),
        ("{type: disaggregatedset-rollout-screener, parameters: {scope: {labelSelector: 'a in (b'}}}", "is not a label selector"),
        ("{type: session-id-producer, parameters: {}}", "must have one of headerName and cookieName"),
        ("{type: token-producer, parameters: {vllm: {url: http://a}}}", "is missing"),
        ("{type: token-producer, parameters: {modelName: a, vllm: {}, estimate: {}}}", "must not have estimate and vllm together"),
        ("{type: priority-holdback-policy, parameters: {minCeiling: 0.9, maxCeiling: 0.5}}", "minCeiling 0.9 must be less than maxCeiling 0.5"),
        ("{type: program-aware-fairness, parameters: {lasDecayFactor: 0}}", "must be greater than 0 and at most 1"),
    ],
)
def test_a_factory_refuses_what_it_cannot_take(parameters: str, says: str) -> None:
    judged = judge_text(HEADER + f"plugins: [{parameters}]", flags=["--allow-experimental-plugins"])
    assert judged.loads is not bool(says), judged.problems
    assert says in "".join(each.message for each in judged.problems if each.severity == "error")


def test_names_of_parameters_are_matched_without_their_case_and_names_of_fields_with_it() -> None:
    assert not stopped("plugins: [{type: max-score-picker, parameters: {MAXNUMOFENDPOINTS: 2}}]")
    assert 'unknown field "Plugins"' in stopped("Plugins: []")


def test_what_the_loader_creates_is_listed() -> None:
    judged = judge_text(HEADER + "plugins: [{type: prefix-cache-scorer}]\n", version="main")
    assert judged.loads
    assert {"single-profile-handler", "max-score-picker", "approx-prefix-cache-producer", "token-producer"} <= set(judged.created)


def test_a_deprecated_spelling_is_a_warning_with_the_new_one() -> None:
    judged = judge_text(HEADER + "plugins: [{type: by-label-selector}]\nparser: {pluginRef: openai-parser}")
    assert judged.loads
    assert {(each.rule, each.severity) for each in judged.problems} == {("picker-deprecated", "warning")}
    assert [each.hint for each in judged.problems] == ["use label-selector-filter", "write requestHandler.parsers"]


def test_a_field_that_moved_is_named_with_its_new_place() -> None:
    judged = judge_text("apiVersion: llm-d.ai/v1\nkind: EndpointPickerConfig\ndataLayer: {peerDiscovery: {pluginRef: a}}", version="newer")
    assert judged.problems[0].hint == "write dataLayer.discovery.peers"


def test_a_feature_gate_flag_counts_after_the_configuration() -> None:
    text = "featureGates: [flowControl]\nflowControl: {priorityBands: [{priority: 1}, {priority: 1}]}\n"
    header = "apiVersion: llm-d.ai/v1\nkind: EndpointPickerConfig\n"
    assert not judge_text(header + text, version="newer").loads
    assert judge_text(header + text, version="newer", flags=["--feature-gates=flowControl=false"]).loads


def test_versions_are_read_as_people_write_them() -> None:
    assert [router_version(text) for text in ("v0.10.0", "0.9", "v0.8.0-rc.1", "main")] == ["v0.10", "v0.9", "v0.8", "main"]
    with pytest.raises(ValueError, match="not a version of the router known here"):
        router_version("v0.4")
    assert router_of_image("ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0@sha256:12") == "v0.10"
    assert router_of_image("docker.io/vllm/vllm-openai:v0.10.0") is None
    assert router_of_image("localhost:5000/llm-d-router-endpoint-picker") is None


@pytest.mark.parametrize("version", versions())
def test_every_type_of_a_version_can_be_judged_without_parameters(version: str) -> None:
    of = picker(version)
    kinds = list(of.types())
    assert len(kinds) > 20
    for kind in kinds:
        judge_config({"plugins": [{"type": kind.name}]}, version=version)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 70000) | st.floats() | st.text(max_size=4) | st.sampled_from(["30s", "1Gi", "queue-scorer"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["pluginRef", "name", "type", "parameters", "a"]), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "plugins",
        "schedulingProfiles",
        "featureGates",
        "dataLayer",
        "flowControl",
        "requestHandler",
        "saturationDetector",
        "parser",
        "data",
        "apiVersion",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, JUNK, max_size=4), st.sampled_from(versions()))
def test_nothing_that_can_be_written_ends_in_a_traceback(config: dict[str, Any], version: str) -> None:
    judged = judge_config(config, version=version)
    assert judged.loads is (judged.stopped_by is None)


def kinds_with_parameters() -> list[str]:
    return [kind.name for kind in picker("main").types() if kind.fields]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(kinds_with_parameters()), st.data())
def test_parameters_of_any_value_are_judged(kind: str, data: st.DataObject) -> None:
    fields = picker("main").type(kind)
    assert fields is not None
    parameters = data.draw(st.dictionaries(st.sampled_from(sorted(fields.fields)), JUNK, max_size=3))
    for version in ("v0.8", "v0.10", "main"):
        judge_config({"plugins": [{"type": kind, "parameters": parameters}]}, version=version)


def test_a_text_and_what_is_read_of_it_are_judged_alike() -> None:
    config = {"plugins": [{"type": "queue-scorer"}], "schedulingProfiles": [{"name": "a", "plugins": [{"pluginRef": "x"}]}]}
    assert [each.message for each in judge_text(to_yaml(config)).problems] == [each.message for each in judge_config(config).problems]
