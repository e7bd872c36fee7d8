"""The rules of the loader that no recorded mistake shows, by what `facts/router/rules.md` says of them."""

import pytest

from constructs_dra.picker.judging import judge_text

HEAD = "apiVersion: llm-d.ai/v1alpha1\nkind: EndpointPickerConfig\n"
CASES = [
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nbogus: 1\n", False, id="unknown field"),
    pytest.param(HEAD + "Plugins:\n- type: queue-scorer\n", False, id="wrong case"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nplugins:\n- type: queue-scorer\n", False, id="dup key"),
    pytest.param("apiVersion: llm-d.ai/v7\nkind: EndpointPickerConfig\nplugins:\n- type: queue-scorer\n", False, id="bad api"),
    pytest.param("apiVersion: llm-d.ai/v1alpha1\nkind: X\nplugins:\n- type: queue-scorer\n", False, id="bad kind"),
    pytest.param("kind: EndpointPickerConfig\nplugins:\n- type: queue-scorer\n", True, id="no api"),
    pytest.param("plugins:\n- type: queue-scorer\n", True, id="nothing"),
    pytest.param("", True, id="empty"),
    pytest.param(HEAD + "featureGates: [nope]\nplugins:\n- type: queue-scorer\n", False, id="gate unknown"),
    pytest.param(HEAD + "featureGates: [FlowControl]\nplugins:\n- type: queue-scorer\n", False, id="gate case"),
    pytest.param(HEAD + "featureGates: ['flowControl=maybe']\nplugins:\n- type: queue-scorer\n", False, id="gate val"),
    pytest.param(HEAD + "featureGates: ['flowControl= TRUE ']\nplugins:\n- type: queue-scorer\n", True, id="gate TRUE"),
    pytest.param(HEAD + "featureGates: ['flowControl=true','flowControl=false']\nplugins:\n- type: queue-scorer\n", True, id="gate twice"),
    pytest.param(HEAD + "featureGates: ['flowControl=false=true']\nplugins:\n- type: queue-scorer\n", True, id="gate =="),
    pytest.param(HEAD + "featureGates: [' flowControl']\nplugins:\n- type: queue-scorer\n", False, id="gate space"),
    pytest.param(HEAD + "plugins:\n- name: a\n", False, id="no type"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\n- type: queue-scorer\n", False, id="dup name"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\n- {type: kv-cache-utilization-scorer, name: queue-scorer}\n", False, id="dup name2"),
    pytest.param(HEAD + "plugins:\n- type: queue\n", False, id="unreg"),
    pytest.param(HEAD + "plugins:\n- type: pd-profile-handler\n  parameters: {deciderPluginName: x}\n", False, id="pd unreg dep"),
    pytest.param(HEAD + "plugins:\n- type: request-attribute-reporter\n", False, id="attr reporter"),
    pytest.param(HEAD + "plugins:\n- type: max-score-picker\n- type: random-picker\n", False, id="two pickers no profile"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\n- type: random-picker\n", True, id="one picker no profile"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nrequestHandler: {parsers: [{pluginRef: zzz}]}\n", False, id="parser unknown"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nrequestHandler: {parsers: [{pluginRef: openai-parser}]}\n", True, id="parser type auto"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nrequestHandler: {parsers: [{pluginRef: queue-scorer}]}\n", False, id="parser kind"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- plugins: [{pluginRef: queue-scorer}]\n", False, id="profile noname"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- name: a\n- name: a\n", False, id="profile dup"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- name: a\n  plugins: [{weight: 1}]\n", False, id="pluginRef none"),
    pytest.param(
        HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- name: default\n  plugins:\n  - pluginRef: zzz\n",
        False,
        id="pluginRef undefined",
    ),
    pytest.param(
        HEAD + "plugins:\n- {type: queue-scorer, name: q}\nschedulingProfiles:\n- name: default\n  plugins:\n  - pluginRef: queue-scorer\n",
        False,
        id="pluginRef by type not name",
    ),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nflowControl: {saturationDetector: {pluginRef: zzz}}\n", False, id="detector undefined"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nflowControl: {saturationDetector: {pluginRef: queue-scorer}}\n", False, id="detector kind"),
    pytest.param(
        HEAD + "plugins:\n- type: max-score-picker\n- type: random-picker\n"
        "schedulingProfiles:\n- name: default\n  plugins:\n  - pluginRef: max-score-picker\n  - pluginRef: random-picker\n",
        False,
        id="two pickers in profile",
    ),
    pytest.param(HEAD + "plugins:\n- type: single-profile-handler\n- {type: single-profile-handler, name: b}\n", False, id="two handlers"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- name: a\n- name: b\n", False, id="two profiles no handler"),
    pytest.param(
        HEAD + "plugins:\n- type: queue-scorer\n- type: single-profile-handler\nschedulingProfiles:\n- name: a\n- name: b\n",
        False,
        id="single handler two profiles",
    ),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- name: a\n", True, id="empty profile"),
    pytest.param(
        HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- name: a\n  plugins: [{pluginRef: queue-scorer, weight: 0}]\n",
        True,
        id="weight 0",
    ),
    pytest.param(
        HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- name: a\n  plugins: [{pluginRef: queue-scorer, weight: -3}]\n",
        True,
        id="weight neg",
    ),
    pytest.param(
        HEAD + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- name: a\n  plugins: [{pluginRef: queue-scorer, weight: heavy}]\n",
        False,
        id="weight text",
    ),
    pytest.param(
        HEAD + "plugins:\n- type: queue-scorer\n"
        "schedulingProfiles:\n- name: default\n  plugins:\n  - pluginRef: queue-scorer\n  - pluginRef: queue-scorer\n",
        True,
        id="scorer twice",
    ),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\ndataLayer: {sources: [{pluginRef: zzz}]}\n", False, id="source undeclared"),
    pytest.param(
        HEAD + "plugins:\n- type: queue-scorer\n- type: metrics-data-source\n"
        "dataLayer: {sources: [{pluginRef: metrics-data-source, extractors: [{pluginRef: zzz}]}]}\n",
        False,
        id="extractor undeclared",
    ),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\ndataLayer: {sources: [{pluginRef: queue-scorer}]}\n", False, id="source not source"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\ndataLayer: {injectDefaults: false}\n", False, id="nodefaults"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\nflowControl: {priorityBands: [{priority: 1},{priority: 1}]}\n", True, id="fc gate off dup"),
    pytest.param(
        HEAD + "featureGates: [flowControl]\nplugins:\n- type: queue-scorer\nflowControl: {priorityBands: [{priority: 1},{priority: 1}]}\n",
        False,
        id="fc dup",
    ),
    pytest.param(HEAD + "featureGates: [flowControl]\nplugins:\n- type: queue-scorer\nflowControl: {maxBytes: -1}\n", False, id="fc maxBytes"),
    pytest.param(HEAD + "featureGates: [flowControl]\nplugins:\n- type: queue-scorer\nflowControl: {defaultRequestTTL: -1s}\n", False, id="fc ttl"),
    pytest.param(
        HEAD + "featureGates: [flowControl]\nplugins:\n- type: queue-scorer\nflowControl: {priorityBands: [{priority: 1, fairnessPolicyRef: zzz}]}\n",
        False,
        id="fc policy",
    ),
    pytest.param(
        HEAD + "featureGates: [flowControl]\nplugins:\n- type: queue-scorer\n"
        "flowControl: {priorityBands: [{priority: 1, fairnessPolicyRef: queue-scorer}]}\n",
        False,
        id="fc policy kind",
    ),
    pytest.param(
        HEAD + "featureGates: [flowControl]\nplugins:\n- type: queue-scorer\nflowControl: {usageLimitPolicyPluginRef: zzz}\n", False, id="fc usage"
    ),
    pytest.param(HEAD + "plugins:\n- type: token-load-scorer\n", False, id="token-load"),
    pytest.param(HEAD + "plugins:\n- type: token-load-scorer\n- type: inflight-load-producer\n", True, id="token-load ok"),
    pytest.param(HEAD + "plugins:\n- type: session-affinity-scorer\n", False, id="alpha"),
    pytest.param(HEAD + "plugins:\n- type: queue-scorer\ndataLayer: {discovery: {pluginRef: zzz}}\n", False, id="discovery"),
    pytest.param(HEAD + "plugins:\n- type: prefix-cache-scorer\n  parameters: {blockSize: abc}\n", False, id="prefix threshold"),
]


@pytest.mark.parametrize(("text", "loads"), CASES)
@pytest.mark.parametrize("version", ["v0.10", "main"])
def test_the_loader_s_rules(text: str, loads: bool, version: str) -> None:
    judged = judge_text(text, version=version)
    assert judged.loads is loads, judged.problems
    assert loads or any(each.severity == "error" for each in judged.problems)
