import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.errors import Problem
from constructs_dra.kubernetes.schemas import check_fragment, check_object


def deployment(**container: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a", "creationTimestamp": None},
        "spec": {
            "selector": {"matchLabels": {"app": "a"}},
            "template": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "main", "image": "x"} | container]}},
        },
    }


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_good_object_has_no_problem() -> None:
    assert check_object(deployment(resources={"limits": {"cpu": 1, "memory": "1Gi"}}, ports=[{"containerPort": 80}])) == []


def test_an_unknown_field_is_named_with_the_nearest_known_one() -> None:
    problem = only(check_object(deployment(imagePullpolicy="Always")))
    assert (problem.path, problem.rule) == ("spec.template.spec.containers[0].imagePullpolicy", "unknown-field")
    assert "'imagePullPolicy'" in problem.hint


@pytest.mark.parametrize(
    ("field", "value", "path", "words"),
    [
        ("ports", [{"containerPort": "80"}], "ports[0].containerPort", "must be a whole number, not the string '80'"),
        ("ports", {"containerPort": 80}, "ports", "must be a list, not a mapping"),
        ("env", [{"name": "A", "value": 1}], "env[0].value", "must be a string, not the number 1"),
        ("env", [{"name": "A", "value": True}], "env[0].value", "must be a string, not the boolean true"),
        ("tty", "true", "tty", "must be true or false, not the string 'true'"),
        ("resources", {"limits": {"cpu": "1x"}}, "resources.limits.cpu", "'1x' is not a valid quantity"),
        ("resources", {"limits": {"nvidia.com/gpu": True}}, "resources.limits['nvidia.com/gpu']", "or '16Gi', not the boolean true"),
        ("ports", [{"containerPort": 2**40}], "ports[0].containerPort", "must be a whole number, not the number 1099511627776"),
        ("ports", [{"name": "a"}], "ports[0].containerPort", "is missing"),
        ("args", "--x", "args", "must be a list, not the string '--x'"),
        ("livenessProbe", [], "livenessProbe", "must be a mapping, not a list"),
    ],
)
def test_a_wrong_value_is_reported_in_words(field: str, value: Any, path: str, words: str) -> None:
    problem = only(check_object(deployment(**{field: value})))
    assert problem.path == f"spec.template.spec.containers[0].{path}"
    assert words in problem.message


def test_a_field_on_the_wrong_level_is_sent_to_the_right_one() -> None:
    claim = {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "spec": {"devices": {"requests": [{"name": "a", "deviceClassName": "x"}]}}}
    assert only(check_object(claim)).hint == "it belongs inside 'exactly'"
    assert "pod's securityContext" in only(check_object(deployment(securityContext={"fsGroup": 1}))).hint


@pytest.mark.parametrize(
    ("api_version", "kind", "hint"),
    [
        ("apps/v1", "Deploymant", "'Deployment'"),
        ("v1", "Deployment", "apps/v1 has this kind"),
        ("extensions/v1beta1", "Ingress", "networking.k8s.io/v1"),
        ("resource.k8s.io/v1", "DeviceTaintRule", "v1alpha3"),
        ("app/v1", "Deployment", "apps/v1"),
    ],
)
def test_a_kind_the_version_does_not_serve_is_sent_to_where_it_is(api_version: str, kind: str, hint: str) -> None:
    problem = only(check_object({"apiVersion": api_version, "kind": kind}))
    assert problem.severity == "error"
    assert hint in problem.hint


def test_a_kind_may_come_with_a_later_version() -> None:
    rule = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "a"},
        "spec": {"taint": {"key": "a", "effect": "None"}},
    }
    assert check_object(rule, version="1.37") == []
    assert check_object(rule, version="v1.36.2")


def test_an_unknown_custom_resource_is_a_warning() -> None:
    assert only(check_object({"apiVersion": "example.com/v1", "kind": "Widget"})).severity == "warning"


@pytest.mark.parametrize("value", [None, 1, "x", [], True])
def test_what_is_not_a_mapping_is_refused(value: Any) -> None:
    assert "must be a mapping" in only(check_object(value)).message


def test_an_object_without_kind_is_refused() -> None:
    assert only(check_object({"apiVersion": "v1"})).path == "kind"
    assert only(check_object({"kind": "Pod"})).path == "apiVersion"


