import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.errors import Problem
from constructs_dra.kubernetes.objects import check_pod, check_semantics
from constructs_dra.rules import is_stricter


def deployment(pod: dict[str, Any] | None = None, **container: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a"},
        "spec": {
            "selector": {"matchLabels": {"app": "a"}},
            "template": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "main", "image": "x"} | container]} | (pod or {})},
        },
    }


def thing(kind: str, spec: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}} | ({"spec": spec} if spec is not None else {}) | fields


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("name", "Main", "name"),
        ("image", "", "image"),
        ("imagePullPolicy", "always", "imagePullPolicy"),
        ("ports", [{"containerPort": 0}], "ports[0].containerPort"),
        ("ports", [{"containerPort": 80, "name": "a-name-that-is-too-long"}], "ports[0].name"),
        ("ports", [{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}], "ports[1].name"),
        ("ports", [{"containerPort": 80, "protocol": "tcp"}], "ports[0].protocol"),
        ("env", [{"name": "A=B"}], "env[0].name"),
        ("env", [{"name": "A", "value": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}], "env[0].valueFrom"),
        ("env", [{"name": "A", "valueFrom": {}}], "env[0].valueFrom"),
        ("env", [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.nam"}}}], "env[0].valueFrom.fieldRef.fieldPath"),
        ("env", [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "a b"}}}], "env[0].valueFrom.secretKeyRef.key"),
        ("envFrom", [{"configMapRef": {"name": "a"}, "secretRef": {"name": "b"}}], "envFrom[0]"),
        ("volumeMounts", [{"name": "data", "mountPath": "/a"}], "volumeMounts[0].name"),
        ("resources", {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}, "resources.requests"),
        ("resources", {"limits": {"cpuu": "1"}}, "resources.limits.cpuu"),
        ("resources", {"limits": {"nvidia.com/gpu": "1500m"}}, "resources.limits['nvidia.com/gpu']"),
        ("resources", {"requests": {"nvidia.com/gpu": "1"}}, "resources.limits"),
        ("resources", {"limits": {"nvidia.com/gpu": 2}, "requests": {"nvidia.com/gpu": "1"}}, "resources.requests"),
        ("resources", {"limits": {"cpu": "-1"}}, "resources.limits.cpu"),
        ("resources", {"claims": [{"name": "gpu"}]}, "resources.claims[0]"),
        ("livenessProbe", {}, "livenessProbe"),
        ("livenessProbe", {"httpGet": {"port": 80}, "tcpSocket": {"port": 80}}, "livenessProbe"),
        ("livenessProbe", {"tcpSocket": {"port": 80}, "successThreshold": 2}, "livenessProbe.successThreshold"),
        ("readinessProbe", {"httpGet": {"port": 70000}}, "readinessProbe.httpGet.port"),
        ("readinessProbe", {"exec": {}}, "readinessProbe.exec.command"),
        ("lifecycle", {"preStop": {}}, "lifecycle.preStop"),
        ("securityContext", {"privileged": True, "allowPrivilegeEscalation": False}, "securityContext.allowPrivilegeEscalation"),
    ],
)
def test_a_wrong_container_is_reported_with_its_place(field: str, value: Any, path: str) -> None:
    problem = only(check_semantics(deployment(**{field: value})))
    assert problem.path == f"spec.template.spec.containers[0].{path}"
    assert problem.severity == "error"
    assert not is_stricter(problem.rule)


