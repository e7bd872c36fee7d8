"""Nothing in a values file is passed over in silence."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from constructs_dra.errors import Problem
from constructs_dra.helm.charts import CHARTS
from constructs_dra.helm.checking import check_values
from constructs_dra.helm.keys import Key, keys_of

Errors = Callable[..., dict[str, Problem]]


@pytest.mark.parametrize(
    ("addition", "place", "line", "hint"),
    [
        ("multinod: true\n", "multinod", 17, "multinode"),
        ("tolerations: []\n", "tolerations", 17, "under decode"),
        ("replicas: 2\n", "replicas", 17, "under decode"),
        ("accelerator:\n  tpye: amd\n", "accelerator.tpye", 18, "type"),
        ("dra:\n  enabled: true\n", "dra", 17, "accelerator"),
        ("accelerator: {resources: {nvidiaa: x/y}}\n", "accelerator.resources.nvidiaa", 17, "nvidia"),
        ("encode:\n  create: true\n", "encode", 17, "leave it out"),
    ],
)
def test_a_key_nobody_reads_is_an_error_with_line_and_hint(errors: Errors, plain: str, *, addition: str, place: str, line: int, hint: str) -> None:
    problem = errors(plain + addition, chart="0.4")[place]
    assert problem.line == line
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("line", "place", "hint"),
    [
        ("replcias: 3", "decode.replcias", "did you mean 'replicas'?"),
        ("affinity: {}", "decode.affinity", "extraConfig"),
        ("securityContext: {fsGroup: 107}", "decode.securityContext", "podSecurityContext"),
        ("runtimeClassName: nvidia", "decode.runtimeClassName", "extraConfig"),
        ("dnsPolicy: Default", "decode.dnsPolicy", "it is a field of a Kubernetes PodSpec: write it under extraConfig"),
        ("subGroupExclusiveToplogy: true", "decode.subGroupExclusiveToplogy", "subGroupExclusiveTopology"),
        ("hostIPC: true", "decode.hostIPC", "extraConfig"),
        ("autoscaling: {enabled: true}", "decode.autoscaling.enabled", "replicas-left-to-autoscaler"),
        ("parallelism: {workers: 2}", "decode.parallelism.workers", "multinode: true"),
        ("acceleratorTypes: {labelValues: [a]}", "decode.acceleratorTypes.labelValues", "labelKey"),
        ("parallelism: {pipeline: 2}", "decode.parallelism.pipeline", "leave it out"),
    ],
)
def test_a_roles_unread_key_is_an_error_that_leniency_turns_into_a_warning(
    errors: Errors, rendered: Callable[..., Any], plain: str, *, line: str, place: str, hint: str
) -> None:
    values = plain.replace("decode:\n", f"decode:\n  {line}\n")
    assert hint in errors(values)[place].hint
    imported = rendered(values, lenient=True)
    assert [problem.severity for problem in imported.problems if problem.path == place] == ["warning"]
    assert imported.manifests == rendered(plain).manifests


@pytest.mark.parametrize(
    ("line", "place", "hint"),
    [
        ("lifecycle: {}", "decode.containers[0].lifecycle", "extraConfig"),
        ("device: cpu", "decode.containers[0].device", "accelerator.type"),
        ("argz: [a]", "decode.containers[0].argz", "args"),
        ("envFrom: []", "decode.containers[0].envFrom", "Container"),
        ("resources: {claims: [{name: x}]}", "decode.containers[0].resources.claims", "resourceClaims"),
        ("command: [x]", "decode.containers[0].command", "custom"),
        ("securityContext: {fsGroup: 107}", "decode.containers[0].securityContext.fsGroup", "pod's securityContext"),
        ("livenessProbe: {httpGet: {port: 1, pth: /}}", "decode.containers[0].livenessProbe.httpGet.pth", "path"),
        ("extraConfig: {env: []}", "decode.containers[0].extraConfig.env", "env of the container"),
    ],
)
def test_a_containers_unread_key_is_an_error(errors: Errors, plain: str, line: str, place: str, hint: str) -> None:
    problem = errors(plain.replace("    modelCommand", f"    {line}\n    modelCommand"))[place]
    assert problem.line == 11
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("replicas: three", "decode.replicas", "must be a whole number"),
        ("replicas: '3'", "decode.replicas", "not the string '3'"),
        ("create: 'yes'", "decode.create", "must be true or false"),
        ("volumes: {}", "decode.volumes", "must be a list"),
        ("nodeSelector: {gpu: true}", "decode.nodeSelector.gpu", "must be a string, not true"),
        ("monitoring: {podmonitor: {enabled: true, interval: 30}}", "decode.monitoring.podmonitor.interval", "must be a string, not 30"),
        ("tolerations: [{operator: Exists, effect: 1}]", "decode.tolerations[0].effect", "the number 1"),
        ("annotations: [a]", "decode.annotations", "must be a mapping"),
    ],
)
def test_a_wrong_type_is_an_error_with_or_without_leniency(errors: Errors, plain: str, line: str, place: str, words: str) -> None:
    values = plain.replace("decode:\n", f"decode:\n  {line}\n")
    assert words in errors(values)[place].message
    if "'3'" not in line:  # a number in quotes does no harm
        assert place in errors(values, lenient=True)


def test_harmless_leftovers_are_warnings_in_both_modes(rendered: Callable[..., Any], plain: str) -> None:
    values = plain.replace("routing:\n", "routing:\n  modelName: a\n  parentRefs: []\n  inferencePool: {}\n  httpRoute: {}\n  epp: {}\n")
    for lenient in (False, True):
        imported = rendered(values, lenient=lenient)
        assert not imported.refused
        assert sum(problem.rule == "leftover" for problem in imported.problems) == 5


@pytest.mark.parametrize(
    ("accelerator", "place"),
    [("{type: intel-xee}", "accelerator.type"), ("{type: intel}", "accelerator.type"), ("{type: spyre}", "accelerator.type")],
)
def test_an_unknown_accelerator_is_an_error_in_both_modes(errors: Errors, plain: str, accelerator: str, place: str) -> None:
    for lenient in (False, True):
        assert "nvidia.com/gpu instead" in errors(f"{plain}accelerator: {accelerator}\n", lenient=lenient)[place].message


def test_an_accelerator_of_ones_own_is_none(rendered: Callable[..., Any], plain: str) -> None:
    imported = rendered(plain + "accelerator: {type: spyre, resources: {spyre: ibm.com/spyre}}\n")
    assert imported.manifests[-1]["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"] == {"ibm.com/spyre": "1"}


def test_a_claim_template_nobody_makes_is_an_error(errors: Errors, rendered: Callable[..., Any], plain: str) -> None:
    values = plain + "accelerator: {type: rebellions-atom, dra: true}\n"
    assert "rebellions-atom-decode-claim-template" in errors(values)["accelerator.type"].message
    pod = rendered(values, lenient=True).manifests[-1]["spec"]["template"]["spec"]
    assert pod["resourceClaims"] == [{"name": "rebellions-atom-decode-claim", "resourceClaimTemplateName": "rebellions-atom-decode-claim-template"}]


def test_first_available_is_refused_as_an_api_server_would(errors: Errors, plain: str) -> None:
    values = plain + "accelerator:\n  dra: true\n  resourceClaimTemplates:\n    nvidia:\n      match: firstAvailable\n"
    assert "a list of named alternatives" in errors(values, lenient=True)["accelerator.resourceClaimTemplates.nvidia.match"].message


def test_a_selector_is_checked_where_it_is_written(errors: Errors, plain: str) -> None:
    values = (
        plain + "accelerator:\n  dra: true\n  resourceClaimTemplates:\n    nvidia:\n      selectors:\n      - cel: {expression: 'device.driver ='}\n"
    )
    place = next(path for path in errors(values) if path.startswith("accelerator.resourceClaimTemplates.nvidia"))
    assert errors(values)[place].line in {20, 21, 22}


def test_a_template_that_cannot_be_evaluated_is_placed(errors: Errors, plain: str) -> None:
    values = plain.replace("    ports:", '    env:\n    - name: A\n      value: "{{ randAlphaNum 5 }}"\n    ports:')
    problem = errors(values)["decode.containers[0].env[0].value"]
    assert "'randAlphaNum'" in problem.message
    assert problem.line == 14


def test_a_template_where_the_chart_evaluates_none_is_a_warning(rendered: Callable[..., Any], plain: str) -> None:
    imported = rendered(plain.replace("vllm/vllm-openai:v0.11.0", '"{{ .Values.image }}"'))
    assert any(problem.rule == "literal-template" for problem in imported.problems)


def test_all_problems_are_reported_in_one_run(errors: Errors, plain: str) -> None:
    values = plain.replace("decode:\n", "decode:\n  replcias: 1\n  replicas: many\n").replace("name: vllm", "name: much-too-long-name")
    values = values.replace("    ports:", "    args: [--served-model-name=x]\n    ports:")
    assert set(errors(values + "multinod: true\naccelerator: {tpye: x}\nmultinode: false\nmultinode: false\n")) == {
        "decode.replcias",
        "decode.replicas",
        "decode.containers[0].args[0]",
        "decode.containers[0].ports[0].name",
        "multinod",
        "multinode",
        "accelerator.tpye",
    }


def test_what_follows_from_a_mistake_is_not_reported_as_another(errors: Errors, plain: str) -> None:
    assert set(errors(plain.replace("modelCommand: vllmServe", "modelCommand: vlmServe"))) == {"decode.containers[0].modelCommand"}
    assert set(errors(plain.replace("image: vllm/vllm-openai:v0.11.0", "image: 5"))) == {"decode.containers[0].image"}
    assert set(errors(plain.replace("decode:\n  containers:", "decode: 1\nx:"))) == {"decode", "x"}


def _paths(key: Key, path: str = "") -> Iterator[tuple[str, Key]]:
    for name, entry in key.entries.items():
        yield f"{path}.{name}" if path else name, entry
        yield from _paths(entry, f"{path}.{name}" if path else name)


@pytest.mark.parametrize("chart", list(CHARTS))
def test_the_charts_own_defaults_are_keys_of_the_table(chart: Any) -> None:
    assert [problem for problem in check_values(CHARTS[chart].defaults, chart) if problem.severity == "error"] == []


def test_every_ignored_key_says_why() -> None:
    for chart in CHARTS:
        for path, key in _paths(keys_of(chart)):
            assert not key.ignored or key.ignored[0].islower(), path
