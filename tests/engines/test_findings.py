"""What is wrong with a container that starts an engine."""

from typing import Any

import pytest

from constructs_dra.engines.containers import engine_problems
from constructs_dra.engines.finding import Finding
from constructs_dra.engines.findings import findings
from constructs_dra.engines.images import image, said
from constructs_dra.engines.launch import launches
from constructs_dra.rules import rule


def judged(*arguments: str, image: str = "vllm/vllm-openai:v0.26.0", **fields: Any) -> list[Finding]:
    container = {"image": image, "command": ["vllm", "serve"], "args": ["m", *arguments], **fields}
    return [finding for launch in launches(container) for finding in findings(launch)]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("--tensor-paralel-size=2",), "engine-flag-unknown"),
        (("--swap-space=4",), "engine-flag-version"),
        (("--max=4",), "engine-flag-ambiguous"),
        (("--port=abc",), "engine-flag-value"),
        (("--dtype=bf16",), "engine-flag-choice"),
        (("--kv-transfer-config={",), "engine-flag-json"),
        (('--kv-transfer-config={"kv_bogus": 1}',), "engine-flag-key"),
        (("--max-num-seq=4",), "engine-flag-abbreviated"),
        (("--port=1", "--port=2"), "engine-flag-twice"),
        (("--config=file.yaml",), "engine-config-ignored"),
        (("--config", "file.json"), "engine-config-file"),
        (("stray",), "engine-argument-extra"),
        (("--help",), "engine-flag-help"),
    ],
)
def test_each_rule_finds_its_mistake_and_nothing_else(arguments: tuple[str, ...], name: str) -> None:
    found = judged(*arguments)
    assert [finding.rule for finding in found] == [name]
    assert rule(name).severity == found[0].severity
    assert judged("--port=8000", "--max-num-seqs=4") == []


def test_a_configuration_file_by_a_name_that_can_be_one_is_taken() -> None:
    about = {"image": "vllm/vllm-openai:v0.26.0", "args": ["--model", "m", "--config", "/etc/flags.yaml"]}
    assert engine_problems(about) == ()
    (found,) = engine_problems(about | {"args": ["--model", "m", "--config", "/etc/flags.json"]})
    assert "json supplied" in found.finding.message


def test_a_flag_of_other_versions_says_which_and_what_replaces_it() -> None:
    found = judged("--task=embed")
    assert "vLLM 0.26.0 has no flag --task" in found[0].message
    assert "0.12.0 and earlier" in found[0].hint
    assert "--runner and --convert" in found[0].hint
    assert found[0].index == 1


def test_a_misspelt_flag_gets_the_nearest_name() -> None:
    assert "--tensor-parallel-size" in judged("--tensor-paralel-size=2")[0].hint


def test_an_unknown_version_is_asked_of_all() -> None:
    assert [finding.rule for finding in judged("--swap-space=4", image="own/vllm:latest")] == ["engine-flag-some-versions"]
    assert [finding.rule for finding in judged("--never-there=4", image="own/vllm:latest")] == ["engine-flag-unknown"]
    assert "0.17.1 and earlier" in judged("--swap-space=4", image="own/vllm:latest")[0].hint
    assert judged("--port=8000", image="own/vllm:latest") == []


def test_the_places_of_a_script_are_kept() -> None:
    script = "set -e\nexec vllm serve m \\\n  --port 80a \\\n  --tensor-parallel-size $TP ${MORE}\n"
    container = {"image": "vllm/vllm-openai:v0.26.0", "command": ["bash", "-c"], "args": [script]}
    (launch,) = launches(container)
    found = findings(launch)
    assert [finding.rule for finding in found] == ["engine-flag-value", "engine-unread"]
    argument = launch.arguments[found[0].index]
    assert (argument.path, argument.line) == ("args[0]", 3)
    assert "${MORE}" in found[1].message


def test_an_unbalanced_quote_is_named_with_its_place() -> None:
    container = {"image": "x", "command": ["bash", "-c", "vllm serve m --served-model-name 'a"]}
    (launch,) = launches(container)
    (found,) = findings(launch)
    assert found.rule == "engine-script"
    assert "line 1, column 34" in found.message


def test_references_kubernetes_puts_in_place_are_read() -> None:
    env = [{"name": "PORT", "value": "80x"}, {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
    assert [finding.rule for finding in judged("--port=$(PORT)", "--host=$(IP)", env=env)] == ["engine-flag-value"]
    assert judged("--port=$(IP)", env=env) == []


def test_variables_are_judged_by_version() -> None:
    env = [{"name": "VLLM_USE_V1", "value": "1"}, {"name": "VLLM_LOGGING_LEVLE", "value": "DEBUG"}, {"name": "OTHER", "value": "1"}]
    found = judged(env=env)
    assert {finding.variable for finding in found} == {"VLLM_USE_V1", "VLLM_LOGGING_LEVLE"}
    assert "VLLM_LOGGING_LEVEL" in next(finding.hint for finding in found if finding.variable == "VLLM_LOGGING_LEVLE")


def test_a_variable_with_a_closed_list_takes_nothing_else() -> None:
    (found,) = judged(env=[{"name": "VLLM_WORKER_MULTIPROC_METHOD", "value": "spwan"}])
    assert (found.rule, found.variable) == ("engine-variable-value", "VLLM_WORKER_MULTIPROC_METHOD")
    assert "did you mean 'spawn'" in found.hint
    assert judged(env=[{"name": "VLLM_WORKER_MULTIPROC_METHOD", "value": "spawn"}]) == []


def test_other_engines_and_other_images_are_not_judged() -> None:
    assert judged(command=["python3", "-m", "sglang.launch_server"], args=["--bogus"]) == []
    assert list(launches({"image": "ghcr.io/llm-d/llm-d-inference-sim:latest", "args": ["--bogus"]})) == []


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("vllm/vllm-openai:v0.11.0", "0.11.0"),
        ("docker.io/vllm/vllm-openai:v0.11.0-cu129", "0.11.0"),
        ("vllm/vllm-openai:v0.18.0rc2", "0.18.0"),
        ("vllm/vllm-openai:latest", None),
        ("vllm/vllm-openai@sha256:abc", None),
        ("registry:5000/vllm/vllm-openai", None),
        ("ghcr.io/llm-d/llm-d-cuda:v0.6.0", "0.17.1"),
        ("opea/vllm-gaudi:1.22.0", "gaudi-0.9.0.1"),
        ("vllm/vllm-tpu:v0.13.2-ironwood", "0.13.0"),
        ("quay.io/ascend/vllm-ascend:v0.11.0", "0.11.0"),
        ("nginx:1.27", None),
    ],
)
def test_versions_of_images(reference: str, version: str | None) -> None:
    assert image(reference).version == version


def test_a_version_can_be_said() -> None:
    assert said("own/image:1", "v0.11.0").version == "0.11.0"
    with pytest.raises(ValueError, match="not a version of vLLM"):
        said("own/image:1", "0.11.7")


def test_a_model_by_its_flag_says_which_entry_point_is_meant() -> None:
    own = ["--model", "m", "--kv-transfer-config", "{bad"]
    names = [found.rule for found in judged(image="vllm/vllm-openai:v0.11.0", command=[], args=own)]
    assert names == ["engine-flag-json"]