def test_lists_are_checked_entry_by_entry() -> None:
    problem = only(check_object({"apiVersion": "v1", "kind": "List", "items": [deployment(), deployment(imag="x")]}))
    assert problem.path == "items[1].spec.template.spec.containers[0].imag"


def test_a_custom_resource_is_checked_against_its_schema() -> None:
    pool = {
        "apiVersion": "inference.networking.k8s.io/v1",
        "kind": "InferencePool",
        "metadata": {"name": "a"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}},
    }
    paths = [problem.path for problem in check_object(pool)]
    assert paths == ["spec.targetPorts"]
    pool["spec"] = {"selector": {"matchLabels": {"a": "b"}}, "targetPorts": [{"number": 70000}], "endpointPickerRef": {"name": "a", "prt": 1}}
    assert {problem.path for problem in check_object(pool)} == {"spec.endpointPickerRef.prt", "spec.targetPorts[0].number"}


def test_a_fragment_is_checked_below_its_path() -> None:
    assert only(check_fragment({"name": "a", "emptydir": {}}, "Volume", path="decode.volumes[0]")).path == "decode.volumes[0].emptydir"
    assert check_fragment({"httpGet": {"path": "/", "port": "http"}}, "Probe") == []
    assert check_fragment({"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}, "DeploymentStrategy") == []
    assert check_fragment([], "Volume")
    with pytest.raises(KeyError, match="Volume"):
        check_fragment({}, "Volum")
    with pytest.raises(ValueError, match=r"1\.34"):
        check_fragment({}, "Volume", version="1.20")


def test_every_object_that_helm_renders_for_the_chart_is_checked(shared: Path) -> None:
    wrong = []
    for file in sorted(shared.glob("parity/*/expected.yaml")):
        for manifest in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader):
            wrong += [problem for problem in check_object(manifest or {"apiVersion": "v1", "kind": "Pod"}) if manifest]
    # real charts hold one real mistake: pod fields in a container's securityContext
    assert {problem.path.rpartition(".")[2] for problem in wrong} <= {"fsGroup", "supplementalGroups"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["spec", "name", "devices", "a", "items", "template"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    json_values,
    st.sampled_from(["v1 Pod", "apps/v1 Deployment", "resource.k8s.io/v1 ResourceClaim", "leaderworkerset.x-k8s.io/v1 LeaderWorkerSet", "v1 List"]),
)
def test_any_value_is_checked_without_a_crash(spec: Any, kind: str) -> None:
    api_version, name = kind.split()
    for problem in check_object({"apiVersion": api_version, "kind": name, "spec": spec, "metadata": spec, "items": spec}):
        assert problem.message


@pytest.mark.slow
def test_checking_in_a_fresh_process_costs_at_most_40_ms_of_its_own() -> None:
    program = (
        "import time, json, sys; m = json.loads(sys.argv[1]); import constructs_dra.errors, constructs_dra.manifest; start = time.process_time()\n"
        "from constructs_dra.kubernetes.schemas import check_object; check_object(m); print(time.process_time() - start)"
    )
    times = [float(subprocess.check_output([sys.executable, "-c", program, json.dumps(deployment())])) for _ in range(5)]
    assert min(times) < 0.04


@pytest.mark.parametrize(
    ("kind", "rest", "path"),
    [("ResourceClaim", {}, "spec"), ("ResourceClaimTemplate", {}, "spec"), ("ResourceClaimTemplate", {"spec": {}}, "spec.spec")],
)
def test_a_missing_spec_that_the_api_server_takes_is_strictness_of_ours(kind: str, rest: dict[str, Any], path: str) -> None:
    problem = only(check_object({"apiVersion": "resource.k8s.io/v1", "kind": kind, "metadata": {"name": "a"}, **rest}))
    assert (problem.path, problem.rule) == (path, "strict-required")


def test_custom_resources_hold_any_whole_number_where_a_number_or_text_is_allowed() -> None:
    container = {"name": "a", "resources": {"limits": {"memory": 137438953472}}}
    group = {"leaderWorkerTemplate": {"workerTemplate": {"spec": {"containers": [container]}}}}
    assert not check_object({"apiVersion": "leaderworkerset.x-k8s.io/v1", "kind": "LeaderWorkerSet", "metadata": {"name": "a"}, "spec": group})
