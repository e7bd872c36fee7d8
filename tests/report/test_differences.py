"""What becomes of a cluster when manifests are applied over others."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import diff as recorded
from constructs_dra.cli import main
from constructs_dra.kubernetes.defaults import stored
from constructs_dra.manifest import to_yaml
from constructs_dra.report.differences import compare, differences
from tests.placement.builders import claim, deployment, pod_spec, request, template


def changed(manifest: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    twin = copy.deepcopy(manifest)
    *way, last = path.split(".")
    holder = twin
    for step in way:
        holder = holder.setdefault(step, {})
    holder[last] = value
    return twin


def test_recorded_changes_have_the_consequences_they_had(shared: Path) -> None:
    for score in recorded.scores(shared):
        assert score.short == []


@pytest.mark.parametrize(
    ("path", "value", "verdict"),
    [
        ("spec.selector.matchLabels", {"app": "b"}, "replace"),
        ("spec.template.spec.terminationGracePeriodSeconds", 30, "same"),
        ("spec.template.spec.hostname", "", "same"),
        ("spec.strategy", {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}, "same"),
        ("spec.template.spec.automountServiceAccountToken", True, "restart"),
        ("spec.replicas", 3, "in place"),
        ("status", {"replicas": 1}, "same"),
        ("metadata.managedFields", [{}], "same"),
    ],
)
def test_a_deployment_takes_each_change_in_its_way(path: str, value: Any, verdict: str) -> None:
    assert compare(deployment(), changed(deployment(), path, value)).verdict == verdict


def test_a_restart_names_the_role_and_the_deadlock_for_want_of_devices() -> None:
    old = deployment()
    old["spec"]["template"]["metadata"]["labels"]["llm-d.ai/role"] = "decode"
    change = compare(old, changed(old, "spec.template.spec.nodeSelector", {"a": "b"}))
    assert change.meaning[0] == "restarts the pods of role decode"
    assert "waits for ever when no device is free" in change.meaning[1]
    old["spec"]["strategy"] = {"type": "Recreate"}
    assert len(compare(old, changed(old, "spec.template.spec.nodeSelector", {"a": "b"})).meaning) == 1


def test_a_paused_deployment_restarts_nothing() -> None:
    old = changed(deployment(), "spec.paused", True)
    assert compare(old, changed(old, "spec.template.spec.nodeSelector", {"a": "b"})).verdict == "in place"


def test_a_claim_that_is_dropped_while_it_is_used_is_named_with_its_users() -> None:
    user = deployment(claims={"gpu": "resourceClaimName=shared"})
    found = {change.label: change for change in differences([claim(request(), name="shared"), user], [user])}
    dropped = found["ResourceClaim/default/shared"]
    assert dropped.verdict == "delete"
    assert "is still used by Deployment/a" in dropped.meaning[1]
    assert found["Deployment/default/a"].verdict == "same"


def test_claim_templates_are_replaced_and_new_objects_created() -> None:
    found = [change.verdict for change in differences([template(request())], [template(request(count=2)), deployment()])]
    assert found == ["replace", "create"]


def test_secret_values_are_not_shown() -> None:
    old = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"token": "hunter2"}}
    assert [str(field) for field in compare(old, changed(old, "stringData.token", "hunter3")).fields] == ["data.token: changed"]


def test_lists_of_kubectl_are_taken_apart() -> None:
    printed = {"apiVersion": "v1", "kind": "List", "items": [changed(deployment(), "metadata.uid", "u")]}
    assert [change.verdict for change in differences([printed], [deployment()])] == ["same"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)
    )
)
@settings(max_examples=100, deadline=None)
def test_what_is_stored_is_stored_as_it_is(value: Any) -> None:
    manifest = changed(deployment(), "spec.template.spec", value if isinstance(value, dict) else pod_spec())
    assert stored(stored(manifest)) == stored(manifest)
    assert compare(manifest, stored(manifest)).verdict == "same"


def write(folder: Path, *manifests: Any) -> str:
    folder.mkdir()
    (folder / "app.yaml").write_text(to_yaml(list(manifests)))
    return str(folder)


def test_the_command_says_what_happens_and_leaves_with_it(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", deployment()), write(tmp_path / "new", changed(deployment(), "spec.template.spec.nodeSelector", {"a": "b"}))
    result = CliRunner().invoke(main, ["diff", old, new])
    assert result.exit_code == 1
    assert "! Deployment/default/a: restarts its pods" in result.output
    assert "spec.template.spec.nodeSelector: nothing → {'a': 'b'}" in result.output
    same = CliRunner().invoke(main, ["diff", old, old])
    assert (same.exit_code, same.output) == (0, "nothing changes\n")
    as_json = CliRunner().invoke(main, ["diff", "--json", old, new])
    assert json.loads(as_json.stdout)["changes"][0]["verdict"] == "restart"
    assert CliRunner().invoke(main, ["diff", old]).exit_code == 2
