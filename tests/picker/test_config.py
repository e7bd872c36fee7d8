"""Configurations of the endpoint picker as records, and in the spelling of every API version."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_dra import EndpointPicker, EndpointPickerConfig, FlowControl, Plugin, PriorityBand, SpecError
from constructs_dra.manifest import to_yaml
from constructs_dra.picker import plugins
from constructs_dra.picker.catalogue import picker
from constructs_dra.picker.conversion import converted
from constructs_dra.picker.judging import judge_text
from constructs_dra.picker.versions import versions

SHARED = Path(__file__).resolve().parents[3] / "shared"
CONFIG = EndpointPickerConfig(
    profiles={"default": [plugins.QueueScorer(weight=2), plugins.PrefixCacheScorer(weight=3, match_length_weight=0.5), plugins.MaxScorePicker()]},
    flow_control=FlowControl(bands=[PriorityBand(priority=1, fairness=plugins.RoundRobinFairnessPolicy())]),
    parsers=[plugins.OpenaiParser()],
)


def test_a_plugin_is_said_once_and_lists_and_references_follow() -> None:
    made = CONFIG.manifest("v0.10")
    assert [each["type"] for each in made["plugins"]] == [
        "queue-scorer", "prefix-cache-scorer", "max-score-picker", "round-robin-fairness-policy", "openai-parser",
    ]  # fmt: skip
    assert made["plugins"][1]["parameters"] == {"matchLengthWeight": 0.5}
    assert made["schedulingProfiles"][0]["plugins"][0] == {"pluginRef": "queue-scorer", "weight": 2}
    assert made["flowControl"]["priorityBands"] == [{"priority": 1, "fairnessPolicyRef": "round-robin-fairness-policy"}]
    assert made["featureGates"] == ["flowControl"]
    assert made["apiVersion"] == "llm-d.ai/v1alpha1"
    assert CONFIG.manifest("newer")["apiVersion"] == "llm-d.ai/v1"


def test_what_the_loader_of_a_version_refuses_is_refused_with_its_place() -> None:
    config = EndpointPickerConfig(profiles={"default": [plugins.P2pSourceProducer(), Plugin("queue-scorrer")]})
    with pytest.raises(SpecError) as caught:
        config.manifest("v0.9")
    assert {problem.path for problem in caught.value.problems} == {"plugins[0].type", "plugins[1].type"}


def test_one_name_stands_for_one_plugin() -> None:
    with pytest.raises(SpecError, match="two plugins are named 'max-score-picker'"):
        EndpointPickerConfig(profiles={"a": [plugins.MaxScorePicker()], "b": [plugins.MaxScorePicker(max_num_of_endpoints=2)]})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: plugins.MaxScorePicker(max_num_of_endpoints="2"), "must be a whole number"),  # type: ignore[arg-type]
        (lambda: EndpointPickerConfig(profiles={"a": [{"type": "queue-scorer"}]}), "must be a plugin"),  # type: ignore[list-item]
        (lambda: EndpointPicker(config=EndpointPickerConfig(plugins=["a"])), "must be a plugin"),  # type: ignore[list-item]
        (lambda: PriorityBand(max_bytes="1GB"), "quantity"),
    ],
)
def test_wrong_values_are_named(wrong: Any, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        wrong()


def test_every_type_of_every_version_has_a_record_with_all_its_parameters() -> None:
    records = {record.TYPE: record for record in (getattr(plugins, name) for name in dir(plugins)) if getattr(record, "TYPE", "")}
    for version in versions():
        for kind in picker(version).types():
            known = {item.metadata.get("parameter") for item in records[kind.name].__attrs_attrs__}
            assert kind.fields.keys() <= known, kind.name


OLD = {
    "apiVersion": "inference.networking.x-k8s.io/v1alpha1",
    "kind": "EndpointPickerConfig",
    "plugins": [{"type": "concurrency-detector"}, {"type": "openai-parser"}],
    "saturationDetector": {"pluginRef": "concurrency-detector"},
    "parser": {"pluginRef": "openai-parser"},
}


def test_what_moved_moves_both_ways() -> None:
    new = converted(OLD, "v0.10")
    assert new["flowControl"] == {"saturationDetector": {"pluginRef": "concurrency-detector"}}
    assert new["requestHandler"] == {"parsers": [{"pluginRef": "openai-parser"}]}
    assert converted(new, "v0.8") == OLD


def test_what_has_no_place_in_a_version_is_refused() -> None:
    with pytest.raises(SpecError, match=r"enableEviction: has no place in a configuration of the endpoint picker v0.9"):
        converted({"flowControl": {"enableEviction": True}}, "v0.9")
    with pytest.raises(SpecError, match=r"is not an API version of the endpoint picker v0.10"):
        converted(OLD, "v0.10", api_version="llm-d.ai/v1")


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no recorded configurations at {SHARED}")
def test_the_same_configuration_in_both_api_versions_is_converted_both_ways() -> None:
    folder = SHARED / "guides" / "newest" / "router-config"
    old, new = (yaml.safe_load((folder / f"equivalent-{name}.yaml").read_text()) for name in ("v1alpha1", "v1"))
    assert converted(old, "newer") == new
    assert converted(new, "newer", api_version="llm-d.ai/v1alpha1") == old


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no recorded configurations at {SHARED}")
def test_configurations_of_the_guides_come_back_as_they_were() -> None:
    files = sorted((SHARED / "facts" / "router" / "cases").glob("*/values.yaml"))
    texts = {text for file in files for text in (yaml.safe_load(file.read_text())["router"].get("epp", {}).get("pluginsCustomConfig") or {}).values()}
    assert len(texts) > 10
    for text in texts:
        config = yaml.safe_load(text)
        assert EndpointPickerConfig.read(config, "main").spelt("main") == config


ROUTER = SHARED / "facts" / "router"
FLAG = ["--allow-experimental-plugins"]


def samples() -> list[dict[str, Any]]:
    """Every recorded configuration, of the mistakes and of the charts' ConfigMaps."""
    texts = [case["config"] for case in yaml.safe_load((ROUTER / "mistakes.yaml").read_text()) if isinstance(case.get("config"), str)]
    for file in sorted(ROUTER.glob("cases/*/expected.yaml")):
        held = [one for one in yaml.load_all(file.read_text(), yaml.CSafeLoader) if one and one["kind"] == "ConfigMap"]
        texts += [text for one in held for text in one["data"].values() if "EndpointPickerConfig" in text]
    made = []
    for text in dict.fromkeys(texts):
        with suppress(yaml.YAMLError):
            made.append(yaml.load(text, yaml.CSafeLoader))
    return [each for each in made if isinstance(each, dict)]


@pytest.mark.skipif(not ROUTER.is_dir(), reason=f"no recorded configurations at {ROUTER}")
def test_recorded_configurations_go_to_every_version_and_back() -> None:
    gone = 0
    for config in samples():
        for of in ("v0.9", "v0.10", "main"):
            if not judge_text(to_yaml(config), version=of, flags=FLAG).loads:
                continue
            for to in ("v0.9", "v0.10", "main"):
                made = converted(config, to)
                judged = judge_text(to_yaml(made), version=to, flags=FLAG)
                # what one version does not have is said, and nothing else stands in the way
                assert judged.loads or judged.problems
                if not judged.loads:
                    continue
                back = converted(made, of, api_version=config.get("apiVersion"))
                assert judge_text(to_yaml(back), version=of, flags=FLAG).loads, (of, to, config)
                assert converted(back, to) == made, (of, to, config)
                gone += 1
    assert gone > 400
