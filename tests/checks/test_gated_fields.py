"""Fields that a version refuses or drops in silence while a gate is off, and is quiet about once it is on."""

from typing import Any

import pytest

from constructs_dra.checks import Setting, check_manifests

LABELS = {"app": "a"}


def workload(kind: str = "Deployment", pod: dict[str, Any] | None = None, spec: dict[str, Any] | None = None, **container: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "a", "image": "b:1", **container}], **(pod or {})}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "a"},
        "spec": {"selector": {"matchLabels": LABELS}, "template": template, **(spec or {})},
    }


def scaler(**spec: Any) -> dict[str, Any]:
    metric = {"type": "External", "external": {"metric": {"name": "a"}, "target": {"type": "Value", "value": "1"}}}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "a"},
        "spec": {"scaleTargetRef": target, "maxReplicas": 2, "metrics": [metric], **spec},
    }


def projected(**source: Any) -> dict[str, Any]:
    return workload(pod={"volumes": [{"name": "v", "projected": {"sources": [source]}}]})


CERTIFICATE = {"signerName": "a.b/c", "keyType": "ED25519", "credentialBundlePath": "x"}
RULES = [{"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}]
EVERYTHING = [{"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [1]}}]
FILE = {"fileKeyRef": {"volumeName": "v", "path": "p", "key": "k"}}
FIELDS = [
    (workload(pod={"tolerations": [{"key": "a", "operator": "Gt", "value": "1"}]}), "TaintTolerationComparisonOperators", "1.36"),
    (workload(pod={"securityContext": {"seLinuxChangePolicy": "MountOption"}}), "SELinuxMount", "1.36"),
    (scaler(minReplicas=0), "HPAScaleToZero", "1.36"),
    (workload(pod={"volumes": [{"name": "v", "emptyDir": {}}]}, env=[{"name": "A", "valueFrom": FILE}]), "EnvFiles", "1.34"),
    (workload(restartPolicy="Never", restartPolicyRules=EVERYTHING), "RestartAllContainersOnContainerExits", "1.35"),
    (workload(restartPolicy="Never", restartPolicyRules=RULES), "ContainerRestartRules", "1.34"),
    (workload(pod={"os": {"name": "linux"}}, lifecycle={"stopSignal": "SIGUSR1"}), "ContainerStopSignals", "1.36"),
    (projected(podCertificate=CERTIFICATE), "PodCertificateRequest", "1.36"),
    (projected(clusterTrustBundle={"name": "a", "path": "x"}), "ClusterTrustBundleProjection", "1.36"),
    (workload("StatefulSet", spec={"updateStrategy": {"rollingUpdate": {"maxUnavailable": 2}}}), "MaxUnavailableStatefulSet", "1.36"),
    (workload(pod={"hostnameOverride": "h"}), "HostnameOverride", "1.34"),
    (scaler(behavior={"scaleUp": {"tolerance": "0.1"}}), "HPAConfigurableTolerance", "1.34"),
]


@pytest.mark.parametrize(("manifest", "gate", "version"), FIELDS, ids=[gate for _, gate, _ in FIELDS])
def test_a_field_whose_gate_is_off_is_reported_once(manifest: dict[str, Any], gate: str, version: str) -> None:
    found = [problem for problem in check_manifests([manifest], Setting(version=version)) if problem.severity == "error"]
    assert [problem.rule for problem in found] == ["feature-gate"]
    assert gate in found[0].message


@pytest.mark.parametrize(("manifest", "gate", "version"), FIELDS, ids=[gate for _, gate, _ in FIELDS])
def test_a_gate_that_is_turned_on_makes_it_right(manifest: dict[str, Any], gate: str, version: str) -> None:
    newest = "1.36" if version == "1.36" else {"EnvFiles": "1.35", "RestartAllContainersOnContainerExits": "1.36"}.get(gate, "1.35")
    found = check_manifests([manifest], Setting(version=newest, gates={gate: True}))
    assert [problem for problem in found if problem.severity == "error"] == []
