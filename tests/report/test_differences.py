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


def thing(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, **fields}


CONTAINER = {"name": "main", "image": "x:1", "livenessProbe": {"httpGet": {"port": 80}}}
POD: dict[str, Any] = {"containers": [CONTAINER], "restartPolicy": "Never"}
OBJECTS = {
    "job": thing("batch/v1", "Job", spec={"template": {"spec": POD}}),
    "cron": thing("batch/v1", "CronJob", spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": POD}}}}),
    "service": thing("v1", "Service", spec={"ports": [{"port": 80}]}),
    "balanced": thing("v1", "Service", spec={"type": "LoadBalancer", "ports": [{"port": 80}]}),
    "volume claim": thing(
        "v1", "PersistentVolumeClaim",
        spec={"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}},
    ),
    "volume": thing(
        "v1", "PersistentVolume",
        spec={"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "csi": {"driver": "a.b", "volumeHandle": "h"}},
    ),
    "class": thing("storage.k8s.io/v1", "StorageClass", provisioner="a.b"),
    "priority": thing("scheduling.k8s.io/v1", "PriorityClass", value=5),
    "policy": thing("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "egress": [{"ports": [{"port": 80}]}]}),
    "scaler": thing(
        "autoscaling/v2", "HorizontalPodAutoscaler",
        spec={"maxReplicas": 2, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}, "behavior": {"scaleUp": {}}},
    ),
    "set": thing(
        "apps/v1", "StatefulSet",
        spec={
            "selector": {"matchLabels": {"app": "a"}}, "template": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [CONTAINER]}},
            "volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"]}}],
        },
    ),
    "config": thing("v1", "ConfigMap", data={"a": "b"}, immutable=True),
    "domain": thing("resource.nvidia.com/v1beta1", "ComputeDomain", spec={"channel": {"resourceClaimTemplate": {"name": "c"}}}),
    "group": thing("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", spec={"replicas": 1, "leaderWorkerTemplate": {"size": 2, "workerTemplate": {}}}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "path", "value", "verdict"),
    [
        ("job", "spec.parallelism", 2, "in place"),
        ("job", "spec.parallelism", 1, "same"),
        ("job", "spec.completions", 2, "replace"),
        ("job", "spec.backoffLimit", 6, "same"),
        ("job", "spec.podReplacementPolicy", "TerminatingOrFailed", "same"),
        ("job", "spec.ttlSecondsAfterFinished", 60, "in place"),
        ("job", "spec.template.spec.nodeSelector", {"a": "b"}, "replace"),
        ("cron", "spec.jobTemplate.spec.backoffLimit", 6, "in place"),
        ("cron", "spec.concurrencyPolicy", "Allow", "same"),
        ("cron", "spec.concurrencyPolicy", "", "same"),
        ("service", "spec.ipFamilyPolicy", "SingleStack", "same"),
        ("service", "spec.sessionAffinity", "ClientIP", "in place"),
        ("balanced", "spec.allocateLoadBalancerNodePorts", True, "same"),
        ("balanced", "spec.loadBalancerClass", "a.b/c", "replace"),
        ("volume claim", "spec.volumeMode", "Filesystem", "same"),
        ("volume claim", "spec.storageClassName", None, "replace"),
        ("volume", "spec.csi.volumeHandle", "i", "replace"),
        ("volume", "spec.persistentVolumeReclaimPolicy", "Retain", "same"),
        ("volume", "spec.persistentVolumeReclaimPolicy", "Delete", "in place"),
        ("volume", "spec.nodeAffinity", {"required": {"nodeSelectorTerms": [{}]}}, "in place"),
        ("class", "reclaimPolicy", "Delete", "same"),
        ("class", "volumeBindingMode", "WaitForFirstConsumer", "replace"),
        ("class", "allowVolumeExpansion", True, "in place"),
        ("priority", "value", 6, "replace"),
        ("priority", "preemptionPolicy", "PreemptLowerPriority", "same"),
        ("priority", "description", "", "same"),
        ("policy", "spec.policyTypes", ["Ingress", "Egress"], "same"),
        ("policy", "spec.policyTypes", ["Egress"], "in place"),
        ("scaler", "spec.behavior.scaleDown", {"policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}, "same"),
        ("scaler", "spec.behavior.scaleUp.stabilizationWindowSeconds", 5, "in place"),
        ("set", "spec.revisionHistoryLimit", 3, "in place"),
        ("set", "spec.podManagementPolicy", "Parallel", "replace"),
        ("config", "data.a", "c", "replace"),
        ("domain", "spec.numNodes", 2, "replace"),
        ("group", "spec.groupIdentity", "Ordinal", "same"),
        ("group", "spec.groupIdentity", "Hash", "replace"),
    ],
)
def test_each_kind_takes_a_change_in_its_way(name: str, path: str, value: Any, verdict: str) -> None:
    assert compare(OBJECTS[name], changed(OBJECTS[name], path, value)).verdict == verdict


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, float("inf"), "", "a", [], [None], ["a"], [[]], {}, {"": ""}, {"name": []}, [{"name": {}}], {"type": ["a"]}]
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_object_ends_in_a_traceback(data: st.DataObject) -> None:
    sound = {**OBJECTS, "deployment": deployment(), "secret": thing("v1", "Secret", stringData={"a": "b"}, data={})}
    good = sound[data.draw(st.sampled_from(sorted(sound)))]
    wrong = copy.deepcopy(good)
    for _ in range(data.draw(st.integers(1, 3))):
        holder: Any = wrong
        while True:
            steps: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            step = data.draw(st.sampled_from(steps))
            inner = holder[step]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
                break
            holder = inner
        holder[step] = copy.deepcopy(data.draw(JUNK))
    assert compare(good, wrong).verdict
    assert compare(wrong, good).verdict


def test_what_a_cluster_adds_to_an_object_is_no_change() -> None:
    live = changed(OBJECTS["set"], "metadata.uid", "u")
    written = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}}
    live["spec"]["volumeClaimTemplates"] = [{**written, **live["spec"]["volumeClaimTemplates"][0]}]
    live["spec"]["template"]["metadata"]["annotations"] = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    assert compare(live, OBJECTS["set"]).verdict == "same"
    claim = changed(OBJECTS["volume claim"], "metadata.uid", "u")
    claim["metadata"] |= {"finalizers": ["kubernetes.io/pvc-protection"], "annotations": {"pv.kubernetes.io/bind-completed": "yes"}}
    bare = changed(OBJECTS["volume claim"], "spec.storageClassName", None)
    assert compare(claim, OBJECTS["volume claim"]).verdict == compare(claim, bare).verdict == "same"
    job = changed(OBJECTS["job"], "metadata.uid", "u")
    job["spec"]["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}}
    job["spec"]["template"] |= {"metadata": {"labels": {"batch.kubernetes.io/controller-uid": "u", "job-name": "a"}}}
    assert compare(job, OBJECTS["job"]).verdict == "same"


def test_a_job_that_waits_takes_other_resources() -> None:
    job = changed(OBJECTS["job"], "spec.suspend", True)
    more = changed(job, "spec.template.spec", {**POD, "containers": [{**CONTAINER, "resources": {"limits": {"cpu": "1"}}}]})
    assert compare(job, more).verdict == "in place"
    assert compare(OBJECTS["job"], changed(more, "spec.suspend", False)).verdict == "replace"


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