@pytest.mark.parametrize(
    ("pod", "path"),
    [
        ({"volumes": [{"name": "a", "emptyDir": {}, "configMap": {"name": "b"}}]}, "volumes[0]"),
        ({"volumes": [{"name": "a", "emptyDir": {}}, {"name": "a", "emptyDir": {}}]}, "volumes[1].name"),
        ({"volumes": [{"name": "a", "secret": {}}]}, "volumes[0].secret.secretName"),
        ({"volumes": [{"name": "A", "emptyDir": {}}]}, "volumes[0].name"),
        ({"volumes": [{"name": "a", "secret": {"secretName": "b", "defaultMode": 777}}]}, "volumes[0].secret.defaultMode"),
        ({"restartPolicy": "Never"}, "restartPolicy"),
        ({"restartPolicy": "always"}, "restartPolicy"),
        ({"nodeSelector": {"a": "b c"}}, "nodeSelector.a"),
        ({"tolerations": [{"operator": "Exists", "key": "a", "value": "b"}]}, "tolerations[0].operator"),
        ({"tolerations": [{"value": "b"}]}, "tolerations[0].operator"),
        ({"tolerations": [{"key": "a", "effect": "NoRun"}]}, "tolerations[0].effect"),
        ({"serviceAccountName": "A"}, "serviceAccountName"),
        ({"terminationGracePeriodSeconds": -1}, "terminationGracePeriodSeconds"),
        (
            {"topologySpreadConstraints": [{"maxSkew": 0, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule"}]},
            "topologySpreadConstraints[0].maxSkew",
        ),
    ],
)
def test_a_wrong_pod_is_reported_with_its_place(pod: dict[str, Any], path: str) -> None:
    problems = check_semantics(deployment(pod))
    assert {problem.path for problem in problems if not is_stricter(problem.rule)} == {f"spec.template.spec.{path}"}


@pytest.mark.parametrize(
    ("claims", "path"),
    [
        ([{"name": "gpu", "resourceClaimName": "a", "resourceClaimTemplateName": "b"}], "resourceClaims[0]"),
        ([{"name": "gpu"}], "resourceClaims[0]"),
        ([{"name": "gpu", "resourceClaimName": "a"}, {"name": "gpu", "resourceClaimName": "b"}], "resourceClaims[1].name"),
        ([{"name": "gpu", "resourceClaimName": "A"}], "resourceClaims[0].resourceClaimName"),
    ],
)
def test_claims_of_a_pod(claims: list[dict[str, Any]], path: str) -> None:
    assert only(check_semantics(deployment({"resourceClaims": claims}, resources={"claims": [{"name": "gpu"}]}))).path == f"spec.template.spec.{path}"


@pytest.mark.parametrize(
    ("taken", "good"),
    [
        ([{"name": "gpu"}], True),
        ([{"name": "gpu", "request": "a"}, {"name": "gpu", "request": "b"}], True),
        ([{"name": "gpu", "request": "a"}, {"name": "gpu"}], False),
        ([{"name": "gpu"}, {"name": "gpu", "request": "a"}], False),
        ([{"name": "gpu"}, {"name": "gpu"}], False),
        ([{"name": "gpus"}, {"name": "gpu"}], False),
    ],
)
def test_claims_that_a_container_takes(taken: list[dict[str, Any]], good: bool) -> None:
    problems = check_semantics(deployment({"resourceClaims": [{"name": "gpu", "resourceClaimName": "a"}]}, resources={"claims": taken}))
    assert (not problems) is good


@pytest.mark.parametrize(
    ("pod", "container", "rule"),
    [
        ({}, {"ports": [{"containerPort": 80}, {"containerPort": 80}]}, "strict-port-duplicate"),
        ({}, {"livenessProbe": {"httpGet": {"port": "http"}}}, "strict-port-reference"),
        ({}, {"env": [{"name": "A"}, {"name": "A"}]}, "strict-env-duplicate"),
        ({}, {"securityContext": {"runAsNonRoot": True, "runAsUser": 0}}, "strict-run-as-root"),
        ({"volumes": [{"name": "a"}]}, {}, "strict-volume-source"),
        ({"volumes": [{"name": "a", "image": {}}]}, {}, "strict-image"),
        ({"volumes": [{"name": "a", "persistentVolumeClaim": {"claimName": "A"}}]}, {}, "strict-name"),
        ({}, {"image": " x"}, "strict-image"),
        ({}, {"ports": [{"containerPort": 80, "hostPort": 80, "hostIP": "x"}]}, "strict-address"),
        ({"resourceClaims": [{"name": "gpu", "resourceClaimName": "a"}]}, {}, "strict-claim-unused"),
    ],
)
def test_what_only_we_refuse_says_so_in_its_rule(pod: dict[str, Any], container: dict[str, Any], rule: str) -> None:
    problem = only(check_semantics(deployment(pod, **container)))
    assert problem.rule == rule
    assert is_stricter(rule)


def test_a_selector_that_misses_its_own_template_is_refused() -> None:
    manifest = deployment()
    manifest["spec"]["template"]["metadata"]["labels"] = {"app": "b"}
    problem = only(check_semantics(manifest))
    assert problem.path == "spec.template.metadata.labels"
    assert "app: a" in problem.hint


def test_claim_templates_of_a_stateful_set_are_volumes() -> None:
    manifest = deployment(volumeMounts=[{"name": "data", "mountPath": "/d"}]) | {"kind": "StatefulSet"}
    manifest["spec"]["volumeClaimTemplates"] = [
        {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    ]
    assert check_semantics(manifest) == []


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        (thing("Service", {"ports": [{"port": 80, "name": "a"}, {"port": 81}]}), "spec.ports[1].name"),
        (thing("Service", {"ports": [{"port": 80, "targetPort": "a_b"}]}), "spec.ports[0].targetPort"),
        (thing("Service", {}), "spec.ports"),
        (thing("Service", {"type": "Clusterip", "ports": [{"port": 80}]}), "spec.type"),
        (thing("ConfigMap", data={"a b": ""}), "data['a b']"),
        (thing("Secret", type="kubernetes.io/tls", data={"tls.crt": ""}), "data['tls.key']"),
        (thing("Job", {"template": {"spec": {"containers": [{"name": "a", "image": "b"}]}}}), "spec.template.spec.restartPolicy"),
        (thing("PersistentVolumeClaim", {"accessModes": ["ReadWriteOnly"], "resources": {"requests": {"storage": "1"}}}), "spec.accessModes[0]"),
        (thing("PersistentVolumeClaim", {"accessModes": ["ReadWriteOnce"]}), "spec.resources.requests.storage"),
        (thing("HorizontalPodAutoscaler", {"maxReplicas": 1, "minReplicas": 2}), "spec.maxReplicas"),
        (thing("Role", rules=[{"verbs": ["get"], "resources": ["pods"]}]), "rules[0].apiGroups"),
        (thing("RoleBinding", roleRef={"kind": "Rol", "name": "a"}), "roleRef.kind"),
        (thing("Namespace") | {"metadata": {"name": "a.b"}}, "metadata.name"),
        (thing("Service", {"clusterIP": "None"}) | {"metadata": {"name": "A"}}, "metadata.name"),
        (thing("ConfigMap") | {"metadata": {}}, "metadata.name"),
        (thing("ConfigMap") | {"metadata": {"name": "a", "labels": {"a b": "c"}}}, "metadata.labels['a b']"),
        (thing("ConfigMap") | {"metadata": {"name": "a", "annotations": {"a/b/c": "c"}}}, "metadata.annotations['a/b/c']"),
        (thing("ClusterRole") | {"metadata": {"name": "system:a", "namespace": "b"}}, "metadata.namespace"),
        (thing("CronJob", {"schedule": "0 3 * *", "jobTemplate": {}}), "spec.schedule"),
    ],
)
def test_other_kinds(manifest: dict[str, Any], path: str) -> None:
    assert [problem.path for problem in check_semantics(manifest)] == [path]


@pytest.mark.parametrize(
    ("strategy", "path"),
    [
        ({"type": "Recreate", "rollingUpdate": {}}, "spec.strategy.rollingUpdate"),
        ({"rollingUpdate": {"maxSurge": "25"}}, "spec.strategy.rollingUpdate.maxSurge"),
        ({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}}, "spec.strategy.rollingUpdate.maxUnavailable"),
    ],
)
def test_strategies(strategy: dict[str, Any], path: str) -> None:
    manifest = deployment()
    manifest["spec"]["strategy"] = strategy
    assert only(check_semantics(manifest)).path == path


def test_a_pod_spec_is_checked_by_itself() -> None:
    assert only(check_pod({"containers": []}, path="pod")).path == "pod.containers"


def test_what_helm_renders_for_the_chart_is_sound_but_for_known_mistakes(shared: Path) -> None:
    wrong = []
    for file in sorted(shared.glob("parity/*/expected.yaml")):
        for manifest in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader):
            wrong += [problem for problem in check_semantics(manifest or {}) if problem.severity == "error"]
    # one published values file has a port name that no cluster takes
    assert {problem.message for problem in wrong} <= {"'tpu-pd-coordination' is 19 bytes long; at most 15 are allowed"}


def _values(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return [(value, key) for key in value] + [pair for inner in value.values() for pair in _values(inner)]
    if isinstance(value, list):
        return [(value, index) for index in range(len(value))] + [pair for inner in value for pair in _values(inner)]
    return []


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 10**30, 1.5, "", "a/b", "é", "x" * 300, [], {}, [[]], {"": None}, {"a": [{}]}, [1, "a", {}]]
)
FULL = [
    deployment(
        {
            "volumes": [{"name": "a", "secret": {"secretName": "b", "items": [{"key": "a", "path": "b"}]}}],
            "resourceClaims": [{"name": "gpu", "resourceClaimName": "a"}],
            "tolerations": [{"key": "a", "operator": "Exists"}],
            "affinity": {
                "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a"}]}]}},
                "podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": {"topologyKey": "a"}}]},
            },
            "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}],
        },
        ports=[{"name": "http", "containerPort": 80, "hostPort": 1}],
        env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a']"}}}],
        envFrom=[{"configMapRef": {"name": "a"}}],
        resources={"limits": {"cpu": "1", "a.b/c": 1}, "requests": {"cpu": "1"}, "claims": [{"name": "gpu", "request": "a"}]},
        livenessProbe={"httpGet": {"port": "http"}},
        lifecycle={"preStop": {"exec": {"command": ["a"]}}},
        volumeMounts=[{"name": "a", "mountPath": "/a", "subPath": "b"}],
        securityContext={"capabilities": {"add": ["A"]}, "seccompProfile": {"type": "Localhost"}},
    ),
    thing("Service", {"ports": [{"name": "a", "port": 80, "targetPort": "http"}], "selector": {"a": "b"}}),
    thing("Ingress", {"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"port": {"number": 1}}}}]}}]}),
    thing("HorizontalPodAutoscaler", {"maxReplicas": 1, "minReplicas": 1, "metrics": [{"type": "Pods", "pods": {}}], "scaleTargetRef": {}}),
    thing("PodMonitor", {"selector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}}),
    thing("RoleBinding", roleRef={"kind": "Role"}, subjects=[{"kind": "ServiceAccount"}]),
    thing("Role", rules=[{"verbs": ["get"]}]),
    thing("PersistentVolumeClaim", {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": 1}}}),
    thing("NetworkPolicy", {"policyTypes": ["Ingress"], "podSelector": {}}),
    thing("CronJob", {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": {}}}}}),
]


@given(st.sampled_from(FULL), st.lists(st.tuples(st.integers(0, 300), JUNK), min_size=1, max_size=3))
def test_no_shape_of_an_object_crashes_the_rules(manifest: dict[str, Any], changes: list[tuple[int, Any]]) -> None:
    broken = copy.deepcopy(manifest)
    for number, junk in changes:
        places = _values(broken)
        if places:
            owner, key = places[number % len(places)]
            owner[key] = copy.deepcopy(junk)
    for problem in check_semantics(broken):
        assert problem.message


@pytest.mark.parametrize(
    ("resources", "path"),
    [
        ({"claims": [{"name": "gpu"}]}, "claims"),
        ({"limits": {"intel.com/gpu": 1}}, "limits['intel.com/gpu']"),
        ({"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}, "requests"),
        ({"requests": {"cpu": "100m"}}, "requests.cpu"),
    ],
)
def test_resources_of_a_pod_as_a_whole(resources: dict[str, Any], path: str) -> None:
    pod = thing("Pod", {"containers": [{"name": "main", "image": "x", "resources": {"requests": {"cpu": "500m"}}}], "resources": resources})
    assert only(check_semantics(pod)).path == f"spec.resources.{path}"
    pod["spec"]["resources"] = {"limits": {"cpu": "2", "hugepages-2Mi": "4Mi"}, "requests": {"cpu": "1"}}
    assert check_semantics(pod) == []


def test_containers_for_debugging_are_only_in_pods_that_run() -> None:
    pod = thing("Pod", {"containers": [{"name": "main", "image": "x"}], "ephemeralContainers": [{"name": "debug", "image": "x"}]})
    assert only(check_semantics(pod)).path == "spec.ephemeralContainers"
    assert only(check_semantics(deployment({"ephemeralContainers": [{"name": "debug"}]}))).path == "spec.template.spec.ephemeralContainers"
    pod["metadata"]["uid"] = "1"
    assert check_semantics(pod) == []
